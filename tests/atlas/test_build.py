"""An atlas made from a checkpoint and lines: of a tiny model here, and of the article's where the data are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pentrace[atlas]")

from pentrace import Writer
from pentrace.atlas import Atlas, decode, encode, feature_scores
from pentrace.atlas import build as atlas_build
from pentrace.atlas.build import Samples, build, check_packages
from pentrace.atlas.rows import EDGE, Source
from pentrace.checkpoint import load
from pentrace.checkpoint.article_weights import import_distill
from pentrace.cli import main
from pentrace.data.dataset import Line
from pentrace.errors import DataError, MissingExtraError
from pentrace.measure.samples import collapse
from tests.lines import written_lines


@pytest.fixture(scope="module")
def checkpoint(golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny checkpoint, for an atlas to be put beside."""
    copy = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    copy.write_bytes((golden / "tiny.safetensors").read_bytes())
    return copy


@pytest.fixture(scope="module")
def made(lines: Path, checkpoint: Path) -> Path:
    out = checkpoint.with_name("tiny.atlas.safetensors")
    assert main(["atlas", str(checkpoint), str(lines), "--samples", "9", "--no-effects", "-o", str(out)]) == 0
    return out


def test_the_command_makes_an_atlas_of_the_checkpoint(made: Path, checkpoint: Path, lines: Path) -> None:
    atlas = Atlas.load(made)
    atlas.check(load(checkpoint))
    a = load(checkpoint).architecture
    assert atlas.cells == a.layers * a.hidden
    assert list(atlas.orders)[-1] == "none"
    assert sorted(list(atlas.orders.values())[:-1], reverse=True) == list(atlas.orders.values())[:-1]
    data = atlas.about["data"]
    assert data["fit"]["files"] == [lines.name]
    assert data["fit"]["lines"] + data["held_out"]["lines"] == 24
    assert data["left_out"]["features without labels"] == []
    assert atlas.about["command"] == f"pentrace atlas tiny.safetensors {lines.name} --lines 500 --samples 9"
    assert not list(made.parent.glob(".*"))


def test_the_same_again_gives_the_same_bytes(
    made: Path, lines: Path, checkpoint: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.safetensors"
    assert (
        main(["atlas", str(checkpoint), str(lines), "--samples", "9", "--no-effects", "-o", str(again)]) == 0
    )
    assert again.read_bytes() == made.read_bytes()


def test_what_is_said_of_a_feature_is_what_the_tensors_hold(made: Path) -> None:
    atlas = Atlas.load(made)
    for name, feature in atlas.features.items():
        for part in ("c", "h"):
            cell, score = feature["best"][part]
            scores = atlas.scores(name, part)
            assert score == pytest.approx(scores[int(cell)], abs=1e-5)
            assert np.abs(scores).max() == pytest.approx(abs(score), abs=1e-5)
            assert 0 <= feature["chance"][part] <= 1
    assert "character" in atlas.features
    assert set(atlas.features["character"]["classes"]) == set("onalme")
    sizes = np.bincount(atlas.tensors["cluster"])
    assert [cluster["size"] for cluster in atlas.about["clusters"]] == sizes.tolist()
    # a cell of a model that reads the pen knows whether it has just lifted
    lift = atlas.features["pen lift"]
    assert abs(lift["best"]["c"][1]) > lift["chance"]["c"]
    assert lift["probe"]["value"] > 0.95 > lift["probe"]["control"] + 0.2


def test_moments_are_where_the_cell_is_highest_and_lowest(made: Path, checkpoint: Path) -> None:
    atlas, writer = Atlas.load(made), Writer(checkpoint)
    engine = writer.engine
    c = []
    for line in range(atlas.line_count):
        trace = engine.trace(engine.start(), atlas.line(line, engine), h=False, loglik=False)["c"]
        c.append(trace.reshape(len(trace), -1)[EDGE:])
    assert len(c) == 9
    collapsed = [j for j in range(9) if collapse(atlas.line(j, engine)) is not None]
    assert atlas.collapsed == (collapsed if len(collapsed) <= 9 - 8 else [])
    for cell in range(atlas.cells):
        highest, lowest = atlas.moments(cell), atlas.moments(cell, lowest=True)
        assert highest[0].value == max(line[:, cell].max() for line in c)
        assert lowest[0].value == min(line[:, cell].min() for line in c)
        assert [m.value for m in highest] == sorted((m.value for m in highest), reverse=True)
        assert [m.value for m in lowest] == sorted(m.value for m in lowest)
        for moment in (*highest, *lowest):
            assert moment.line not in atlas.collapsed
            assert c[moment.line][moment.step - EDGE, cell] == moment.value
        assert len({m.line for m in highest}) == len(highest) == 8


def test_ink_is_embedded_only_when_asked_for_and_with_its_terms(
    lines: Path, checkpoint: Path, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "ink.offsets" not in Atlas.load(made).tensors
    out = tmp_path / "with-ink.safetensors"
    command = ["atlas", str(checkpoint), str(lines), "--embed-ink", "--no-effects", "-o", str(out)]
    assert main(command) == 2
    assert "--embed-ink passes ink on: give its terms with --terms TEXT" in capsys.readouterr().err
    assert not out.exists()
    assert main([*command, "--terms", "free"]) == 0
    atlas = Atlas.load(out)
    assert atlas.about["lines"]["source"] == "data"
    assert atlas.about["data"]["terms"] == "free"
    engine = Writer(checkpoint).engine
    moment = atlas.moments(0)[0]
    trace = engine.trace(engine.start(), atlas.line(moment.line, engine))["c"]
    assert trace.reshape(len(trace), -1)[moment.step, 0] == moment.value


def test_a_name_that_cannot_be_written_is_refused_before_any_work(
    lines: Path, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = checkpoint.read_bytes()
    for out, message in (
        (checkpoint, "expected the name of a file to write, found the checkpoint"),
        (tmp_path, "expected the name of a file to write, found a folder"),
        (tmp_path / "no/a.safetensors", "expected an existing folder, found none"),
    ):
        assert main(["atlas", str(checkpoint), str(lines), "-o", str(out)]) == 1
        assert f"pentrace: {out}: {message}" in capsys.readouterr().err
    assert checkpoint.read_bytes() == before
    assert not list(tmp_path.iterdir())


def without_text(count: int) -> Source:
    lines = (Line(line.line_id, line.form, "", "", line.ink) for line in written_lines(count))
    return Source(("plain.parquet",), list(lines))


def test_without_text_the_features_of_words_are_named_as_left_out(checkpoint: Path) -> None:
    atlas = build(load(checkpoint), without_text(4), without_text(4), samples=Samples(2, 60))
    left_out = ["x in word", "y in word", "word end", "word start", "character"]
    assert atlas.about["data"]["left_out"]["features without labels"] == left_out
    assert atlas.about["data"]["left_out"]["lines without words"] == 8
    assert not set(left_out) & set(atlas.features)
    assert "speed" in atlas.features
    assert decode(encode(atlas), "again").about["features"]


def test_too_few_lines_are_refused(checkpoint: Path) -> None:
    source = without_text(1)
    message = "lines to fit on: expected at least 2 of more than 16 offsets, found 1"
    with pytest.raises(DataError, match=message):
        build(load(checkpoint), source, source)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlas_build, "_PACKAGES", {"numpy": "numpy", "no_such_module": "openTSNE"})
    with pytest.raises(
        MissingExtraError, match=r"an atlas needs openTSNE, which is not .* pip install 'pentrace\[atlas\]'"
    ):
        check_packages()


@pytest.fixture(scope="module")
def distill(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """The atlas of the article's weights, from few lines and with few swaps of labels."""
    from pentrace.atlas.rows import choose

    checkpoint = import_distill(shared_data / "distill/b64_weights.json")
    fit, held = choose([shared_data / "iam-ondb-train.parquet"], [shared_data / "iam-ondb-val1.parquet"], 16)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feature_scores, "SWAPS", 5)
        return build(checkpoint, fit, held, samples=Samples(8, 100))


@pytest.mark.slow
def test_neighbours_in_the_articles_model_are_more_alike_than_in_its_own_orders(distill: Atlas) -> None:
    # its published order has 0.221, the best that was stored with it 0.255, unsorted 0.015
    assert distill.orders["none"] < 0.05
    assert all(merit > 0.3 for name, merit in distill.orders.items() if name != "none")
    assert distill.orders["correlation"] == max(distill.orders.values()) > 0.42


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "alone", "together", "above_chance"),
    [
        ("direction", 0.6, 0.7, 0.2),
        ("direction, sine", 0.6, 0.7, 0.2),
        ("direction, cosine", 0.6, 0.7, 0.2),
        ("pen lift", 0.9, 0.99, 0.2),
        ("pen lift in 1 step", 0.4, 0.8, 0.2),
        # x grows in every line, so chance is high, and highest where it is estimated from few lines
        ("x in line", 0.7, 0.6, 0.03),
        ("y in line", 0.6, 0.7, 0.2),
    ],
)
def test_the_articles_cells_are_found(
    distill: Atlas, name: str, alone: float, together: float, above_chance: float
) -> None:
    feature = distill.features[name]
    assert abs(feature["best"]["c"][1]) > max(alone, feature["chance"]["c"] + above_chance)
    assert feature["probe"]["value"] > max(together, feature["probe"]["control"] + 0.25)
