"""`pentrace explain`: commands that say what the model remembers, and how it finds a hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pentrace.cli.common import options, output
from pentrace.cli.common.progress import bar
from pentrace.cli.common.text import counted, print_json, show, table
from pentrace.cli.explain.ink import Hand, InkArgument, Seed, Text, opened

if TYPE_CHECKING:
    from pentrace.engine.writer import Writer
    from pentrace.explain.hands import F32, Slope
    from pentrace.explain.memory import Curve

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
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.explain.memory import memory as memory_of

    writer, source = opened(ink, text, hand, seed, checkpoint)
    recogniser = Recogniser.load() if letters else None
    with output.progress(writer.engine):
        found = memory_of(writer, source, step, futures=futures, seed=seed, recogniser=recogniser)
    if as_json:
        print_json(found)
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
    data: options.Lines,
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
    from pentrace.explain.memory import curves

    writer, chosen = opened_lines(data, lines, checkpoint)
    with bar("lines", len(chosen)) as advance:
        found = curves(writer, chosen, strokes=strokes, seed=seed, progress=advance)
    if as_json:
        objects = {how: curve_object(curve) for how, curve in found.items()}
        print_json({"checkpoint": writer.checkpoint.sha256, "lines": len(chosen), "curves": objects})
        return
    distances = max((curve.distances for curve in found.values()), key=len)
    rows = [
        (str(distance), *(f"{curve.mean[k]:.4f}" for curve in found.values()))
        for k, distance in enumerate(distances)
    ]
    ends = (curve.reach() or f"beyond {curve.distances[-1]}" for curve in found.values())
    rows.append(("a tenth", *map(str, ends)))
    show(
        table(("offsets", *found), rows),
        f"mean divergence in nats, so many offsets after a stroke was left; {counted(len(chosen), 'line')}\n"
        "a tenth: from which distance on it is below a tenth of what it is at first",
    )


def curve_object(curve: Curve) -> dict[str, Any]:
    """A curve as JSON has it, to four digits."""
    return {
        "distances": curve.distances,
        "mean": [float(f"{value:.4g}") for value in curve.mean],
        "error": [float(f"{value:.4g}") for value in curve.error],
        "strokes": curve.strokes,
        "reach": curve.reach(),
    }


def style(
    data: options.Lines,
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
    from pentrace.explain.hands import style as style_of

    writer, chosen = opened_lines(data, lines, checkpoint)
    with bar("lines", len(chosen)) as advance:
        found = style_of(writer, chosen, seed=seed, progress=advance)
    if as_json:
        print_json({trait: vars(one) | {"half": one.half()} for trait, one in found.items()})
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


def slope(one: Slope) -> str:
    """A slope and its standard error."""
    return f"{one.slope:+.2f} ({one.error:.2f})"


def opened_lines(data: list[Path], lines: int, checkpoint: Path | None) -> tuple[Writer, list[F32]]:
    """The writer, and lines of a data set for it to read."""
    from pentrace.engine.writer import Writer
    from pentrace.explain.hands import lines_of_hands

    return Writer(checkpoint or options.default_checkpoint()), lines_of_hands(data, lines)
