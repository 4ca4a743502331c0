"""Claims of the 2016 article and of the page as rows: measure, figure, control, verdict (docs/claims.md)."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pentrace.explain.claim_measures import (
    causes_lifts,
    consensus,
    consistent,
    feature,
    following,
    height,
    in_tandem,
    lift,
    neatens,
    neighbours,
    slow_and_quick,
    ten_decide,
    variation,
    votes_add_up,
    ways_on,
)
from pentrace.explain.claim_samples import Measured, Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pentrace.engine.writer import Writer

ARTICLE, PAGE = "2016 article", "our page"


class Claim(NamedTuple):
    """A claim in words, who makes it, and how it is measured.

    decide: measures it on a model's own samples; None for a claim that needs lines of a data set (claim_studies.py).
    """

    who: str
    words: str
    measure: str
    control: str
    decide: Callable[[Samples], Measured] | None = None


_CHOSEN = "chosen on 16 samples, measured on 16 more"
_SWAPPED = "the best cell for the labels of other samples, the highest of 19"

CLAIMS = {
    "consistent": Claim(
        ARTICLE,
        "The style of the writing is more or less consistent within a sample.",
        "correlation of the slants of both halves of 64 samples of 300 points",
        "halves of different samples, the best of 19 pairings",
        consistent,
    ),
    "variation": Claim(
        ARTICLE,
        "With less variation the writing is neater, with more it takes risks.",
        "mean distance of 50 futures of 8 points from their mean, at 15 places of an ink",
        "",
        variation,
    ),
    "consensus": Claim(
        ARTICLE,
        "In some places all futures agree on what to do next, in others anything can happen.",
        "the same distance at variation 0.6: the tenth and the ninetieth percentile of the places",
        "how much two draws at the same place differ, the ninetieth percentile",
        consensus,
    ),
    "ways on": Claim(
        ARTICLE,
        "At some points the line could have gone on in quite another way.",
        "forks (spec/futures.md) over 8 samples of 300 points",
        "",
        ways_on,
    ),
    "directions": Claim(
        ARTICLE,
        "Some cells are sensitive to the direction of the pen.",
        f"correlation of the best cell with how far the last movement goes down; {_CHOSEN}",
        _SWAPPED,
        following(feature("direction, sine")),
    ),
    "curvature": Claim(
        ARTICLE,
        "Some cells are sensitive to the curvature of the path.",
        "correlation of the best cell with the turn over the last four movements, as above",
        _SWAPPED,
        following(feature("turn")),
    ),
    "knows lifts": Claim(
        ARTICLE,
        "A cell seems to predict whether the pen is about to be lifted.",
        "correlation of the best cell with the lift of the next offset, as above",
        _SWAPPED,
        following(lift),
    ),
    "horizontal": Claim(
        ARTICLE,
        "Some cells follow the horizontal position of the pen.",
        "correlation of the best cell with the distance from the beginning of the line, as above",
        _SWAPPED,
        following(feature("x in line")),
    ),
    "vertical": Claim(
        ARTICLE,
        "Some cells follow the vertical position of the pen.",
        "correlation of the best cell with the distance from the straight line through the writing, as above",
        _SWAPPED,
        following(feature("y in line")),
    ),
    "tandem": Claim(
        ARTICLE,
        "Cells work in tandem: a group of them says more than a single one.",
        "correlation with the lift of the next offset: of the ten cells that follow it best together, by least "
        f"squares, and of the best of them alone; {_CHOSEN}",
        "ten random cells together, the highest of 19 draws",
        in_tandem,
    ),
    "neighbours": Claim(
        ARTICLE,
        "One-dimensional t-SNE brings cells with similar behaviour close together.",
        "mean correlation of neighbouring cells; ordered by 16 samples, measured on 16 more",
        "random orders, the highest of 19",
        neighbours,
    ),
    "keeps time": Claim(
        PAGE,
        "Some cells keep time with the pen.",
        "correlation of the best cell with the height of the pen above the middle of the 41 points around; "
        f"{_CHOSEN}",
        _SWAPPED,
        following(height),
    ),
    "slow and quick": Claim(
        PAGE,
        "Some cells hardly change from the beginning of a line to its end, others swing with every stroke.",
        "what part of a cell's variance lies within 20 steps, about a character: the fifth and the ninety-fifth "
        "percentile of the cells",
        "the least of any cell when the steps of a line are shuffled",
        slow_and_quick,
    ),
    "causes lifts": Claim(
        PAGE,
        "The ten cells that best predict a lift, held low, stop the pen from lifting.",
        "change of the lifts in 40 samples of 100 points",
        "ten random cells held as far from their means, 19 draws",
        causes_lifts,
    ),
    "neatens": Claim(
        PAGE,
        "Neatening takes wobbles away.",
        "mean square of how a movement differs from the next: of an ink, of the ink with a tremble of up to 0.15 "
        "units, and of that neatened with a share of 80 %",
        "a mean of three points of the trembling ink",
        neatens,
    ),
    "votes": Claim(
        PAGE,
        "The votes of the cells add up exactly.",
        "largest difference to the engine's log-odds over 20 steps",
        "",
        votes_add_up,
    ),
    "ten decide": Claim(
        PAGE,
        "At a fork, a few cells are enough to turn it.",
        "mean share of the likelier way, and with the ten cells that vote most for it silent from the first step "
        "on; forks that turn; two forks of each of four samples",
        "ten random cells, the furthest of 19 draws",
        ten_decide,
    ),
    "remembers style": Claim(
        ARTICLE,
        "The style is consistent because the LSTM remembers how earlier strokes were written.",
        "offsets of another hand after which it has half of the influence on the slant; slope on the slant of the old "
        "hand when 40 offsets of the new one were read",
        "standard error of the slope",
    ),
    "remembers letters": Claim(
        ARTICLE,
        "It remembers which letter came before.",
        "divergence 20 offsets (about a letter) after a stroke that was straightened; where it falls below a tenth",
        "a stroke that trembles",
    ),
    "within words": Claim(
        ARTICLE,
        "A cell appears to follow the position within a word.",
        "correlation of the best cell with the distance from the left edge of the word, over 400 offsets of 32 lines; "
        "chosen on half of the lines, measured on the others",
        "the best cell for the labels of other lines, the highest of 19",
    ),
    "hand like yours": Claim(
        PAGE,
        "The network continues in a hand like yours.",
        "slopes of slant and size of what it writes on the hand of which it read the last 320 offsets",
        "slopes on the hand that it read before",
    ),
    "kept in cells": Claim(
        PAGE,
        "A hand is kept in the state of the cells.",
        "slope of the slant that is carried over with the 50 cells that tell hands apart best; with all cells",
        "50 random cells",
    ),
    "along a direction": Claim(
        PAGE,
        "One direction of the state is enough to carry a slant over.",
        "slope of the slant that is carried over along the direction of slant; slope of the size",
        "slope of the slant along a random direction",
    ),
    "finishes letters": Claim(
        PAGE,
        "With all cells, a letter that the donor has begun is finished by the receiver.",
        "what is carried over of the share of futures in which our recogniser reads the donor's likeliest letter",
        "50 random cells",
    ),
}

ELSEWHERE = (
    ("No entry of a dictionary follows a feature clearly better than the best cell.", "dictionary.md"),
    ("What the page says that single cells follow, beyond chance.", "../spec/atlas.md"),
    ("What it gains from learning a hand is small.", "learning-a-hand.md"),
    ("The network that knows text writes what it is told.", "../src/pentrace/weights/TEXT_CARD.md"),
    ("Python and every browser compute the same bits.", "../spec/engine.md"),
)
"""Claims of the page that other documents measure, and which."""


def quick(names: Iterable[str], writer: Writer) -> Iterator[tuple[str, Measured]]:
    """What a model's own samples decide of some claims, one after the other."""
    samples = Samples(writer)
    for name in names:
        if (decide := CLAIMS[name].decide) is not None:
            yield name, decide(samples)


def page(figures: Mapping[str, Mapping[str, Measured]]) -> str:
    """The table in Markdown. figures: by model, by claim."""
    parts = [
        "# Claims, measured\n",
        _filled(
            "Claims of the 2016 article (in our words) and of our page, each with its measure. Written by `pentrace "
            "explain claims`; `claims.json` has the same, and a test measures some of them again. A control is what "
            "the same measure gives where the claim cannot be true, or what something simpler does. docs/explain.md "
            "says more of them."
        ),
    ]
    for who in (ARTICLE, PAGE):
        parts.append(f"## {who[0].upper()}{who[1:]}\n")
        for name, claim in CLAIMS.items():
            if claim.who != who:
                continue
            control = f" Control: {claim.control}." if claim.control else ""
            parts.append(_filled(f"**{claim.words}** Measure: {claim.measure}.{control}"))
            parts.append("| weights | figure | control | holds |\n|---|---|---|---|")
            for model, known in figures.items():
                if (one := known.get(name)) is not None:
                    verdict = "yes" if one.holds else "no"
                    parts.append(f"| {model} | {one.figure} | {one.control} | {verdict} |")
            parts.append("")
    parts.append("## Measured elsewhere\n")
    parts += [f"- {words} [{Path(path).name}]({path})" for words, path in ELSEWHERE]
    return "\n".join(parts).rstrip() + "\n"


def _filled(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False) + "\n"


@dataclass
class Table:
    """Figures by model and by claim, and of what they are.

    lines: of data, each of another page; pages: the same for patches.
    models: the SHA-256 of each model's file, by its name.
    """

    lines: int
    pages: int
    models: dict[str, str]
    figures: dict[str, dict[str, Measured]]

    @property
    def missing(self) -> int:
        """How many figures are not there yet."""
        return sum(len(CLAIMS) - len(each) for each in self.figures.values())

    def dumps(self) -> str:
        """As JSON."""
        figures = {
            model: {name: asdict(each[name]) for name in CLAIMS if name in each}
            for model, each in self.figures.items()
        }
        return json.dumps(vars(self) | {"figures": figures}, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def loads(cls, text: str) -> Table:
        """The table of `dumps`."""
        table: dict[str, Any] = json.loads(text)
        figures = {
            model: {name: Measured(**one) for name, one in each.items()}
            for model, each in table["figures"].items()
        }
        return cls(**table | {"figures": figures})
