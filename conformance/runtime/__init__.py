"""Where a call runs: this process, a worker process, another Python, a new environment."""
