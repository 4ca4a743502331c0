"""pentrace: write, and a small neural network writes on in your hand."""

__version__ = "0.1.0"
