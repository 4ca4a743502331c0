"""Changing cells from the command line: the options of every command that runs the model, and `pentrace change`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pentrace import formats
from pentrace.cli import main
from pentrace.effects import ALL_MEASURES
from pentrace.interventions import Intervention
from pentrace.writer import Writer


@pytest.fixture(scope="module")
def checkpoint(golden: Path) -> Path:
    return golden / "tiny.safetensors"


def error(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) != 0
    return capfd.readouterr().err.strip()


def test_every_command_runs_under_the_change(checkpoint: Path, tmp_path: Path) -> None:
    model = ["-c", str(checkpoint)]
    options = ["--clamp", "3,7-9=0.5", "--scale", "1.h:2=0.25", "--shift", "h:3=-0.1"]
    made = (
        Intervention.clamp([3, 7, 8, 9], 0.5)
        .then(Intervention.scale(2, 0.25, of="h", layer=1))
        .then(Intervention.shift(3, -0.1, of="h"))
    )
    plain = Writer(checkpoint)
    changed = plain.with_intervention(made)

    ink = tmp_path / "ink.json"
    assert main(["write", "--seed", "2", "--steps", "40", "-o", str(ink), *options, *model]) == 0
    assert formats.read(ink) == changed.write(40, seed=2)
    assert formats.read(ink) != plain.write(40, seed=2)

    more = tmp_path / "more.json"
    assert (
        main(["continue", str(ink), "--seed", "1", "--steps", "20", "-o", str(more), *options, *model]) == 0
    )
    assert formats.read(more) == changed.continue_(formats.read(ink), 20, seed=1)

    fields = [tmp_path / "plain.svg", tmp_path / "changed.svg"]
    for field, extra in zip(fields, ([], options), strict=True):
        assert main(["futures", str(ink), "--count", "3", "-o", str(field), *extra, *model]) == 0
    assert fields[0].read_bytes() != fields[1].read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--clamp", "12"], "--clamp: expected CELLS=NUMBER such as 12,40-60=0, found '12'"),
        (["--scale", "12=x"], "--scale: expected a number after =, found 'x'"),
        (["--shift", "12-=1"], "cells: expected numbers and ranges such as 12,40-60, found '12-'"),
        (["--clamp", "30=1"], "cell 30: expected 0 to 29, as this model has"),
        (["--clamp", "2.c:3=1"], "layer 2: expected 0 to 1, as this model has"),
        (["--clamp", "3=nan"], "clamp: expected finite numbers"),
    ],
)
def test_changes_that_cannot_be(
    checkpoint: Path, options: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert message in error(capfd, "write", "--steps", "5", *options, "-c", str(checkpoint))


def test_an_effect_is_measured(checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["change", "--clamp", "1.h:0-9=1", "--samples", "20", "--steps", "20", "-c", str(checkpoint)]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cells"] == [f"1.h:{cell}" for cell in range(10)]
    assert set(found["figures"]) == set(ALL_MEASURES)
    assert all(len(figure["random"]) == 19 for figure in found["figures"].values())
    assert main([*command, "--draws", "3"]) == 0
    table = capsys.readouterr().out
    assert "pen lifts" in table
    assert "too few draws for a claim: 19 are needed" in " ".join(table.split())


def test_there_must_be_a_change(capfd: pytest.CaptureFixture[str]) -> None:
    assert "nothing is changed; use --clamp, --scale or --shift" in error(capfd, "change")
