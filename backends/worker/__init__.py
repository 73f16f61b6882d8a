"""The code of a worker process, for Python 3.7 and NumPy 1.16 or newer; the suite shares it."""
