"""`pentrace write`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli import intervention_options, options, output
from pentrace.cli.intervention_options import NO_CHANGES, Changes, with_changes
from pentrace.errors import FormatError


@with_changes
def write(
    out: options.Output = None,
    format_: options.Format = None,
    count: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            max=1000,
            help="Samples to write, with the seeds that follow one another; FILE is numbered.",
        ),
    ] = 1,
    seed: options.Seed = None,
    steps: options.Steps = 600,
    variation: options.Variation = 0.6,
    prime: Annotated[
        Path | None,
        typer.Option(metavar="INK", help="Write in the hand of this ink (`pentrace continue` continues it)."),
    ] = None,
    dark: options.Dark = False,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Write a sample of handwriting, and show it in the terminal.

    \b
    Examples:
      pentrace write
      pentrace write --seed 7 -o sample.svg
      pentrace write --seed 7 --variation 0.3 --steps 1200 -o calm.png
      pentrace write --count 20 -o samples.svg
      pentrace write --prime mine.json -o in-my-hand.svg
      pentrace write -o - | pentrace continue - -o longer.svg
      pentrace write --seed 7 --preset no-lift
      pentrace write --seed 7 --clamp 12,40-60=0
    """
    place = output.target(out, format_, output.INK_SUFFIXES, prime, dark)
    if place is not None and place.standard and count > 1 and place.suffix != ".json":
        raise FormatError(f"--count: expected --format json on standard output, found {place.suffix}")
    number = options.chosen_seed(seed)
    writer = intervention_options.writer(checkpoint, changes)
    hand = None if prime is None else output.read_ink(prime)
    for k in range(count):
        with output.progress(writer.engine, steps):
            ink = writer.write(steps, seed=number + k, variation=variation, prime=hand)
        summary = f"{steps} points, seed {number + k}, variation {variation:g}"
        output.give(ink, place and place.numbered(k + 1, count), summary, dark)
