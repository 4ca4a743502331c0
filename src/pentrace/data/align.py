"""Aligning lines of a data set with their texts: which offset is the first of each character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pentrace.data.alignment import Alignment
from pentrace.data.dataset import Line
from pentrace.data.transcripts import as_written
from pentrace.engine.recogniser import Recogniser
from pentrace.errors import EngineError


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
