"""What commands give: ink into a file and onto the terminal, and words."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pentrace.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pentrace.ink import Ink

LARGE_PICTURE = 4_000_000
"""Pixels of a picture whose size is told before it is drawn."""
WIDEST = 120
"""Columns that a preview may take: writing that is wider is hard to read as a line."""


def tell_of_stale_atlases(checkpoints: Sequence[Path], page: Mapping[str, bytes]) -> None:
    """Names the atlases that the page goes without, because their checkpoints have changed since."""
    from pentrace.atlas import beside

    index = json.loads(page["checkpoints/index.json"])
    for path, entry in zip(checkpoints, index, strict=True):
        atlas = beside(path)
        if atlas.is_file() and "atlas" not in entry:
            print(
                f"pentrace: {atlas}: an atlas of other weights than {path.name}, left out; "
                "make it anew with `pentrace atlas`",
                file=sys.stderr,
            )


def check_name(out: Path | None, source: Path | None) -> None:
    """Refuses a name that cannot be written, before any work is done for it."""
    if out is None:
        return
    from pentrace.ink import formats

    formats.check_writable(out)
    if source is not None and out.exists() and source.exists() and out.samefile(source):
        raise FormatError(f"{out}: this is the ink that is read; name another file with -o")


def tell_size(size: tuple[int, int]) -> None:
    """Says how large a picture becomes, before it is drawn, where that takes a while."""
    if size[0] * size[1] > LARGE_PICTURE:
        print(f"pentrace: drawing {size[0]:,} x {size[1]:,} pixels", file=sys.stderr)


def give(ink: Ink, out: Path | None, summary: str) -> None:
    """Writes the ink to its file, replacing one of that name, and shows it to whoever is looking."""
    if out is not None:
        from pentrace.ink import formats

        if out.suffix.lower() == ".png":
            tell_size(formats.png.size(ink))
        formats.write(ink, out)
    if out is None or sys.stdout.isatty():
        from pentrace.cli.preview import preview

        print(preview(ink, min(shutil.get_terminal_size().columns, WIDEST)), end="\n\n")
    print(summary if out is None else f"{out}: {summary}")
