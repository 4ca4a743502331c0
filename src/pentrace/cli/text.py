"""Text and tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.markup import escape
from rich.table import Table


def printable(text: str) -> str:
    """Text from a file, without characters that control a terminal (escapes, line breaks and so on)."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def counted(number: int, noun: str) -> str:
    """A number of things, such as 1 line or 1,438 lines."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[str] = ()) -> Table:
    """A table without lines. Columns are aligned right, except the first and those named in `left`.

    Names come out of files, so none is read as markup.
    """
    found = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", caption_justify="left")
    for number, name in enumerate(columns):
        found.add_column(
            name, justify="left" if number == 0 or name in left else "right", no_wrap=number == 0
        )
    for row in rows:
        found.add_row(*map(escape, row))
    return found
