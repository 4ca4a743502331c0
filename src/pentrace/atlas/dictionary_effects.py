"""What adding an entry of a dictionary does to the writing, compared with other entries (docs/dictionary.md).

An entry's direction is added to the hidden states h after every step. The engine changes each cell by itself, so a
direction can be added and subtracted, but not projected out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pentrace.atlas.dictionary import Dictionaries, Dictionary
from pentrace.atlas.presets import PRESETS
from pentrace.engine.interventions import Change, Intervention
from pentrace.engine.writer import Writer
from pentrace.measure.effects import DRAWS, Laboratory, Setup, counted, rounded

SETUP = Setup(samples=40)
MEASURES = {preset.feature: preset.measure for preset in PRESETS}
"""What an entry that follows a feature should change: the measure of the preset for that feature."""


def measure_entries(
    found: Dictionaries,
    writer: Writer,
    setup: Setup = SETUP,
    draws: int = DRAWS,
    threads: int = 1,
    report: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[dict[str, Any]]:
    """Adds and subtracts the entry of h that follows each feature of a preset best.

    The length is what the entry has where it is active, on average. Each is compared with other entries of the same
    length, drawn at random from those that are active somewhere.

    Args:
        found: dictionaries of the writer's checkpoint.
        writer: the model.
        setup: which samples.
        draws: other entries for each.
        threads: number of threads; the effects do not depend on it.
        report: called after each run with the number of runs done and the total.
    """
    dictionary, about = found.parts["h"], found.about["parts"]["h"]
    laboratory = Laboratory(writer, setup, inks=())
    layers = writer.checkpoint.architecture.layers
    strength = np.array(about["strength"])
    alive = np.flatnonzero(strength)
    chosen = [row for row in about["features"] if row["feature"] in MEASURES]
    progress = counted(report, 2 * len(chosen) * (1 + draws))
    records = []
    for row in chosen:
        entry = row["entry"]["column"]
        random = np.random.default_rng(entry)
        others = random.choice(alive[alive != entry], min(draws, len(alive) - 1), replace=False)
        for sign in (1, -1):
            by = sign * float(strength[entry])
            effect = laboratory.measure(
                added(dictionary, entry, by, layers),
                random=[added(dictionary, int(other), by, layers) for other in others],
                threads=threads,
                progress=progress,
            )
            name = MEASURES[row["feature"]]
            figure = effect.figures[name]
            records.append(
                {
                    "feature": row["feature"],
                    "entry": entry,
                    "by": by,
                    "measure": name,
                    "controls": figure.beats_random(),
                    **figure.to_dict(),
                }
            )
    return records


def added(found: Dictionary, entry: int, by: float, layers: int) -> Intervention:
    """Adds `by` times an entry's direction, in standard deviations of h, to the hidden states after every step."""
    shift = by * found.decoder[entry] * found.deviation
    hidden = len(shift) // layers
    return Intervention(
        tuple(
            Change(cell // hidden, "h", cell % hidden, 1.0, rounded(float(amount)))
            for cell, amount in enumerate(shift)
        )
    )
