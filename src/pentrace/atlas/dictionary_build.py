"""Makes dictionaries of a checkpoint's cells, and compares their entries with single cells (docs/dictionary.md).

Needs the extra `pentrace[atlas]`.

Letter key: N cells of all layers in turn, M entries, n rows.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pentrace.atlas.atlas import Part
from pentrace.atlas.build import check_packages, gathered
from pentrace.atlas.dictionary import Dictionaries, Dictionary, Training, learn, principal, untrained
from pentrace.atlas.dictionary_scores import Labels, best, chance, columns_of, gain, labels_of
from pentrace.atlas.feature_scores import Report
from pentrace.atlas.rows import Rows, Source
from pentrace.checkpoint import Checkpoint
from pentrace.engine import Engine

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PARTS: tuple[Part, ...] = ("c", "h")
_MOST_NUMBERS = 2**22
"""Largest number of values (rows times cells) that entries are compared with labels on."""


def build(
    checkpoint: Checkpoint,
    fit: Source,
    held_out: Source,
    training: Training,
    *,
    command: str = "",
    threads: int = 1,
    report: Report = lambda _what, _done, _of: None,
) -> Dictionaries:
    """Dictionaries of c and of h, and how well their entries follow features, beside single cells.

    Args:
        checkpoint: the model.
        fit: lines to learn from, and to choose the best entry and the best cell of each feature on.
        held_out: other lines, for every score.
        training: how to learn.
        command: the command line, for the record.
        threads: 2 learns both dictionaries at once.
        report: called with progress.

    Raises:
        DataError: too few lines that are long enough.
        MissingExtraError: `pentrace[atlas]` is not installed.
    """
    check_packages()
    lines = gathered(Engine(checkpoint), checkpoint, fit, held_out, report)
    rows, held = lines.fit, lines.held
    thin, thin_held = _thinned(rows), _thinned(held)
    labels = labels_of(thin, thin_held, lines.labels)

    def one(part: Part) -> tuple[Dictionary, dict[str, Any]]:
        found = learn(
            getattr(rows, part), training, lambda done, of: report(f"dictionary of {part}", done, of)
        )
        x_held = getattr(thin_held, part)
        codes = found.codes(x_held)
        about = _quality(found, getattr(rows, part), x_held, codes)
        about["features"] = _compared(found, part, thin, thin_held, codes, labels, report)
        return found, about

    with ThreadPoolExecutor(min(threads, len(PARTS))) as pool:
        results = dict(zip(PARTS, pool.map(one, PARTS), strict=True))
    about = {
        "checkpoint": {"name": checkpoint.name, "sha256": checkpoint.sha256},
        "command": command,
        "training": training._asdict(),
        "lines": {"fit": len(lines.fit_lines), "held_out": len(lines.held_lines)},
        "steps": {"learned": len(rows.c), "chosen": len(thin.c), "measured": len(thin_held.c)},
        "parts": {part: each for part, (_, each) in results.items()},
        "effects": [],
    }
    return Dictionaries({part: found for part, (found, _) in results.items()}, about)


def _thinned(rows: Rows) -> Rows:
    every = max(1, -(-rows.c.size // _MOST_NUMBERS))
    return replace(
        rows, c=rows.c[::every], h=rows.h[::every], line=rows.line[::every], step=rows.step[::every]
    )


def _quality(found: Dictionary, x: Any, held: Any, codes: csr_array) -> dict[str, Any]:
    """How much of the held-out variance is explained, beside as many principal components; and entries never active."""
    components = min(found.active, x.shape[1])
    return {
        "explained": found.explained(held, codes),
        "principal": principal(found.standardised(x), found.standardised(held), components),
        "dead": int((_counts(codes) == 0).sum()),
        "strength": _strength(codes),
    }


def _strength(codes: csr_array) -> list[float]:
    """The mean of each entry where it is active; 0 for those that never are."""
    summed = np.asarray(codes.sum(axis=0), np.float64).ravel()
    strength: list[float] = (summed / np.maximum(_counts(codes), 1)).tolist()
    return strength


def _counts(codes: csr_array) -> Any:
    return np.bincount(codes.indices[codes.data > 0], minlength=codes.shape[1])


def _compared(
    found: Dictionary, part: Part, fit: Rows, held: Rows, codes: csr_array, labels: Labels, report: Report
) -> list[dict[str, Any]]:
    """For each feature the best cell, and beside it the best entry, entry as a direction, and random direction."""
    x, x_held = getattr(fit, part), getattr(held, part)
    cells = best(x, x_held, labels)
    table: list[dict[str, Any]] = [
        {"feature": name, "kind": kind, "cell": {**cell._asdict(), "chance": by_chance}}
        for name, kind, cell, by_chance in zip(
            labels.names, labels.kinds, cells, chance(x_held, labels), strict=True
        )
    ]

    def beside(name: str, values: Any, values_held: Any) -> None:
        for f, (row, one) in enumerate(zip(table, best(values, values_held, labels), strict=True)):
            own = columns_of(values_held, np.array([one.column]))
            both = np.hstack([x_held[:, [cells[f].column]], own])
            more, low, high = gain(both, held.line, labels.held[:, f], labels.kinds[f])
            row[name] = {**one._asdict(), "gain": [more, low, high], "better": low > 0}

    beside("entry", found.codes(x), codes)
    report(f"features of {part}", 1, 3)
    beside("direction", found.products(x), found.products(x_held))
    report(f"features of {part}", 2, 3)
    random = untrained(found)
    for row, one in zip(table, best(random.products(x), random.products(x_held), labels), strict=True):
        row["random"] = one._asdict()
    report(f"features of {part}", 3, 3)
    often = _counts(codes) / len(x_held)
    for row, by_chance in zip(table, chance(codes, labels), strict=True):
        entry = row["entry"]
        entry["chance"], entry["active"] = by_chance, float(often[entry["column"]])
        entry["better"] = entry["better"] and abs(entry["score"]) > by_chance
    return table
