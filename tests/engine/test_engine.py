"""The engine against an LSTM in float64 numpy, and against itself."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import wasmtime

from pentrace.checkpoint import Checkpoint
from pentrace.checkpoint.architecture import CELLS
from pentrace.checkpoint.article_weights import import_distill
from pentrace.engine import Engine
from pentrace.engine.wasm import Wasm
from pentrace.errors import EngineError
from tests.engine_reference import (
    EACH_CELL,
    HYPER,
    NORMALISED,
    PLAIN,
    Cell,
    Density,
    Reference,
    random_checkpoint,
)

Array = npt.NDArray[Any]

# Layers, hidden, mixtures: one cell; sizes that fill no vector; several layers; sums longer than one chunk of 504.
SHAPES = [(1, 1, 1), (1, 3, 2), (1, 30, 5), (2, 12, 3), (3, 33, 4), (1, 500, 20), (2, 520, 64)]


def random_offsets(n: int, seed: int = 3) -> Array:
    rng = np.random.default_rng(seed)
    offsets = rng.normal(0, 0.7, (n, 3)).astype(np.float32)
    offsets[:, 2] = rng.random(n) < 0.1
    return offsets


@pytest.fixture(scope="module", params=[PLAIN, NORMALISED, HYPER], ids=CELLS)
def checkpoint(request: pytest.FixtureRequest) -> Checkpoint:
    return random_checkpoint(2, 30, 5, **request.param)


@pytest.fixture(scope="module")
def engine(checkpoint: Checkpoint) -> Engine:
    return Engine(checkpoint)


def assert_follows(reference: Reference, trace: dict[str, Array], offsets: Array) -> None:
    """Every row of a trace follows from the row before by the equations, to f32's precision."""
    for k, offset in enumerate(offsets[:-1]):
        reference.c, reference.h = trace["c"][k].astype(float), trace["h"][k].astype(float)
        reference.consume(offset, trace["h"][k + 1])
        for name in ("c", "h", "gates"):
            found, wanted = trace[name][k + 1], getattr(reference, name)
            np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=2e-6, err_msg=f"{name} {k}")


@EACH_CELL
@pytest.mark.parametrize("shape", SHAPES)
def test_trace_agrees_with_the_reference(shape: tuple[int, int, int], cell: Cell) -> None:
    checkpoint = random_checkpoint(*shape, **cell)
    engine = Engine(checkpoint)
    offsets = random_offsets(40)
    trace = engine.trace(engine.start(), offsets, gates=True, mixture=True)
    assert_follows(Reference(checkpoint), trace, offsets)
    # On its own for 40 steps: an h on the edge between two of its levels, 2^-14 apart, may round the other way.
    steps = Reference(checkpoint).trace(offsets)
    np.testing.assert_allclose(trace["c"], [step.c for step in steps], rtol=0, atol=1e-3)
    for k, offset in enumerate(offsets):
        density = Density.of(Reference(checkpoint).read_out(trace["h"][k]))
        np.testing.assert_allclose(trace["mixture"][k], density.flat(), rtol=1e-5, atol=1e-6)
        position = density.log_position(offset[None, :2].astype(float))[0]
        pen = np.log(density.e if offset[2] else 1 - density.e)
        np.testing.assert_allclose(trace["loglik"][k], [position, pen], rtol=2e-5, atol=1e-5)


def test_saturated_sums_are_exact() -> None:
    """The largest weights against the largest hidden states: a sum that wraps at 32 bits would change its sign."""
    checkpoint = random_checkpoint(1, 1200, 1)
    checkpoint.tensors["lstm.0.recurrent.weight"][:] = 127
    checkpoint.tensors["lstm.0.recurrent.scale"][:] = 1 / 127 / 1200
    settings = np.zeros((5, 1200))
    settings[0] = 1
    settings[4] = 2  # h = 2, more than 16 bits hold
    engine = Engine(checkpoint)
    engine.intervene(0, settings)
    offsets = random_offsets(3)
    trace = engine.trace(engine.start(), offsets, gates=True)
    assert_follows(Reference(checkpoint, {0: settings}), trace, offsets)


def test_a_large_mean_costs_no_digit() -> None:
    """Sums that are 256 and something: a mean of squares less a squared mean would be wrong in the third digit."""
    checkpoint = random_checkpoint(1, 33, 2, normalised=True)
    checkpoint.tensors["lstm.0.input.weight"][:, 0] = 1
    offsets = random_offsets(20)
    offsets[:, 0] = 256
    engine, reference = Engine(checkpoint), Reference(checkpoint)
    trace = engine.trace(engine.start(), offsets, gates=True)
    for k, offset in enumerate(offsets[:-1]):
        reference.c, reference.h = trace["c"][k].astype(float), trace["h"][k].astype(float)
        reference.consume(offset)
        np.testing.assert_allclose(trace["gates"][k + 1], reference.gates, rtol=0, atol=1e-4)


def test_a_variance_beyond_float32_is_an_error() -> None:
    """Or every gate would become its bias, and look sound."""
    engine = Engine(random_checkpoint(1, 5, 1, normalised=True))
    with pytest.raises(EngineError, match=r"^consume: a NaN or an infinity came up"):
        engine.consume(engine.start(), [[1e25, 0, 0]])


def test_a_gain_beyond_float32_is_an_error() -> None:
    """Or gates would be all open or all closed, and look sound."""
    checkpoint = random_checkpoint(1, 5, 1, **HYPER)
    checkpoint.tensors["lstm.0.input.weight"][:] = 0
    checkpoint.tensors["lstm.0.code.input.weight"][:] = 1e30
    engine = Engine(checkpoint)
    engine.consume(engine.start(), [[1, 0, 0]])
    with pytest.raises(EngineError, match=r"^consume: a NaN or an infinity came up"):
        engine.consume(engine.start(), [[1e10, 0, 0]])


def test_a_changed_cell_moves_the_others_only_through_normalisation() -> None:
    """c of one cell is part of the mean that h of the others is measured by; their own c stay as they are."""
    settings = np.zeros((5, 12))
    settings[:, 4] = 1, 1, 3, 1, 0
    for cell in (PLAIN, NORMALISED, HYPER):
        engine = Engine(random_checkpoint(1, 12, 2, **cell))
        before = engine.start()
        plain, changed = before.copy(), before.copy()
        engine.consume(plain, [[1, 0, 0]])
        engine.intervene(0, settings)
        engine.consume(changed, [[1, 0, 0]])
        others = np.arange(12) != 4
        assert changed.c[0, 4] == pytest.approx(plain.c[0, 4] + 3)
        np.testing.assert_array_equal(changed.c[0, others], plain.c[0, others])
        assert (changed.h[0, others] != plain.h[0, others]).all() == bool(cell)
        assert (changed.h[0, others] != plain.h[0, others]).any() == bool(cell)


def test_consume_and_trace_leave_the_same_state(engine: Engine) -> None:
    offsets = random_offsets(50)
    at_once, one_by_one, traced = engine.start(), engine.start(), engine.start()
    engine.consume(at_once, offsets)
    for offset in offsets:
        engine.consume(one_by_one, offset[None])
    whole = engine.trace(traced, offsets)
    for state in (one_by_one, traced):
        np.testing.assert_array_equal(state.c, at_once.c)
        np.testing.assert_array_equal(state.h, at_once.h)
        np.testing.assert_array_equal(engine.mixture(state), engine.mixture(at_once))
    # A trace in two parts is a trace.
    halves = engine.start()
    parts = [engine.trace(halves, part) for part in (offsets[:20], offsets[20:])]
    for name, array in whole.items():
        np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]), array)


def test_trace_records_only_what_is_asked_for(engine: Engine) -> None:
    offsets = random_offsets(5)
    everything = engine.trace(engine.start(), offsets, gates=True, mixture=True)
    assert set(everything) == {"c", "h", "gates", "mixture", "loglik"}
    names = ("c", "h", "gates", "mixture", "loglik")
    for name in names:
        alone = engine.trace(engine.start(), offsets, **{other: other == name for other in names})
        assert set(alone) == {name}
        np.testing.assert_array_equal(alone[name], everything[name])


def test_long_inks_are_traced_in_pieces(engine: Engine) -> None:
    offsets = random_offsets(20_000)
    trace = engine.trace(engine.start(), offsets, gates=True)
    state = engine.start()
    engine.consume(state, offsets[:19_000])
    np.testing.assert_array_equal(trace["c"][19_000], state.c)


def test_sample_consumes_what_it_draws(engine: Engine) -> None:
    sampled, consumed = engine.start(), engine.start()
    offsets = engine.sample(sampled, 100, seed=2**63 + 5)
    engine.consume(consumed, offsets)
    np.testing.assert_array_equal(sampled.c, consumed.c)
    np.testing.assert_array_equal(engine.mixture(sampled), engine.mixture(consumed))
    assert set(offsets[:, 2]) == {0, 1}


def test_sample_depends_on_seed_stream_and_step_alone(engine: Engine) -> None:
    whole = engine.sample(engine.start(), 60, seed=7, stream=3, origin=9)
    state = engine.start()
    parts = [
        engine.sample(state, n, seed=7, stream=3, origin=9, first_step=k) for k, n in ((0, 25), (25, 35))
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    for other in (
        {"seed": 8, "stream": 3, "origin": 9},
        {"seed": 7 + 2**32, "stream": 3, "origin": 9},
        {"seed": 7, "stream": 4, "origin": 9},
        {"seed": 7, "stream": 3, "origin": 8},
        {"seed": 7, "stream": 3, "origin": 9, "first_step": 1},
    ):
        assert not np.array_equal(engine.sample(engine.start(), 60, **other), whole), other


@EACH_CELL
@pytest.mark.parametrize("shape", [(1, 30, 5), (2, 13, 3), (2, 520, 2)])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 130])
def test_futures_are_samples_bit_for_bit(shape: tuple[int, int, int], count: int, cell: Cell) -> None:
    engine = Engine(random_checkpoint(*shape, **cell))
    state = engine.start()
    engine.consume(state, random_offsets(10))
    before = state.c
    futures = engine.futures(state, count, 12, seed=5, origin=10, variation=0.7)
    assert futures.shape == (count, 12, 3)
    for k in range(count):
        alone = engine.sample(state.copy(), 12, seed=5, stream=k, origin=10, variation=0.7)
        np.testing.assert_array_equal(futures[k], alone)
    np.testing.assert_array_equal(state.c, before)
    # Work split over workers gives the same futures.
    split = [
        engine.futures(state, n, 12, seed=5, origin=10, first=k, variation=0.7)
        for k, n in ((0, 1), (1, count - 1))
    ]
    np.testing.assert_array_equal(np.concatenate(split), futures)


@pytest.mark.parametrize("variation", [0.25, 1.0, 1.5])
def test_mixture_follows_the_variation(checkpoint: Checkpoint, engine: Engine, variation: float) -> None:
    offsets = random_offsets(4)
    state = engine.start()
    engine.consume(state, offsets[:3])
    z = Reference(checkpoint).trace(offsets)[3].z
    wanted = Density.of(z, variation).flat()
    np.testing.assert_allclose(engine.mixture(state, variation), wanted, rtol=1e-3, atol=1e-3)


def test_variation_zero_gives_the_likeliest_mean(engine: Engine) -> None:
    state = engine.start()
    e, pi, mu_x, mu_y, sigma_x, sigma_y, _ = np.split(engine.mixture(state), np.cumsum([1, *[5] * 5]))
    still = np.split(engine.mixture(state, 0), np.cumsum([1, *[5] * 5]))
    assert still[1].tolist() == np.eye(5)[pi.argmax()].tolist()
    assert not still[4].any()
    assert not still[5].any()
    drawn = engine.futures(state, 4000, 1, seed=1, variation=0)[:, 0]
    assert set(map(tuple, drawn[:, :2])) == {(mu_x[pi.argmax()], mu_y[pi.argmax()])}
    # The pen is still drawn: 4 standard errors.
    assert abs(drawn[:, 2].mean() - e[0]) < 4 * np.sqrt(e[0] * (1 - e[0]) / 4000)
    assert sigma_x.all()
    assert sigma_y.all()


def test_interventions(checkpoint: Checkpoint) -> None:
    engine = Engine(checkpoint)
    rng = np.random.default_rng(2)
    plain = engine.sample(engine.start(), 30, seed=1)
    settings = {layer: rng.normal(0.8, 0.5, (5, 30)).astype(np.float32) for layer in range(2)}
    for layer, table in settings.items():
        table[0] = rng.random(30) < 0.4
        engine.intervene(layer, table)
    offsets = random_offsets(30)
    trace = engine.trace(engine.start(), offsets, gates=True)
    assert_follows(Reference(checkpoint, settings), trace, offsets)
    state = engine.start()
    futures = engine.futures(state, 5, 20, seed=1)
    for k in range(5):
        np.testing.assert_array_equal(futures[k], engine.sample(state.copy(), 20, seed=1, stream=k))
    for layer in range(2):
        engine.intervene(layer, None)
    np.testing.assert_array_equal(engine.sample(engine.start(), 30, seed=1), plain)


def test_an_intervention_that_changes_nothing_changes_no_bit(engine: Engine) -> None:
    plain = engine.sample(engine.start(), 30, seed=1)
    settings = np.zeros((5, 30))
    settings[[0, 1, 3]] = 1
    engine.intervene(1, settings)
    same = engine.sample(engine.start(), 30, seed=1)
    engine.intervene(1, None)
    np.testing.assert_array_equal(same, plain)


def test_states_are_reused(engine: Engine) -> None:
    state = engine.start()
    for _ in range(20):
        state.copy()
    gc.collect()
    size = engine._wasm.size
    for _ in range(3000):
        other = state.copy()
        engine.sample(other, 1, seed=1)
    assert engine._wasm.size == size


def test_the_article_s_cell_states(shared_data: Path) -> None:
    """Published cells are cut to two decimals towards minus infinity; ours may differ by 0.02 from them, plainly."""
    engine = Engine(import_distill(shared_data / "distill/b64_weights.json"))
    for line in (0, 115):
        offsets = np.array(json.loads((shared_data / f"distill/offsets_{line}.json").read_text()), np.float32)
        published = np.array(json.loads((shared_data / f"distill/cells_{line}.json").read_text()))
        state = engine.start()
        engine.consume(state, [[0, 0, 0]])
        cells = engine.trace(state, offsets)["c"][: len(published), 0]
        assert cells.shape == published.shape
        assert np.abs(cells - published).max() <= 0.02


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_offsets_that_are_not_finite(engine: Engine, bad: float) -> None:
    offsets = random_offsets(5)
    offsets[3, 1] = bad
    state = engine.start()
    before = state.c
    with pytest.raises(
        EngineError, match=r"^offsets: expected finite numbers, found a NaN or an infinity in row 3$"
    ):
        engine.consume(state, offsets)
    with pytest.raises(EngineError, match="row 3"):
        engine.trace(state, offsets)
    np.testing.assert_array_equal(state.c, before)


def test_an_explosion_is_an_error(engine: Engine) -> None:
    settings = np.zeros((5, 30))
    settings[0], settings[1] = 1, 1e30
    state = engine.start()
    engine.intervene(0, settings)
    with pytest.raises(EngineError, match=r"^sample: a NaN or an infinity came up"):
        engine.sample(state.copy(), 10, seed=1)
    with pytest.raises(EngineError, match=r"^futures: a NaN or an infinity came up"):
        engine.futures(state, 10, 10, seed=1)
    engine.intervene(0, None)
    engine.sample(engine.start(), 10, seed=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda e, s: e.sample(s, -1, seed=0), "steps: expected 0 to 2147483647, found -1"),
        (lambda e, s: e.sample(s, 1, seed=-1), "seed: expected 0 to 18446744073709551615, found -1"),
        (lambda e, s: e.sample(s, 1, seed=2**64), f"seed: expected 0 to {2**64 - 1}, found {2**64}"),
        (
            lambda e, s: e.sample(s, 1, seed=0, stream=2**32),
            f"stream: expected 0 to {2**32 - 1}, found {2**32}",
        ),
        (
            lambda e, s: e.sample(s, 1, seed=0, variation=-0.1),
            "variation: expected a number of at least 0, found -0.1",
        ),
        (lambda e, s: e.mixture(s, np.nan), "variation: expected a number of at least 0, found nan"),
        (lambda e, s: e.consume(s, [[0, 0]]), "offsets: expected shape (n, 3), found (1, 2)"),
        (lambda e, s: e.intervene(2, None), "intervene: layer: expected 0 to 1, found 2"),
        (
            lambda e, s: e.intervene(0, np.zeros((5, 3))),
            "intervene: settings: expected shape (5, 30), found (5, 3)",
        ),
        (
            lambda e, s: e.sample(Engine(random_checkpoint(1, 3, 1)).start(), 1, seed=0),
            "state: expected one of this engine, found another's",
        ),
    ],
)
def test_messages(engine: Engine, call: Any, message: str) -> None:
    with pytest.raises(EngineError) as caught:
        call(engine, engine.start())
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("head.bias", None, "head.bias: expected float32 (31,), found nothing"),
        ("head.bias", np.zeros(31), "head.bias: expected float32 (31,), found float64 (31,)"),
        (
            "lstm.1.input.weight",
            np.zeros((120, 3), np.int8),
            "lstm.1.input.weight: expected int8 (120, 30), found int8 (120, 3)",
        ),
    ],
)
def test_tensors_that_do_not_fit(name: str, tensor: Array | None, message: str) -> None:
    checkpoint = random_checkpoint(2, 30, 5)
    del checkpoint.tensors[name]
    if tensor is not None:
        checkpoint.tensors[name] = tensor
    with pytest.raises(EngineError) as caught:
        Engine(checkpoint)
    assert str(caught.value) == message


def test_nothing_asked_for_is_nothing(engine: Engine) -> None:
    state = engine.start()
    before = state.c
    engine.consume(state, np.empty((0, 3)))
    assert engine.sample(state, 0, seed=1).shape == (0, 3)
    assert engine.futures(state, 0, 5, seed=1).shape == (0, 5, 3)
    assert engine.futures(state, 5, 0, seed=1).shape == (5, 0, 3)
    assert engine.trace(state, np.empty((0, 3)))["c"].shape == (0, 2, 30)
    np.testing.assert_array_equal(state.c, before)


def test_a_limit_on_memory_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise wasmtime.WasmtimeError("mmap failed to reserve 0x104000000 bytes\n\nCaused by:\n    more")

    monkeypatch.setattr(wasmtime, "Instance", refuse)
    with pytest.raises(
        EngineError, match=r"no room for its memory \(mmap failed to reserve 0x104000000 bytes\);"
    ):
        Wasm()
