"""The model against oracles: torch's own LSTM and distributions, finite differences, integration."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from pentrace.checkpoint.architecture import Architecture
from pentrace.ink import WHITEBOARD_SCALE
from pentrace.training.loss import Loss, Targets, negative_log_likelihood
from pentrace.training.model import REST, Handwriting, State, pack, parameters, unpack
from tests.engine_reference import EACH_CELL, Cell

SMALL = Architecture(layers=1, hidden=8, mixtures=3)


def small(
    layers: int = 1,
    *,
    normalised: bool = False,
    code: int = 0,
    weight_drop: float = 0.0,
    dropout: float = 0.0,
) -> Handwriting:
    torch.manual_seed(4)
    architecture = Architecture(layers, 8, 3, normalised, code)
    return Handwriting(architecture, weight_drop=weight_drop, dropout=dropout)


def read_out(points: int, mixtures: int = 3, spread: float = 1.0) -> torch.Tensor:
    torch.manual_seed(5)
    return spread * torch.randn(points, 1 + 6 * mixtures, dtype=torch.float64)


@pytest.mark.parametrize("layers", [1, 2])
def test_it_is_an_lstm(layers: int) -> None:
    model = small(layers).eval()
    oracle = torch.nn.LSTM(3, 8, layers)
    with torch.no_grad():
        for layer in range(layers):
            getattr(oracle, f"weight_ih_l{layer}").copy_(model.inputs[layer])
            getattr(oracle, f"weight_hh_l{layer}").copy_(model.recurrent[layer])
            getattr(oracle, f"bias_ih_l{layer}").copy_(model.bias[layer])
            getattr(oracle, f"bias_hh_l{layer}").zero_()
    x = torch.randn(7, 2, 3)
    hidden, (h, c) = oracle(x)
    z, state = model(x)
    torch.testing.assert_close(z, model.head(hidden))
    torch.testing.assert_close(state.h, h)
    torch.testing.assert_close(state.c, c)


def test_the_state_carries_over() -> None:
    model = small().eval()
    x = torch.randn(9, 2, 3)
    whole, _ = model(x)
    first, state = model(x[:4])
    second, _ = model(x[4:], State(*state))
    torch.testing.assert_close(torch.cat([first, second]), whole)


def test_density_is_the_mixture_of_bivariate_normals() -> None:
    z, k = read_out(40), 3
    offsets = torch.randn(40, 3, dtype=torch.float64)
    offsets[:, 2] = (offsets[:, 2] > 0).double()
    pen, logits, mx, my, lsx, lsy, r = torch.split(z, [1, k, k, k, k, k, k], -1)
    sx, sy, rho = lsx.exp(), lsy.exp(), r.tanh()
    covariance = torch.stack(
        [torch.stack([sx**2, rho * sx * sy], -1), torch.stack([rho * sx * sy, sy**2], -1)], -2
    )
    mixture = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(logits=logits),
        torch.distributions.MultivariateNormal(torch.stack([mx, my], -1), covariance),
    )
    lift = torch.distributions.Bernoulli(logits=pen[:, 0])
    nats = negative_log_likelihood(z, offsets)
    torch.testing.assert_close(nats.position, -mixture.log_prob(offsets[:, :2]))  # type: ignore[no-untyped-call]
    torch.testing.assert_close(nats.pen, -lift.log_prob(offsets[:, 2]))  # type: ignore[no-untyped-call]


def test_density_integrates_to_one() -> None:
    z = read_out(1, spread=0.5)
    axis = torch.linspace(-12, 12, 601, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    offsets = torch.cat([grid, torch.zeros(len(grid), 1, dtype=torch.float64)], 1)
    p = torch.exp(-negative_log_likelihood(z.expand(len(grid), -1), offsets).position)
    assert float(p.sum()) * (24 / 600) ** 2 == pytest.approx(1, abs=1e-3)


def test_density_is_stable_where_others_overflow() -> None:
    z = torch.zeros(1, 19)
    z[0, 16:] = 20.0  # rho = 1 in float32
    z[0, 0] = 200.0
    nats = negative_log_likelihood(z, torch.tensor([[1e-6, 1e-6, 0.0]]))
    assert torch.isfinite(nats.position).all()
    assert float(nats.pen) == pytest.approx(200)


def test_gradients_are_those_of_finite_differences() -> None:
    z = read_out(6).requires_grad_()
    offsets = torch.randn(6, 3, dtype=torch.float64)
    offsets[:, 2] = torch.tensor([0, 1, 0, 1, 0, 1])

    def loss(z: torch.Tensor) -> torch.Tensor:
        nats = negative_log_likelihood(z, offsets)
        return (nats.position + nats.pen).sum()

    assert torch.autograd.gradcheck(loss, (z,))


def test_regularisation_is_only_for_training() -> None:
    model = small(weight_drop=0.5, dropout=0.5)
    x = torch.randn(5, 1, 3)
    torch.manual_seed(1)
    first, _ = model.train()(x)
    second, _ = model(x)
    assert not torch.equal(first, second)
    a, _ = model.eval()(x)
    b, _ = model(x)
    assert torch.equal(a, b)


def test_dropping_keeps_the_mean_of_the_weights() -> None:
    model, whole = small(weight_drop=0.25).train(), small()
    whole.load_state_dict(model.state_dict())
    torch.manual_seed(2)
    x, state = torch.zeros(1, 1, 3), State(torch.full((1, 1, 8), 0.1), torch.zeros(1, 1, 8))
    with torch.no_grad():
        mean = torch.stack([model(x, state)[1].c for _ in range(4000)]).mean(0)
        # so little of h that a step is all but linear in the weights
        torch.testing.assert_close(mean, whole(x, state)[1].c, atol=2e-3, rtol=0)


def test_nats_are_the_likelihood_of_the_read_out() -> None:
    model = small()
    torch.manual_seed(5)
    x, targets, mask = torch.randn(7, 3, 3), torch.randn(7, 3, 3), torch.rand(7, 3) > 0.3
    sums, _ = Loss(model)(x, None, None, Targets(targets[None], torch.ones(1), mask))
    each = negative_log_likelihood(model(x)[0], targets)
    torch.testing.assert_close(sums.points, (each.position + each.pen)[mask].sum())


@EACH_CELL
@pytest.mark.parametrize("layers", [1, 2])
def test_packing_and_unpacking(layers: int, cell: Cell) -> None:
    model = small(layers, **cell).eval()
    for part in model.modulation:
        torch.nn.init.normal_(part, 0, 0.3)
    again = unpack(pack(model, "t", {}))
    assert again.architecture == model.architecture
    x = torch.randn(20, 2, 3)
    with torch.no_grad():
        torch.testing.assert_close(again(x)[0], model(x)[0], atol=0.1 if cell else 0.01, rtol=0)
    twice = pack(again, "t", {})
    for name, tensor in pack(model, "t", {}).tensors.items():
        if tensor.dtype == np.int8:
            assert np.array_equal(tensor, twice.tensors[name]), "int8 rows are a fixed point"


def test_a_packed_model_does_not_change_with_training() -> None:
    model = small()
    packed = pack(model, "t", {})
    before = packed.tensors["lstm.0.bias"].copy()
    with torch.no_grad():
        model.bias[0].add_(1)
    assert np.array_equal(packed.tensors["lstm.0.bias"], before)


def test_of_the_rest_component_only_the_weight_is_learned() -> None:
    torch.manual_seed(6)
    model = Handwriting(SMALL, rest_component=True)
    optimizer = torch.optim.Adam(model.parameters(), 0.1)
    inputs = torch.randn(9, 2, 3)
    targets = torch.where(torch.rand(9, 2, 1) < 0.5, 0.0, torch.randn(9, 2, 3))

    def resting(which: Handwriting) -> list[torch.Tensor]:
        return [part[..., REST] for part in torch.split(parameters(which(inputs)[0])[..., 1:], 3, -1)]

    for _ in range(20):
        optimizer.zero_grad()
        wanted = Targets(targets[None], torch.ones(1), torch.ones(9, 2, dtype=torch.bool))
        Loss(model)(inputs, None, None, wanted)[0].points.backward()
        optimizer.step()
    learnt, *held = (part.detach() for part in resting(unpack(pack(model, "m", {}))))
    rested = (targets == 0).all(-1)
    assert float(learnt[rested].mean()) > float(learnt[~rested].mean()) + 0.3
    # a whiteboard reports whole units, of which a rounded one hides +-1/2, evenly: a variance of 1/12
    sigma = WHITEBOARD_SCALE / math.sqrt(12)
    for found, expected in zip(held, (0.0, 0.0, sigma, sigma, 0.0), strict=True):
        torch.testing.assert_close(found, torch.full_like(found, expected))


def test_forget_gates_start_open() -> None:
    bias = small().bias[0].detach()
    assert bias[8:16].eq(1).all()
    assert math.isclose(float(bias.sum()), 8.0)
