"""`pentrace change`."""

from __future__ import annotations

from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from pentrace.cli.common import intervention_options, options, output
from pentrace.cli.common.intervention_options import NO_CHANGES, Changes, with_changes
from pentrace.cli.common.progress import bar
from pentrace.cli.common.text import print_json, show, span, table

if TYPE_CHECKING:
    from rich.table import Table

    from pentrace.atlas import Atlas
    from pentrace.measure.effects import Effect, Figure


@with_changes
def change(
    changes: Changes = NO_CHANGES,
    presets: Annotated[
        bool, typer.Option("--presets", help="Show the measured effects in the checkpoint's atlas.")
    ] = False,
    ink: Annotated[
        Path | None,
        typer.Option(
            metavar="INK",
            help="Measure the surprise by this ink (- is standard input), instead of the model's own samples.",
        ),
    ] = None,
    samples: Annotated[int, typer.Option(metavar="N", min=20, max=5000, help="Samples of each kind.")] = 200,
    steps: Annotated[int, typer.Option(metavar="N", min=10, max=5000, help="Points of each.")] = 160,
    draws: Annotated[
        int, typer.Option(metavar="N", min=0, max=999, help="Draws of random cells; a claim needs 19.")
    ] = 19,
    variation: options.Variation = 1.0,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="Of the samples and of the random cells.")
    ] = 0,
    checkpoint: options.Checkpoint = None,
    hand: options.Hand = None,
    as_json: options.Json = False,
) -> None:
    r"""Change cells, and measure what that does to the writing, compared with the same change of random cells.

    Samples with and without the change have the same seeds. The random cells are as many, vary about as much and are
    moved as far. Their range shows what any change of that size does: only an effect outside it says something about
    the chosen cells.

    \b
    Examples:
      pentrace change --presets
      pentrace change --clamp 12,40-60=0
      pentrace change --clamp 'h:cluster 3=0'
      pentrace change --scale h:0-99=0 --draws 99
      pentrace change --shift 7=0.5 --ink mine.json --json
    """
    from pentrace.checkpoint import load
    from pentrace.engine.writer import Writer
    from pentrace.measure.effects import Laboratory, Setup

    path = options.checkpoint_of(checkpoint, hand)
    if presets:
        show_presets(intervention_options.atlas(path, load(path)), as_json)
        return
    writer = Writer(path, hand=hand)
    made = intervention_options.intervention(changes, path, writer.base)
    if not made.changes:
        raise typer.BadParameter("nothing is changed; use --clamp, --scale, --shift or --preset")
    inks = None if ink is None else [writer.read(output.read_ink(ink)).offsets]
    with bar("samples", 1 + draws) as advance:
        laboratory = Laboratory(writer, Setup(samples, steps, variation, seed), inks)
        effect = laboratory.measure(made, draws, threads=options.threads(), progress=advance)
    if as_json:
        print_json(as_object(effect))
    else:
        show(effect_table(effect))


def show_presets(found: Atlas, as_json: bool) -> None:
    """Prints the measured effects in an atlas."""
    from pentrace.cli.atlas import EFFECTS_SAY, effects_table

    if as_json:
        print_json(found.effects)
    else:
        show(effects_table(found), EFFECTS_SAY)


def as_object(effect: Effect) -> dict[str, Any]:
    """An effect as JSON has it."""
    return {
        "cells": [f"{c.layer}.{c.of}:{c.cell}" for c in effect.intervention.changes],
        **vars(effect.setup),
        "figures": {
            name: {**figure.to_dict(), "beats_random": figure.beats_random()}
            for name, figure in effect.figures.items()
        },
    }


def effect_table(effect: Effect) -> Table:
    """An effect for people."""
    from pentrace.measure.effects import ALL_MEASURES, DRAWS

    draws = len(effect.random)

    def row(name: str, figure: Figure) -> tuple[str | Text, ...]:
        after = f"{figure.after:.3f}"
        return (
            name,
            f"{figure.before:.3f}",
            Text(after, style="bold") if figure.beats_random() else after,
            f"{figure.error:.3f}",
            span(figure.random, empty=""),
            ALL_MEASURES[name].unit,
        )

    columns = ("", "before", "after", "error", "random cells", "unit")
    found = table(columns, starmap(row, effect.figures.items()), left=("unit",))
    setup = effect.setup
    found.caption = (
        f"{setup.samples} samples of {setup.steps} points, variation {setup.variation:g}, seed {setup.seed}; "
        f"{draws} draws of random cells\n"
    ) + (
        f"bold: the effect exceeds that of every draw, which each measure does by chance once in {draws + 1} times; "
        "choose the measure you want to know about before you look"
        if draws >= DRAWS
        else f"too few draws for a claim: {DRAWS} are needed"
    )
    return found
