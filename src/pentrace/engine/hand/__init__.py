"""Learning a hand: learn.wasm, the passes over the lines, and how much of what was learned is kept."""
