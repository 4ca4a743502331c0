"""The recurrence against torch's LSTM, and against the equations of the specification, written out step by step."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from pentrace.training import recurrence as module
from pentrace.training.layer import Layer
from pentrace.training.recurrence import EPSILON, recurrence

STEPS, LINES, HIDDEN = 9, 5, 12


KINDS = pytest.mark.parametrize("kind", ["plain", "normalised", "modulated"])
CODE = 3


def layer(kind: str, inputs: int = 3) -> Layer:
    torch.manual_seed(8)

    def weights(*shape: int, around: float = 0.0) -> Tensor:
        return (around + 0.4 * torch.randn(*shape)).requires_grad_()

    parts = [weights(4 * HIDDEN, inputs), weights(4 * HIDDEN, HIDDEN), weights(4 * HIDDEN)]
    if kind != "plain":
        parts += weights(4 * HIDDEN, around=1), weights(HIDDEN, around=1), weights(HIDDEN)
    if kind == "modulated":
        parts += weights(CODE, HIDDEN), weights(CODE, inputs), weights(4 * HIDDEN, CODE)
    return Layer(*parts)


def written_out(x: Tensor, h: Tensor, c: Tensor, at: Layer) -> tuple[Tensor, Tensor, Tensor]:
    """The equations of the spec, one after the other, for autograd to differentiate."""
    out = []
    for step in x:
        a = step @ at.inputs.t() + h @ at.recurrent.t()
        if at.gain is not None:
            a = functional.layer_norm(a.unflatten(1, (4, HIDDEN)), (HIDDEN,), eps=EPSILON).flatten(1)
            gain = at.gain
            if at.code is not None and at.code_inputs is not None and at.modulation is not None:
                gain = gain + (step @ at.code_inputs.t() + h @ at.code.t()) @ at.modulation.t()
            a = a * gain
        i, f, g, o = (a + at.bias).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        seen = c
        if at.cell_gain is not None and at.cell_bias is not None:
            seen = functional.layer_norm(c, (HIDDEN,), eps=EPSILON) * at.cell_gain + at.cell_bias
        h = torch.sigmoid(o) * torch.tanh(seen)
        out.append(h)
    return torch.stack(out), h, c


def inputs(size: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(9)
    return torch.randn(STEPS, LINES, size), torch.randn(LINES, HIDDEN), torch.randn(LINES, HIDDEN)


@KINDS
def test_values_and_gradients(kind: str) -> None:
    at, (x, h, c) = layer(kind), inputs()
    x.requires_grad_()
    wanted = [x, *(part for part in at if part is not None)]
    seed = [torch.randn(STEPS, LINES, HIDDEN), torch.randn(LINES, HIDDEN), torch.randn(LINES, HIDDEN)]

    def gradients(out: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, ...]:
        total = torch.stack([(a * b).sum() for a, b in zip(out, seed, strict=True)]).sum()
        return torch.autograd.grad(total, wanted)

    expected, found = written_out(x, h, c, at), recurrence(x, h, c, at)
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-5)
    for a, b in zip(gradients(found), gradients(expected), strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-4)


@KINDS
def test_mixed_precision_is_close(kind: str) -> None:
    """As on a GPU: Accelerate runs the model in a context in which products are bfloat16."""
    if kind == "plain" and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        pytest.skip("PyTorch computes its LSTM in bfloat16 only on a processor that has AVX-512")
    at, (x, h, c) = layer(kind), inputs()
    wanted = [part for part in at if part is not None]
    exact, _, _ = recurrence(x, h, c, at)
    with torch.autocast("cpu", torch.bfloat16):
        half, _, c_after = recurrence(x, h, c, at)
    if kind != "plain":
        assert c_after.dtype == torch.float32, "cell states are sums over time"
    assert float((half - exact).detach().abs().max()) < 0.1
    expected = torch.autograd.grad(exact.sum(), wanted)
    found = torch.autograd.grad(half.float().sum(), wanted)
    for a, b in zip(found, expected, strict=True):
        assert float((a - b).norm() / b.norm()) < 0.05


def test_it_is_torchs_lstm() -> None:
    at, (x, h, c) = layer("plain"), inputs()
    oracle = torch.nn.LSTM(3, HIDDEN)
    with torch.no_grad():
        for name, value in (("weight_ih", at.inputs), ("weight_hh", at.recurrent), ("bias_ih", at.bias)):
            getattr(oracle, f"{name}_l0").copy_(value)
        oracle.get_parameter("bias_hh_l0").zero_()
    expected, (h_after, c_after) = oracle(x, (h[None], c[None]))
    hidden, h_found, c_found = recurrence(x, h, c, at)
    torch.testing.assert_close(hidden, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(h_found, h_after[0], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(c_found, c_after[0], atol=1e-5, rtol=1e-5)


def test_a_layer_above_another_takes_its_hidden_states() -> None:
    at, (x, h, c) = layer("modulated", HIDDEN), inputs(HIDDEN)
    torch.testing.assert_close(recurrence(x, h, c, at), written_out(x, h, c, at), atol=1e-5, rtol=1e-5)


@pytest.fixture
def without_the_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if training/avx512 had been deleted."""
    for name in [name for name in sys.modules if name.startswith("pentrace.training.avx512")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pentrace.training.avx512", None)
    module._kernels.cache_clear()
    yield
    module._kernels.cache_clear()


@pytest.mark.usefixtures("without_the_folder")
@KINDS
def test_the_folder_of_the_fast_code_may_be_deleted(kind: str) -> None:
    at, (x, h, c) = layer(kind), inputs()
    assert module.accelerated(x, torch.bfloat16) is None
    for a, b in zip(recurrence(x, h, c, at, torch.bfloat16), recurrence(x, h, c, at), strict=True):
        assert torch.equal(a, b)
