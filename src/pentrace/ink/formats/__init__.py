"""Files of ink, by suffix. A format is a module of bytes -> Ink and Ink -> bytes; only this one touches files."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pentrace import files
from pentrace.errors import FormatError, InkError, InkWarning
from pentrace.ink.formats import inkml, json, png, svg, xml
from pentrace.ink.formats._compressed import unpacked
from pentrace.ink.formats._notes import Reading

if TYPE_CHECKING:
    from pentrace.ink.ink import Ink

__all__ = ["FORMATS", "MAX_BYTES", "Format", "check_writable", "decode", "read", "replace", "write"]

MAX_BYTES = 64 * 2**20
"""Largest file that is read."""


@dataclass(frozen=True)
class Format:
    """What a suffix stands for: bytes to ink, ink to bytes, each where it can be done."""

    title: str
    read: Callable[[bytes], Reading] | None
    dumps: Callable[[Ink], bytes] | None


FORMATS = {
    ".json": Format("pentrace ink", json.read, json.dumps),
    ".svg": Format("SVG", xml.read, svg.dumps),
    ".inkml": Format("InkML", xml.read, inkml.dumps),
    ".xopp": Format("pages of Xournal++", xml.read, None),
    ".svgz": Format("SVG, compressed", xml.read, None),
    ".xml": Format("line of IAM-OnDB, InkML or SVG", xml.read, None),
    ".png": Format("PNG", None, png.dumps),
}

_PICTURE = "trace it to strokes first, for example in Inkscape"
_ADVICE = {
    ".pdf": "open it in Inkscape and save it as SVG",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp"), _PICTURE),
}
"""What to do with files of other types than SVG."""


def read(path: Path | str) -> Ink:
    """The ink of a file. An InkWarning says what could not be read.

    Raises FormatError, which names the file, if there is no ink.
    """
    reader = _format(path, "read").read
    if reader is None:
        advice = _ADVICE.get(Path(path).suffix.lower(), "export the ink as SVG")
        raise FormatError(f"{path}: this type is only written; expected one of {_known('read')}; {advice}")
    return _read(reader, files.read(path, MAX_BYTES, FormatError), str(path))


def decode(data: bytes, name: str) -> Ink:
    """The ink in bytes of any format that is read, told by its beginning; `name` is what errors call it."""
    if len(data) > MAX_BYTES:
        raise FormatError(f"{name}: expected at most {MAX_BYTES} bytes, found more")
    first = data[:100].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    reader = FORMATS[".json" if first == b"{" else ".xml"].read
    assert reader is not None  # noqa: S101 - both are read
    return _read(reader, data, name)


def _read(reader: Callable[[bytes], Reading], data: bytes, name: str) -> Ink:
    try:
        ink, notes = reader(unpacked(data, MAX_BYTES))
    except (FormatError, InkError) as error:
        raise FormatError(f"{name}: {error}") from None
    for note in notes:
        warnings.warn(f"{name}: {note}", InkWarning, stacklevel=3)
    return ink


def write(ink: Ink, path: Path | str) -> None:
    """Writes an ink in the format of the file's suffix, moved into place when it is whole."""
    check_writable(path)
    dumps = _format(path, "write").dumps
    assert dumps is not None  # noqa: S101 - check_writable has refused the others
    replace(path, dumps(ink))


def replace(path: Path | str, data: bytes) -> None:
    """Writes a file, moved into place when it is whole. Raises FormatError, which names the file."""
    files.write(path, data, FormatError)


def check_writable(path: Path | str) -> None:
    """Raises FormatError when no ink can be written under this name, before any work is done for it."""
    if _format(path, "write").dumps is None:
        raise FormatError(f"{path}: this type is only read; expected one of {_known('write')}")


def _format(path: Path | str, doing: str) -> Format:
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        advice = f"; {_ADVICE.get(suffix, 'export the ink as SVG')}" if doing == "read" else ""
        found = f"unknown file type {suffix or '(none)'}"
        raise FormatError(f"{path}: {found}; expected one of {_known(doing)}{advice}")
    return FORMATS[suffix]


def _known(doing: str) -> str:
    return ", ".join(s for s, f in FORMATS.items() if (f.read if doing == "read" else f.dumps) is not None)
