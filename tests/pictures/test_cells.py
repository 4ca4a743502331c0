"""Cells over time: colours, the picture, and what `pentrace trace` writes (spec/cells.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.engine.writer import Writer
from pentrace.errors import InkError
from pentrace.ink import Ink
from pentrace.pictures.cell_colours import (
    QUANTITIES,
    ColourScale,
    Quantity,
    centre_of,
    palette,
    rounded_up,
    scale_of,
)
from pentrace.pictures.cells import cell_rows, clipping, draw
from pentrace.pictures.rhythm import plainest, rhythm
from tests.atlases import make_atlas
from tests.golden.cells import GOLDEN, golden
from tests.golden.engine import TINY, ink


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(load(TINY))


@pytest.fixture(scope="module")
def line() -> Ink:
    return Ink.from_offsets(ink())


@pytest.fixture
def file(line: Ink, tmp_path: Path) -> Path:
    from pentrace.ink import formats

    formats.write(line, tmp_path / "line.json")
    return tmp_path / "line.json"


def test_the_golden_colours_are_made_again() -> None:
    written: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = golden()
    for theme, colours in written["palettes"].items():
        assert np.abs(np.array(found["palettes"][theme]) - colours).max() <= 1
    assert found["values"] == written["values"]
    for what, shares in written["rhythm"].items():
        np.testing.assert_allclose(found["rhythm"][what], shares, rtol=1e-6, atol=1e-9)
    assert found["plainest"] == written["plainest"]
    for case, expected in zip(found["cases"], written["cases"], strict=True):
        assert case == expected


def test_the_middle_has_a_colour_of_its_own_and_what_lies_beyond_the_last() -> None:
    scale = ColourScale(0.5, np.array([0.25]))
    shares = scale.shares(np.array([[0.5], [0.75], [0.9], [0.0]], np.float32))
    assert scale.levels(shares).ravel().tolist() == [127, 254, 254, 0]
    assert scale.beyond(np.array([[0.5], [0.75], [0.9], [0.0]], np.float32)) == 0.5
    assert palette("light").shape == (255, 3)


@pytest.mark.parametrize(
    ("value", "rounder"), [(0, 1), (1, 1), (0.0101, 0.012), (7, 8), (8.1, 10), (0.3, 0.3), (123, 150)]
)
def test_limits_are_round(value: float, rounder: float) -> None:
    assert rounded_up(value) == rounder


def test_the_limits_of_gates_never_pass_their_ends() -> None:
    gates = np.array([[0.001, 0.999]] * 20, np.float32)
    assert scale_of(gates, "f").limits.tolist() == [0.5, 0.5]
    assert centre_of("f") == 0.5


@pytest.mark.parametrize("what", QUANTITIES)
def test_rows_are_those_of_the_trace_and_one_more(writer: Writer, line: Ink, what: Quantity) -> None:
    rows = cell_rows(writer, line, what)
    trace = writer.trace(line, gates=True)
    assert trace.gates is not None
    expected = trace.gates[:, :, "ifgo".index(what)] if what in "ifgo" else trace.arrays()[what]
    assert np.array_equal(rows.values[:-1], expected.reshape(len(trace), -1))
    assert len(rows.path) == len(rows.values) == len(trace) + 1
    if what == "h":
        assert np.array_equal(rows.values[-1], writer.state(line).h.ravel())


def test_the_picture_has_the_colours_of_the_cells_in_their_order(
    writer: Writer, line: Ink, tmp_path: Path
) -> None:
    rows = cell_rows(writer, line)
    count = rows.values.shape[1]
    draw(rows, tmp_path / "a.png", cells=(1,))
    draw(rows, tmp_path / "b.png", order=np.arange(count)[::-1], cells=(1,))
    plain, turned = (np.asarray(Image.open(tmp_path / name).convert("RGB")) for name in ("a.png", "b.png"))
    scale = scale_of(rows.values, "c")
    colours = np.rint(palette()[scale.levels(scale.shares(rows.values))] * 255)
    # A column of the heatmap, in the middle of a step: somewhere in the picture its colours stand from top to bottom.
    for picture, wanted in ((plain, colours[0]), (turned, colours[0][::-1])):
        columns = (run_colours(picture[:, x]) for x in range(picture.shape[1]))
        assert any(contains(column, wanted) for column in columns)


def run_colours(column: np.ndarray[Any, Any]) -> list[list[int]]:
    """The colours of a column of pixels, each run of equal ones once."""
    keep = np.concatenate(([True], (np.diff(column.astype(int), axis=0) != 0).any(axis=1)))
    found: list[list[int]] = column[keep].tolist()
    return found


def contains(column: list[list[int]], wanted: np.ndarray[Any, Any]) -> bool:
    """Whether the colours stand in the column one after the other, to a level of 1."""
    runs = np.array(run_colours(wanted))
    if len(column) < len(runs):
        return False
    windows = np.lib.stride_tricks.sliding_window_view(np.array(column), len(runs), axis=0)
    return bool((np.abs(windows.transpose(0, 2, 1) - runs).max(axis=(1, 2)) <= 1).any())


def test_the_ink_has_the_colours_of_the_chosen_cell(writer: Writer, line: Ink, tmp_path: Path) -> None:
    rows = cell_rows(writer, line)
    best = draw(rows, tmp_path / "a.svg")
    assert best == (plainest(rows.values, rhythm(rows.values, rows.path.points[:, 1])),)
    assert draw(rows, tmp_path / "b.svg", cells=best) == best
    other = (best[0] + 1) % rows.values.shape[1]
    draw(rows, tmp_path / "c.svg", cells=(other,))
    ours, same, others = ((tmp_path / f"{name}.svg").read_text(encoding="utf-8") for name in "abc")
    assert ours.count("stroke: #") == same.count("stroke: #")
    assert ours != others
    with pytest.raises(InkError, match=r"cells: expected 0 to \d+, found 9999"):
        draw(rows, tmp_path / "d.svg", cells=(9999,))
    assert not (tmp_path / "d.svg").exists()


def test_what_is_clipped_is_said() -> None:
    values = np.linspace(-2, 6, 100, dtype=np.float32)[:, None]
    assert "Nothing is clipped: the values lie from −2.00 to 6.00." in clipping(
        values, scale_of(values, "c", "full"), "full"
    )
    assert "50.0 % of the values lie beyond" in clipping(values, ColourScale(0, np.array([2.0])), "robust")


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "npz", "parquet", "nc"])
def test_the_command_writes_pictures_and_numbers(
    file: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = file.with_name(f"trace.{suffix}")
    assert main(["trace", str(file), "-c", str(TINY), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert str(out) in said
    assert out.stat().st_size > 100
    assert [path.name for path in file.parent.glob(".*")] == []


def test_the_command_takes_the_order_of_an_atlas(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = tmp_path / "tiny.safetensors"
    checkpoint.write_bytes(TINY.read_bytes())
    command = ["trace", str(file), "-c", str(checkpoint), "-o", str(tmp_path / "a.png")]
    assert main([*command, "--order", "leaf"]) == 1
    assert "expected tiny.atlas.safetensors beside the checkpoint" in capsys.readouterr().err
    make_atlas("1" * 64).save(tmp_path / "tiny.atlas.safetensors")
    assert main([*command, "--order", "correlation"]) == 1
    assert "atlas: expected one of tiny.safetensors" in capsys.readouterr().err
    assert main(command) == 0
    said = capsys.readouterr()
    assert "tiny.atlas.safetensors: atlas: expected one of tiny.safetensors, found one of tiny" in said.err
    assert "order none" in said.out
    (tmp_path / "tiny.atlas.safetensors").write_bytes(b"scrap")
    assert main(command) == 0
    assert "left out: " in capsys.readouterr().err
    assert main([*command, "--order", "none"]) == 0
    assert "order none" in capsys.readouterr().out
    assert main([*command[:-1], str(tmp_path / "a.txt")]) == 1
    assert "expected a name that ends in .svg, .png, .pdf, .npz, .parquet, .nc" in capsys.readouterr().err
