"""The architecture of a model: its sizes, its cell, and the tensors of its checkpoints (spec/checkpoint.md)."""

from __future__ import annotations

from dataclasses import dataclass

CELLS = ("lstm", "lstm-ln", "lstm-hyper")
"""Names of the cell: plain, with layer normalisation, with gains that a code of the cells changes."""
SIZES = {"layers": 4, "hidden": 2048, "mixtures": 64, "code": 64}
"""Largest sizes."""

Tensors = dict[str, tuple[str, tuple[int, ...]]]
"""Name, dtype and shape of tensors, in the order of the file."""


@dataclass(frozen=True)
class Architecture:
    """What is needed to lay out a model."""

    layers: int = 1
    hidden: int = 500
    mixtures: int = 20
    normalised: bool = False
    """Whether the cells have layer normalisation."""
    code: int = 0
    """Numbers in which the cells say how their gains are to change; 0: these are fixed."""

    @property
    def cell(self) -> str:
        """One of CELLS."""
        return CELLS[2 if self.code else int(self.normalised)]

    def described(self) -> dict[str, str | int]:
        """As the metadata of a checkpoint has it."""
        sizes = {"layers": self.layers, "hidden": self.hidden, "mixtures": self.mixtures}
        return {"cell": self.cell, **sizes, **({"code": self.code} if self.code else {})}

    @property
    def rows(self) -> int:
        """Read-out rows R: the pen logit, then six numbers a mixture component."""
        return 1 + 6 * self.mixtures

    def tensors(self) -> Tensors:
        """Name, dtype and shape of every tensor of a checkpoint, in the order of the file."""
        gates, hidden = 4 * self.hidden, self.hidden
        table: Tensors = {}
        for layer in range(self.layers):
            if layer == 0:
                table["lstm.0.input.weight"] = ("F32", (gates, 3))
            else:
                table[f"lstm.{layer}.input.weight"] = ("I8", (gates, hidden))
                table[f"lstm.{layer}.input.scale"] = ("F32", (gates,))
            table[f"lstm.{layer}.recurrent.weight"] = ("I8", (gates, hidden))
            table[f"lstm.{layer}.recurrent.scale"] = ("F32", (gates,))
            table[f"lstm.{layer}.bias"] = ("F32", (gates,))
            if self.normalised:
                table[f"lstm.{layer}.gain"] = ("F32", (gates,))
                table[f"lstm.{layer}.cell.gain"] = ("F32", (hidden,))
                table[f"lstm.{layer}.cell.bias"] = ("F32", (hidden,))
            if self.code:
                table |= self._code_tensors(layer)
        table["head.weight"] = ("I8", (self.rows, hidden))
        table["head.scale"] = ("F32", (self.rows,))
        table["head.bias"] = ("F32", (self.rows,))
        return table

    def _code_tensors(self, layer: int) -> Tensors:
        name, gates = f"lstm.{layer}", 4 * self.hidden
        table: Tensors = {}
        if layer == 0:
            table[f"{name}.code.input.weight"] = ("F32", (self.code, 3))
        else:
            table[f"{name}.code.input.weight"] = ("I8", (self.code, self.hidden))
            table[f"{name}.code.input.scale"] = ("F32", (self.code,))
        table[f"{name}.code.recurrent.weight"] = ("I8", (self.code, self.hidden))
        table[f"{name}.code.recurrent.scale"] = ("F32", (self.code,))
        table[f"{name}.modulation.weight"] = ("I8", (gates, self.code))
        table[f"{name}.modulation.scale"] = ("F32", (gates,))
        return table
