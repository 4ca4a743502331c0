"""What a model remembers of earlier strokes: each is changed, the ink is read again, and the predictions are compared.

Attribution by intervention (spec/explain.md). Letter key: n offsets, S strokes, D distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.counts import whole
from pentrace.errors import DataError, InkError
from pentrace.explain.density import divergence
from pentrace.explain.draws import shuffled
from pentrace.explain.hands import TRAITS
from pentrace.explain.letters import Letters, letters_in
from pentrace.explain.reading import Reading
from pentrace.explain.strokes import CHANGES, changed, strokes_before
from pentrace.measure.measures import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import SupportsIndex

    from pentrace.engine import Engine, State
    from pentrace.engine.ink_reader import Readable
    from pentrace.engine.sampler import Line
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

LATER = 50
"""Offsets after the step at which the hand is looked at, and for how many."""
HAND = {trait: TRAITS[trait] for trait in ("slant", "size")}
"""Traits of a hand, and the measures that they are."""
DISTANCES = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300)
"""Offsets since a stroke was left at which its influence is measured."""


@dataclass(frozen=True)
class Shift:
    """How much a trait of the hand changes: the mean over futures, and its standard error."""

    change: float
    error: float


@dataclass(frozen=True)
class Influence:
    """What one change of one stroke does.

    begin, end: the points of the stroke, `end` left out.
    change: one of CHANGES.
    divergence: of the prediction at the step, in nats.
    hand: by trait, how it changes LATER offsets after the step.
    letters: that would come next, without and with the change; None where nothing was to read them.
    """

    begin: int
    end: int
    change: str
    divergence: float
    hand: dict[str, Shift]
    letters: Letters | None


def memory(
    writer: Writer,
    ink: Readable,
    step: SupportsIndex | None = None,
    *,
    changes: Iterable[str] = tuple(CHANGES),
    futures: SupportsIndex = 64,
    seed: SupportsIndex = 0,
    recogniser: Recogniser | None = None,
    progress: Callable[[], None] = lambda: None,
) -> list[Influence]:
    """The influence of each earlier stroke on what comes after `step` offsets.

    Args:
        writer: the model.
        ink: what it has read; with its text, where it has one and the model knows text. Every point then keeps its
            character, also in a stroke that is changed.
        step: 0 to n; None for n, with a text for 150 offsets before its end, or the middle of a shorter line.
        changes: some of CHANGES.
        futures: how many are drawn to see the hand; 0 for none.
        seed: of the futures, which are the same with and without the change, and of what trembles.
        recogniser: that reads the letter which would come in each future, in some 12 ms; None: none is read.
        progress: called after each change.

    Raises:
        InkError: no such step or change, or no stroke that has ended before the step.
    """
    wanted = tuple(changes)
    if unknown := [how for how in wanted if how not in CHANGES]:
        raise InkError(f"changes: expected some of {', '.join(CHANGES)}, found {unknown[0]!r}")
    reading, engine = Reading(writer, ink), writer.engine
    at = reading.checked(step)
    count = whole("futures", futures, 0, 5000, InkError)
    parts = strokes_before(reading.offsets, reading.line.first_lifted, at)
    if not parts:
        raise InkError(f"step {at}: expected a stroke that has ended before it, found none")
    written = reading.offsets[:at]

    def look(state: State) -> tuple[F32, dict[str, F64], tuple[str, ...]]:
        """The prediction, and the hand and the letters in futures."""
        drawn = engine.text_futures(state, count, 2 * LATER, seed=seed)
        letters = () if recogniser is None else letters_in(recogniser, written, drawn)
        return engine.mixture(state)[None], _hand_later(drawn), letters

    plain, hand, letters = look(reading.state(at))
    found = []
    for number, part in enumerate(parts):
        numbers = engine.random(2 * (part.stop - part.start), seed=seed, stream=number).reshape(-1, 2)
        for how in wanted:
            other = changed(reading.offsets, part, how, numbers, reading.pointers)
            again = Reading(writer, reading.line._replace(offsets=other.offsets, pointers=other.pointers))
            predicted, now, come = look(again.state(at - other.shift))
            apart = float(divergence(plain, predicted)[0])
            traits = {name: _shift(hand[name], values) for name, values in now.items()}
            both = None if recogniser is None else Letters(letters, come)
            found.append(Influence(part.start, part.stop, how, apart, traits, both))
            progress()
    return found


def _hand_later(futures: Line) -> dict[str, F64]:
    """By trait, its value in each future, from LATER to 2 LATER offsets on; NaN where its line ends before."""
    offsets, characters = futures
    if not len(offsets):
        return {}
    values, whole = measured(offsets[:, LATER:]), (characters >= 0).all(axis=1)
    return {name: np.where(whole, values[measure], np.nan) for name, measure in HAND.items()}


def _shift(before: F64, after: F64) -> Shift:
    apart = after - before
    apart = apart[np.isfinite(apart)]
    if len(apart) < 2:
        return Shift(float("nan"), float("nan"))
    return Shift(float(apart.mean()), float(apart.std(ddof=1) / len(apart) ** 0.5))


@dataclass(frozen=True)
class Curve:
    """Influence against distance, of one change, over strokes of many lines.

    distances: [D], offsets since the stroke was left.
    mean, error: [D], of the divergence in nats, and its standard error.
    strokes: [D], how many.
    """

    distances: tuple[int, ...]
    mean: F64
    error: F64
    strokes: npt.NDArray[np.int64]

    def reach(self, share: float = 0.1) -> int | None:
        """The first distance from which the mean stays below a share of its first value; None if there is none."""
        above = np.flatnonzero(~(self.mean < share * self.mean[0]))
        after = int(above[-1]) + 1 if len(above) else 0
        return self.distances[after] if after < len(self.distances) else None


def curves(
    writer: Writer,
    lines: Iterable[F32],
    *,
    strokes: SupportsIndex = 3,
    seed: SupportsIndex = 0,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Curve]:
    """The influence of strokes against distance, by change, over lines of offsets [n, 3] in model units.

    Args:
        writer: the model.
        lines: what it reads.
        strokes: of each line, drawn at random from all but the last.
        seed: of the strokes, and of what trembles.
        progress: called after each line.

    Raises:
        DataError: no line with two strokes.
    """
    engine = writer.engine
    most = whole("strokes", strokes, 1, 1000, DataError)
    found: dict[str, list[F64]] = {how: [] for how in CHANGES}
    for stream, offsets in enumerate(lines):
        parts = strokes_before(offsets, False, len(offsets) - 1)
        order = shuffled(engine, len(parts), seed, 2 * stream)[:most]
        plain = engine.trace(engine.start(), offsets, c=False, h=False, loglik=False, mixture=True)["mixture"]
        for part in (parts[k] for k in sorted(order.tolist())):
            size = part.stop - part.start
            numbers = engine.random(2 * size, seed=seed, stream=2 * stream + 1).reshape(-1, 2)
            for how, near in _fading(engine, offsets, plain, part, numbers).items():
                found[how].append(near)
        progress()
    if not any(found.values()):
        raise DataError("lines: expected some of two strokes or more, found none")
    return {how: _curve(np.array(rows)) for how, rows in found.items()}


def _fading(engine: Engine, offsets: F32, plain: F32, part: slice, numbers: F64) -> dict[str, F64]:
    """The divergences at DISTANCES after one stroke, by change of it; NaN after the end of the ink."""
    rows = [part.stop - 1 + distance for distance in DISTANCES if part.stop - 1 + distance < len(offsets)]
    begin = max(part.start - 1, 0)
    before = engine.start()
    engine.consume(before, offsets[:begin])
    found = {}
    for how in CHANGES:
        other = changed(offsets, part, how, numbers)
        last = rows[-1] + 1 - other.shift
        tail = other.offsets[begin:last]
        mixture = engine.trace(before.copy(), tail, c=False, h=False, loglik=False, mixture=True)["mixture"]
        found[how] = np.full(len(DISTANCES), np.nan)
        found[how][: len(rows)] = divergence(
            plain[rows], mixture[[row - other.shift - begin for row in rows]]
        )
    return found


def _curve(values: F64) -> Curve:
    """Over strokes [S, D], where at least two are known."""
    counts = (~np.isnan(values)).sum(axis=0)
    used = counts > 1
    known, strokes = values[:, used], counts[used]
    error = np.nanstd(known, axis=0, ddof=1) / np.sqrt(strokes)
    return Curve(tuple(np.array(DISTANCES)[used].tolist()), np.nanmean(known, axis=0), error, strokes)
