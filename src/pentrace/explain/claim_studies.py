"""Claims that need lines of a data set, by the experiment that decides them; and all claims of some models."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pentrace.atlas.alignment import extents, word_numbers, words_of
from pentrace.data.dataset import read_lines
from pentrace.data.score import clipped_offsets
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.writer import Writer
from pentrace.errors import DataError
from pentrace.explain.claim_samples import Measured, cells_of, follows
from pentrace.explain.claims import CLAIMS, Table, quick
from pentrace.explain.directions import hand_directions
from pentrace.explain.hands import SHORTEST, lines_of_hands, style
from pentrace.explain.memory import curves
from pentrace.explain.patch import LETTER, patches
from pentrace.ink import points_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pentrace.checkpoint import Checkpoint
    from pentrace.explain.hands import Slope, Style
    from pentrace.explain.memory import Curve
    from pentrace.explain.patch import Patches

    Found = Iterator[tuple[str, Measured]]


def measure(
    table: Table,
    checkpoints: Mapping[str, Checkpoint],
    data: Sequence[Path],
    *,
    threads: int = 1,
    keep: Callable[[], None] = lambda: None,
) -> None:
    """Measures what is missing in a table, several experiments at a time.

    Args:
        table: is filled.
        checkpoints: by the model's name in the table.
        data: Parquet files of lines, or folders of them.
        threads: how many experiments run at a time, each with an engine of its own.
        keep: called after each figure, in one thread at a time.

    Raises:
        DataError: too few lines, or none with their words.
    """
    lock = threading.Lock()

    def run(model: str, names: Sequence[str], study: Callable[[Writer], Found]) -> None:
        if all(name in table.figures[model] for name in names):
            return
        for name, one in study(Writer(checkpoints[model])):
            with lock:
                table.figures[model][name] = one
                keep()

    studies: list[tuple[tuple[str, ...], Callable[[Writer], Found]]] = [
        (PATCHED, lambda writer: patched(writer, data, table.pages)),
        (REMEMBERED, lambda writer: remembered(writer, data, table.lines)),
        (STYLED, lambda writer: styled(writer, data, table.lines)),
        (WITHIN, lambda writer: within_words(writer, data)),
    ]
    with ThreadPoolExecutor(threads) as pool:
        running = []
        for model, known in table.figures.items():
            # The longest first.
            names = [name for name, claim in CLAIMS.items() if claim.decide and name not in known]
            running.append(pool.submit(run, model, names, partial(quick, names)))
            running += [pool.submit(run, model, claims, study) for claims, study in studies]
        try:
            for each in running:
                each.result()
        finally:
            for each in running:
                each.cancel()


WITHIN = ("within words",)
_WORD_LINES = 32
"""Lines with words on which the position within a word is looked for."""


def within_words(writer: Writer, data: Sequence[Path]) -> Found:
    """How well one cell tells how far the pen is in its word, over lines of a data set that have their text."""
    inks, labels = [], []
    for line in read_lines(data, columns=("text",)):
        offsets = clipped_offsets(line.ink)
        number = word_numbers(offsets, len(words_of(line.text))) if line.text else None
        if number is None or len(offsets) < SHORTEST:
            continue
        x = points_of(offsets)[0][:, 0]
        left, _ = extents(x, number)
        inks.append(offsets[:SHORTEST])
        labels.append((x - left[number])[:SHORTEST])
        if len(inks) == _WORD_LINES:
            break
    if len(inks) < 4:
        raise DataError(
            f"{data[0]}: expected 4 lines of {SHORTEST} points with their words, found {len(inks)}"
        )
    engine = writer.engine
    target = np.concatenate(labels).astype(np.float64)
    yield WITHIN[0], follows(engine, cells_of(engine, inks), target, len(inks))


STYLED = ("remembers style", "hand like yours")


def styled(writer: Writer, data: Sequence[Path], lines: int) -> Found:
    """What `pentrace explain style` decides."""
    chosen = lines_of_hands(data, lines)
    yield from of_style(style(writer, chosen), len(chosen)).items()


def of_style(found: Mapping[str, Style], lines: int) -> dict[str, Measured]:
    """The claims of STYLED, over `lines` pairs of lines."""
    slant, size = found["slant"], found["size"]
    at, last = slant.windows.index(40), len(slant.windows) - 1
    old, half = slant.old[at], slant.half()
    after = f"{half:.0f} offsets" if np.isfinite(half) else f"more than {slant.windows[-1]} offsets"
    new = [one.new[last] for one in (slant, size)]
    before = [one.old[last] for one in (slant, size)]
    return {
        "remembers style": Measured(
            f"{after}; {old.slope:+.2f} ({lines} pairs)",
            f"{old.error:.2f}",
            old.slope > 2 * old.error and half > 20,
        ),
        "hand like yours": Measured(
            f"{new[0].slope:+.2f} and {new[1].slope:+.2f} ({lines} pairs)",
            f"{before[0].slope:+.2f} and {before[1].slope:+.2f}",
            all(one.slope > 2 * one.error for one in new),
        ),
    }


REMEMBERED = ("remembers letters",)


def remembered(writer: Writer, data: Sequence[Path], lines: int) -> Found:
    """What `pentrace explain reach` decides."""
    chosen = lines_of_hands(data, lines)
    yield from of_curves(curves(writer, chosen), len(chosen)).items()


def of_curves(found: Mapping[str, Curve], lines: int) -> dict[str, Measured]:
    """The claim of REMEMBERED, over `lines` lines."""
    shape, tremble = found["straighten"], found["tremble"]
    here = shape.distances.index(20)
    reach = shape.reach()
    fades = f"{reach} offsets" if reach else f"beyond {shape.distances[-1]} offsets"
    return {
        "remembers letters": Measured(
            f"{shape.mean[here]:.4f} nats; {fades} ({lines} lines)",
            f"{tremble.mean[here]:.4f} nats",
            bool(shape.mean[here] - 2 * shape.error[here] > tremble.mean[here]),
        )
    }


PATCHED = ("kept in cells", "along a direction", "finishes letters")


def patched(writer: Writer, data: Sequence[Path], pages: int) -> Found:
    """What `pentrace explain patches` decides."""
    chosen = lines_of_hands(data, pages)
    half = len(chosen) // 2
    slant = {"slant": hand_directions(writer.engine, chosen[:half])["slant"]}
    found = patches(writer, chosen, recogniser=Recogniser.load(), directions=slant)
    yield from of_patches(found, len(chosen) - half).items()


def of_patches(found: Mapping[str, Patches], pairs: int) -> dict[str, Measured]:
    """The claims of PATCHED, over a number of pairs."""
    best, random = found["the 50 cells that tell hands apart best"].slopes, found["50 random cells"].slopes
    whole = found["all cells"].slopes
    along, astray = found["the direction of slant"].slopes, found["a random direction"].slopes["slant"]
    return {
        "kept in cells": Measured(
            f"{best['slant'].slope:+.2f}; {whole['slant'].slope:+.2f} ({pairs} pairs)",
            f"{random['slant'].slope:+.2f}",
            _clear(best["slant"], random["slant"]),
        ),
        "along a direction": Measured(
            f"{along['slant'].slope:+.2f}; {along['size'].slope:+.2f} ({pairs} pairs)",
            f"{astray.slope:+.2f}",
            _clear(along["slant"], astray),
        ),
        "finishes letters": Measured(
            f"{whole[LETTER].slope:+.2f} ({pairs} pairs)",
            f"{random[LETTER].slope:+.2f}",
            _clear(whole[LETTER], random[LETTER]),
        ),
    }


def _clear(one: Slope, other: Slope) -> bool:
    """Whether a slope is above another by more than two of its standard errors."""
    return one.slope - 2 * one.error > other.slope
