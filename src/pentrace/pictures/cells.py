"""A picture of cells over time, with the ink in the same colours above it, as in the page (spec/cells.md).

Through matplotlib (`pip install 'pentrace[plot]'`). Letter key: C cells of all layers in turn, n offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pentrace.arrays import F32, I64
from pentrace.engine.writer import Writer
from pentrace.errors import InkError
from pentrace.ink import Ink
from pentrace.pictures import plots
from pentrace.pictures.cell_colours import LEVELS, ColourScale, LimitsKind, Quantity, palette, scale_of
from pentrace.pictures.colours import INK, MUTED, PAPER, Theme
from pentrace.pictures.rhythm import plainest, rhythm

NAMES: dict[Quantity, str] = {
    "c": "Cell state c",
    "h": "Hidden state h",
    "i": "Input gate i",
    "f": "Forget gate f",
    "g": "Candidate g",
    "o": "Output gate o",
}
_INCHES = (8.0, 5.6)
_INK_WIDTH = 1.5


@dataclass(frozen=True)
class CellRows:
    """One quantity of all cells along an ink.

    values: f32 [n + 1, C], row p after p offsets; the last row, which a trace does not have, is after the ink.
    path: the prepared ink in model units, n + 1 points.
    """

    what: Quantity
    values: F32
    path: Ink


def cell_rows(
    writer: Writer, ink: Ink, what: Quantity = "c", text: str | None = None, hand: int | None = None
) -> CellRows:
    """One quantity of all cells while the writer reads an ink; `text` and `hand` as in Writer.reading."""
    prepared, reading = writer.read(ink), writer.reading(ink, text, hand=hand)
    # One offset more, which the last row does not depend on: row n is the state after the ink.
    read = np.concatenate((prepared.offsets, np.zeros((1, 3), np.float32)))
    pointers = reading.pointers
    longer = reading._replace(
        offsets=read, pointers=None if pointers is None else np.append(pointers, pointers[-1:])
    )
    gate = "ifgo".find(what)
    arrays = longer.trace(writer.engine, c=what == "c", h=what == "h", gates=gate >= 0, loglik=False)
    values = arrays["gates"][:, :, gate] if gate >= 0 else arrays[what]
    path = Ink.from_offsets(prepared.offsets, 1.0, first_pen_up=prepared.first_lifted)
    return CellRows(what, values.reshape(len(read), -1), path)


def draw(
    rows: CellRows,
    path: Path | str,
    *,
    order: I64 | None = None,
    cells: Sequence[int] = (),
    limits: LimitsKind = "robust",
    log: bool = False,
    theme: Theme = "light",
) -> tuple[int, ...]:
    """Draws the picture to a file: .png, .svg or .pdf.

    Args:
        rows: from `cell_rows`.
        path: the file.
        order: the cells [C] from the first row of the picture to the last; None for the order of the checkpoint.
        cells: the ink is coloured by their mean; if empty, by one that swings in time with the pen.
        limits: which values have the last colours.
        log: logarithmic on both sides of the middle, otherwise linear.
        theme: colours for white or for dark paper.

    Returns:
        The cells by which the ink is coloured.

    Raises:
        InkError: cells that the model does not have.
        FormatError: another suffix, or a place that cannot be written.
        MissingExtraError: matplotlib is missing.
    """
    plots.check_name(path)
    count = rows.values.shape[1]
    if wrong := [cell for cell in cells if not 0 <= cell < count]:
        raise InkError(f"cells: expected 0 to {count - 1}, found {wrong[0]}")
    scale = scale_of(rows.values, rows.what, limits, log)
    chosen = tuple(cells) or (plainest(rows.values, rhythm(rows.values, rows.path.points[:, 1])),)
    shown = np.arange(count) if order is None else order
    figure = plots.empty(*_INCHES)
    figure.set_facecolor(PAPER[theme])
    ink, heat = figure.subplots(2, 1, height_ratios=(1, 3.2))
    shares = scale.shares(rows.values)
    _ink(ink, rows.path, scale.levels(shares[:, chosen].mean(axis=1)), theme)
    _heat(
        heat,
        scale.levels(shares[:, shown]).T,
        [int(np.flatnonzero(shown == cell)[0]) for cell in chosen],
        theme,
    )
    heat.set_ylabel(f"{count} cells")
    heat.set_xlabel(f"{len(rows.values) - 1} steps")
    _legend(figure, heat, scale, limits, theme)
    name = f"cell {chosen[0]}" if len(chosen) == 1 else f"the mean of {len(chosen)} cells"
    figure.suptitle(
        f"{NAMES[rows.what]}; the ink is coloured by {name}.\n{clipping(rows.values, scale, limits)}",
        x=0.01,
        ha="left",
        fontsize=8,
        color=MUTED[theme],
    )
    plots.save(figure, path)
    return chosen


def clipping(values: F32, scale: ColourScale, limits: LimitsKind) -> str:
    """A sentence on the values beyond the last colours."""
    least, greatest = (f"{value:.2f}".replace("-", "−") for value in (values.min(), values.max()))
    curve = " The scale is logarithmic on both sides of its middle." if scale.log else ""
    if limits == "own":
        return f"Each cell by its own largest distance; all values lie from {least} to {greatest}.{curve}"
    if (beyond := 100 * scale.beyond(values)) == 0:
        return f"Nothing is clipped: the values lie from {least} to {greatest}.{curve}"
    share = "Fewer than 0.1" if beyond < 0.1 else f"{beyond:.1f}"
    return f"{share} % of the values lie beyond the colours: they go from {least} to {greatest}.{curve}"


def _ink(axes: Any, path: Ink, levels: npt.NDArray[np.uint8], theme: Theme) -> None:
    from matplotlib.collections import LineCollection

    points, lifted = path.points.astype(np.float64), path.pen_up
    down = np.flatnonzero(~lifted[:-1])
    between = (levels[down].astype(int) + levels[down + 1] + 1) // 2
    colours = palette(theme)
    lines = np.stack((points[down], points[down + 1]), axis=1)
    axes.add_collection(
        LineCollection(list(lines), colors=colours[between], linewidths=_INK_WIDTH, capstyle="round")
    )
    dots = np.flatnonzero(lifted & np.concatenate(([True], lifted[:-1])))
    axes.scatter(*points[dots].T, s=_INK_WIDTH**2, color=colours[levels[dots]], linewidths=0)
    axes.autoscale_view()
    axes.set_aspect("equal", adjustable="datalim")
    axes.invert_yaxis()
    axes.set_axis_off()


def _heat(axes: Any, levels: npt.NDArray[np.uint8], chosen: list[int], theme: Theme) -> None:
    from matplotlib.colors import ListedColormap

    axes.imshow(
        levels,
        cmap=ListedColormap(palette(theme)),
        vmin=-0.5,
        vmax=LEVELS - 0.5,
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_xticks([])
    axes.set_yticks(chosen, ["◂"] * len(chosen) if len(chosen) <= len(levels) // 4 else [])
    axes.yaxis.tick_right()
    axes.tick_params(length=0, pad=1, labelsize=6, colors=INK[theme])
    axes.spines[:].set_visible(False)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(fontsize=8, color=MUTED[theme])


def _legend(figure: Any, axes: Any, scale: ColourScale, limits: LimitsKind, theme: Theme) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, NoNorm

    # The bar shows shares of the limit, with the colours that they have.
    shares = ScalarMappable(NoNorm(), ListedColormap(palette(theme)[scale.levels(np.linspace(-1, 1, 301))]))
    shares.set_array(np.arange(301))
    bar = figure.colorbar(shares, ax=axes, fraction=0.025, pad=0.03, shrink=0.5)
    names = ["lowest", f"{scale.centre:g}", "highest"]
    if limits != "own":
        names = [f"{scale.centre + share * scale.limits[0]:.3g}".replace("-", "−") for share in (-1, 0, 1)]
    bar.set_ticks([0, 150, 300], labels=names)
    bar.ax.tick_params(length=0, labelsize=8, colors=MUTED[theme])
    bar.outline.set_visible(False)
