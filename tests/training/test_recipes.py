"""The recipes in configs/, and `make model`."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from pathlib import Path

import pytest

from pentrace.checkpoint import load
from pentrace.training.config import TrainConfig


def test_the_recipe_of_a_model_without_teachers_is_the_default(repository: Path) -> None:
    recipe = TrainConfig.from_toml(repository / "configs/teacher.toml")
    assert recipe == dataclasses.replace(TrainConfig(), seed=2)


@pytest.mark.parametrize("name", ["default", "hand", "text"])
def test_recipes_start_from_the_default_checkpoint(repository: Path, name: str) -> None:
    shipped = load(repository / "src/pentrace/weights/default.safetensors").architecture
    assert TrainConfig.from_toml(repository / f"configs/{name}.toml").architecture() == shipped


def test_the_default_checkpoint_was_trained_by_the_recipe(repository: Path) -> None:
    training = load(repository / "src/pentrace/weights/default.safetensors").training
    assert training is not None
    recipe = TrainConfig.from_toml(repository / "configs/default.toml")
    assert TrainConfig.from_dict(training["config"]) == recipe


def test_without_the_history_make_model_says_what_to_fetch(repository: Path, tmp_path: Path) -> None:
    make, git = shutil.which("make"), shutil.which("git")
    if make is None or git is None:
        pytest.skip("needs make and git")
    shutil.copy(repository / "Makefile", tmp_path)
    subprocess.run([git, "init", "-q", str(tmp_path)], check=True)
    done = subprocess.run(
        [make, "-s", "runs/dcfbde5.safetensors"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    first, *_ = done.stderr.splitlines()
    assert first == (
        "make model: this clone lacks the commits with the teachers: run 'git fetch --unshallow'"
    )
    assert not (tmp_path / "runs").exists()
