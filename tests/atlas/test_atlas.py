"""Atlas files, and what they must hold."""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from safetensors.numpy import save

from pentrace import Writer
from pentrace.atlas import DEFAULT_ATLAS, Atlas, Followed, Moment, beside, decode, encode
from pentrace.atlas.metadata import problem
from pentrace.atlas.presets import followed_cluster, from_record
from pentrace.checkpoint import load
from pentrace.cli.atlas import effects_table, features_table, orders_table
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT
from pentrace.errors import AtlasError
from tests.atlases import damaged, make_atlas, make_effect


def test_what_was_written_is_read_and_the_bytes_are_the_same_each_time(tmp_path: Path) -> None:
    atlas = make_atlas()
    path = tmp_path / "a.atlas.safetensors"
    atlas.save(path)
    read = Atlas.load(path)
    assert read.about == atlas.about
    assert read.tensors.keys() == atlas.tensors.keys()
    for name, tensor in atlas.tensors.items():
        assert read.tensors[name].dtype == tensor.dtype
        np.testing.assert_array_equal(read.tensors[name], tensor)
    assert path.read_bytes() == encode(read) == encode(make_atlas())
    assert [p.name for p in tmp_path.iterdir()] == ["a.atlas.safetensors"]


def test_orders_are_named_and_the_best_is_the_first() -> None:
    atlas = make_atlas()
    assert atlas.orders == {"correlation": 0.5, "none": 0.0}
    np.testing.assert_array_equal(atlas.order(), [2, 0, 1, 3])
    np.testing.assert_array_equal(atlas.order("none"), [0, 1, 2, 3])
    with pytest.raises(AtlasError, match="order: expected one of correlation; none, found tsne"):
        atlas.order("tsne")


def test_from_a_feature_to_cells_and_back() -> None:
    atlas = make_atlas()
    assert [f.cell for f in atlas.cells_for("speed")] == [1, 2, 0, 3]
    (best,) = atlas.cells_for("speed", 1)
    assert best == Followed(1, "speed", float(np.float32(-0.9)), 2, float(np.float32(-0.95)))
    assert [f.cell for f in atlas.cells_for("speed", 2, "h")] == [3, 2]
    assert [(f.feature, f.lag) for f in atlas.features_of(2)] == [("speed", -1), ("pen lift", 0)]
    assert [f.feature for f in atlas.features_of(0, "h")] == ["pen lift", "speed"]
    with pytest.raises(AtlasError, match="feature: expected one of speed; pen lift, found height"):
        atlas.cells_for("height")
    with pytest.raises(AtlasError, match="cell: expected 0 to 3, found 4"):
        atlas.features_of(4)


def test_moments_clusters_and_ranges_of_a_cell() -> None:
    atlas = make_atlas()
    values = atlas.tensors["strongest.value"]
    assert atlas.moments(1) == [Moment(2, 2, values[0, 1, 0]), Moment(0, 3, values[0, 1, 1])]
    assert atlas.moments(3, lowest=True) == [Moment(2, 14, values[1, 3, 0]), Moment(0, 15, values[1, 3, 1])]
    assert atlas.cluster_of(3) == 1
    np.testing.assert_array_equal(atlas.cluster(1), [1, 3])
    np.testing.assert_array_equal(atlas.range(2), atlas.tensors["range.c"][:, 2])


def test_a_line_of_the_atlas_is_written_anew_bit_for_bit(tiny_checkpoint: Path) -> None:
    writer, atlas = Writer(tiny_checkpoint), make_atlas()
    assert atlas.line_count == 3
    line = atlas.line(2, writer.engine)
    future = writer.engine.futures(writer.engine.start(), 1, 20, seed=7, variation=0.5)
    np.testing.assert_array_equal(line, future[0])
    with pytest.raises(AtlasError, match="line: expected 0 to 2, found 3"):
        atlas.line(3, writer.engine)


def test_a_line_of_data_is_in_the_file(tiny_checkpoint: Path) -> None:
    ink = np.random.default_rng(3).normal(size=(7, 3)).astype(np.float32)
    atlas = make_atlas()
    lines = {"source": "data", "lengths": [3, 2, 2], "terms": "free"}
    steps = np.zeros((2, 4, 2), np.uint16)
    atlas = decode(
        encode(
            Atlas(
                atlas.tensors | {"ink.offsets": ink, "strongest.step": steps}, atlas.about | {"lines": lines}
            )
        ),
        "a",
    )
    assert atlas.line_count == 3
    np.testing.assert_array_equal(atlas.line(1, Writer(tiny_checkpoint).engine), ink[3:5])


def test_effects_are_put_in_and_come_back() -> None:
    atlas = decode(encode(make_atlas().with_effects([make_effect()])), "a")
    assert atlas.effects[0]["figures"]["advance"]["error"] == 0.123457
    assert atlas.effects[0]["random"] == make_effect()["random"]
    assert make_atlas().effects == []


def test_an_atlas_knows_its_checkpoint(tiny_checkpoint: Path) -> None:
    checkpoint = load(tiny_checkpoint)
    atlas = make_atlas(checkpoint.sha256)
    other = replace(checkpoint, name="another")
    assert atlas.belongs_to(checkpoint)
    assert not atlas.belongs_to(other)
    atlas.check(checkpoint)
    with pytest.raises(AtlasError, match=r"expected one of new\.safetensors, found one of tiny \(.*\.\.\.\)"):
        atlas.check(other, "new.safetensors")
    assert beside(Path("runs/best.safetensors")) == Path("runs/best.atlas.safetensors")


def changed(**about: Any) -> bytes:
    atlas = make_atlas()
    return encode(replace(atlas, about=atlas.about | about))


def with_tensor(name: str, value: Any) -> bytes:
    atlas = make_atlas()
    tensors = {key: tensor for key, tensor in (atlas.tensors | {name: value}).items() if tensor is not None}
    return encode(replace(atlas, tensors=tensors))


BROKEN = {
    "scrap": (b"scrap", "a.atlas: expected a safetensors file, found something else"),
    "cut short": (encode(make_atlas())[:-1], "a.atlas: expected a safetensors file, found something else"),
    "no metadata": (
        save({"x": np.zeros(1, np.float32)}),
        "a.atlas: metadata: expected `pentrace`, found nothing; this is not an atlas",
    ),
    "no JSON": (
        save({"x": np.zeros(1)}, {"pentrace": "{"}),
        "a.atlas: metadata: expected JSON as `pentrace`",
    ),
    "a checkpoint": (
        save({"x": np.zeros(1)}, {"pentrace": json.dumps({"format": "pentrace"})}),
        'a.atlas: format: expected "pentrace atlas", found something else; this is not an atlas',
    ),
    "newer": (
        changed(version=2),
        "a.atlas: version: expected 1, found 2; make the atlas again with `pentrace atlas`",
    ),
    "no lags": (changed(lags=None), "a.atlas: lags: expected a list, found null"),
    "no sizes": (
        changed(checkpoint={"sha256": "0"}),
        "a.atlas: checkpoint.name: expected a value, found nothing",
    ),
    "nameless": (changed(features=[{}]), r"a.atlas: features\[0\].name: expected a value, found nothing"),
    "too few": (
        with_tensor("range.c", np.zeros((5, 3), np.float32)),
        r"a.atlas: range.c: expected float32 \[5, 4\], found float32 \[5, 3\]",
    ),
    "missing": (with_tensor("lag.c", None), r"a.atlas: lag.c: expected int8 \[2, 4\], found nothing"),
    "too many": (with_tensor("ink", np.zeros(1, np.float32)), "a.atlas: expected no tensor ink"),
    "nan": (
        with_tensor("preferred.c", np.array([0, 1, np.nan, 2], np.float32)),
        "a.atlas: preferred.c: expected finite numbers, found a NaN or an infinity",
    ),
    "twice": (
        with_tensor("order.none", np.array([0, 1, 1, 3], np.uint16)),
        "a.atlas: order.none: expected every cell once, found others",
    ),
    "no such cluster": (
        with_tensor("cluster", np.array([0, 1, 2, 1], np.uint8)),
        "a.atlas: cluster: expected numbers below 2, found 2",
    ),
    "no such step": (
        with_tensor("strongest.step", np.full((2, 4, 2), 20, np.uint16)),
        "a.atlas: strongest.step: expected steps of the line, found one beyond its end",
    ),
    "no such line": (
        with_tensor("strongest.line", np.full((2, 4, 2), 3, np.uint16)),
        "a.atlas: strongest.line: expected numbers below 3, found 3",
    ),
}


METADATA = [
    (
        "checkpoint",
        {"hidden": 10**9},
        "checkpoint.hidden: expected a number from 1 to 2048, found 1000000000",
    ),
    ("checkpoint", {"layers": True}, "checkpoint.layers: expected a whole number, found true"),
    ("data", {"fit": {}}, "data.fit.lines: expected a value, found nothing"),
    ("data", {"terms": "\x1b[2J"}, "data.terms: expected text without control characters, found other text"),
    ("lines", {"steps": 10**9}, "lines.steps: expected a number from 1 to 65536, found 1000000000"),
    ("lines", {"source": "net"}, 'lines.source: expected "samples" or "data", found "net"'),
    ("lines", {"source": "data"}, "lines.lengths: expected a value, found nothing"),
    ("lines", {"collapsed": [3]}, "lines.collapsed: expected numbers below 3, found 3"),
]


@pytest.mark.parametrize(("key", "change", "message"), METADATA)
def test_metadata_that_breaks_a_rule_is_named(key: str, change: dict[str, Any], message: str) -> None:
    about = make_atlas().about
    with pytest.raises(AtlasError) as caught:
        decode(changed(**{key: about[key] | change}), "a.atlas")
    assert str(caught.value) == f"a.atlas: {message}; make the atlas again with `pentrace atlas`"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cells": [1, 4]}, "effects[0].cells: expected cells from 0 to 3, found 4"),
        ({"cells": [1, 1]}, "effects[0].cells: expected every cell once, found one twice"),
        ({"shift": [1]}, "effects[0].shift: expected 2 entries, found 1"),
        ({"measure": "slant"}, 'effects[0].figures: expected one for "slant", found none'),
        ({"of": "x"}, 'effects[0].of: expected "c" or "h", found "x"'),
        ({"random": []}, "effects[0].figures.advance.random: expected 0 entries, found 1"),
        ({"scale": 1e301}, "effects[0].scale: expected a number, found another number"),
    ],
)
def test_an_effect_that_cannot_be_shown_or_repeated_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(AtlasError, match=re.escape(f"a.atlas: {message}; make")):
        decode(changed(effects=[make_effect() | change]), "a.atlas")


def test_a_thousand_damaged_atlases_are_refused_or_work(golden: Path) -> None:
    """Whatever passes the check can be used; the page says the same of each (web/test/atlas)."""
    pinned = json.loads((golden / "atlas.json").read_text("utf-8"))
    said = []
    for what, about in damaged(pinned["about"], pinned["values"]):
        message = problem(about)
        said.append(message or "")
        if message is None:
            try:
                use(replace(make_atlas(), about=about))
            except AtlasError:
                raise
            except Exception as error:
                raise AssertionError(f"{what} was taken") from error
    assert len(said) == pinned["damaged"] > 1000
    assert sum(map(bool, said)) == pinned["refused"]
    assert hashlib.sha256("\n".join(said).encode()).hexdigest() == pinned["sha256"]
    assert all("\n" not in message and len(message) < 300 for message in said)


def use(atlas: Atlas) -> None:
    """All that is shown of an atlas's metadata."""
    for name in atlas.orders:
        assert isinstance(name, str)
    for cell in range(4):
        atlas.features_of(cell)
    for table in (features_table(atlas), effects_table(atlas), orders_table(atlas)):
        Console(file=io.StringIO(), width=200).print(table)
    for effect in atlas.effects:
        for stored in (effect, *effect["random"]):
            from_record(stored, 2).settings(2, 2)
    followed_cluster(atlas)
    assert atlas.line_count + len(atlas.collapsed) > 0


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_what_is_wrong(name: str) -> None:
    blob, message = BROKEN[name]
    with pytest.raises(AtlasError, match=message):
        decode(blob, "a.atlas")


def test_nothing_is_written_that_cannot_be_read(tmp_path: Path) -> None:
    atlas = make_atlas()
    with pytest.raises(AtlasError, match="lags: expected a list"):
        replace(atlas, about=atlas.about | {"lags": None}).save(tmp_path / "a.safetensors")
    assert not list(tmp_path.iterdir())


def test_the_default_atlas_belongs_to_the_default_checkpoint_and_is_small() -> None:
    assert beside(DEFAULT_CHECKPOINT) == DEFAULT_ATLAS
    assert DEFAULT_ATLAS.stat().st_size <= 1_500_000
    atlas = Atlas.default()
    atlas.check(load(DEFAULT_CHECKPOINT), "the default checkpoint")
    assert "ink.offsets" not in atlas.tensors


def test_the_atlas_of_the_text_checkpoint_belongs_to_it_and_knows_letters() -> None:
    atlas = Atlas.load(beside(TEXT_CHECKPOINT))
    assert beside(TEXT_CHECKPOINT).stat().st_size <= 1_500_000
    atlas.check(load(TEXT_CHECKPOINT), "the checkpoint that knows text; make text-atlas")
    assert "ink.offsets" not in atlas.tensors
    for name in ("character", "progress", "next character in 1 step", "letter e"):
        feature = atlas.features[name]
        assert abs(feature["best"]["c"][1]) > feature["chance"]["c"] + 0.2
        assert feature["probe"]["value"] > feature["probe"]["control"] + 0.3


def test_the_default_atlas_beats_chance_and_keeps_neighbours_alike() -> None:
    atlas = Atlas.default()
    assert next(iter(atlas.orders.values())) > 0.255 > 2 * atlas.orders["none"]
    # x grows in every line, so the labels of other lines do well too
    for name, margin in {
        "direction": 0.3,
        "pen lift": 0.3,
        "pen lift in 1 step": 0.1,
        "x in line": 0.0,
    }.items():
        feature = atlas.features[name]
        assert abs(feature["best"]["c"][1]) > feature["chance"]["c"] + margin
        assert feature["probe"]["value"] > feature["probe"]["control"] + 0.2
        (best,) = atlas.cells_for(name, 1)
        assert best.cell == feature["best"]["c"][0]
