"""Moves of the pointer while a line is written: the twin of `moved` in web/src/figures/type/task.ts.

Letter key: n offsets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pentrace.engine.engine import Engine
from pentrace.engine.sampler import Line
from pentrace.engine.text.letters import joined
from pentrace.engine.text.written import CAP
from pentrace.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pentrace.engine.host import State
    from pentrace.engine.text.letters import Draws

LONGEST_HOLD = 10_000
"""Offsets that the pointer is held at one character at most."""


class Move(NamedTuple):
    """After `at` offsets of a line the pointer is put at character `to`, and held there for `hold` offsets.

    line: of those that are not empty, from 0.
    to: a place in the line; its length for the end.
    hold: with 0 the pointer moves on by itself at once.
    """

    line: int
    at: int
    to: int
    hold: int = 0


def checked(moves: Sequence[Sequence[int]], lines: Sequence[str]) -> list[Move]:
    """The moves; TextError for one that no line can have."""
    made = []
    for values in moves:
        if not 3 <= len(values) <= 4:
            raise TextError(f"moves: expected (line, at, to, hold), found {values!r:.60}")
        move = Move(*values)
        if not 0 <= move.line < len(lines):
            raise TextError(f"moves: line: expected 0 to {len(lines) - 1}, found {move.line}")
        length = len(lines[move.line])
        ranges = {"at": CAP * (length + 1) + LONGEST_HOLD, "to": length, "hold": LONGEST_HOLD}
        for name, most in ranges.items():
            if not 0 <= getattr(move, name) <= most:
                raise TextError(f"moves: {name}: expected 0 to {most:,}, found {getattr(move, name)}")
        made.append(move)
    return made


def moved(engine: Engine, state: State, written: Line, move: Move, draws: Draws, place: int = 0) -> Line:
    """A line up to a move, and then on from another character.

    Args:
        engine: of the state.
        state: before the line; moved on.
        written: the line without the move, and what the pen did before it.
        move: as `checked` gives it.
        draws: the random numbers of the line.
        place: of the line's first character in the text of the state: what is before is that of a prime.

    Raises TextError for a move after the line's end.
    """
    lead = int(np.count_nonzero(written.pointers < place))
    n = len(written.pointers) - lead
    if move.at > n:
        raise TextError(f"moves: at: expected at most the {n} offsets of the line, found {move.at}")
    cut = lead + move.at
    before = Line(written.offsets[:cut], written.pointers[:cut])
    engine.consume(state, before.offsets, pointers=before.pointers)
    pieces = [before]
    rest = CAP * (state.characters - place + 1)
    for steps, first, hold in ((move.hold, move.at, True), (rest, move.at + move.hold, False)):
        if steps:
            engine.point(state, place + move.to, hold=hold)
            seed, stream, variation = draws
            pieces.append(
                engine.write(
                    state, steps, cap=CAP, seed=seed, stream=stream, first_step=first, variation=variation
                )
            )
    return joined(pieces)
