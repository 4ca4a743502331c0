"""`pentrace fit-hands`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def fit_hands(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="FILE", help="A checkpoint that knows text and the hands of pages.")
    ],
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="The lines that it was trained on.")],
    alignment: Annotated[Path, typer.Option(metavar="FILE", help="The alignments that it was trained with.")],
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The new checkpoint, a .safetensors file.")
    ],
    lines: Annotated[
        int, typer.Option(metavar="N", min=1, max=100, help="Lines of each page that are written.")
    ] = 3,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of what is written.")] = 0,
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
    from pentrace.cli.progress import bars
    from pentrace.measure.fit_hands import fit_hands as fit

    with bars() as progress:
        made, found = fit(
            load(checkpoint),
            data,
            alignment,
            lines=lines,
            seed=seed,
            report=lambda done, count: progress("writing", done, count),
        )
    for name, slope in found.slope.items():
        print(f"{name}: slope {slope:.2f}, correlation {found.correlation[name]:.2f}")
    save(made, out)
    print(f"{out}: the checkpoint with moved hand codes")
