"""`pentrace learn`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pentrace import files
from pentrace.cli.common import options, output
from pentrace.cli.common.text import counted
from pentrace.cli.info import scored_on, share_kept
from pentrace.errors import HandError

if TYPE_CHECKING:
    from pentrace.checkpoint.hand import Hand, Pass
    from pentrace.ink import Ink


CELLS = 5
"""Cells that change most, of which the command tells."""
MOST_TEXT = 2**20
"""Bytes of a file of texts."""


def learn(
    inks: Annotated[
        list[Path],
        typer.Argument(
            metavar="INK",
            help="Lines in your hand, a file each; - is standard input. A .parquet file holds many.",
        ),
    ],
    out: Annotated[Path, options.out_option("The hand: a .hand.safetensors file; - is standard output.")],
    passes: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            max=100,
            help="Times that the lines are read; more passes overfit a few lines.",
        ),
    ] = 8,
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
    texts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the lines say, a line of the file each; a .parquet file of ink has its own texts.",
        ),
    ] = None,
    keep_ink: Annotated[
        bool,
        typer.Option("--keep-ink", help="Keep the lines in the hand's file; `hand.ink` in Python has them."),
    ] = False,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Learn a hand from some lines that were written in it.

    Five lines suffice. With six or more the last is held back, and what predicts it best is kept. The hand works with
    the checkpoint that it was learned on; every command that writes takes it by --hand. To write typed texts in it,
    learn it with --text, and say by --texts what the lines say: it is then easier to read, and more like yours. Such a
    hand keeps as much of what was learned as leaves typed text easy to read. Learn only your own hand, or that of
    somebody who agrees.

    \b
    Examples:
      pentrace learn line1.json line2.json line3.json -o mine.hand.safetensors
      pentrace write --hand mine.hand.safetensors
      pentrace learn lines.parquet --page a01-020z -o theirs.hand.safetensors
      pentrace learn *.inkml --text --texts lines.txt -o text.hand.safetensors
      pentrace write --text "Dear Ada" --hand text.hand.safetensors
    """
    from pentrace.checkpoint import hand
    from pentrace.checkpoint import load as load_checkpoint
    from pentrace.engine.hand.learn import learn as learn_hand
    from pentrace.engine.writer import TEXT_CHECKPOINT
    from pentrace.pictures import plots

    read = [*inks, texts, checkpoint]
    place = output.hand_target(out, read)
    if plot is not None:
        plots.check_name(plot, read)
    if text and checkpoint is not None:
        raise typer.BadParameter("--text names a checkpoint itself; leave out -c")
    loaded = load_checkpoint(TEXT_CHECKPOINT if text else checkpoint or options.default_checkpoint())
    lines = [line for file in inks for line in _lines(file, page)]
    own: list[str | None] = [said for _, said in lines]
    said = own if texts is None else _texts(texts, len(own))
    known = loaded.architecture.text is not None
    learned = learn_hand(
        [ink for ink, _ in lines],
        said if known or texts is not None else None,
        checkpoint=loaded,
        passes=passes,
        threads=options.threads(),
        keep_ink=keep_ink,
        progress=_tell,
    )
    with output.written(place) as path:
        hand.save(learned, path)
    _report(learned, place, with_texts=known, said=any(said))
    if plot is not None:
        plots.learning(learned.log, plot)


def _report(learned: Hand, place: output.Target, *, with_texts: bool, said: bool) -> None:
    """What was learned; `said`: whether it was told what a line says."""
    assert learned.before is not None  # noqa: S101 - only a mix has no scores
    assert learned.after is not None  # noqa: S101
    gain = learned.before - learned.after
    read = f" ({learned.with_text} with their text)" if with_texts else ""
    what = f"{counted(learned.lines, 'line')}{read}, {learned.points:,} points"
    output.tell(place, f"{what}, {gain:.3f} nats a point better on {scored_on(learned)}")
    if with_texts and said and not learned.with_text:
        output.tell(place, "no text was found in its line, so it was learned from the movements alone")
    output.tell(place, f"kept: {share_kept(learned)}")
    assert learned.changes is not None  # noqa: S101 - learning measures them
    most = learned.changes.argsort()[::-1][:CELLS]
    cells = ", ".join(f"{cell} ({learned.changes[cell]:.2f})" for cell in most)
    output.tell(place, f"cells whose hidden state changes most on the last line, root mean square: {cells}")


def _lines(file: Path, page: str | None) -> list[tuple[Ink, str | None]]:
    """Lines, each with what it says where the file has that."""
    if file.suffix.lower() != ".parquet":
        ink = output.read_ink(file)
        return [(ink, ink.text)]
    from pentrace.data.dataset import read_lines
    from pentrace.data.transcripts import as_written

    found = read_lines([file], columns=("form", "text"))
    lines = [(line.ink, as_written(line.text) or None) for line in found if page in (None, line.form)]
    if not lines:
        raise HandError(f"{file}: expected lines{f' of the page {page}' if page else ''}, found none")
    return lines


def _texts(file: Path, count: int) -> list[str | None]:
    """What so many lines say, from a file of text; None for an empty line."""
    raw = files.read(file, MOST_TEXT, HandError)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise HandError(f"{file}: expected a text in UTF-8, found something else") from None
    found = [line.strip() or None for line in text.splitlines()]
    if len(found) != count:
        raise HandError(
            f"{file}: expected {counted(count, 'text')}, one for each line, found {len(found)}; "
            "leave a line of the file empty where it is not known"
        )
    return found


def _tell(row: Pass) -> None:
    """The score after each pass, on a terminal."""
    if sys.stderr.isatty():
        print(f"pass {row.number}: {row.scored:.3f} nats a point", file=sys.stderr)
