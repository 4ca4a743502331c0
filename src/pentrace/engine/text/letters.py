"""Writing in somebody's letters: at each character, of several candidates the one goes on that looks most like theirs.

The rule is in spec/text.md (Letters); the page has its twin in web/src/engine/text/letters.ts, and
spec/golden/written.json pins both. Sums are made in the order of the points, so that both find the same numbers.

Letter key: n offsets of a character, P points of a shape.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex

import numpy as np

from pentrace.engine.sampler import Line
from pentrace.engine.text.written import CAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pentrace.engine.engine import Engine
    from pentrace.engine.host import State
    from pentrace.engine.wasm import FloatArray

SHAPE = 16
"""P: points by which the shape of a character is known."""
PLACE = 0.3
"""What a difference in place counts: of the middle of the character from the end of the one before, model units."""
PACE = 1.0
"""What a difference in the number of offsets counts, as a share of their mean."""
LIFT = 0.5
"""What each pen lift more or less counts."""

Point = tuple[float, float]


class Letter(NamedTuple):
    """How a character was written.

    shape: P points evenly spaced along its path, around their mean, in model units.
    middle: their mean, from the end of the character before.
    offsets: n.
    lifts: of the pen.
    """

    shape: list[Point]
    middle: Point
    offsets: int
    lifts: int


class Draws(NamedTuple):
    """Where random numbers come from; of several candidates, candidate k has stream `first` + k."""

    seed: SupportsIndex
    first: int
    variation: float


class Letters:
    """How somebody writes characters. lines: texts, offsets [n, 3] in model units, and the character of each offset."""

    def __init__(self, lines: Iterable[tuple[str, Line]]) -> None:
        self._known: dict[str, list[Letter]] = {}
        for text, (offsets, pointers) in lines:
            for place, character in enumerate(text):
                own = offsets[pointers == place]
                if len(own):
                    self._known.setdefault(character, []).append(letter(own))

    def __contains__(self, character: str) -> bool:
        return character in self._known

    def distance(self, character: str, offsets: FloatArray) -> float:
        """How far a character that was written by offsets [n, 3] is from the nearest one of theirs."""
        found = letter(offsets)
        return min(distance(found, each) for each in self._known[character])


def letter(offsets: FloatArray) -> Letter:
    """A character that was written by offsets [n, 3], n at least 1."""
    x = y = along = 0.0
    path: list[tuple[float, float, float]] = []
    for dx, dy in offsets[:, :2].tolist():
        x, y = x + dx, y + dy
        if path:
            along += sqrt(dx * dx + dy * dy)
        path.append((along, x, y))
    shape: list[Point] = []
    at = 0
    for k in range(SHAPE):
        wanted = along * k / (SHAPE - 1)
        while at < len(path) - 2 and path[at + 1][0] < wanted:
            at += 1
        shape.append(_between(path[at], path[min(at + 1, len(path) - 1)], wanted))
    middle_x = middle_y = 0.0
    for px, py in shape:
        middle_x, middle_y = middle_x + px, middle_y + py
    middle_x, middle_y = middle_x / SHAPE, middle_y / SHAPE
    lifts = int(np.count_nonzero(offsets[:, 2]))
    return Letter(
        [(px - middle_x, py - middle_y) for px, py in shape], (middle_x, middle_y), len(path), lifts
    )


def distance(a: Letter, b: Letter) -> float:
    """How different two ways to write a character are."""
    square = 0.0
    for (ax, ay), (bx, by) in zip(a.shape, b.shape, strict=True):
        square += (ax - bx) * (ax - bx) + (ay - by) * (ay - by)
    x, y = a.middle[0] - b.middle[0], a.middle[1] - b.middle[1]
    pace = 2 * abs(a.offsets - b.offsets) / (a.offsets + b.offsets)
    return sqrt(square / SHAPE) + PLACE * sqrt(x * x + y * y) + PACE * pace + LIFT * abs(a.lifts - b.lifts)


def write(
    engine: Engine,
    state: State,
    text: str,
    letters: Letters,
    candidates: int,
    draws: Draws,
) -> Line:
    """Writes the rest of a text in somebody's letters; `state` stays as it is.

    Args:
        engine: of the state.
        state: where the writing begins.
        text: all of the state's text.
        letters: theirs. A character that is not among them is the first candidate.
        candidates: of each character, drawn side by side.
        draws: the random numbers of the candidates.
    """
    state = state.copy()
    pieces: list[Line] = []
    steps = 0
    for place in range(state.pointer, len(text)):
        last = place == len(text) - 1
        count = candidates if text[place] in letters else 1
        drawn = engine.takes(
            state,
            count,
            cap=CAP,
            seed=draws.seed,
            first=draws.first,
            first_step=steps,
            variation=draws.variation,
            stop=0 if last else place + 1,
        )
        best = drawn[0] if count == 1 else _nearest(letters, text[place], place, drawn)
        pieces.append(best)
        if not last:
            engine.consume(state, best.offsets, pointers=np.append(best.pointers, np.int32(place + 1)))
        steps += len(best.pointers)
    return joined(pieces)


def joined(pieces: Sequence[Line]) -> Line:
    """Pieces of a line, one after the other."""
    return Line(*(np.concatenate(parts) for parts in zip(*pieces, strict=True)))


def _nearest(letters: Letters, character: str, place: int, drawn: Sequence[Line]) -> Line:
    """The candidate that is most like theirs, the first of equals; what follows the last character does not count."""
    return min(drawn, key=lambda each: letters.distance(character, each.offsets[each.pointers == place]))


def _between(a: tuple[float, float, float], b: tuple[float, float, float], wanted: float) -> Point:
    """The point of a segment at a length along the path; a and b are the length at its ends, and these."""
    length = b[0] - a[0]
    share = (wanted - a[0]) / length if length > 0 else 0.0
    return a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])
