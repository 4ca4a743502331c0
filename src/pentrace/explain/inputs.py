"""Inputs: what pen, memory, characters and hand add to the gates of a step, and what happens without one of them.

spec/explain.md has the definitions. Letter key: H cells, C code, U numbers of a text, E of a character.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np
import numpy.typing as npt

from pentrace.engine.mixture import branches, unpack_mixture
from pentrace.explain.density import divergence
from pentrace.explain.reading import Reading
from pentrace.explain.votes import rounded

if TYPE_CHECKING:
    from pentrace.checkpoint import Checkpoint
    from pentrace.engine import State
    from pentrace.engine.ink_reader import Readable
    from pentrace.engine.writer import Writer

F64 = npt.NDArray[np.float64]

_EPSILON = 1e-5
"""Added to a variance by layer normalisation (spec/engine.md)."""
_MOST_STANDING = 48


@dataclass(frozen=True)
class Inputs:
    """What each input adds to the gates of the first layer, in the step that led to the prediction of offset `step`.

    parts: by input, [4, H] in the order i, f, g, o: what it adds to what enters sigmoid or tanh. They include "bias",
        so their sum is all that enters.
    code: by input, [C], what it adds to the code that changes the gains; empty where the model has none.
    characters: by input, the character at that place; only those that there are.
    """

    step: int
    parts: dict[str, F64]
    code: dict[str, F64]
    characters: dict[str, str]

    @property
    def total(self) -> F64:
        """What enters sigmoid or tanh, [4, H]."""
        whole: F64 = np.sum(list(self.parts.values()), axis=0)
        return whole

    def strength(self) -> dict[str, F64]:
        """Root mean square over the cells of what each input adds, [4]."""
        return {name: np.sqrt((part**2).mean(axis=1)) for name, part in self.parts.items()}


def inputs(writer: Writer, ink: Readable, step: SupportsIndex) -> Inputs:
    """What each input adds to the gates of the step that consumed offset `step` - 1.

    With layer normalisation, mean and deviation of the sums, and the gains, are taken as they are in this step; then
    every part is exact, and they add up.

    Args:
        writer: the model.
        ink: what it has read.
        step: 1 to n.

    Raises:
        InkError: no such step.
    """
    reading = Reading(writer, ink)
    step = reading.checked(step, 1)
    checkpoint = writer.checkpoint
    known, code_size = checkpoint.architecture.text, checkpoint.architecture.code
    fed: dict[str, F64] = {
        "pen": reading.offsets[step - 1].astype(np.float64),
        "memory": rounded(reading.state(step - 1).h[0]),
    }
    said: dict[str, F64] = {}
    characters: dict[str, str] = {}
    if known is not None and reading.text:
        at = pointer_at(reading, step)
        characters = _around(reading, at, known.reach)
        said = _said(checkpoint, reading, characters, _standing(reading, step, at))
        fed |= said
    bounds = np.cumsum([len(numbers) for numbers in said.values()])[:-1]

    def added(kind: str) -> dict[str, F64]:
        """What each input adds through one kind of weights."""
        columns = {
            "pen": _tensor(checkpoint, f"lstm.0.{kind}input.weight"),
            "memory": _tensor(checkpoint, f"lstm.0.{kind}recurrent.weight"),
        }
        if said:
            parts = np.split(_tensor(checkpoint, f"text.{kind}weight"), bounds, axis=1)
            columns |= zip(said, parts, strict=True)
        return {name: columns[name] @ numbers for name, numbers in fed.items()}

    sums = {name: part.reshape(4, -1) for name, part in added("").items()}
    code = added("code.") if code_size else {}
    if checkpoint.architecture.normalised:
        gain = _tensor(checkpoint, "lstm.0.gain")
        if code:
            gain += _tensor(checkpoint, "lstm.0.modulation.weight") @ np.sum(list(code.values()), axis=0)
        whole = np.sum(list(sums.values()), axis=0)
        deviation = np.sqrt(whole.var(axis=1, keepdims=True) + _EPSILON)
        factor = gain.reshape(4, -1) / deviation
        sums = {name: (part - part.mean(axis=1, keepdims=True)) * factor for name, part in sums.items()}
    sums["bias"] = _tensor(checkpoint, "lstm.0.bias").reshape(4, -1)
    return Inputs(step, sums, code, {name: character for name, character in characters.items() if character})


def _tensor(checkpoint: Checkpoint, name: str) -> F64:
    return checkpoint.float_tensor(name).astype(np.float64)


def _around(reading: Reading, at: int, reach: int) -> dict[str, str]:
    """The characters around the pointer, by input; "" before the text and after it."""
    places = {f"character {k:+d}" if k else "character": at + k for k in range(-reach, reach + 1)}
    text = reading.text
    return {name: text[place] if 0 <= place < len(text) else "" for name, place in places.items()}


def pointer_at(reading: Reading, step: int) -> int:
    """Where the pointer stands as offset `step` is predicted."""
    assert reading.pointers is not None  # noqa: S101 - only readings of a text get here
    return int(reading.pointers[step]) if step < len(reading) else reading.state(step).pointer


def _said(checkpoint: Checkpoint, reading: Reading, characters: dict[str, str], stood: int) -> dict[str, F64]:
    """The numbers that each input of a text gives to a step, in the order of the columns of its weights."""
    known, hand = checkpoint.architecture.text, reading.line.hand
    assert known is not None  # noqa: S101 - otherwise the text could not have been read
    embedding = _tensor(checkpoint, "text.embedding")
    found = {
        name: embedding[1 + known.alphabet.index(character) if character else 0]
        for name, character in characters.items()
    }
    stood = min(stood, _MOST_STANDING)
    found["standing"] = np.array([stood / _MOST_STANDING, 1 / (1 + stood)])
    if hand is None:
        hand = np.zeros(known.hand)
    elif isinstance(hand, SupportsIndex):
        hand = checkpoint.float_tensor("text.hands")[hand]
    return found | {"hand": np.asarray(hand, np.float64)}


def _standing(reading: Reading, step: int, at: int) -> int:
    """Steps that the pointer had already stood where it stands as offset `step` is predicted."""
    assert reading.pointers is not None  # noqa: S101 - only readings of a text get here
    # The state before a line is one step at the first character.
    earlier = reading.pointers[:step][::-1] == at
    return len(earlier) if earlier.all() else int(np.argmin(earlier))


@dataclass(frozen=True)
class Without:
    """The next offset's prediction without one input.

    divergence: from what is predicted with it, in nats.
    share: of the likeliest way on, with all inputs and without this one.
    """

    divergence: float
    share: tuple[float, float]


def without(writer: Writer, ink: Readable, step: SupportsIndex) -> dict[str, Without]:
    """What each input does for the prediction of offset `step`: the prediction is made again without it.

    The pen's last movement becomes (0, 0, 0). A character becomes a space, and the hand none in particular, from the
    step on in which the pointer came to where it stands.

    Raises:
        InkError: no such step.
    """
    reading = Reading(writer, ink)
    step = reading.checked(step, 1)
    engine = writer.engine
    whole = engine.mixture(reading.state(step))
    changed: dict[str, State] = {"pen": _still(reading, step)}
    if reading.text:
        at = pointer_at(reading, step)
        known = writer.checkpoint.architecture.text
        assert known is not None  # noqa: S101 - otherwise the text could not have been written
        around = _around(reading, at, known.reach)
        for place, (name, character) in enumerate(around.items(), at - known.reach):
            if character not in ("", " ") and " " in known.alphabet:
                text = f"{reading.text[:place]} {reading.text[place + 1 :]}"
                changed[name] = _reread(reading, step, at, text=text)
        if reading.line.hand is not None:
            changed["hand"] = _reread(reading, step, at, hand=False)
    return {name: _compared(whole, engine.mixture(state)) for name, state in changed.items()}


def _still(reading: Reading, step: int) -> State:
    state = reading.state(step - 1)
    path = None if reading.pointers is None else [state.pointer, pointer_at(reading, step)]
    reading.writer.engine.consume(state, np.zeros((1, 3), np.float32), pointers=path)
    return state


def _reread(reading: Reading, step: int, at: int, *, text: str | None = None, hand: bool = True) -> State:
    """The state at a step if text or hand were others since the pointer came to where it stands."""
    engine, stood = reading.writer.engine, _standing(reading, step, at)
    if stood == step:  # it has never moved: the line begins with the other text or hand
        state, begin = engine.start(text or reading.text, reading.line.hand if hand else None), 0
    else:
        begin = step - 1 - stood
        state = reading.state(begin)
        here = state.pointer
        if text is not None:
            engine.set_text(state, text)
            engine.point(state, here)
        if not hand:
            engine.set_hand(state, None)
    reading.go_on(state, begin, step)
    return state


def _compared(p: npt.NDArray[np.float32], q: npt.NDArray[np.float32]) -> Without:
    likeliest = branches(p)
    components = list(likeliest[0].components) if likeliest else [int(np.argmax(unpack_mixture(p).pi))]
    before, after = (float(unpack_mixture(m.astype(np.float64)).pi[components].sum()) for m in (p, q))
    return Without(float(divergence(p[None], q[None])[0]), (before, after))
