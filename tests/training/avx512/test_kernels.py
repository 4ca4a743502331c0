"""The C++ for AVX-512 against the same in PyTorch: values, gradients, what is dropped, and where it cannot run."""

from __future__ import annotations

import logging
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import torch

from pentrace.checkpoint.architecture import Architecture
from pentrace.training.avx512 import build, kernels
from pentrace.training.layer import Layer
from pentrace.training.loss import Loss, Targets
from pentrace.training.model import Handwriting, State
from pentrace.training.recurrence import recurrence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KERNELS = {"vectors": build.NEEDED, "tiles": build.NEEDED | build.TILES}
COMPILER = shutil.which("g++") or shutil.which("clang++")
CAN = [name for name, needed in KERNELS.items() if COMPILER and set(build._processor().split()) >= needed]
needs_code = pytest.mark.skipif(
    not CAN, reason="this processor does not multiply bfloat16, or there is no C++ compiler"
)


@pytest.fixture(params=KERNELS)
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kernel that this processor has; the test runs with it alone."""
    name: str = request.param
    if name not in CAN:
        pytest.skip(f"this processor has no {name} for bfloat16, or there is no C++ compiler")
    monkeypatch.setenv(build.SWITCH, name)
    assert kernels.usable()
    return name


@pytest.fixture
def forgotten_build() -> Iterator[None]:
    """Looks for the code again, before and after."""
    build._loaded.cache_clear()
    yield
    build._loaded.cache_clear()


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


def nats(
    model: Handwriting, inputs: torch.Tensor, state: State, targets: torch.Tensor, mask: torch.Tensor
) -> tuple[torch.Tensor, State]:
    wanted = Targets(targets[None], torch.ones(1), mask)
    sums, after = Loss(model)(inputs, state, None, wanted)
    return sums.points, after


def run(model: Handwriting, architecture: Architecture, steps: int, lines: int) -> list[torch.Tensor]:
    """Nats, states after, and all gradients."""
    inputs, targets, mask, (h, c) = example(architecture, steps, lines)
    model.zero_grad()
    total, after = nats(model, inputs, State(h, c), targets, mask)
    torch.autograd.backward(total / mask.sum())
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


@pytest.mark.parametrize(("architecture", "steps", "lines"), SHAPES)
def test_values_and_gradients_are_pytorchs(
    kernel: str, architecture: Architecture, steps: int, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run(model(architecture, torch.bfloat16), architecture, steps, lines)
    monkeypatch.setenv(build.SWITCH, "off")
    exact = run(model(architecture, torch.bfloat16), architecture, steps, lines)
    rounded = run(model(architecture, torch.bfloat16).bfloat16().float(), architecture, steps, lines)
    assert len(found) == len(exact) == len(rounded)
    for fast, whole, from_rounded in zip(found, exact, rounded, strict=True):
        # products of bfloat16 may not err much more than float32 does when its weights are rounded to bfloat16
        assert distance(fast, whole) < max(4 * distance(from_rounded, whole), 0.02)


@pytest.mark.parametrize("code", [0, 3])
def test_gradients_of_the_inputs(kernel: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(8)
    sizes = [
        (64, 40),
        (64, 16),
        (64,),
        (64,),
        (16,),
        (16,),
        *([(code, 16), (code, 40), (64, code)] if code else []),
    ]
    layer = Layer(*(0.4 * torch.randn(*size) for size in sizes))
    x, seed = torch.randn(7, 5, 40), torch.randn(7, 5, 16)

    def of_inputs() -> torch.Tensor:
        given = x.clone().requires_grad_()
        hidden, _, _ = recurrence(given, torch.zeros(5, 16), torch.zeros(5, 16), layer, torch.bfloat16)
        return torch.autograd.grad((hidden.float() * seed).sum(), given)[0]

    found = of_inputs()
    monkeypatch.setenv(build.SWITCH, "off")
    assert distance(found, of_inputs()) < 0.05


def test_several_targets_share_the_gradient(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    architecture = Architecture(1, 64, 5, True)
    inputs, targets, mask, (h, c) = example(architecture, 8, 21)
    several = Targets(
        torch.stack([targets, 0.5 * targets, targets.flip(0)]), torch.tensor([0.2, 0.3, 0.5]), mask
    )
    made = model(architecture, torch.bfloat16)

    def run() -> list[torch.Tensor]:
        made.zero_grad()
        sums, _ = Loss(made)(inputs, State(h, c), None, several)
        torch.autograd.backward(sums.points)
        return [sums.points.detach(), *(p.grad.clone() for p in made.parameters() if p.grad is not None)]

    found = run()
    monkeypatch.setenv(build.SWITCH, "off")
    for fast, slow in zip(found, run(), strict=True):
        assert distance(fast, slow) < 0.03


def test_any_number_of_threads_gives_the_same(kernel: str) -> None:
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


def test_gradients_follow_what_was_dropped(kernel: str) -> None:
    architecture = Architecture(1, 64, 5, True)
    dropping = model(architecture, torch.bfloat16, weight_drop=0.3, dropout=0.2).train()

    def at(seed: int) -> list[torch.Tensor]:
        torch.manual_seed(seed)
        inputs, targets, mask, (h, c) = example(architecture, 8, 16)
        torch.manual_seed(seed)
        dropping.zero_grad()
        total, _ = nats(dropping, inputs, State(h, c), targets, mask)
        torch.autograd.backward(total)
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


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_dropping_keeps_the_mean(kernel: str, share: float) -> None:
    architecture = Architecture(1, 64, 20, False)
    dropping = model(architecture, torch.bfloat16, dropout=share).train()
    inputs, targets, mask, (h, c) = example(architecture, 4, 16)
    with torch.no_grad():
        whole = nats(dropping.eval(), inputs, State(h, c), targets, mask)[0]
        dropping.train()
        torch.manual_seed(0)
        drawn = [nats(dropping, inputs, State(h, c), targets, mask)[0] for _ in range(200)]
        mean = torch.stack(drawn).mean()
    # nats are convex in the read-out, nearly: dropping adds some, and by its share
    assert float(whole) - 1 < float(mean) < float(whole) * (1 + 0.4 * share) + 1


@needs_code
def test_it_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(build, "FLAGS", [flag for flag in build.FLAGS if not flag.startswith("-O")])  # sooner
    assert COMPILER is not None
    built = build.built(COMPILER, "these flags", False)
    assert [path.name for path in built.parent.iterdir()] == [built.name]
    begun = built.stat().st_mtime_ns
    assert build.built(COMPILER, "these flags", False).stat().st_mtime_ns == begun
    assert build.built(COMPILER, "other flags", False) != built


@pytest.mark.usefixtures("forgotten_build")
@pytest.mark.parametrize("switch", ["", "tiles", "vectors"])
def test_a_compiler_that_fails_is_reported_and_pytorch_trains(
    switch: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise subprocess.CalledProcessError(1, "g++", stderr="warning\nerror: unrecognised option\nmore")

    monkeypatch.setenv(build.SWITCH, switch)
    monkeypatch.setattr(build, "_processor", lambda: " ".join(KERNELS["tiles"]))
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/g++")
    monkeypatch.setattr(build, "built", fail)
    assert not kernels.usable()
    assert not kernels.usable()
    expected = (
        "the fast training code could not be compiled, so PyTorch trains, slower (error: unrecognised option)"
    )
    assert [record.message for record in caplog.records] == [expected]


@pytest.mark.usefixtures("forgotten_build")
def test_without_a_compiler_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(build.SWITCH, raising=False)
    monkeypatch.setattr(build, "_processor", lambda: " ".join(KERNELS["tiles"]))
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert not kernels.usable()
    expected = "no C++ compiler was found: PyTorch trains, several times slower; install g++"
    assert [record.message for record in caplog.records] == [expected]


@pytest.mark.usefixtures("forgotten_build")
@pytest.mark.parametrize("flags", ["", "sse4_2 avx2 avx512f avx512bw"])
def test_other_processors_have_none(
    flags: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(build.SWITCH, raising=False)
    monkeypatch.setattr(build, "_processor", lambda: flags)
    caplog.set_level(logging.INFO)
    assert not kernels.usable()
    assert not caplog.records, "there is nothing that the user could do"
