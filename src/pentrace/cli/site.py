"""`pentrace site`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pentrace.cli.common import options, output


def site(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write.")],
    checkpoint: options.Checkpoints = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that holds other files; they stay.")
    ] = False,
) -> None:
    r"""Write the page as a folder that any web host can serve.

    Visitors' browsers do all the computing, so there is no server to run. A folder that an earlier call wrote is
    brought up to date.

    \b
    Examples:
      pentrace site public/
      pentrace site public/ -c runs/mine/best.safetensors
      python -m http.server --directory public/
    """
    from pentrace.page.site import page_files, write_site

    checkpoints = options.of_the_page(checkpoint)
    files = page_files(checkpoints, output.warn)
    write_site(folder, files, force)
    size = sum(map(len, files.values())) / 1e6
    print(
        f"{folder}: {len(files)} files, {size:.1f} MB; for your own eyes: python -m http.server -d {folder}"
    )
