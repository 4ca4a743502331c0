"""Training on small synthetic lines: it learns, resumes to the bit, and stops with a clear error."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from pentrace.checkpoint import checkpoint as cp
from pentrace.checkpoint.architecture import Architecture
from pentrace.data.dataset import Line, write_shards
from pentrace.errors import DataError, TrainingError
from pentrace.ink import WHITEBOARD_SCALE, Ink
from pentrace.training import train as training
from pentrace.training.batches import Example, Shown, augment, batches, moving, pad, without_rests
from pentrace.training.config import TrainConfig

if TYPE_CHECKING:
    from pathlib import Path

torch.set_num_threads(1)  # more only get in each other's way on models this small

TINY = TrainConfig(
    hidden=16,
    mixtures=2,
    normalised=False,
    bfloat16=False,
    steps=12,
    batch=4,
    window=32,
    warmup=2,
    decay=4,
    validate_every=4,
    validate_lines=4,
    save_every=2,
    shuffle=16,
)


def waves(count: int, seed: int = 0) -> list[Line]:
    """Lines of loops that move right, two strokes each."""
    rng = np.random.default_rng(seed)
    lines = []
    for k in range(count):
        t = np.arange(40 + int(rng.integers(40)))
        x = np.rint(12 * t + 30 * np.cos(t * 0.6)).astype(np.int16)
        y = np.rint(60 * np.sin(t * 0.6 + rng.uniform(0, 6))).astype(np.int16)
        pen_up = np.zeros(len(t), np.bool_)
        pen_up[[len(t) // 2, -1]] = True
        lines.append(
            Line(f"w{k}", "w", "train", "", Ink(np.stack([x, y], 1), pen_up, scale=WHITEBOARD_SCALE))
        )
    return lines


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("data")
    write_shards(waves(24), folder / "train")
    write_shards(waves(6, seed=1), folder / "val")
    return folder / "train", folder / "val"


def rows(run: Path) -> list[dict[str, float]]:
    kept = ("step", "epoch", "points", "loss", "score", "position", "pen", "learning_rate")
    return [
        {k: row[k] for k in kept} for row in map(json.loads, (run / "log.jsonl").read_text().splitlines())
    ]


def test_it_learns_and_leaves_two_checkpoints(data: tuple[Path, Path], tmp_path: Path) -> None:
    config = dataclasses.replace(TINY, steps=60, decay=20, learning_rate=0.02, validate_every=20)
    seen: list[training.Progress] = []
    best = training.train(config, data[:1], data[1:], tmp_path / "run", report=seen.append)
    log = rows(tmp_path / "run")
    assert log[-1]["score"] < log[0]["score"] - 0.1
    last = json.loads((tmp_path / "run/log.jsonl").read_text().splitlines()[-1])
    assert abs(last["score_unpacked"] - last["score"]) < 0.01, "int8 costs next to nothing"
    assert seen[-1].step == 60
    assert seen[-1].points_per_second > 0
    checkpoint = cp.load(best)
    assert checkpoint.architecture == Architecture(1, 16, 2)
    assert checkpoint.score is not None
    assert checkpoint.score["nats_per_point"] == pytest.approx(min(row["score"] for row in log), abs=1e-3)
    assert checkpoint.training is not None
    assert checkpoint.training["steps"] <= 60
    assert cp.load(tmp_path / "run" / "last.safetensors").training is not None
    assert not [p.name for p in (tmp_path / "run").iterdir() if p.name.endswith(".tmp")]


class KilledError(Exception):
    pass


@pytest.mark.parametrize("fast", [False, True])
def test_a_killed_run_resumes_with_the_same_losses(
    fast: bool, data: tuple[Path, Path], tmp_path: Path
) -> None:
    config = dataclasses.replace(TINY, normalised=fast, bfloat16=fast)
    training.train(config, data[:1], data[1:], tmp_path / "whole")

    def kill(progress: training.Progress) -> None:
        if progress.step >= 7:
            raise KilledError

    with pytest.raises(KilledError):
        training.train(config, data[:1], data[1:], tmp_path / "cut", report=kill)
    training.train(config, data[:1], data[1:], tmp_path / "cut", resume=True)
    assert rows(tmp_path / "cut") == rows(tmp_path / "whole")
    whole, cut = (cp.load(tmp_path / name / "last.safetensors") for name in ("whole", "cut"))
    for name, tensor in whole.tensors.items():
        assert np.array_equal(cut.tensors[name], tensor), name


def test_how_often_to_save_and_validate_may_change(data: tuple[Path, Path], tmp_path: Path) -> None:
    often = dataclasses.replace(TINY, save_every=1, validate_every=1)
    training.train(dataclasses.replace(often, steps=10), data[:1], data[1:], tmp_path / "run")
    rarely = dataclasses.replace(TINY, steps=14, save_every=2, validate_every=2)
    training.train(rarely, data[:1], data[1:], tmp_path / "run", resume=True)
    later = [row["step"] for row in rows(tmp_path / "run") if row["step"] > 10]
    assert len(later) > 1, "a validation before the one at the end"


def test_a_run_is_not_overwritten(data: tuple[Path, Path], tmp_path: Path) -> None:
    training.train(TINY, data[:1], data[1:], tmp_path / "run")
    with pytest.raises(
        TrainingError, match="expected an empty folder, found a run; continue it with --resume"
    ):
        training.train(TINY, data[:1], data[1:], tmp_path / "run")


def test_resume_refuses_another_run(data: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="expected a run to resume, found no state"):
        training.train(TINY, data[:1], data[1:], tmp_path / "run", resume=True)
    training.train(TINY, data[:1], data[1:], tmp_path / "run")
    other = dataclasses.replace(TINY, batch=5)
    with pytest.raises(TrainingError, match="batch: expected 4 as when the run began, found 5"):
        training.train(other, data[:1], data[1:], tmp_path / "run", resume=True)
    with pytest.raises(TrainingError, match="data: expected 24 lines as when the run began, found 6"):
        training.train(TINY, data[1:], data[1:], tmp_path / "run", resume=True)
    write_shards(waves(24, seed=7), tmp_path / "other")
    with pytest.raises(
        TrainingError, match=r"data: expected files of SHA-256 .* as when the run began, found"
    ):
        training.train(TINY, [tmp_path / "other"], data[1:], tmp_path / "run", resume=True)
    with pytest.raises(TrainingError, match="steps: expected at least the 12 that are done, found 11"):
        training.train(dataclasses.replace(TINY, steps=11), data[:1], data[1:], tmp_path / "run", resume=True)
    (tmp_path / "run/state.safetensors").write_bytes(b"cut short")
    with pytest.raises(TrainingError, match="expected the state of a run, found"):
        training.train(TINY, data[:1], data[1:], tmp_path / "run", resume=True)


def test_lines_to_skip_are_left_out_and_must_be_there(data: tuple[Path, Path], tmp_path: Path) -> None:
    skip = [f"w{k}" for k in range(12)]
    best = training.train(TINY, data[:1], data[1:], tmp_path / "run", skip=skip)
    write_shards(waves(24)[12:], tmp_path / "rest")
    same = training.train(TINY, [tmp_path / "rest"], data[1:], tmp_path / "same")
    for name, tensor in cp.load(best).tensors.items():
        assert np.array_equal(tensor, cp.load(same).tensors[name]), name
    told = cp.load(best).training
    assert told is not None
    assert told["skipped"]
    others = [f"w{k}" for k in range(12, 24)]
    with pytest.raises(TrainingError, match=r"list of lines to skip: expected files of SHA-256 .* found"):
        training.train(TINY, data[:1], data[1:], tmp_path / "run", resume=True, skip=others)
    with pytest.raises(
        DataError, match="skip: expected names of lines in the training data, found gone, lost"
    ):
        training.train(TINY, data[:1], data[1:], tmp_path / "new", skip=["w0", "lost", "gone"])


def test_a_second_training_in_the_same_folder_is_refused(data: tuple[Path, Path], tmp_path: Path) -> None:
    refused = "run: expected a folder that no training uses, found one that is being trained in"

    def start_another(progress: training.Progress) -> None:
        with pytest.raises(TrainingError, match=refused):
            training.train(TINY, data[:1], data[1:], tmp_path / "run", resume=True)
        raise KilledError

    with pytest.raises(KilledError):
        training.train(TINY, data[:1], data[1:], tmp_path / "run", report=start_another)


def test_divergence_stops_and_keeps_the_last_good_checkpoint(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = training._Trainer._update
    kept: list[bytes] = []

    def poisoned(self: training._Trainer, *args: object) -> object:
        if self.state.step == 9:
            kept.append(self.folder.best.read_bytes())
            with torch.no_grad():
                self.model.bias[0][0] = float("nan")
        return plain(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(training._Trainer, "_update", poisoned)
    with pytest.raises(
        TrainingError, match=r"diverged at step 9: the loss is not finite; the last good .*best"
    ):
        training.train(TINY, data[:1], data[1:], tmp_path / "run")
    assert (tmp_path / "run/best.safetensors").read_bytes() == kept[0]


def test_weights_decay_but_not_biases(data: tuple[Path, Path], tmp_path: Path) -> None:
    sizes = []
    for decay in (0.0, 20.0):
        config = dataclasses.replace(TINY, weight_decay=decay)
        tensors = cp.load(training.train(config, data[:1], data[1:], tmp_path / str(decay))).tensors
        sizes.append([float(np.abs(tensors[name]).mean()) for name in ("lstm.0.input.weight", "lstm.0.bias")])
    (weights, biases), (decayed, kept) = sizes
    assert decayed < 0.8 * weights
    assert kept == pytest.approx(biases, rel=0.1)


def test_learning_rate() -> None:
    config = TrainConfig(steps=100, warmup=10, decay=20, learning_rate=1.0)
    rates = [training.learning_rate(config, step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[50] == 1.0
    assert rates[80] == pytest.approx(20 / 21)
    assert rates[99] == pytest.approx(1 / 21)


def test_batches_hold_each_line_once_with_inputs_one_step_behind() -> None:
    config = dataclasses.replace(TINY, scale=0, aspect=0, slant=0, elastic=0)
    lines = [line.ink.offsets() for line in waves(11)]
    examples = [Example(line) for line in lines]
    got = [
        batch.targets[: int(batch.mask[:, k].sum()), k]
        for batch in batches(examples, config, 0)
        for k in range(batch.mask.shape[1])
    ]
    assert sorted(map(bytes, got)) == sorted(map(bytes, lines))
    for batch in batches(examples, config, 0):
        assert not batch.inputs[0].any()
        assert np.array_equal(batch.inputs[1:], batch.targets[:-1])


def test_the_order_of_lines_depends_on_the_pass_only() -> None:
    lines = [Example(line.ink.offsets()) for line in waves(11)]
    first, again, other = ([b.targets.tobytes() for b in batches(lines, TINY, epoch)] for epoch in (0, 0, 1))
    assert first == again != other


def test_windows_and_shares_make_up_the_batch() -> None:
    batch = pad([Shown(line.ink.offsets()) for line in waves(5)])
    windows = list(batch.windows(30))
    assert max(len(w.mask) for w in windows) <= 30
    assert np.array_equal(np.concatenate([w.targets for w in windows]), batch.targets)
    assert sum(batch.share(rank, 3).points for rank in range(3)) == batch.points
    assert batch.share(7, 8).points == 0
    assert batch.share(7, 8).mask.shape[1] == 1


def test_augmentation_moves_points_and_keeps_lifts() -> None:
    offsets = waves(1)[0].ink.offsets()
    changed = augment(offsets, TINY, np.random.default_rng(1))
    assert np.array_equal(changed[:, 2], offsets[:, 2])
    assert not np.array_equal(changed, offsets)


def test_a_line_is_stretched_unevenly_and_by_as_much_as_was_asked() -> None:
    still = dataclasses.replace(TINY, scale=0, aspect=0, slant=0, elastic=0.1)
    offsets = np.ones((4000, 3), np.float32)
    changed = augment(offsets, still, np.random.default_rng(1))
    for stretch in np.log(changed[:, :2].T):
        knots = stretch[::50]
        assert float(np.std(knots)) == pytest.approx(0.1, abs=0.03)
        assert np.abs(np.diff(stretch, 2)[:48]).max() < 1e-2, "straight between knots, so nearly smooth"


def test_a_rest_is_cut_and_nothing_else() -> None:
    def cut_rests(line: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> object:
        return without_rests(line, moving(line, 20))

    rng = np.random.default_rng(2)
    offsets = rng.normal(0.6, 0.3, (160, 3)).astype(np.float32)
    offsets[:, 2] = 0
    offsets[[40, 159], 2] = 1
    assert cut_rests(offsets) is offsets
    offsets[60:130, :2] = rng.normal(0, 0.002, (70, 2))
    cut = without_rests(offsets, moving(offsets, 20))
    assert len(cut) == 160 - 51, "the 20 points of the rest that come first stay"
    np.testing.assert_array_equal(cut[:79], offsets[:79])
    np.testing.assert_array_equal(cut[-29:], offsets[-29:])
    np.testing.assert_allclose(cut[:, :2].sum(0), offsets[:, :2].sum(0), atol=1e-4)
    offsets[100, 2] = 1  # the pen is lifted where it rests: both ends of the lift stay
    again = without_rests(offsets, moving(offsets, 20))
    assert len(again) == len(cut) + 2
    assert again[:, 2].sum() == 3
    assert moving(offsets[:15], 20).all()


def test_no_data_is_an_error(data: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a Parquet file or a folder"):
        training.train(TINY, [tmp_path / "none"], data[1:], tmp_path / "run")


LAUNCHED = """
import os, signal, sys, torch
from pentrace.training import train as training
from pentrace.cli import main

torch.set_num_threads(1)
deadly = int(os.environ.get("DIES_AT", 0))
plain = training._Trainer._update

def update(self, *args):
    assert self.accelerator.num_processes == 2, "launched, but not together"
    if deadly and self.state.step == deadly and self.accelerator.process_index == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(self, *args)

training._Trainer._update = update
sys.exit(main(sys.argv[1:]))
"""


class Launcher:
    """`accelerate launch` of `pentrace train` as two processes on this host."""

    def __init__(self, folder: Path, repository: Path, data: tuple[Path, Path]) -> None:
        self.script, self.config = folder / "launched.py", folder / "tiny.toml"
        self.script.write_text(LAUNCHED)
        self.settings = dataclasses.replace(TINY, weight_drop=0.0, dropout=0.0)
        self.config.write_text(self.settings.to_toml())
        self.data = [str(data[0]), "--val", str(data[1]), "--config", str(self.config), "--threads", "1"]
        path = os.pathsep.join([str(repository / "src"), str(repository)])  # the code beside these tests
        self.environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}

    def __call__(self, out: Path, *extra: str, dies_at: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
        command += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
        command += ["--main_process_port", "0", str(self.script), "train", *self.data, "-o", str(out), *extra]
        # what makes `accelerate launch --multi_gpu` start processes of a CPU; its --cpu starts only one without MPI
        environment = self.environment | {"DIES_AT": str(dies_at), "ACCELERATE_USE_CPU": "true"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture
def launch(tmp_path: Path, repository: Path, data: tuple[Path, Path]) -> Launcher:
    return Launcher(tmp_path, repository, data)


def assert_alike(one: Path, other: Path) -> None:
    single, double = rows(one), rows(other)
    assert [r["points"] for r in single] == [r["points"] for r in double]
    for a, b in zip(single, double, strict=True):
        assert a["loss"] == pytest.approx(b["loss"], abs=2e-3)
        assert a["score"] == pytest.approx(b["score"], abs=2e-3)


@pytest.mark.slow
def test_two_processes_start_from_a_checkpoint_as_one_does(
    data: tuple[Path, Path], tmp_path: Path, launch: Launcher
) -> None:
    first = training.train(launch.settings, data[:1], data[1:], tmp_path / "first")
    training.train(launch.settings, data[:1], data[1:], tmp_path / "one", begin_from=first)
    done = launch(tmp_path / "two", "--from", str(first))
    assert done.returncode == 0, done.stderr[-2000:]
    assert_alike(tmp_path / "one", tmp_path / "two")
    assert rows(tmp_path / "two")[0]["loss"] < rows(tmp_path / "first")[0]["loss"] - 0.1


@pytest.mark.slow
def test_if_a_process_is_killed_the_others_stop_and_the_run_resumes(
    data: tuple[Path, Path], tmp_path: Path, launch: Launcher
) -> None:
    training.train(launch.settings, data[:1], data[1:], tmp_path / "one")
    killed = launch(tmp_path / "two", dies_at=7)
    assert killed.returncode != 0
    assert "--resume" in killed.stderr
    assert "another process of this run has ended" in killed.stderr or "stopped by a signal" in killed.stderr
    done = launch(tmp_path / "two", "--resume")
    assert done.returncode == 0, done.stderr[-2000:]
    assert_alike(tmp_path / "one", tmp_path / "two")
