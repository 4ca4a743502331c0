"""`pentrace atlas --dictionary`: dictionaries in place of cells."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console

from pentrace.cli.common import options
from pentrace.cli.common.progress import bars
from pentrace.cli.common.text import number, show, span, table

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from pentrace.atlas.dictionary import Dictionaries, Training
    from pentrace.atlas.rows import Source
    from pentrace.checkpoint import Checkpoint

FOLLOWED_SAY = (
    "Scores on held-out lines, of the one chosen on the lines to fit on: the best cell, entry, entry before only the "
    "largest are kept (direction), and random direction. chance: the best entry when lines have the labels of other "
    "lines. more: entry beyond cell, with 95 % of draws of lines."
)
ADDED_SAY = "controls: changes the measure more than each of 19 other entries of the same length"


def make(
    checkpoint: Checkpoint,
    sources: tuple[Source, Source],
    out: Path,
    training: Training,
    command: str,
    effects: bool,
) -> None:
    """Makes the dictionaries, saves them, and prints what was measured."""
    from pentrace.atlas.dictionary_build import build
    from pentrace.atlas.dictionary_effects import measure_entries
    from pentrace.engine.writer import Writer

    with bars() as report:
        found = build(
            checkpoint, *sources, training, command=command, threads=options.threads(), report=report
        )
        found.save(out)
        if effects:
            found.about["effects"] = measure_entries(
                found, Writer(checkpoint), threads=options.threads(), report=partial(report, "effects")
            )
            found.save(out)
    for part, about in found.about["parts"].items():
        show(followed_table(about["features"]), quality(found, part))
    Console(highlight=False).print(f"{FOLLOWED_SAY}\n", style="dim")
    if found.about["effects"]:
        show(added_table(found.about["effects"]), f"{ADDED_SAY}\n")
    better = [row["entry"]["better"] for about in found.about["parts"].values() for row in about["features"]]
    print(
        f"{out}: entries follow {sum(better)} of {len(better)} features of c and h better than the best cell"
    )


def quality(found: Dictionaries, part: str) -> str:
    """One sentence on how good a dictionary is."""
    about, training = found.about["parts"][part], found.about["training"]
    return (
        f"{part}: {training['entries']} entries, {training['active']} at a time, explain "
        f"{about['explained']:.0%} of the variance of held-out lines; as many principal components "
        f"{about['principal']:.0%}. {about['dead']} entries are never active there.\n"
    )


def followed_table(features: list[dict[str, Any]]) -> Table:
    """How well the best cell and the best entry follow each feature."""
    columns = [
        "feature",
        "cell",
        "",
        "entry",
        "",
        "chance",
        "more",
        "active",
        "direction",
        "random",
        "better",
    ]

    def row(one: dict[str, Any]) -> tuple[str, ...]:
        cell, entry = one["cell"], one["entry"]
        more, low, high = entry["gain"]
        return (
            one["feature"],
            str(cell["column"]),
            f"{cell['score']:+.2f}",
            str(entry["column"]),
            f"{entry['score']:+.2f}",
            f"{entry['chance']:.2f}",
            f"{more:+.2f} ({low:+.2f} to {high:+.2f})",
            f"{entry['active']:.1%}",
            f"{one['direction']['score']:+.2f}",
            f"{one['random']['score']:+.2f}",
            "yes" if entry["better"] else "no",
        )

    return table(columns, map(row, features), left=("better",))


def added_table(effects: list[dict[str, Any]]) -> Table:
    """What adding and subtracting entries does."""

    def row(one: dict[str, Any]) -> tuple[str, ...]:
        return (
            one["feature"],
            f"{one['by']:+.1f}",
            one["measure"],
            *(number(one[key], ".2f") for key in ("before", "after", "error")),
            span(one["random"], ".2f"),
            "yes" if one["controls"] else "no",
        )

    columns = ("entry for", "by", "measure", "before", "after", "error", "other entries", "controls")
    return table(columns, map(row, effects), left=("measure", "controls"))
