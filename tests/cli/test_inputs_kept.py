"""No command replaces what it reads: it says so before it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from pentrace.checkpoint import hand, load
from pentrace.checkpoint.hand import Hand
from pentrace.cli import main
from pentrace.ink import Ink, formats
from tests.golden.engine import TINY_TEXT, ink
from tests.hands import no_changes

TEXTS = ["--prime-text", "a", "--prime-text", "b"]


@pytest.mark.parametrize(
    ("command", "kept", "option"),
    [
        ("mix a.hand.safetensors b.hand.safetensors -o a.hand.safetensors", "a.hand.safetensors", "-o"),
        ("mix a.hand.safetensors b.hand.safetensors -o b.hand.safetensors", "b.hand.safetensors", "-o"),
        ("learn a-1.svg other.svg -o x.hand.safetensors --plot other.svg", "other.svg", "--plot"),
        ("learn a-1.svg -c base.hand.safetensors -o base.hand.safetensors", "base.hand.safetensors", "-o"),
        ("write --text hi --prime a-1.svg --prime other.svg -o other.svg", "other.svg", "-o"),
        ("write --prime a-1.svg --count 2 -o a.svg", "a-1.svg", "-o"),
        ("write --prime other.svg -o linked.svg", "linked.svg", "-o"),
        ("import distill other.svg -o other.svg", "other.svg", "-o"),
        (
            "fit-hands base.hand.safetensors d --alignment a -o base.hand.safetensors",
            "base.hand.safetensors",
            "-o",
        ),
        ("fit-traits t.safetensors d.parquet --alignment a.json -o a.json", "a.json", "-o"),
        ("data check d.parquet --skip other.svg -o other.svg", "other.svg", "-o"),
        ("data align other.svg -o other.svg", "other.svg", "-o"),
        ("data recogniser d.parquet --val other.svg -o other.svg", "other.svg", "-o"),
    ],
)
def test_an_input_is_not_replaced(
    command: str,
    kept: str,
    option: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    base = load(TINY_TEXT)
    for name in ("a", "b"):
        made = Hand(base.sha256, no_changes(base), 1, 100, 0, 6.0, 6.0)
        hand.save(made, f"{name}.hand.safetensors")
    for name in ("a-1.svg", "other.svg"):
        formats.write(Ink.from_offsets(ink(), 0.025), Path(name))
    Path("linked.svg").symlink_to("other.svg")
    Path("base.hand.safetensors").write_bytes(TINY_TEXT.read_bytes())
    Path("a.json").write_text("{}")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    arguments = command.split()
    if "--text" in arguments:
        arguments += TEXTS
    if arguments[0] in ("write", "mix"):
        arguments += ["-c", str(TINY_TEXT)]
    assert main(arguments) == 1
    assert f"{kept}: this is the input; name another file with {option}\n" in capsys.readouterr().err
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
