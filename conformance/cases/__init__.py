"""The cases: named planes, layers and transposed layers, and the data that fill them."""
