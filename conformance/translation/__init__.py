"""One call's result by another call: how two calls differ, and the code that bridges it."""
