"""The best path is the likeliest one, and boundaries rise and lie at pen lifts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from pentrace.data.dataset import Line
from pentrace.ink import WHITEBOARD_SCALE, Ink

torch = pytest.importorskip("torch", reason="alignment needs PyTorch (pip install 'pentrace[train]')")

from pentrace.data.alignment import Alignment  # noqa: E402
from pentrace.engine import Engine  # noqa: E402
from pentrace.training.align import align, best_path, boundaries  # noqa: E402
from pentrace.training.recogniser import Recogniser  # noqa: E402


def collapsed(classes: tuple[int, ...]) -> list[int]:
    """What CTC reads in a class for each frame."""
    kept = [c for k, c in enumerate(classes) if k == 0 or c != classes[k - 1]]
    return [c for c in kept if c]


@pytest.mark.parametrize("codes", [[1, 2], [1, 1], [2]])
def test_the_best_path_is_the_likeliest_that_says_the_text(codes: list[int]) -> None:
    rng = np.random.default_rng(7)
    table = np.log(rng.dirichlet(np.ones(3), 5))
    paths = [path for path in product(range(3), repeat=5) if collapsed(path) == codes]
    likeliest = max(sum(table[t, c] for t, c in enumerate(path)) for path in paths)
    found = best_path(table, np.array(codes))
    assert found is not None
    states, score = found
    assert score == pytest.approx(likeliest)
    classes = tuple(codes[s // 2] if s % 2 else 0 for s in states.tolist())
    assert collapsed(classes) == codes


def test_a_text_that_is_longer_than_the_ink_has_no_path() -> None:
    assert best_path(np.zeros((2, 2)), np.array([1, 1])) is None


def test_a_boundary_lies_at_a_pen_lift_and_a_space_is_the_jump() -> None:
    # a, b, a space, c: pen lifts after points 4, 9 and 14; the jump to the next word is the one after 14
    x = np.arange(20.0) + 30 * (np.arange(20) > 14)
    points = np.stack([x, np.zeros(20)], 1)
    lifts = np.isin(np.arange(20), [4, 9, 14, 19])
    states = np.array([1, 1, 2, 3, 3, 4, 5, 6, 7, 8])
    first = boundaries(states, "ab c", np.linspace(0, 19, 20), points, lifts)
    assert first.tolist() == [0, 4, 14, 15]


def test_lines_are_aligned_or_named(tiny_engine: Engine) -> None:
    torch.manual_seed(0)
    recogniser = Recogniser("abc ").eval()
    t = np.arange(120)
    ink = Ink(np.stack([12 * t, 80 * np.sin(t / 4)], 1), t % 30 == 29, scale=WHITEBOARD_SCALE)
    lines = [
        Line("good", "f", "s", "ab c", ink),
        Line("odd", "f", "s", "a#", ink),
        Line("empty", "f", "s", "", ink),
    ]
    found = list(align(lines, recogniser, tiny_engine))
    aligned = [one for one in found if isinstance(one, Alignment)]
    assert [one.line_id for one in aligned] == ["good"]
    assert aligned[0].first[0] == 0
    assert (np.diff(aligned[0].first) > 0).all()
    assert {one for one in found if isinstance(one, str)} == {
        "odd: the recogniser does not know '#'",
        "empty: no text, or no ink but dots",
    }


@pytest.fixture
def tiny_engine(tiny_checkpoint: object) -> Engine:
    from pentrace.checkpoint import load

    return Engine(load(str(tiny_checkpoint)))
