"""Output of commands: ink, to a file and to the terminal."""

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

WIDEST = 120
"""Largest width of a preview, in columns: a wider line is hard to read."""


def tell_of_stale_atlases(checkpoints: Sequence[Path], page: Mapping[str, bytes]) -> None:
    """Names the atlases that are left out because their checkpoints have changed since."""
    from pentrace.atlas import beside

    index = json.loads(page["checkpoints/index.json"])
    for path, entry in zip(checkpoints, index, strict=True):
        atlas = beside(path)
        if atlas.is_file() and "atlas" not in entry:
            print(
                f"pentrace: {atlas}: made for other weights than {path.name}, left out; "
                "rebuild it with `pentrace atlas`",
                file=sys.stderr,
            )


def check_name(out: Path | None, source: Path | None) -> None:
    """Refuses an output file that cannot be written, before any work is done."""
    if out is None:
        return
    from pentrace.ink import formats

    formats.check_writable(out)
    if source is not None and out.exists() and source.exists() and out.samefile(source):
        raise FormatError(f"{out}: this is the input; name another file with -o")


def give(ink: Ink, out: Path | None, summary: str) -> None:
    """Writes the ink to a file, if there is one, and shows it if there is none or stdout is a terminal."""
    if out is not None:
        from pentrace.ink import formats

        formats.write(ink, out)
    if out is None or sys.stdout.isatty():
        from pentrace.cli.preview import preview

        print(preview(ink, min(shutil.get_terminal_size().columns, WIDEST)), end="\n\n")
    print(summary if out is None else f"{out}: {summary}")
