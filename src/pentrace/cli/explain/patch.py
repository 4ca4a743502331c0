"""`pentrace explain patch` and `patches`: the state after one ink, put into that after another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pentrace.cli.common import options
from pentrace.cli.common.progress import bar
from pentrace.cli.common.text import counted, number, print_json, show, span, table
from pentrace.cli.explain.hands import Lines, opened_lines, slope
from pentrace.cli.explain.ink import Seed, source_of

if TYPE_CHECKING:
    from pentrace.engine.writer import Writer
    from pentrace.explain.directions import Direction

T = TypeVar("T")


def patch(
    a: Annotated[Path | None, typer.Argument(metavar="[A]", help="The ink whose state is taken.")] = None,
    b: Annotated[
        Path | None, typer.Argument(metavar="[B]", help="The ink into whose state it is put.")
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help='What both inks say, or given twice, what A says and what B says; "" reads them alone. Without inks: '
            "the texts from which the model writes two lines.",
        ),
    ] = None,
    hand: Annotated[
        list[int] | None,
        typer.Option(metavar="N", min=0, help="The hand in which the texts are written; twice, for A and B."),
    ] = None,
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
            metavar="N,N",
            help="After how many offsets of A and of B.  [default: after all; with a text 150 before its end]",
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
    it in place, as far as the state after A lies beyond it. Inks with a text are read along with it, and B goes on with
    its own text.

    \b
    Examples:
      pentrace explain patch slanted.json upright.json
      pentrace explain patch slanted.json upright.json --cells 12,40-60 --at 80,99
      pentrace explain patch slanted.json upright.json --direction slant --letters
      pentrace explain patch --text "hello my friend" --hand 7 --hand 3
    """
    from pentrace.cli.common.intervention_options import cell_numbers
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.engine.writer import Writer
    from pentrace.explain.patch import patch as patch_of

    if cells is not None and direction is not None:
        raise typer.BadParameter("--direction: expected no --cells beside it, found both")
    texts, hands = two_of("--text", text), two_of("--hand", hand)
    if (a is None) != (b is None):
        raise typer.BadParameter("expected two inks, or none and --text TEXT, found one ink")
    known = next((each for each in texts if each), None)
    path = options.of_text(checkpoint, known) or options.default_checkpoint()
    writer = Writer(path)
    taken = None if cells is None else cell_numbers(cells, path, writer.checkpoint)
    # Two lines of one text in one hand differ in their seed.
    one, other = (source_of(writer, ink, texts[k], hands[k], seed + k) for k, ink in enumerate((a, b)))
    found = patch_of(
        writer,
        one,
        other,
        taken if direction is None else direction_named(direction, writer, path),
        at=(None, None) if at is None else options.pair_of("--at", at, "80,120"),
        draws=draws,
        futures=futures,
        steps=steps,
        seed=seed,
        recogniser=Recogniser.load() if letters else None,
    )
    if as_json:
        print_json(found)
        return
    rows = []
    for trait in found.a:
        means = (number(one[trait], ".2f") for one in (found.a, found.b, found.both))
        rows.append((trait, *means, span((one[trait] for one in found.random), ".2f", "")))
    if (read := found.letters) is not None and read.letter:
        first, second, both = (f"{share:.0%}" for share in (read.a, read.b, read.both))
        rows.append((f"writes {read.letter!r} next", first, second, both, span(read.random, ".0%", "")))
    what = f"direction {direction}" if direction is not None else counted(len(found.cells), "cell")
    kind = "cells of A" if direction is None else "the direction from A"
    shown = table(("", "after A", "after B", f"B with {kind}", "at random"), rows)
    ends = "; those of a text that ends before do not count" if any(texts) else ""
    show(shown, f"{what}; means over {counted(futures, 'future')} of {steps} points{ends}")


def direction_named(name: str, writer: Writer, path: Path) -> Direction:
    """A direction that is stored, or that of a feature of the atlas beside the checkpoint."""
    from pentrace.cli.common.intervention_options import atlas
    from pentrace.explain.directions import feature_direction, stored_directions

    stored = stored_directions(writer.checkpoint.sha256)
    return stored[name] if name in stored else feature_direction(atlas(path, writer.checkpoint), name)


def two_of(name: str, values: list[T] | None) -> tuple[T | None, T | None]:
    """What an option says of A and of B: given once, it says it of both."""
    given = values or []
    if len(given) > 2:
        raise typer.BadParameter(f"{name}: expected it once or twice, found it {len(given)} times")
    return (given[0], given[-1]) if given else (None, None)


def sizes_of(text: str) -> list[int]:
    """Numbers of cells, as N,N."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if min(found, default=0) < 1:
        raise typer.BadParameter(f"--sizes: expected numbers such as 10,50, found {text!r}")
    return found


def patches(
    data: options.Lines,
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
    from pentrace.engine.text.recogniser import Recogniser
    from pentrace.errors import FormatError
    from pentrace.explain.directions import dumps, hand_directions
    from pentrace.explain.patch import patches as patches_of
    from pentrace.files import write

    numbers = sizes_of(sizes)
    writer, chosen = opened_lines(data, lines, checkpoint)
    half = len(chosen) // 2
    pairs = len(chosen) - half
    along = hand_directions(writer.engine, chosen[:half])
    if directions is not None:
        write(directions, dumps(writer.checkpoint.sha256, half, along).encode(), FormatError)
    reader = Recogniser.load()
    with bar("lines", pairs) as advance:
        found = patches_of(
            writer, chosen, numbers, seed=seed, recogniser=reader, directions=along, progress=advance
        )
    if as_json:
        about = {"name": writer.checkpoint.name, "sha256": writer.checkpoint.sha256}
        print_json({"checkpoint": about, "pairs": pairs, "groups": found})
        return
    traits = list(next(iter(found.values())).slopes)
    rows = []
    for name, one in found.items():
        # Letters are not read with everything that is taken.
        rows.append((name, *(slope(one.slopes[trait]) if trait in one.slopes else "-" for trait in traits)))
    show(table(("", *traits), rows), f"slopes with standard errors; {counted(pairs, 'pair')}")
