"""The exports of engine.wasm called bare: error codes, memory, and states that an error must not touch."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import wasmtime

from pentrace.checkpoint import Checkpoint
from pentrace.checkpoint.architecture import CELLS
from pentrace.engine import tensor_number
from pentrace.engine.wasm import WASM
from tests.engine_reference import HYPER, NORMALISED, PLAIN, Cell, random_checkpoint

OUT_OF_MEMORY, BAD_ARGUMENT, NOT_FINITE, NOT_READY = -1, -2, -3, -4
PAGE = 65536


class Bare:
    """An instance, its exports as methods."""

    def __init__(self) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        instance = wasmtime.Instance(self.store, wasmtime.Module(engine, WASM.read_bytes()), [])
        self.exports: dict[str, Any] = dict(instance.exports(self.store))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *numbers: self.exports[name](self.store, *numbers)

    def put(self, data: bytes) -> int:
        pointer = int(self.alloc(len(data)))
        self.exports["memory"].write(self.store, data, pointer)
        return pointer

    def floats(self, *values: float) -> int:
        return self.put(struct.pack(f"<{len(values)}f", *values))

    def read(self, pointer: int, size: int) -> bytes:
        return bytes(self.exports["memory"].read(self.store, pointer, pointer + size))

    def pages(self) -> int:
        return int(self.exports["memory"].size(self.store))

    def load(self, checkpoint: Checkpoint, skip: str = "") -> None:
        a = checkpoint.architecture
        assert self.model_create(a.layers, a.hidden, a.mixtures, CELLS.index(a.cell), a.code) == 0
        for name in set(a.tensors()) - {skip}:
            mark = self.mark()
            source = self.put(checkpoint.tensors[name].tobytes())
            assert self.model_tensor(*tensor_number(name), source) == 0, name
            self.release(mark)


@pytest.fixture
def bare() -> Bare:
    return Bare()


@pytest.fixture(params=[PLAIN, NORMALISED, HYPER], ids=CELLS)
def loaded(request: pytest.FixtureRequest) -> Bare:
    bare = Bare()
    bare.load(random_checkpoint(2, 12, 3, **request.param))
    return bare


@pytest.fixture
def plain() -> Bare:
    bare = Bare()
    bare.load(random_checkpoint(2, 12, 3))
    return bare


@pytest.fixture
def normalised() -> Bare:
    bare = Bare()
    bare.load(random_checkpoint(2, 12, 3, normalised=True))
    return bare


@pytest.fixture
def hyper() -> Bare:
    bare = Bare()
    bare.load(random_checkpoint(2, 12, 3, **HYPER))
    return bare


def started(bare: Bare) -> int:
    state = int(bare.alloc(bare.state_bytes()))
    assert bare.state_start(state) == 0
    return state


@pytest.mark.parametrize(
    "sizes",
    [
        *(
            (0, 5, 1, 0, 0),
            (5, 5, 1, 0, 0),
            (1, 0, 1, 0, 0),
            (1, 2049, 1, 1, 0),
            (1, 5, 0, 1, 0),
            (1, 5, 65, 1, 0),
        ),
        *((-1, 5, 1, 0, 0), (1, -(2**31), 1, 0, 0), (1, 5, 1, 3, 1), (1, 5, 1, -1, 0)),
        *((1, 5, 1, 0, 1), (1, 5, 1, 1, 1), (1, 5, 1, 2, 0), (1, 5, 1, 2, 65), (1, 5, 1, 2, -1)),
    ],
)
def test_sizes_out_of_range(bare: Bare, sizes: tuple[int, ...]) -> None:
    assert bare.model_create(*sizes) == BAD_ARGUMENT
    assert bare.model_ready() == NOT_READY
    assert bare.model_tensor(0, 0, 0) == NOT_READY
    assert bare.intervene(0, 0) == NOT_READY


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        pytest.param(cell, name, id=f"{kind}-{name}")
        for kind, cell in zip(CELLS, (PLAIN, NORMALISED, HYPER), strict=True)
        for name in random_checkpoint(2, 12, 3, **cell).tensors
    ],
)
def test_a_model_needs_every_tensor(bare: Bare, cell: Cell, name: str) -> None:
    bare.load(random_checkpoint(2, 12, 3, **cell), skip=name)
    assert bare.model_ready() == NOT_READY
    assert bare.state_start(bare.alloc(bare.state_bytes())) == NOT_READY


@pytest.mark.parametrize(
    ("number", "layer"), [(-1, 0), (17, 0), (0, -1), (0, 2), (1, 0), (9, 0), (14, 1), (15, 1), (16, 1)]
)
def test_tensors_that_no_model_has(loaded: Bare, number: int, layer: int) -> None:
    assert loaded.model_tensor(number, layer, loaded.alloc(4096)) == BAD_ARGUMENT


@pytest.mark.parametrize(("number", "layer"), [(5, 0), (6, 1), (7, 0)])
def test_tensors_of_layer_normalisation(plain: Bare, normalised: Bare, number: int, layer: int) -> None:
    assert plain.model_tensor(number, layer, plain.alloc(4096)) == BAD_ARGUMENT
    assert normalised.model_tensor(number, layer, normalised.alloc(4096)) == 0


@pytest.mark.parametrize(("number", "layer"), [(8, 0), (9, 1), (10, 1), (11, 0), (12, 0), (13, 1)])
def test_tensors_of_a_code(normalised: Bare, hyper: Bare, number: int, layer: int) -> None:
    assert normalised.model_tensor(number, layer, normalised.alloc(4096)) == BAD_ARGUMENT
    assert hyper.model_tensor(number, layer, hyper.alloc(4096)) == 0


# A quiet NaN, a signalling one with a payload, infinities.
BAD_BITS = [0x7FC00000, 0xFF800001, 0x7F800000, 0xFF800000]


@pytest.mark.parametrize("bits", BAD_BITS)
@pytest.mark.parametrize(
    ("number", "layer", "size"),
    [
        *((0, 0, 144), (1, 1, 48), (3, 0, 48), (4, 1, 48), (15, 0, 19), (16, 0, 19)),
        *((5, 1, 48), (6, 0, 12), (7, 1, 12), (8, 0, 15), (9, 1, 5), (11, 0, 5), (13, 0, 48)),
    ],
)
def test_a_weight_that_is_not_finite(hyper: Bare, bits: int, number: int, layer: int, size: int) -> None:
    data = np.zeros(size, np.float32)
    data.view(np.uint32)[-1] = bits
    assert hyper.model_tensor(number, layer, hyper.put(data.tobytes())) == NOT_FINITE


@pytest.mark.parametrize("bits", BAD_BITS)
def test_an_offset_that_is_not_finite(loaded: Bare, bits: int) -> None:
    state, size = started(loaded), loaded.state_bytes()
    before = loaded.read(state, size)
    bad = struct.unpack("<f", struct.pack("<I", bits))[0]
    for position in range(3):
        offset = [0.5, 0.5, 0.0]
        offset[position] = bad
        assert loaded.consume(state, *offset) == NOT_FINITE
        data = np.zeros(30, np.float32)
        data.view(np.uint32)[27 + position] = bits
        at = loaded.put(data.tobytes())
        assert loaded.consume_many(state, at, 10) == NOT_FINITE
        out = loaded.alloc(4096)
        assert loaded.trace(state, at, 10, out, 0, 0, 0, 0) == NOT_FINITE
        assert loaded.read(out, 4096) == bytes(4096)
    assert loaded.read(state, size) == before


@pytest.mark.parametrize("variation", [math.nan, math.inf, -math.inf, -0.5])
def test_a_variation_out_of_range(loaded: Bare, variation: float) -> None:
    state, out = started(loaded), loaded.alloc(4096)
    before = loaded.read(state, loaded.state_bytes())
    assert loaded.mixture(state, variation, out) == BAD_ARGUMENT
    assert loaded.sample(state, 0, 0, 0, 0, 0, 5, variation, out) == BAD_ARGUMENT
    assert loaded.futures(state, 0, 0, 0, 0, 5, 5, variation, out) == BAD_ARGUMENT
    assert loaded.read(state, loaded.state_bytes()) == before
    assert loaded.read(out, 4096) == bytes(4096)


def test_counts_below_zero(loaded: Bare) -> None:
    state, at = started(loaded), loaded.alloc(4096)
    assert loaded.consume_many(state, at, -1) == BAD_ARGUMENT
    assert loaded.trace(state, at, -1, 0, 0, 0, 0, 0) == BAD_ARGUMENT
    assert loaded.sample(state, 0, 0, 0, 0, 0, -1, 1.0, at) == BAD_ARGUMENT
    assert loaded.futures(state, 0, 0, 0, 0, -1, 1, 1.0, at) == BAD_ARGUMENT
    assert loaded.futures(state, 0, 0, 0, 0, 1, -1, 1.0, at) == BAD_ARGUMENT


def test_a_state_that_predicts_nothing(loaded: Bare) -> None:
    state, at = started(loaded), loaded.alloc(4096)
    loaded.state_reset(state)
    assert loaded.read(state, loaded.state_bytes()) == bytes(loaded.state_bytes())
    assert loaded.mixture(state, 1.0, at) == NOT_READY
    assert loaded.trace(state, at, 1, 0, 0, 0, 0, 0) == NOT_READY
    assert loaded.sample(state, 0, 0, 0, 0, 0, 1, 1.0, at) == NOT_READY
    assert loaded.futures(state, 0, 0, 0, 0, 1, 1, 1.0, at) == NOT_READY
    assert loaded.consume(state, 0.0, 0.0, 0.0) == 0
    assert loaded.mixture(state, 1.0, at) == 0


def test_a_result_that_is_not_finite(loaded: Bare) -> None:
    """c grows without bound: an error, and a state that says so until it is started again."""
    settings = np.zeros((5, 12), np.float32)
    settings[0], settings[1], settings[3] = 1, 1e30, 1
    state, out = started(loaded), loaded.alloc(4096)
    assert loaded.intervene(0, loaded.put(settings.tobytes())) == 0
    code = 0
    for _ in range(5):
        code = loaded.consume(state, 1.0, 1.0, 0.0)
        if code:
            break
    assert code == NOT_FINITE
    assert loaded.mixture(state, 1.0, out) == NOT_READY
    assert loaded.intervene(0, 0) == 0
    assert loaded.state_start(state) == 0
    assert loaded.mixture(state, 1.0, out) == 0


def test_offsets_at_the_end_of_f32(loaded: Bare) -> None:
    """Gates saturate; what overflows on its way is an error, never a NaN."""
    state = started(loaded)
    for value in (1e30, -1e30, 3e38, -3e38):
        code = loaded.consume(state, value, value, value)
        assert code in (0, NOT_FINITE)
        cells = np.frombuffer(loaded.read(state + loaded.state_c(0), 48), np.float32)
        if code == 0:
            assert np.isfinite(cells).all()
        assert loaded.state_start(state) == 0


@pytest.mark.parametrize(
    ("row", "value", "code"),
    [(0, 0.5, BAD_ARGUMENT), (0, -1.0, BAD_ARGUMENT), (0, math.nan, NOT_FINITE), (3, math.inf, NOT_FINITE)],
)
def test_settings_that_are_refused(loaded: Bare, row: int, value: float, code: int) -> None:
    settings = np.zeros((5, 12), np.float32)
    settings[row, 11] = value
    at = loaded.put(settings.tobytes())
    assert loaded.intervene(0, at) == code
    assert loaded.intervene(2, at) == BAD_ARGUMENT
    assert loaded.intervene(-1, 0) == BAD_ARGUMENT


def test_memory_is_a_zeroed_stack(bare: Bare) -> None:
    first = bare.alloc(100)
    mark = bare.mark()
    assert first % 16 == 0
    assert mark >= first + 100
    dirty = bare.put(b"\xff" * 1000)
    assert dirty == mark
    bare.release(mark)
    again = bare.alloc(1000)
    assert again == dirty
    assert bare.read(again, 1000) == bytes(1000)
    # Marks that are no marks are ignored: what is held stays held.
    top = bare.mark()
    for wrong in (0, -1, top + 16, 2**31 - 1):
        bare.release(wrong)
        assert bare.mark() == top


def test_memory_ends(bare: Bare) -> None:
    assert bare.alloc(-1) == 0
    assert bare.alloc(-(2**31)) == 0
    assert bare.alloc(2**31 - 1) == 0
    pages = bare.pages()
    assert bare.alloc(10) != 0
    assert bare.pages() == pages
    # 512 MiB in all, then no more.
    blocks = [bare.alloc(64 * 2**20) for _ in range(9)]
    assert blocks[-1] == 0
    assert all(blocks[:7])
    assert bare.pages() * PAGE <= 512 * 2**20
    assert bare.model_create(1, 8, 1, 0, 0) == 0


def test_a_new_model_replaces_the_old(plain: Bare) -> None:
    first = plain.mark()
    for _ in range(3):
        plain.load(random_checkpoint(2, 12, 3))
        assert plain.mark() == first
    plain.release(0)
    assert plain.mark() == first, "a model is not freed by release"
    plain.load(random_checkpoint(2, 12, 3, normalised=True))
    assert plain.mark() > first
    plain.load(random_checkpoint(2, 12, 3))
    assert plain.mark() == first
    started(plain)
