"""Pictures for documents, through matplotlib (`pip install 'pentrace[plot]'`)."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pentrace import files
from pentrace.arrays import F64
from pentrace.checkpoint.hand import Pass
from pentrace.errors import FormatError, MissingExtraError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAX_LOG = 64 * 2**20
SUFFIXES = (".svg", ".png", ".pdf")
# Okabe and Ito's blue, a grey, Okabe and Ito's orange: told apart by colour-blind readers.
SAMPLED, REAL, FLOOR = "#0072B2", "#444444", "#E69F00"


def distributions(
    sampled: Mapping[str, F64],
    real: Mapping[str, F64],
    floor: Mapping[str, F64] | None,
    path: Path | str,
) -> None:
    """Writes the cumulative distributions of each feature of sampled and real ink to a file.

    sampled, real: values by feature (`pentrace.measure.samples.features`).
    floor: the same of other real ink, which shows how far apart two sets of real lines are.
    """
    figure = _figure(len(real), 2.4)
    for axes, name in zip(figure.axes, real, strict=True):
        sets = [("real", real[name], REAL), ("sampled", sampled[name], SAMPLED)]
        if floor is not None:
            sets.insert(1, ("other real lines", floor[name], FLOOR))
        for label, values, colour in sets:
            if len(values):
                axes.ecdf(values, label=label, color=colour, linewidth=1.4)
        if len(real[name]):  # short lines have no values of some features
            low, high = np.percentile(real[name], [1, 99])
            axes.set_xlim(min(0.0, float(low)), float(high))
        axes.set_title(name, loc="left", fontsize=10)
    figure.axes[0].set_ylabel("share at most this")
    if figure.axes[-1].get_lines():
        figure.axes[-1].legend(frameon=False, fontsize=8)
    save(figure, path)


def training(rows: list[dict[str, Any]], path: Path | str) -> None:
    """A run's log (rows of `log.jsonl`): training loss and score by points, learning rate below."""
    figure = _figure(2, 4.0)
    points = [row["points"] / 1e6 for row in rows]
    score, rate = figure.axes
    score.plot(points, [row["loss"] for row in rows], color=FLOOR, label="training loss")
    score.plot(points, [row["score"] for row in rows], color=SAMPLED, label="score on validation lines")
    score.set_ylabel("nats a point, raw units")
    on_grid = [row.get("on_grid", math.nan) for row in rows]  # older logs do not have it
    if not math.isnan(on_grid[-1]):
        score.plot(points, on_grid, color=SAMPLED, linestyle=":", label="the same on the grid")
    drawn = [row[name] for row in rows for name in ("loss", "score")]
    # The steep start of a run from random weights is cut off.
    low, high = min(drawn), min(max(drawn), min(row["score"] for row in rows) + 0.9)
    score.set_ylim(low - 0.1 * (high - low), high + 0.35 * (high - low))
    score.legend(frameon=False, fontsize=8)
    rate.plot(points, [row["learning_rate"] for row in rows], color=REAL)
    rate.set_ylabel("learning rate")
    rate.set_ylim(bottom=0)
    for axes in figure.axes:
        axes.set_xlabel("points, millions")
    save(figure, path)


def learning(log: Sequence[Pass], path: Path | str) -> None:
    """The log of a hand (`hand.log`): the score after each pass, and of the lines while they were learned from."""
    figure = _figure(1, 4.0)
    (axes,) = figure.axes
    numbers = [row.number for row in log]
    axes.plot(numbers, [row.scored for row in log], color=SAMPLED, marker="o", label="score after the pass")
    read = [(row.number, row.learned) for row in log if row.learned is not None]
    axes.plot(*zip(*read, strict=True), color=FLOOR, marker="o", label="lines, as they were learned from")
    axes.axhline(log[0].scored, color=REAL, linestyle=":", label="before")
    axes.set_xlabel("pass")
    axes.set_xticks(numbers)
    axes.set_ylabel("nats a point, raw units")
    axes.legend(frameon=False, fontsize=8)
    save(figure, path)


def check_name(path: Path | str, inputs: Iterable[Path | None] = ()) -> None:
    """Raises FormatError, before any work is done, for another suffix than a picture's or what cannot be written."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise FormatError(f"{path}: expected a name that ends in {', '.join(SUFFIXES)}")
    files.check_output(Path(path), inputs, FormatError, "--plot")


def empty(width: float, height: float) -> Figure:
    """An empty figure, size in inches. Raises MissingExtraError without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("a plot needs matplotlib: pip install 'pentrace[plot]'") from error
    return Figure(figsize=(width, height), layout="constrained")


def _figure(columns: int, width: float) -> Figure:
    figure = empty(width * columns, 2.8)
    figure.subplots(1, columns)
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def save(figure: Figure, path: Path | str) -> None:
    """Writes a figure to a file. Raises FormatError."""
    suffix = Path(path).suffix
    with files.replacing(path, FormatError) as temporary:
        figure.savefig(temporary, dpi=160, metadata={"Date": None} if suffix == ".svg" else None)


def read_log(path: Path | str) -> list[dict[str, Any]]:
    """The rows of a run's `log.jsonl`. Raises FormatError, which names the row."""
    rows = files.read(path, _MAX_LOG, FormatError).splitlines()
    found = []
    for number, row in enumerate(rows, 1):
        try:
            values = json.loads(row)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict) or not all(
            isinstance(values.get(name), int | float) for name in ("points", "loss", "score", "learning_rate")
        ):
            raise FormatError(
                f"{path}: row {number}: expected an object with points, loss, score and learning_rate, found others"
            )
        found.append(values)
    if not found:
        raise FormatError(f"{path}: expected a row for each validation, found none")
    return found


if (
    __name__ == "__main__"
):  # draws the log of a training: python -m pentrace.pictures.plots LOG.jsonl FILE.svg
    _, log, file = sys.argv
    training(read_log(log), file)
