"""Changing cells from the command line: the options of every command that runs the model, and `pentrace change`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pentrace.atlas import Atlas, beside
from pentrace.atlas.presets import from_record
from pentrace.cli import main
from pentrace.engine.interventions import Intervention
from pentrace.engine.writer import Writer
from pentrace.ink import formats
from pentrace.measure.effects import ALL_MEASURES
from tests.change_atlas import HIDDEN, measured_atlas


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


def test_an_effect_beyond_those_of_random_cells_is_bold(
    checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["change", "--clamp", "1.h:0=5", "--samples", "20", "--steps", "20", "-c", str(checkpoint)]
    assert main([*command, "--json"]) == 0
    slant = json.loads(capsys.readouterr().out)["figures"]["slant"]
    assert slant["beats_random"]
    assert main(command) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("slant ")]
    assert row.split()[:3] == ["slant", f"{slant['before']:.3f}", f"{slant['after']:.3f}"], "not its markup"


def test_there_must_be_a_change(capfd: pytest.CaptureFixture[str]) -> None:
    assert "nothing is changed; use --clamp, --scale, --shift or --preset" in error(capfd, "change")


@pytest.fixture(scope="module")
def known(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with an atlas beside it."""
    file = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    shutil.copy(checkpoint, file)
    measured_atlas().save(beside(file))
    return file


def written(tmp_path: Path, known: Path, *changes: str) -> object:
    out = tmp_path / "ink.json"
    assert main(["write", "--seed", "4", "--steps", "40", "-o", str(out), "-c", str(known), *changes]) == 0
    return formats.read(out)


def test_cells_by_what_they_follow(known: Path, tmp_path: Path) -> None:
    atlas, plain = measured_atlas(), Writer(known)
    numbers = [found.cell for found in atlas.cells_for("speed")]
    layers = [[n % HIDDEN for n in numbers if n // HIDDEN == layer] for layer in (0, 1)]
    made = Intervention.clamp(layers[0], 0.4).then(Intervention.clamp(layers[1], 0.4, layer=1))
    assert len(made.changes) == 10
    expected = plain.with_intervention(made).write(40, seed=4)
    assert written(tmp_path, known, "--clamp", "speed=0.4") == expected
    cluster = Intervention.scale(range(20, 30), 0.5, of="h")
    expected = plain.with_intervention(cluster).write(40, seed=4)
    assert written(tmp_path, known, "--scale", "h:cluster 2=0.5") == expected


def test_a_preset_of_the_atlas(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    effect = measured_atlas().effects[1]
    expected = Writer(known).with_intervention(from_record(effect, HIDDEN)).write(40, seed=4)
    assert written(tmp_path, known, "--preset", effect["name"]) == expected
    capsys.readouterr()
    assert main(["change", "--presets", "-c", str(known)]) == 0
    assert effect["name"] in capsys.readouterr().out
    assert main(["change", "--presets", "--json", "-c", str(known)]) == 0
    assert json.loads(capsys.readouterr().out) == Atlas.load(beside(known)).effects


def test_names_that_there_are_not(known: Path, checkpoint: Path, capfd: pytest.CaptureFixture[str]) -> None:
    there, alone = ["-c", str(known)], ["-c", str(checkpoint)]
    message = error(capfd, "write", "--clamp", "spede=1", *there)
    assert "cluster N, or one of pen lift in 1 step; speed; turn, found 'spede'" in message
    assert "expected cluster 0 to 5, found cluster 6" in error(
        capfd, "write", "--clamp", "cluster 6=1", *there
    )
    assert "--preset: expected one of no-lift, lift" in error(capfd, "write", "--preset", "no", *there)
    message = error(capfd, "write", "--clamp", "speed=1", *alone)
    assert "use numbers, or make an atlas with `pentrace atlas`" in message
