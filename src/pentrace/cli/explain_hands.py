"""`pentrace explain`: commands that say what the model remembers, and where it keeps a hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress

from pentrace.cli import options, output
from pentrace.cli.explain import Hand, InkArgument, Seed, Text, opened, show, spread
from pentrace.cli.text import counted, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pentrace.engine.writer import Writer
    from pentrace.explain.directions import Direction
    from pentrace.explain.hands import Slope
    from pentrace.explain.memory import Curve
    from pentrace.explain.patch import Patches
    from pentrace.explain.style import Style

T = TypeVar("T")

Data = Annotated[
    list[Path], typer.Argument(metavar="DATA...", help="Parquet files of lines, or folders of them.")
]
Lines = Annotated[int, typer.Option(metavar="N", min=4, help="Lines, each of another page of the data.")]


def memory(
    ink: InkArgument = None,
    text: Text = None,
    hand: Hand = None,
    step: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="After how many offsets to look.  [default: after all; with a text 150 before its end]",
        ),
    ] = None,
    futures: Annotated[
        int, typer.Option(metavar="N", min=0, max=5000, help="Futures that show the hand; 0 for none.")
    ] = 64,
    letters: Annotated[
        bool,
        typer.Option("--letters", help="Also read which letter would come in each future: takes minutes."),
    ] = False,
    seed: Seed = 0,
    checkpoint: options.Checkpoint = None,
    as_json: options.Json = False,
) -> None:
    r"""Show what the model remembers of each earlier stroke of an ink.

    Each stroke is left out, straightened, leaned over, moved down, or made to tremble by half a unit of the
    whiteboard, and the ink is read again. The divergence says how different the prediction of the next offset is
    then. Slant and size are those of what the model writes 50 offsets later, and their standard error. With --letters,
    the recogniser that comes with pentrace reads the letter that comes next in each future, and counts in how many it
    is another one; what the trembling stroke changes is chance.

    \b
    Examples:
      pentrace explain memory mine.json
      pentrace explain memory mine.json --step 120 --json
      pentrace explain memory --text "hello my friend" --hand 7
    """
    from pentrace.engine.recogniser import Recogniser
    from pentrace.explain.memory import memory as memory_of

    writer, source = opened(ink, text, hand, seed, checkpoint)
    recogniser = Recogniser.load() if letters else None
    with output.progress(writer.engine):
        found = memory_of(writer, source, step, futures=futures, seed=seed, recogniser=recogniser)
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
        return
    rows = [
        (
            f"{one.begin} to {one.end - 1}",
            one.change,
            f"{one.divergence:.4f}",
            *(f"{shift.change:+.2f} ({shift.error:.2f})" for shift in one.hand.values()),
            *(() if one.letters is None else (f"{one.letters.others} of {futures}",)),
        )
        for one in found
    ]
    traits = [f"{name}, later" for name in found[0].hand]
    headings = ("points", "change", "divergence", *traits, *(("another letter",) if letters else ()))
    shown = table(headings, rows, left=("change",))
    show(shown, "divergence in nats; slant in degrees, size in model units; standard errors in brackets")


def reach(
    data: Data,
    lines: Lines = 30,
    strokes: Annotated[int, typer.Option(metavar="N", min=1, help="Strokes of each line.")] = 3,
    seed: Seed = 0,
    checkpoint: options.Checkpoint = None,
    as_json: options.Json = False,
) -> None:
    r"""Measure how long the model remembers strokes, over lines of a data set.

    As in `pentrace explain memory`, strokes are changed, and the divergence of the predictions is measured from 1 to
    300 offsets after the pen left the stroke.

    \b
    Examples:
      pentrace explain reach val1.parquet
      pentrace explain reach val1.parquet --lines 40 --json
    """
    from pentrace.engine.writer import Writer
    from pentrace.explain.hands import lines_of_hands
    from pentrace.explain.memory import curves

    writer = Writer(checkpoint or options.default_checkpoint())
    chosen = lines_of_hands(data, lines)
    found = counting(
        len(chosen), lambda tell: curves(writer, chosen, strokes=strokes, seed=seed, progress=tell)
    )
    if as_json:
        print(json.dumps(reach_object(writer.checkpoint.sha256, len(chosen), found)))
        return
    distances = max((curve.distances for curve in found.values()), key=len)
    rows = [
        (str(distance), *(f"{curve.mean[k]:.4f}" for curve in found.values()))
        for k, distance in enumerate(distances)
    ]
    rows.append(("a tenth", *(shown_reach(curve) for curve in found.values())))
    show(
        table(("offsets", *found), rows),
        f"mean divergence in nats, so many offsets after a stroke was left; {counted(len(chosen), 'line')}\n"
        "a tenth: from which distance on it is below a tenth of what it is at first",
    )


def shown_reach(curve: Curve) -> str:
    """The distance from which on the influence is below a tenth."""
    found = curve.reach()
    return f"beyond {curve.distances[-1]}" if found is None else str(found)


def reach_object(sha256: str, lines: int, found: dict[str, Curve]) -> dict[str, Any]:
    """The curves of a checkpoint over a number of lines, as JSON has them."""
    curves = {how: curve_object(curve) for how, curve in found.items()}
    return {"checkpoint": sha256, "lines": lines, "curves": curves}


def curve_object(curve: Curve) -> dict[str, Any]:
    """A curve as JSON has it, to four digits."""
    return {
        "distances": curve.distances,
        "mean": [float(f"{value:.4g}") for value in curve.mean],
        "error": [float(f"{value:.4g}") for value in curve.error],
        "strokes": curve.strokes.tolist(),
        "reach": curve.reach(),
    }


def style(
    data: Data,
    lines: Lines = 30,
    seed: Seed = 0,
    checkpoint: options.Checkpoint = None,
    as_json: options.Json = False,
) -> None:
    r"""Measure how much ink the model needs to know a hand, over lines of a data set.

    It reads 320 offsets of one hand, then the last offsets of another, and writes on. The slopes say how far what it
    writes follows the traits of either: 1 is all the way.

    \b
    Examples:
      pentrace explain style val1.parquet
    """
    from pentrace.engine.writer import Writer
    from pentrace.explain.hands import lines_of_hands
    from pentrace.explain.style import style as style_of

    writer = Writer(checkpoint or options.default_checkpoint())
    chosen = lines_of_hands(data, lines)
    found = counting(len(chosen), lambda tell: style_of(writer, chosen, seed=seed, progress=tell))
    if as_json:
        print(json.dumps({trait: style_object(one) for trait, one in found.items()}))
        return
    windows = next(iter(found.values())).windows
    columns = [f"{trait}, {which}" for trait in found for which in ("new", "old")]
    rows = [
        (str(window), *(slope(one) for each in found.values() for one in (each.new[k], each.old[k])))
        for k, window in enumerate(windows)
    ]
    halves = ", ".join(f"{trait} {each.half():.0f}" for trait, each in found.items())
    show(
        table(("offsets", *columns), rows),
        f"offsets of the new hand that were read; slopes with standard errors; {counted(len(chosen), 'pair')}\n"
        f"the new hand has half of the influence after: {halves}",
    )


def style_object(found: Style) -> dict[str, Any]:
    """How a trait follows two hands, as JSON has it."""
    half = found.half()
    return {
        "windows": found.windows,
        "new": [vars(one) for one in found.new],
        "old": [vars(one) for one in found.old],
        "half": half if half != float("inf") else None,
    }


def patch(
    a: Annotated[Path, typer.Argument(metavar="A", help="The ink whose state is taken.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The ink into whose state it is put.")],
    cells: Annotated[
        str | None,
        typer.Option(
            metavar="CELLS",
            help="Cells, such as 12,40-60, numbered through all layers, a feature of the atlas, for the ten cells "
            "that follow it best, or 'cluster 3'.  [default: all]",
        ),
    ] = None,
    direction: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A direction in place of cells: of slant, size, spacing or pen rhythm, or of a feature of the atlas.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="N,N", help="After how many offsets of A and of B.  [default: after all of both]"
        ),
    ] = None,
    draws: Annotated[int, typer.Option(metavar="N", min=0, max=999, help="Draws of random cells.")] = 19,
    futures: Annotated[
        int, typer.Option(metavar="N", min=1, max=5000, help="Futures after each state.")
    ] = 64,
    steps: Annotated[int, typer.Option(metavar="N", min=10, max=5000, help="Points of each.")] = 100,
    letters: Annotated[bool, typer.Option("--letters", help="Also read which letter comes next.")] = False,
    seed: Seed = 0,
    checkpoint: options.Checkpoint = None,
    as_json: options.Json = False,
) -> None:
    r"""Put the model's state after one ink into its state after another, and see which traits are carried over.

    This is activation patching. The cells get the c and h that they have at the end of ink A; then the model writes on
    after ink B. The same is done with as many random other cells. With --direction, the state after B is moved along
    it in place, as far as the state after A lies beyond it.

    \b
    Examples:
      pentrace explain patch slanted.json upright.json
      pentrace explain patch slanted.json upright.json --cells 12,40-60 --at 80,99
      pentrace explain patch slanted.json upright.json --direction slant --letters
    """
    from pentrace.cli.intervention_options import cell_numbers
    from pentrace.engine.recogniser import Recogniser
    from pentrace.engine.writer import Writer
    from pentrace.explain.patch import patch as patch_of

    if cells is not None and direction is not None:
        raise typer.BadParameter("--direction: expected no --cells beside it, found both")
    path = checkpoint or options.default_checkpoint()
    writer = Writer(path)
    taken = None if cells is None else cell_numbers(cells, path, writer.checkpoint)
    found = patch_of(
        writer,
        output.read_ink(a),
        output.read_ink(b),
        taken if direction is None else direction_named(direction, writer, path),
        at=(None, None) if at is None else steps_of(at),
        draws=draws,
        futures=futures,
        steps=steps,
        seed=seed,
        recogniser=Recogniser.load() if letters else None,
    )
    if as_json:
        print(json.dumps(asdict(found)))
        return
    rows = []
    for trait in found.a:
        drawn = [one[trait] for one in found.random]
        random = f"{min(drawn):.2f} to {max(drawn):.2f}" if drawn else ""
        rows.append(
            (trait, f"{found.a[trait]:.2f}", f"{found.b[trait]:.2f}", f"{found.both[trait]:.2f}", random)
        )
    if (read := found.letters) is not None and read.letter:
        first, second, both = (f"{share:.0%}" for share in (read.a, read.b, read.both))
        others = spread(read.random) if read.random else ""
        rows.append((f"writes {read.letter!r} next", first, second, both, others))
    what = f"direction {direction}" if direction is not None else counted(len(found.cells), "cell")
    kind = "cells of A" if direction is None else "the direction from A"
    shown = table(("", "after A", "after B", f"B with {kind}", "at random"), rows)
    show(shown, f"{what}; means over {counted(futures, 'future')} of {steps} points")


def direction_named(name: str, writer: Writer, path: Path) -> Direction:
    """A direction that is stored, or that of a feature of the atlas beside the checkpoint."""
    from pentrace.cli.intervention_options import atlas
    from pentrace.explain.directions import feature_direction, stored_directions

    stored = stored_directions(writer.checkpoint.sha256)
    return stored[name] if name in stored else feature_direction(atlas(path, writer.checkpoint), name)


def steps_of(text: str) -> tuple[int, int]:
    """Two steps, as N,N."""
    try:
        there, here = map(int, text.split(","))
    except ValueError:
        raise typer.BadParameter(f"--at: expected two numbers such as 80,120, found {text!r}") from None
    return there, here


def patches(
    data: Data,
    lines: Lines = 200,
    sizes: Annotated[str, typer.Option(metavar="N,N", help="Numbers of cells.")] = "10,50,150",
    directions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also write the directions of slant, size, spacing and pen rhythm, as JSON."
        ),
    ] = None,
    seed: Seed = 0,
    checkpoint: options.Checkpoint = None,
    as_json: options.Json = False,
) -> None:
    r"""Measure which traits are carried over with cells that are put into another hand's state.

    The first half of the lines says which cells tell hands apart best, and so do lines that the model writes itself.
    It also gives the direction in which the state goes as a trait grows. The pairs are of the second half. A slope of
    1 says that a trait is carried over completely, 0 that it is not. The letter is the one that the donor has begun.

    \b
    Examples:
      pentrace explain patches val1.parquet
    """
    from pentrace.engine.recogniser import Recogniser
    from pentrace.engine.writer import Writer
    from pentrace.errors import FormatError
    from pentrace.explain.directions import dumps, hand_directions
    from pentrace.explain.hands import lines_of_hands
    from pentrace.explain.patch import patches as patches_of
    from pentrace.files import write

    numbers = numbers_of(sizes)
    writer = Writer(checkpoint or options.default_checkpoint())
    chosen = lines_of_hands(data, lines)
    half = len(chosen) // 2
    pairs = len(chosen) - half
    along = hand_directions(writer.engine, chosen[:half])
    if directions is not None:
        write(directions, dumps(writer.checkpoint.sha256, half, along).encode(), FormatError)
    found = counting(
        pairs,
        lambda tell: patches_of(
            writer, chosen, numbers, seed=seed, recogniser=Recogniser.load(), directions=along, progress=tell
        ),
    )
    if as_json:
        groups = {name: patches_object(one) for name, one in found.items()}
        about = {"name": writer.checkpoint.name, "sha256": writer.checkpoint.sha256}
        print(json.dumps({"checkpoint": about, "pairs": pairs, "groups": groups}))
        return
    traits = list(next(iter(found.values())).slopes)
    rows = [(name, *(slope(one.slopes[trait]) for trait in traits)) for name, one in found.items()]
    show(table(("", *traits), rows), f"slopes with standard errors; {counted(pairs, 'pair')}")


def patches_object(found: Patches) -> dict[str, Any]:
    """What came along, as JSON has it."""
    slopes = {trait: vars(one) for trait, one in found.slopes.items()}
    return {"cells": found.cells, "numbers": list(found.numbers), "slopes": slopes}


def numbers_of(text: str) -> list[int]:
    """Whole numbers above 0, as N,N."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1:
        raise typer.BadParameter(f"--sizes: expected numbers such as 10,50, found {text!r}")
    return found


def slope(one: Slope) -> str:
    """A slope and its standard error."""
    return f"{one.slope:+.2f} ({one.error:.2f})"


def counting(total: int, work: Callable[[Callable[[], None]], T]) -> T:
    """Runs some work that tells when it has done another of `total` parts, with a bar."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("lines", total=total)
        return work(lambda: bar.advance(task))
