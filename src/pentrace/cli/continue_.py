"""`pentrace continue`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli.common import intervention_options, options, output
from pentrace.cli.common.intervention_options import NO_CHANGES, Changes, with_changes


@with_changes
def continue_(
    file: Annotated[Path, typer.Argument(metavar="INK", help="The ink to continue; - is standard input.")],
    out: options.Output = None,
    format_: options.Format = None,
    seed: options.Seed = None,
    steps: options.Steps = 300,
    variation: options.Variation = 0.6,
    dark: options.Dark = False,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
    hand: options.Hand = None,
) -> None:
    r"""Continue an ink from its last point, in its hand; writes the ink and its continuation.

    \b
    Examples:
      pentrace continue mine.json
      pentrace continue mine.svg --seed 3 --steps 500 -o more.svg
    """
    from pentrace.errors import InkError

    place = output.target(out, format_, output.INK_SUFFIXES, [file], dark)
    number = options.chosen_seed(seed)
    writer = intervention_options.writer(checkpoint, changes, hand)
    ink = output.read_ink(file)
    try:
        with output.progress(writer.engine):
            whole = writer.continue_(ink, steps, seed=number, variation=variation)
    except InkError as error:
        raise InkError(f"{file}: {error}") from None
    summary = f"{len(ink)} points and {steps} more, seed {number}, variation {variation:g}"
    output.give(whole, place, summary, dark)
