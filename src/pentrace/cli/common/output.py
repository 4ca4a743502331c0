"""Where commands read inks from and give results to: files, the terminal, standard input and output."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pentrace.cli.common.text import printable
from pentrace.errors import FormatError, HandError, PentraceError
from pentrace.files import check_output, replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pentrace.checkpoint.hand import Hand
    from pentrace.engine import Engine
    from pentrace.ink import Ink

WIDEST = 120
"""Largest width of a preview, in columns: a wider line is hard to read."""
LARGE_PICTURE = 4_000_000
"""Pixels of a picture that takes more than a moment to draw."""
PATIENCE = 2.0
"""Seconds after which a command says how far it is."""
INK_SUFFIXES = (".svg", ".png", ".json", ".inkml")
DRAWN = (".svg", ".png")
"""Formats that have colours."""
STANDARD = Path("-")
"""Stands for standard input or standard output."""


class Target(NamedTuple):
    """Where a result goes: a file or standard output, and the suffix of its format."""

    path: Path
    suffix: str

    @property
    def standard(self) -> bool:
        """Whether it is standard output."""
        return self.path == STANDARD

    def numbered(self, number: int, of: int) -> Target:
        """The same place for one of several results: NAME-2.svg."""
        if of == 1 or self.standard:
            return self
        name = f"{self.path.stem}-{number:0{len(str(of))}d}{self.path.suffix}"
        return self._replace(path=self.path.with_name(name))


def warn(message: str) -> None:
    """Prints a warning; the command goes on."""
    print(f"pentrace: {printable(message)}", file=sys.stderr)


def read_ink(path: Path) -> Ink:
    """The ink of a file; of standard input for -, whatever its format."""
    from pentrace.ink import formats

    if path != STANDARD:
        return formats.read(path)
    return formats.decode(standard_input("an ink", formats.MAX_BYTES, FormatError), "standard input")


def standard_input(what: str, most: int, failure: type[PentraceError]) -> bytes:
    """At most one byte more than `most` of standard input; a terminal is refused."""
    if sys.stdin.isatty():
        raise failure(f"standard input: expected {what} from a pipe or a file, found a terminal")
    return sys.stdin.buffer.read(most + 1)


def read_text(text: str) -> str:
    """The text of an option; that of standard input for -."""
    from pentrace.engine.text.written import MOST_CHARACTERS
    from pentrace.errors import TextError

    if text != str(STANDARD):
        return text
    most = 4 * MOST_CHARACTERS  # at most four bytes a character in UTF-8
    read = standard_input("a text", most, TextError)
    if len(read) > most:
        raise TextError(f"standard input: expected at most {MOST_CHARACTERS:,} characters, found more")
    try:
        return read.decode()
    except UnicodeDecodeError:
        raise TextError("standard input: expected a text in UTF-8, found another encoding") from None


def target(
    out: Path | None,
    format_: str | None,
    suffixes: Sequence[str],
    inputs: Iterable[Path | None],
    dark: bool = False,
    count: int = 1,
) -> Target | None:
    """Where to write; None for nowhere. Refuses, before any work is done, what cannot be written.

    Args:
        out: a file, - for standard output, or None.
        format_: of the result; None for that of the file's suffix, or the first of `suffixes` for standard output.
        suffixes: of the formats that the command writes.
        inputs: what is read, and must not be replaced; None for what is not given.
        dark: whether colours for dark paper are asked for.
        count: results to write, with numbered names where there are several.
    """
    if out is None:
        if format_ is not None or dark:
            option = "--format" if format_ is not None else "--dark"
            raise FormatError(f"{option}: expected -o FILE or -o - too, since nothing is written without")
        return None
    known = ", ".join(suffixes)
    suffix = out.suffix.lower() if out != STANDARD else suffixes[0]
    if format_ is not None:
        suffix = f".{format_.lower().removeprefix('.')}"
        if suffix not in suffixes:
            raise FormatError(f"--format {format_}: expected one of {known}")
    elif suffix not in suffixes:
        raise FormatError(f"{out}: expected a name that ends in {known}")
    if dark and suffix not in (*DRAWN, ".pdf"):
        raise FormatError(
            f"--dark: expected a picture ({', '.join(DRAWN)}), found {suffix}, which has no colours"
        )
    if out == STANDARD:
        if suffix not in (".svg", ".json", ".inkml") and sys.stdout.isatty():
            raise FormatError(f"standard output: expected a pipe or a file for {suffix}, found a terminal")
        return Target(out, suffix)
    place, inputs = Target(out, suffix), list(inputs)
    for k in range(count):
        check_output(place.numbered(k + 1, count).path, inputs, FormatError)
    return place


def hand_target(out: Path, inputs: Iterable[Path | None]) -> Target:
    """Where to write a hand. Raises HandError, before any work is done, where it cannot be written.

    inputs: what is read, and must not be replaced; None for what is not given.
    """
    from pentrace.checkpoint.hand import SUFFIX

    if out == STANDARD:
        if sys.stdout.isatty():
            raise HandError("standard output: expected a pipe or a file for a hand, found a terminal")
    elif not out.name.endswith(SUFFIX):
        raise HandError(f"{out}: expected a name that ends in {SUFFIX}")
    else:
        check_output(out, inputs, HandError)
    return Target(out, SUFFIX)


def read_hand(file: Path) -> Hand:
    """A learned hand; - is standard input. Raises HandError."""
    from pentrace.checkpoint import hand as hands

    if file != STANDARD:
        return hands.load(file)
    data = standard_input("a hand", hands.MAX_FILE, HandError)
    if len(data) > hands.MAX_FILE:
        raise HandError(f"standard input: expected at most {hands.MAX_FILE} bytes, found more")
    return hands.decode(data, "standard input")


@contextmanager
def written(place: Target, summary: str = "") -> Iterator[Path]:
    """A path to write the result to, with the suffix of its format; then tells where it went, and `summary`."""
    if place.standard:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"result{place.suffix}")
            yield path
            sys.stdout.flush()
            sys.stdout.buffer.write(path.read_bytes())
            sys.stdout.buffer.flush()
    else:
        with replacing(place.path, FormatError) as temporary:
            path = temporary.with_suffix(place.suffix)
            try:
                yield path
                path.replace(temporary)
            except PentraceError as error:  # a writer names the file that it was given
                raise type(error)(str(error).replace(str(path), str(place.path))) from error
            finally:
                if path != temporary:
                    path.unlink(missing_ok=True)
    if summary:
        tell(place, summary)


def tell(place: Target | None, summary: str) -> None:
    """Says what was made: on standard error where the result itself is on standard output."""
    if place is None:
        print(summary)
    elif place.standard:
        print(f"pentrace: {summary}", file=sys.stderr)
    else:
        print(f"{place.path}: {summary}")


def give(ink: Ink, place: Target | None, summary: str, dark: bool = False) -> None:
    """Writes the ink to its file or stream, in colours for white or for dark paper, and shows it in a terminal."""
    if place is not None:
        from pentrace.ink import formats
        from pentrace.pictures.colours import INK, PAPER

        if place.suffix == ".png":
            tell_size(formats.png.size(ink))
        with written(place) as path:
            if not dark:
                formats.write(ink, path)
            elif place.suffix == ".png":
                formats.replace(path, formats.png.dumps(ink, INK["dark"], PAPER["dark"]))
            else:
                formats.replace(path, formats.svg.dumps(ink, colour=INK["dark"]))
    if place is None or (sys.stdout.isatty() and not place.standard):
        from pentrace.cli.common.preview import preview

        print(preview(ink, min(shutil.get_terminal_size().columns, WIDEST)), end="\n\n")
    tell(place, summary)


def tell_size(size: tuple[int, int]) -> None:
    """Says how large a picture becomes, before it is drawn, where that takes a while."""
    if size[0] * size[1] > LARGE_PICTURE:
        warn(f"drawing {size[0]:,} x {size[1]:,} pixels")


@contextmanager
def progress(engine: Engine, total: int | None = None) -> Iterator[None]:
    """Says, after two seconds and on a terminal only, how many points the engine has done, in one line."""
    if not sys.stderr.isatty():
        yield
        return
    begin, done = engine.steps_done, threading.Event()

    def show() -> None:
        if done.wait(PATIENCE):
            return
        while not done.wait(0.2):
            found = engine.steps_done - begin
            of = "" if total is None else f" of {total:,}"
            print(f"\rpentrace: {found:,}{of} points (Ctrl-C ends it)", end="", file=sys.stderr, flush=True)
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
