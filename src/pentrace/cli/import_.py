"""`pentrace import`: what others published becomes a data set or a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def distill(
    file: Annotated[
        Path, typer.Argument(metavar="b64_weights.json", help="The article's published weights.")
    ],
    out: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The checkpoint to write.")],
) -> None:
    r"""Turn the weights that the 2016 article published into a checkpoint.

    \b
    Examples:
      pentrace import distill b64_weights.json -o distill.safetensors
      pentrace serve -c distill.safetensors
    """
    from pentrace.checkpoint import save
    from pentrace.distill import import_distill

    checkpoint = import_distill(file)
    save(checkpoint, out)
    print(f"{out}: {checkpoint.name}; {checkpoint.data['terms']}")
