"""Traits of a hand that are turned up and down in a typed text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pentrace import Writer
from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.engine.traits import NAMES, STORED, changed
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import TextError
from pentrace.ink import formats
from pentrace.measure.fit_traits import MEASURED, traits_of
from tests.engine_reference import HYPER, random_checkpoint
from tests.golden.traits import GOLDEN, golden
from tests.measure.test_fit_hands import model

TEXT = "of all these ships"
HANDS = (20, 300, 700)
LEAST = {"slant": 4.0, "height": 0.1, "width a character": 0.1, "spacing": 0.1}
"""What a change by one standard deviation does at least: degrees, and shares of a size."""


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(load(TEXT_CHECKPOINT))


def means(writer: Writer, **traits: float) -> dict[str, float]:
    """The traits of some lines; of sizes the logarithm."""
    inks = [writer.write_text(TEXT, hand=hand, traits=traits, seed=1, candidates=1).ink for hand in HANDS]
    table = np.array([traits_of(ink, TEXT) for ink in inks])
    table[:, 1:] = np.log(table[:, 1:])
    return dict(zip(MEASURED, table.mean(axis=0), strict=True))


@pytest.mark.parametrize(
    ("name", "measured", "sign"),
    [
        ("slant", "slant", 1),
        ("size", "height", 1),
        ("width", "width a character", 1),
        ("spacing", "spacing", 1),
        ("joins", "strokes a character", -1),
        ("pace", "points a character", -1),
    ],
)
def test_what_is_turned_up_is_found_in_the_ink(writer: Writer, name: str, measured: str, sign: int) -> None:
    less, more = means(writer, **{name: -1.0}), means(writer, **{name: 1.0})
    assert sign * (more[measured] - less[measured]) > LEAST.get(measured, 0.15)


def test_the_code_is_a_sum_that_is_rounded_once(writer: Writer) -> None:
    base = writer.base
    table = json.loads(STORED.read_text(encoding="utf-8"))
    assert table["checkpoint"] == base.sha256
    code = writer.engine.hand_code(7)
    expected = code.astype(np.float64)
    for name, amount in (("slant", 1.5), ("pace", -0.25)):
        expected = expected + amount * np.array(table["traits"][name])
    found = changed(base.sha256, code, {"pace": -0.25, "slant": 1.5})
    np.testing.assert_array_equal(found, expected.astype(np.float32))
    np.testing.assert_array_equal(changed(base.sha256, code, {}), code)
    by_code = writer.write_text("go", hand=found, candidates=1).ink
    assert by_code == writer.write_text("go", hand=7, traits={"slant": 1.5, "pace": -0.25}, candidates=1).ink


def test_traits_that_cannot_be_changed_are_refused(writer: Writer) -> None:
    with pytest.raises(TextError, match=r"expected some of slant, .* pace, found 'speed'"):
        writer.write_text("go", traits={"speed": 1})
    for amount in (2.5, float("nan")):
        with pytest.raises(TextError, match=r"expected slant from -2 to 2, found "):
            writer.write_text("go", traits={"slant": amount})
    other = Writer(random_checkpoint(1, 12, 3, text=model(alphabet=" go"), **HYPER))
    with pytest.raises(TextError, match=r"expected the included checkpoint .* found another"):
        other.write_text("go", traits={"slant": 1})


def test_the_command_turns_traits(tmp_path: Path, capsys: pytest.CaptureFixture[str], writer: Writer) -> None:
    out = tmp_path / "go.json"
    command = ["write", "--text", "go", "--hand", "7", "--seed", "0", "-o", str(out)]
    assert main([*command, "--trait", "slant=1.5", "--trait", "pace=-0.25"]) == 0
    expected = writer.write_text("go", hand=7, traits={"slant": 1.5, "pace": -0.25}, seed=0).ink
    np.testing.assert_allclose(formats.read(out).points, expected.points, atol=1e-3)
    assert main([*command, "--trait", "slant"]) == 2
    assert "expected NAME=X, such as slant=1, found slant" in capsys.readouterr().err
    assert main(["write", "--trait", "slant=1"]) == 2
    assert "--trait wants --text" in capsys.readouterr().err


def test_all_traits_are_stored() -> None:
    assert tuple(json.loads(STORED.read_text(encoding="utf-8"))["traits"]) == NAMES


def test_the_golden_codes_are_made_again() -> None:
    assert json.loads(GOLDEN.read_text(encoding="utf-8")) == golden()
