"""Options that several commands share."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pentrace.errors import CheckpointError

IAM_TERMS = "non-commercial research only, as the database's owners ask"
IAM_CITATION = (
    "Liwicki and Bunke: IAM-OnDB, an on-line English sentence database acquired from handwritten text on a "
    "whiteboard. ICDAR 2005."
)


def out_option(text: str, metavar: str = "FILE") -> Any:
    """Where a command writes."""
    return typer.Option("-o", "--output", metavar=metavar, help=text)


Terms = Annotated[str, typer.Option(metavar="TEXT", help="Terms of the data, which its weights carry.")]
Citation = Annotated[str, typer.Option(metavar="TEXT", help="How the data is to be cited.")]
Lines = Annotated[
    list[Path], typer.Argument(metavar="DATA...", help="Parquet files of lines, or folders of them.")
]
Data = Annotated[list[Path], typer.Argument(metavar="DATA", help="Parquet files, or folders of them.")]
Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "-c",
        "--checkpoint",
        metavar="FILE",
        help="A checkpoint for the page; repeat for more. The page starts with the first. The included one that knows "
        "text is added where none of them does.  [default: the one included]",
    ),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option("-c", "--checkpoint", metavar="FILE", help="The model.  [default: the one included]"),
]
Hand = Annotated[
    Path | None,
    typer.Option(
        "--hand", metavar="HAND", help="A learned hand (`pentrace learn`); with -c, of that checkpoint."
    ),
]
AnyHand = Annotated[
    str | None,
    typer.Option(
        "--hand",
        metavar="HAND",
        help="A learned hand (`pentrace learn`) of that checkpoint; with a text also a number of one of its own.",
    ),
]
SaidText = Annotated[
    str | None,
    typer.Option(
        "--text",
        metavar="TEXT",
        help="What the ink says, one line: it is read along with it, by the included checkpoint that knows text unless "
        '-c names another. "" reads the ink alone.  [default: the text in the file]',
    ),
]
Output = Annotated[
    Path | None,
    out_option("A .svg, .png, .json or .inkml file; an existing one is replaced. - is standard output."),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Format to write, such as svg.  [default: that of the file's name; for -o -, the first one named there]",
    ),
]
Dark = Annotated[bool, typer.Option("--dark", help="Colours for dark paper, in pictures.")]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="The same seed gives the same ink on every machine.  [default: a new one each time]",
    ),
]
Steps = Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Points to write.")]
Variation = Annotated[
    float,
    typer.Option(
        metavar="T",
        help="Temperature: 0 takes the most likely offset at every point, 1 is as varied as real writing.",
    ),
]
TextVariation = Annotated[
    float | None,
    typer.Option(
        metavar="T",
        help="Temperature: 0 takes the most likely offset at every point, 1 is as varied as real writing.  "
        "[default: 0.6; of a text 0.5]",
    ),
]
Candidates = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        max=64,
        help="With a text: takes of each line, of which a recogniser chooses the most legible. Where that one is hard "
        "to read, as many are drawn again, twice at most. After a prime: candidates of each character.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def provenance(data: list[Path], splits: list[str] | None, terms: str, citation: str) -> dict[str, object]:
    """What a checkpoint says of the data that it was trained on."""
    names = [path.stem for path in data]
    return {"name": ", ".join(names), "splits": splits or names, "terms": terms, "citation": citation}


def chosen_variation(given: float | None, of_text: bool) -> float:
    """The variation that was given, or the default: of a text, or of free writing."""
    from pentrace.engine.text.written import VARIATION

    if given is not None:
        return given
    return VARIATION if of_text else 0.6


def of_the_page(checkpoints: list[Path] | None) -> list[Path]:
    """The given checkpoints, or the one included; and the included one that knows text, where none of them does."""
    from pentrace.checkpoint import load
    from pentrace.engine.writer import TEXT_CHECKPOINT

    named = checkpoints or [default_checkpoint()]
    known = any(load(path).architecture.text is not None for path in named)
    return named if known or not TEXT_CHECKPOINT.is_file() else [*named, TEXT_CHECKPOINT]


def default_checkpoint() -> Path:
    """The checkpoint that comes with pentrace."""
    from pentrace.engine.writer import DEFAULT_CHECKPOINT

    if not DEFAULT_CHECKPOINT.is_file():
        raise CheckpointError("this installation has no default checkpoint; name one with --checkpoint FILE")
    return DEFAULT_CHECKPOINT


def split_hand(hand: str | None) -> tuple[Path | None, int | None]:
    """A learned hand's file, or the number of one of the checkpoint's hands."""
    if hand is None:
        return None, None
    return (None, int(hand)) if re.fullmatch("[0-9]{1,9}", hand) else (Path(hand), None)


def of_text(checkpoint: Path | None, text: Sequence[str] | None) -> Path | None:
    """The checkpoint, or where none is given and there is a text the included one that knows text."""
    from pentrace.engine.writer import TEXT_CHECKPOINT

    return TEXT_CHECKPOINT if text and checkpoint is None else checkpoint


def checkpoint_of(given: Path | None, hand: Path | None) -> Path:
    """The checkpoint that was given, or the included one that a hand was learned on, or else the default one."""
    if given is not None or hand is None:
        return given or default_checkpoint()
    from pentrace.checkpoint import hand as hands
    from pentrace.engine.writer import included_base

    return included_base(hands.load(hand))


def pair_of(option: str, text: str, example: str) -> tuple[int, int]:
    """Two whole numbers, as N,N."""
    try:
        one, other = map(int, text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{option}: expected two numbers such as {example}, found {text!r}"
        ) from None
    return one, other


def chosen_seed(seed: int | None) -> int:
    """The given seed, or a new one that is short enough to type."""
    return secrets.randbelow(1_000_000) if seed is None else seed


def threads() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
