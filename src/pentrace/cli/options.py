"""Options that several commands share, so that they are spelled and explained once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from pentrace.errors import CheckpointError

Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "-c",
        "--checkpoint",
        metavar="FILE",
        help="A checkpoint for the page; repeat it for more, the first is shown first.  [default: the one included]",
    ),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option("-c", "--checkpoint", metavar="FILE", help="The model.  [default: the one included]"),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="A .svg, .png or .json file; one that is there is replaced."
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="The same seed gives the same ink, on every machine.  [default: a new one each time]",
    ),
]
Steps = Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Points to write.")]
Variation = Annotated[
    float,
    typer.Option(
        metavar="T",
        help="0 takes the likeliest way at every point, 1 is as varied as the model believes writing to be.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def named_or_default(checkpoints: list[Path] | None) -> list[Path]:
    """The checkpoints that were named, or the one that comes with pentrace."""
    return checkpoints or [default_checkpoint()]


def default_checkpoint() -> Path:
    """The checkpoint that comes with pentrace."""
    from pentrace.engine.writer import DEFAULT_CHECKPOINT

    if not DEFAULT_CHECKPOINT.is_file():
        raise CheckpointError("this installation has no default checkpoint; name one with --checkpoint FILE")
    return DEFAULT_CHECKPOINT


def chosen_seed(seed: int | None) -> int:
    """The seed that was given, or a new one, short enough to be typed again."""
    return secrets.randbelow(1_000_000) if seed is None else seed


def threads() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
