"""`pentrace neaten`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli.common import options, output


def neaten(
    file: Annotated[Path, typer.Argument(metavar="INK", help="The ink to neaten; - is standard input.")],
    out: options.Output = None,
    format_: options.Format = None,
    share: Annotated[
        float,
        typer.Option(
            metavar="S", min=0, max=1, help="Share of the model in each movement; the rest is the ink's own."
        ),
    ] = 0.8,
    dark: options.Dark = False,
    checkpoint: options.Checkpoint = None,
    hand: options.Hand = None,
) -> None:
    r"""Redraw an ink, each movement a mix of its own and the model's.

    Removes wobbles and rounds curves; words stay where they were written. No random numbers are used: the same ink and
    share give the same result, here and in the page.

    \b
    Examples:
      pentrace neaten mine.json -o neat.svg
      pentrace neaten mine.svg --share 0.5 -o half.svg
    """
    from pentrace.engine.writer import Writer
    from pentrace.errors import InkError

    place = output.target(out, format_, output.INK_SUFFIXES, [file], dark)
    writer = Writer(options.checkpoint_of(checkpoint, hand), hand=hand)
    ink = output.read_ink(file)
    try:
        with output.progress(writer.engine):
            neat = writer.neaten(ink, share=share)
    except InkError as error:
        raise InkError(f"{file}: {error}") from None
    summary = f"{len(neat)} points, {share:.0%} of each movement the model's"
    output.give(neat, place, summary, dark)
