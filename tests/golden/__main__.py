"""Writes files of spec/golden/ from what the code computes now.

    python -m tests.golden             all of them
    python -m tests.golden engine ink  some of them

Both test suites read these files. Write one when what it pins is meant to change, read the difference, and say why in
the commit.
"""

from __future__ import annotations

import sys

from tests.golden import (
    atlas,
    cells,
    effects,
    engine,
    explain,
    futures,
    hostile,
    ink,
    interventions,
    learn,
    links,
    memory,
    mix,
    neaten,
    patch,
    recogniser,
    sheets,
    similar,
    spelling,
    written,
)

MAKERS = {
    module.__name__.rpartition(".")[2]: module.main
    for module in (
        atlas,
        engine,
        ink,
        cells,
        effects,
        explain,
        futures,
        hostile,
        interventions,
        learn,
        links,
        memory,
        mix,
        neaten,
        patch,
        recogniser,
        sheets,
        similar,
        spelling,
        written,
    )
}


def main(names: list[str]) -> None:
    if unknown := set(names) - set(MAKERS):
        sys.exit(f"golden: expected some of {', '.join(MAKERS)}, found {', '.join(sorted(unknown))}")
    for name in names or MAKERS:
        MAKERS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
