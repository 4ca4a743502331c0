"""A model in engine.wasm: its weights, its states, and what these are about to write (spec/engine.md)."""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.architecture import CELLS
from pentrace.checkpoint.hand_changes import HAND_CODE
from pentrace.engine.arguments import CALL_WORK, text_codes
from pentrace.engine.wasm import FloatArray, Wasm
from pentrace.errors import EngineError

if TYPE_CHECKING:
    from pentrace.checkpoint import Checkpoint

_LAYER_TENSORS = (
    *("input.weight", "input.scale", "recurrent.weight", "recurrent.scale", "bias"),
    *("gain", "cell.gain", "cell.bias"),
    *("code.input.weight", "code.input.scale", "code.recurrent.weight", "code.recurrent.scale"),
    *("modulation.weight", "modulation.scale"),
)
_OTHER_TENSORS = (
    *("head.weight", "head.scale", "head.bias"),
    *("text.embedding", "text.weight", "text.scale", "text.code.weight"),
)
"""Tensors by the number that model_tensor knows them by: those of a layer, then those of head and text."""
_DTYPES = {"F32": np.dtype(np.float32), "I8": np.dtype(np.int8)}


class State:
    """What the model remembers of an ink: made by Engine.start or copy, changed by consume, trace and sample."""

    def __init__(self, engine: Host, address: int) -> None:
        self.engine = engine
        self.address = address
        self.characters = 0
        """Of its text; 0 without one."""
        weakref.finalize(self, engine._free.append, address)

    def __reduce__(self) -> NoReturn:
        raise EngineError("state: cannot be pickled, as it lies in its engine's memory; copy it with copy()")

    def copy(self) -> State:
        """Another state with the same memory."""
        other = self.engine._state()
        self.engine._wasm.call("state_copy", other.address, self.address)
        other.characters = self.characters
        return other

    @property
    def pointer(self) -> int:
        """The character of the text that comes next, 0 to n; n past the last."""
        return int(self.engine._wasm.call("state_pointer", self.address))

    @property
    def advance(self) -> float:
        """The probability that the pointer moves on after the next offset; 0 without a text."""
        return self.engine._wasm.run("state_advance", "advance", self.address)

    @property
    def c(self) -> FloatArray:
        """Cell states, [L, H]."""
        return self._layers("state_c")

    @property
    def h(self) -> FloatArray:
        """Hidden states, [L, H]."""
        return self._layers("state_h")

    def _layers(self, where: str) -> FloatArray:
        a = self.engine.architecture
        at = (int(self.engine._wasm.call(where, layer)) for layer in range(a.layers))
        return np.stack([self.engine._wasm.read(self.address + offset, (a.hidden,)) for offset in at])


class Host:
    """A checkpoint in the engine's memory, and its states; Engine adds what is computed from them."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.architecture = checkpoint.architecture
        self._wasm = Wasm()
        # Pointers of states that nobody holds any more: the engine's memory is a stack, so states are reused.
        self._free: list[int] = []
        self.steps_done = 0
        """Steps computed so far, by all functions together: for displays of progress."""
        a = checkpoint.architecture
        self._call_steps = max(1, CALL_WORK // sum(math.prod(shape) for _, shape in a.tensors().values()))
        sizes = (a.layers, a.hidden, a.mixtures, CELLS.index(a.cell), a.code)
        text = (len(a.text.alphabet), a.text.reach, a.text.embedding, a.text.hand) if a.text else (0, 0, 0, 0)
        self._wasm.run("model_create", "model", *sizes, *text)
        for name in a.tensors():
            if not name.startswith("text.hands"):
                self._load(name, checkpoint)
        self._hands = checkpoint.float_tensor("text.hands") if a.text and a.text.hands else None
        self._learned = checkpoint.tensors.get(HAND_CODE)
        self._wasm.run("model_ready", "model")

    def __reduce__(self) -> NoReturn:
        raise EngineError(
            "engine: cannot be pickled or copied; pickle or copy a Writer, or make an Engine of the same checkpoint"
        )

    def start(self, text: str = "", hand: int | npt.ArrayLike | None = None) -> State:
        """The state before a line: zero, one zero offset consumed.

        Args:
            text: what to write; "" to write freely.
            hand: the number of one of the checkpoint's hands, a hand code [D], or None for no particular hand. In a
                learned hand it is added to the code that was learned.

        Raises:
            EngineError: a character or a hand that the model does not know.
        """
        state = self._state()
        self._wasm.call("state_reset", state.address)
        if text:
            self.set_text(state, text)
        if hand is not None or self._learned is not None:
            self.set_hand(state, hand)
        self._wasm.run("consume", "start", state.address, 0.0, 0.0, 0.0)
        return state

    def set_text(self, state: State, text: str) -> None:
        """Gives a state another text, whose first character comes next; what it remembers of the ink stays."""
        codes = text_codes(self.architecture.text, text)
        with self._wasm.scratch():
            self._wasm.run("state_text", "text", self._at(state), self._wasm.write(codes), len(codes))
        state.characters = len(codes)

    def set_hand(self, state: State, hand: int | npt.ArrayLike | None) -> None:
        """Gives a state another hand: a number, a hand code [D], or None for no particular hand."""
        with self._wasm.scratch():
            code = self._learned
            if hand is not None:
                code = self.hand_code(hand) if code is None else code + self.hand_code(hand)
            at = 0 if code is None else self._wasm.write(code)
            self._wasm.run("state_hand", "hand", self._at(state), at)

    def point(self, state: State, pointer: int, *, hold: bool = False) -> None:
        """Puts the pointer of a text at a character for the next step; with `hold`, until the next call."""
        address, last = self._at(state), state.characters
        if not (last and 0 <= pointer <= last):
            expected = f"0 to {last}" if last else "a state with a text"
            raise EngineError(f"pointer: expected {expected}, found {pointer}")
        self._wasm.run("state_point", "pointer", address, pointer, int(hold))

    def _state(self) -> State:
        with self._wasm.lock:
            free, size = self._free, int(self._wasm.call("state_bytes"))
            address = free.pop() if free else self._wasm.alloc(size)
        return State(self, address)

    def _at(self, state: State) -> int:
        """Where a state lies, if it is one of this engine."""
        if state.engine is not self:
            raise EngineError("state: expected one of this engine, found another's")
        return state.address

    def hand_code(self, hand: int | npt.ArrayLike | None) -> FloatArray:
        """The hand code [D] of a number; a code as it is; for None zeros, the code of no particular hand."""
        text = self.architecture.text
        if text is None:
            raise EngineError("hand: expected a model that knows text, found one that does not")
        if hand is None:
            return np.zeros(text.hand, np.float32)
        if isinstance(hand, (int, np.integer)):
            if self._hands is None or not 0 <= hand < text.hands:
                raise EngineError(f"hand: expected one of {text.hands} hands, found {hand}")
            code: FloatArray = self._hands[hand]
            return code
        code = np.asarray(hand, np.float32)
        if code.shape != (text.hand,) or not np.isfinite(code).all():
            raise EngineError(f"hand: expected {text.hand} finite numbers, found shape {code.shape}: {code}")
        return code

    def _load(self, name: str, checkpoint: Checkpoint) -> None:
        dtype, shape = checkpoint.architecture.tensors()[name]
        tensor = checkpoint.tensors.get(name)
        if tensor is None or tensor.dtype != _DTYPES[dtype] or tensor.shape != shape:
            found = "nothing" if tensor is None else f"{tensor.dtype} {tensor.shape}"
            raise EngineError(f"{name}: expected {_DTYPES[dtype]} {shape}, found {found}")
        with self._wasm.scratch():
            self._wasm.run("model_tensor", name, *tensor_number(name), self._wasm.write(tensor))


def tensor_number(name: str) -> tuple[int, int]:
    """Number and layer by which the engine knows a tensor of a checkpoint."""
    if name in _OTHER_TENSORS:
        return len(_LAYER_TENSORS) + _OTHER_TENSORS.index(name), 0
    _, layer, part = name.split(".", 2)
    return _LAYER_TENSORS.index(part), int(layer)
