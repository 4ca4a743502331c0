"""Features of the text, for a checkpoint that knows text: it reads every line with its text (spec/atlas.md).

The recogniser aligns ink and text, so that the pointer stands at the character of each offset, as it does while the
model writes.

Letter key: n offsets, L characters of a line's text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from pentrace.arrays import F32, I32
from pentrace.atlas.alignment import Alignment
from pentrace.atlas.features import ESTIMATED, FEATURES, Feature, ahead, measure
from pentrace.atlas.rows import Labelled, columns, frequent
from pentrace.data.dataset import Line
from pentrace.data.score import clipped_offsets
from pentrace.data.transcripts import as_written
from pentrace.engine.text.recogniser import Recogniser

AHEAD = (1, 4)
"""How many steps ahead the next character is labelled."""
LETTERS = 8
"""Letters that have a feature of their own: the commonest small ones."""
GROUPS = {
    "capital": ("a capital letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "ascender": ("a small letter that reaches up: b, d, f, h, k, l or t", "bdfhklt"),
    "descender": ("a small letter that reaches down: g, j, p, q or y", "gjpqy"),
    "space": ("the space between two words", " "),
    "sign": ("a full stop, a comma or another sign", "!\"&'(),-.:;?"),
}
"""Groups of characters: what a member is called, and all members."""
_ALIGNED = "The recogniser found the words."


class Said(NamedTuple):
    """The text of a line and the character of each of its offsets, int32 [n]."""

    text: str
    pointers: I32


@dataclass(frozen=True)
class Lettered:
    """Labels of lines that are read with their texts.

    alphabet: the characters that are told apart, that of the space among them.
    letters: those that have a feature of their own.
    known: what the model can read.
    """

    alphabet: tuple[str, ...]
    letters: tuple[str, ...]
    known: str
    _recogniser: Recogniser
    _said: dict[str, Said | None] = field(default_factory=dict)

    @staticmethod
    def by(lines: Sequence[Line], known: str, recogniser: Recogniser) -> Lettered:
        """From the lines to fit on."""
        text = "".join(as_written(line.text) for line in lines)
        small = Counter(c for c in text if c.islower())
        letters = sorted(small, key=lambda c: (-small[c], c))[:LETTERS]
        return Lettered(frequent(text), tuple(letters), known, recogniser)

    @property
    def features(self) -> tuple[Feature, ...]:
        """Those of the pen, and those of the text."""
        return (*map(_with_text, FEATURES), *_of_text(self.letters))

    def fits(self, line: Line) -> bool:
        """Whether the recogniser finds the line's text in its ink."""
        if line.line_id not in self._said:
            self._said[line.line_id] = self._align(line)
        return self._said[line.line_id] is not None

    def of(self, line: Line) -> Labelled:
        """The labels of a line that fits."""
        said = self._said[line.line_id] if self.fits(line) else None
        if said is None:
            raise ValueError(f"{line.line_id}: expected a line that fits its text")
        values = measure(clipped_offsets(line.ink), _words(said))
        values |= label(said, self.alphabet, self.letters)
        return Labelled(columns(values, self.features), True, said.text, said.pointers)

    def _align(self, line: Line) -> Said | None:
        text = as_written(line.text)
        if not text or not set(text) <= set(self.known) & set(self._recogniser.alphabet):
            return None
        found = self._recogniser.align(line.ink, text)
        return Said(text, found.pointers(len(line.ink) - 1)) if found is not None and found.fits else None


def label(said: Said, alphabet: Sequence[str], letters: Sequence[str]) -> dict[str, F32]:
    """The features of a text, float32 [n] by name: of row k, before offset k, at whose character the pointer stands."""
    text, pointers = said
    n = len(pointers)
    first = np.searchsorted(pointers, pointers)
    count = np.searchsorted(pointers, pointers, side="right") - first
    found = {"progress": (np.arange(n) - first) / count}
    for steps in AHEAD:
        later = np.full(n, np.nan)
        later[:-steps] = (pointers[steps:] > pointers[:-steps])[: max(n - steps, 0)]
        found[ahead("next character", steps)] = later
    place = {character: k for k, character in enumerate(alphabet)}
    written = [text[pointer] for pointer in pointers.tolist()]
    found["character"] = np.array([place.get(character, np.nan) for character in written])
    for name, (_, members) in GROUPS.items():
        found[name] = np.array([character in members for character in written])
    for letter in letters:
        found[f"letter {letter}"] = np.array([character == letter for character in written])
    return {name: values.astype(np.float32) for name, values in found.items()}


def _words(said: Said) -> Alignment:
    """The word of each point, to which the offset before it led. A space belongs to the word before it."""
    spaces = np.cumsum([character == " " for character in said.text])
    number = np.array(
        [spaces[k] - (character == " ") for k, character in enumerate(said.text)], dtype=np.int64
    )
    points = np.append(said.pointers[:1], said.pointers)
    return Alignment(number[points], np.full(len(points), -1, np.int64))


def _with_text(feature: Feature) -> Feature:
    """A feature of the pen as it is known with a text."""
    if feature.name == "character":
        return replace(
            feature, what="The character at which the pointer stands: the one that is being written."
        )
    return replace(feature, what=feature.what.replace(ESTIMATED, _ALIGNED))


def _of_text(letters: Sequence[str]) -> tuple[Feature, ...]:
    progress = "How much of the character's points are written: 0 at its first, near 1 at its last."
    moves = {
        1: "The pointer moves on after the next point, which the model now predicts.",
        4: "The pointer moves on within the next 4 points.",
    }
    return (
        Feature("progress", progress, "", "linear", lags=True),
        *(Feature(ahead("next character", steps), what, "", "binary") for steps, what in moves.items()),
        *(
            Feature(name, f"The pointer stands at {what}.", "", "binary")
            for name, (what, _) in GROUPS.items()
        ),
        *(
            Feature(f"letter {each}", f"The pointer stands at this letter: {each}.", "", "binary")
            for each in letters
        ),
    )
