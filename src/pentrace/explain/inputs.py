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
    before = reading.state(step - 1)
    checkpoint = writer.checkpoint
    a = checkpoint.architecture
    fed = _fed(checkpoint, reading, step, before)
    weights = {
        name: checkpoint.float_tensor(f"lstm.0.{name}").astype(np.float64) for name in _names(checkpoint)
    }
    columns = {"pen": weights["input.weight"], "memory": weights["recurrent.weight"]}
    code_columns = {"pen": weights.get("code.input.weight"), "memory": weights.get("code.recurrent.weight")}
    if reading.text and a.text:
        places = _places(a.text.reach, a.text.embedding, a.text.hand)
        table = checkpoint.float_tensor("text.weight").astype(np.float64)
        columns |= {name: table[:, place] for name, place in places.items()}
        if a.code:
            table = checkpoint.float_tensor("text.code.weight").astype(np.float64)
            code_columns |= {name: table[:, place] for name, place in places.items()}
    sums = {name: (columns[name] @ numbers).reshape(4, -1) for name, numbers in fed.items()}
    code = {name: np.asarray(code_columns[name]) @ numbers for name, numbers in fed.items()} if a.code else {}
    bias = weights["bias"].reshape(4, -1)
    if a.normalised:
        gain = weights["gain"]
        if a.code:
            gain = gain + weights["modulation.weight"] @ np.sum(list(code.values()), axis=0)
        whole = np.sum(list(sums.values()), axis=0)
        deviation = np.sqrt(whole.var(axis=1, keepdims=True) + _EPSILON)
        factor = gain.reshape(4, -1) / deviation
        sums = {name: (part - part.mean(axis=1, keepdims=True)) * factor for name, part in sums.items()}
    return Inputs(
        step, {**sums, "bias": bias}, code, _characters(reading, step, a.text.reach if a.text else 0)
    )


def _names(checkpoint: Checkpoint) -> list[str]:
    """The weights of the first layer."""
    names = (name.removeprefix("lstm.0.") for name in checkpoint.architecture.tensors())
    return [
        name for name in names if not name.startswith(("lstm.", "text.", "head.")) and "scale" not in name
    ]


def _places(reach: int, embedding: int, hand: int) -> dict[str, slice]:
    """The columns of a text's weights that belong to each input."""
    found = {_place_name(k - reach): slice(k * embedding, (k + 1) * embedding) for k in range(2 * reach + 1)}
    standing = (2 * reach + 1) * embedding
    return {
        **found,
        "standing": slice(standing, standing + 2),
        "hand": slice(standing + 2, standing + 2 + hand),
    }


def _place_name(place: int) -> str:
    return f"character {place:+d}" if place else "character"


def _characters(reading: Reading, step: int, reach: int) -> dict[str, str]:
    if not reading.text:
        return {}
    at = pointer_at(reading, step)
    return {
        _place_name(k): reading.text[at + k]
        for k in range(-reach, reach + 1)
        if 0 <= at + k < len(reading.text)
    }


def pointer_at(reading: Reading, step: int) -> int:
    """Where the pointer stands as offset `step` is predicted."""
    assert reading.pointers is not None  # noqa: S101 - only readings of a text get here
    return int(reading.pointers[step]) if step < len(reading) else reading.state(step).pointer


def _fed(checkpoint: Checkpoint, reading: Reading, step: int, before: State) -> dict[str, F64]:
    """The numbers that each input gives to the step that consumed offset `step` - 1."""
    found: dict[str, F64] = {
        "pen": reading.offsets[step - 1].astype(np.float64),
        "memory": rounded(before.h[0]),
    }
    known = checkpoint.architecture.text
    if not reading.text or known is None or reading.pointers is None:
        return found
    at = pointer_at(reading, step)
    embedding = checkpoint.float_tensor("text.embedding").astype(np.float64)
    for k in range(-known.reach, known.reach + 1):
        here = 0 <= at + k < len(reading.text)
        found[_place_name(k)] = embedding[1 + known.alphabet.index(reading.text[at + k]) if here else 0]
    stood = min(_standing(reading, step, at), _MOST_STANDING)
    found["standing"] = np.array([stood / _MOST_STANDING, 1 / (1 + stood)])
    hands = checkpoint.float_tensor("text.hands").astype(np.float64) if known.hands else None
    hand = reading.line.hand
    if isinstance(hand, SupportsIndex):
        found["hand"] = np.zeros(known.hand) if hands is None else hands[hand]
    else:
        found["hand"] = np.zeros(known.hand) if hand is None else np.asarray(hand, np.float64)
    return found


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
        for k in range(-known.reach, known.reach + 1):
            if 0 <= at + k < len(reading.text) and reading.text[at + k] != " " and " " in known.alphabet:
                text = f"{reading.text[: at + k]} {reading.text[at + k + 1 :]}"
                changed[_place_name(k)] = _reread(reading, step, at, text=text)
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
