"""What makes the files of spec/golden/: `python -m tests.golden`."""
