"""The folder of a run: damage and mistakes give one clear error; a lock keeps a second training out."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from pentrace.checkpoint.architecture import Architecture
from pentrace.errors import TrainingError
from pentrace.training.config import TrainConfig
from pentrace.training.model import Handwriting
from pentrace.training.run_folder import RunFolder, Source, TrainState, digest_of

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = TrainConfig(hidden=4, mixtures=2, normalised=False)
SOURCE = Source(5, "0123456789abcdef")
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
        state_with(step=2**63),
        state_with(points=float("nan")),
        state_with(best=float("nan")),
        state_with(loss_sum=float("inf")),
        state_with(seconds=1e300),
        lambda _, tensors: tensors["model.head.bias"].fill_(float("nan")),
        lambda _, tensors: tensors["average.head.bias"].fill_(float("inf")),
        lambda _, tensors: tensors["optimizer.0.exp_avg"].fill_(float("nan")),
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


def test_fewer_steps_than_are_done_are_refused(folder: RunFolder) -> None:
    trained = model()
    optimizer = torch.optim.Adam(trained.parameters(), 0.01)
    trained.head.bias.grad = torch.ones_like(trained.head.bias)
    for parameter in trained.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    folder.save(TrainState(step=30), CONFIG, SOURCE, trained, model(), optimizer)
    assert load(folder, dataclasses.replace(CONFIG, steps=30)).step == 30
    with pytest.raises(
        TrainingError, match="steps: expected at least the 30 that are done, found 29; raise steps"
    ):
        load(folder, dataclasses.replace(CONFIG, steps=29))


def test_a_run_without_its_best_checkpoint_is_refused(folder: RunFolder) -> None:
    with safe_open(folder.state, "pt") as file:
        metadata = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    state_with(best=5.7)(metadata, tensors)
    save_file(tensors, folder.state, metadata)
    with pytest.raises(
        TrainingError, match=r"expected best\.safetensors beside state\.safetensors, found none"
    ):
        load(folder)
    folder.best.write_bytes(b"")
    assert load(folder).best == 5.7


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (Source(6, SOURCE.digest), "data: expected 5 lines as when the run began, found 6"),
        (
            Source(5, "f" * 16),
            "data: expected files of SHA-256 0123456789abcdef as when the run began, found ffff",
        ),
        (Source(5, SOURCE.digest, "a" * 16), "alignment: expected files of SHA-256 none .* found aaaa"),
    ],
)
def test_other_data_is_refused(folder: RunFolder, source: Source, message: str) -> None:
    fresh = model()
    with pytest.raises(TrainingError, match=message):
        folder.load(CONFIG, source, fresh, model(), torch.optim.Adam(fresh.parameters(), 0.01))


def test_the_digest_follows_the_bytes_and_their_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"ab")
    other.write_bytes(b"c")
    both = digest_of([one, other])
    assert len(both) == 16
    one.write_bytes(b"a")
    other.write_bytes(b"bc")
    assert digest_of([one, other]) != both
    with pytest.raises(TrainingError, match="absent: cannot be read"):
        digest_of([tmp_path / "absent"])


def test_a_folder_is_locked_as_long_as_its_process_lives(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\nfrom pentrace.training.run_folder import RunFolder\n"
        "with RunFolder(pathlib.Path(sys.argv[1])).locked():\n"
        "    print('locked', flush=True)\n    sys.stdin.read()\n"
    )
    folder = RunFolder(tmp_path / "run")
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        with (
            pytest.raises(TrainingError, match="run: expected a folder that no training uses, found one"),
            folder.locked(),
        ):
            pass
        other.kill()
    with folder.locked():
        pass
    with folder.locked():
        pass


def test_a_log_row_that_a_kill_cut_short_is_left_out(folder: RunFolder) -> None:
    log = folder.path / "log.jsonl"
    log.write_text('{"step": 1}\n{"step": 2}\n{"ste')
    folder.start(CONFIG, 1)
    assert log.read_text() == '{"step": 1}\n'


def test_a_log_on_a_full_disk_is_named(folder: RunFolder) -> None:
    (folder.path / "log.jsonl").symlink_to("/dev/full")
    with pytest.raises(TrainingError, match=r"log\.jsonl: cannot be written \(No space left on device\)"):
        folder.log({"step": 1})


@pytest.mark.parametrize("row", ["{}", "[" * 100_000], ids=["no step", "nested"])
def test_a_broken_log_row_between_others_is_named(folder: RunFolder, row: str) -> None:
    (folder.path / "log.jsonl").write_text(f'{{"step": 1}}\n{row}\n{{"step": 2}}\n')
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


def test_a_run_of_another_version_is_refused(folder: RunFolder) -> None:
    with safe_open(folder.state, "pt") as file:
        metadata = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    settings = json.loads(metadata["config"])
    del settings["rest_component"]
    save_file(tensors, folder.state, metadata | {"config": json.dumps(settings)})
    with pytest.raises(
        TrainingError, match="found a run that differs in rest_component; resume with the version"
    ):
        load(folder)
