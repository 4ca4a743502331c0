"""The page's address for an ink, a figure and its settings: the twin of web/src/page/state.ts and address.ts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlsplit

import numpy as np

from pentrace.errors import PageError
from pentrace.ink import Ink
from pentrace.link.ink_code import decode, encode_within
from pentrace.link.sheet import SheetInk, placed

PAGE = "http://127.0.0.1:8000/"
"""Where `pentrace serve` shows the page."""
FIRST = "writing"
"""The page's first figure, whose controls have no name before theirs."""
_INDEX = Path(__file__).parents[1] / "static/index.html"
_LONGEST = 8000
"""Longer addresses are cut or refused by programs that people send links with."""
_FIGURE = re.compile(r'<figure id="?([\w-]+)')
_NAME = re.compile(r"[a-z][\w-]*")


def link(
    ink: Ink | None,
    figure: str = FIRST,
    *,
    checkpoint: str = "",
    page: str = PAGE,
    **settings: bool | int | float | str | Iterable[int],
) -> str:
    """The link that opens the page at a figure, with an ink and settings.

    Args:
        ink: what lies on the page's paper; it is placed there as the page places a file that is opened. None for the
            page's own example.
        figure: its name in the page, such as "cells".
        checkpoint: the name of a checkpoint that the page offers; "" for the page's own.
        page: where the page is.
        settings: the controls of the figure by their names in the page's address, such as seed=7 or chosen=[3, 4].
            A name that the figure does not know is ignored by the page.

    Raises:
        PageError: no such figure, or a setting that no address can hold.
        InkError: the ink is too long for a link.
    """
    known = figures()
    if figure not in known:
        raise PageError(f"figure: expected one of {', '.join(known)}, found {figure}")
    before = "" if figure == FIRST else f"{figure}."
    hash_ = [(f"{before}{_named(name)}", _written(name, value)) for name, value in settings.items()]
    at = [] if figure == FIRST else [("at", figure)]
    start = page + (f"?{_query([('checkpoint', checkpoint)])}" if checkpoint else "") + "#"
    if ink is None:
        return start + _query(hash_ + at)
    room = _LONGEST - len(start + _query([*hash_, ("ink", ""), *at]))
    return start + _query([*hash_, ("ink", encode_within(placed(ink), room)), *at])


def read_link(address: str) -> SheetInk:
    """The ink of a link to the page, as it lies on the page's paper. The counterpart of `link`.

    Args:
        address: a link, or its part from # on, such as "#ink=...".

    Raises:
        PageError: the link has no ink.
        InkError: the ink in it cannot be read.
    """
    codes = parse_qs(urlsplit(address).fragment).get("ink", [])
    if not codes:
        raise PageError(
            f"link: expected one with an ink (#ink=...), found {address!r:.60}; "
            "the page's own example is not part of its links"
        )
    return SheetInk(decode(codes[0]))


def figures() -> list[str]:
    """The names of the page's figures, from the page itself. Raises PageError if it is not built."""
    try:
        found = _FIGURE.findall(_INDEX.read_text(encoding="utf-8"))
    except OSError as error:
        raise PageError(f"{_INDEX}: the page is not built; run `make` in the repository") from error
    return list(dict.fromkeys(found))


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise PageError(f"setting: expected the name of a control, found {name!r:.40}")
    return name


def _written(name: str, value: object) -> str:
    """A value as the page's controls write it (web/src/frame/control.ts)."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, np.bool_, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            raise PageError(f"{name}: expected a finite number, found {value}")
        return repr(float(value)).removesuffix(".0")
    try:
        return _in_words([int(cell) for cell in value])  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise PageError(
            f"{name}: expected a number, a text, true or false, or cells, found {value!r:.40}"
        ) from None


def _in_words(cells: list[int]) -> str:
    """Cells as text, such as 3-5,120; runs of rising numbers become ranges."""
    runs: list[list[int]] = []
    for cell in cells:
        if runs and cell == runs[-1][1] + 1:
            runs[-1][1] = cell
        else:
            runs.append([cell, cell])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _query(pairs: list[tuple[str, str]]) -> str:
    """As a browser's URLSearchParams writes it."""
    return "&".join(
        "=".join(quote_plus(part, safe="*").replace("~", "%7E") for part in pair) for pair in pairs
    )
