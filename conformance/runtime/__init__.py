"""Where a call runs: this process, a worker, another interpreter, an environment built for it."""
