"""Reading an ink together with its text, for a checkpoint that knows text; the page has its twin in read-text.ts.

Letter key: n offsets, L characters of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pentrace.engine.arguments import MAX_TEXT
from pentrace.engine.text import spelling
from pentrace.errors import TextError

if TYPE_CHECKING:
    from pentrace.checkpoint.architecture import TextArchitecture
    from pentrace.engine.engine import Engine
    from pentrace.engine.host import State
    from pentrace.engine.prepare import Prepared
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.engine.wasm import FloatArray
    from pentrace.ink import Ink

IntArray = npt.NDArray[np.int32]
_ALONE = 'give text="" to read the ink alone'


class Reading(NamedTuple):
    """An ink as a model reads it.

    offsets: [n, 3] in model units.
    text: what it says; "" for the ink alone.
    pointers: int32 [n], the character of each offset; None without a text.
    hand: the number of a hand of the checkpoint, a hand code [D], or None for no particular hand.
    scale: model units in one unit of the ink.
    first_lifted: whether the pen lifts at its first point.
    """

    offsets: FloatArray
    text: str = ""
    pointers: IntArray | None = None
    hand: int | npt.ArrayLike | None = None
    scale: float = 1.0
    first_lifted: bool = False

    def start(self, engine: Engine) -> State:
        """The state before the first offset."""
        state = engine.start(self.text, self.hand)
        # An ink whose first stroke was left out begins later in its text.
        if self.pointers is not None and len(self.pointers) and self.pointers[0] != state.pointer:
            engine.point(state, int(self.pointers[0]))
        return state

    def trace(self, engine: Engine, **wanted: bool) -> dict[str, FloatArray]:
        """What was there before each offset; `wanted` names the arrays, as Engine.trace has them."""
        return engine.trace(self.start(engine), self.offsets, pointers=self.pointers, **wanted)


def aligned(
    offsets: FloatArray,
    text: str,
    known: TextArchitecture | None,
    recogniser: Recogniser,
    *,
    name: str = "text",
    longest: int = MAX_TEXT,
) -> Reading:
    """Offsets [n, 3] with a text that the recogniser finds in them. `name` is what errors call it.

    Raises TextError for a text that does not fit the ink, or that model or recogniser cannot read.
    """
    if known is None:
        raise TextError(f"{name}: expected a checkpoint that knows text, found one that does not")
    said = " ".join(spelling.plain(text, known.alphabet).split())
    if not 1 <= len(said) <= longest:
        advice = "use a shorter ink" if said else "give its text"
        raise TextError(f"{name}: expected 1 to {longest} characters, found {len(said)}; {advice}")
    for character in said:
        if character not in known.alphabet or character not in recogniser.alphabet:
            raise TextError(
                f"{name}: cannot read {character}: the model has not learned it; use an ink without it"
            )
    found = recogniser.align(offsets, said)
    if found is None or not found.fits:
        raise TextError(
            f'{name}: expected the text of the ink, found "{said}", which does not fit it; '
            f'the recogniser reads "{recogniser.read(offsets)}"'
        )
    return Reading(offsets, said, found.pointers(len(offsets)))


def own(ink: Ink, prepared: Prepared, known: TextArchitecture | None) -> Reading:
    """An ink with the text and characters that it has itself, if it has them and the model knows text.

    Raises TextError for more than one line, for ink from the middle of a line, and for what the model cannot read.
    """
    offsets = prepared.offsets
    if known is None or ink.text is None or ink.characters is None or not len(offsets):
        return Reading(offsets)
    # A point of a prepared ink has the character of the raw point before it.
    characters = ink.characters[np.minimum(prepared.raw_points[1:], len(ink) - 1)]
    begin = ink.text.rfind("\n", 0, int(characters[0]) + 1) + 1
    line = ink.text[begin:].split("\n", 1)[0]
    pointers = (characters - begin).astype(np.int32)
    if pointers.max() >= len(line) or pointers.min() < 0:
        count = ink.text.count("\n") + 1
        raise TextError(
            f"text: expected an ink of one line, found one of {count}; read one line, or {_ALONE}"
        )
    if pointers[0] != 0:
        raise TextError(
            f"text: expected an ink from the beginning of a line, found one from character {pointers[0] + 1}; "
            f"{_ALONE}"
        )
    if len(line) > MAX_TEXT:
        raise TextError(f"text: expected at most {MAX_TEXT} characters, found {len(line)}; {_ALONE}")
    for character in line:
        if character not in known.alphabet:
            raise TextError(f"text: cannot read {character}: the model has not learned it; {_ALONE}")
    return Reading(offsets, line, pointers)
