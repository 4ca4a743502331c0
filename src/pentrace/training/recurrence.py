"""The recurrence of one LSTM layer for training: all steps of a window, with or without layer normalisation.

This is the version to read; autograd differentiates it, and it runs on every machine, GPUs included. Where the
processor multiplies bfloat16, pentrace.training.avx512 computes the same thing several times faster.

Letter key: T steps, B lines, H hidden, I inputs of the layer, M numbers of the code.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pentrace.training.layer import Layer

EPSILON = 1e-5
"""Added to the variance in layer normalisation, as in spec/engine.md."""


def recurrence(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    layer: Layer,
    dtype: torch.dtype = torch.float32,
    weight_drop: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs [T, B, I] and the states [B, H] before them -> hidden states [T, B, H], h and c after the last step.

    With `dtype` bfloat16 the products may be computed in bfloat16, where this machine has fast code for that; the
    hidden states are then bfloat16. Otherwise everything is float32. `weight_drop` is the share of the recurrent
    weights that are set to zero. Do not rely on gradients of the states before the first step: the fast code gives
    none.

    Graves 2013, equations 7 to 11, without peepholes; with layer normalisation Ha, Dai and Le 2016
    (HyperNetworks, arXiv:1609.09106), appendix A.2.1.
    """
    fast = accelerated(x, dtype)
    if fast is not None:
        hidden, h, c = fast.recurrence(x, h, c, layer, weight_drop)
        return hidden, h, c
    layer = layer._replace(recurrent=functional.dropout(layer.recurrent, weight_drop))
    return _plain(x, h, c, layer) if layer.gain is None else _normalised(x, h, c, layer, layer.gain)


def accelerated(x: Tensor, dtype: torch.dtype) -> Any | None:
    """The fast code for inputs like `x`, pentrace.training.avx512, or None where it cannot be used."""
    kernels = _kernels()
    usable = kernels is not None and dtype == torch.bfloat16 and x.device.type == "cpu" and kernels.usable()
    return kernels if usable else None


@functools.cache
def _kernels() -> Any | None:
    """The module of the fast code. Its folder may be deleted, so it is not imported at the top."""
    try:
        return importlib.import_module("pentrace.training.avx512.kernels")
    except ModuleNotFoundError:
        return None


def _plain(x: Tensor, h: Tensor, c: Tensor, layer: Layer) -> tuple[Tensor, Tensor, Tensor]:
    """A plain cell: PyTorch's own kernel."""
    no_second_bias = torch.zeros_like(layer.bias)
    hidden, after, c_after = torch.lstm(
        x,
        (h[None], c[None]),
        [layer.inputs, layer.recurrent, layer.bias, no_second_bias],
        has_biases=True,
        num_layers=1,
        dropout=0.0,
        train=torch.is_grad_enabled(),
        bidirectional=False,
        batch_first=False,
    )  # (7) to (11)
    return hidden, after[0], c_after[0]


def _normalised(x: Tensor, h: Tensor, c: Tensor, layer: Layer, gain: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A cell with layer normalisation: one step after the other."""
    of_inputs, of_hidden = layer.inputs, layer.recurrent
    if layer.code is not None and layer.code_inputs is not None:
        of_inputs = torch.cat([of_inputs, layer.code_inputs])
        of_hidden = torch.cat([of_hidden, layer.code])
    # of all steps at once: one large product is faster than many small ones
    products = functional.linear(x, of_inputs)  # [T, B, 4H + M]
    hidden = []
    for product in products:
        h, c = _step(product + functional.linear(h, of_hidden), c, layer, gain)
        hidden.append(h)
    return torch.stack(hidden), h, c


def _step(product: Tensor, c: Tensor, layer: Layer, gain: Tensor) -> tuple[Tensor, Tensor]:
    """One step: the products of inputs and h with the weights [B, 4H + M], and c [B, H] -> h and c after it."""
    size = c.shape[1]
    gates, code = torch.split(product.float(), [4 * size, product.shape[1] - 4 * size], 1)
    if layer.modulation is not None:
        gain = gain + functional.linear(code, layer.modulation).float()
    normal = functional.layer_norm(gates.reshape(-1, 4, size), (size,), eps=EPSILON).flatten(1)
    i, f, g, o = (normal * gain + layer.bias).chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)  # (7), (8), (9)
    seen = functional.layer_norm(c, (size,), layer.cell_gain, layer.cell_bias, EPSILON)
    return torch.sigmoid(o) * torch.tanh(seen), c  # (10), (11)
