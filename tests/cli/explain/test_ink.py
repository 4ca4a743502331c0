"""`pentrace explain` prints what the functions give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pentrace.cli import main
from pentrace.engine.writer import TEXT_CHECKPOINT, Writer
from pentrace.explain import hands
from pentrace.explain import patch as patching
from pentrace.explain.hands import Slope
from pentrace.explain.inputs import inputs
from pentrace.explain.memory import memory
from pentrace.explain.patch import LETTER, Patches, patch
from pentrace.explain.reading import write_line
from pentrace.explain.votes import fork_gaps, silence, votes
from pentrace.ink import Ink, formats

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def ink(tmp_path: Path) -> tuple[str, Ink]:
    made = Writer().write(90, seed=3)
    file = tmp_path / "ink.json"
    formats.write(made, file)
    return str(file), formats.read(file)


def printed(capfd: Capture, *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capfd.readouterr().out


def test_votes(ink: tuple[str, Ink], capfd: Capture) -> None:
    file, made = ink
    writer = Writer()
    gaps = fork_gaps(writer, made)
    step = min(gaps, key=lambda each: gaps[each])
    found = json.loads(printed(capfd, "votes", file, "--draws", "1", "--cells", "3", "--json"))
    expected = votes(writer, made, step)
    assert (found["step"], found["log_odds"]) == (step, expected.log_odds)
    assert found["weight"] == expected.weight.tolist()
    assert found["silenced"]["always"] == silence(writer, made, expected, 3, draws=1).always
    text = printed(capfd, "votes", file, "--step", "40", "--components", "3,8", "--top", "2", "--draws", "0")
    lines = text.splitlines()
    assert lines[3].startswith("498 other cells")
    assert lines[5].split()[:2] == ["together", f"{votes(writer, made, 40, 3, 8).log_odds:+.3f}"]
    assert "random cells none drawn" in " ".join(text.split())


def test_inputs_of_a_text(capfd: Capture) -> None:
    options = ["--text", "hi", "--hand", "7", "--seed", "1", "--step", "12"]
    found = json.loads(printed(capfd, "inputs", *options, "--json"))
    writer = Writer(TEXT_CHECKPOINT)
    expected = inputs(writer, write_line(writer, "hi", hand=7, seed=1), 12)
    assert found["parts"]["hand"] == expected.parts["hand"].tolist()
    assert found["characters"] == {"character": "h", "character +1": "i"}
    text = printed(capfd, "inputs", *options)
    assert "character +1 'i'" in text
    assert "likeliest way" in text


def test_memory(ink: tuple[str, Ink], capfd: Capture) -> None:
    file, made = ink
    found = json.loads(printed(capfd, "memory", file, "--step", "60", "--futures", "0", "--json"))
    expected = memory(Writer(), made, 60, futures=0)
    assert [one["divergence"] for one in found] == [one.divergence for one in expected]
    assert "tremble" in printed(capfd, "memory", file, "--step", "60", "--futures", "0")
    assert found[0]["letters"] is None
    table = printed(capfd, "memory", file, "--step", "60", "--futures", "2", "--letters")
    assert "another letter" in table
    assert " of 2" in table


def test_patch(ink: tuple[str, Ink], tmp_path: Path, capfd: Capture) -> None:
    file, made = ink
    other = tmp_path / "other.json"
    formats.write(Writer().write(30, seed=4), other)
    options = ["--cells", "3-5", "--draws", "1", "--futures", "4", "--steps", "20"]
    found = json.loads(printed(capfd, "patch", file, str(other), *options, "--json"))
    expected = patch(Writer(), made, formats.read(other), [3, 4, 5], draws=1, futures=4, steps=20)
    assert found["both"] == expected.both
    assert "pen rhythm" in printed(capfd, "patch", file, str(other), *options)


def test_patch_along_texts(golden: Path, capfd: Capture) -> None:
    checkpoint = golden / "tiny-text.safetensors"
    options = ["--cells", "3", "--draws", "1", "--futures", "4", "--checkpoint", str(checkpoint)]
    said = ["--text", "bad cab", "--text", "dab", "--hand", "1"]
    found = json.loads(printed(capfd, "patch", *said, "--steps", "10", *options, "--json"))
    writer = Writer(checkpoint)
    one, other = (write_line(writer, text, hand=1, seed=seed) for seed, text in enumerate(("bad cab", "dab")))
    assert found["both"] == patch(writer, one, other, [3], draws=1, futures=4, steps=10).both
    # No line goes on for so long: the numbers are missing in the table, and JSON has no NaN.
    arguments = ["patch", "--text", "dab", *options, "--steps", "4000"]
    assert json.loads(printed(capfd, *arguments, "--json"))["a"]["slant"] is None
    table = printed(capfd, *arguments)
    assert "nan" not in table
    assert "those of a text that ends before do not count" in " ".join(table.split())


def test_patches(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        "all cells": Patches(2, (0, 1), {"slant": Slope(0.5, 0.1), LETTER: Slope(0.9, 0.2)}),
        "a random direction": Patches(0, (), {"slant": Slope(0.01, 0.02)}),
    }
    monkeypatch.setattr(hands, "lines_of_hands", lambda *_: hands.own_lines(Writer().engine)[:8])
    monkeypatch.setattr(patching, "patches", lambda *_, **__: found)
    rows = [line.split("  ") for line in printed(capfd, "patches", "data").splitlines()]
    assert [[word.strip() for word in row if word.strip()] for row in rows[:3]] == [
        ["slant", "letter"],
        ["all cells", "+0.50 (0.10)", "+0.90 (0.20)"],
        ["a random direction", "+0.01 (0.02)", "-"],
    ]
    groups = json.loads(printed(capfd, "patches", "data", "--json"))["groups"]
    assert groups["all cells"]["numbers"] == [0, 1]
    assert groups["a random direction"]["slopes"] == {"slant": {"slope": 0.01, "error": 0.02}}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["votes"], "expected an INK or --text TEXT, found neither (see pentrace explain votes --help)"),
        (["inputs", "INK", "--hand", "3"], "hand: expected a model that knows text, found one that does not"),
        (["memory", "INK", "--text", "quite another thing"], "expected the text of the ink, found"),
        (["votes", "INK", "--components", "3"], "expected two numbers such as 3,19, found '3'"),
        (["votes", "INK", "--step", "91"], "step: expected 0 to 90, found 91"),
        (["patch", "INK", "INK", "--at", "3"], "--at: expected two numbers such as 80,120, found '3'"),
        (["patch", "INK", "--text", "a"], "expected two inks, or none and --text TEXT, found one ink"),
        (["patch"], "expected an INK or --text TEXT, found neither"),
        (["patch", *3 * ["--text", "a"]], "--text: expected it once or twice, found it 3 times"),
        (["patches", "INK", "--sizes", "a"], "--sizes: expected numbers such as 10,50, found 'a'"),
    ],
)
def test_errors(arguments: list[str], message: str, ink: tuple[str, Ink], capfd: Capture) -> None:
    assert main(["explain", *(ink[0] if part == "INK" else part for part in arguments)]) != 0
    assert message in capfd.readouterr().err
