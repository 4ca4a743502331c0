"""Lines of data sets as examples to learn from, with their aligned texts where there are any."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pentrace.checkpoint.architecture import MAX_ALPHABET, TextArchitecture
from pentrace.data.alignment import Alignment, read_alignments
from pentrace.data.dataset import count_lines, read_lines
from pentrace.data.score import CLIP, clipped_offsets
from pentrace.errors import DataError
from pentrace.training.batches import Example
from pentrace.training.config import TrainConfig
from pentrace.training.splice import Splicer
from pentrace.training.text import NO_HAND, Aligned

MOST_COPIES = 5
"""How often a line with a rare character is shown in one pass, at most."""


@dataclass(frozen=True)
class Texts:
    """The aligned texts of a training's lines."""

    architecture: TextArchitecture
    """The alphabet, and how many hands there are: each page of the training data is one."""
    lines: dict[str, Aligned]
    """By line id. Lines that the model cannot learn from are not among them."""
    copies: dict[str, float]
    """By line id, for training lines: how often one is shown in a pass, in the mean. More often if a character of it
    is rare."""
    splicer: Splicer
    """Puts rare characters into other lines."""

    @classmethod
    def read(
        cls,
        alignment: Path | str,
        data: Sequence[Path | str],
        config: TrainConfig,
        skip: Collection[str] = (),
    ) -> Texts:
        """The texts of the lines in `data` but those to skip, and of others for validation. Raises DataError."""
        kept = (line for line in read_lines(data, columns=("form",)) if line.line_id not in skip)
        forms = {line.line_id: line.form for line in kept}
        aligned_lines = (one for one in read_alignments(alignment) if one.line_id not in skip)
        fitting = [one for one in aligned_lines if one.score > config.least_score]
        training = [one for one in fitting if one.line_id in forms]
        counts = Counter(character for one in training for character in one.text)
        alphabet = "".join(sorted(set(counts) - set(config.left_out)))
        if not 1 <= len(alphabet) <= MAX_ALPHABET:
            raise DataError(
                f"{alignment}: expected texts of the training lines with 1 to {MAX_ALPHABET} different characters, "
                f"found {len(alphabet)}"
            )
        codes = {character: k + 1 for k, character in enumerate(alphabet)}
        spelled = [one for one in fitting if set(one.text) <= codes.keys()]
        hands = {form: k for k, form in enumerate(sorted({forms[one.line_id] for one in training}))}

        def aligned(one: Alignment) -> Aligned:
            letters = np.array([codes[character] for character in one.text])
            form = forms.get(one.line_id)
            return Aligned(letters, one.first.astype(np.int64), NO_HAND if form is None else hands[form])

        lines = {one.line_id: aligned(one) for one in spelled}
        rare = [character for character in alphabet if counts[character] < config.rare / 2]
        inks = (
            (clipped_offsets(line.ink, config.largest_offset), lines[line.line_id])
            for line in read_lines(data, columns=())
            if line.line_id in lines
        )
        return cls(
            TextArchitecture(alphabet, hands=len(hands)),
            lines,
            {one.line_id: _copies(one.text, counts, config.rare) for one in spelled if one.line_id in forms},
            Splicer.collect(inks, alphabet, rare),
        )


def _copies(text: str, counts: Counter[str], rare: int) -> float:
    return min(MOST_COPIES, max(1.0, math.sqrt(rare / min(counts[character] for character in text))))


def read_examples(
    paths: Sequence[Path | str],
    texts: Texts | None,
    skip: Collection[str] = (),
    largest_offset: float = CLIP,
) -> Iterator[Example]:
    """Lines of more than one point but those to skip; with texts, those of them that have one. Raises DataError."""
    for line in read_lines(paths, columns=()):
        if line.line_id in skip or len(line.ink) < 2:
            continue
        offsets = clipped_offsets(line.ink, largest_offset)
        if texts is None:
            yield Example(offsets)
            continue
        text = texts.lines.get(line.line_id)
        if text is None:
            continue
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
