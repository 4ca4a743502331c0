"""`pentrace fit-hands` and `pentrace fit-traits`, for checkpoints that know text and the hands of pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli.common import options
from pentrace.cli.common.progress import bars

Known = Annotated[
    Path, typer.Argument(metavar="FILE", help="A checkpoint that knows text and the hands of pages.")
]
Data = Annotated[list[Path], typer.Argument(metavar="DATA...", help="The lines that it was trained on.")]
Alignment = Annotated[Path, typer.Option(metavar="FILE", help="The alignments that it was trained with.")]
Lines = Annotated[int, typer.Option(metavar="N", min=1, max=100, help="Lines of each page that are written.")]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Of what is written.")]


def fit_hands(
    checkpoint: Known,
    data: Data,
    alignment: Alignment,
    out: Annotated[Path, options.out_option("The new checkpoint, a .safetensors file.")],
    lines: Lines = 3,
    seed: Seed = 0,
) -> None:
    r"""Move the hand codes of a checkpoint so that hands differ as people do.

    Some texts of each page are written in its hand. Where slant, height, width,
    spacing or joins differ from the page's, the code is moved. Printed is how much of
    the differences between pages was found in what was written before.

    \b
    Examples:
      pentrace fit-hands m.safetensors data --alignment a.parquet -o t.safetensors
    """
    from pentrace.checkpoint import load, save
    from pentrace.errors import CheckpointError
    from pentrace.files import keep_inputs
    from pentrace.measure.fit_hands import fit_hands as fit

    keep_inputs(out, [checkpoint, alignment, *data], CheckpointError)
    base = load(checkpoint)
    with bars() as report:
        told = partial(report, "writing")
        made, found = fit(base, data, alignment, lines=lines, seed=seed, report=told)
    for name, slope in found.slope.items():
        print(f"{name}: slope {slope:.2f}, correlation {found.correlation[name]:.2f}")
    save(made, out)
    print(f"{out}: the checkpoint with moved hand codes")


def fit_traits(
    checkpoint: Known,
    data: Data,
    alignment: Alignment,
    out: Annotated[Path, options.out_option("A .json file.")],
    lines: Lines = 2,
    seed: Seed = 0,
) -> None:
    r"""Find the changes of a hand code behind `pentrace write --trait`.

    Texts are written in all hands of the checkpoint. How their traits follow the hand
    code gives for each trait the smallest change that turns it up by about one
    standard deviation of people, and leaves the other traits as they are. Printed is
    that standard deviation.

    \b
    Examples:
      pentrace fit-traits t.safetensors data --alignment a.parquet -o traits.json
    """
    import numpy as np

    from pentrace import files
    from pentrace.checkpoint import load
    from pentrace.engine.traits import NAMES
    from pentrace.errors import DataError
    from pentrace.measure.fit_traits import MEASURED, dumps
    from pentrace.measure.fit_traits import fit_traits as fit

    files.keep_inputs(out, [checkpoint, alignment, *data], DataError)
    base = load(checkpoint)
    with bars() as report:
        told = partial(report, "writing")
        found = fit(base, data, alignment, lines=lines, seed=seed, report=told)
    for name, unit in zip(MEASURED, found.people, strict=True):
        print(f"{name}: {unit:.1f} degrees" if name == "slant" else f"{name}: {100 * np.expm1(unit):.0f} %")
    files.write(out, dumps(base.sha256, found).encode(), DataError)
    print(f"{out}: the changes of {len(NAMES)} traits")
