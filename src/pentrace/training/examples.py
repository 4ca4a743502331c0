"""Lines of data sets as examples to learn from, with their texts where there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pentrace.data.dataset import count_lines, read_lines
from pentrace.data.score import CLIP, clipped_offsets
from pentrace.errors import DataError
from pentrace.training.batches import Example

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from pentrace.training.texts import Texts


def read_examples(
    paths: Sequence[Path | str],
    texts: Texts | None,
    skip: Collection[str] = (),
    largest_offset: float = CLIP,
) -> Iterator[Example]:
    """Lines of more than one point but those to skip; with texts, those of them that have one. Raises DataError."""
    for line in read_lines(paths, columns=()):
        if (
            line.line_id in skip
            or len(line.ink) < 2
            or (texts is not None and line.line_id not in texts.lines)
        ):
            continue
        offsets = clipped_offsets(line.ink, largest_offset)
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


def counted_lines(paths: Sequence[Path | str], skip: Collection[str]) -> int:
    """How many lines are left without those to skip. Raises DataError if there is no line of such a name."""
    if not skip:
        return count_lines(paths)
    names = [line.line_id for line in read_lines(paths, columns=())]
    if unknown := sorted(set(skip) - set(names)):
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        raise DataError(
            f"skip: expected names of lines in the training data, found {', '.join(unknown[:3])}{more}; "
            "`pentrace data check` writes a list of the data's own"
        )
    return sum(name not in skip for name in names)


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
