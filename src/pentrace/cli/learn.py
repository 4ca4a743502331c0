"""`pentrace learn`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pentrace.cli import options, output
from pentrace.errors import HandError

if TYPE_CHECKING:
    from pentrace.checkpoint.hand import Pass
    from pentrace.ink import Ink


def learn(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="INK",
            help="Lines in your hand, a file each; - is standard input. A .parquet file holds many.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="The hand: a .hand.safetensors file."),
    ],
    passes: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=100, help="Times that the lines are read; more passes overfit them."
        ),
    ] = 5,
    page: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of a .parquet file: only the lines of this page (column form)."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the score after each pass (.svg, .png or .pdf)."),
    ] = None,
    text: Annotated[
        bool,
        typer.Option("--text", help="Learn it on the included checkpoint that knows text, to write texts."),
    ] = False,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Learn a hand from some lines that were written in it.

    Five lines suffice. With six or more the last is held back, and what predicts it best is kept. The hand works with
    the checkpoint that it was learned on; every command that writes takes it by --hand. To write typed texts in it,
    learn it with --text. Learn only your own hand, or that of somebody who agrees.

    \b
    Examples:
      pentrace learn line1.json line2.json line3.json -o mine.hand.safetensors
      pentrace write --hand mine.hand.safetensors
      pentrace learn lines.parquet --page a01-020z -o theirs.hand.safetensors
      pentrace learn *.inkml --text -o text.hand.safetensors
      pentrace write --text "Dear Ada" --hand text.hand.safetensors
    """
    from pentrace.checkpoint import hand
    from pentrace.checkpoint import load as load_checkpoint
    from pentrace.engine.learn import learn as learn_hand
    from pentrace.engine.writer import TEXT_CHECKPOINT
    from pentrace.pictures import plots

    options.check_hand_name(out)
    if plot is not None:
        plots.check_name(plot)
    if text and checkpoint is not None:
        raise typer.BadParameter("--text names a checkpoint itself; leave out -c")
    loaded = load_checkpoint(TEXT_CHECKPOINT if text else checkpoint or options.default_checkpoint())
    inks = [ink for file in files for ink in _inks(file, page)]
    learned = learn_hand(inks, checkpoint=loaded, passes=passes, threads=options.threads(), progress=_tell)
    hand.save(learned, out)
    if plot is not None:
        plots.learning(learned.log, plot)
    on = "a line held back" if learned.held_back else "the lines themselves"
    gain = learned.log[0].scored - min(row.scored for row in learned.log)
    print(f"{out}: {learned.lines} lines, {learned.points:,} points, {gain:.3f} nats a point better on {on}")


def _inks(file: Path, page: str | None) -> list[Ink]:
    if file.suffix.lower() != ".parquet":
        return [output.read_ink(file)]
    from pentrace.data.dataset import read_lines

    inks = [line.ink for line in read_lines([file], columns=("form",)) if page in (None, line.form)]
    if not inks:
        raise HandError(f"{file}: expected lines{f' of the page {page}' if page else ''}, found none")
    return inks


def _tell(row: Pass) -> None:
    """The score after each pass, on a terminal."""
    if sys.stderr.isatty():
        print(f"pass {row.number}: {row.scored:.3f} nats a point", file=sys.stderr)
