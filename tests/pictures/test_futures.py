"""The field of futures: veers, colours, forks, and the drawing of it (spec/futures.md)."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.engine.mixture import branches
from pentrace.engine.writer import Writer
from pentrace.ink import Ink, formats
from pentrace.pictures.futures import colours, opacity, veer
from tests.golden.engine import ROOT, TINY
from tests.golden.futures import GOLDEN, MIXTURES, mixture


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    golden: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return golden


def test_the_golden_field_is_drawn_again_bit_for_bit(written: dict[str, Any]) -> None:
    offsets = np.array(written["offsets"], np.float32).reshape(-1, 3)
    field = Writer(load(ROOT / written["checkpoint"])).futures(
        Ink.from_offsets(offsets),
        written["count"],
        written["steps"],
        seed=int(written["seed"]),
        variation=written["variation"],
    )
    assert field.shape == (len(offsets) + 1, written["count"], written["steps"], 3)
    assert field.ravel().tolist() == written["futures"]
    np.testing.assert_allclose(veer(offsets, field).ravel(), written["veer"], atol=1e-6)


def test_the_golden_colours_and_opacities(written: dict[str, Any]) -> None:
    for theme in ("light", "dark"):
        found = colours(written["scale"], theme).ravel()
        np.testing.assert_allclose(found, written["colours"][theme], atol=1e-6)
    falling = [opacity(k + 1, written["steps"], written["count"]) for k in range(written["steps"])]
    np.testing.assert_allclose(falling, written["opacity"], atol=1e-12)


def straight(n: int, dx: float, dy: float) -> npt.NDArray[np.float32]:
    return np.tile(np.array([dx, dy, 0], np.float32), (n, 1))


@pytest.mark.parametrize(
    ("dx", "dy", "degrees"),
    [(1, 0, 0), (1, 1, 45), (0, 1, 90), (0, -1, -90), (1, -1, -45)],
    ids=["along", "down and right", "right", "left", "up and left"],
)
def test_right_of_the_path_is_above_zero(dx: float, dy: float, degrees: float) -> None:
    path = straight(6, 1, 0)  # rightwards, so down is on the right-hand side
    field = np.broadcast_to(straight(3, dx, dy), (7, 2, 3, 3)).copy()
    angles = np.degrees(veer(path, field))
    np.testing.assert_allclose(angles[:6], degrees, atol=1e-9)
    assert not angles[6].any(), "after the last point the path does not go on"


def test_a_future_that_is_the_path_does_not_veer() -> None:
    turns = np.stack([np.cos(np.arange(9)), np.sin(np.arange(9)), np.zeros(9)], axis=1).astype(np.float32)
    field = np.stack([turns[p : p + 3] for p in range(7)])[:, None]
    assert not veer(turns[:6], field)[:4].any()


def test_left_is_orange_and_right_is_blue_green() -> None:
    left, middle, right = colours([-math.pi / 2, 0, math.pi / 2])
    assert left[0] > 0.7 > 0.5 > left[1] > left[2]
    assert right[0] < 0.1 < 0.4 < right[1] < right[2]
    assert np.ptp(middle) < 0.1
    steps = colours(np.linspace(-math.pi, math.pi, 2001))
    assert np.abs(np.diff(steps, axis=0)).max() < 0.02, "the scale is continuous"


# Viénot, Brettel and Mollon 1999, for linear sRGB.
BLINDNESS = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", BLINDNESS)
def test_colour_blind_readers_tell_left_from_right(theme: Any, kind: str) -> None:
    ends = colours([-math.pi / 2, 0, math.pi / 2], theme)
    linear = np.where(ends <= 0.04045, ends / 12.92, ((ends + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(BLINDNESS[kind]).T, 0, 1) ** (1 / 2.2)
    left, middle, right = seen
    # What is left to them is mostly blue against yellow.
    assert (right[2] - right[0]) - (left[2] - left[0]) > 0.3
    assert min(np.abs(left - middle).max(), np.abs(right - middle).max()) > 0.1


BRANCHES = {
    "one": [1.0],
    "two apart": [0.6, 0.4],
    "two that overlap": [1.0],
    "one between joins the heavier": [0.6, 0.4],
    "a chain does not join its ends": [0.45, 0.45],
    "the other is unlikely": [0.86],
    "what does not count joins nothing": [0.5, 0.495],
    "apart across the correlation": [0.5, 0.5],
    "together along the correlation": [1.0],
}


@pytest.mark.parametrize("name", MIXTURES)
def test_forks(name: str, written: dict[str, Any]) -> None:
    row = mixture(MIXTURES[name])
    assert [branch.weight for branch in branches(row)] == pytest.approx(BRANCHES[name], abs=1e-6)
    assert written["branches"][name]["mixture"] == row.tolist()
    assert written["branches"][name]["weights"] == pytest.approx(BRANCHES[name], abs=1e-6)


@pytest.fixture
def line(tmp_path: Path) -> Path:
    file = tmp_path / "line.json"
    formats.write(Ink.from_offsets(straight(9, 0.5, 0.1), 0.025), file)
    return file


def picture(line: Path, *options: str) -> str:
    out = line.with_name("field.svg")
    assert main(["futures", str(line), "-o", str(out), "-c", str(TINY), *options]) == 0
    return out.read_text()


def test_the_command_draws_one_picture_a_seed(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = picture(line, "--count", "3", "--steps", "4")
    assert "3 futures of 4 points at 10 steps, seed 1" in capsys.readouterr().out
    assert first == picture(line, "--count", "3", "--steps", "4")
    assert first != picture(line, "--count", "3", "--steps", "4", "--seed", "2")
    assert first != picture(line, "--count", "3", "--steps", "4", "--dark")


def test_the_drawing_has_the_segments_with_the_pen_down(line: Path) -> None:
    drawn = picture(line, "--count", "3", "--steps", "4")
    field = Writer(TINY).futures(formats.read(line), 3, 4, seed=1, variation=0.7)
    down = field[:, :, :-1, 2] == 0
    strands = drawn[: drawn.rindex('<g fill="none" stroke=')]
    assert len(re.findall(r"M-?\d+ -?\d+l", strands)) == down.sum() + 10 * 3


def test_the_command_wants_a_drawing_and_another_name(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["futures", str(line), "-o", "field.pdf"]) == 1
    assert "field.pdf: expected a name that ends in .svg, .png, .npz" in capsys.readouterr().err
