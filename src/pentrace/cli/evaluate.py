"""`pentrace evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from pentrace.cli import options

if TYPE_CHECKING:
    from pentrace.score import Score


def evaluate(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A checkpoint.")],
    data: Annotated[list[Path], typer.Argument(metavar="DATA", help="Parquet files, or folders of them.")],
    use_float: Annotated[
        bool, typer.Option("--float", help="Through PyTorch in float32 instead of the engine.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    r"""Score a checkpoint on lines of writing: nats a point in raw whiteboard units, less is better.

    The score is the mean of -log p over points, position and pen apart. A line's first point is its origin; offsets
    are clipped to +-500 raw units, and the first 600 of a line count.

    \b
    Examples:
      pentrace evaluate best.safetensors val1.parquet
      pentrace evaluate best.safetensors val1.parquet --float
      pentrace evaluate best.safetensors val1.parquet --json | jq .nats_per_point
    """
    from pentrace.checkpoint import load
    from pentrace.dataset import count_lines
    from pentrace.evaluate import evaluate as score_of

    loaded = load(checkpoint)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("lines", total=count_lines(data))
        score = score_of(
            loaded, data, use_float=use_float, report=lambda done: bar.update(task, completed=done)
        )
    if as_json:
        through = "float" if use_float else "engine"
        print(json.dumps({"checkpoint": str(checkpoint), "through": through, **score.to_dict()}))
    else:
        Console(highlight=False).print(as_table(score))


def as_table(score: Score) -> Table:
    """A score for people."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column(style="dim")
    table.add_row("score", f"[bold]{score.nats_per_point:.4f}[/bold]", "nats a point, raw units")
    table.add_row("position", f"{score.position:.4f}", "")
    table.add_row("pen", f"{score.pen:.4f}", "")
    table.add_row("a line", f"{score.nats_per_line:.1f}", "nats")
    table.add_row("lines", f"{score.lines:,}", "")
    table.add_row("points", f"{score.points:,}", "")
    return table
