"""Writes files of spec/golden/ from what the code computes now.

    python -m tests.golden             all of them
    python -m tests.golden engine ink  some of them

Both test suites read these files. Write one when what it pins is meant to change, read the difference, and say why in
the commit.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def main(names: list[str]) -> None:
    if unknown := set(names) - set(NAMES):
        sys.exit(f"golden: expected some of {', '.join(NAMES)}, found {', '.join(sorted(unknown))}")
    # The engine's first: others read the small checkpoint that it makes.
    for name in names or sorted(NAMES, key=lambda name: name != "engine"):
        import_module(f"tests.golden.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
