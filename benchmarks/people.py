"""Who wrote which page of val1, and how many writers are recognised.

    python -m benchmarks.people VAL1.parquet TRAIN.parquet        how well the order of the names fits the writing

IAM-OnDB does not say who wrote a page. But in val1, and in val2 too, the 160 pages whose names end in z come from
twenty people who took turns: in the order of names every twentieth page is by the same writer, eight in all. The writer
classifier, which knows nothing of names, confirms it: it finds nearly all of these pages nearest to the other seven of
the same writer, and hardly any if every nineteenth or twenty-first is taken instead. The 32 other pages of val1 are by
some four people more and are left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.writers import Classifier, likeness
from pentrace.data.dataset import read_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.writers import F64
    from pentrace.data.dataset import Line

    Page = Sequence[Line]

WRITERS, PAGES = 20, 8
"""Writers, and the pages of each."""
LEAST = 7
"""Lines of the pages from which hands are learned. Every writer has such a page."""
TUNED_WITH = range(8, 10)
"""Lines of the pages with which the settings of learning were chosen."""


def writers(data: Path) -> list[list[Page]]:
    """The pages by each writer, in the order of names."""
    pages = _in_turns(data)
    if len(pages) != WRITERS * PAGES:
        raise SystemExit(
            f"{data}: expected val1 or val2, with {WRITERS * PAGES} pages whose names end in z, found {len(pages)}"
        )
    return [pages[k::WRITERS] for k in range(WRITERS)]


def untuned(data: Path) -> list[list[Page]]:
    """The same without short pages, and without the 26 with which the settings of learning were chosen."""
    short = [page for page in read_pages([data], TUNED_WITH[0]) if len(page) in TUNED_WITH]
    tuned = {page[0].form for page in (*short[::5], *short[2::5])}
    return [
        [page for page in own if len(page) >= LEAST and page[0].form not in tuned] for own in writers(data)
    ]


def page_of_each(data: Path) -> list[Page]:
    """The longest page of each writer, of those with which nothing was tuned."""
    return [max(own, key=len) for own in untuned(data)]


def recognised(far: Sequence[F64], writer: Sequence[int]) -> float:
    """How many of the writers are recognised. One with several lines counts as the share of these.

    far: for each page the distances of lines in its hand from all writers [lines, writers]. writer: whose page it is.
    """
    found: dict[int, list[float]] = {}
    for distances, own in zip(far, writer, strict=True):
        found.setdefault(own, []).append(float(np.mean(np.nanargmin(distances, axis=1) == own)))
    return sum(sum(shares) / len(shares) for shares in found.values())


def nearest(places: Sequence[F64], turns: int) -> int:
    """How many pages lie nearest to the others of the same writer, if every `turns`th page is by the same one.

    places: where the lines of each page lie [lines, k].
    """
    count = 0
    for number, lines in enumerate(places):
        people = [
            np.concatenate([places[other] for other in range(k, len(places), turns) if other != number])
            for k in range(turns)
        ]
        count += int(likeness(lines, people).mean(axis=0).argmax() == number % turns)
    return count


def _in_turns(data: Path) -> list[Page]:
    return [page for page in read_pages([data], 1) if page[0].form.endswith("z")]


def main() -> None:
    """Prints how many pages lie nearest to their writer's others, for some guesses of how many took turns."""
    parser = argparse.ArgumentParser(prog="benchmarks.people", description=__doc__)
    parser.add_argument("data", type=Path, metavar="VAL1.parquet")
    parser.add_argument("others", type=Path, metavar="TRAIN.parquet", help="from whom the classifier learns")
    asked = parser.parse_args()
    classifier = Classifier(asked.others)
    places = [classifier.place([line.ink.offsets() for line in page]) for page in _in_turns(asked.data)]
    for turns in (WRITERS - 1, WRITERS, WRITERS + 1):
        found = nearest(places, turns)
        print(f"{turns} people in turns: {found} of {len(places)} pages are nearest to their writer's")


if __name__ == "__main__":
    main()
