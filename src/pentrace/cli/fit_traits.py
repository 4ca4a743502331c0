"""`pentrace fit-traits`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def fit_traits(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="FILE", help="A checkpoint that knows text and the hands of pages.")
    ],
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="The lines that it was trained on.")],
    alignment: Annotated[Path, typer.Option(metavar="FILE", help="The alignments that it was trained with.")],
    out: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="A .json file.")],
    lines: Annotated[
        int, typer.Option(metavar="N", min=1, max=100, help="Lines of each page that are written.")
    ] = 2,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of what is written.")] = 0,
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
    from pentrace.cli.progress import bars
    from pentrace.engine.traits import NAMES
    from pentrace.errors import DataError
    from pentrace.measure.fit_traits import MEASURED, dumps
    from pentrace.measure.fit_traits import fit_traits as fit

    base = load(checkpoint)
    with bars() as progress:
        found = fit(
            base,
            data,
            alignment,
            lines=lines,
            seed=seed,
            report=lambda done, count: progress("writing", done, count),
        )
    for name, unit in zip(MEASURED, found.people, strict=True):
        print(f"{name}: {unit:.1f} degrees" if name == "slant" else f"{name}: {100 * np.expm1(unit):.0f} %")
    files.write(out, dumps(base.sha256, found).encode(), DataError)
    print(f"{out}: the changes of {len(NAMES)} traits")
