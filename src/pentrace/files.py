"""User files: read up to a size limit, written under a temporary name and then moved into place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pentrace.errors import PentraceError

Failure = Callable[[str], PentraceError]
"""The error that a caller's users expect, such as FormatError."""


def read(path: Path | str, most: int, failure: Failure) -> bytes:
    """The bytes of a file of at most `most` bytes; never reads more, even from a pipe, whose size is not known."""
    try:
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > most else file.read(most + 1)
    except OSError as error:
        raise failure(f"{path}: cannot be read ({reason(error)})") from error
    if (found := max(size, len(data))) > most:
        raise failure(f"{path}: expected at most {most} bytes, found {found}{'' if size else ' or more'}")
    return data


def write(path: Path | str, data: bytes, failure: Failure) -> None:
    """Writes a file, replacing an existing one."""
    with replacing(path, failure) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replacing(path: Path | str, failure: Failure) -> Iterator[Path]:
    """A temporary name beside `path`, with its suffix; the file written there is moved to `path`, or deleted."""
    target = Path(path)
    temporary = target.with_name(f".{target.stem[:40]}.{os.getpid()}.tmp{target.suffix}")
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise failure(f"{path}: cannot be written ({reason(error)})") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def check_output(out: Path, inputs: Iterable[Path | None], failure: Failure, option: str = "-o") -> None:
    """Raises `failure`, before any work is done, where a file cannot be written or would replace one of the inputs."""
    if out.is_dir():
        raise failure(f"{out}: expected a file to write, found a folder; name a file with {option}")
    if not (folder := out.absolute().parent).is_dir():
        raise failure(f"{out}: expected a folder that exists, found none at {folder}; make it first")
    keep_inputs(out, inputs, failure, option)


def keep_inputs(out: Path, inputs: Iterable[Path | None], failure: Failure, option: str = "-o") -> None:
    """Raises `failure` where a result would replace one of the inputs, under any name."""
    if out.exists() and any(path is not None and path.exists() and out.samefile(path) for path in inputs):
        raise failure(f"{out}: this is the input; name another file with {option}")


def make_folder(folder: Path, failure: Failure) -> None:
    """Makes a folder, and those that it lies in, unless they are there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise failure(f"{folder}: cannot be written ({reason(error)})") from error


def reason(error: OSError) -> str:
    """The operating system's message."""
    return error.strerror or " ".join(str(error).split()) or type(error).__name__


def one_line(said: object) -> str:
    """What a library says of a file, in one line of at most 200 characters."""
    return " ".join(str(said).split())[:200]
