"""`pentrace atlas`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TaskID
from rich.table import Table

from pentrace.cli import options
from pentrace.cli.text import counted, printable
from pentrace.errors import AtlasError

if TYPE_CHECKING:
    from pentrace.atlas import Atlas

FEATURES_SAY = (
    "alone: c of the best cell, -1 to 1, and what the best of all cells reaches with the labels of other lines. "
    "all cells: a probe fitted on other lines, and the same with such labels."
)
ORDERS_SAY = "merit: mean correlation of neighbours on held-out lines"
EFFECTS_SAY = "controls: further to the expected side than each of 19 draws of random cells"


def atlas(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="A checkpoint.")],
    data: Annotated[list[Path], typer.Argument(metavar="DATA", help="Parquet files, or folders of them.")],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The atlas to write; the page finds NAME.atlas.safetensors beside NAME.safetensors.",
        ),
    ],
    held_out: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="OTHER",
            help="Lines to measure on; repeat for more.  [default: a quarter of the forms of DATA]",
        ),
    ] = None,
    lines: Annotated[
        int, typer.Option(metavar="N", min=2, help="Lines to fit on, and as many at most to measure on.")
    ] = 500,
    samples: Annotated[
        int,
        typer.Option(metavar="N", min=1, max=65_535, help="Lines that the model writes, to find moments in."),
    ] = 128,
    embed_ink: Annotated[
        bool,
        typer.Option(
            "--embed-ink",
            help="Find moments in the held-out lines instead, and put their ink into the file. "
            "Only where the terms of the data let you pass it on.",
        ),
    ] = False,
    terms: Annotated[str, typer.Option(metavar="TEXT", help="The terms of the data, for the file.")] = "",
    effects: Annotated[
        bool,
        typer.Option(
            "--effects/--no-effects", help="Measure what changing the cells does, beside random cells."
        ),
    ] = True,
) -> None:
    r"""Find out what the cells of a model follow, and in which order to show them.

    For each cell and each feature of the pen (direction, speed, lifts now and some steps ahead, place within line
    and word, the character): how well the cell alone follows it on lines that were held out, how well all cells
    together do, and what the same gives with the labels of other lines, which is chance. Also orders of the cells,
    clusters, and the moments at which each cell is strongest. At the end the cells that follow a feature best are
    changed while the model writes, which takes a few minutes more, to see whether they control it (`pentrace change`).

    The file holds no ink of DATA unless --embed-ink is given: moments are found in lines that the model writes.

    \b
    Examples:
      pentrace atlas my.safetensors train/ -o my.atlas.safetensors
      pentrace atlas my.safetensors train/ --held-out val/ -o my.atlas.safetensors
    """
    from pentrace.atlas.build import Samples, build, check_packages
    from pentrace.atlas.presets import with_effects
    from pentrace.atlas.rows import choose
    from pentrace.checkpoint import load
    from pentrace.engine.writer import Writer

    check_packages()
    if embed_ink and not terms:
        raise typer.BadParameter("--embed-ink passes ink on: say under which terms with --terms TEXT")
    loaded = load(checkpoint)
    check_output(out, checkpoint)
    fit, measured = choose(data, held_out or [], lines)
    asked = [f"--held-out {source.name}" for source in held_out or []]
    asked += [f"--lines {lines}", "--embed-ink" if embed_ink else f"--samples {samples}"]
    names = " ".join(source.name for source in (checkpoint, *data))
    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done)

        found = build(
            loaded,
            fit,
            measured,
            samples=None if embed_ink else Samples(count=samples),
            command=f"pentrace atlas {names} {' '.join(asked)}",
            terms=terms,
            report=report,
        )
        # What has taken minutes is kept, whatever comes.
        found.save(out)
        if effects:
            measured_effects = partial(report, "effects")
            found = with_effects(found, Writer(loaded), threads=options.threads(), report=measured_effects)
            found.save(out)
    console = Console(highlight=False)
    for table, meaning in (
        (features_table(found), FEATURES_SAY),
        (orders_table(found), ORDERS_SAY),
        (effects_table(found), EFFECTS_SAY),
    ):
        if table.row_count:
            console.print(table)
            console.print(f"{meaning}\n", style="dim")
    for name, what in found.about["data"]["left_out"].items():
        if what:
            print(printable(f"left out: {name}: {what if isinstance(what, int) else ', '.join(what)}"))
    print(f"{out}: {counted(found.cells, 'cell')}, {counted(out.stat().st_size, 'byte')}")


def check_output(out: Path, checkpoint: Path) -> None:
    """Refuses a name that cannot be written or is the checkpoint's own, before minutes of work are done for it."""
    if not out.parent.is_dir():
        raise AtlasError(f"{out}: expected a folder that is there, found none of that name; make it first")
    if out.is_dir() or (out.exists() and out.samefile(checkpoint)):
        what = "a folder" if out.is_dir() else "the checkpoint"
        raise AtlasError(f"{out}: expected the name of an atlas to write, found {what}")


def features_table(found: Atlas) -> Table:
    """What cells follow, feature by feature, beside what chance gives."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("feature", no_wrap=True)
    for name in ("best cell", "alone", "chance", "all cells", "chance", "", "rows"):
        table.add_column(name, justify="right" if name else "left", style=None if name else "dim")
    for name, feature in found.features.items():
        cell, score = feature["best"]["c"]
        probe = feature["probe"]
        table.add_row(
            escape(name),
            str(int(cell)),
            f"{score:+.3f}",
            f"{feature['chance']['c']:.3f}",
            *("-" if probe[key] is None else f"{probe[key]:.3f}" for key in ("value", "control")),
            escape(probe["metric"]),
            f"{feature['rows']:,}",
        )
    return table


def effects_table(found: Atlas) -> Table:
    """What changing cells was measured to do."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for name in ("preset", "measure"):
        table.add_column(name, no_wrap=True)
    for name in ("before", "after", "error", "random cells"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("controls")
    for effect in found.effects:
        figure = effect["figures"][effect["measure"]]
        numbers = (
            "-" if figure[key] is None else f"{figure[key]:.3f}" for key in ("before", "after", "error")
        )
        random = [value for value in figure["random"] if value is not None]
        beside = f"{min(random):.3f} to {max(random):.3f}" if random else "-"
        verdict = "yes" if effect["controls"] else "no"
        table.add_row(escape(effect["name"]), effect["measure"], *numbers, beside, verdict)
    return table


def orders_table(found: Atlas) -> Table:
    """How alike neighbours are in each order."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("order")
    table.add_column("merit", justify="right")
    for name, merit in found.orders.items():
        table.add_row(escape(name), f"{merit:.3f}")
    return table
