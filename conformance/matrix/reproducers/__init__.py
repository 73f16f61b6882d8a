"""What shows a failure by itself: its arrays, and a script that needs nothing of this project."""
