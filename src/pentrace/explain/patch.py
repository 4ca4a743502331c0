"""Activation patching: the state that a model has after one ink, put into what it has after another (spec/explain.md).

Letter key: L layers, H cells a layer, M pairs of inks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine.interventions import Intervention
from pentrace.errors import InterventionError
from pentrace.explain.hands import TRAITS, Slope, own_lines, slopes, telling, traits_after
from pentrace.explain.reading import Reading, during

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import SupportsIndex

    from pentrace.engine import Engine, Prepared, State
    from pentrace.engine.writer import Writer
    from pentrace.ink import Ink

F32 = npt.NDArray[np.float32]

DRAWS = 19
"""Draws of random cells."""


def put(donor: State, cells: Sequence[int]) -> Intervention:
    """Holds c and h of cells, numbered through all layers, at what they are in a state."""
    c, h = donor.c.ravel().tolist(), donor.h.ravel().tolist()
    hidden = donor.engine.architecture.hidden
    whole = Intervention()
    for layer in sorted({cell // hidden for cell in cells}):
        here = [cell for cell in cells if cell // hidden == layer]
        inside = [cell % hidden for cell in here]
        whole = whole.then(Intervention.clamp(inside, [c[cell] for cell in here], of="c", layer=layer))
        whole = whole.then(Intervention.clamp(inside, [h[cell] for cell in here], of="h", layer=layer))
    return whole


def patched(
    reading: Reading, before: State, donor: State, cells: Sequence[int], step: int | None = None
) -> State:
    """The state after `step` offsets of an ink, with the donor's c and h in some cells, and the z that follows.

    The last step, from `before`, is made with these cells held at the donor's values. So h, its rounding and z belong
    together. step: None for all of the ink.
    """
    step, state = len(reading) if step is None else step, before.copy()
    with during(reading.writer, put(donor, cells)):
        reading.go_on(state, step - 1, step)
    return state


@dataclass(frozen=True)
class Patch:
    """Traits of what is written on after ink A, after ink B, and after B with cells of A.

    a, b, both: by trait. random: the same as `both` for each draw of as many random cells.
    """

    cells: tuple[int, ...]
    a: dict[str, float]
    b: dict[str, float]
    both: dict[str, float]
    random: tuple[dict[str, float], ...]


def patch(
    writer: Writer,
    a: Ink | Prepared,
    b: Ink | Prepared,
    cells: Sequence[int] | None = None,
    *,
    at: tuple[SupportsIndex | None, SupportsIndex | None] = (None, None),
    draws: SupportsIndex = DRAWS,
    futures: SupportsIndex = 64,
    steps: SupportsIndex = 100,
    seed: SupportsIndex = 0,
) -> Patch:
    """Puts cells of the state after ink A into the state after ink B, and measures which traits are carried over.

    Args:
        writer: the model.
        a: the ink whose state is taken.
        b: the ink whose state is changed; at least one offset.
        cells: numbered through all layers; None for all.
        at: after how many offsets of A and of B their states are taken; None for all of an ink.
        draws: of as many random cells, none of which is among `cells`.
        futures: that are drawn after each state, with the same numbers.
        steps: of each.
        seed: of futures and random cells.

    Raises:
        InterventionError: no such cell, or too many of them to draw as many others.
        InkError: no such step.
    """
    architecture, engine = writer.checkpoint.architecture, writer.engine
    total = architecture.layers * architecture.hidden
    chosen = (
        list(range(total))
        if cells is None
        else [whole("cell", k, 0, total - 1, InterventionError) for k in cells]
    )
    others = sorted(set(range(total)) - set(chosen))
    count = whole("draws", draws, 0, 999, InterventionError) if len(chosen) < total else 0
    if count and len(others) < len(chosen):
        raise InterventionError(
            f"cells: expected at most half of them, so that as many others can be drawn, found {len(chosen)}"
        )
    one, other = Reading(writer, a), Reading(writer, b)
    there = one.checked(len(one) if at[0] is None else at[0])
    here = other.checked(len(other) if at[1] is None else at[1], 1)
    donor, before = one.state(there), other.state(here - 1)
    drawn = [_drawn(engine, others, len(chosen), draw, seed) for draw in range(count)]
    size, length = (
        whole("futures", futures, 1, 5000, InterventionError),
        whole("steps", steps, 10, 5000, InterventionError),
    )

    def after(state: State) -> dict[str, float]:
        return traits_after(engine, state, size, length, seed)

    return Patch(
        tuple(chosen),
        after(donor),
        after(other.state(here)),
        after(patched(other, before, donor, chosen, here)),
        tuple(after(patched(other, before, donor, each, here)) for each in drawn),
    )


def _drawn(engine: Engine, others: list[int], count: int, stream: int, seed: SupportsIndex) -> list[int]:
    """`count` of some cells, at random."""
    order = np.argsort(engine.random(len(others), seed=seed, stream=stream), kind="stable")
    return sorted(others[k] for k in order[:count].tolist())


@dataclass(frozen=True)
class Patches:
    """How far each trait is carried over with some cells, over pairs of inks: slopes of (both - b) against (a - b).

    numbers: the cells, those that tell hands apart best first; empty where each pair had random ones of its own.
    """

    cells: int
    numbers: tuple[int, ...]
    slopes: dict[str, Slope]


def patches(
    writer: Writer,
    lines: Sequence[F32],
    sizes: Sequence[int] = (50,),
    *,
    steps: int = 100,
    futures: int = 16,
    seed: SupportsIndex = 0,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Patches]:
    """What is carried over with all cells, with those that tell hands apart best, and with as many at random.

    Which cells tell hands apart is decided in two ways: by lines of the data, and by lines of the model's own.

    Args:
        writer: the model.
        lines: offsets [n, 3], each by another hand. The first half says which cells tell hands apart; the pairs are
            of the second half, each line with the one after it.
        sizes: how many of the best and of random cells.
        steps: of each future.
        futures: after each state.
        seed: of random cells.
        progress: called after each pair.
    """
    engine = writer.engine
    half = len(lines) // 2
    order, own_order = telling(engine, lines[:half]), telling(engine, own_lines(engine))
    total, tests = len(order), lines[half:]
    groups: dict[str, list[int]] = {"all cells": list(range(total))}
    for size in sizes:
        groups[f"the {size} cells that tell hands apart best"] = order[:size].tolist()
        groups[f"the {size} that tell its own lines apart best"] = own_order[:size].tolist()
    rows: dict[str, list[dict[str, tuple[float, float]]]] = {}
    for pair, (a, b) in enumerate(zip(tests, [*tests[1:], tests[0]], strict=True)):
        one, other = (Reading.of_offsets(writer, line) for line in (a, b))
        donor = one.state(len(one))
        before = other.state(len(other) - 1)
        own = before.copy()
        other.go_on(own, len(other) - 1, len(other))
        plain = traits_after(engine, own, futures, steps, 2 * pair)
        # Other draws than those of `plain`: chance that both share would look as if it had been carried over.
        apart = [traits_after(engine, state, futures, steps, 2 * pair + 1) for state in (donor, own)]
        random = {
            f"{size} random cells": _drawn(engine, order[size:].tolist(), size, pair, seed) for size in sizes
        }
        for name, cells in (groups | random).items():
            state = patched(other, before, donor, cells)
            both = traits_after(engine, state, futures, steps, 2 * pair)
            rows.setdefault(name, []).append(
                {trait: (both[trait] - plain[trait], apart[0][trait] - apart[1][trait]) for trait in TRAITS}
            )
        progress()
    sizes_of = {name: len(cells) for name, cells in (groups | random).items()}
    return {
        name: Patches(
            sizes_of[name],
            tuple(groups.get(name, ())),
            {
                trait: slopes([one[trait][0] for one in each], [one[trait][1] for one in each])[0]
                for trait in TRAITS
            },
        )
        for name, each in rows.items()
    }
