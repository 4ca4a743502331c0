"""What turning traits of a hand up and down does: to the trait, to the others, and to how easy the writing is to read.

    python -m benchmarks.traits [--hands N]

Texts are written in hands of the included checkpoint that knows text, as by default: the best of eight takes. Each
trait is then turned up and down, in the same hands and under the same seeds. Changes are in standard deviations of
people. Errors are those of the judge, which chooses nothing. Needs 'pentrace[judge]'.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.hands import TEXTS
from pentrace import Writer
from pentrace.checkpoint import load
from pentrace.data.error_rate import ErrorRate
from pentrace.engine.traits import NAMES, STORED
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.measure.fit_traits import MEASURED, traits_of
from pentrace.measure.judge import Judge
from pentrace.measure.read_back import logarithms

if TYPE_CHECKING:
    import numpy.typing as npt

AMOUNTS = (-2.0, -1.0, 1.0, 2.0)


def written(
    writer: Writer, judge: Judge, hands: list[int], traits: dict[str, float]
) -> tuple[npt.NDArray[np.float64], float]:
    """The mean traits of a text in each hand, in standard deviations of people, and the judge's errors a character."""
    people = json.loads(STORED.read_text(encoding="utf-8"))["people"]
    rate, found = ErrorRate(), []
    for number, hand in enumerate(hands):
        text = TEXTS[number % len(TEXTS)]
        ink = writer.write_text(text, hand=hand, traits=traits, seed=number).ink
        rate.add(judge.read(ink), text)
        found.append(traits_of(ink, text))
    unit = np.array([people[name] for name in MEASURED])
    return np.nanmean(logarithms(found), axis=0) / unit, rate.rate


def main() -> None:
    """Prints a row for each amount of each trait."""
    parser = argparse.ArgumentParser(prog="benchmarks.traits", description=__doc__)
    parser.add_argument("--hands", type=int, default=60, metavar="N")
    asked = parser.parse_args()
    writer, judge = Writer(load(TEXT_CHECKPOINT)), Judge()
    known = writer.checkpoint.architecture.text
    hands = np.linspace(0, known.hands - 1, asked.hands).astype(int).tolist() if known else []
    plain, errors = written(writer, judge, hands, {})
    print(f"{len(hands)} hands; judge's errors a character, with nothing changed: {errors:.3f}")
    print(f"| trait | amount | {' | '.join(MEASURED)} | judge's errors |")
    for name in NAMES:
        for amount in AMOUNTS:
            found, errors = written(writer, judge, hands, {name: amount})
            changes = " | ".join(f"{x:+.2f}" for x in found - plain)
            print(f"| {name} | {amount:+g} | {changes} | {errors:.3f} |", flush=True)


if __name__ == "__main__":
    main()
