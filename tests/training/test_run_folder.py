"""A run's folder after damage: one error that names the file, or work that is done again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from pentrace.checkpoint.architecture import Architecture
from pentrace.errors import ConfigError, TrainingError
from pentrace.training.config import TrainConfig
from pentrace.training.model import Handwriting
from pentrace.training.run_folder import RunFolder, Source, TrainState

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = TrainConfig(hidden=4, mixtures=2, normalised=False)
SOURCE = Source(5)
Tensors = dict[str, torch.Tensor]
Damage = Callable[[dict[str, Any], Tensors], object]


def model() -> Handwriting:
    return Handwriting(Architecture(1, CONFIG.hidden, CONFIG.mixtures))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run after one update."""
    trained = model()
    optimizer = torch.optim.Adam(trained.parameters(), 0.01)
    for parameter in trained.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    run = RunFolder(tmp_path)
    run.start(CONFIG, 0)
    run.save(TrainState(step=1), CONFIG, SOURCE, trained, model(), optimizer)
    return run


def load(run: RunFolder, config: TrainConfig = CONFIG) -> TrainState:
    fresh = model()
    return run.load(config, SOURCE, fresh, model(), torch.optim.Adam(fresh.parameters(), 0.01))


def without(part: str) -> Damage:
    def damage(_: dict[str, Any], tensors: Tensors) -> None:
        for name in [name for name in tensors if name.startswith(part)]:
            del tensors[name]

    return damage


def state_with(**values: object) -> Damage:
    return lambda metadata, _: metadata.update(state=json.dumps({**json.loads(metadata["state"]), **values}))


def test_what_is_saved_comes_back(folder: RunFolder) -> None:
    assert load(folder) == TrainState(step=1)
    assert sorted(path.name for path in folder.path.iterdir()) == ["config.toml", "state.safetensors"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda metadata, _: metadata.clear(),
        lambda metadata, _: metadata.update(state="[]"),
        lambda metadata, _: metadata.update(config="[]"),
        state_with(step="one"),
        state_with(step=-5),
        state_with(step=1.5),
        state_with(other=1),
        without("model."),
        without("optimizer."),
        without("optimizer.0."),
        lambda _, tensors: tensors.update({"optimizer.0.exp_avg": torch.zeros(2)}),
        lambda _, tensors: tensors.update({"optimizer.other": torch.zeros(2)}),
    ],
)
def test_a_damaged_state_is_refused(folder: RunFolder, damage: Damage) -> None:
    with safe_open(folder.state, "pt") as file:
        metadata = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    damage(metadata, tensors)
    save_file(tensors, folder.state, metadata)
    with pytest.raises(
        TrainingError, match=r"state\.safetensors: expected the state of a run, found a damaged"
    ):
        load(folder)


def test_a_log_row_that_a_kill_cut_short_is_left_out(folder: RunFolder) -> None:
    log = folder.path / "log.jsonl"
    log.write_text('{"step": 1}\n{"step": 2}\n{"ste')
    folder.start(CONFIG, 1)
    assert log.read_text() == '{"step": 1}\n'


def test_a_broken_log_row_between_others_is_named(folder: RunFolder) -> None:
    (folder.path / "log.jsonl").write_text('{"step": 1}\n{}\n{"step": 2}\n')
    with pytest.raises(TrainingError, match=r"log\.jsonl: row 2: expected JSON with a step"):
        folder.start(CONFIG, 1)


def test_a_state_that_cannot_be_written_leaves_the_one_before(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folder.state.read_bytes()
    monkeypatch.setattr("pentrace.training.run_folder.save_file", full_disk)
    trained = model()
    with pytest.raises(TrainingError, match=r"state\.safetensors: cannot be written \(I/O error: No space"):
        folder.save(
            TrainState(step=2), CONFIG, SOURCE, trained, model(), torch.optim.Adam(trained.parameters())
        )
    assert folder.state.read_bytes() == before
    assert sorted(path.name for path in folder.path.iterdir()) == ["config.toml", "state.safetensors"]


def full_disk(_: Tensors, path: Path, __: object) -> None:
    path.write_bytes(b"half")
    raise SafetensorError("I/O error: No space left on device (os error 28)")


@pytest.mark.parametrize(
    ("name", "value"), [("hidden", 2049), ("layers", 5), ("mixtures", 65), ("seed", 2**63)]
)
def test_settings_that_no_checkpoint_or_generator_can_have_are_refused(name: str, value: int) -> None:
    with pytest.raises(ConfigError, match=f"{name}: expected (at most|below)"):
        TrainConfig.from_dict({name: value})


def test_a_component_at_rest_needs_another_beside_it() -> None:
    with pytest.raises(ConfigError, match="mixtures: expected at least 2 with a rest_component, found 1"):
        TrainConfig(mixtures=1)
    assert TrainConfig(mixtures=1, rest_component=False).architecture.mixtures == 1


def test_a_run_from_before_there_was_a_component_at_rest_goes_on_without(folder: RunFolder) -> None:
    with safe_open(folder.state, "pt") as file:
        metadata = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    settings = json.loads(metadata["config"])
    del settings["rest_component"]
    save_file(tensors, folder.state, metadata | {"config": json.dumps(settings)})
    with pytest.raises(
        TrainingError, match="rest_component: expected False as when the run began, found True"
    ):
        load(folder, dataclasses.replace(CONFIG, rest_component=True))
    assert load(folder, dataclasses.replace(CONFIG, rest_component=False)) == TrainState(step=1)
