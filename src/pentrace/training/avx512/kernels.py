"""Training in C++ for processors that multiply bfloat16 (AVX-512, faster with AMX): recurrence, read-out, likelihood.

The same computations as in pentrace.training.recurrence and pentrace.training.loss, which explain them.

Letter key, as in the C++ beside this file: T steps, B lines, H hidden, I inputs, P = H rounded up to 32,
K = H + I rounded up to 32, M = size of the code rounded up to 32 (0: no code), N = 4P + M, R read-out rows,
Q = R rounded up to 32.
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.nn import functional

from pentrace.training.avx512.build import library
from pentrace.training.layer import Layer

TILE, DEPTH = 16, 32
"""Lines of a tile, and factors side by side in its rows."""


def usable() -> bool:
    """Whether the code runs on this machine."""
    return library() is not None


def recurrence(
    x: Tensor, h: Tensor, c: Tensor, layer: Layer, weight_drop: float = 0.0
) -> tuple[Tensor, Tensor, Tensor]:
    """As pentrace.training.recurrence.recurrence; hidden states in bfloat16."""
    parts = [part for part in layer[2:] if part is not None]
    drop = Drop.random(weight_drop)
    result: tuple[Tensor, Tensor, Tensor] = cast("Any", Recurrence).apply(
        x, h, c, drop, layer.recurrent, layer.inputs, *parts
    )
    return result


def nats(
    hidden: Tensor,
    dropout: float,
    weight: Tensor,
    bias: Tensor,
    offsets: Tensor,
    shares: Tensor,
    mask: Tensor,
) -> Tensor:
    """Sum of -log p of the points in `mask` [T, B], from hidden states [T, B, H] and read-out weights [R, H] and [R].

    Of the sets of offsets [S, T, B, 3] the first gives the value. The gradient is that of all by their shares [S].
    """
    drop = Drop.random(dropout)
    result: Tensor = cast("Any", ReadOut).apply(hidden, drop, weight, bias, offsets, shares, mask)
    return result


class Drop(NamedTuple):
    """What is dropped: a share of `share` / 2^16, the same for the same seed."""

    seed: int
    share: int

    @classmethod
    def random(cls, share: float) -> Drop:
        """A new draw from PyTorch's generator."""
        return cls(int(torch.randint(2**31, (1,))) if share else 0, round(share * 2**16))

    @property
    def scale(self) -> float:
        """Factor for what is kept."""
        return 2**16 / (2**16 - self.share)


class _Size(NamedTuple):
    steps: int
    lines: int
    """Real lines; `padded` counts those that fill the last tile, too."""
    padded: int
    hidden: int
    width: int
    depth: int
    inputs: int
    kind: int
    """0 plain, 1 normalised, 2 modulated."""
    code: int

    @property
    def c(self) -> Any:
        """As C takes it."""
        return (ctypes.c_int * 7)(
            self.steps, self.padded, self.hidden, self.width, self.depth, self.kind, self.code
        )

    @property
    def gates(self) -> int:
        return 4 * self.width

    @property
    def columns(self) -> int:
        """Columns of a product: gates and code."""
        return self.gates + self.code


def _up(n: int, to: int) -> int:
    return -(-n // to) * to


def _at(*tensors: Tensor) -> list[ctypes.c_void_p]:
    return [ctypes.c_void_p(tensor.data_ptr()) for tensor in tensors]


def _pointers(tensors: list[Tensor]) -> Any:
    return (ctypes.c_void_p * 4)(*(t.data_ptr() for t in tensors))


def _half(*shape: int) -> Tensor:
    return torch.empty(shape, dtype=torch.bfloat16)


def _wide(tensor: Tensor, columns: int, rows: int = 0) -> Tensor:
    """As contiguous float32, padded with zeros: the last axis to `columns`, the first to `rows`."""
    below = [0, rows - len(tensor)] if rows else []
    return functional.pad(tensor.float(), [0, columns - tensor.shape[-1], *below]).contiguous()


def _right(weight: Tensor) -> Tensor:
    """Weight [columns, depth] as the right side of a product, [columns / 16][depth / 32][16][16][2]."""
    columns, depth = weight.shape
    tiles = weight.to(torch.bfloat16).view(columns // TILE, TILE, depth // DEPTH, TILE, 2)
    return tiles.permute(0, 2, 3, 1, 4).contiguous()


def _modulation(size: _Size, weight: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Weights [4H, M] from the code to the gains, packed as [4P, M] and as [M, 4P]; empty without a code."""
    if weight is None:
        return _half(0), _half(0)
    wide = _wide(weight.view(4, size.hidden, -1).transpose(1, 2), size.width).transpose(1, 2)
    wide = _wide(wide.reshape(size.gates, -1), size.code)
    return _right(wide), _right(wide.t().contiguous())


def _add_code(size: _Size, ahead: Tensor, back: Tensor, recurrent: Tensor, inputs: Tensor) -> None:
    """Put the code's weights [M, H] and [M, I] into both packed forms, after those of the gates."""
    wide = _wide(torch.cat([recurrent, inputs], 1), size.depth, size.code)
    ahead[size.gates * size.depth :] = _right(wide).flatten()
    of_h = _wide(recurrent, size.width, size.code).t().contiguous()
    strips = back.view(size.width // TILE, size.columns // DEPTH, TILE, TILE, 2)
    strips[:, size.gates // DEPTH :] = _right(of_h)


class Recurrence(torch.autograd.Function):
    """x [T, B, I], h and c [B, H], weights [4H, H] and [4H, I], bias [4H]; with layer normalisation the three scales.

    With a code also its weights [M, H] and [M, I], and the modulation [4H, M].
    -> hidden [T, B, H], h and c after the last step. No gradient flows to the states before the first.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        h: Tensor,
        c: Tensor,
        drop: Drop,
        recurrent: Tensor,
        inputs: Tensor,
        *parts: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """All steps; saves what the backward pass needs."""
        native: Any = library()
        steps, lines = x.shape[:2]
        hidden, wide = h.shape[1], inputs.shape[1]
        scales, code = parts[:4], parts[4:]
        size = _Size(
            steps,
            lines,
            _up(lines, TILE),
            hidden,
            _up(hidden, DEPTH),
            _up(hidden + wide, DEPTH),
            wide,
            2 if code else int(len(scales) > 1),
            _up(len(code[0]), DEPTH) if code else 0,
        )
        ahead = torch.zeros(size.columns * size.depth, dtype=torch.bfloat16)
        back = torch.zeros(size.columns * size.width, dtype=torch.bfloat16)
        native.pentrace_pack(
            size.c, wide, *drop, *_at(recurrent.contiguous(), inputs.contiguous(), ahead, back)
        )
        if code:
            _add_code(size, ahead, back, *code[:2])
        modulation = _modulation(size, *code[2:])
        padded = [_wide(part.view(4, hidden), size.width) for part in scales[:2]]
        padded += [_wide(part, size.width) for part in scales[2:]]
        rows = _half(steps + 1, size.padded, size.depth)
        rows[:, :, hidden:] = 0
        rows[:-1, :lines, hidden : hidden + wide] = x
        rows[0, :, :hidden] = _wide(h, hidden, size.padded)
        cells = torch.empty(steps + 1, size.padded, size.width)
        cells[0] = _wide(c, size.width, size.padded)
        kept = _half(steps, size.padded, 10 if size.kind else 5, size.width)
        inverses = torch.empty(steps, size.padded, 5)
        codes = _half(steps, size.padded, size.code)
        native.pentrace_forward(
            size.c,
            torch.get_num_threads(),
            *_at(ahead, modulation[0]),
            _pointers(padded),
            *_at(rows, cells, kept, inverses, codes),
        )
        ctx.size, ctx.drop, ctx.weights, ctx.scales = size, drop, (recurrent, inputs), padded
        ctx.rank, ctx.code_inputs = (len(code[1]), code[1]) if code else (0, None)
        ctx.kept = back, modulation, rows, cells, kept, inverses, codes
        return (
            rows[1:, :lines, :hidden],
            rows[-1, :lines, :hidden].float(),
            cells[-1, :lines, :hidden].clone(),
        )

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of the results -> of x, the weights, bias and scales."""
        native: Any = library()
        size: _Size = ctx.size
        back, modulation, rows, cells, kept, inverses, codes = ctx.kept
        given = gradients[0].to(torch.bfloat16)
        given = functional.pad(given, (0, 0, 0, size.padded - size.lines)).contiguous()
        dh, dc = (_wide(d, size.width, size.padded) for d in gradients[1:])
        d = _half(size.steps, size.padded, size.columns)
        d_more = _half(*codes.shape[:2], size.gates) if size.code else _half(0)
        threads = torch.get_num_threads()
        sums = torch.zeros(threads, 10, size.width)
        native.pentrace_backward(
            size.c,
            threads,
            *_at(back, *modulation),
            _pointers(ctx.scales),
            *_at(given, dh, dc, cells, kept, inverses, codes, d, d_more, sums),
        )
        weights = [torch.empty_like(weight, memory_format=torch.contiguous_format) for weight in ctx.weights]
        total = _over_time(d.view(-1, size.columns), rows[:-1].view(-1, size.depth))
        native.pentrace_unpack(size.c, size.inputs, *ctx.drop, *_at(total, *weights))
        code: list[Tensor] = []
        if size.code:
            of_code = total[size.gates : size.gates + ctx.rank]
            of_gains = _over_time(d_more.view(-1, size.gates), codes.view(-1, size.code))
            code = [
                of_code[:, : size.hidden],
                of_code[:, size.hidden : size.hidden + size.inputs],
                of_gains.view(4, size.width, -1)[:, : size.hidden, : ctx.rank].flatten(0, 1),
            ]
        dx = None
        if ctx.needs_input_grad[0]:
            gates = d[:, :, : size.gates].view(size.steps, size.padded, 4, size.width)
            real = gates[:, : size.lines, :, : size.hidden].flatten(2)
            dx = (real @ ctx.weights[1].to(torch.bfloat16)).float()
            if size.code:
                of_code = d[:, : size.lines, size.gates : size.gates + ctx.rank]
                dx += of_code.float() @ ctx.code_inputs
        each = sums.sum(0)[:, : size.hidden]
        scales = [each[:4].flatten(), each[4:8].flatten(), each[8], each[9]]
        return dx, None, None, None, *weights, *scales[: 4 if size.kind else 1], *code


class ReadOut(torch.autograd.Function):
    """The autograd function of `nats`."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        drop: Drop,
        weight: Tensor,
        bias: Tensor,
        offsets: Tensor,
        shares: Tensor,
        real: Tensor,
    ) -> Tensor:
        """The nats; their gradient to the read-out is computed at once."""
        native: Any = library()
        steps, lines, width = hidden.shape
        rows = _rows(hidden)
        padded, depth = rows.shape[1:]
        size = (ctypes.c_int * 4)(steps * padded, width, depth, (len(weight) - 1) // 6)
        more = padded - lines
        offsets = functional.pad(offsets, (0, 0, 0, more)).contiguous()
        real = functional.pad(real, (0, more)).contiguous()
        threads = torch.get_num_threads()
        kept, d = _half(steps * padded, depth), _half(steps * padded, _up(len(weight), DEPTH))
        nats = torch.zeros(threads, dtype=torch.float64)
        d_bias = torch.zeros(threads, d.shape[1])
        native.pentrace_read_out(
            size,
            threads,
            *drop,
            *_at(rows, weight.contiguous(), bias),
            len(shares),
            *_at(offsets, shares, real, kept, d, nats, d_bias),
        )
        ctx.size, ctx.shape, ctx.drop, ctx.weight = size, (steps, padded, lines), drop, weight
        ctx.kept = kept, d, d_bias.sum(0)
        return nats.sum().float()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Gradient of the nats -> of hidden, weight and bias."""
        native: Any = library()
        kept, d, d_bias = ctx.kept
        steps, padded, lines = ctx.shape
        rows, width = ctx.weight.shape
        scale = float(gradients[0])
        d_hidden = _half(steps, padded, width)
        native.pentrace_read_out_back(
            ctx.size,
            torch.get_num_threads(),
            *ctx.drop,
            ctypes.c_float(scale),
            *_at(ctx.weight.contiguous(), d, d_hidden),
        )
        d_weight = _over_time(d, kept)[:rows, :width] * (scale * ctx.drop.scale)
        return d_hidden[:, :lines], None, d_weight, d_bias[:rows] * scale, None, None, None


def _over_time(d: Tensor, rows: Tensor) -> Tensor:
    """Sum over N of d [N, M] times rows [N, K] -> [M, K] in float32."""
    native: Any = library()
    count, columns, depth = len(d), d.shape[1], rows.shape[1]
    out = torch.empty(columns // 32, depth // 32, 2, 2, 16, 16)
    native.pentrace_outer(count, columns, depth, torch.get_num_threads(), *_at(d, rows, out))
    return out.permute(0, 3, 5, 1, 2, 4).reshape(columns, depth)


def _rows(hidden: Tensor) -> Tensor:
    """Hidden states [T, B, H] with what fills their tiles: as Recurrence laid them out, or copied."""
    over_steps, depth = hidden.stride()[:2]
    if depth % DEPTH == 0 and over_steps % (depth * TILE) == 0:
        padded = over_steps // depth
        return hidden.as_strided((len(hidden), padded, depth), hidden.stride())
    width, lines = _up(hidden.shape[2], DEPTH), _up(hidden.shape[1], TILE)
    more = (0, width - hidden.shape[2], 0, lines - hidden.shape[1])
    return functional.pad(hidden.to(torch.bfloat16), more).contiguous()
