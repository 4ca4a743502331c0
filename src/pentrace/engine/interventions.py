"""Interventions: changes made to cells after every step, while the model runs (spec/interventions.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.architecture import SIZES
from pentrace.errors import InterventionError

FloatArray = npt.NDArray[np.float32]
Quantity = Literal["c", "h"]
"""What is changed: the cell state c, which a cell keeps, or the hidden state h, which the others see."""
Cells = int | str | Iterable[int] | npt.NDArray[np.bool_]
"""Which cells: one, several, a range, a mask over all cells, or text such as `12,40-60`."""

MOST_CELL = SIZES["hidden"]
"""Cells of the largest layer."""
_PART = re.compile(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?")


class Change(NamedTuple):
    """After each step, c or h (`of`) of one cell is multiplied by `scale`, then `shift` is added."""

    layer: int
    of: Quantity
    cell: int
    scale: float
    shift: float


@dataclass(frozen=True)
class Intervention:
    """Changes made to cells after every step. Immutable; two that do the same are equal.

    changes: at most one for each quantity of each cell, in order.

    Make one with `clamp`, `scale` or `shift`, and combine several with `then`:

        cells = [found.cell for found in Atlas.default().cells_for("pen lift in 1 step")]
        writer = Writer().with_intervention(Intervention.scale(cells, 0, of="h"))
    """

    changes: tuple[Change, ...] = ()

    @staticmethod
    def clamp(
        cells: Cells, value: float | Sequence[float] = 0.0, *, of: Quantity = "c", layer: int = 0
    ) -> Intervention:
        """Holds cells at a value, or each at its own value.

        Args:
            cells: see Cells.
            value: one for all, or one for each cell in the order given.
            of: "c" for cell states, "h" for hidden states.
            layer: counted from 0.

        Raises:
            InterventionError: no such cells, or a number that is not finite.
        """
        return _made("clamp", cells, of, layer, 0.0, value)

    @staticmethod
    def scale(
        cells: Cells, factor: float | Sequence[float], *, of: Quantity = "c", layer: int = 0
    ) -> Intervention:
        """Multiplies cells by a factor after every step; with a factor above 1, cell states may grow without bound."""
        return _made("scale", cells, of, layer, factor, 0.0)

    @staticmethod
    def shift(
        cells: Cells, amount: float | Sequence[float], *, of: Quantity = "c", layer: int = 0
    ) -> Intervention:
        """Adds an amount after every step: it accumulates in a cell state, but not in a hidden state."""
        return _made("shift", cells, of, layer, 1.0, amount)

    def then(self, other: Intervention) -> Intervention:
        """This intervention followed, in every step, by the other."""
        merged = {change[:3]: change for change in self.changes}
        for layer, of, cell, scale, shift in other.changes:
            before = merged.get((layer, of, cell), Change(layer, of, cell, 1.0, 0.0))
            merged[layer, of, cell] = Change(
                layer, of, cell, before.scale * scale, before.shift * scale + shift
            )
        return Intervention(tuple(sorted(merged.values())))

    def at_strength(self, strength: float) -> Intervention:
        """A weaker version: 0 changes nothing, 1 is the whole intervention, between them it is interpolated."""
        if not 0 <= strength <= 1:
            raise InterventionError(f"strength: expected 0 to 1, found {strength:g}")
        return Intervention(
            tuple(
                Change(layer, of, cell, 1 + strength * (scale - 1), strength * shift)
                for layer, of, cell, scale, shift in self.changes
            )
        )

    def settings(self, layers: int, hidden: int) -> list[FloatArray | None]:
        """Settings for the engine, by layer: [5, H] (on, scale of c, shift of c, scale of h, shift of h) or None.

        Raises:
            InterventionError: a model of this size has no such layer or cell.
        """
        result: list[FloatArray | None] = [None] * layers
        for layer, of, cell, scale, shift in self.changes:
            if layer >= layers:
                raise InterventionError(f"layer {layer}: expected 0 to {layers - 1}, as this model has")
            if cell >= hidden:
                raise InterventionError(f"cell {cell}: expected 0 to {hidden - 1}, as this model has")
            table = result[layer]
            if table is None:
                table = result[layer] = np.zeros((5, hidden), np.float32)
                table[[1, 3]] = 1
            row = 1 if of == "c" else 3
            with np.errstate(over="ignore"):
                table[0, cell], table[row : row + 2, cell] = 1, (scale, shift)
            if not np.isfinite(table[:, cell]).all():
                raise InterventionError(
                    f"cell {cell}: expected numbers within float32, found {scale:g}, {shift:g}"
                )
        return result


def cells_of(cells: Cells) -> tuple[int, ...]:
    """Indices of cells, in the order given. Raises InterventionError if there are none, or they are not indices."""
    if isinstance(cells, str):
        return _read(cells)
    array = np.asarray(cells if isinstance(cells, np.ndarray) else [*_each(cells)])
    if array.dtype == np.bool_ and array.ndim == 1:
        array = np.flatnonzero(array)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu":
        raise InterventionError("cells: expected indices, a mask with a true in it, or text such as 12,40-60")
    if array.min() < 0 or array.max() >= MOST_CELL:
        found = array[(array < 0) | (array >= MOST_CELL)][0]
        raise InterventionError(f"cells: expected 0 to {MOST_CELL - 1}, found {found}")
    found = array.tolist()
    if len(set(found)) < len(found):
        raise InterventionError("cells: expected each of them once, found one twice")
    return tuple(found)


def _each(cells: int | Iterable[int]) -> Iterable[int]:
    return [cells] if isinstance(cells, int | np.integer) else cells


def _read(text: str) -> tuple[int, ...]:
    """Indices from text: numbers and ranges with their last cell, such as `12,40-60`."""
    found: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise InterventionError(f"cells: expected numbers and ranges such as 12,40-60, found {text!r}")
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < MOST_CELL:
            raise InterventionError(
                f"cells: expected ranges that rise, up to {MOST_CELL - 1}, found {part.strip()}"
            )
        found += range(first, last + 1)
    # A cell in two ranges counts once.
    return tuple(dict.fromkeys(found))


def _made(
    what: str,
    cells: Cells,
    of: Quantity,
    layer: int,
    scale: float | Sequence[float],
    shift: float | Sequence[float],
) -> Intervention:
    if of not in get_args(Quantity):
        raise InterventionError(f"{what}: expected c or h, found {of}")
    if layer < 0:
        raise InterventionError(f"{what}: layer: expected at least 0, found {layer}")
    indices = cells_of(cells)
    scales, shifts = (_numbers(what, value, len(indices)) for value in (scale, shift))
    changes = (Change(layer, of, *each) for each in zip(indices, scales, shifts, strict=True))
    return Intervention(tuple(sorted(changes)))


def _numbers(what: str, value: float | Sequence[float], count: int) -> list[float]:
    """One number for each cell."""
    array = np.asarray(value, np.float64)
    if array.shape not in {(), (count,)}:
        raise InterventionError(f"{what}: expected one number, or one for each of {count} cells")
    if not np.isfinite(array).all():
        raise InterventionError(f"{what}: expected finite numbers, found a NaN or an infinity")
    numbers: list[float] = np.broadcast_to(array, count).tolist()
    return numbers
