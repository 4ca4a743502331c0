"""`pentrace continue`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli import intervention_options, options, output
from pentrace.cli.intervention_options import NO_CHANGES, Changes, with_changes


@with_changes
def continue_(
    file: Annotated[Path, typer.Argument(metavar="INK", help="The ink to go on from.")],
    out: options.Output = None,
    seed: options.Seed = None,
    steps: options.Steps = 300,
    variation: options.Variation = 0.6,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Write on from the last point of an ink, in its hand; gives the ink and what was added.

    \b
    Examples:
      pentrace continue mine.json
      pentrace continue mine.svg --seed 3 --steps 500 -o more.svg
    """
    output.check_name(out, file)
    from pentrace.errors import InkError
    from pentrace.ink import formats

    number = options.chosen_seed(seed)
    writer = intervention_options.writer(checkpoint, changes)
    ink = formats.read(file)
    try:
        whole = writer.continue_(ink, steps, seed=number, variation=variation)
    except InkError as error:
        raise InkError(f"{file}: {error}") from None
    output.give(whole, out, f"{len(ink)} points and {steps} more, seed {number}, variation {variation:g}")
