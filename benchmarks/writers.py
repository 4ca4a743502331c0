"""A small writer classifier: which of several people's lines is a line nearest to?

The default checkpoint reads a line. What its cells do in the mean is brought into the space in which lines of one page
lie close together and pages lie far apart (linear discriminant analysis, Fisher 1936), learned from the pages of other
people.

Letter key: n offsets, H cells, k numbers that a line is known by, N lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint import load
from pentrace.data.dataset import read_pages
from pentrace.data.score import CLIP, MAX_OFFSETS
from pentrace.engine import Engine
from pentrace.engine.writer import DEFAULT_CHECKPOINT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pentrace.engine.wasm import FloatArray

F64 = npt.NDArray[np.float64]

LEAST = 3
"""Lines that a page must have to be learned from."""
FIRST = 20
"""Offsets after which the cells begin to know the hand."""
SHRINKAGE, KEPT = 0.3, 60
"""Of the covariance within pages, and how many directions are kept; both chosen on pages that are not measured."""


class Classifier:
    """Brings lines into the space of writers. data: pages of people who take no part in the line-up."""

    def __init__(self, data: Path) -> None:
        self._engine = Engine(load(DEFAULT_CHECKPOINT))
        pages = [[line.ink.offsets() for line in page] for page in read_pages([data], LEAST)]
        table = self._read([line for page in pages for line in page])
        page = np.repeat(np.arange(len(pages)), [len(lines) for lines in pages])
        self._middle, self._unit = table.mean(axis=0), table.std(axis=0) + 1e-6
        table = self._standard(table)
        means = np.array([table[page == k].mean(axis=0) for k in range(len(pages))])
        inner = table - means[page]
        within = inner.T @ inner / (len(table) - len(pages))
        within = (1 - SHRINKAGE) * within + SHRINKAGE * np.eye(len(within))
        values, vectors = np.linalg.eigh(within)
        white = vectors / np.sqrt(values)
        between, axes = np.linalg.eigh(white.T @ np.cov(means.T) @ white)
        between, axes = between[::-1][:KEPT], axes[:, ::-1][:, :KEPT]
        # a direction counts by how much of its variance is that between pages
        self._axes = white @ axes * np.sqrt(between / (1 + between))

    def place(self, lines: Sequence[FloatArray]) -> F64:
        """Where lines, each [n, 3] in model units, lie among writers [N, k]."""
        found: F64 = self._standard(self._read(lines)) @ self._axes
        return found

    def _read(self, lines: Sequence[FloatArray]) -> F64:
        """The mean hidden state of each line [N, H]."""
        found = []
        for line in lines:
            offsets = line[:MAX_OFFSETS].copy()
            np.clip(offsets[:, :2], -CLIP, CLIP, out=offsets[:, :2])
            traced = self._engine.trace(self._engine.start(), offsets, c=False, loglik=False)
            found.append(traced["h"][FIRST:].reshape(-1, self._engine.architecture.hidden).mean(axis=0))
        return np.array(found, np.float64)

    def _standard(self, table: F64) -> F64:
        found: F64 = np.clip((table - self._middle) / self._unit, -4, 4)
        return found


def likeness(places: F64, people: Sequence[F64]) -> F64:
    """The cosine between the place of each line [N, k] and the mean of each person's lines [N, people]."""
    means = np.array([own.mean(axis=0) for own in people])
    found: F64 = _directions(places) @ _directions(means).T
    return found


def _directions(table: F64) -> F64:
    found: F64 = table / np.linalg.norm(table, axis=-1, keepdims=True)
    return found
