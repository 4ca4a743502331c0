"""Orders of cells, and their merit."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("openTSNE", reason="needs pentrace[atlas]")

from pentrace.atlas.order import (
    by_correlation,
    by_leaves,
    by_tsne,
    canonical,
    correlations,
    merit,
    standardized,
)

ROWS, CELLS = 4000, 60


@pytest.fixture(scope="module")
def chain() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Cells [ROWS, CELLS] that are each like the next of a hidden order, shuffled; and that order."""
    random = np.random.default_rng(1)
    noise = random.normal(size=(ROWS, CELLS + 8))
    along = np.stack([noise[:, k : k + 8].sum(axis=1) for k in range(CELLS)], axis=1)
    hidden = random.permutation(CELLS)
    c = np.empty((ROWS, CELLS), np.float32)
    c[:, hidden] = along * random.uniform(0.1, 10, CELLS) + random.normal(size=CELLS)
    return c, hidden


def test_correlations_are_pearsons_and_a_still_cell_has_none() -> None:
    c = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32)
    c[:, 3] = 0.1
    found = correlations(c)
    np.testing.assert_allclose(found[:3, :3], np.corrcoef(c[:, :3].T), atol=1e-5)
    assert not found[3].any()
    assert not standardized(c)[:, 3].any()


def test_merit_is_the_mean_correlation_of_neighbours() -> None:
    table = np.array([[1, 0.5, -0.25], [0.5, 1, 0], [-0.25, 0, 1]])
    assert merit(table, [0, 1, 2]) == pytest.approx(0.25)
    assert merit(table, [2, 0, 1]) == pytest.approx(0.125)
    assert merit(table[:1, :1], [0]) == 0


def test_the_direction_of_an_order_is_settled() -> None:
    np.testing.assert_array_equal(canonical([3, 1, 2]), [2, 1, 3])
    np.testing.assert_array_equal(canonical([1, 3, 2]), [1, 3, 2])


def test_a_hidden_order_is_found_again(chain: tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]) -> None:
    c, hidden = chain
    table = correlations(c)
    leaf, tree = by_leaves(table)
    found = by_correlation(table, leaf)
    assert len(tree) == CELLS - 1
    for order in (leaf, found):
        np.testing.assert_array_equal(np.sort(order), np.arange(CELLS))
    assert merit(table, found) >= merit(table, leaf)
    np.testing.assert_array_equal(found, canonical(hidden))


def test_tsne_puts_like_cells_side_by_side_in_other_lines_too(
    chain: tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]],
) -> None:
    c, _ = chain
    half = ROWS // 2
    found = by_tsne([c[:half][k : k + 200] for k in range(0, half, 200)])
    np.testing.assert_array_equal(np.sort(found), np.arange(CELLS))
    held_out = correlations(c[half:])
    assert merit(held_out, found) > 0.6 > 3 * merit(held_out, np.arange(CELLS))
    np.testing.assert_array_equal(
        found, by_tsne([c[:half][k : k + 200] for k in range(0, half, 200)]), "not the same again"
    )


@pytest.mark.parametrize("seed", range(5))
def test_no_reversal_and_no_move_betters_what_was_found(seed: int) -> None:
    n = 9
    random = np.random.default_rng(seed)
    table = random.uniform(-1, 1, (n, n))
    table = (table + table.T) / 2
    found = by_correlation(table, random.permutation(n))
    best = merit(table, found) + 1e-9
    for begin, end in combinations(range(n + 1), 2):
        assert merit(table, [*found[:begin], *found[begin:end][::-1], *found[end:]]) <= best
        if end - begin <= 3:
            rest = [*found[:begin], *found[end:]]
            for place in range(len(rest) + 1):
                for stretch in (found[begin:end], found[begin:end][::-1]):
                    assert merit(table, [*rest[:place], *stretch, *rest[place:]]) <= best
