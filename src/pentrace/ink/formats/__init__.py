"""Files of ink, by suffix. A format is a module of bytes -> Ink and Ink -> bytes; only this one touches files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pentrace import files
from pentrace.errors import FormatError, InkError
from pentrace.ink.formats import iam, inkml, json, png, svg

if TYPE_CHECKING:
    from pentrace.ink.ink import Ink

__all__ = ["FORMATS", "MAX_BYTES", "Format", "check_writable", "read", "replace", "write"]

MAX_BYTES = 64 * 2**20
"""Largest file that is read."""


@dataclass(frozen=True)
class Format:
    """What a suffix stands for: bytes to ink, ink to bytes, each where it can be done."""

    title: str
    loads: Callable[[bytes], Ink] | None
    dumps: Callable[[Ink], bytes] | None


FORMATS = {
    ".json": Format("pentrace ink", json.loads, json.dumps),
    ".svg": Format("SVG", svg.loads, svg.dumps),
    ".inkml": Format("InkML", inkml.loads, inkml.dumps),
    ".xml": Format("line of IAM-OnDB", iam.loads, None),
    ".png": Format("PNG", None, png.dumps),
}


def read(path: Path | str) -> Ink:
    """The ink of a file. Raises FormatError, which names the file."""
    loads = _format(path, "read").loads
    if loads is None:
        raise FormatError(f"{path}: this type is only written; expected one of {_known('read')}")
    data = files.read(path, MAX_BYTES, FormatError)
    try:
        return loads(data)
    except (FormatError, InkError) as error:
        raise FormatError(f"{path}: {error}") from None


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
        raise FormatError(f"{path}: unknown file type {suffix or '(none)'}; expected one of {_known(doing)}")
    return FORMATS[suffix]


def _known(doing: str) -> str:
    return ", ".join(s for s, f in FORMATS.items() if (f.loads if doing == "read" else f.dumps) is not None)
