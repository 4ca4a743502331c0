"""`pentrace atlas`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pentrace.cli.atlas_dictionary import make
from pentrace.cli.common import options
from pentrace.cli.common.progress import bars
from pentrace.cli.common.text import counted, number, printable, show, span, table
from pentrace.errors import AtlasError

if TYPE_CHECKING:
    from rich.table import Table

    from pentrace.atlas import Atlas

FEATURES_SAY = (
    "alone: score of the best cell, -1 to 1, and of the best cell when lines have the labels of other lines. "
    "all cells: a probe fitted on other lines, and the same with swapped labels."
)
ORDERS_SAY = "merit: mean correlation of neighbours on held-out lines"
EFFECTS_SAY = "controls: changes more in the expected direction than each of 19 draws of random cells"


def atlas(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A checkpoint.")],
    data: options.Data,
    out: Annotated[
        Path | None,
        options.out_option(
            "The atlas to write; the page finds NAME.atlas.safetensors beside NAME.safetensors."
        ),
    ] = None,
    held_out: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="OTHER",
            help="Lines to measure on; repeat for more.  [default: a quarter of the forms of DATA]",
        ),
    ] = None,
    lines: Annotated[
        int, typer.Option(metavar="N", min=2, help="Lines to fit on, and at most so many to measure on.")
    ] = 500,
    samples: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            max=65_535,
            help="Lines for the model to write, in which moments are found.",
        ),
    ] = 128,
    embed_ink: Annotated[
        bool,
        typer.Option(
            "--embed-ink",
            help="Search the held-out lines for moments instead, and include their ink in the file. "
            "Only if the terms of the data allow you to pass it on.",
        ),
    ] = False,
    terms: Annotated[str, typer.Option(metavar="TEXT", help="The terms of the data, for the file.")] = "",
    effects: Annotated[
        bool,
        typer.Option(
            "--effects/--no-effects", help="Measure what changing the cells does, compared with random cells."
        ),
    ] = True,
    dictionary: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Learn dictionaries of c and h instead of an atlas, and write them to this file.",
        ),
    ] = None,
    entries: Annotated[
        int, typer.Option(metavar="N", min=2, max=8192, help="Entries of a dictionary.")
    ] = 2048,
    active: Annotated[
        int, typer.Option(metavar="N", min=1, max=256, help="Entries that are active at a time.")
    ] = 16,
) -> None:
    r"""Find out which features the cells of a model follow, and in which order to show them.

    For each cell and each feature of the pen (direction, speed, lifts now and some steps ahead, position within line
    and word, the character), measures on held-out lines how well the cell follows the feature, how well all cells
    together predict it, and the same by chance, with the labels of other lines. Also computes orders of the cells,
    clusters, and the moments at which each cell is strongest. At the end, changes the cells that follow a feature best
    while the model writes, to see whether they control it (`pentrace change`); this takes a few minutes more.

    With --dictionary, learns sparse dictionaries of c and h instead (TopK, Gao et al. 2024), and measures whether their
    entries follow features better than single cells. With the defaults this takes some ten minutes of a core and 3 GB.

    The file contains no ink of DATA unless --embed-ink is given: moments are found in lines that the model writes.

    \b
    Examples:
      pentrace atlas my.safetensors train/ -o my.atlas.safetensors
      pentrace atlas my.safetensors train/ --held-out val/ -o my.atlas.safetensors
      pentrace atlas my.safetensors train/ --dictionary my.dictionary.safetensors
    """
    from pentrace.atlas.build import Samples, build, check_packages
    from pentrace.atlas.dictionary import Training
    from pentrace.atlas.presets import with_effects
    from pentrace.atlas.rows import choose
    from pentrace.checkpoint import load
    from pentrace.engine.writer import Writer

    check_packages()
    target = out or dictionary
    if target is None or (out and dictionary):
        raise typer.BadParameter("give -o FILE for an atlas, or --dictionary FILE for dictionaries instead")
    if active > entries:
        raise typer.BadParameter(
            f"--active: expected at most {entries}, as many as there are entries, found {active}"
        )
    if embed_ink and not terms:
        raise typer.BadParameter("--embed-ink passes ink on: give its terms with --terms TEXT")
    loaded = load(checkpoint)
    check_output(target, checkpoint)
    fit, measured = choose(data, held_out or [], lines)
    asked = [f"--held-out {source.name}" for source in held_out or []]
    asked += [f"--lines {lines}"]
    names = " ".join(source.name for source in (checkpoint, *data))
    if dictionary is not None:
        asked += [f"--entries {entries}", f"--active {active}", "--dictionary"]
        command = f"pentrace atlas {names} {' '.join(asked)} {dictionary.name}"
        make(loaded, (fit, measured), dictionary, Training(entries, active), command, effects)
        return
    asked += ["--embed-ink" if embed_ink else f"--samples {samples}"]
    with bars() as report:
        found = build(
            loaded,
            fit,
            measured,
            samples=None if embed_ink else Samples(count=samples),
            command=f"pentrace atlas {names} {' '.join(asked)}",
            terms=terms,
            report=report,
        )
        # Saved now, so that the minutes of work are not lost if the effects fail.
        found.save(target)
        if effects:
            measured_effects = partial(report, "effects")
            found = with_effects(found, Writer(loaded), threads=options.threads(), report=measured_effects)
            found.save(target)
    for shown, meaning in (
        (features_table(found), FEATURES_SAY),
        (orders_table(found), ORDERS_SAY),
        (effects_table(found), EFFECTS_SAY),
    ):
        if shown.row_count:
            show(shown, f"{meaning}\n")
    for name, what in found.about["data"]["left_out"].items():
        if what:
            print(printable(f"left out: {name}: {what if isinstance(what, int) else ', '.join(what)}"))
    print(f"{target}: {counted(found.cells, 'cell')}, {counted(target.stat().st_size, 'byte')}")


def check_output(out: Path, checkpoint: Path) -> None:
    """Refuses a name that cannot be written, or is the checkpoint's, before minutes of work."""
    if not out.parent.is_dir():
        raise AtlasError(f"{out}: expected an existing folder, found none of that name; make it first")
    if out.is_dir() or (out.exists() and out.samefile(checkpoint)):
        what = "a folder" if out.is_dir() else "the checkpoint"
        raise AtlasError(f"{out}: expected the name of a file to write, found {what}")


def features_table(found: Atlas) -> Table:
    """How well cells follow each feature, and how well by chance."""
    columns = ("feature", "best cell", "alone", "chance", "all cells", "chance", "", "rows")
    rows = (
        (
            name,
            str(int(feature["best"]["c"][0])),
            f"{feature['best']['c'][1]:+.3f}",
            f"{feature['chance']['c']:.3f}",
            *(number(feature["probe"][key]) for key in ("value", "control")),
            feature["probe"]["metric"],
            f"{feature['rows']:,}",
        )
        for name, feature in found.features.items()
    )
    return table(columns, rows, left=("",))


def effects_table(found: Atlas) -> Table:
    """The measured effects of changing cells."""

    def row(effect: dict[str, Any]) -> tuple[str, ...]:
        figure = effect["figures"][effect["measure"]]
        return (
            effect["name"],
            effect["measure"],
            *(number(figure[key]) for key in ("before", "after", "error")),
            span(figure["random"]),
            "yes" if effect["controls"] else "no",
        )

    columns = ("preset", "measure", "before", "after", "error", "random cells", "controls")
    return table(columns, map(row, found.effects), left=("measure", "controls"))


def orders_table(found: Atlas) -> Table:
    """The merit of each order."""
    return table(("order", "merit"), ((name, f"{merit:.3f}") for name, merit in found.orders.items()))
