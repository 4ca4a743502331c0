"""`pentrace futures`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli import intervention_options, options
from pentrace.cli.intervention_options import NO_CHANGES, Changes, with_changes


class Theme(StrEnum):
    """The paper that a picture is for."""

    light = "light"
    dark = "dark"


@with_changes
def futures(
    file: Annotated[Path, typer.Argument(metavar="INK", help="The ink to look along.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="A .svg file; one that is there is replaced."),
    ],
    count: Annotated[int, typer.Option(metavar="F", min=1, max=200, help="Futures at every step.")] = 50,
    steps: Annotated[int, typer.Option(metavar="K", min=1, max=16, help="Points of each future.")] = 8,
    seed: Annotated[
        int, typer.Option(metavar="N", help="The same seed gives the same picture, here and in the page.")
    ] = 1,
    variation: options.Variation = 0.7,
    theme: Annotated[Theme, typer.Option(help="Colours for white or for dark paper.")] = Theme.light,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Draw what could have come at every step of an ink.

    Futures that veer right of the way the ink took are blue-green, those to the
    left orange; a circle shows how likely the pen lifts.

    \b
    Examples:
      pentrace futures mine.json -o field.svg
      pentrace futures mine.svg --count 100 --steps 12 --variation 1 -o wild.svg
    """
    from pentrace.cli import output
    from pentrace.errors import FormatError
    from pentrace.ink import formats
    from pentrace.pictures import futures_svg

    if out.suffix.lower() != ".svg":
        raise FormatError(f"{out}: expected a name that ends in .svg")
    output.check_name(out, file)
    ink = formats.read(file)
    writer = intervention_options.writer(checkpoint, changes)
    path = writer.read(ink)
    field = writer.futures(path, count, steps, seed=seed, variation=variation)
    trace = writer.trace(path, c=False, h=False, mixture=True, loglik=False)
    assert trace.mixture is not None  # noqa: S101 - asked for
    picture = futures_svg.draw(path, field, trace.mixture[:, 0], theme.value)
    formats.replace(out, picture)
    print(
        f"{out}: {count} futures of {steps} points at {len(field)} steps, seed {seed}, variation {variation:g}"
    )
