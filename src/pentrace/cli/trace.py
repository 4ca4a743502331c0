"""`pentrace trace`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pentrace.cli.common import intervention_options, options, output
from pentrace.cli.common.intervention_options import NO_CHANGES, Changes, with_changes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pentrace.checkpoint import Checkpoint


NONE = "none"


@with_changes
def trace(
    file: Annotated[Path, typer.Argument(metavar="INK", help="The ink to read; - is standard input.")],
    out: Annotated[
        Path,
        options.out_option(
            "A picture (.png, .svg, .pdf) or numbers (.npz, .parquet, .nc); an existing one is replaced. "
            "- is standard output."
        ),
    ],
    format_: options.Format = None,
    what: Annotated[
        Literal["c", "h", "i", "f", "g", "o"],
        typer.Option(help="In a picture: cell state, hidden state, input, forget, candidate or output gate."),
    ] = "c",
    cells: Annotated[
        str | None,
        typer.Option(
            metavar="CELLS",
            help="Colour the ink by the mean of these cells, such as 12,40-60.  "
            "[default: one in time with the pen]",
        ),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The order of the cells: one of the checkpoint's atlas, or none.  [default: the best of the atlas]",
        ),
    ] = None,
    limits: Annotated[
        Literal["robust", "full", "own"],
        typer.Option(help="Colours span 95 % of the values, all values, or each cell's own values."),
    ] = "robust",
    log: Annotated[
        bool, typer.Option("--log", help="Logarithmic colours, on both sides of the middle.")
    ] = False,
    text: options.SaidText = None,
    dark: options.Dark = False,
    changes: Changes = NO_CHANGES,
    checkpoint: options.Checkpoint = None,
    hand: options.AnyHand = None,
) -> None:
    r"""Show what the cells did while the model read an ink.

    A picture has a row for each cell and a column for each step, below the ink in the same colours, as in the page.
    Numbers are the whole trace: cell and hidden states, gates, mixture and log p of every step.

    \b
    Examples:
      pentrace trace mine.json -o cells.png
      pentrace trace mine.json --what f --cells 12,40-60 -o forget.svg
      pentrace trace mine.json -o trace.parquet
      pentrace trace mine.json --text "Dear Ada," -o letters.parquet
    """
    from pentrace.cli.common.text import counted
    from pentrace.engine.trace import SUFFIXES as NUMBERS
    from pentrace.pictures.plots import SUFFIXES as PICTURES

    place = output.target(out, format_, PICTURES + NUMBERS, [file], dark)
    assert place is not None  # noqa: S101 - the command cannot be called without -o
    ink = output.read_ink(file)
    learned, numbered = options.split_hand(hand)
    checkpoint = options.of_text(checkpoint, text)
    writer = intervention_options.writer(checkpoint, changes, learned)
    if place.suffix in NUMBERS:
        with output.progress(writer.engine):
            found = writer.trace(writer.reading(ink, text, hand=numbered), gates=True, mixture=True)
        with output.written(place, f"{counted(len(found), 'step')}, {', '.join(found.arrays())}") as target:
            found.save(target)
        return
    from pentrace.engine.interventions import cells_of
    from pentrace.pictures.cells import cell_rows, draw

    path = checkpoint or options.default_checkpoint()
    name, shown = named_order(path, writer.base, order)
    with output.progress(writer.engine):
        rows = cell_rows(writer, ink, what, text, numbered)
    with output.written(place) as target:
        chosen = draw(
            rows,
            target,
            order=shown,
            cells=() if cells is None else cells_of(cells),
            limits=limits,
            log=log,
            theme="dark" if dark else "light",
        )
    by = f"cell {chosen[0]}" if len(chosen) == 1 else counted(len(chosen), "cell")
    count, steps = counted(rows.values.shape[1], "cell"), counted(len(rows.values) - 1, "step")
    output.tell(place, f"{count} over {steps}, order {name}, ink coloured by {by}")


def named_order(
    path: Path, checkpoint: Checkpoint, name: str | None
) -> tuple[str, npt.NDArray[np.int64] | None]:
    """An order of the checkpoint's atlas: by default the best, or none if there is no atlas."""
    from pentrace.atlas import Atlas, beside
    from pentrace.errors import AtlasError

    file = beside(path)
    if name == NONE or (name is None and not file.is_file()):
        return NONE, None
    if not file.is_file():
        raise AtlasError(
            f"--order {name}: expected {file.name} beside the checkpoint; make it with `pentrace atlas`"
        )
    try:
        found = Atlas.load(file)
        found.check(checkpoint, path.name)
    except AtlasError as error:
        if name is not None:
            raise
        output.warn(f"left out: {file}: {error}")
        return NONE, None
    return name or next(iter(found.orders)), found.order(name)
