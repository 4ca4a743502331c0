"""Presets: interventions that an atlas offers, with their measured effects (spec/interventions.md).

A preset changes the cells that follow a feature best, so it fits every checkpoint. Cell i of layer l has the number
l H + i, as in spec/atlas.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from pentrace.arrays import F32
from pentrace.atlas.atlas import Atlas
from pentrace.engine.interventions import Change, Intervention
from pentrace.engine.writer import Writer
from pentrace.measure.effects import DRAWS, Effect, Laboratory, Setup, counted, rounded

Record = dict[str, Any]
"""An effect as an atlas stores it, JSON (spec/interventions.md)."""

TOP = 10
"""Cells of a preset: those that follow its feature best."""
AWAY = 2.0
"""Distance from the mean, in standard deviations, at which cells are held."""


class Preset(NamedTuple):
    """A rule that chooses an intervention.

    how: "low" and "high" hold c where it is when the feature is low or high, "silent" sets h to 0.
    measure, expected: what it should change, and in which direction (1 up, -1 down), fixed in advance.
    """

    name: str
    title: str
    feature: str
    how: Literal["low", "high", "silent"]
    measure: str
    expected: int


PRESETS = (
    Preset("no-lift", "No lift in sight", "pen lift in 1 step", "low", "pen lifts", -1),
    Preset("lift", "Always about to lift", "pen lift in 1 step", "high", "pen lifts", 1),
    Preset("lift-silent", "Pen-lift cells silenced", "pen lift in 1 step", "silent", "pen lifts", -1),
    Preset("below", "As if below the line", "y in line", "high", "drift", -1),
    Preset("rightward", "As if moving right", "direction, cosine", "high", "advance", 1),
    Preset("downward", "As if moving down", "direction, sine", "high", "drift", 1),
    Preset("slow", "As if slow", "speed", "low", "step length", -1),
    Preset("turning", "As if turning right", "turn", "high", "turn", 1),
    Preset("new-stroke", "As if a stroke had just begun", "since lift", "low", "stroke length", 1),
    Preset("tall", "As if in a tall stroke", "stroke height", "high", "stroke height", 1),
)
CLUSTER = Preset("cluster", "A whole cluster silenced", "", "silent", "", 0)

_MEASURES = {
    "direction, cosine": "advance",
    "direction, sine": "drift",
    "y in line": "drift",
    "y in word": "drift",
    "speed": "step length",
    "turn": "turn",
    "since lift": "stroke length",
    "stroke height": "stroke height",
}
"""The measure that silencing a cluster should change, by the feature that it follows."""


def measure_presets(
    laboratory: Laboratory,
    scores: Mapping[str, F32],
    cluster: tuple[str, Sequence[int]] | None = None,
    draws: int = DRAWS,
    threads: int = 1,
    progress: Callable[[], None] = lambda: None,
) -> list[Record]:
    """Measures every preset whose feature the atlas has.

    Args:
        laboratory: the model and its samples.
        scores: for each feature, the score of c of every cell [N].
        cluster: a feature and the cells that follow it, to be silenced together; None for none.
        draws: draws of random cells for each preset.
        threads: number of threads.
        progress: called 1 + draws times for each preset.
    """
    chosen = [
        (preset, intervention(preset, laboratory, scores[preset.feature])) for preset in available(scores)
    ]
    if cluster is not None:
        feature, cells = cluster
        lifts = "pen lifts" if feature.startswith("pen lift") else "direction spread"
        preset = CLUSTER._replace(feature=feature, measure=_MEASURES.get(feature, lifts))
        hidden = laboratory.mean["c"].shape[1]
        chosen.append((preset, _numbered(cells, "h", 0.0, [0.0] * len(cells), hidden)))
    return [
        record(preset, laboratory.measure(made, draws, threads=threads, progress=progress))
        for preset, made in chosen
    ]


def with_effects(
    atlas: Atlas,
    writer: Writer,
    setup: Setup | None = None,
    draws: int = DRAWS,
    threads: int = 1,
    report: Callable[[int, int], None] = lambda _done, _of: None,
) -> Atlas:
    """An atlas with the measured effects of its presets.

    Args:
        atlas: of the writer's checkpoint.
        writer: the model.
        setup: which samples.
        draws: draws of random cells for each preset.
        threads: number of threads; the effects do not depend on it.
        report: called after each run with the number of runs done and the total.
    """
    scores = {name: atlas.scores(name) for name in atlas.features}
    cluster = followed_cluster(atlas)
    total = (len(available(scores)) + (cluster is not None)) * (1 + draws)
    progress = counted(report, total)
    laboratory = Laboratory(writer, setup)
    return atlas.with_effects(measure_presets(laboratory, scores, cluster, draws, threads, progress))


def followed_cluster(atlas: Atlas) -> tuple[str, list[int]] | None:
    """The cluster that follows its feature best, and that feature; None if no cluster follows one.

    Clusters of more than a fifth of the cells are left out: there are too few similar cells to compare with.
    """
    small = [
        (abs(cluster["score"]), number)
        for number, cluster in enumerate(atlas.about["clusters"])
        if cluster["feature"] is not None and 0 < cluster["size"] <= atlas.cells // 5
    ]
    if not small:
        return None
    _, number = max(small)
    return atlas.about["clusters"][number]["feature"], atlas.cluster(number).tolist()


def available(scores: Mapping[str, F32]) -> list[Preset]:
    """The presets whose features have scores."""
    return [preset for preset in PRESETS if preset.feature in scores]


def intervention(preset: Preset, laboratory: Laboratory, scores: F32) -> Intervention:
    """The intervention of a preset, given the scores [N] of its feature."""
    mean, spread = (values["c"].ravel() for values in (laboratory.mean, laboratory.spread))
    hidden = laboratory.mean["c"].shape[1]
    top = np.argsort(-np.abs(scores), kind="stable")[: min(TOP, len(scores) // 2)].tolist()
    if preset.how == "silent":
        return _numbered(top, "h", 0.0, [0.0] * len(top), hidden)
    side = (1 if preset.how == "high" else -1) * np.sign(scores[top])
    return _numbered(top, "c", 0.0, (mean[top] + side * AWAY * spread[top]).tolist(), hidden)


def record(preset: Preset, effect: Effect) -> Record:
    """An effect as an atlas stores it."""
    setup = effect.setup
    figure = effect.figures[preset.measure]
    hidden = effect.hidden
    return {
        "name": preset.name,
        "title": preset.title,
        "what": _what(preset, len(effect.intervention.changes)),
        "feature": preset.feature,
        **_stored(effect.intervention, hidden),
        "random": [_stored(other, hidden) for other in effect.random],
        "measure": preset.measure,
        "expected": preset.expected,
        "controls": figure.beats_random(preset.expected),
        "samples": setup.samples,
        "steps": setup.steps,
        "variation": setup.variation,
        "seed": setup.seed,
        "figures": {name: each.to_dict() for name, each in effect.figures.items()},
    }


def from_record(stored: Record, hidden: int) -> Intervention:
    """The intervention of a record, or one of its random ones, in a model of `hidden` cells a layer."""
    return _numbered(stored["cells"], stored["of"], stored["scale"], stored["shift"], hidden)


def _stored(made: Intervention, hidden: int) -> Record:
    """An intervention as an atlas stores it: all its changes have one quantity and one scale."""
    (of, scale), *others = {(change.of, change.scale) for change in made.changes}
    if others:
        raise ValueError("expected changes of one quantity by one scale")
    return {
        "cells": [change.layer * hidden + change.cell for change in made.changes],
        "of": of,
        "scale": scale,
        "shift": [change.shift for change in made.changes],
    }


def _numbered(
    cells: Sequence[int], of: Literal["c", "h"], scale: float, shift: Sequence[float], hidden: int
) -> Intervention:
    changes = (
        Change(cell // hidden, of, cell % hidden, scale, rounded(by))
        for cell, by in zip(cells, shift, strict=True)
    )
    return Intervention(tuple(sorted(changes)))


def _what(preset: Preset, count: int) -> str:
    """One sentence for people: which cells, and what is done to them."""
    which = f"The {count} cells that follow “{preset.feature}” best"
    if preset.name == CLUSTER.name:
        which = f"The {count} cells of the cluster that follows “{preset.feature}”"
    if preset.how == "silent":
        return f"{which}, silenced: what they put out, h, is 0."
    return (
        f"{which}, held {AWAY:g} standard deviations from their mean, on the side where it is {preset.how}."
    )
