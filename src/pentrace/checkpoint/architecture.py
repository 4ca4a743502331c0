"""The architecture of a model: its sizes, its cell, and the tensors of its checkpoints (spec/checkpoint.md)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

CELLS = ("lstm", "lstm-ln", "lstm-hyper")
"""Names of the cell: plain, with layer normalisation, with gains that a code of the cells changes."""
SIZES = {"layers": 4, "hidden": 2048, "mixtures": 64, "code": 64}
"""Largest sizes."""
MAX_ALPHABET = 255
TEXT_SIZES = {"reach": (0, 4), "embedding": (1, 64), "hand": (1, 64), "hands": (0, 65536)}
"""Smallest and largest sizes of a text."""

Tensors = dict[str, tuple[str, tuple[int, ...]]]
"""Name, dtype and shape of tensors, in the order of the file."""


@dataclass(frozen=True)
class TextArchitecture:
    """What a model that knows text needs besides."""

    alphabet: str
    """Characters, each once; the code of a character is its place here plus 1."""
    reach: int = 2
    """Characters before and after the pointer that the model sees."""
    embedding: int = 32
    """Numbers of a character."""
    hand: int = 32
    """Numbers of a hand code."""
    hands: int = 0
    """Hand codes in the checkpoint."""

    @property
    def inputs(self) -> int:
        """Numbers U that characters, standing and hand give to a step."""
        return (2 * self.reach + 1) * self.embedding + 2 + self.hand


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
    text: TextArchitecture | None = None
    """None: the model knows no text."""

    @property
    def cell(self) -> str:
        """One of CELLS."""
        return CELLS[2 if self.code else int(self.normalised)]

    def described(self) -> dict[str, Any]:
        """As the metadata of a checkpoint has it."""
        sizes = {"layers": self.layers, "hidden": self.hidden, "mixtures": self.mixtures}
        code = {"code": self.code} if self.code else {}
        return {"cell": self.cell, **sizes, **code, **({"text": asdict(self.text)} if self.text else {})}

    @property
    def rows(self) -> int:
        """Rows R of the mixture in the read-out: the pen logit, then six numbers a component."""
        return 1 + 6 * self.mixtures

    @property
    def head_rows(self) -> int:
        """All rows of the read-out: R, and with a text the logit of the advance."""
        return self.rows + (self.text is not None)

    def tensors(self) -> Tensors:
        """Name, dtype and shape of every tensor of a checkpoint, in the order of the file."""
        gates, hidden = 4 * self.hidden, self.hidden
        table: Tensors = {}
        for layer in range(self.layers):
            name = f"lstm.{layer}"
            table |= self._products(name, layer, gates)
            table[f"{name}.bias"] = ("F32", (gates,))
            if self.normalised:
                table[f"{name}.gain"] = ("F32", (gates,))
                table[f"{name}.cell.gain"] = table[f"{name}.cell.bias"] = ("F32", (hidden,))
            if self.code:
                table |= self._products(f"{name}.code", layer, self.code)
                table |= _packed(f"{name}.modulation", gates, self.code)
        if self.text:
            table |= self._text_tensors(self.text)
        return table | _packed("head", self.head_rows, hidden) | {"head.bias": ("F32", (self.head_rows,))}

    def _products(self, name: str, layer: int, rows: int) -> Tensors:
        """The weights of a layer's inputs and of its hidden state."""
        inputs = _packed(f"{name}.input", rows, self.hidden)
        if layer == 0:
            inputs = {f"{name}.input.weight": ("F32", (rows, 3))}
        return inputs | _packed(f"{name}.recurrent", rows, self.hidden)

    def _text_tensors(self, text: TextArchitecture) -> Tensors:
        table: Tensors = {
            "text.embedding": ("F32", (len(text.alphabet) + 1, text.embedding)),
            **_packed("text", 4 * self.hidden, text.inputs),
        }
        if self.code:
            table["text.code.weight"] = ("F32", (self.code, text.inputs))
        if text.hands:
            table["text.hands"] = ("I8", (text.hands, text.hand))
            table["text.hands.scale"] = ("F32", (text.hands,))
        return table


def _packed(name: str, rows: int, columns: int) -> Tensors:
    """A matrix of int8 rows with a scale each."""
    return {f"{name}.weight": ("I8", (rows, columns)), f"{name}.scale": ("F32", (rows,))}
