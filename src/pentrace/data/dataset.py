"""Data sets: Parquet files of lines, read and written as streams (spec/ink.md lists the columns)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pentrace import files
from pentrace.errors import DataError, InkError
from pentrace.ink import WHITEBOARD_SCALE, Ink

SCHEMA = pa.schema(
    [
        ("line_id", pa.string()),
        ("form", pa.string()),
        ("split", pa.string()),
        ("text", pa.string()),
        ("x", pa.list_(pa.int16())),
        ("y", pa.list_(pa.int16())),
        ("t", pa.list_(pa.int32())),
        ("pen_up", pa.list_(pa.bool_())),
    ]
)
_ALWAYS = ("line_id", "x", "y", "pen_up")
_OPTIONAL = ("form", "split", "text", "t")
_BATCH = 256  # lines held in memory at once while reading
_ROW_GROUP = 1024
_MAX_VALUES = 2**26
"""Most numbers in a column of a row group: all of them may belong to one line, which is read as a whole."""
_MAX_WORDS = 2**28
"""Most bytes of text in a batch of lines, if every line has the longest text there can be."""
_LARGEST = 32767


@dataclass(frozen=True)
class Line:
    """One line of writing: name, form (a page by one writer), split, text ('' where unknown) and ink."""

    line_id: str
    form: str
    split: str
    text: str
    ink: Ink


def read_lines(paths: Iterable[Path | str], columns: Collection[str] = _OPTIONAL) -> Iterator[Line]:
    """Streams the lines of Parquet files, or of folders of them (sorted by name).

    Only one batch of lines is in memory at a time. `columns`: which of form, split, text and t to read; the others
    stay '' (t: None). Coordinates are raw whiteboard units (scale 0.025). Raises DataError, which names the file, if
    one is missing or broken, has the wrong columns, or would unpack to too much. Where a file has checksums, as all
    that write_shards wrote have, a changed bit is an error.
    """
    if unknown := set(columns) - set(_OPTIONAL):
        raise DataError(f"columns: expected some of {', '.join(_OPTIONAL)}, found {', '.join(unknown)}")
    wanted = [name for name in SCHEMA.names if name in _ALWAYS or name in columns]
    for path in shard_paths(paths):
        yield from _read_shard(path, wanted)


def read_pages(paths: Iterable[Path | str], least: int) -> list[list[Line]]:
    """The lines of every page that has at least `least` of them, in the order of the pages' names.

    Raises what read_lines raises.
    """
    found: dict[str, list[Line]] = {}
    for line in read_lines(paths, columns=("form", "text")):
        found.setdefault(line.form, []).append(line)
    return [lines for _, lines in sorted(found.items()) if len(lines) >= least]


def shard_paths(paths: Iterable[Path | str]) -> list[Path]:
    """The Parquet files in `paths`: files as given, and all files below each folder, sorted by name."""
    shards: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found = sorted(p for p in path.rglob("*.parquet") if not p.name.startswith("."))
            if not found:
                raise DataError(f"{path}: expected a folder with .parquet files, found none in it")
            shards += found
        elif path.is_file():
            shards.append(path)
        else:
            raise DataError(f"{path}: expected a Parquet file or a folder of them, found nothing there")
    return shards


def count_lines(paths: Iterable[Path | str]) -> int:
    """Number of lines, from the files' footers alone."""
    total = 0
    for path in shard_paths(paths):
        with _opened(path) as file:
            total += file.metadata.num_rows
    return total


def write_shards(
    lines: Iterable[Line], out: Path | str, *, name: str = "lines", lines_per_shard: int = 8192
) -> list[Path]:
    """Writes lines as `out`/`name`-00000.parquet and so on; returns the files.

    Coordinates must be whole numbers within 16 bits, as the whiteboard gives them. Earlier shards of the same name
    are replaced, or removed if there are now fewer; if there are no lines, nothing changes. Raises DataError, which
    names the line, if one does not fit.
    """
    folder = Path(out)
    written: list[Path] = []
    stream = iter(lines)
    while (first := next(stream, None)) is not None:
        files.make_folder(folder, DataError)
        path = folder / f"{name}-{len(written):05d}.parquet"
        shard = chain([first], islice(stream, lines_per_shard - 1))
        write_rows(path, SCHEMA, map(_row, shard))
        written.append(path)
    if written:
        remove_shards(folder, name, keep=written)
    return written


def write_rows(path: Path | str, schema: pa.Schema, rows: Iterable[dict[str, Any]]) -> None:
    """Writes a Parquet file with checksums, whole or not at all. Raises DataError."""
    stream = iter(rows)
    with (
        files.replacing(path, DataError) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd", write_page_checksum=True) as writer,
    ):
        while group := list(islice(stream, _ROW_GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def remove_shards(out: Path | str, name: str, *, keep: Collection[Path] = ()) -> None:
    """Removes the shards `name`-*.parquet of a folder, except those in `keep`."""
    for shard in Path(out).glob(f"{name}-[0-9][0-9][0-9][0-9][0-9].parquet"):
        if shard not in keep:
            shard.unlink()


def check_whole(ink: Ink) -> None:
    """Raises DataError for an ink whose coordinates do not fit the columns x and y."""
    if not np.array_equal(ink.points, np.rint(ink.points)) or float(np.abs(ink.points).max()) > _LARGEST:
        raise DataError(f"expected whole coordinates from -{_LARGEST} to {_LARGEST}, found others")


def _opened(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{path}: expected a Parquet file, found something else ({files.one_line(error)})"
        ) from None
    if sum(group.num_rows for group in groups) != file.metadata.num_rows:
        raise DataError(
            f"{path}: broken: its row groups do not have the {file.metadata.num_rows} lines it names"
        )
    return file


def _read_shard(path: Path, wanted: list[str]) -> Iterator[Line]:
    with _opened(path) as file:
        for name in wanted:
            _check_column(path, file.schema_arrow, name)
        first = 0
        batches = file.iter_batches(batch_size=_batch_size(path, file.metadata, wanted), columns=wanted)
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError, ValueError) as error:
                raise DataError(f"{path}: broken after line {first} ({files.one_line(error)})") from None
            if batch is None:
                return
            yield from _lines(path, batch, first)
            first += batch.num_rows


def _batch_size(path: Path, metadata: pq.FileMetaData, wanted: list[str]) -> int:
    """Lines to read at once, by the sizes in the footer: a small file may unpack to gigabytes."""
    longest = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for column in map(group.column, range(group.num_columns)):
            name = column.path_in_schema.partition(".")[0]
            if name not in wanted:
                continue
            size = column.total_uncompressed_size
            for found, most, unit in (
                (column.num_values, _MAX_VALUES, "values"),
                (size, 8 * _MAX_VALUES, "bytes"),
            ):
                if found > most:
                    raise DataError(
                        f"{path}: column {name} of row group {number}: expected at most {most:,} {unit}, "
                        f"found {found:,}; write the file with smaller row groups"
                    )
            if pa.types.is_string(SCHEMA.field(name).type):
                longest = max(longest, size)
    return max(1, min(_BATCH, _MAX_WORDS // max(1, longest)))


def _check_column(path: Path, schema: pa.Schema, name: str) -> None:
    expected = SCHEMA.field(name).type
    if schema.get_field_index(name) < 0:
        found_names = ", ".join(schema.names)
        raise DataError(f"{path}: expected a column {name} ({_kind(expected)}), found columns {found_names}")
    found = schema.field(name).type
    if pa.types.is_list(expected):
        a_list = pa.types.is_list(found) or pa.types.is_large_list(found)
        fits = a_list and found.value_type == expected.value_type
    else:
        fits = pa.types.is_string(found) or pa.types.is_large_string(found)
    if not fits:
        raise DataError(f"{path}: column {name}: expected {_kind(expected)}, found {_kind(found)}")


def _kind(column: pa.DataType) -> str:
    return f"list of {column.value_type}" if pa.types.is_list(column) else str(column)


def _lines(path: Path, batch: pa.RecordBatch, first: int) -> Iterator[Line]:
    words = {name: _words(path, batch, name, first) for name in ("line_id", "form", "split", "text")}
    x, y, pen_up = (_rows(path, batch, name, first) for name in ("x", "y", "pen_up"))
    t = [None] * batch.num_rows
    if "t" in batch.schema.names:
        t = _rows(path, batch, "t", first, may_be_null=True)
    for i in range(batch.num_rows):
        where = f"{path}: line {first + i} ({words['line_id'][i]})"
        lengths = [len(values) for values in (x[i], y[i], pen_up[i], t[i]) if values is not None]
        if len(set(lengths)) != 1:
            raise DataError(f"{where}: expected x, y, pen_up and t of one length, found {lengths}")
        try:
            ink = Ink(np.stack((x[i], y[i]), axis=1), pen_up[i], t[i], scale=WHITEBOARD_SCALE)
        except InkError as error:
            raise DataError(f"{where}: {error}") from None
        yield Line(words["line_id"][i], words["form"][i], words["split"][i], words["text"][i], ink)


def _words(path: Path, batch: pa.RecordBatch, name: str, first: int) -> list[str]:
    if name not in batch.schema.names:
        return [""] * batch.num_rows
    try:
        words: list[Any] = batch.column(name).to_pylist()
    except UnicodeDecodeError:
        raise DataError(f"{path}: column {name}: expected UTF-8, found other bytes") from None
    if None in words:
        raise DataError(
            f"{path}: column {name}: expected text, found null at line {first + words.index(None)}"
        )
    return words


def _rows(path: Path, batch: pa.RecordBatch, name: str, first: int, may_be_null: bool = False) -> list[Any]:
    """The arrays of a list column, one for each line, without creating a Python object for each number."""
    column = batch.column(name)
    values = column.values
    if values.null_count or (column.null_count and not may_be_null):
        raise DataError(f"{path}: column {name}: expected no nulls, found some after line {first}")
    flat = values.to_numpy(zero_copy_only=False)
    ends = column.offsets.to_numpy()
    known = column.is_valid().to_pylist()
    return [flat[ends[i] : ends[i + 1]] if known[i] else None for i in range(len(column))]


def _row(line: Line) -> dict[str, Any]:
    ink = line.ink
    try:
        check_whole(ink)
    except DataError as error:
        raise DataError(f"{line.line_id}: {error}") from None
    return {
        "line_id": line.line_id,
        "form": line.form,
        "split": line.split,
        "text": line.text,
        "x": ink.points[:, 0].astype(np.int16),
        "y": ink.points[:, 1].astype(np.int16),
        "t": None if ink.time is None else np.rint(ink.time).astype(np.int32),
        "pen_up": ink.pen_up,
    }
