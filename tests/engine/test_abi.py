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
from tests.engine_reference import HYPER, NORMALISED, PLAIN, WITH_TEXT, Cell, random_checkpoint

OUT_OF_MEMORY, BAD_ARGUMENT, NOT_FINITE, NOT_READY = -1, -2, -3, -4
PAGE = 65536
NO_TEXT = (0, 0, 0, 0)


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
        text = (len(a.text.alphabet), a.text.reach, a.text.embedding, a.text.hand) if a.text else NO_TEXT
        assert self.model_create(a.layers, a.hidden, a.mixtures, CELLS.index(a.cell), a.code, *text) == 0
        for name in set(a.tensors()) - {skip, "text.hands", "text.hands.scale"}:
            mark = self.mark()
            source = self.put(checkpoint.tensors[name].tobytes())
            assert self.model_tensor(*tensor_number(name), source) == 0, name
            self.release(mark)


@pytest.fixture
def bare() -> Bare:
    return Bare()


@pytest.fixture(params=[PLAIN, NORMALISED, HYPER, WITH_TEXT["lstm-text"]], ids=[*CELLS, "lstm-text"])
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


@pytest.fixture
def writing() -> Bare:
    """A model that knows text."""
    bare = Bare()
    bare.load(random_checkpoint(2, 12, 3, **WITH_TEXT["lstm-hyper-text"]))
    return bare


def with_text(bare: Bare, codes: bytes = b"\x01\x02\x03\x04") -> int:
    state = int(bare.alloc(bare.state_bytes()))
    assert bare.state_text(state, bare.put(codes), len(codes)) == 0
    assert bare.consume(state, 0.0, 0.0, 0.0) == 0
    return state


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
    assert bare.model_create(*sizes, *NO_TEXT) == BAD_ARGUMENT
    assert bare.model_ready() == NOT_READY
    assert bare.model_tensor(0, 0, 0) == NOT_READY
    assert bare.intervene(0, 0) == NOT_READY


@pytest.mark.parametrize(
    "text",
    [
        *(
            (256, 2, 32, 32),
            (-1, 2, 32, 32),
            (80, -1, 32, 32),
            (80, 5, 32, 32),
            (80, 2, 0, 32),
            (80, 2, 65, 32),
        ),
        *((80, 2, 32, 0), (80, 2, 32, 65), (0, 2, 32, 32), (0, 0, 0, 32), (0, -1, 0, 0)),
    ],
)
def test_sizes_of_a_text_out_of_range(bare: Bare, text: tuple[int, ...]) -> None:
    assert bare.model_create(1, 5, 1, 0, 0, *text) == BAD_ARGUMENT
    assert bare.model_ready() == NOT_READY


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        pytest.param(cell, name, id=f"{kind}-{name}")
        for kind, cell in zip(
            (*CELLS, *WITH_TEXT), (PLAIN, NORMALISED, HYPER, *WITH_TEXT.values()), strict=True
        )
        for name in random_checkpoint(2, 12, 3, **cell).tensors
        if kind in CELLS or (name.startswith("text") and "hands" not in name)
    ],
)
def test_a_model_needs_every_tensor(bare: Bare, cell: Cell, name: str) -> None:
    bare.load(random_checkpoint(2, 12, 3, **cell), skip=name)
    assert bare.model_ready() == NOT_READY
    assert bare.state_start(bare.alloc(bare.state_bytes())) == NOT_READY


@pytest.mark.parametrize(
    ("number", "layer"),
    [(-1, 0), (21, 0), (0, -1), (0, 2), (1, 0), (9, 0), (14, 1), (15, 1), (16, 1), (17, 1)],
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


@pytest.mark.parametrize("number", [17, 18, 19, 20])
def test_tensors_of_a_text(hyper: Bare, writing: Bare, number: int) -> None:
    assert hyper.model_tensor(number, 0, hyper.alloc(4096)) == BAD_ARGUMENT
    assert writing.model_tensor(number, 0, writing.alloc(4096)) == 0
    assert writing.model_tensor(number, 1, writing.alloc(4096)) == BAD_ARGUMENT


def test_the_code_of_a_text_belongs_to_a_code(bare: Bare) -> None:
    bare.load(random_checkpoint(1, 12, 3, **WITH_TEXT["lstm-text"]))
    assert bare.model_tensor(20, 0, bare.alloc(4096)) == BAD_ARGUMENT


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
@pytest.mark.parametrize(("number", "size"), [(15, 20), (16, 20), (17, 9 * 6), (19, 48), (20, 5 * 37)])
def test_a_weight_of_a_text_that_is_not_finite(writing: Bare, bits: int, number: int, size: int) -> None:
    data = np.zeros(size, np.float32)
    data.view(np.uint32)[-1] = bits
    assert writing.model_tensor(number, 0, writing.put(data.tobytes())) == NOT_FINITE


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
        assert loaded.consume_many(state, at, 10, 0) == NOT_FINITE
        out = loaded.alloc(4096)
        assert loaded.trace(state, at, 10, 0, out, 0, 0, 0, 0, 0) == NOT_FINITE
        assert loaded.read(out, 4096) == bytes(4096)
    assert loaded.read(state, size) == before


@pytest.mark.parametrize("variation", [math.nan, math.inf, -math.inf, -0.5])
def test_a_variation_out_of_range(loaded: Bare, variation: float) -> None:
    state, out = started(loaded), loaded.alloc(4096)
    before = loaded.read(state, loaded.state_bytes())
    assert loaded.mixture(state, variation, out) == BAD_ARGUMENT
    assert loaded.sample(state, 0, 0, 0, 0, 0, 5, variation, 0, out, 0) == BAD_ARGUMENT
    assert loaded.futures(state, 0, 0, 0, 0, 5, 5, variation, 0, out, 0, 0, 0, 0) == BAD_ARGUMENT
    assert loaded.read(state, loaded.state_bytes()) == before
    assert loaded.read(out, 4096) == bytes(4096)


def test_states_of_their_own_need_a_text_all_or_none(writing: Bare) -> None:
    texted, plain, unset = with_text(writing), started(writing), int(writing.alloc(writing.state_bytes()))
    out = writing.alloc(4096)
    for states, expected in [
        ((texted, texted), 0),
        ((texted, plain), NOT_READY),
        ((plain, unset), NOT_READY),
    ]:
        own = writing.put(struct.pack("<4I", states[0], 0, states[1], 1))
        code = writing.futures(states[0], 0, 0, 0, 0, 2, 3, 1.0, 9, out, 0, 0, own, 0)
        assert code == expected, states


@pytest.mark.parametrize("futures", [1, 3])
def test_futures_end_where_the_pointer_comes_to_the_stop(writing: Bare, futures: int) -> None:
    out, places = int(writing.alloc(12 * 60 * futures)), int(writing.alloc(4 * 60 * futures))
    found = {}
    for stop in (0, 1):
        state = with_text(writing)
        assert writing.futures(state, 0, 0, 0, 0, futures, 60, 1.0, 9, out, places, 0, 0, stop) == 0
        found[stop] = np.frombuffer(writing.read(places, 4 * 60 * futures), "<i4").reshape(futures, 60)
    assert (found[0].max(axis=1) > 0).all(), "without a stop they go on"
    np.testing.assert_array_equal(found[1], np.where(found[0] == 0, 0, -1))


def test_counts_below_zero(loaded: Bare) -> None:
    state, at = started(loaded), loaded.alloc(4096)
    assert loaded.consume_many(state, at, -1, 0) == BAD_ARGUMENT
    assert loaded.trace(state, at, -1, 0, 0, 0, 0, 0, 0, 0) == BAD_ARGUMENT
    assert loaded.sample(state, 0, 0, 0, 0, 0, -1, 1.0, 0, at, 0) == BAD_ARGUMENT
    assert loaded.sample(state, 0, 0, 0, 0, 0, 1, 1.0, -1, at, 0) == BAD_ARGUMENT
    assert loaded.futures(state, 0, 0, 0, 0, 1, 1, 1.0, -1, at, 0, 0, 0, 0) == BAD_ARGUMENT
    assert loaded.futures(state, 0, 0, 0, 0, -1, 1, 1.0, 0, at, 0, 0, 0, 0) == BAD_ARGUMENT
    assert loaded.futures(state, 0, 0, 0, 0, 1, -1, 1.0, 0, at, 0, 0, 0, 0) == BAD_ARGUMENT


def test_a_state_that_predicts_nothing(loaded: Bare) -> None:
    state, at = started(loaded), loaded.alloc(4096)
    loaded.state_reset(state)
    assert loaded.read(state, loaded.state_bytes()) == bytes(loaded.state_bytes())
    assert loaded.mixture(state, 1.0, at) == NOT_READY
    assert loaded.trace(state, at, 1, 0, 0, 0, 0, 0, 0, 0) == NOT_READY
    assert loaded.sample(state, 0, 0, 0, 0, 0, 1, 1.0, 0, at, 0) == NOT_READY
    assert loaded.futures(state, 0, 0, 0, 0, 1, 1, 1.0, 0, at, 0, 0, 0, 0) == NOT_READY
    assert loaded.state_advance(state) == NOT_READY
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
    # Invalid marks are ignored: what was allocated stays allocated.
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
    assert bare.model_create(1, 8, 1, 0, 0, *NO_TEXT) == 0


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


@pytest.mark.parametrize("codes", [b"\x00", b"\x01\x09", b"\xff", bytes([1] * 257)])
def test_a_text_that_is_refused_changes_nothing(writing: Bare, codes: bytes) -> None:
    state, size = with_text(writing), writing.state_bytes()
    before = writing.read(state, size)
    assert writing.state_text(state, writing.put(codes), len(codes)) == BAD_ARGUMENT
    assert writing.state_text(state, 0, -1) == BAD_ARGUMENT
    assert writing.state_hand(state, writing.floats(0, 0, 0, 0, math.nan)) == NOT_FINITE
    for pointer in (-1, 5, 2**31 - 1, -(2**31)):
        assert writing.state_point(state, pointer, 0) == BAD_ARGUMENT
    assert writing.read(state, size) == before


def test_the_longest_text(writing: Bare) -> None:
    state = with_text(writing, bytes([8] * 256))
    assert writing.state_point(state, 256, 1) == 0
    assert writing.consume(state, 0.0, 0.0, 0.0) == 0
    assert writing.state_pointer(state) == 256


def test_calls_that_need_a_text(writing: Bare, hyper: Bare) -> None:
    for bare, code in ((writing, 0), (hyper, BAD_ARGUMENT)):
        state, at = started(bare), bare.alloc(4096)
        assert bare.state_text(state, at, 0) == code
        assert bare.state_hand(state, at) == code
        assert bare.state_hand(state, 0) == code
        assert bare.state_point(state, 0, 0) == BAD_ARGUMENT
        assert bare.state_pointer(state) == 0
        assert bare.state_advance(state) == 0
        assert bare.consume_many(state, at, 2, at) == BAD_ARGUMENT
        assert bare.trace(state, at, 2, 0, 0, 0, 0, 0, 0, at) == code


@pytest.mark.parametrize("bad", [-2, 5, 2**31 - 1])
def test_a_path_outside_the_text_changes_nothing(writing: Bare, bad: int) -> None:
    state, size = with_text(writing), writing.state_bytes()
    before = writing.read(state, size)
    offsets, path = writing.alloc(36), writing.put(struct.pack("<3i", 4, -1, bad))
    assert writing.consume_many(state, offsets, 3, path) == BAD_ARGUMENT
    assert writing.trace(state, offsets, 3, path, 0, 0, 0, 0, 0, 0) == BAD_ARGUMENT
    assert writing.read(state, size) == before
    assert writing.consume_many(state, offsets, 2, path) == 0


def test_a_text_that_overflows_is_an_error(writing: Bare) -> None:
    """Sums of the characters beyond float32 never look like numbers."""
    mark = writing.mark()
    weights = np.full(9 * 6, 3e38, np.float32)
    assert writing.model_tensor(17, 0, writing.put(weights.tobytes())) == 0
    writing.release(mark)
    state = int(writing.alloc(writing.state_bytes()))
    assert writing.state_text(state, writing.put(b"\x01"), 1) == 0
    assert writing.consume(state, 0.0, 0.0, 0.0) == NOT_FINITE
    assert writing.state_advance(state) == NOT_READY
