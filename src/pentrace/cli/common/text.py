"""What commands print: text, numbers, tables, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text


def printable(text: str) -> str:
    """Text from a file, without characters that control a terminal (escapes, line breaks and so on)."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def counted(number: int, noun: str) -> str:
    """A number of things, such as 1 line or 1,438 lines."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def number(value: float | None, form: str = ".3f") -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None or not isfinite(value) else f"{value:{form}}"


def span(values: Iterable[float | None], form: str = ".3f", empty: str = "-") -> str:
    """The smallest and the largest of the numbers that there are."""
    known = [value for value in values if value is not None and isfinite(value)]
    return f"{min(known):{form}} to {max(known):{form}}" if known else empty


def print_json(value: Any, indent: int | None = None) -> None:
    """Prints JSON of plain values, arrays and classes with fields; null for numbers that JSON does not have.

    With an indent it is for people too, and letters of all languages stay as they are.
    """
    print(json.dumps(_plain(value), ensure_ascii=indent is None, indent=indent))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if hasattr(value, "__dict__"):
        return _plain(vars(value))
    return None if isinstance(value, float) and not isfinite(value) else value


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], *, left: Sequence[str] = ()) -> Table:
    """A table without lines. Columns are aligned right, except the first and those named in `left`.

    Names come out of files, so no string is read as markup: a cell in bold is a Text.
    """
    found = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", caption_justify="left")
    for k, name in enumerate(columns):
        found.add_column(name, justify="left" if k == 0 or name in left else "right", no_wrap=k == 0)
    for row in rows:
        found.add_row(*(escape(cell) if isinstance(cell, str) else cell for cell in row))
    return found


def show(shown: Table, caption: str = "") -> None:
    """Prints a table, and what its numbers mean."""
    console = Console(highlight=False)
    console.print(shown)
    if caption:
        console.print(caption, style="dim", markup=False)
