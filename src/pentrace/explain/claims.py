"""Claims of the 2016 article and of the page as rows: measure, figure, control, verdict (docs/claims.md)."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pentrace.explain.claim_measures import (
    Measured,
    causes_lifts,
    consistent,
    keeps_time,
    knows_lifts,
    neatens,
    variation,
    votes_add_up,
    ways_on,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pentrace.engine.writer import Writer
    from pentrace.explain.memory import Curve
    from pentrace.explain.patch import Patches
    from pentrace.explain.style import Style

ARTICLE, PAGE = "2016 article", "our page"


class Claim(NamedTuple):
    """A claim in words, who makes it, and how it is measured."""

    who: str
    words: str
    measure: str
    control: str


QUICK: dict[str, tuple[Claim, Callable[[Writer], Measured]]] = {
    "consistent": (
        Claim(
            ARTICLE,
            "The style of the writing is more or less consistent within a sample.",
            "correlation of the slants of both halves of 64 samples of 300 points",
            "halves of different samples, the best of 19 pairings",
        ),
        consistent,
    ),
    "variation": (
        Claim(
            ARTICLE,
            "With less variation the writing is neater, with more it takes risks.",
            "mean distance of 50 futures of 8 points from their mean, at 10 places of an ink",
            "",
        ),
        variation,
    ),
    "ways on": (
        Claim(
            ARTICLE,
            "At some points the line could have gone on in quite another way.",
            "forks (spec/futures.md) over 8 samples of 300 points",
            "",
        ),
        ways_on,
    ),
    "knows lifts": (
        Claim(
            PAGE,
            "Single cells know that the pen is about to lift.",
            "correlation of the best cell with the lift of the next offset; chosen on 16 samples, measured on 16 more",
            "the best cell for the labels of other samples, the highest of 19",
        ),
        knows_lifts,
    ),
    "keeps time": (
        Claim(
            PAGE,
            "Some cells keep time with the pen.",
            "correlation of the best cell with the height of the pen above the middle of the 41 points around",
            "as above",
        ),
        keeps_time,
    ),
    "causes lifts": (
        Claim(
            PAGE,
            "The ten cells that best predict a lift, held low, stop the pen from lifting.",
            "change of the lifts in 40 samples of 100 points",
            "ten random cells held as far from their means, 19 draws",
        ),
        causes_lifts,
    ),
    "neatens": (
        Claim(
            PAGE,
            "Neatening takes wobbles away.",
            "mean square of how a movement differs from the next: of an ink, of the ink with a tremble of up to 0.15 "
            "units, and of that neatened with a share of 80 %",
            "a mean of three points of the trembling ink",
        ),
        neatens,
    ),
    "votes": (
        Claim(
            PAGE,
            "The votes of the cells add up exactly.",
            "largest difference to the engine's log-odds over 20 steps",
            "",
        ),
        votes_add_up,
    ),
}
"""Claims that a model's own samples decide."""

STUDIED = {
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
}
"""Claims that need lines of a data set."""


def studied(
    style: Mapping[str, Style],
    curves: Mapping[str, Curve],
    patches: Mapping[str, Patches],
    lines: int,
    pairs: int,
) -> dict[str, Measured]:
    """The claims of STUDIED, from what is measured over `lines` lines, and with patches over `pairs` pairs of them."""
    slant, size = style["slant"], style["size"]
    at, last = slant.windows.index(40), len(slant.windows) - 1
    old, half = slant.old[at], slant.half()
    after = f"{half:.0f} offsets" if np.isfinite(half) else f"more than {slant.windows[-1]} offsets"
    shape, tremble = curves["straighten"], curves["tremble"]
    here = shape.distances.index(20)
    reach = shape.reach()
    fades = f"{reach} offsets" if reach else f"beyond {shape.distances[-1]} offsets"
    best, random = patches["the 50 cells that tell hands apart best"], patches["50 random cells"]
    whole = patches["all cells"].slopes["slant"]
    new = [one.new[last] for one in (slant, size)]
    before = [one.old[last] for one in (slant, size)]
    return {
        "remembers style": Measured(
            f"{after}; {old.slope:+.2f} ({lines} pairs)",
            f"{old.error:.2f}",
            old.slope > 2 * old.error and half > 20,
        ),
        "remembers letters": Measured(
            f"{shape.mean[here]:.4f} nats; {fades} ({lines} lines)",
            f"{tremble.mean[here]:.4f} nats",
            bool(shape.mean[here] - 2 * shape.error[here] > tremble.mean[here]),
        ),
        "hand like yours": Measured(
            f"{new[0].slope:+.2f} and {new[1].slope:+.2f} ({lines} pairs)",
            f"{before[0].slope:+.2f} and {before[1].slope:+.2f}",
            all(one.slope > 2 * one.error for one in new),
        ),
        "kept in cells": Measured(
            f"{best.slopes['slant'].slope:+.2f}; {whole.slope:+.2f} ({pairs} pairs)",
            f"{random.slopes['slant'].slope:+.2f}",
            best.slopes["slant"].slope - 2 * best.slopes["slant"].error > random.slopes["slant"].slope,
        ),
    }


def quick(writer: Writer, names: list[str] | None = None) -> dict[str, Measured]:
    """The claims of QUICK, or some of them."""
    return {name: QUICK[name][1](writer) for name in names or QUICK}


def page(figures: Mapping[str, Mapping[str, Measured]]) -> str:
    """The table in Markdown. figures: by model, by claim."""
    models = list(figures)
    parts = [
        "# Claims, measured\n",
        _filled(
            "Claims of the 2016 article (in our words) and of our page, each with its measure. Written by `pentrace "
            "explain claims`; `claims.json` has the same, and a test measures some of them again. A control is what "
            "the same measure gives where the claim cannot be true, or what something simpler does. docs/explain.md "
            "says more of them. A row that is missing was not measured for these weights."
        ),
    ]
    claims = {name: claim for name, (claim, _) in QUICK.items()} | STUDIED
    for who in (ARTICLE, PAGE):
        parts.append(f"## {who[0].upper()}{who[1:]}\n")
        for name, claim in claims.items():
            if claim.who != who:
                continue
            control = f" Control: {claim.control}." if claim.control else ""
            words = f"**{claim.words}** Measure: {claim.measure}.{control}"
            parts.append(_filled(words))
            parts.append("| weights | figure | control | holds |\n|---|---|---|---|")
            for model in models:
                one = figures[model].get(name)
                if one is not None:
                    verdict = "yes" if one.holds else "no"
                    parts.append(f"| {model} | {one.figure} | {one.control} | {verdict} |")
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _filled(words: str) -> str:
    return textwrap.fill(words, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def dumps(figures: Mapping[str, Mapping[str, Measured]]) -> str:
    """The figures as JSON."""
    table = {model: {name: asdict(one) for name, one in each.items()} for model, each in figures.items()}
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def loads(text: str) -> dict[str, dict[str, Measured]]:
    """The figures of `dumps`."""
    table: dict[str, dict[str, Any]] = json.loads(text)
    return {model: {name: Measured(**one) for name, one in each.items()} for model, each in table.items()}
