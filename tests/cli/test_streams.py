"""Inks from standard input, results to standard output, formats, several samples, dark colours, progress."""

from __future__ import annotations

import errno
import io
import json
import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pentrace.checkpoint.hand import decode as decode_hand
from pentrace.checkpoint.hand import load as load_hand
from pentrace.cli import main
from pentrace.cli.common import output
from pentrace.ink import Ink, formats


class Bytes(io.TextIOWrapper):
    """A standard stream on bytes in memory."""

    def __init__(self, content: bytes = b"", terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def written(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


@pytest.fixture
def model(tiny_checkpoint: Path) -> list[str]:
    return ["-c", str(tiny_checkpoint)]


@pytest.fixture
def ink() -> Ink:
    x = np.arange(60)
    return Ink(np.stack((4 * x, 30 * np.sin(x / 3)), axis=1), x % 20 == 19)


def pipe(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], given: bytes = b"", terminal: bool = False
) -> tuple[int, bytes]:
    out = Bytes(terminal=terminal)
    monkeypatch.setattr(sys, "stdin", Bytes(given, terminal))
    monkeypatch.setattr(sys, "stdout", out)
    return main(arguments), out.written()


@pytest.mark.parametrize("suffix", [".json", ".svg", ".inkml"])
def test_an_ink_comes_from_standard_input_in_any_format(
    monkeypatch: pytest.MonkeyPatch, model: list[str], ink: Ink, suffix: str
) -> None:
    dumps = formats.FORMATS[suffix].dumps
    assert dumps is not None
    status, found = pipe(monkeypatch, ["neaten", "-", "-o", "-", "--format", "json", *model], dumps(ink))
    assert status == 0
    assert len(formats.decode(found, "found")) > 20


def test_a_pipe_of_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: list[str]
) -> None:
    status, written = pipe(monkeypatch, ["write", "--seed", "3", "--steps", "40", "-o", "-", *model])
    assert status == 0
    assert written.startswith(b"<svg ")
    assert capsys.readouterr().err == "pentrace: 40 steps, seed 3, variation 0.6\n"
    status, longer = pipe(monkeypatch, ["continue", "-", "-o", "-", "--format", "json", *model], written)
    assert status == 0
    assert json.loads(longer)["format"] == "pentrace-ink"


@pytest.mark.parametrize(
    ("command", "beginning"),
    [
        (["futures", "-", "--count", "2"], b"<svg "),
        (["futures", "-", "--count", "2", "--format", "png"], b"\x89PNG"),
        (["futures", "-", "--count", "2", "--format", "npz"], b"PK"),
        (["trace", "-", "--format", "npz"], b"PK"),
        (["trace", "-", "--format", ".parquet"], b"PAR1"),
        (["neaten", "-", "--format", "png"], b"\x89PNG"),
    ],
)
def test_results_go_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, model: list[str], ink: Ink, command: list[str], beginning: bytes
) -> None:
    status, found = pipe(monkeypatch, [*command, "-o", "-", *model], formats.json.dumps(ink))
    assert status == 0
    assert found.startswith(beginning)


def test_futures_are_numbers_too(tmp_path: Path, model: list[str], ink: Ink) -> None:
    formats.write(ink, tmp_path / "a.json")
    command = ["futures", str(tmp_path / "a.json"), "--count", "3", "--steps", "4", *model]
    assert main([*command, "-o", str(tmp_path / "f.npz")]) == 0
    with np.load(tmp_path / "f.npz") as found:
        n = len(found["offsets"])
        assert found["futures"].shape == (n + 1, 3, 4, 3)
        assert found["lift"].shape == (n,)


def test_a_count_numbers_files_and_seeds(
    tmp_path: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["write", "--steps", "20", *model]
    assert main([*command, "--seed", "5", "--count", "10", "-o", str(tmp_path / "s.json")]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"s-{k:02d}.json" for k in range(1, 11)]
    assert f"{tmp_path / 's-10.json'}: 20 steps, seed 14, variation 0.6" in capsys.readouterr().out
    assert main([*command, "--seed", "14", "-o", str(tmp_path / "one.json")]) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "s-10.json").read_bytes()


def test_several_samples_on_standard_output_are_a_document_a_line(
    monkeypatch: pytest.MonkeyPatch, model: list[str]
) -> None:
    command = ["write", "--steps", "20", "--count", "3", "-o", "-", "--format", "json", *model]
    status, found = pipe(monkeypatch, command)
    assert status == 0
    assert [json.loads(line)["format"] for line in found.splitlines()] == ["pentrace-ink"] * 3


def test_dark_pictures_have_light_ink(tmp_path: Path, model: list[str]) -> None:
    command = ["write", "--steps", "30", "--seed", "1", "--dark", *model]
    assert main([*command, "-o", str(tmp_path / "a.svg")]) == 0
    assert '"#efe9dc"' in (tmp_path / "a.svg").read_text()
    assert main([*command, "-o", str(tmp_path / "a.png")]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (0x16, 0x1A, 0x22)


def test_a_format_overrides_the_name(tmp_path: Path, model: list[str]) -> None:
    assert main(["write", "--steps", "9", "-o", str(tmp_path / "a.ink"), "--format", "json", *model]) == 0
    assert json.loads((tmp_path / "a.ink").read_text())["format"] == "pentrace-ink"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ink"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["write", "--format", "svg"],
            "--format: expected -o FILE or -o - too, since nothing is written without",
        ),
        (["write", "--dark"], "--dark: expected -o FILE or -o - too, since nothing is written without"),
        (
            ["write", "-o", "-", "--format", "gif"],
            "--format gif: expected one of .svg, .png, .json, .inkml",
        ),
        (
            ["write", "-o", "a.json", "--dark"],
            "--dark: expected a picture (.svg, .png), found .json, which has no colours",
        ),
        (
            ["write", "-o", "-", "--count", "2"],
            "--count: expected --format json on standard output, found .svg",
        ),
        (
            ["write", "-o", "-", "--format", "png"],
            "standard output: expected a pipe or a file for .png, found a terminal",
        ),
        (["neaten", "-"], "standard input: expected an ink from a pipe or a file, found a terminal"),
    ],
)
def test_what_cannot_be_is_said_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    model: list[str],
    arguments: list[str],
    message: str,
) -> None:
    assert pipe(monkeypatch, [*arguments, *model], terminal=True)[0] == 1
    assert capsys.readouterr().err == f"pentrace: {message}\n"


def test_scrap_on_standard_input_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: list[str]
) -> None:
    assert pipe(monkeypatch, ["neaten", "-", *model], b"scrap")[0] == 1
    assert re.match(r"pentrace: standard input: \S+", capsys.readouterr().err)


def test_long_work_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, tiny_checkpoint: Path) -> None:
    error = Bytes(terminal=True)
    monkeypatch.setattr(sys, "stderr", error)
    monkeypatch.setattr(output, "PATIENCE", 0.05)

    class Working:
        steps_done = 100

    engine = Working()
    with output.progress(engine, 2000):  # type: ignore[arg-type]
        engine.steps_done = 1100
        time.sleep(0.8)
    assert b"\rpentrace: 1,000 of 2,000 points (Ctrl-C ends it)" in error.written()
    assert error.written().endswith(b"\r\x1b[K")


def test_quick_work_says_nothing(monkeypatch: pytest.MonkeyPatch, model: list[str]) -> None:
    error = Bytes(terminal=True)
    monkeypatch.setattr(sys, "stderr", error)
    assert main(["write", "--steps", "20", *model]) == 0
    assert error.written() == b""


@pytest.mark.parametrize("options", [[], ["--format", "json"]])
def test_a_full_disk_leaves_the_old_file_and_names_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    model: list[str],
    ink: Ink,
    options: list[str],
) -> None:
    """Whether a command writes the file itself (futures) or a format does (neaten)."""
    source, target = tmp_path / "ink.json", tmp_path / ("old.svg" if options else "old.npz")
    formats.write(ink, source)
    target.write_bytes(b"old")

    def full(path: Path, *_: object, **__: object) -> None:
        with path.open("wb") as file:
            file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    monkeypatch.setattr(Path, "write_bytes", full)
    command = "neaten" if options else "futures"
    assert main([command, str(source), "-o", str(target), *options, *model]) == 1
    message = f"pentrace: {target}: cannot be written (No space left on device)\n"
    assert capsys.readouterr().err == message
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ink.json", target.name]


def test_hands_are_piped_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    x = np.arange(180)
    line = formats.json.dumps(Ink(np.stack((4 * x, 30 * np.sin(x / 3)), axis=1), x % 20 == 19))
    status, learned = pipe(monkeypatch, ["learn", "-", "--passes", "1", "-o", "-"], line)
    assert status == 0
    assert "1 line, " in capsys.readouterr().err
    out = tmp_path / "half.hand.safetensors"
    status, said = pipe(monkeypatch, ["mix", "-", "--share", "0.5", "-o", str(out)], learned)
    assert (status, said.decode()) == (0, f"{out}: a mix of - 0.5\n")
    assert load_hand(out).base == decode_hand(learned, "").base
    assert pipe(monkeypatch, ["mix", str(out), "-o", "-"], terminal=True)[0] == 1
    assert "standard output: expected a pipe or a file for a hand" in capsys.readouterr().err
    assert pipe(monkeypatch, ["mix", "-", "-o", "-"], b"no hand")[0] == 1
    assert "standard input: expected a safetensors file" in capsys.readouterr().err
