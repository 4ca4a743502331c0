"""Line-ups of writers: which pages stand in one, and how many writers are recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.writers import F64
    from pentrace.data.dataset import Line

WRITERS, LINE_UPS = 20, 100
"""Writers in a line-up, and how many are drawn."""


def line_ups(pages: Sequence[Sequence[Line]]) -> list[list[int]]:
    """Line-ups of pages by different writers: the numbers of WRITERS pages each, drawn at random.

    IAM-OnDB does not say who wrote a page. A writer's pages have successive numbers, so pages whose names begin with
    different letters, or have different endings, z or none, are by different people, most of them.
    """
    groups: dict[tuple[str, bool], list[int]] = {}
    for number, page in enumerate(pages):
        groups.setdefault((page[0].form[0], page[0].form.endswith("z")), []).append(number)
    random = np.random.default_rng(0)
    writers = list(groups.values())
    count = min(WRITERS, len(writers))
    return [
        [int(random.choice(writers[k])) for k in random.choice(len(writers), count, replace=False)]
        for _ in range(LINE_UPS)
    ]


def recognised(far: Sequence[F64], drawn: Sequence[Sequence[int]]) -> float:
    """How many writers of a line-up are recognised, in the mean; a writer with several lines by shares of these.

    far: for each writer the distances of lines from all people [lines, people]. drawn: the writers of each line-up.
    """
    return float(
        np.mean(
            [
                sum(np.mean(np.nanargmin(far[own][:, people], axis=1) == k) for k, own in enumerate(people))
                for people in drawn
            ]
        )
    )
