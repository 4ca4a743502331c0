"""Finding the changes of a hand code that turn a trait up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pentrace.checkpoint import load, save
from pentrace.cli import main
from pentrace.engine.traits import NAMES
from pentrace.errors import CheckpointError
from pentrace.measure.fit_hands import slopes_of, smallest_steps
from pentrace.measure.fit_traits import MEASURED, dumps, fit_traits
from tests.engine_reference import HYPER, random_checkpoint
from tests.measure.test_fit_hands import data, model

__all__ = ["data"]  # the fixture


def test_the_smallest_step_changes_one_trait_alone() -> None:
    rng = np.random.default_rng(2)
    slopes = rng.normal(0, 1, (3, 12))
    codes = rng.normal(0, 1, (500, 12))
    found = slopes_of(codes, codes @ slopes.T + rng.normal(0, 0.01, (500, 3)))
    np.testing.assert_allclose(found, slopes, atol=0.02)
    steps = smallest_steps(found, np.eye(3))
    np.testing.assert_allclose(steps @ slopes.T, np.eye(3), atol=0.1)


def test_the_same_seed_gives_the_same_changes(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, alignment = data
    save(random_checkpoint(1, 12, 3, text=model(), **HYPER), tmp_path / "base.safetensors")
    base = load(tmp_path / "base.safetensors")
    found = fit_traits(base, [lines], alignment, lines=2, seed=3)
    assert found.people.shape == (len(MEASURED),)
    out = tmp_path / "traits.json"
    command = ["fit-traits", str(tmp_path / "base.safetensors"), str(lines), "--alignment", str(alignment)]
    assert main([*command, "--lines", "2", "--seed", "3", "-o", str(out)]) == 0
    assert " degrees" in capsys.readouterr().out
    assert out.read_text(encoding="utf-8") == dumps(base.sha256, found)
    table = json.loads(out.read_text(encoding="utf-8"))
    assert [len(change) for change in table["traits"].values()] == [5] * len(NAMES)


def test_a_checkpoint_without_hands_is_refused(data: tuple[Path, Path]) -> None:
    lines, alignment = data
    with pytest.raises(CheckpointError, match="expected a checkpoint that knows text and hands"):
        fit_traits(random_checkpoint(1, 12, 3, **HYPER), [lines], alignment)
