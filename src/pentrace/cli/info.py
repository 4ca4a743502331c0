"""`pentrace info`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pentrace.cli.common import options
from pentrace.cli.common.text import print_json, printable
from pentrace.errors import HandError

if TYPE_CHECKING:
    from pentrace.checkpoint import Checkpoint
    from pentrace.checkpoint.hand import Hand


def info(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="A checkpoint, or a hand.  [default: the one included]", show_default=False
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    r"""Describe a checkpoint: its data, their terms, its score. Or a hand, and whether it holds the ink of its owner.

    \b
    Examples:
      pentrace info
      pentrace info runs/mine/best.safetensors
      pentrace info mine.hand.safetensors
      pentrace info --json | jq .score
    """
    from pentrace.checkpoint import checkpoint, hand

    path = file or options.default_checkpoint()
    if path.name.endswith(hand.SUFFIX):
        learned = hand.load(path)
        found, rows = hand_object(learned, path), hand_facts(learned, path)
    else:
        loaded = checkpoint.load(path)
        found, rows = as_object(loaded, path), facts(loaded, path)
    if as_json:
        print_json(found, indent=2)
    else:
        show([(printable(label), printable(words)) for label, words in rows])


def as_object(checkpoint: Checkpoint, path: Path) -> dict[str, Any]:
    """The facts of a checkpoint, as JSON has it; null if not known."""
    architecture = checkpoint.architecture
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "name": checkpoint.name,
        "architecture": architecture.described(),
        "weights": weights(checkpoint),
        "units_per_raw_unit": checkpoint.units_per_raw_unit,
        "data": checkpoint.data,
        "score": checkpoint.score,
        "training": checkpoint.training,
    }


def weights(checkpoint: Checkpoint) -> int:
    """The number of learned weights, without the scales of packed rows."""
    return sum(tensor.size for name, tensor in checkpoint.tensors.items() if not name.endswith(".scale"))


def facts(checkpoint: Checkpoint, path: Path) -> Iterator[tuple[str, str]]:
    """The facts of a checkpoint, as labels and text; those not known are left out."""
    architecture = checkpoint.architecture
    normalised = " with layer normalisation" if architecture.normalised else ""
    if architecture.code:
        normalised += f" modulated by a code of {architecture.code} numbers"
    layers = f"{architecture.layers} layers of " if architecture.layers > 1 else ""
    yield "name", checkpoint.name
    yield "file", f"{path}, {path.stat().st_size / 1e6:.2f} MB"
    yield (
        "model",
        f"LSTM{normalised}, {layers}{architecture.hidden} cells, {architecture.mixtures} mixture components, "
        f"{weights(checkpoint):,} weights",
    )
    yield "units", f"1 model unit = {1 / checkpoint.units_per_raw_unit:g} raw units"
    if architecture.text is not None:
        yield (
            "text",
            f"in {architecture.text.hands or 'no'} hands, of the characters {architecture.text.alphabet}",
        )
    if checkpoint.score is not None:
        yield "score", score(checkpoint.score)
    for label, value in checkpoint.data.items():
        yield "data" if label == "name" else label, listed(value)
    for label, value in (checkpoint.training or {}).items():
        # Settings would fill a screen; --json has them.
        if not isinstance(value, dict):
            yield label, listed(value)


def hand_object(hand: Hand, path: Path) -> dict[str, Any]:
    """The facts of a hand, as JSON has it; null if not known."""
    names = ("base", "lines", "points", "held_back", "before", "after", "share")
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        **{name: getattr(hand, name) for name in names},
        "ink": [{"points": len(ink), "text": text} for ink, text in zip(hand.ink, hand.texts, strict=True)],
    }


def share_kept(hand: Hand) -> str:
    """How much a learned hand keeps."""
    from pentrace.checkpoint.hand_changes import HAND_CODE

    assert hand.share is not None  # noqa: S101 - only a mix has none
    code = ", and the whole hand code" if HAND_CODE in hand.tensors else ""
    return f"{100 * hand.share:g}% of what changed{code}"


def scored_on(hand: Hand) -> str:
    """Which lines a hand's scores are of."""
    return "a line held back" if hand.held_back else "the lines themselves"


def hand_facts(hand: Hand, path: Path) -> Iterator[tuple[str, str]]:
    """The facts of a hand, as labels and text."""
    from pentrace.engine.writer import included_base

    yield "hand", f"learned from {hand.lines} lines, {hand.points:,} points"
    yield "file", f"{path}, {path.stat().st_size:,} bytes"
    try:
        base = f"{included_base(hand).name}, which is included"
    except HandError:
        base = "a checkpoint that is not included"
    yield "base", f"{base} ({hand.base[:12]})"
    if hand.before is not None and hand.after is not None:
        yield "score", f"{hand.before:.3f} nats a point before, {hand.after:.3f} after, on {scored_on(hand)}"
    if hand.share is not None:
        yield "share", share_kept(hand)
    points = sum(map(len, hand.ink))
    yield (
        "ink",
        f"{len(hand.ink)} lines, {points:,} points, are in the file" if hand.ink else "not in the file",
    )


def show(rows: list[tuple[str, str]]) -> None:
    """Prints labels and text in two columns, wrapped in a terminal but not in a pipe."""
    width = max(len(label) for label, _ in rows)
    console = Console(highlight=False)
    if not console.is_terminal:
        for label, words in rows:
            print(f"{label:<{width}}  {words}")
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for label, words in rows:
        # Text, so that text from a file is not read as markup.
        table.add_row(Text(label), Text(words, style="bold" if label == "name" else ""))
    console.print(table)


def score(values: dict[str, Any]) -> str:
    """A score in one line, with its parts and its data."""

    def number(key: str, pattern: str) -> str:
        value = values.get(key)
        return format(value, pattern) if isinstance(value, (int, float)) else "?"

    return (
        f"{number('nats_per_point', '.3f')} nats a point (position {number('position', '.3f')}, "
        f"pen {number('pen', '.3f')}) on {values.get('data', '?')}: "
        f"{number('lines', ',')} lines, {number('points', ',')} points"
    )


def listed(value: object) -> str:
    """A value of the metadata as text."""
    if isinstance(value, list):
        return ", ".join(map(listed, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
