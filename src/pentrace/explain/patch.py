"""Activation patching: the state that a model has after one ink, put into what it has after another (spec/explain.md).

Letter key: L layers, H cells a layer, M pairs of inks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.engine.interventions import Intervention
from pentrace.errors import InterventionError
from pentrace.explain.directions import Direction
from pentrace.explain.draws import drawn
from pentrace.explain.hands import TRAITS, Slope, own_lines, ratio, slopes, telling, traits_after
from pentrace.explain.letters import LETTER_FUTURES, LetterShares, commonest, letters_after, share_of
from pentrace.explain.reading import Reading
from pentrace.ink import points_of, strokes
from pentrace.measure.effects import DRAWS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import SupportsIndex

    from pentrace.engine import State
    from pentrace.engine.ink_reader import Readable
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]
Taken = Sequence[int] | Direction
"""What is taken from one state to another: cells, numbered through all layers, or a direction."""

LETTER = "letter"
"""The name of the share of futures that write the donor's letter, beside the traits of a hand."""
OWN = "its own lines"
ASTRAY = "a random direction"
_LETTERS = 8
"""Futures of each pair in which a letter is read."""
_STROKE = 10
"""Points of the shortest stroke in whose middle a letter is half written."""


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


def patched(reading: Reading, before: State, donor: State, taken: Taken, step: int | None = None) -> State:
    """The state after `step` offsets of an ink, with what is taken from the donor, and the z that follows.

    The last step, from `before`, is made with some cells held at the donor's c and h, or with c moved along a
    direction. So h, its rounding and z belong together. step: None for all of the ink.
    """
    step = len(reading) if step is None else step
    if isinstance(taken, Direction):
        return reading.stepped(before, step, taken.move(donor, reading.stepped(before, step)))
    return reading.stepped(before, step, put(donor, taken))


@dataclass(frozen=True)
class Patch:
    """Traits of what is written on after ink A, after ink B, and after B with what is taken from A.

    cells: that are put in; empty for a direction.
    a, b, both: by trait. random: the same as `both` for each draw of as many random cells, or of a random direction.
    letters: the same of the letter that A writes next; None where nothing was to read it.
    """

    cells: tuple[int, ...]
    a: dict[str, float]
    b: dict[str, float]
    both: dict[str, float]
    random: tuple[dict[str, float], ...]
    letters: LetterShares | None = None


def patch(
    writer: Writer,
    a: Readable,
    b: Readable,
    taken: Taken | None = None,
    *,
    at: tuple[SupportsIndex | None, SupportsIndex | None] = (None, None),
    draws: SupportsIndex = DRAWS,
    futures: SupportsIndex = 64,
    steps: SupportsIndex = 100,
    seed: SupportsIndex = 0,
    recogniser: Recogniser | None = None,
) -> Patch:
    """Takes cells or a direction from the state after ink A to that after ink B, and measures what is carried over.

    Args:
        writer: the model.
        a: the ink whose state is taken; with its text, where it has one and the model knows text.
        b: the ink whose state is changed, likewise; at least one offset. It keeps its own text and the hand that it is
            read with: these are inputs, and only states are taken.
        taken: cells, numbered through all layers, or a direction; None for all cells.
        at: after how many offsets of A and of B their states are taken; None for all of an ink, with a text for 150
            offsets before its end, or the middle of a shorter line.
        draws: of as many random cells, none of which is among those taken, or of random directions.
        futures: that are drawn after each state, with the same numbers.
        steps: of each. One whose line ends before does not count; a trait of which there is none is NaN.
        seed: of futures and random draws.
        recogniser: reads the letter that comes next in LETTER_FUTURES of the futures; None for no letters.

    Raises:
        InterventionError: no such cell, or too many of them to draw as many others.
        InkError: no such step.
        TextError: a text that does not fit its ink, or that the model does not know.
    """
    engine = writer.engine
    chosen = _checked(writer, taken)
    instead = _random(writer, chosen, draws, seed)
    one, other = Reading(writer, a), Reading(writer, b)
    there, here = one.checked(at[0]), other.checked(at[1], 1)
    donor, before = one.state(there), other.state(here - 1)
    size = whole("futures", futures, 1, 5000, InterventionError)
    length = whole("steps", steps, 10, 5000, InterventionError)
    changed = [patched(other, before, donor, each, here) for each in (chosen, *instead)]
    states = [donor, other.state(here), *changed]
    first, second, both, *random = (traits_after(engine, state, size, length, seed) for state in states)
    letters = None
    if recogniser is not None:
        count, ink = min(size, LETTER_FUTURES), one.offsets[:there]
        read = [letters_after(recogniser, engine, state, ink, count, seed) for state in states]
        letter = commonest(read[0])
        of_a, of_b, of_both, *others = (share_of(letter, each) for each in read)
        letters = LetterShares(letter, of_a, of_b, of_both, tuple(others))
    cells = () if isinstance(chosen, Direction) else tuple(chosen)
    return Patch(cells, first, second, both, tuple(random), letters)


def _checked(writer: Writer, taken: Taken | None) -> Taken:
    """What is taken, if the model has it."""
    total = writer.checkpoint.architecture.layers * writer.checkpoint.architecture.hidden
    if taken is None:
        return list(range(total))
    if not isinstance(taken, Direction):
        return [whole("cell", k, 0, total - 1, InterventionError) for k in taken]
    if len(taken.weight) != total:
        raise InterventionError(f"direction: expected one of {total} cells, found one of {len(taken.weight)}")
    return taken


def _random(writer: Writer, taken: Taken, draws: SupportsIndex, seed: SupportsIndex) -> list[Taken]:
    """As many random cells, or random directions; none for all cells."""
    count = whole("draws", draws, 0, 999, InterventionError)
    if isinstance(taken, Direction):
        return [taken.shuffled(writer.engine, draw, seed) for draw in range(count)]
    total = writer.checkpoint.architecture.layers * writer.checkpoint.architecture.hidden
    if len(taken) == total:
        return []
    others = sorted(set(range(total)) - set(taken))
    if count and len(others) < len(taken):
        raise InterventionError(
            f"cells: expected at most half of them, so that as many others can be drawn, found {len(taken)}"
        )
    return [drawn(writer.engine, others, len(taken), seed, draw) for draw in range(count)]


@dataclass(frozen=True)
class Patches:
    """How far each trait is carried over, over pairs of inks: slopes of (both - b) against (a - b).

    cells: how many are put in; 0 for a direction.
    numbers: the cells, those that tell hands apart best first; empty where each pair had random ones of its own.
    slopes: by trait; with a recogniser also of LETTER, the share of futures that write the donor's likeliest letter:
        there it is what is carried over of the mean difference (hands.ratio).
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
    recogniser: Recogniser | None = None,
    directions: Mapping[str, Direction],
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Patches]:
    """What is carried over with all cells, with those that tell hands apart best, with directions and at random.

    Which cells tell hands apart is decided in two ways: by lines of the data, and by lines of the model's own.

    Args:
        writer: the model.
        lines: offsets [n, 3], each by another hand. The first half says which cells tell hands apart; the pairs are
            of the second half, each line with the one after it.
        sizes: how many of the best and of random cells.
        steps: of each future.
        futures: after each state.
        seed: of random cells.
        recogniser: reads letters with all cells, with the best of the data, and with random ones; None for none.
        directions: that are tried too, by trait; beside them a random one with the weights of the first.
        progress: called after each pair.
    """
    engine, half = writer.engine, len(lines) // 2
    order, own_order = telling(engine, lines[:half]), telling(engine, own_lines(engine))
    groups: dict[str, Taken] = {"all cells": list(range(len(order)))}
    for size in sizes:
        groups[f"the {size} cells that tell hands apart best"] = order[:size].tolist()
        groups[f"the {size} that tell {OWN} apart best"] = own_order[:size].tolist()
    tests = lines[half:]
    rows: dict[str, list[dict[str, tuple[float, float]]]] = {}
    for pair, (a, b) in enumerate(zip(tests, [*tests[1:], tests[0]], strict=True)):
        random: dict[str, Taken] = {
            f"{size} random cells": drawn(engine, order[size:].tolist(), size, seed, pair) for size in sizes
        }
        straight = {f"the direction of {name}": one for name, one in directions.items()}
        if straight:
            straight[ASTRAY] = next(iter(directions.values())).shuffled(engine, pair, seed)
        taken = groups | random | straight
        one, other = (Reading(writer, line) for line in (a, b))
        moved = _traits_moved(one, other, taken, (futures, steps), pair)
        if recogniser is not None:
            cells = {name: each for name, each in (groups | random).items() if OWN not in name}
            for name, letter in _letters_moved(one, other, cells, pair, recogniser).items():
                moved[name][LETTER] = letter
        for name, each in moved.items():
            rows.setdefault(name, []).append(each)
        progress()
    return {name: _patches(taken[name], name in groups, each) for name, each in rows.items()}


def _patches(taken: Taken, same: bool, rows: list[dict[str, tuple[float, float]]]) -> Patches:
    """The slopes over pairs. same: whether the cells are those of every pair."""
    found = {}
    for trait in rows[0]:
        moved, apart = ([one[trait][side] for one in rows] for side in (0, 1))
        found[trait] = ratio(moved, apart) if trait == LETTER else slopes(moved, apart)[0]
    cells = () if isinstance(taken, Direction) else tuple(taken)
    return Patches(len(cells), cells if same else (), found)


def _traits_moved(
    one: Reading, other: Reading, taken: Mapping[str, Taken], size: tuple[int, int], pair: int
) -> dict[str, dict[str, tuple[float, float]]]:
    """By what is taken and by trait: how far it moved, and how far away the donor is. size: futures, steps of each."""
    engine, (futures, steps) = one.writer.engine, size
    donor, before, own = one.state(len(one)), other.state(len(other) - 1), other.state(len(other))
    plain = traits_after(engine, own, futures, steps, 2 * pair)
    # Other draws than those of `plain`: chance that both share would look as if it had been carried over.
    a, b = (traits_after(engine, state, futures, steps, 2 * pair + 1) for state in (donor, own))
    found = {}
    for name, each in taken.items():
        both = traits_after(engine, patched(other, before, donor, each), futures, steps, 2 * pair)
        found[name] = {trait: (both[trait] - plain[trait], a[trait] - b[trait]) for trait in TRAITS}
    return found


def _letters_moved(
    one: Reading, other: Reading, taken: Mapping[str, Taken], pair: int, recogniser: Recogniser
) -> dict[str, tuple[float, float]]:
    """The same of the share of futures that write the donor's likeliest letter; the donor is in the middle of one."""
    engine, step = one.writer.engine, half_written(one.offsets)
    donor, before, own = one.state(step), other.state(len(other) - 1), other.state(len(other))

    def read(state: State, seed: int) -> tuple[str, ...]:
        ink = one.offsets[:step]
        return letters_after(recogniser, engine, state, ink, _LETTERS, 3 * pair + seed)

    # The letter is chosen by draws of its own, too.
    letter = commonest(read(donor, 2))
    plain = share_of(letter, read(own, 0))
    apart = share_of(letter, read(donor, 1)) - share_of(letter, read(own, 1))
    return {
        name: (share_of(letter, read(patched(other, before, donor, each), 0)) - plain, apart)
        for name, each in taken.items()
    }


def half_written(offsets: F32) -> int:
    """The step in the middle of the last stroke of at least _STROKE points; the last step where there is none."""
    lifted = points_of(offsets)[1]
    long = [part for part in strokes(lifted) if part.stop - part.start >= _STROKE]
    return (long[-1].start + long[-1].stop) // 2 if long else len(offsets)
