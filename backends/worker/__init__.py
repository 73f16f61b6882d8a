"""What runs inside another interpreter, from Python 3.7 and NumPy 1.16 on; both sides share it."""
