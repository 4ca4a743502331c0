"""`pentrace futures`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from pentrace.cli.common import intervention_options, options, output
from pentrace.cli.common.intervention_options import NO_CHANGES, Changes, with_changes

SUFFIXES = (".svg", ".png", ".npz")


@with_changes
def futures(
    file: Annotated[Path, typer.Argument(metavar="INK", help="The ink; - is standard input.")],
    out: Annotated[
        Path,
        options.out_option(
            "A picture (.svg, .png) or numbers (.npz); an existing one is replaced. - is standard output."
        ),
    ],
    format_: options.Format = None,
    count: Annotated[int, typer.Option(metavar="F", min=1, max=200, help="Futures at every step.")] = 50,
    steps: Annotated[int, typer.Option(metavar="K", min=1, max=16, help="Points of each future.")] = 8,
    seed: Annotated[
        int, typer.Option(metavar="N", help="The same seed gives the same picture, here and in the page.")
    ] = 1,
    variation: options.Variation = 0.7,
    text: options.SaidText = None,
    dark: options.Dark = False,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
    hand: options.AnyHand = None,
) -> None:
    r"""Draw how the model could have continued at every step of an ink.

    Futures that turn right of the ink's path are blue-green, those that turn left are orange. The size of a circle
    shows how likely a pen lift is. A .npz file has the prepared ink's offsets [n, 3], the futures [n + 1, F, K, 3]
    after each of them and the probability of a pen lift at each [n]; lengths are in model units. With a text it also
    has the place in the text of the character of each point of each future [n + 1, F, K], -1 after the end of the line.

    \b
    Examples:
      pentrace futures mine.json -o field.svg
      pentrace futures mine.json --text "Dear Ada," -o letters.npz
      pentrace futures mine.svg --count 100 --steps 12 --variation 1 -o wild.svg
    """
    from pentrace.ink import formats
    from pentrace.pictures import futures as pictures

    place = output.target(out, format_, SUFFIXES, [file], dark)
    assert place is not None  # noqa: S101 - the command cannot be called without -o
    ink = output.read_ink(file)
    learned, numbered = options.split_hand(hand)
    checkpoint = options.of_text(checkpoint, text)
    writer = intervention_options.writer(checkpoint, changes, learned)
    path, reading = writer.read(ink), writer.reading(ink, text, hand=numbered)
    with output.progress(writer.engine, len(path.offsets) * (count * steps + 2)):
        field, characters = writer.text_futures(reading, count, steps, seed=seed, variation=variation)
        trace = writer.trace(reading, c=False, h=False, mixture=True, loglik=False)
    assert trace.mixture is not None  # noqa: S101 - asked for
    lift = trace.mixture[:, 0]
    summary = f"{count} futures of {steps} points at {len(field)} steps, seed {seed}, variation {variation:g}"
    with output.written(place, summary) as name:
        if place.suffix == ".npz":
            said: dict[str, Any] = {"text": reading.text, "characters": characters} if reading.text else {}
            np.savez_compressed(
                name, allow_pickle=False, offsets=path.offsets, futures=field, lift=lift, **said
            )
        elif place.suffix == ".svg":
            formats.replace(name, pictures.draw(path, field, lift, "dark" if dark else "light"))
        else:
            size, picture = pictures.draw_png(path, field, lift, "dark" if dark else "light")
            output.tell_size(size)
            formats.replace(name, picture())
