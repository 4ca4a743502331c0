"""Dictionaries of cells: learning them, comparing them with cells, and the command that makes them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pentrace[atlas]")

from pentrace import Writer
from pentrace.atlas import dictionary_scores
from pentrace.atlas.dictionary import (
    Dictionaries,
    Dictionary,
    Training,
    _revive,
    _step,
    _top,
    learn,
    principal,
    untrained,
)
from pentrace.atlas.dictionary_effects import MEASURES, added, measure_entries
from pentrace.atlas.dictionary_scores import Labels, best, chance, gain
from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.errors import AtlasError
from pentrace.measure.effects import Setup

FEW = Training(entries=48, active=2, passes=60)


def planted(rows: int = 12_000) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are sums of two of 24 directions in 16 cells, and the directions."""
    random = np.random.default_rng(0)
    directions = random.standard_normal((24, 16)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    codes = np.zeros((rows, 24), np.float32)
    for row in codes:
        row[random.choice(24, 2, replace=False)] = random.uniform(1, 2, 2)
    return codes @ directions, directions


@pytest.fixture(scope="module")
def learned() -> Dictionary:
    return learn(planted()[0], FEW)


def test_it_finds_the_directions_that_rows_are_made_of(learned: Dictionary) -> None:
    x, directions = planted()
    scaled = directions / learned.deviation
    scaled /= np.linalg.norm(scaled, axis=1, keepdims=True)
    assert np.mean((scaled @ learned.decoder.T).max(axis=1) > 0.9) > 0.7
    z = learned.standardised(x)

    def explained(one: Dictionary) -> float:
        return one.explained(x, one.codes(x))

    assert explained(learned) > 0.75 > principal(z, z, FEW.active) + 0.3
    assert explained(learned) > explained(untrained(learned)) + 0.5


def test_codes_are_the_largest_products_that_are_above_zero(learned: Dictionary) -> None:
    x = planted()[0][:50]
    codes = learned.codes(x).toarray()
    products = learned.products(x)
    for row, code in zip(products, codes, strict=True):
        expected = np.where(row >= np.sort(row)[-2], np.maximum(row, 0), 0)
        np.testing.assert_allclose(code, expected, atol=1e-5)


def test_the_same_again_gives_the_same_dictionary() -> None:
    x = planted(600)[0]
    first, again = (learn(x, FEW._replace(passes=2)) for _ in range(2))
    np.testing.assert_array_equal(first.encoder, again.encoder)
    assert not np.array_equal(first.encoder, learn(x, FEW._replace(passes=2, seed=1)).encoder)


def test_gradients_are_those_of_the_loss() -> None:
    class Seen:
        def step(self, gradient: np.ndarray, rate: float) -> None:
            self.gradient = gradient

    random = np.random.default_rng(3)
    arrays: dict[str, Any] = {"encoder": random.normal(size=(6, 4)), "bias": random.normal(size=6) / 9}
    arrays["decoder"] = random.normal(size=(6, 4))
    arrays["decoder"] /= np.linalg.norm(arrays["decoder"], axis=1, keepdims=True)
    found = Dictionary(np.zeros(4, np.float32), np.ones(4, np.float32), **arrays, active=2)
    z: Any = random.normal(size=(7, 4))

    def loss() -> float:
        places, values = _top(found, z)
        made = sum(values[:, j, None] * found.decoder[places[:, j]] for j in range(2))
        return float(np.square(z - made).mean() / 2)

    seen = [Seen() for _ in arrays]
    _step(found, seen, z, *_top(found, z), 0.0)  # type: ignore[arg-type]
    for name, one in zip(arrays, seen, strict=True):
        array = getattr(found, name)
        for at in np.ndindex(array.shape):
            array[at] += 1e-6
            more = loss()
            array[at] -= 2e-6
            less = loss()
            array[at] += 1e-6
            assert one.gradient[at] == pytest.approx((more - less) / 2e-6, abs=1e-6)


def test_entries_that_are_never_active_are_put_where_the_dictionary_is_worst(learned: Dictionary) -> None:
    class Forgets:
        rows: list[int]

        def forget(self, row: int) -> None:
            self.rows = [*getattr(self, "rows", []), row]

    copy = replace(
        learned, **{name: getattr(learned, name).copy() for name in ("encoder", "bias", "decoder")}
    )
    errors = np.eye(16, dtype=np.float32) * 3
    optimiser = Forgets()
    _revive(copy, np.array([5, 9]), [(1.0, errors[0]), (4.0, errors[1]), (2.0, errors[2])], [optimiser])  # type: ignore[list-item]
    np.testing.assert_array_equal(copy.decoder[[5, 9]], np.eye(16)[[1, 2]])
    np.testing.assert_array_equal(copy.encoder[[5, 9]], np.eye(16)[[1, 2]])
    assert optimiser.rows == [5, 9]
    np.testing.assert_array_equal(copy.decoder[6], learned.decoder[6])


def test_the_best_column_is_chosen_on_one_set_and_measured_on_the_other() -> None:
    random = np.random.default_rng(1)
    label = random.normal(size=(2, 900)).astype(np.float32)
    noise = random.normal(size=(2, 900, 5)).astype(np.float32)
    noise[0, :, 3] += 2 * label[0]
    noise[1, :, 4] += 2 * label[1]
    swaps = tuple(random.normal(size=(900, 1)).astype(np.float32) for _ in range(4))
    labels = Labels(("x",), ("linear",), label[0][:, None], label[1][:, None], swaps)
    (found,) = best(noise[0], noise[1], labels)
    assert found.column == 3
    assert abs(found.score) < 0.1
    (luck,) = chance(noise[1], labels)
    assert 0.02 < luck < 0.15
    line = np.repeat(np.arange(30), 30)
    more, low, high = gain(noise[1][:, [3, 4]], line, label[1], "linear")
    assert 0.6 < low < more < high < 1
    reverse = gain(noise[1][:, [4, 3]], line, label[1], "linear")
    assert reverse == pytest.approx((-more, -high, -low))


@pytest.fixture(scope="module")
def made(lines: Path, golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "tiny.dictionary.safetensors"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dictionary_scores, "BOOTSTRAPS", 4)
        patch.setattr(dictionary_scores, "SWAPS", 2)
        command = ["atlas", str(golden / "tiny.safetensors"), str(lines), "--entries", "32", "--active", "4"]
        assert main([*command, "--no-effects", "--dictionary", str(out)]) == 0
    return out


def test_the_command_compares_entries_with_cells(made: Path, golden: Path) -> None:
    found = Dictionaries.load(made)
    tiny = load(golden / "tiny.safetensors")
    assert found.about["checkpoint"] == {"name": tiny.name, "sha256": tiny.sha256}
    assert found.about["command"].endswith("--entries 32 --active 4 --dictionary tiny.dictionary.safetensors")
    cells = tiny.architecture.layers * tiny.architecture.hidden
    for part, dictionary in found.parts.items():
        assert dictionary.decoder.shape == (32, cells)
        np.testing.assert_allclose(np.linalg.norm(dictionary.decoder, axis=1), 1, rtol=1e-5)
        about = found.about["parts"][part]
        assert about["dead"] == about["strength"].count(0)
        names = [row["feature"] for row in about["features"]]
        assert {"direction", "pen lift", "word end", "character", "character a"} <= set(names)
        for row in about["features"]:
            more = abs(row["entry"]["score"]) - abs(row["cell"]["score"])
            assert row["entry"]["gain"][0] == pytest.approx(more, abs=1e-5)
            assert row["cell"]["column"] < cells
            assert row["entry"]["column"] < 32
            if row["entry"]["better"]:
                assert more > 0
        # a cell of a model that reads the pen knows whether it has just lifted
        lift = about["features"][names.index("pen lift")]
        assert abs(lift["cell"]["score"]) > lift["cell"]["chance"]


def test_entries_are_added_and_subtracted(made: Path, golden: Path) -> None:
    found, writer = Dictionaries.load(made), Writer(golden / "tiny.safetensors")
    dictionary = found.parts["h"]
    layers = writer.checkpoint.architecture.layers
    changes = added(dictionary, 3, 0.5, layers).changes
    shift = np.array([change.shift for change in changes])
    np.testing.assert_allclose(
        shift, 0.5 * dictionary.decoder[3] * dictionary.deviation, rtol=1e-5, atol=1e-9
    )
    assert {(change.of, change.scale) for change in changes} == {("h", 1.0)}
    told: list[tuple[int, int]] = []
    effects = measure_entries(
        found, writer, Setup(samples=3, steps=20), draws=1, report=lambda done, of: told.append((done, of))
    )
    assert len(effects) == 2 * len(MEASURES)
    assert told[-1] == (4 * len(MEASURES), 4 * len(MEASURES))
    strength = found.about["parts"]["h"]["strength"]
    assert [one["by"] for one in effects[:2]] == [
        strength[effects[0]["entry"]],
        -strength[effects[0]["entry"]],
    ]
    assert not any(one["controls"] for one in effects)  # not with a single draw
    json.dumps(effects, allow_nan=False)


def test_a_file_that_is_not_a_dictionary_is_refused(golden: Path, made: Path, tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="expected dictionaries, found something else"):
        Dictionaries.load(golden / "tiny.safetensors")
    found = Dictionaries.load(made)
    found.parts["h"].decoder[0, 0] = np.nan
    found.save(tmp_path / "broken.safetensors")
    with pytest.raises(AtlasError, match=r"h\.encoder|h\.decoder"):
        Dictionaries.load(tmp_path / "broken.safetensors")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give -o FILE for an atlas, or --dictionary FILE for dictionaries instead"),
        (["-o", "a", "--dictionary", "b"], "give -o FILE for an atlas"),
        (["--dictionary", "b", "--entries", "8", "--active", "9"], "--active: expected at most 8"),
    ],
)
def test_the_command_refuses(
    options: list[str], message: str, golden: Path, lines: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["atlas", str(golden / "tiny.safetensors"), str(lines), *options]) == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())
