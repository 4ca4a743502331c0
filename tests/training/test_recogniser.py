"""The recogniser: samples along the path, files, and a training that resumes to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pentrace.data.dataset import Line, write_shards
from pentrace.errors import DataError, TrainingError
from pentrace.ink import WHITEBOARD_SCALE, Ink

torch = pytest.importorskip("torch", reason="the recogniser needs PyTorch (pip install 'pentrace[train]')")

from pentrace.checkpoint import load  # noqa: E402
from pentrace.checkpoint.recogniser_weights import Sizes  # noqa: E402
from pentrace.engine import Engine  # noqa: E402
from pentrace.engine.text.recogniser import Recogniser as Host  # noqa: E402
from pentrace.engine.text.recogniser import sample_path  # noqa: E402
from pentrace.training.recogniser import Recogniser, batched  # noqa: E402
from pentrace.training.train_recogniser import Pass, train_recogniser  # noqa: E402

TINY = Path(__file__).parents[2] / "spec/golden/tiny.safetensors"


def wave(count: int, phase: float) -> Ink:
    """A wave in strokes of 20 points, in whole raw units."""
    t = np.arange(count)
    points = np.round(np.stack([14 * t, 90 * np.sin(t / 3 + phase)], 1))
    return Ink(points, t % 20 == 19, scale=WHITEBOARD_SCALE)


def size_of(ink: Ink) -> float:
    return float(Engine(load(TINY)).writing_size(ink))


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


def test_the_engine_computes_what_the_model_does() -> None:
    torch.manual_seed(2)
    model = Recogniser("abcd ", sizes=Sizes(16, 32, 24, 2)).eval()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter)
    weights = model.packed({})
    # the int8 rows, so that only the 16-bit activations and bfloat16 differ
    state = model.state_dict()

    def rows(name: str) -> Any:
        return torch.from_numpy(weights.tensors[f"{name}.weight"] * weights.tensors[f"{name}.scale"][:, None])

    for k in range(len(model.directions)):
        name = f"layers.{k // 2}.{('forward', 'backward')[k % 2]}"
        state[f"directions.{k}.inputs"] = rows(f"{name}.input")
        state[f"directions.{k}.recurrent"] = rows(f"{name}.recurrent")
    for name in ("first", "second"):
        out, inputs, window = state[f"{name}.weight"].shape
        state[f"{name}.weight"] = rows(name).reshape(out, window, inputs).transpose(1, 2)
    model.load_state_dict(state | {"head.weight": rows("head")})
    host = Host(weights)
    for ink in (wave(61, 0), wave(300, 1)):
        table = host.probabilities(ink)
        samples = sample_path(ink.points, ink.pen_up, size_of(ink))
        with torch.no_grad():
            expected = model(*batched([samples]))[:, 0].numpy()
        np.testing.assert_allclose(table, expected, atol=0.02)
        classes = expected.argmax(-1)
        assert host.read(ink) == model.text(classes) or np.abs(table - expected).max() > 1e-3


def test_the_score_is_that_of_ctc() -> None:
    torch.manual_seed(3)
    host = Host(Recogniser("abc ", sizes=Sizes(16, 16, 8, 1)).packed({}))
    ink = wave(90, 0)
    table = torch.from_numpy(host.probabilities(ink)).double()
    for text in ("a", "abba c", "aaa", "b" * (len(table) // 2)):
        codes = torch.tensor([[1 + "abc ".index(c) for c in text]])
        sizes = (torch.tensor([len(table)]), torch.tensor([len(text)]))
        loss = torch.nn.functional.ctc_loss(table[:, None], codes, *sizes, reduction="sum")
        assert host.score(ink, text) == pytest.approx(-float(loss) / len(text), abs=1e-9)


def test_a_training_resumes_to_the_bit(tmp_path: Path, tiny_checkpoint: Path) -> None:
    lines = [Line(f"l{k}", "f", "s", "ab a"[: 1 + k % 4].strip(), wave(60 + k, k)) for k in range(6)]
    data, engine = write_shards(lines, tmp_path / "data"), Engine(load(tiny_checkpoint))
    seen: list[Pass] = []
    train_recogniser(
        data, data, tmp_path / "whole", engine=engine, provenance={}, passes=2, report=seen.append
    )
    assert [done.number for done in seen] == [1, 2]
    assert not (tmp_path / "whole.state").exists()

    class StopError(Exception):
        pass

    def stop(_: object) -> None:
        raise StopError

    with pytest.raises(StopError):
        train_recogniser(data, data, tmp_path / "parts", engine=engine, provenance={}, passes=2, report=stop)
    with pytest.raises(TrainingError, match="expected the state of a training with these settings and data"):
        train_recogniser(data, data, tmp_path / "parts", engine=engine, provenance={}, passes=3, resume=True)
    train_recogniser(data, data, tmp_path / "parts", engine=engine, provenance={}, passes=2, resume=True)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "parts").read_bytes()


def test_data_without_texts_are_refused(tmp_path: Path, tiny_checkpoint: Path) -> None:
    data = write_shards([Line("l", "f", "s", "", wave(60, 0))], tmp_path / "data")
    with pytest.raises(DataError, match="expected lines with texts, found none"):
        train_recogniser(data, data, tmp_path / "r", engine=Engine(load(tiny_checkpoint)), provenance={})
