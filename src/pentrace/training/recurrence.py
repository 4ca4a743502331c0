"""The recurrence of an LSTM layer for training, forward and backward by hand, with layer normalisation or without.

Products are in bfloat16 with sums in float32; cell states and what is added up over time stay in float32. Where a
processor multiplies bfloat16 in tiles (AMX), pentrace.training.amx does the same in C++; elsewhere what happens
between the products is compiled by torch.compile, if there is a C++ compiler.

Letter key: T steps, B lines, H hidden, I inputs of the layer.
"""

from __future__ import annotations

import functools
import shutil
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.nn import functional

from pentrace.training.amx import tiles

if TYPE_CHECKING:
    from collections.abc import Callable

EPSILON = 1e-5
"""Added to the variance in layer normalisation, as in spec/engine.md."""
CHUNK = 2048
"""Rows in a product over time: few enough to stay in the processor's cache."""


class Layer(NamedTuple):
    """Weights of a layer, gates in the order i f g o.

    Gains, and what is added to c, only with layer normalisation; code and modulation only with that, and not always.
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
    """[rank, H]"""
    code_inputs: Tensor | None = None
    """[rank, I]"""
    modulation: Tensor | None = None
    """[4H, rank]"""


def recurrence(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    layer: Layer,
    dtype: torch.dtype = torch.float32,
    weight_drop: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs [T, B, I] and the states [B, H] before them -> hidden states [T, B, H], h and c after the last.

    `dtype` is what products are computed in, and what is kept for the way back; `weight_drop` the share of recurrent
    weights that are left out.
    Graves 2013, equations 7 to 11, without peepholes; with layer normalisation Ha, Dai and Le 2016
    (HyperNetworks, arXiv:1609.09106), appendix A.2.1. No gradient flows to the states from before.
    """
    parts = [part for part in layer[2:] if part is not None]
    hidden: Tensor
    if tiled(x, dtype):
        drop = tiles.Drop.random(weight_drop)
        hidden, h, c = cast("Any", tiles.Recurrence).apply(
            x, h, c, drop, layer.recurrent, layer.inputs, *parts
        )
        return hidden, h, c
    weight = torch.cat([functional.dropout(layer.recurrent, weight_drop), layer.inputs], 1)
    if layer.code is not None and layer.code_inputs is not None:
        weight = torch.cat([weight, torch.cat([layer.code, layer.code_inputs], 1)])
    how = _How(dtype, torch.is_grad_enabled())
    if layer.gain is None:
        hidden, h, c = cast("Any", _Plain).apply(how, x, h, c, weight, layer.bias)
    else:
        hidden, h, c = cast("Any", _Normalised).apply(how, x, h, c, weight, layer.modulation, *layer[2:6])
    return hidden, h, c


def tiled(x: Tensor, dtype: torch.dtype) -> bool:
    """Whether pentrace.training.amx does the work."""
    return dtype == torch.bfloat16 and x.device.type == "cpu" and tiles.compiled() is not None


class _How(NamedTuple):
    dtype: torch.dtype
    keep: bool
    """Whether the way back will be asked for."""


@functools.cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function through torch.compile, or as it is where nothing can compile it."""
    if shutil.which("g++") or shutil.which("clang++") or torch.cuda.is_available():
        return torch.compile(function)
    warnings.warn(
        "no C++ compiler was found: training goes on, at about half the speed; install g++", stacklevel=3
    )
    return function


def _sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))  # vectorises better than torch.sigmoid


def _tanh(x: Tensor) -> Tensor:
    return 1 - 2 / (1 + torch.exp(2 * x))


def _to(dtype: torch.dtype, *tensors: Tensor) -> tuple[Tensor, ...]:
    return tuple(t.to(dtype) for t in tensors)


def _floats(*tensors: Tensor) -> tuple[Tensor, ...]:
    return tuple(t.float() for t in tensors)


def _cell(a: Tensor, c: Tensor, bias: Tensor) -> tuple[Tensor, ...]:
    """Product [B, 4H] and c [B, H] -> c after, h after, and what the way back needs."""
    i, f, g, o = (a.float() + bias).chunk(4, 1)
    i, f, g, o = _sigmoid(i), _sigmoid(f), _tanh(g), _sigmoid(o)  # (7), (8), (9), (10)
    after = f * c + i * g  # (9)
    t = _tanh(after)
    return after, *_to(a.dtype, o * t, i, f, g, o, t)  # (11)


def _cell_back(dh: Tensor, dh_after: Tensor, dc: Tensor, *saved: Tensor) -> tuple[Tensor, ...]:
    """Gradients of h and c after -> gradient of c before and of the four parts of the product."""
    c, i, f, g, o, t = _floats(*saved)
    dh = dh.float() + dh_after.float()
    dc = dc + dh * o * (1 - t * t)
    gates = _to(
        dh_after.dtype, dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o)
    )
    return dc * f, *gates


def _normal(x: Tensor) -> tuple[Tensor, Tensor]:
    """Values with mean 0 and variance 1 over the last axis, and what it was divided by, inverted."""
    centred = x - x.mean(-1, keepdim=True)
    inverse = torch.rsqrt(centred.square().mean(-1, keepdim=True) + EPSILON)
    return centred * inverse, inverse


def _normal_back(d: Tensor, normal: Tensor, inverse: Tensor) -> Tensor:
    return inverse * (d - d.mean(-1, keepdim=True) - normal * (d * normal).mean(-1, keepdim=True))


def _normalised_cell(
    a: Tensor,
    c: Tensor,
    modulation: Tensor | None,
    bias: Tensor,
    gain: Tensor,
    cell_gain: Tensor,
    cell_bias: Tensor,
) -> tuple[Tensor, ...]:
    """As _cell, with layer normalisation of each gate's product and of c on its way to h.

    With a modulation [rank, 4H], `a` holds the code, too, beyond the gates.
    """
    gates = 4 * c.shape[1]
    more: tuple[Tensor, ...] = ()
    if modulation is not None:
        code = a[:, gates:]
        gain = gain + torch.mm(code, modulation).float().view(len(a), 4, -1)
        more = code, gain.to(a.dtype)
    normal, inverse = _normal(a[:, :gates].float().view(len(a), 4, -1))
    i, f, g, o = (normal * gain + bias).unbind(1)
    i, f, g, o = _sigmoid(i), _sigmoid(f), _tanh(g), _sigmoid(o)
    after = f * c + i * g
    cell_normal, cell_inverse = _normal(after)
    t = _tanh(cell_normal * cell_gain + cell_bias)
    halves = _to(a.dtype, o * t, i, f, g, o, t, normal)
    return after, *halves, inverse, cell_normal.to(a.dtype), cell_inverse, *more


def _normalised_cell_back(
    dh: Tensor, dh_after: Tensor, dc: Tensor, gain: Tensor, cell_gain: Tensor, *saved: Tensor
) -> tuple[Tensor, ...]:
    """As _cell_back; also the gradients of the gains and biases, for each line."""
    c, i, f, g, o, t, normal, inverse, cell_normal, cell_inverse = _floats(*saved)
    dh = dh.float() + dh_after.float()
    d_cell_bias = dh * o * (1 - t * t)
    dc = dc + _normal_back(d_cell_bias * cell_gain, cell_normal, cell_inverse)
    d_bias = torch.stack(
        [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o)], 1
    )
    scales = d_bias, d_bias * normal, d_cell_bias * cell_normal, d_cell_bias
    return dc * f, *_to(dh_after.dtype, _normal_back(d_bias * gain.float(), normal, inverse), *scales)


def _rows(x: Tensor, h: Tensor, dtype: torch.dtype) -> Tensor:
    """Room for [T + 1, B, H + I + 1]: h before each step, the input, and a one whose products sum gradients."""
    steps, lines, inputs = x.shape
    rows = x.new_ones(steps + 1, lines, h.shape[1] + inputs + 1, dtype=dtype)
    rows[:-1, :, h.shape[1] : -1] = x
    rows[0, :, : h.shape[1]] = h
    return rows


def _over_time(d: Tensor, rows: Tensor) -> Tensor:
    """Sum over steps and lines of d [T, B, M] times rows [T or T + 1, B, N] -> [M, N] in float32."""
    total = torch.zeros(d.shape[2], rows.shape[2], device=d.device)
    every = max(1, CHUNK // d.shape[1])
    for k in range(0, len(d), every):
        part = d[k : k + every].flatten(0, 1)
        total += torch.mm(part.t(), rows[k : k + every][: len(d) - k].flatten(0, 1))
    return total


class _Plain(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, how: _How, x: Tensor, h: Tensor, c: Tensor, weight: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        hidden = h.shape[1]
        step = _compiled(_cell) if how.keep else _cell
        rows, half = _rows(x, h, how.dtype), weight.to(how.dtype)
        transposed = half.t().contiguous()
        before, after = rows[:, :, :-1].unbind(0), rows[:, :, :hidden].unbind(0)
        saved = []
        for t in range(len(x)):
            then, h, *rest = step(torch.mm(before[t], transposed), c, bias)
            if how.keep:
                saved.append((c, *rest))
            after[t + 1].copy_(h)
            c = then
        ctx.kept = rows, half, saved, ctx.needs_input_grad[1]
        return rows[1:, :, :hidden], h.float(), c.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        d_hidden, dh_last, dc = gradients
        rows, half, saved, want_x = ctx.kept
        step, hidden = _compiled(_cell_back), dc.shape[1]
        recurrent = half[:, :hidden].contiguous()
        d = torch.empty(*d_hidden.shape[:2], len(half), dtype=half.dtype, device=half.device)
        dh = dh_last.to(half.dtype)
        parts, given = d.unbind(0), d_hidden.unbind(0)
        for t in reversed(range(len(d))):
            dc, *gates = step(given[t], dh, dc, *saved[t])
            torch.cat(gates, 1, out=parts[t])
            dh = torch.mm(parts[t], recurrent)
        total = _over_time(d, rows)
        dx = (d.flatten(0, 1) @ half[:, hidden:]).view(*d.shape[:2], -1).float() if want_x else None
        return None, dx, None, None, total[:, :-1], total[:, -1]


class _Normalised(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        how: _How,
        x: Tensor,
        h: Tensor,
        c: Tensor,
        weight: Tensor,
        modulation: Tensor | None,
        *scales: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        hidden = h.shape[1]
        step = _compiled(_normalised_cell) if how.keep else _normalised_cell
        bias, gain, cell_gain, cell_bias = scales
        bias, gain = bias.view(4, hidden), gain.view(4, hidden)
        rows, half = _rows(x, h, how.dtype), weight.to(how.dtype)
        transposed = half.t().contiguous()
        if modulation is not None:
            modulation = modulation.to(how.dtype).t().contiguous()
        before, after = rows[:, :, :-1].unbind(0), rows[:, :, :hidden].unbind(0)
        saved = []
        for t in range(len(x)):
            product = torch.mm(before[t], transposed)
            then, h, *rest = step(product, c, modulation, bias, gain, cell_gain, cell_bias)
            if how.keep:
                saved.append((c, *rest))
            after[t + 1].copy_(h)
            c = then
        ctx.kept = rows, half, modulation, gain, cell_gain, saved, ctx.needs_input_grad[1]
        return rows[1:, :, :hidden], h.float(), c.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        d_hidden, dh_last, dc = gradients
        rows, half, modulation, gain, cell_gain, saved, want_x = ctx.kept
        step, hidden = _compiled(_normalised_cell_back), dc.shape[1]
        recurrent = half[:, :hidden].contiguous()
        d = torch.empty(*d_hidden.shape[:2], len(half), dtype=half.dtype, device=half.device)
        sums = [torch.zeros_like(part) for part in (gain, gain, cell_gain, cell_gain)]
        d_more = d.new_empty(*d.shape[:2], 4 * hidden if modulation is not None else 0)
        add = _compiled(_add_scales)
        dh = dh_last.to(half.dtype)
        parts, given = d.unbind(0), d_hidden.unbind(0)
        for t in reversed(range(len(d))):
            kept, code = saved[t][:10], saved[t][10:]
            dc, product, *scales = step(given[t], dh, dc, code[1] if code else gain, cell_gain, *kept)
            sums = add(sums, scales)
            parts[t][:, : 4 * hidden] = product.flatten(1)
            if modulation is not None:
                d_more[t] = scales[1].flatten(1)
                parts[t][:, 4 * hidden :] = torch.mm(d_more[t], modulation.t())
            dh = torch.mm(parts[t], recurrent)
        total = _over_time(d, rows)
        d_modulation = None
        if modulation is not None:
            d_modulation = _over_time(d_more, torch.stack([kept[10] for kept in saved]))
        dx = (d.flatten(0, 1) @ half[:, hidden:]).view(*d.shape[:2], -1).float() if want_x else None
        d_bias, d_gain, *of_cell = sums
        of_gates = d_bias.flatten(), d_gain.flatten()
        return None, dx, None, None, total[:, :-1], d_modulation, *of_gates, *of_cell


def _add_scales(sums: list[Tensor], of_lines: list[Tensor]) -> list[Tensor]:
    return [total + part.float().sum(0) for total, part in zip(sums, of_lines, strict=True)]
