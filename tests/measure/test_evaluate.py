"""The score: its definition by hand, the engine against PyTorch, and the article's weights."""

from __future__ import annotations

import math
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from pentrace.checkpoint import Checkpoint
from pentrace.checkpoint.architecture import Architecture
from pentrace.checkpoint.article_weights import import_distill
from pentrace.data.dataset import Line, read_lines, write_shards
from pentrace.data.score import (
    CLIP,
    MAX_OFFSETS,
    RAW_NATS,
    LineNats,
    Score,
    clipped_offsets,
    nats_on_grid,
    scored_offsets,
)
from pentrace.engine import Engine
from pentrace.errors import DataError
from pentrace.ink import WHITEBOARD_SCALE, Ink
from pentrace.measure.evaluate import evaluate
from pentrace.measure.samples import compare_samples
from pentrace.training.loss import negative_log_likelihood
from pentrace.training.model import Handwriting, pack, unpack
from tests.engine_reference import EACH_CELL, Cell
from tests.training.test_train import waves


def packed(layers: int = 1, hidden: int = 24, *, normalised: bool = False, code: int = 0) -> Checkpoint:
    torch.manual_seed(11)
    model = Handwriting(Architecture(layers, hidden, 5, normalised, code))
    for part in (*model.gain, *model.cell_gain, *model.cell_bias, *model.modulation):
        torch.nn.init.normal_(part, part.data.mean().item(), 0.3)  # as they are after training, not all alike
    return pack(model, "t", {})


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("score") / "lines"
    write_shards(waves(7), folder)
    return folder


def test_a_line_counts_at_most_600_offsets_clipped() -> None:
    x = np.arange(900) * 20
    x[1:] += 5000
    ink = Ink(np.stack([x, x * 0], 1), np.zeros(900, np.bool_), scale=WHITEBOARD_SCALE)
    (offsets,) = scored_offsets([ink, ink[:1]])
    assert offsets.shape == (MAX_OFFSETS, 3)
    assert offsets[0, 0] == np.float32(CLIP)
    assert clipped_offsets(ink).shape == (899, 3)


def test_score_is_in_raw_units() -> None:
    score = Score.of([LineNats(30.0, 4.0, 32.0, 10), LineNats(10.0, 2.0, 16.0, 10)])
    assert pytest.approx(2 * math.log(40)) == RAW_NATS
    assert score.position == pytest.approx(2 + 2 * math.log(40))
    assert score.pen == pytest.approx(0.3)
    assert score.on_grid == pytest.approx(2.4 + 0.3 + 2 * math.log(40))
    assert score.nats_per_line == pytest.approx(10 * score.nats_per_point)


def on_grid(sigma: float, rho: float, dx: float, dy: float) -> float:
    """Of one component at the origin; all in raw units."""
    unit = WHITEBOARD_SCALE
    mixture = np.array([[0.5, 1, 0, 0, sigma * unit, sigma * unit, rho]])
    offsets = np.array([[dx * unit, dy * unit, 0]], np.float32)
    return float(nats_on_grid(mixture, offsets)[0]) + RAW_NATS


@pytest.mark.parametrize(("sigma", "rho"), [(0.6, 0.0), (1.5, 0.7), (4.0, -0.5)])
@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (1, 0), (2, -1)])
def test_on_the_grid_a_component_has_the_probability_of_a_cell(
    sigma: float, rho: float, dx: int, dy: int
) -> None:
    side = (np.arange(200) + 0.5) / 200 - 0.5
    x, y = np.meshgrid((dx + side) / sigma, (dy + side) / sigma)
    density = np.exp(-(x**2 - 2 * rho * x * y + y**2) / (2 * (1 - rho**2)))
    mass = density.mean() / (2 * math.pi * sigma**2 * math.sqrt(1 - rho**2))
    assert on_grid(sigma, rho, dx, dy) == pytest.approx(-math.log(mass), abs=0.08)


def test_on_the_grid_a_spike_gains_nothing() -> None:
    assert on_grid(1e-3, 0, 0, 0) == pytest.approx(on_grid(1e-6, 0, 0, 0), abs=1e-4)
    assert on_grid(1e-6, 0, 0, 0) == pytest.approx(math.log(2 * math.pi / 12)), (
        "of a normal as wide as a unit"
    )


def test_on_the_grid_components_of_no_weight_do_not_count() -> None:
    alone = np.array([[0.5, 1, 0, 0, 0.1, 0.1, 0]])
    both = np.array([[0.5, 1, 0, 0, 5, 0, 5, 0.1, 0.1, 0.1, 0.1, 0, 0]])
    offsets = np.array([[0.02, 0.03, 0]], np.float32)
    np.testing.assert_allclose(nats_on_grid(both, offsets), nats_on_grid(alone, offsets))


@EACH_CELL
@pytest.mark.parametrize("layers", [1, 2])
def test_engine_and_pytorch_agree(data: Path, layers: int, cell: Cell) -> None:
    checkpoint = packed(layers, **cell)
    engine, oracle = evaluate(checkpoint, [data]), evaluate(checkpoint, [data], use_float=True)
    assert engine.points == oracle.points == sum(len(line.ink) - 1 for line in waves(7))
    assert engine.position == pytest.approx(oracle.position, abs=2e-4)
    assert engine.pen == pytest.approx(oracle.pen, abs=2e-4)
    assert engine.on_grid == pytest.approx(oracle.on_grid, abs=2e-4)


@EACH_CELL
@pytest.mark.parametrize("layers", [1, 2])
def test_every_number_of_a_trace_agrees_with_pytorch(layers: int, cell: Cell) -> None:
    checkpoint = packed(layers, **cell)
    offsets = waves(1)[0].ink.offsets()
    engine = Engine(checkpoint)
    trace = engine.trace(engine.start(), offsets, mixture=True)
    model = unpack(checkpoint)
    inputs = torch.from_numpy(np.concatenate([np.zeros((1, 3), np.float32), offsets[:-1]]))
    with torch.no_grad():
        state, c, h, z = None, [], [], []
        for row in inputs:
            out, state = model(row[None, None], state)
            c.append(state.c[:, 0].numpy())
            h.append(state.h[:, 0].numpy())
            z.append(out[0, 0])
        nats = negative_log_likelihood(torch.stack(z), torch.from_numpy(offsets))
    # The engine's h has 16 bits, and these h are small: normalisation makes sums larger, with their errors.
    atol = 1e-2 if cell else 1e-3
    np.testing.assert_allclose(trace["c"], np.stack(c), atol=atol)
    np.testing.assert_allclose(trace["h"], np.stack(h), atol=atol)
    np.testing.assert_allclose(trace["loglik"][:, 0], -nats.position.numpy(), atol=2 * atol)
    np.testing.assert_allclose(trace["loglik"][:, 1], -nats.pen.numpy(), atol=2 * atol)
    e = torch.sigmoid(torch.stack(z)[:, 0]).numpy()
    np.testing.assert_allclose(trace["mixture"][:, 0], e, atol=atol)


def test_no_lines_is_an_error(tmp_path: Path) -> None:
    dot = Line(
        "a", "a", "train", "", Ink(np.ones((1, 2), np.float32), np.ones(1, np.bool_), scale=WHITEBOARD_SCALE)
    )
    write_shards([dot], tmp_path / "dots")
    with pytest.raises(DataError, match="expected lines of at least 2 points, found none"):
        evaluate(packed(), [tmp_path / "dots"])


@pytest.mark.slow
def test_the_articles_weights_score_what_was_measured(shared_data: Path, tmp_path: Path) -> None:
    """On every eighth line of val1, as all 1,438 take a minute; those have 5.639 nats, 5.763 on the grid."""
    lines = islice(read_lines([shared_data / "iam-ondb-val1.parquet"], columns=()), 0, None, 8)
    write_shards(lines, tmp_path)
    score = evaluate(import_distill(shared_data / "distill/b64_weights.json"), [tmp_path])
    assert (score.lines, score.points) == (180, 95_420)
    assert score.position == pytest.approx(5.536, abs=5e-4)
    assert score.pen == pytest.approx(0.099, abs=5e-4)
    assert score.on_grid == pytest.approx(5.759, abs=5e-4), (
        "a component at dy = 0, 0.01 units wide, no longer counts"
    )


def test_there_is_nothing_to_compare_samples_with_in_lines_of_one_point(tmp_path: Path) -> None:
    dot = Line("a", "f", "s", "", Ink([[1, 2]], [True], scale=WHITEBOARD_SCALE))
    (shard,) = write_shards([dot], tmp_path)
    with pytest.raises(DataError, match="expected lines of at least 2 points, found none"):
        compare_samples(packed(), [shard], samples=1, steps=5)
