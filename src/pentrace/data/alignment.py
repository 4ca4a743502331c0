"""Alignments of lines of ink with their texts: which offset is the first of each character. One Parquet file.

Columns: `line_id` (string), `text` (string, as written), `first` (list of int32: the first offset of each character,
rising from 0; offset k leads from point k to point k + 1), `score` (float: how well the text fits the ink, at most 0).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pentrace import files
from pentrace.arrays import I32
from pentrace.data.dataset import Line, write_rows
from pentrace.data.transcripts import as_written
from pentrace.engine.text.recogniser import Recogniser
from pentrace.errors import DataError, EngineError

SCHEMA = pa.schema(
    [
        ("line_id", pa.string()),
        ("text", pa.string()),
        ("first", pa.list_(pa.int32())),
        ("score", pa.float32()),
    ]
)


@dataclass(frozen=True)
class Alignment:
    """The text of a line, and the first offset of each of its characters."""

    line_id: str
    text: str
    first: I32
    score: float


def align(lines: Iterable[Line], recogniser: Recogniser) -> Iterator[Alignment | str]:
    """The alignment of each line, or why it has none: a sentence that names the line."""
    for line in lines:
        text = as_written(line.text)
        try:
            found = recogniser.align(line.ink, text)
        except EngineError as error:
            yield f"{line.line_id}: {error}"
            continue
        if found is None:
            yield f"{line.line_id}: too little ink for {text!r}"
        else:
            yield Alignment(line.line_id, text, found.first, found.score)


def write_alignments(alignments: Iterable[Alignment], path: Path | str) -> None:
    """Writes a file of alignments. Raises DataError."""
    write_rows(path, SCHEMA, map(asdict, alignments))


def read_alignments(path: Path | str) -> Iterator[Alignment]:
    """The alignments in a file, each checked. Raises DataError, which names the line."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if file.schema_arrow.names != SCHEMA.names:
                expected, found = ", ".join(SCHEMA.names), ", ".join(file.schema_arrow.names)
                raise DataError(f"{path}: expected the columns {expected}, found {found}")
            for batch in file.iter_batches(batch_size=1024):
                for row in batch.cast(SCHEMA).to_pylist():
                    yield _checked(row, path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: expected a Parquet file of alignments, found something else ({files.one_line(error)})"
        ) from error


def _checked(row: dict[str, Any], path: Path | str) -> Alignment:
    where = f"{path}: {row['line_id']}"
    if any(value is None for value in row.values()):
        raise DataError(f"{where}: expected no nulls, found one")
    first = np.array(row["first"], np.int32)
    if len(first) != len(row["text"]) or len(first) == 0:
        raise DataError(
            f"{where}: expected one offset for each of {len(row['text'])} characters, found {len(first)}"
        )
    if first[0] != 0 or (np.diff(first) < 1).any():
        raise DataError(f"{where}: expected first offsets that rise from 0, found others")
    if not np.isfinite(row["score"]):
        raise DataError(f"{where}: expected a finite score, found {row['score']}")
    return Alignment(row["line_id"], row["text"], first, row["score"])
