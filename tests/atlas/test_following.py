"""How well cells follow a feature, each alone and all together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("sklearn", reason="needs pentrace[atlas]")

from sklearn.metrics import roc_auc_score

from pentrace.atlas.following import Cells, probe, ranks

ROWS = 3000
Floats = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def x() -> Floats:
    """Five cells of different size, the fourth in steps so that it has ties, the last still."""
    random = np.random.default_rng(4)
    cells = random.normal(size=(ROWS, 5)) * [1, 20, 0.01, 1, 0] + [0, 5, -3, 0, 0.7]
    cells[:, 3] = np.rint(cells[:, 3])
    return cells.astype(np.float32)


def known(random: np.random.Generator, labels: npt.ArrayLike, part: float = 0.7) -> Floats:
    """Labels of which only a part is known."""
    found = np.array(labels, np.float32)
    found[random.random(len(found)) > part] = np.nan
    return found


def test_linear_is_pearsons_correlation_where_the_feature_is_known(x: Floats) -> None:
    random = np.random.default_rng(5)
    whole = (x[:, 1] + random.normal(size=ROWS) * 10).astype(np.float32)
    part = known(random, -x[:, 2] * 100 + random.normal(size=ROWS))
    found = Cells(x).follow(np.stack((whole, part), axis=1), ["linear", "linear"])
    for row, labels in enumerate((whole, part)):
        mask = ~np.isnan(labels)
        for cell in range(4):
            expected = np.corrcoef(x[mask, cell].astype(np.float64), labels[mask])[0, 1]
            assert found[row, cell] == pytest.approx(expected, abs=1e-4)
    assert found[0, 1] > 0.8
    assert found[1, 2] < -0.6
    assert not found[:, 4].any()


def test_binary_is_twice_the_auc_less_one_with_ties_and_unknown_rows(x: Floats) -> None:
    random = np.random.default_rng(6)
    whole = (x[:, 3] + random.normal(size=ROWS) > 1).astype(np.float32)
    part = known(random, x[:, 0] + random.normal(size=ROWS) < -1)
    found = Cells(x).follow(np.stack((whole, part), axis=1), ["binary", "binary"])
    for row, labels in enumerate((whole, part)):
        mask = ~np.isnan(labels)
        for cell in range(4):
            expected = 2 * roc_auc_score(labels[mask], x[mask, cell]) - 1
            assert found[row, cell] == pytest.approx(expected, abs=1e-4)
    assert not found[:, 4].any()
    everywhere = Cells(x).follow(np.ones((ROWS, 1), np.float32), ["binary"])
    assert not everywhere.any()


def test_circular_finds_the_direction_that_a_cell_prefers() -> None:
    random = np.random.default_rng(7)
    # directions that are not even, as those of writing
    degrees = np.degrees(random.vonmises(1.0, 0.7, ROWS)).astype(np.float32)
    tuned = np.cos(np.radians(degrees - 40))
    noisy = -tuned + random.normal(size=ROWS) * 0.7
    cells = Cells(np.stack((tuned, noisy, random.normal(size=ROWS)), axis=1).astype(np.float32))
    score, preferred = cells.circular(degrees)
    assert score[0] == pytest.approx(1, abs=1e-4)
    assert preferred[0] == pytest.approx(40, abs=0.1)
    design = np.stack((np.ones(ROWS), np.sin(np.radians(degrees)), np.cos(np.radians(degrees))), axis=1)
    residual = noisy - design @ np.linalg.lstsq(design, noisy, rcond=None)[0]
    assert score[1] ** 2 == pytest.approx(1 - residual.var() / noisy.var(), abs=1e-4)
    assert preferred[1] == pytest.approx(40 - 180, abs=5)
    assert score[2] < 0.1
    hidden = known(random, degrees, 0.5)
    assert cells.circular(hidden)[0][0] == pytest.approx(1, abs=1e-4)


def test_classes_are_told_by_the_part_of_the_variance_between_them(x: Floats) -> None:
    random = np.random.default_rng(8)
    classes = random.integers(0, 4, ROWS).astype(np.float32)
    cell = np.array([0.0, 2.0, 2.0, 5.0])[classes.astype(int)] + random.normal(size=ROWS)
    labels = known(random, classes)
    found = Cells(np.stack((cell, x[:, 0]), axis=1).astype(np.float32)).follow(labels[:, None], ["classes"])
    mask = ~np.isnan(labels)
    inside = sum(cell[mask & (labels == k)].var() * (mask & (labels == k)).sum() for k in range(4))
    assert found[0, 0] ** 2 == pytest.approx(1 - inside / (cell[mask].var() * mask.sum()), abs=1e-4)
    assert found[0, 1] < 0.1


def test_a_feature_that_is_known_nowhere_has_no_score(x: Floats) -> None:
    nowhere = np.full((ROWS, 4), np.nan, np.float32)
    assert not Cells(x).follow(nowhere, ["linear", "circular", "binary", "classes"]).any()


def test_equal_numbers_share_their_rank() -> None:
    found = ranks(np.array([[3, 1], [1, 1], [3, 1], [0, 1]], np.float32))
    np.testing.assert_array_equal(found, [[2.5, 1.5], [1, 1.5], [2.5, 1.5], [0, 1.5]])


def test_probes_find_what_is_spread_over_cells_and_nothing_in_noise() -> None:
    random = np.random.default_rng(9)
    x = random.normal(size=(2 * ROWS, 20)).astype(np.float32)
    value = x @ random.normal(size=20).astype(np.float32)
    angle = np.degrees(np.arctan2(x[:, 0], x[:, 1])).astype(np.float32)
    fit, held = slice(ROWS), slice(ROWS, None)

    def told(kind: str, labels: npt.ArrayLike) -> float:
        y = np.asarray(labels, np.float32)
        y = np.where(random.random(len(y)) < 0.2, np.nan, y).astype(np.float32)
        found = probe(kind, (x[fit], y[fit]), (x[held], y[held]))  # type: ignore[arg-type]
        assert found is not None
        return found

    assert told("linear", value * 1000) > 0.99
    assert told("binary", value > 1) > 0.99
    assert told("circular", angle) > 0.7
    assert told("classes", np.digitize(value, [-3, 3])) > 0.85
    noise = random.permutation(value)
    assert abs(told("linear", noise)) < 0.05
    assert told("binary", noise > 1) == pytest.approx(0.5, abs=0.06)
    assert abs(told("circular", random.permutation(angle))) < 0.05
    assert probe("binary", (x[fit], np.ones(ROWS, np.float32)), (x[held], np.ones(ROWS, np.float32))) is None
