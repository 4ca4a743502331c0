"""Warm starts from a checkpoint: the same model, if need be with a rest component in place of another."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from pentrace.checkpoint import load, save
from pentrace.checkpoint.architecture import Architecture
from pentrace.data.dataset import write_shards
from pentrace.data.score import ROUNDING_VARIANCE
from pentrace.errors import CheckpointError, TrainingError
from pentrace.training import train as training
from pentrace.training.distillation import named
from pentrace.training.loss import negative_log_likelihood
from pentrace.training.model import REST, Handwriting, pack, parameters, unpack
from pentrace.training.warm_start import RARE, start
from tests.training.test_train import TINY, rows, waves

SIZES = Architecture(1, 9, 4, normalised=True, code=2)


@pytest.fixture
def began(tmp_path: Path) -> Path:
    """A checkpoint without a component at rest, whose last one is hardly ever likely."""
    torch.manual_seed(1)
    model = Handwriting(SIZES)
    torch.nn.init.normal_(model.head.weight, 0, 0.5)
    with torch.no_grad():
        model.head.bias[4] = -9.0
    save(pack(model, "began", {}), tmp_path / "began.safetensors")
    return tmp_path / "began.safetensors"


def test_the_model_is_that_of_the_checkpoint(began: Path) -> None:
    model, inputs = Handwriting(SIZES), torch.randn(7, 3, 3)
    start(model, began, inputs)
    torch.testing.assert_close(model(inputs)[0], unpack(load(began))(inputs)[0])


def test_a_rest_component_replaces_the_least_likely_one(began: Path) -> None:
    model, inputs, targets = (
        Handwriting(SIZES, rest_component=True),
        torch.randn(7, 3, 3),
        torch.randn(7, 3, 3),
    )
    held = model.head.bias.detach()[1 + REST + 4 :: 4].clone()
    start(model, began, inputs)
    z, before = model(inputs)[0].detach(), unpack(load(began))(inputs)[0].detach()
    pi = parameters(z)[..., 1:5]
    assert float(pi[..., REST].mean()) == pytest.approx(RARE, rel=0.3)
    torch.testing.assert_close(model.head.bias.detach()[1 + REST + 4 :: 4], held)
    nats, nats_before = (negative_log_likelihood(found, targets).position for found in (z, before))
    torch.testing.assert_close(nats, nats_before - torch.log(1 - pi[..., REST]), atol=0.01, rtol=0)
    # a checkpoint that holds one at rest already loses nothing
    save(pack(model, "again", {}), began)
    again = Handwriting(SIZES, rest_component=True)
    start(again, began, inputs)
    torch.testing.assert_close(again(inputs)[0], unpack(load(began))(inputs)[0])


def test_another_architecture_is_refused(began: Path, tmp_path: Path) -> None:
    with pytest.raises(
        TrainingError, match=r"expected .*hidden 8.*, as the settings and the data say, found .*hidden 9"
    ):
        start(Handwriting(Architecture(1, 8, 4, normalised=True, code=2)), began, torch.randn(2, 1, 3))
    with pytest.raises(CheckpointError, match=r"absent\.safetensors: cannot be read"):
        start(Handwriting(SIZES), tmp_path / "absent.safetensors", torch.randn(2, 1, 3))


def test_a_run_starts_from_a_checkpoint(tmp_path: Path) -> None:
    write_shards(waves(20), tmp_path / "train")
    write_shards(waves(6, seed=9), tmp_path / "val")
    config = dataclasses.replace(TINY, mixtures=3, rest_component=False, steps=60, learning_rate=0.02)

    def run(name: str, steps: int, *, rate: float = 0.02, rest: bool = True, **more: object) -> None:
        settings = dataclasses.replace(config, steps=steps, learning_rate=rate, rest_component=rest)
        data = {"provenance": {"terms": name}, **more}
        training.train(settings, [tmp_path / "train"], [tmp_path / "val"], tmp_path / name, **data)  # type: ignore[arg-type]

    def held(name: str) -> torch.Tensor:
        head = unpack(load(tmp_path / name / "best.safetensors")).head
        return torch.cat([head.weight, head.bias[:, None]], 1)[1 + REST + 3 :: 3].detach()

    run("first", 60, rest=False)
    best = tmp_path / "first/best.safetensors"
    run("second", 8, begin_from=best)
    assert rows(tmp_path / "second")[0]["score"] < rows(tmp_path / "first")[0]["score"] - 0.1
    assert load(tmp_path / "second/best.safetensors").data["terms"] == "second; first"
    torch.testing.assert_close(held("second")[:, :-1], torch.zeros(5, 16))
    assert held("second")[2, -1] == pytest.approx(math.log(ROUNDING_VARIANCE) / 2)
    told = load(tmp_path / "second/best.safetensors").training
    assert told is not None
    assert told["began_from"] == named([best])[0]
    with pytest.raises(TrainingError, match=r"from: expected pentrace, sha256 .* found none"):
        run("second", 12, resume=True)
    before = held("second")
    run("second", 12, begin_from=best, resume=True)
    torch.testing.assert_close(held("second"), before)

    # where training only makes it worse, the best is what the run began from
    run("third", 8, rate=0.3, rest=False, begin_from=best)
    started, kept = load(best), load(tmp_path / "third/best.safetensors")
    assert kept.training is not None
    assert kept.training["steps"] == 0
    np.testing.assert_allclose(
        kept.float_tensor("head.weight"), started.float_tensor("head.weight"), atol=1e-6
    )
