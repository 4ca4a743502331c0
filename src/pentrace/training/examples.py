"""Lines of data sets as examples to learn from, with their texts where there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pentrace.data.dataset import count_lines, read_lines
from pentrace.data.score import clipped_offsets
from pentrace.errors import DataError
from pentrace.training.batches import Example

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pentrace.training.texts import Texts


def read_examples(paths: Sequence[Path | str], texts: Texts | None) -> Iterator[Example]:
    """Lines of more than one point; with texts, those of them that have one. Raises DataError."""
    for line in read_lines(paths, columns=()):
        if len(line.ink) < 2 or (texts is not None and line.line_id not in texts.lines):
            continue
        offsets = clipped_offsets(line.ink)
        if texts is None:
            yield Example(offsets)
            continue
        text = texts.lines[line.line_id]
        if text.first[-1] >= len(offsets):
            raise DataError(
                f"{line.line_id}: expected an alignment of its {len(offsets)} offsets, "
                f"found a character at offset {text.first[-1]}; align the data again"
            )
        yield Example(offsets, text, texts.copies.get(line.line_id, 1.0))


def spread_examples(paths: Sequence[Path | str], count: int, texts: Texts | None) -> list[Example]:
    """At most `count` lines, evenly spread over the files; with texts, over the lines that have one.

    Raises DataError.
    """
    total = count_lines(paths)
    if texts is not None:
        total = sum(line.line_id in texts.lines for line in read_lines(paths, columns=()))
    every = max(1, total // count)
    lines = [example for k, example in enumerate(read_examples(paths, texts)) if k % every == 0][:count]
    if not lines:
        raise DataError(f"{paths[0]}: expected lines to validate on, found none")
    return lines
