"""The recogniser: samples along the path, files, and a training that resumes to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pentrace.data.dataset import Line, write_shards
from pentrace.errors import CheckpointError, DataError, TrainingError
from pentrace.ink import WHITEBOARD_SCALE, Ink

torch = pytest.importorskip("torch", reason="the recogniser needs PyTorch (pip install 'pentrace[train]')")

from pentrace.checkpoint import load  # noqa: E402
from pentrace.engine import Engine  # noqa: E402
from pentrace.training.recogniser import SPACING, Recogniser, batched, sample_path  # noqa: E402
from pentrace.training.train_recogniser import Pass, train_recogniser  # noqa: E402


def wave(count: int, phase: float) -> Ink:
    """A wave in strokes of 20 points, in whole raw units."""
    t = np.arange(count)
    points = np.round(np.stack([14 * t, 90 * np.sin(t / 3 + phase)], 1))
    return Ink(points, t % 20 == 19, scale=WHITEBOARD_SCALE)


def test_samples_lie_evenly_along_each_stroke() -> None:
    points = np.array([[0, 0], [10, 0], [10, 4], [30, 4], [31, 4]], float)
    samples = sample_path(points, np.array([0, 0, 1, 0, 1], bool), 2.0)
    # 14 units and 1 unit long, in steps of at most SPACING sizes
    assert len(samples.features) == int(np.ceil(14 / (2 * SPACING))) + 1 + int(np.ceil(1 / (2 * SPACING))) + 1
    assert samples.source[[0, -1]].tolist() == [0, 4]
    assert np.flatnonzero(samples.features[:, 6]).tolist() == [0, int(np.ceil(14 / (2 * SPACING))) + 1]
    steps = np.hypot(samples.features[1:, 0], samples.features[1:, 1])
    assert steps.max() <= 1 + 1e-6


def test_samples_do_not_change_with_the_size_of_the_writing() -> None:
    ink = wave(80, 0)
    points = ink.points.astype(float)
    small, large = (sample_path(points * k, ink.pen_up, 50.0 * k).features for k in (1, 3))
    np.testing.assert_allclose(small, large, atol=1e-5)


def test_lines_side_by_side_are_read_as_each_alone() -> None:
    torch.manual_seed(1)
    model = Recogniser("ab").eval()
    inks = [wave(60, 0), wave(140, 1)]
    samples = [sample_path(ink.points.astype(float), ink.pen_up, 60.0) for ink in inks]
    with torch.no_grad():
        together = model(*batched(samples))
        for k, one in enumerate(samples):
            alone = model(*batched([one]))[:, 0]
            np.testing.assert_allclose(together[: one.frames, k], alone, atol=0.02)


def test_a_file_comes_back(tmp_path: Path) -> None:
    model = Recogniser('a"é')
    model.save(tmp_path / "r.safetensors")
    back = Recogniser.load(tmp_path / "r.safetensors")
    assert back.alphabet == model.alphabet
    for name, tensor in model.state_dict().items():
        assert torch.equal(back.state_dict()[name], tensor.half().float())


@pytest.mark.parametrize("content", [b"", b"scrap", (2).to_bytes(8, "little") + b"{}"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"r\.safetensors: expected a recogniser, found something else"):
        Recogniser.load(tmp_path / "r.safetensors")


def test_a_training_resumes_to_the_bit(tmp_path: Path, tiny_checkpoint: Path) -> None:
    lines = [Line(f"l{k}", "f", "s", "ab a"[: 1 + k % 4].strip(), wave(60 + k, k)) for k in range(6)]
    data, engine = write_shards(lines, tmp_path / "data"), Engine(load(tiny_checkpoint))
    seen: list[Pass] = []
    train_recogniser(data, data, tmp_path / "whole", engine=engine, passes=2, report=seen.append)
    assert [done.number for done in seen] == [1, 2]
    assert not (tmp_path / "whole.state").exists()

    class StopError(Exception):
        pass

    def stop(_: object) -> None:
        raise StopError

    with pytest.raises(StopError):
        train_recogniser(data, data, tmp_path / "parts", engine=engine, passes=2, report=stop)
    with pytest.raises(TrainingError, match="expected the state of a training with these settings and data"):
        train_recogniser(data, data, tmp_path / "parts", engine=engine, passes=3, resume=True)
    train_recogniser(data, data, tmp_path / "parts", engine=engine, passes=2, resume=True)
    whole, parts = (Recogniser.load(tmp_path / name).state_dict() for name in ("whole", "parts"))
    assert all(torch.equal(parts[name], whole[name]) for name in whole)


def test_data_without_texts_are_refused(tmp_path: Path, tiny_checkpoint: Path) -> None:
    data = write_shards([Line("l", "f", "s", "", wave(60, 0))], tmp_path / "data")
    with pytest.raises(DataError, match="expected lines with texts, found none"):
        train_recogniser(data, data, tmp_path / "r", engine=Engine(load(tiny_checkpoint)))
