"""Two versions or two settings of one call, run in turn and compared."""
