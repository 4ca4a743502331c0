"""States put into others, hands and how one follows the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pentrace.atlas import Atlas
from pentrace.checkpoint import load
from pentrace.engine import Prepared
from pentrace.engine.interventions import Intervention
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.writer import DEFAULT_CHECKPOINT, Writer
from pentrace.errors import AtlasError, DataError, InkError, InterventionError
from pentrace.explain.directions import dumps, feature_direction, hand_directions, loads, stored_directions
from pentrace.explain.hands import (
    TRAITS,
    WINDOWS,
    Slope,
    Style,
    lines_of_hands,
    own_lines,
    ratio,
    slopes,
    style,
    telling,
    traits_of,
)
from pentrace.explain.letters import commonest, share_of
from pentrace.explain.patch import LETTER, half_written, patch, patched, patches
from pentrace.explain.reading import Reading, write_line
from pentrace.explain.votes import H_UNIT
from pentrace.ink import Ink
from tests.browser.pen import Hand
from tests.explain.models import EACH_MODEL, model_of
from tests.golden.engine import TINY, TINY_TEXT
from tests.golden.patch import GOLDEN
from tests.golden.patch import golden as golden_patches


@EACH_MODEL
def test_all_cells_make_the_donor(model: str, golden: Path, request: pytest.FixtureRequest) -> None:
    writer = Writer(model_of(model, golden, request))
    a, b = (Reading(writer, writer.write(40, seed=seed)) for seed in (3, 4))
    donor, total = a.state(40), writer.checkpoint.architecture.layers * writer.checkpoint.architecture.hidden
    state = patched(b, b.state(39), donor, range(total))
    assert (state.h == donor.h).all()
    assert (state.c == donor.c).all()
    # z, the rounded h and all that comes are the donor's too.
    assert (writer.engine.mixture(state) == writer.engine.mixture(donor)).all()
    assert (writer.engine.futures(state, 2, 9, seed=1) == writer.engine.futures(donor, 2, 9, seed=1)).all()


@EACH_MODEL
def test_some_cells(model: str, golden: Path, request: pytest.FixtureRequest) -> None:
    writer = Writer(model_of(model, golden, request))
    a, b = (Reading(writer, writer.write(40, seed=seed)) for seed in (3, 4))
    donor, plain = a.state(40), b.state(40)
    hidden = writer.checkpoint.architecture.hidden
    cells = [0, 2, hidden - 1]
    state = patched(b, b.state(39), donor, cells)
    assert state.c[0, cells].tolist() == donor.c[0, cells].tolist()
    assert state.h[0, cells].tolist() == donor.h[0, cells].tolist()
    kept = np.setdiff1d(range(hidden), cells)
    assert (state.c[0, kept] == plain.c[0, kept]).all()
    # Layer normalisation lets a changed c move every h of the layer a little.
    np.testing.assert_allclose(state.h[0, kept], plain.h[0, kept], atol=0.1 if model != "tiny" else 1)
    # Nothing stays in force.
    assert (writer.engine.mixture(b.state(40)) == writer.engine.mixture(plain)).all()
    assert H_UNIT == 2**14


def test_patching_two_inks() -> None:
    writer = Writer()
    a, b = writer.write(30, seed=3), writer.write(30, seed=4)
    found = patch(writer, a, b, [3, 4], draws=2, futures=4, steps=20)
    assert list(found.a) == list(TRAITS)
    assert found.cells == (3, 4)
    assert len(found.random) == 2
    assert found.random[0] != found.random[1]
    whole = patch(writer, a, b, futures=4, steps=20)
    assert whole.both == whole.a
    assert whole.random == ()
    changed = writer.with_intervention(Intervention.clamp(7, 0.5))
    assert patch(changed, a, b, [3], draws=0, futures=4, steps=20).a != found.a
    with pytest.raises(InterventionError, match=r"^cell: expected 0 to 499, found 500$"):
        patch(writer, a, b, [500])
    with pytest.raises(InterventionError, match=r"^cells: expected at most half of them, so that as many"):
        patch(writer, a, b, range(300))


def test_states_at_a_step_of_each_ink() -> None:
    writer = Writer()
    a, b = writer.write(30, seed=3), writer.write(30, seed=4)
    found = patch(writer, a, b, at=(12, 20), futures=4, steps=20)
    first, second = (
        writer.engine.futures(Reading(writer, ink).state(step), 4, 20, seed=0)
        for ink, step in ((a, 12), (b, 20))
    )
    assert found.a == pytest.approx(traits_of(first))
    assert found.b == pytest.approx(traits_of(second))
    assert found.both == found.a
    with pytest.raises(InkError, match=r"^step: expected 0 to 30, found 31$"):
        patch(writer, a, b, at=(31, None))
    # The cells are put in during a step of B.
    with pytest.raises(InkError, match=r"^step: expected 1 to 30, found 0$"):
        patch(writer, a, b, at=(None, 0))


def test_texts_go_on_and_a_future_counts_only_if_its_line_does() -> None:
    writer = Writer(TINY_TEXT)
    a, b = (
        write_line(writer, text, hand=hand, seed=hand, variation=0.8)
        for hand, text in enumerate(("bad cab", "cab a dab"))
    )
    one, other = Reading(writer, a), Reading(writer, b)
    # Without a step, a text is looked at before its end.
    there, here = (max(len(line.offsets) - 150, len(line.offsets) // 2) for line in (a, b))
    found = patch(writer, a, b, [0, 3], draws=2, futures=12, steps=30, seed=2)
    state = patched(other, other.state(here - 1), one.state(there), [0, 3], here)
    assert state.pointer == other.state(here).pointer
    offsets, characters = writer.engine.text_futures(state, 12, 30, seed=2)
    whole = characters[:, -1] >= 0
    assert 0 < whole.sum() < 12
    assert found.both == traits_of(offsets[whole])
    # All cells make the donor's state, but the receiver keeps its text and its hand.
    both = patched(other, other.state(here - 1), one.state(there), range(14), here)
    assert (both.h == one.state(there).h).all()
    assert (both.pointer, both.characters) == (other.state(here).pointer, 9)
    # The ink alone is another reading.
    assert patch(writer, a.offsets, b.offsets, [0, 3], at=(there, here), draws=0).b != found.b
    none = patch(writer, a, b, [0], at=(len(a.offsets), len(b.offsets)), draws=0, futures=3, steps=4000)
    assert np.isnan(list(none.both.values())).all()


def test_golden() -> None:
    assert_close(golden_patches(), json.loads(GOLDEN.read_text(encoding="utf-8")), "golden")


def assert_close(found: Any, expected: Any, where: str) -> None:
    """Equal but for the last digits of numbers that NumPy sums in an order of its own, by the processor."""
    assert type(found) is type(expected), where
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key, value in expected.items():
            assert_close(found[key], value, f"{where}, {key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for k, value in enumerate(expected):
            assert_close(found[k], value, f"{where}, {k}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), where
    else:
        assert found == expected, f"{where}; run: python -m tests.golden patch"


def test_measured_figures_are_those_of_the_default_checkpoint(repository: Path) -> None:
    stored = json.loads((repository / "docs/patches.json").read_text(encoding="utf-8"))
    writer = Writer()
    assert stored["checkpoint"]["sha256"] == load(DEFAULT_CHECKPOINT).sha256, (
        "run: pentrace explain patches val1.parquet --directions directions.json --json > docs/patches.json"
    )
    groups = stored["groups"]
    own = telling(writer.engine, own_lines(writer.engine))[:150].tolist()
    assert groups["the 150 that tell its own lines apart best"]["numbers"] == own
    told = (repository / "docs/explain.md").read_text(encoding="utf-8")
    rows = {
        "all 500": "all cells",
        "the 10 that tell hands apart best": "the 10 cells that tell hands apart best",
        "the 10 that tell its own lines apart best": "the 10 that tell its own lines apart best",
        "50 at random": "50 random cells",
        "10 at random": "10 random cells",
        **{name: name for name in groups if "direction" in name},
    }
    assert len(rows) == 10
    for row, name in rows.items():
        numbers = [""] * 5
        for column, trait in enumerate((*TRAITS, LETTER)):
            if (one := groups[name]["slopes"].get(trait)) is not None:
                numbers[column] = f"{one['slope']:.2f} ({one['error']:.2f})"
        assert " | ".join(["", row, *numbers, ""]).strip() in told, row


def test_slopes() -> None:
    x, other = np.arange(20.0), np.arange(20.0) ** 2 % 7
    first, second = slopes((3 + 2 * x - other).tolist(), x.tolist(), other.tolist())
    assert [first.slope, second.slope] == pytest.approx([2, -1])
    assert first.error < 1e-9
    (one,) = slopes([1.0, float("nan"), 2.0, 3.5], [0.0, 5.0, 1.0, 2.0])
    assert one.slope == pytest.approx(1.25)
    (none,) = slopes([1.0], [1.0])
    assert np.isnan(none.slope)


def test_half_of_the_influence() -> None:
    def side(*values: float) -> tuple[Slope, ...]:
        return tuple(Slope(value, 0.1) for value in values)

    found = Style((0, 10, 20), side(0, 0.2, 0.6), side(1, 0.6, 0.2))
    assert [found.share(k) for k in range(3)] == pytest.approx([0, 0.25, 0.75])
    assert found.half() == pytest.approx(15)
    assert Style((0, 10), side(0, 0.1), side(1, 1)).half() == float("inf")


def test_over_lines() -> None:
    writer = Writer()
    lines = [writer.engine.sample(writer.engine.start(), 400, seed=seed, variation=0.6) for seed in range(6)]
    along = {"slant": hand_directions(writer.engine, lines[:3])["slant"]}
    recogniser = Recogniser.load()
    found = patches(writer, lines[:5], (20,), futures=2, steps=30, directions=along, recogniser=recogniser)
    assert [(name, one.cells) for name, one in found.items()] == [
        ("all cells", 500),
        ("the 20 cells that tell hands apart best", 20),
        ("the 20 that tell its own lines apart best", 20),
        ("20 random cells", 20),
        ("the direction of slant", 0),
        ("a random direction", 0),
    ]
    assert list(found["all cells"].slopes) == [*TRAITS, LETTER]
    assert list(found["a random direction"].slopes) == list(TRAITS)
    assert found["the direction of slant"].numbers == ()
    assert found["the 20 that tell its own lines apart best"].numbers == tuple(
        telling(writer.engine, own_lines(writer.engine))[:20].tolist()
    )
    assert found["20 random cells"].numbers == ()
    followed = style(writer, lines[:4], futures=2, steps=30)
    assert list(followed) == list(TRAITS)
    assert followed["slant"].windows == WINDOWS


def test_a_state_moves_along_a_direction_as_far_as_the_donor_is_away() -> None:
    writer = Writer()
    a, b = (Reading(writer, writer.write(40, seed=seed)) for seed in (3, 4))
    donor, plain = a.state(40), b.state(40)
    direction = feature_direction(Atlas.default(), "speed")
    assert np.linalg.norm(direction.weight) == pytest.approx(1)
    state = patched(b, b.state(39), donor, direction)
    assert direction.apart(state, plain) == pytest.approx(direction.apart(donor, plain), abs=1e-4)
    # Only along it: what is left has not moved.
    moved = (state.c - plain.c).ravel() / direction.spread
    np.testing.assert_allclose(moved, direction.apart(donor, plain) * direction.weight, atol=1e-4)
    found = patch(
        writer, writer.write(30, seed=3), writer.write(30, seed=4), direction, draws=2, futures=4, steps=20
    )
    assert found.cells == ()
    assert len({str(one) for one in (found.both, *found.random)}) == 3
    shuffled = direction.shuffled(writer.engine, 0, 0)
    assert sorted(shuffled.weight) == sorted(direction.weight)
    tiny = Writer(load(TINY))
    ink = tiny.write(9)
    with pytest.raises(InterventionError, match=r"^direction: expected one of 60 cells, found one of 500$"):
        patch(tiny, ink, ink, direction)
    with pytest.raises(AtlasError, match=r"^direction: expected one of direction, sine; .*found character$"):
        feature_direction(Atlas.default(), "character")


def test_the_direction_of_slant_carries_a_slant_over() -> None:
    writer = Writer()
    known = stored_directions(writer.checkpoint.sha256)
    assert list(known) == list(TRAITS)
    assert stored_directions("another") == {}
    # The two inks that the page begins with.
    offsets = writer.engine.sample(writer.engine.start(), 300, seed=5, variation=0.5)
    slanted = Prepared(offsets, 1.0, np.arange(len(offsets) + 1, dtype=np.int32), False)
    upright = writer.read(Ink.from_strokes(list(Hand(0, 0).strokes("write here"))))
    found = patch(writer, slanted, upright, known["slant"], draws=3, futures=16)
    apart = found.a["slant"] - found.b["slant"]
    assert (found.both["slant"] - found.b["slant"]) / apart > 0.4
    assert all(abs(one["slant"] - found.b["slant"]) < 0.3 * abs(apart) for one in found.random)
    again = loads(dumps("name", 3, known), "name")
    assert all((again[name].weight == known[name].weight).all() for name in known)


def test_directions_of_hands() -> None:
    engine = Writer().engine
    lines = own_lines(engine)[:6]
    found = hand_directions(engine, lines)
    assert list(found) == list(TRAITS)
    # Lines with more of a trait lie further along its direction, by construction.
    slants = [traits_of(line[None])["slant"] for line in lines]
    along = []
    for line in lines:
        c = engine.trace(engine.start(), line, h=False, loglik=False)["c"].reshape(len(line), -1)
        along.append(float((c[len(c) // 4 :].mean(axis=0) / found["slant"].spread) @ found["slant"].weight))
    assert np.corrcoef(along, slants)[0, 1] > 0.5


def test_letters() -> None:
    writer, recogniser = Writer(), Recogniser.load()
    a, b = writer.write(60, seed=3), writer.write(60, seed=4)
    found = patch(writer, a, b, draws=0, futures=4, steps=20, at=(50, None), recogniser=recogniser).letters
    assert found is not None
    assert len(found.letter) == 1
    # With all cells it is what the donor writes.
    assert found.both == found.a > 0
    assert commonest(["", "b", "a", "a", "b"]) == "b"
    assert commonest(["", ""]) == ""
    assert share_of("a", ["a", "b", "", "a"]) == 0.5
    assert half_written(writer.read(a).offsets) < 60


def test_ratio() -> None:
    found = ratio([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    assert (found.slope, found.error) == pytest.approx((0.5, 0))
    assert ratio([1.0, 0.0], [1.0, 1.0]).error == pytest.approx(0.5)
    assert np.isnan(ratio([1.0], [1.0]).slope)


def test_lines_of_hands(shared_data: Path, tmp_path: Path) -> None:
    lines = lines_of_hands([shared_data / "iam-ondb-val1.parquet"], 5)
    assert len(lines) == 5
    assert min(map(len, lines)) >= 400
    from pentrace.data.dataset import write_shards
    from tests.lines import written_lines

    write_shards(written_lines(3), tmp_path)
    with pytest.raises(DataError, match=r"expected lines of 400 points on at least 4 pages, found 0$"):
        lines_of_hands([tmp_path], 5)
