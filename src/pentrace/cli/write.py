"""`pentrace write`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli.common import intervention_options, options, output
from pentrace.cli.common.intervention_options import NO_CHANGES, Changes, with_changes
from pentrace.errors import FormatError, HandError


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
    variation: options.TextVariation = None,
    prime: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="INK",
            help="Write in the hand of this ink (`pentrace continue` continues it). With --text also in its letters; "
            "repeat for more lines.  [default: with --text, the lines that a learned hand keeps]",
        ),
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="Write this text; - is standard input. Lines that are too long are split at words. Repeat for further "
            "lines.",
        ),
    ] = None,
    hand: Annotated[
        str | None,
        typer.Option(
            metavar="HAND",
            help="A learned hand (`pentrace learn`); with --text also a number of one of its own.  "
            "[default: with --text, the prime's, or the seed chooses]",
        ),
    ] = None,
    trait: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=X",
            help="With --text: turns a trait of the hand up or down, by -2 to 2 standard deviations of people: slant, "
            "size, width, spacing, joins or pace. Repeat for more.",
        ),
    ] = None,
    prime_text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="With --text and --prime: what that ink says, one line of at most 191 characters. Repeat for each "
            "--prime.",
        ),
    ] = None,
    candidates: options.Candidates = 8,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="With --text: write (at) for @ and the like where the model does not know a character, or leave it "
            "out, instead of stopping.",
        ),
    ] = False,
    columns: Annotated[
        int, typer.Option(metavar="N", min=1, max=64, help="With --text: the most characters of a line.")
    ] = 64,
    line_height: Annotated[
        float | None,
        typer.Option(
            metavar="MM",
            min=1,
            max=200,
            help="With --text: from line to line on paper, in SVG, PNG and InkML.  [default: 14]",
        ),
    ] = None,
    dark: options.Dark = False,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
) -> None:
    r"""Write a sample of handwriting, or a text, and show it in the terminal.

    Without --text the model writes freely, for as many points as --steps says. With --text it writes that text, with
    the included checkpoint that knows text unless -c names another.

    \b
    Examples:
      pentrace write
      pentrace write --text "Dear Ada," --hand 12 -o dear-ada.svg
      pentrace write --text "Dear Ada," --trait slant=1 --trait pace=-1.5
      pentrace write --hand mine.hand.safetensors -o as-i-write.svg
      pentrace write --text "Dear Ada," --text "thank you." -o two-lines.svg
      pentrace write --text - --line-height 9 -o letter.svg < letter.txt
      pentrace write --seed 7 -o sample.svg
      pentrace write --seed 7 --variation 0.3 --steps 1200 -o calm.png
      pentrace write --count 20 -o samples.svg
      pentrace write --prime mine.json -o in-my-hand.svg
      pentrace write --text "So long" --prime mine.json --prime-text "Dear Ada,"
      pentrace write -o - | pentrace continue - -o longer.svg
      pentrace write --seed 7 --preset no-lift
      pentrace write --seed 7 --clamp 12,40-60=0
    """
    primes, said = prime or [], prime_text or []
    place = output.target(out, format_, output.INK_SUFFIXES, primes, dark, count)
    if place is not None and place.standard and count > 1 and place.suffix != ".json":
        raise FormatError(f"--count: expected --format json on standard output, found {place.suffix}")
    number = options.chosen_seed(seed)
    variation = options.chosen_variation(variation, bool(text))
    learned, numbered = options.split_hand(hand)
    if not text and numbered is not None:
        raise typer.BadParameter("--hand with a number wants --text")
    if text and len(primes) != len(said):
        raise typer.BadParameter("with --text, --prime and --prime-text want each other")
    if not text and said:
        raise typer.BadParameter("--prime-text wants --text")
    if not text and len(primes) > 1:
        raise typer.BadParameter("several --prime want --text")
    if not text and trait:
        raise typer.BadParameter("--trait wants --text")
    traits = dict(map(_amount, trait or ()))
    if learned is None:
        checkpoint = options.of_text(checkpoint, text)
    writer = intervention_options.writer(checkpoint, changes, learned)
    if text and learned is not None and writer.checkpoint.architecture.text is None:
        raise HandError(
            f"{learned}: expected a hand of a checkpoint that knows text, found one of {writer.base.name!r}; "
            "learn the lines again with `pentrace learn --text`"
        )
    read = list(map(output.read_ink, primes))
    words = "\n".join(map(output.read_text, text)) if text else None
    for k in range(count):
        settings = f"seed {number + k}, variation {variation:g}"
        with output.progress(writer.engine, steps if words is None else None):
            if words is None:
                first = read[0] if read else None
                ink = writer.write(steps, seed=number + k, variation=variation, prime=first)
            else:
                written = writer.write_text(
                    words,
                    hand=numbered,
                    traits=traits,
                    seed=number + k,
                    variation=variation,
                    candidates=candidates,
                    prime=read or None,
                    prime_text=said or "",
                    replace=replace,
                    columns=columns,
                    line_height=line_height,
                )
                ink = written.ink
                for note in written.notes:
                    output.warn(f"{note}; try another --seed")
        output.give(ink, place and place.numbered(k + 1, count), f"{len(ink) - 1} steps, {settings}", dark)


def _amount(given: str) -> tuple[str, float]:
    """NAME=X of --trait."""
    name, _, amount = given.partition("=")
    try:
        return name, float(amount)
    except ValueError:
        raise typer.BadParameter(f"--trait: expected NAME=X, such as slant=1, found {given}") from None
