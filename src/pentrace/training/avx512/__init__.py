"""Faster training on processors that multiply bfloat16: see README.md in this folder. It may be deleted."""
