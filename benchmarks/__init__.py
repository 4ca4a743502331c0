"""Speed, memory and other figures: `python -m benchmarks`, and README.md for the rest."""
