"""spec/checkpoint.md: bytes, packing, and the errors of files that break it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from pentrace.checkpoint import checkpoint as cp
from pentrace.checkpoint.architecture import Architecture, TextArchitecture
from pentrace.errors import CheckpointError
from tests.engine_reference import EACH_KIND, Cell
from tests.golden import hostile

HOSTILE = Path(__file__).resolve().parents[2] / "spec/golden/hostile"


@EACH_KIND
def test_what_is_saved_comes_back(tmp_path: Path, cell: Cell) -> None:
    before = hostile.tiny(**cell)
    cp.save(before, tmp_path / "a.safetensors")
    after = cp.load(tmp_path / "a.safetensors")
    assert after.architecture == before.architecture
    assert (after.name, after.data, after.units_per_raw_unit) == ("tiny", before.data, 0.025)
    for name, tensor in before.tensors.items():
        assert np.array_equal(after.tensors[name], tensor)
        assert after.tensors[name].dtype == tensor.dtype
    assert [p.name for p in tmp_path.iterdir()] == ["a.safetensors"], "no temporary file stays behind"


@EACH_KIND
def test_any_safetensors_reader_reads_it(tmp_path: Path, cell: Cell) -> None:
    before = hostile.tiny(**cell)
    cp.save(before, tmp_path / "a.safetensors")
    for name, tensor in load_file(tmp_path / "a.safetensors").items():
        assert np.array_equal(tensor, before.tensors[name])


def test_the_bytes_are_those_of_the_spec() -> None:
    blob = cp.encode(hostile.tiny())
    length = int.from_bytes(blob[:8], "little")
    assert length % 8 == 0
    header = json.loads(blob[8 : 8 + length])
    assert header["__metadata__"]["format"] == "pentrace"
    ends = [header[name]["data_offsets"][1] for name in hostile.tiny().architecture.tensors()]
    assert ends[-1] == len(blob) - 8 - length


def test_the_tensors_are_those_of_the_spec() -> None:
    """Names, dtypes and shapes of the table, and their order."""
    spec = (HOSTILE.parent.parent / "checkpoint.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in spec.splitlines() if re.match(r"\| `(lstm|text|head)\.", line)]
    kinds = [(False, 0, False), (True, 0, False), (True, 7, False), (False, 0, True), (True, 7, True)]
    for normalised, code, with_text in kinds:
        text = TextArchitecture("Adn.", 1, 6, 4, 9) if with_text else None
        a = Architecture(3, 5, 2, normalised, code, text)
        sizes = {"4H": 20, "H": 5, "R": 13 + with_text, "3": 3, "C": 7}
        sizes |= {"A + 1": 5, "E": 6, "D": 4, "N": 9, "U": 3 * 6 + 2 + 4}
        head = {}
        layers: list[dict[str, tuple[str, tuple[int, ...]]]] = [{}, {}, {}]
        for words, dtype, shape in rows:
            value = (dtype.strip(), tuple(sizes[size.strip()] for size in shape.strip(" []").split(",")))
            if ("lstm-ln" in words and not normalised) or ("lstm-hyper" in words and not code):
                continue
            if "`text` " in words and not with_text:
                continue
            for name in re.findall(r"`((?:lstm|text|head)\.[a-z0-9L.]+)`", words):
                if not name.startswith("lstm"):
                    head[name] = value
                for layer in range(3):
                    here = (layer > 0) if "L > 0" in words else layer == 0 if ".0." in name else True
                    if name.startswith("lstm") and here:
                        layers[layer][name.replace(".L.", f".{layer}.")] = value
        expected = [*layers[0].items(), *layers[1].items(), *layers[2].items(), *head.items()]
        assert list(a.tensors().items()) == expected


def test_packing_errs_by_at_most_half_a_level() -> None:
    weight = np.random.default_rng(1).normal(0, 0.3, (40, 50)).astype(np.float32)
    weight[3] = 0
    rows, scale = cp.pack_rows(weight)
    error = np.abs(rows * scale[:, None] - weight).max(axis=1)
    assert (error <= 0.5001 * scale).all()
    assert (np.abs(rows).max(axis=1)[np.arange(40) != 3] == 127).all()
    assert scale[3] == 1
    assert not rows[3].any()


def test_the_hostile_files_are_those_that_the_script_makes() -> None:
    files = hostile.hostile()
    assert {p.name: p.read_bytes() for p in HOSTILE.glob("*.safetensors")} == files


@pytest.mark.parametrize("name", sorted(p.name for p in HOSTILE.glob("*.safetensors")))
def test_a_hostile_file_gets_its_message(name: str) -> None:
    messages = json.loads(HOSTILE.with_suffix(".json").read_text(encoding="utf-8"))
    with pytest.raises(CheckpointError) as caught:
        cp.load(HOSTILE / name)
    said = str(caught.value)
    if name.removesuffix(".safetensors") in hostile.malformed():
        assert said.startswith(f"{name}: expected a safetensors file, found something else (")
    else:
        assert said == messages[name]
    assert "\n" not in said


def test_deep_nesting_is_refused() -> None:
    blob = hostile.join(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"")
    with pytest.raises(CheckpointError, match=r"^deep: expected a safetensors file"):
        cp.decode(blob, "deep")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"cannot be read .No such file"):
        cp.load(tmp_path / "none.safetensors")


def test_an_oversized_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.truncate(cp.MAX_FILE + 1)
    with pytest.raises(CheckpointError, match="expected at most 67108864 bytes, found 67108865"):
        cp.load(path)


def test_nan_weights_are_not_saved(tmp_path: Path) -> None:
    bad = hostile.tiny()
    bad.tensors["head.bias"][1] = np.nan
    with pytest.raises(CheckpointError, match=r"head.bias: expected finite numbers, found NaN"):
        cp.save(bad, tmp_path / "a.safetensors")
    assert not any(tmp_path.iterdir())


@given(st.integers(0, 1200), st.integers(0, 255))
def test_one_changed_byte_never_crashes(at: int, value: int) -> None:
    blob = bytearray(cp.encode(hostile.tiny()))
    blob[at % len(blob)] = value
    message = "changed: "
    try:
        cp.decode(bytes(blob), "changed")
    except CheckpointError as error:
        message = str(error)
    assert message.startswith("changed: ")


def test_nothing_is_written_that_could_not_be_read(tmp_path: Path) -> None:
    sound = hostile.tiny()
    for change in (
        {"score": {"nats_per_point": float("nan")}},
        {"name": "\udcff"},
        {"units_per_raw_unit": 0.0},
    ):
        with pytest.raises(CheckpointError):
            cp.save(replace(sound, **change), tmp_path / "a.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"file: cannot be written \(File exists\)"):
        cp.save(hostile.tiny(), tmp_path / "file/a.safetensors")


def test_the_architecture_that_the_spec_shows_is_read() -> None:
    spec = (HOSTILE.parent.parent / "checkpoint.md").read_text(encoding="utf-8")
    shown = json.loads(spec.split("| `architecture` | yes | JSON: `")[1].split("`")[0])
    assert cp._architecture(shown, "spec") == Architecture()


def test_a_checkpoint_knows_the_sha256_of_its_file(tmp_path: Path, tiny_checkpoint: Path) -> None:
    read = cp.load(tiny_checkpoint)
    assert read.sha256 == hashlib.sha256(tiny_checkpoint.read_bytes()).hexdigest()
    renamed = replace(read, name="another")
    cp.save(renamed, tmp_path / "another.safetensors")
    assert renamed.sha256 == cp.load(tmp_path / "another.safetensors").sha256 != read.sha256
