"""`pentrace write`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli import intervention_options, options, output
from pentrace.cli.intervention_options import NO_CHANGES, Changes, with_changes


@with_changes
def write(
    out: options.Output = None,
    seed: options.Seed = None,
    steps: options.Steps = 600,
    variation: options.Variation = 0.6,
    prime: Annotated[
        Path | None,
        typer.Option(
            metavar="INK", help="Write in the hand of this ink (see `continue` to write on from it)."
        ),
    ] = None,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Write a sample of handwriting, and show it here.

    \b
    Examples:
      pentrace write
      pentrace write --seed 7 -o sample.svg
      pentrace write --seed 7 --variation 0.3 --steps 1200 -o calm.png
      pentrace write --prime mine.json -o in-my-hand.svg
      pentrace write --seed 7 --preset no-lift
      pentrace write --seed 7 --clamp 12,40-60=0
    """
    output.check_name(out, prime)
    from pentrace.ink import formats

    number = options.chosen_seed(seed)
    writer = intervention_options.writer(checkpoint, changes)
    hand = None if prime is None else formats.read(prime)
    ink = writer.write(steps, seed=number, variation=variation, prime=hand)
    output.give(ink, out, f"{steps} points, seed {number}, variation {variation:g}")
