"""Training in tiles against the same in PyTorch: values, gradients, what is dropped, and where it cannot run."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import torch

from pentrace.checkpoint.architecture import Architecture
from pentrace.training import recurrence as recurrence_module
from pentrace.training.amx import tiles
from pentrace.training.model import Handwriting, State

if TYPE_CHECKING:
    from pathlib import Path

# what torch.compile says of torch's own use of torch.jit
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
needs_tiles = pytest.mark.skipif(
    tiles.compiled() is None, reason="this processor has no tiles (AMX), or there is no C++ compiler"
)


def model(
    architecture: Architecture, dtype: torch.dtype, *, weight_drop: float = 0.0, dropout: float = 0.0
) -> Handwriting:
    torch.manual_seed(3)
    made = Handwriting(architecture, weight_drop=weight_drop, dropout=dropout, dtype=dtype)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
        made.head.weight.mul_(3)
    return made


def example(architecture: Architecture, steps: int, lines: int) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(4)
    inputs, targets = torch.randn(steps, lines, 3), 0.7 * torch.randn(steps, lines, 3)
    inputs[..., 2], targets[..., 2] = (inputs[..., 2] > 1).float(), (targets[..., 2] > 0).float()
    mask = torch.rand(steps, lines) > 0.2
    return inputs, targets, mask, 0.3 * torch.randn(2, architecture.layers, lines, architecture.hidden)


def run(model: Handwriting, architecture: Architecture, steps: int, lines: int) -> list[torch.Tensor]:
    """Nats, states after, and all gradients."""
    inputs, targets, mask, (h, c) = example(architecture, steps, lines)
    model.zero_grad()
    total, after = model(inputs, State(h, c), targets, mask)
    (total / mask.sum()).backward()
    gradients = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    return [total.detach(), after.h.detach(), after.c.detach(), *gradients]


def distance(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a - b).norm() / b.norm())


SHAPES = [
    pytest.param(Architecture(1, 500, 20, True), 6, 32, id="as shipped"),
    pytest.param(Architecture(1, 500, 20, False), 6, 48, id="plain"),
    pytest.param(Architecture(1, 64, 20, True), 11, 33, id="a line more than the tiles hold"),
    pytest.param(Architecture(1, 37, 3, True), 9, 5, id="nothing fills a tile"),
    pytest.param(Architecture(2, 40, 17, False), 5, 16, id="two layers"),
    pytest.param(Architecture(1, 33, 1, True), 1, 1, id="one point"),
    pytest.param(Architecture(1, 500, 20, True, 30), 6, 32, id="modulated, as shipped"),
    pytest.param(Architecture(2, 37, 3, True, 33), 9, 5, id="modulated, two layers, nothing fills a tile"),
]


@needs_tiles
@pytest.mark.parametrize(("architecture", "steps", "lines"), SHAPES)
def test_values_and_gradients_are_pytorchs(
    architecture: Architecture, steps: int, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrence_module, "_compiled", lambda function: function)
    exact = run(model(architecture, torch.float32), architecture, steps, lines)
    found = run(model(architecture, torch.bfloat16), architecture, steps, lines)
    monkeypatch.setattr(tiles, "compiled", lambda: None)
    slow = run(model(architecture, torch.bfloat16), architecture, steps, lines)
    assert len(found) == len(slow) == len(exact)
    for in_tiles, in_torch, whole in zip(found, slow, exact, strict=True):
        # both round factors to bfloat16: neither may be much further from float32 than the other
        assert distance(in_tiles, whole) < max(2.5 * distance(in_torch, whole), 0.01)


@needs_tiles
def test_several_targets_share_the_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    architecture = Architecture(1, 64, 5, True)
    inputs, targets, mask, (h, c) = example(architecture, 8, 21)
    several = torch.stack([targets, 0.5 * targets, targets.flip(0)])
    shares = torch.tensor([0.2, 0.3, 0.5])
    made = model(architecture, torch.bfloat16)

    def run() -> list[torch.Tensor]:
        made.zero_grad()
        total, _ = made(inputs, State(h, c), several, mask, shares)
        total.backward()
        return [total.detach(), *(p.grad.clone() for p in made.parameters() if p.grad is not None)]

    found = run()
    monkeypatch.setattr(recurrence_module, "_compiled", lambda function: function)
    monkeypatch.setattr(tiles, "compiled", lambda: None)
    for in_tiles, in_torch in zip(found, run(), strict=True):
        assert distance(in_tiles, in_torch) < 0.02


@needs_tiles
def test_as_many_threads_as_there_are_give_the_same() -> None:
    architecture = Architecture(1, 64, 20, True)
    before = torch.get_num_threads()
    try:
        each = []
        for threads in (1, 2, 3, 7):
            torch.set_num_threads(threads)
            each.append(run(model(architecture, torch.bfloat16), architecture, 8, 48))
    finally:
        torch.set_num_threads(before)
    for other in each[1:]:
        for a, b in zip(other, each[0], strict=True):
            torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-3)


@needs_tiles
def test_gradients_follow_what_was_dropped() -> None:
    architecture = Architecture(1, 64, 5, True)
    dropping = model(architecture, torch.bfloat16, weight_drop=0.3, dropout=0.2).train()

    def at(seed: int) -> list[torch.Tensor]:
        torch.manual_seed(seed)
        inputs, targets, mask, (h, c) = example(architecture, 8, 16)
        torch.manual_seed(seed)
        dropping.zero_grad()
        total, _ = dropping(inputs, State(h, c), targets, mask)
        total.backward()
        return [total.detach(), *(p.grad.clone() for p in dropping.parameters() if p.grad is not None)]

    first, again, other = at(1), at(1), at(2)
    for a, b in zip(first, again, strict=True):
        torch.testing.assert_close(a, b)
    assert float(first[0]) != float(other[0])
    dropped = dropping.recurrent[0].grad == 0
    assert float(dropped.float().mean()) == pytest.approx(0.3, abs=0.02)

    # against differences, for a direction of the weights that were kept
    direction = torch.randn_like(dropping.recurrent[0])
    direction /= direction.norm()
    slope = (first[2] * direction).sum()
    weight = dropping.recurrent[0].detach()
    weight += 0.5 * direction
    up = at(1)[0]
    weight -= direction
    down = at(1)[0]
    assert float(up - down) == pytest.approx(float(slope), rel=0.35, abs=0.1)


@needs_tiles
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_dropping_keeps_the_mean(share: float) -> None:
    architecture = Architecture(1, 64, 20, False)
    dropping = model(architecture, torch.bfloat16, dropout=share).train()
    inputs, targets, mask, (h, c) = example(architecture, 4, 16)
    with torch.no_grad():
        whole = dropping.eval()(inputs, State(h, c), targets, mask)[0]
        dropping.train()
        torch.manual_seed(0)
        mean = torch.stack([dropping(inputs, State(h, c), targets, mask)[0] for _ in range(200)]).mean()
    # nats are convex in the read-out, nearly: dropping adds some, and by its share
    assert float(whole) - 1 < float(mean) < float(whole) * (1 + 0.4 * share) + 1


@needs_tiles
def test_it_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    compiler = shutil.which("g++") or shutil.which("clang++")
    assert compiler is not None
    built = tiles._built(compiler, "these flags")
    assert [path.name for path in built.parent.iterdir()] == [built.name]
    begun = built.stat().st_mtime_ns
    assert tiles._built(compiler, "these flags").stat().st_mtime_ns == begun
    assert tiles._built(compiler, "other flags") != built


@needs_tiles
def test_a_compiler_that_fails_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise subprocess.CalledProcessError(1, "g++", stderr="unrecognised option\nmore")

    monkeypatch.setattr(tiles, "_built", fail)
    tiles.compiled.cache_clear()
    with pytest.warns(
        UserWarning, match=r"could not be compiled; training goes on, slower \(unrecognised option\)"
    ):
        assert tiles.compiled() is None
    tiles.compiled.cache_clear()


@pytest.mark.parametrize("flags", ["", "sse4_2 avx2 avx512f avx512bw"])
def test_elsewhere_there_is_none(flags: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "_processor", lambda: flags)
    tiles.compiled.cache_clear()
    assert tiles.compiled() is None
    tiles.compiled.cache_clear()
