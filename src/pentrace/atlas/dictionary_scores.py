"""Whether entries of a dictionary follow features better than single cells (docs/dictionary.md).

Needs the extra `pentrace[atlas]`.

Letter key: N cells of all layers in turn, M entries, F features, n rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from pentrace.arrays import F32, I64
from pentrace.atlas.feature_scores import varies
from pentrace.atlas.features import Kind
from pentrace.atlas.following import Cells
from pentrace.atlas.rows import Labels as Features
from pentrace.atlas.rows import Rows

CHARACTERS = 12
"""Characters that are features of their own: those with the most rows."""
BOOTSTRAPS = 100
SWAPS = 5
"""How often labels are swapped between lines; fewer than for an atlas, as there are thousands of entries."""
_BLOCK = 256
"""Columns that are compared with labels at a time, so that memory is bounded."""


class Labels(NamedTuple):
    """Labels of rows: names and kinds of F features, values float32 [n, F], NaN where not known."""

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    fit: F32
    held: F32
    swaps: tuple[F32, ...]


class Best(NamedTuple):
    """The best of several columns for a feature: chosen on the fit lines, measured on the held-out lines."""

    column: int
    score: float


def labels_of(rows: Rows, held: Rows, by: Features) -> Labels:
    """The features of an atlas, and its most frequent characters as features of their own."""
    random = np.random.default_rng(0)
    fitted, measured = rows.at(0), held.at(0)
    used = [i for i in range(len(by.features)) if varies(fitted[:, i]) and varies(measured[:, i])]
    names = [by.features[i].name for i in used]
    kinds = [by.features[i].kind for i in used]
    character = next((i for i in used if by.features[i].name == "character"), None)
    classes: list[int] = []
    if character is not None:
        known = fitted[:, character]
        count = np.bincount(known[~np.isnan(known)].astype(np.int64), minlength=len(by.alphabet))
        classes = np.argsort(-count, kind="stable")[:CHARACTERS].tolist()
        names += [f"character {by.alphabet[k]}" for k in classes]
        kinds += ["binary"] * len(classes)

    def taken(labels: F32) -> F32:
        of = None if character is None else labels[:, character]
        own = [] if of is None else [np.where(np.isnan(of), np.nan, of == k) for k in classes]
        return np.stack([*labels[:, used].T, *own], axis=1).astype(np.float32)

    swaps = tuple(taken(held.swapped(random)) for _ in range(SWAPS))
    return Labels(tuple(names), tuple(kinds), taken(fitted), taken(measured), swaps)


def best(fit: Any, held: Any, labels: Labels) -> list[Best]:
    """The best column for each feature.

    Args:
        fit: values of the columns in the rows to choose on, an array or sparse [n, M].
        held: in the rows to measure on.
        labels: of those rows.
    """
    scores = np.concatenate([Cells(x).follow(labels.fit, labels.kinds) for x in _blocks(fit)], axis=1)
    chosen = np.abs(scores).argmax(axis=1)
    measured = Cells(columns_of(held, chosen)).follow(labels.held, labels.kinds).diagonal()
    return [Best(*each) for each in zip(chosen.tolist(), measured.tolist(), strict=True)]


def chance(held: Any, labels: Labels) -> list[float]:
    """For each feature, the largest amount that any column [n, M] reaches with the labels of other lines."""
    found = np.zeros(len(labels.names))
    for block in _blocks(held):
        cells = Cells(block)
        for swap in labels.swaps:
            found = np.maximum(found, np.abs(cells.follow(swap, labels.kinds)).max(axis=1))
    return found.tolist()


def columns_of(values: Any, columns: slice | I64) -> F32:
    """Some columns [n, P] of an array or a sparse matrix."""
    found = (values if isinstance(values, np.ndarray) else values.tocsc())[:, columns]
    return found if isinstance(found, np.ndarray) else found.toarray()


def gain(columns: F32, line: I64, labels: F32, kind: Kind) -> tuple[float, float, float]:
    """How much better the second of two columns [n, 2] follows labels [n] than the first, in amounts of the score.

    Returns the difference, and its percentiles 2.5 and 97.5 over draws of lines with replacement (the bootstrap,
    Efron and Tibshirani 1993).
    """
    random = np.random.default_rng(0)
    known = ~np.isnan(labels)
    columns, line, labels = columns[known], line[known], labels[known]
    starts = np.searchsorted(line, np.arange(line.max() + 2))
    rows = [np.arange(a, b) for a, b in pairwise(starts) if b > a]

    def difference(taken: I64) -> float:
        first, second = np.abs(Cells(columns[taken]).follow(labels[taken, None], [kind])[0])
        return float(second - first)

    drawn = [
        difference(np.concatenate([rows[i] for i in random.integers(len(rows), size=len(rows))]))
        for _ in range(BOOTSTRAPS)
    ]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return difference(np.concatenate(rows)), float(low), float(high)


def _blocks(values: Any) -> Iterator[F32]:
    """Columns of an array or a sparse matrix, some at a time."""
    by_columns = values if isinstance(values, np.ndarray) else values.tocsc()
    for at in range(0, values.shape[1], _BLOCK):
        yield columns_of(by_columns, slice(at, at + _BLOCK))
