"""The weights of one LSTM layer in training. Both recurrence.py and avx512/, which that loads, stand on it.

Letter key: H hidden, I inputs of the layer, M numbers of the code.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Layer(NamedTuple):
    """Weights of a layer, gates in the order i f g o.

    A plain cell has none of the optional ones. A cell with layer normalisation has `gain`, `cell_gain` and `cell_bias`;
    one whose gains a code modulates has all of them.
    """

    inputs: Tensor
    """[4H, I]"""
    recurrent: Tensor
    """[4H, H]"""
    bias: Tensor
    """[4H]"""
    gain: Tensor | None = None
    """[4H]"""
    cell_gain: Tensor | None = None
    """[H]"""
    cell_bias: Tensor | None = None
    """[H]"""
    code: Tensor | None = None
    """[M, H]"""
    code_inputs: Tensor | None = None
    """[M, I]"""
    modulation: Tensor | None = None
    """[4H, M]"""
