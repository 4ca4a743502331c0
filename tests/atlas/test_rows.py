"""Which lines an atlas is made of, and the labels of their rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pentrace import Writer
from pentrace.atlas import rows as rows_module
from pentrace.atlas.features import FEATURES, measure
from pentrace.atlas.following import Cells
from pentrace.atlas.rows import EDGE, LAGS, Estimated, Rows, choose, countable, gather
from pentrace.data.dataset import Line, write_shards
from pentrace.data.score import MAX_OFFSETS, clipped_offsets
from pentrace.errors import DataError
from tests.lines import written_lines

NAMES = [feature.name for feature in FEATURES]


def test_held_out_lines_are_of_other_forms_and_spread_over_the_files(tmp_path: Path) -> None:
    write_shards(written_lines(60, forms=20), tmp_path)
    fit, held = choose([tmp_path], [], 10)
    assert len(fit.lines) == 10
    assert 0 < len(held.lines) <= 10
    assert not {line.form for line in fit.lines} & {line.form for line in held.lines}
    assert len({line.form for line in fit.lines}) > 5
    again = choose([tmp_path], [], 10)
    assert [line.line_id for line in again[1].lines] == [line.line_id for line in held.lines]


def test_lines_that_are_named_are_held_out_unless_their_forms_are_fitted_on(tmp_path: Path) -> None:
    (first,) = write_shards(written_lines(12, forms=4), tmp_path, name="a")
    (second,) = write_shards(written_lines(8, forms=4, prefix="other"), tmp_path, name="b")
    fit, held = choose([first], [second], 100)
    assert (len(fit.lines), len(held.lines)) == (12, 8)
    assert fit.files == (first.name,)
    assert held.files == (second.name,)
    with pytest.raises(DataError, match=r"expected lines of other forms than in .*, found form-0 in both"):
        choose([first], [first], 100)


def test_lines_too_short_to_count_are_counted() -> None:
    lines = list(written_lines(3))
    short = Line("short", "f", "", "", lines[0].ink[: 2 * EDGE + 1])
    long, left_out = countable([*lines, short])
    assert [line.line_id for line in long] == [line.line_id for line in lines]
    assert left_out == 1


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return list(written_lines(6))


@pytest.fixture(scope="module")
def gathered(golden: Path, lines: list[Line]) -> Rows:
    return gather(Writer(golden / "tiny.safetensors").engine, lines, Estimated.by(lines))


def test_rows_are_those_of_the_trace_with_layers_in_turn(
    golden: Path, lines: list[Line], gathered: Rows
) -> None:
    writer = Writer(golden / "tiny.safetensors")
    trace = writer.engine.trace(writer.engine.start(), clipped_offsets(lines[2].ink)[:MAX_OFFSETS])
    mine = gathered.line == 2
    np.testing.assert_array_equal(gathered.step[mine], np.arange(mine.sum()))
    a = writer.checkpoint.architecture
    for layer in range(a.layers):
        own = slice(layer * a.hidden, (layer + 1) * a.hidden)
        np.testing.assert_array_equal(gathered.c[mine][:, own], trace["c"][EDGE:-EDGE, layer])
        np.testing.assert_array_equal(gathered.h[mine][:, own], trace["h"][EDGE:-EDGE, layer])
    assert gathered.steps == len(gathered.c) == sum(min(len(line.ink) - 1, 600) - 2 * EDGE for line in lines)


def test_a_label_at_a_lag_is_that_of_a_row_further_on(lines: list[Line], gathered: Rows) -> None:
    speed = NAMES.index("speed")
    whole = measure(clipped_offsets(lines[0].ink))["speed"][:MAX_OFFSETS]
    first = gathered.line == 0
    for lag in LAGS:
        expected = whole[EDGE + lag : len(whole) - EDGE + lag]
        np.testing.assert_array_equal(gathered.at(lag)[first, speed], expected)
    # row k is what predicts offset k: the lift one step on is that offset's pen
    ahead = gathered.at(0)[first, NAMES.index("pen lift in 1 step")]
    np.testing.assert_array_equal(ahead, clipped_offsets(lines[0].ink)[:MAX_OFFSETS][EDGE:-EDGE, 2])


def test_thinned_rows_keep_their_labels(
    golden: Path, lines: list[Line], gathered: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_module, "MOST_NUMBERS", gathered.c.size // 3)
    thin = gather(Writer(golden / "tiny.safetensors").engine, lines, Estimated.by(lines))
    assert len(thin.c) < len(gathered.c) / 2
    assert thin.steps == gathered.steps
    kept = np.concatenate([np.flatnonzero(gathered.line == j)[:: thin.step[1]] for j in range(len(lines))])
    np.testing.assert_array_equal(thin.c, gathered.c[kept])
    np.testing.assert_array_equal(thin.at(2), gathered.at(2)[kept])


def made_rows(labels: list[npt.NDArray[np.float32]], cells: list[npt.NDArray[np.float32]]) -> Rows:
    """Rows of lines with one feature, whose labels and cells are given."""
    n = [len(part) for part in labels]
    c = np.concatenate(cells).astype(np.float32)
    table = [np.pad(part, EDGE, constant_values=np.nan)[:, None].astype(np.float32) for part in labels]
    line = np.repeat(np.arange(len(n)), n)
    return Rows(c, c, line, np.concatenate([np.arange(k) for k in n]), table, [], len(c), 0)


def test_the_control_gives_every_line_the_labels_of_another_at_the_same_step() -> None:
    labels = [np.arange(k, dtype=np.float32) + 1000 * j for j, k in enumerate((20, 30, 40, 25))]
    rows = made_rows(labels, [np.zeros((len(part), 1), np.float32) for part in labels])
    for seed in range(10):
        swapped = rows.swapped(np.random.default_rng(seed))[:, 0]
        sources = []
        for j, part in enumerate(labels):
            got = swapped[rows.line == j]
            (source,) = set((got // 1000).astype(int))
            assert source != j
            np.testing.assert_array_equal(got % 1000, np.arange(len(part)) % len(labels[source]))
            sources.append(source)
        assert sorted(sources) == [0, 1, 2, 3]


def test_a_cell_that_counts_steps_gains_nothing_on_the_control_and_one_that_follows_does() -> None:
    random = np.random.default_rng(0)
    lines, cells = [], []
    for _ in range(80):
        x = np.cumsum(random.gamma(0.3, 1, 120)) * random.uniform(0.5, 1.5)
        noise = random.normal(size=120)
        lines.append(x.astype(np.float32))
        cells.append(np.stack((np.arange(120), x + 5 * noise, noise), axis=1).astype(np.float32))
    rows = made_rows(lines, cells)
    measured = Cells(rows.c)
    true = measured.follow(rows.at(0), ["linear"])[0]
    control = np.max([np.abs(measured.follow(rows.swapped(random), ["linear"])[0]) for _ in range(5)], axis=0)
    counts, follows, noise_cell = range(3)
    assert true[counts] > 0.6
    assert control[counts] > 0.9 * true[counts]
    assert true[follows] > control[follows] + 0.2
    assert abs(true[noise_cell]) < 0.05
