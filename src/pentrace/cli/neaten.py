"""`pentrace neaten`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli import options, output


def neaten(
    file: Annotated[Path, typer.Argument(metavar="INK", help="The ink to neaten.")],
    out: options.Output = None,
    share: Annotated[
        float,
        typer.Option(
            metavar="S", min=0, max=1, help="The model's share of each movement; the rest is the ink's own."
        ),
    ] = 0.8,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Draw an ink again, each movement a mix of its own and the model's.

    Wobbles go and curves come round; words stay where they were written. No random
    numbers are drawn: the same ink and share give the same neatened ink, here and in
    the page.

    \b
    Examples:
      pentrace neaten mine.json -o neat.svg
      pentrace neaten mine.svg --share 0.5 -o half.svg
    """
    output.check_name(out, file)
    from pentrace.engine.writer import Writer
    from pentrace.errors import InkError
    from pentrace.ink import formats

    writer = Writer(checkpoint or options.default_checkpoint())
    try:
        neat = writer.neaten(formats.read(file), share=share)
    except InkError as error:
        raise InkError(f"{file}: {error}") from None
    output.give(neat, out, f"{len(neat)} points, {share:.0%} of each movement the model's")
