"""What follows a convolution: scale and bias of each output, activations, clipping."""
