"""How well cells follow each feature, single cells and all together, compared with chance (spec/atlas.md).

Needs the extra `pentrace[atlas]`.

Letter key: N cells of all layers in turn, F features that have labels, n rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pentrace.arrays import F32, Array
from pentrace.atlas.features import Feature, Kind
from pentrace.atlas.following import PROBE_METRIC, Cells, probe
from pentrace.atlas.rows import LAGS, Labels, Rows

Report = Callable[[str, int, int], None]
"""Called with progress: the current task, how much of it is done, and the total."""

SWAPS = 20
"""How often labels are swapped between lines, to see what the best cell reaches by chance."""
_PROBE_NUMBERS = 50_000 * 500
"""Largest number of values (rows times cells) that a probe is fitted or measured on."""


def follow_features(
    rows: Rows, held: Rows, by: Labels, report: Report
) -> tuple[list[dict[str, Any]], dict[str, Array], list[str]]:
    """What cells follow.

    Args:
        rows: to choose lags and fit probes on.
        held: to measure on.
        by: says which features the labels are of.
        report: called with progress.

    Returns:
        The metadata of each feature; the tensors score, lag, lagged and preferred; and the names of features whose
        labels are not known or constant.
    """
    random = np.random.default_rng(0)
    fit_labels, labels = rows.at(0), held.at(0)
    used = [i for i in range(len(by.features)) if varies(fit_labels[:, i]) and varies(labels[:, i])]
    features = [by.features[i] for i in used]
    kinds = [feature.kind for feature in features]
    swaps = [held.swapped(random)[:, used] for _ in range(SWAPS)]
    tensors: dict[str, Array] = {}
    about = [_about(feature, labels[:, i], by) for feature, i in zip(features, used, strict=True)]

    def alone(part: str, cells: Cells) -> None:
        scores = tensors[f"score.{part}"] = cells.follow(labels[:, used], kinds)
        chance = np.zeros(len(used), np.float32)
        for done, swap in enumerate(swaps, 1):
            chance = np.maximum(chance, np.abs(cells.follow(swap, kinds)).max(axis=1))
            report(f"cells ({part})", done, SWAPS)
        for entry, row, by_chance in zip(about, scores, chance.tolist(), strict=True):
            best = int(np.argmax(np.abs(row)))
            entry["best"][part], entry["chance"][part] = [best, float(row[best])], by_chance

    alone("h", Cells(held.h))
    cells = Cells(held.c)
    alone("c", cells)
    tensors["preferred.c"] = np.zeros(held.c.shape[1], np.float32)
    directions = [i for feature, i in zip(features, used, strict=True) if feature.name == "direction"]
    for i in directions:
        tensors["preferred.c"] = cells.circular(labels[:, i])[1]
    with_lags = [row for row, feature in enumerate(features) if feature.lags]
    tensors["lag.c"] = np.zeros(tensors["score.c"].shape, np.int8)
    tensors["lagged.c"] = tensors["score.c"].copy()
    if with_lags:
        columns = {used[row]: kinds[row] for row in with_lags}
        tensors["lag.c"][with_lags], tensors["lagged.c"][with_lags] = _lagged(rows, held, cells, columns)
    together = _together(rows, held, dict(zip(used, kinds, strict=True)), random, report)
    for entry, found in zip(about, together, strict=True):
        entry["probe"] = found
    return about, tensors, [feature.name for i, feature in enumerate(by.features) if i not in used]


def mean_and_deviation(c: F32) -> tuple[F32, F32]:
    """Mean and standard deviation of each column [n, N]; the deviation is at least 1e-6."""
    deviation = np.maximum(c.std(axis=0, dtype=np.float64), 1e-6)
    return c.mean(axis=0, dtype=np.float64).astype(np.float32), deviation.astype(np.float32)


def varies(labels: F32) -> bool:
    """Whether labels that are known differ."""
    return len(np.unique(labels[~np.isnan(labels)])) > 1


def _about(feature: Feature, labels: F32, by: Labels) -> dict[str, Any]:
    known = labels[~np.isnan(labels)]
    about: dict[str, Any] = {
        "name": feature.name,
        "what": feature.what,
        "unit": feature.unit,
        "kind": feature.kind,
        "lags": feature.lags,
        "rows": len(known),
        "best": {},
        "chance": {},
    }
    if feature.kind == "binary":
        about["positive"] = float(known.mean())
    if feature.kind == "classes":
        about["classes"] = list(by.alphabet)
    return about


def _lagged(rows: Rows, held: Rows, cells: Cells, columns: Mapping[int, Kind]) -> tuple[Array, F32]:
    """For each feature and cell, the lag with the best score on the fit lines, and the held-out score at that lag."""
    which, kinds = list(columns), list(columns.values())
    fit_cells = Cells(rows.c)
    fitted = np.stack([fit_cells.follow(rows.at(lag)[:, which], kinds) for lag in LAGS])
    measured = np.stack([cells.follow(held.at(lag)[:, which], kinds) for lag in LAGS])
    best = np.argmax(np.abs(fitted), axis=0)
    return np.array(LAGS, np.int8)[best], np.take_along_axis(measured, best[None], axis=0)[0]


def _together(
    rows: Rows, held: Rows, used: Mapping[int, Kind], random: np.random.Generator, report: Report
) -> list[dict[str, Any]]:
    """A probe of all cells for each feature, and one with the labels of other lines as a control."""
    mean, deviation = mean_and_deviation(rows.c)
    thin, thin_held = (slice(None, None, max(1, -(-r.c.size // _PROBE_NUMBERS))) for r in (rows, held))
    x, x_held = (rows.c[thin] - mean) / deviation, (held.c[thin_held] - mean) / deviation
    labels = {
        "value": (rows.at(0)[thin], held.at(0)[thin_held]),
        "control": (rows.swapped(random)[thin], held.swapped(random)[thin_held]),
    }
    found = []
    for done, (i, kind) in enumerate(used.items(), 1):
        values = {
            name: probe(kind, (x, fit[:, i]), (x_held, measured[:, i]))
            for name, (fit, measured) in labels.items()
        }
        found.append({"metric": PROBE_METRIC[kind], **values})
        report("probes", done, len(used))
    return found
