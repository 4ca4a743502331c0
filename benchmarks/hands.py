"""What hands are worth: the line-up of writers and the legibility in their hands, what is taken over, and mixes.

    python -m benchmarks.hands line-up VAL1.parquet --others TRAIN.parquet
                                                           is a line written in a hand that writer's?
    python -m benchmarks.hands taken VAL1.parquet          which traits are taken over after 1, 3, 5, 10 and 30 lines?
    python -m benchmarks.hands picture VAL1.parquet        draws a text in hands, docs/hands.svg
    python -m benchmarks.hands growth VAL1.parquet         the same after more and more lines, docs/hands-lines.svg
    python -m benchmarks.hands mix VAL1.parquet            score and legibility between two hands, and beyond one

All are about the twenty writers of `benchmarks/people.py`; --writers N takes the first of them. Hands are learned on
the checkpoint that knows text, which must not have been trained on these pages, and are kept in --hands FOLDER, so that
another run, or another of the five, needs not learn them again. Needs 'pentrace[judge]'.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.learn import LEARNED, file_name
from benchmarks.learn import score as score_lines
from benchmarks.people import page_of_each, recognised, untuned, writers
from benchmarks.writers import Classifier, likeness
from pentrace import Writer, learn, mix
from pentrace.checkpoint import hand, load
from pentrace.data.error_rate import ErrorRate
from pentrace.data.transcripts import as_written
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.text.written import VARIATION
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.ink import Ink, concatenate, formats
from pentrace.measure.judge import Judge
from pentrace.measure.likeness import (
    WAYS,
    LineUp,
    Seen,
    first_offsets,
    letter_distance,
    pooled,
    seen,
    seen_real,
    taken_over,
    trait,
)
from pentrace.measure.read_back import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.people import Page
    from pentrace.checkpoint.hand import Hand
    from pentrace.data.dataset import Line
    from pentrace.engine.text.written import WrittenText

TEXTS = (
    "the garden behind the house was quiet",
    "She wanted to know who had written it.",
    "of all these ships, most came back late",
)
"""What is written in each hand."""
CANDIDATES, WILDER = 8, 0.8
"""Candidates of each character where lines are written in somebody's letters, and the larger variation of two."""
TAKES = 1
"""Unless told otherwise each text is written once, so that nothing is chosen."""
COUNTS = (1, 3, 5, 10, 30)
"""Lines that are learned from, where that is varied."""
WORDS = "the quiet garden"
"""What is drawn in more and more letters."""
PICTURE, GROWTH = Path("docs/hands.svg"), Path("docs/hands-lines.svg")
ROW, GAP = 550, 900
"""From line to line of a picture, and between columns, in raw whiteboard units."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
BEYOND = (0.0, 0.5, 1.0, 1.5, 2.0)

BASE = load(TEXT_CHECKPOINT)
F64 = npt.NDArray[np.float64]


class WrittenLine(NamedTuple):
    """A line that the model wrote."""

    seen: Seen
    errors: tuple[str, str]
    """What the judge reads, and what it should say."""


class Bench:
    """What all measurements share: pages or whole people's lines, the hands learned from them, the judge."""

    def __init__(self, pages: Sequence[Page], folder: Path, takes: int) -> None:
        self._takes = takes
        self.pages = pages
        self._folder = folder
        self._recogniser, self._judge = Recogniser.load(), Judge()
        known = BASE.architecture.text
        self._known = frozenset(self._recogniser.alphabet) & frozenset(known.alphabet if known else "")
        folder.mkdir(parents=True, exist_ok=True)

    def learned(self, lines: Sequence[Line], count: int) -> Hand:
        """The hand of a page's first lines."""
        file = self._folder / file_name(lines, count, BASE)
        if not file.is_file():
            seen = lines[:count]
            made = learn(
                [line.ink for line in seen], [as_written(line.text) for line in seen], checkpoint=BASE
            )
            hand.save(made, file)
        return hand.load(file)

    def plain(self) -> Hand:
        """A hand that changes nothing: the model, in no particular hand."""
        return mix(BASE, [self.learned(self.pages[0], LEARNED)], [0])

    def written(
        self,
        of: Hand | int,
        primes: Sequence[Line] = (),
        candidates: int | None = None,
        variation: float = VARIATION,
    ) -> list[WrittenLine]:
        """TEXTS in a learned hand or one of the checkpoint's, by its number; after lines of ink if there are any."""
        found = []
        for seed, text in enumerate(TEXTS):
            line = write(of, text, seed, candidates or self._takes, primes, variation)
            first = first_offsets(line.characters[1:], len(text))
            found.append(WrittenLine(seen(line.ink, text, first), (self._judge.read(line.ink), text)))
        return found

    def primes(self, lines: Sequence[Line], count: int = LEARNED) -> list[Line]:
        """The lines that are learned from and can be read with their text, the one that is read best first."""
        fit = {k: self._fit(line) for k, line in enumerate(lines[:count])}
        return [lines[k] for k in sorted(fit, key=lambda k: -fit[k]) if fit[k] > -np.inf]

    def _fit(self, line: Line) -> float:
        text = as_written(line.text)
        found = self._recogniser.align(line.ink, text) if text and self._known.issuperset(text) else None
        return self._recogniser.score(line.ink, text) if found is not None and found.fits else -np.inf

    def real(self, lines: Sequence[Line]) -> list[Seen]:
        """The lines of a page whose text the recogniser knows."""
        return [seen_real(ink, text, self._recogniser) for ink, text in self._spelled(lines)]

    def judged(self, lines: Sequence[Line]) -> list[tuple[str, str]]:
        """What the judge reads in these lines of a page, and what they say."""
        return [(self._judge.read(ink), text) for ink, text in self._spelled(lines)]

    def _spelled(self, lines: Sequence[Line]) -> list[tuple[Ink, str]]:
        texts = [(line.ink, as_written(line.text)) for line in lines]
        return [(ink, text) for ink, text in texts if text and self._known.issuperset(text)]


def legibility(read: Iterable[tuple[str, str]]) -> float:
    """The judge's errors a character, from what it reads and what it should say."""
    rate = ErrorRate()
    for found, said in read:
        rate.add(found, said)
    return rate.rate


def line_up(bench: Bench, people: Sequence[Sequence[Page]], classifier: Classifier) -> None:
    """Of lines written in hands and of lines that people wrote: how many lie nearest to their own writer's.

    people: all pages of each writer; hands are learned from those of bench. The lines after the first five of each page
    are held back.
    """
    held = [bench.real([line for page in own for line in page[LEARNED:]]) for own in people]
    numbers = {page[0].form: k for k, own in enumerate(people) for page in own}
    writer = [numbers[page[0].form] for page in bench.pages]
    close = LineUp(held)
    places = [classifier.place([line.offsets for line in lines]) for lines in held]
    hands = [bench.learned(lines, LEARNED) for lines in bench.pages]
    primes = [bench.primes(lines) for lines in bench.pages]
    first = [lines[:1] for lines in primes]
    plain = bench.plain()
    sets = {
        "in the learned hand": [bench.written(made) for made in hands],
        "after one of their lines": [bench.written(plain, lines) for lines in first],
        "in the hand, after one of their lines": list(map(bench.written, hands, first)),
    }
    for variation in (VARIATION, WILDER):
        sets[f"in the hand and their letters, variation {variation}"] = [
            bench.written(made, lines, CANDIDATES, variation)
            for made, lines in zip(hands, primes, strict=True)
        ]
    shown = {name: [[line.seen for line in lines] for lines in of] for name, of in sets.items()}
    shown["their own, those learned from"] = [bench.real(lines[:LEARNED]) for lines in bench.pages]
    print(
        f"{len(people)} writers, {len(bench.pages)} pages; {LEARNED} lines of a page learned, "
        "nearest to the writer's own lines held back; chance is 1"
    )
    ways = (*WAYS, "classifier")
    print("| lines | " + " | ".join(ways) + " |")
    for name, of in shown.items():
        far: dict[str, list[F64]] = {way: [] for way in ways}
        for lines in of:
            each = [close.distances(line) for line in lines]
            for way in WAYS:
                far[way].append(np.array([distances[way] for distances in each]))
            far["classifier"].append(-likeness(classifier.place([line.offsets for line in lines]), places))
        found = (recognised(far[way], writer) for way in ways)
        print(f"| {name} | " + " | ".join(f"{count:.1f}" for count in found) + " |", flush=True)
    sets["in no hand"] = [bench.written(plain)]
    known = BASE.architecture.text
    some = np.linspace(0, known.hands - 1, len(bench.pages)).astype(int) if known else ()
    sets["in hands of the checkpoint"] = [bench.written(int(number)) for number in some]
    for name, lines_of in sets.items():
        every = [line.errors for written in lines_of for line in written]
        print(f"judge's errors a character, {name}: {legibility(every):.3f}", flush=True)
    own = [pair for lines in bench.pages for pair in bench.judged(lines[:LEARNED])]
    print(f"judge's errors a character, their own, those learned from: {legibility(own):.3f}", flush=True)


def taken(bench: Bench) -> None:
    """Which traits of people are found in what is written in their hands, beside lines that no hand learned from."""
    held = [bench.real(lines[max(COUNTS) :]) for lines in bench.pages]
    print(f"{len(bench.pages)} writers; slope (correlation) of what is written over what the writer does")
    print("| lines | " + " | ".join(TRAITS) + " | letters |")
    plain = [line.seen for line in bench.written(bench.plain())]
    far = [letter_distance(pooled(plain), pooled(lines)) for lines in held]
    near = [
        letter_distance(pooled(bench.real(page[:1])), pooled(lines))
        for page, lines in zip(bench.pages, held, strict=True)
    ]
    for count in COUNTS:
        hands = [bench.learned(page, count) for page in bench.pages]
        primes = [bench.primes(page, count) for page in bench.pages]
        rows = {
            f"{count}": [bench.written(made) for made in hands],
            f"{count}, in their letters": [
                bench.written(made, lines, CANDIDATES) for made, lines in zip(hands, primes, strict=True)
            ],
        }
        for name, of in rows.items():
            written = [[line.seen for line in lines] for lines in of]
            cells = []
            for what in TRAITS:
                x, y = (np.array([trait(lines, what) for lines in each]) for each in (held, written))
                cells.append("{:.2f} ({:.2f})".format(*taken_over(x, y)))
            letters = [
                letter_distance(pooled(lines), pooled(own)) for lines, own in zip(written, held, strict=True)
            ]
            share = (np.nanmean(far) - np.nanmean(letters)) / (np.nanmean(far) - np.nanmean(near))
            print(f"| {name} | " + " | ".join(cells) + f" | {share:.2f} |", flush=True)
    print(
        f"letters: {np.nanmean(far):.3f} away without a hand, {np.nanmean(near):.3f} in the writer's own line"
    )


def mixes(bench: Bench) -> None:
    """The score on both owners' lines and the legibility, between two hands; and between the plain model and one."""
    print("| share of the first | on its lines | on the other's lines | judge's errors |")
    pairs = list(zip(bench.pages[::2], bench.pages[1::2], strict=False))
    for share in SHARES:
        rows, read = [], []
        for one, two in pairs:
            made = mix(BASE, [bench.learned(one, LEARNED), bench.learned(two, LEARNED)], [share, 1 - share])
            rows.append([score(made, page[LEARNED:]) for page in (one, two)])
            read += [line.errors for line in bench.written(made)]
        first, second = np.mean(rows, axis=0)
        print(f"| {share:g} | {first:.3f} | {second:.3f} | {legibility(read):.3f} |", flush=True)
    print("| share of one hand | on its lines | judge's errors |")
    for share in BEYOND:
        scores, read = [], []
        for page, _ in pairs:
            made = mix(BASE, [bench.learned(page, LEARNED)], [share])
            scores.append(score(made, page[LEARNED:]))
            read += [line.errors for line in bench.written(made)]
        print(f"| {share:g} | {np.mean(scores):.3f} | {legibility(read):.3f} |", flush=True)


def score(of: Hand, lines: Sequence[Line]) -> float:
    """Nats a point of lines in a hand, read with their texts."""
    return score_lines(of.apply(BASE), lines)


def picture(bench: Bench) -> None:
    """Draws one text, of one seed, without a hand and in the hand of each page; beside it in the page's letters too."""
    hands = [bench.learned(page, LEARNED) for page in bench.pages]
    lines = [bench.primes(page) for page in bench.pages]
    alone = [write(made, TEXTS[0], 0, TAKES).ink for made in (bench.plain(), *hands)]
    lettered = [write(made, TEXTS[0], 0, CANDIDATES, own).ink for made, own in zip(hands, lines, strict=True)]
    draw([alone, [None, *lettered]], PICTURE)


def growth(bench: Bench) -> None:
    """Draws some words in a column for each writer: without a hand, then in the hand and the letters of more lines."""
    columns = []
    for lines in bench.pages:
        hands = [(bench.learned(lines, count), bench.primes(lines, count)) for count in COUNTS]
        columns.append(
            [write(made, WORDS, 0, CANDIDATES, own).ink for made, own in ((bench.plain(), []), *hands)]
        )
    draw(columns, GROWTH)


def write(
    of: Hand | int,
    text: str,
    seed: int,
    candidates: int,
    primes: Sequence[Line] = (),
    variation: float = VARIATION,
) -> WrittenText:
    """A text in a learned hand or one of the checkpoint's, by its number, and in the letters of some lines."""
    number = of if isinstance(of, int) else None
    return Writer(BASE, hand=None if isinstance(of, int) else of).write_text(
        text,
        hand=number,
        seed=seed,
        candidates=candidates,
        variation=variation,
        prime=[line.ink for line in primes],
        prime_text=[as_written(line.text) for line in primes],
    )


def draw(columns: Sequence[Sequence[Ink | None]], file: Path) -> None:
    """Draws columns of lines; a place may stay empty."""
    placed, begin = [], 0.0
    for inks in columns:
        there = [(row, ink) for row, ink in enumerate(inks) if ink is not None]
        for row, ink in there:
            left, middle = ink.points[:, 0].min(), np.median(ink.points[:, 1])
            place = np.array([begin - left, row * ROW - middle], np.float32)
            placed.append(Ink(ink.points + place, ink.pen_up, scale=ink.scale))
        begin += max(float(np.ptp(ink.points[:, 0])) for _, ink in there) + GAP
    formats.write(concatenate(placed), file)


OF_A_PAGE = {"mix": mixes, "picture": picture}
OF_ALL_PAGES = {"taken": taken, "growth": growth}
"""By whether the lines of each writer are those of one page, or of all."""


def main() -> None:
    """Prints the tables of one measurement."""
    parser = argparse.ArgumentParser(prog="benchmarks.hands", description=__doc__)
    parser.add_argument("what", choices=["line-up", *OF_A_PAGE, *OF_ALL_PAGES])
    parser.add_argument("data", type=Path, metavar="VAL1.parquet")
    parser.add_argument(
        "--writers", type=int, metavar="N", help="of the first writers; all unless told otherwise"
    )
    parser.add_argument(
        "--others", type=Path, metavar="TRAIN.parquet", help="of line-up: from whom the classifier learns"
    )
    parser.add_argument("--hands", type=Path, default=Path("runs/hands"), metavar="FOLDER")
    parser.add_argument("--takes", type=int, default=TAKES, metavar="N", help="candidates for each text")
    asked = parser.parse_args()
    if asked.what == "taken" and asked.writers == 1:
        parser.error("taken compares writers; expected at least two, found --writers 1")
    chosen = slice(asked.writers)
    if asked.what == "line-up":
        if asked.others is None:
            parser.error("line-up needs --others TRAIN.parquet")
        pages = [page for own in untuned(asked.data)[chosen] for page in own]
        bench = Bench(pages, asked.hands, asked.takes)
        line_up(bench, writers(asked.data)[chosen], Classifier(asked.others))
    elif asked.what in OF_A_PAGE:
        OF_A_PAGE[asked.what](Bench(page_of_each(asked.data)[chosen], asked.hands, asked.takes))
    else:
        lines = [[line for page in own for line in page] for own in writers(asked.data)[chosen]]
        OF_ALL_PAGES[asked.what](Bench(lines, asked.hands, asked.takes))


if __name__ == "__main__":
    main()
