"""An instance of one of the WebAssembly modules in wasmtime: its exports, its memory, its errors (spec/engine.md)."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import wasmtime

from pentrace.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

FloatArray = npt.NDArray[np.float32]

WASM = Path(__file__).parents[1] / "static/engine.wasm"
RECOGNISER_WASM = WASM.with_name("recogniser.wasm")
"""The recogniser (spec/recogniser.md)."""
LEARN_WASM = WASM.with_name("learn.wasm")
"""The module that learns a hand (spec/hand.md)."""

_OUT_OF_MEMORY, _BAD_ARGUMENT, _NOT_FINITE, _NOT_READY = -1, -2, -3, -4
_MEANINGS = {
    _OUT_OF_MEMORY: "the engine's memory (512 MiB) is full; use fewer states or a smaller model",
    _BAD_ARGUMENT: "a size or a setting is outside its range (spec/engine.md)",
    _NOT_FINITE: "a NaN or an infinity came up; an offset, an intervention or a weight is too large",
    _NOT_READY: "the state predicts nothing; begin with start()",
}


@cache
def _module(path: Path) -> tuple[wasmtime.Engine, wasmtime.Module]:
    """A compiled module, once per process."""
    try:
        code = path.read_bytes()
    except OSError as error:
        raise EngineError(f"{path}: the engine is not built; run `make` in the repository") from error
    engine = wasmtime.Engine()
    return engine, wasmtime.Module(engine, code)


class Wasm:
    """An instance of a module, with its own memory. Threads may share it: they take turns, call by call.

    lock: held during each call, and for all of a `scratch()` block.
    """

    def __init__(self, path: Path = WASM) -> None:
        self.lock = threading.RLock()
        engine, module = _module(path)
        self._store = wasmtime.Store(engine)
        try:
            instance = wasmtime.Instance(self._store, module, [])
        except wasmtime.WasmtimeError as error:  # it reserves 4 GiB of addresses, which a limit may forbid
            first = str(error).partition("\n")[0]
            raise EngineError(
                f"engine: no room for its memory ({first}); raise the limit (ulimit -v)"
            ) from error
        self._exports: dict[str, Any] = dict(instance.exports(self._store))
        self._memory: wasmtime.Memory = self._exports["memory"]

    def call(self, name: str, *arguments: float) -> float:
        """Calls an export; returns i32 as int, f32 as float, and 0 if it returns nothing."""
        with self.lock:
            result = self._exports[name](self._store, *arguments)
        return 0 if result is None else result

    def run(self, name: str, doing: str, *arguments: float, outside: str = "") -> float:
        """Calls an export that may return an error code; raises EngineError with what was being done.

        `outside`: the message for an argument out of range, in place of the general one.
        """
        result = self.call(name, *arguments)
        if result < 0:
            meaning = outside if outside and result == _BAD_ARGUMENT else _MEANINGS[int(result)]
            raise EngineError(f"{doing}: {meaning}")
        return result

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """Frees, at its end, everything allocated inside. Other threads wait until then."""
        with self.lock:
            mark = self.call("mark")
            try:
                yield
            finally:
                self.call("release", mark)

    def alloc(self, size: int) -> int:
        """A zeroed block of `size` bytes."""
        pointer = int(self.call("alloc", size))
        if not pointer:
            raise EngineError(f"alloc: {_MEANINGS[_OUT_OF_MEMORY]}")
        return pointer

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return self._memory.data_len(self._store)

    def bytes(self, pointer: int, size: int) -> npt.NDArray[np.uint8]:
        """A view on the memory, valid until it grows."""
        base = self._memory.data_ptr(self._store)
        return np.ctypeslib.as_array(base, (self.size,))[pointer : pointer + size]

    def write(self, array: npt.NDArray[Any]) -> int:
        """A copy of an array in a new block."""
        raw = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
        pointer = self.alloc(raw.nbytes)
        self.bytes(pointer, raw.nbytes)[:] = raw
        return pointer

    def read_integers(self, pointer: int, shape: tuple[int, ...]) -> npt.NDArray[np.int32]:
        """A copy of int32 from the memory."""
        return self.bytes(pointer, 4 * int(np.prod(shape))).view(np.int32).reshape(shape).copy()

    def read(self, pointer: int, shape: tuple[int, ...]) -> FloatArray:
        """A copy of float32 from the memory."""
        return self.bytes(pointer, 4 * int(np.prod(shape))).view(np.float32).reshape(shape).copy()
