from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pentrace.data.dataset import SCHEMA, Line, count_lines, read_lines, write_shards
from pentrace.errors import DataError
from pentrace.ink import Ink


def line(k: int, points: int = 20) -> Line:
    random = np.random.default_rng(k)
    x = random.integers(-2000, 2000, (points, 2))
    lifts = np.append(random.random(points - 1) < 0.2, True)
    return Line(
        f"a01-{k:06d}", f"a{k % 7}", "train", f"line {k} é", Ink(x, lifts, np.arange(points), scale=0.025)
    )


def lines(n: int, points: int = 20) -> Iterator[Line]:
    return (line(k, points) for k in range(n))


def row(**changes: Any) -> dict[str, Any]:
    good = {
        "line_id": "a", "form": "a", "split": "train", "text": "x",
        "x": [1, 2], "y": [3, 4], "t": [0, 10], "pen_up": [False, True],
    }  # fmt: skip
    return good | changes


def write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema = SCHEMA) -> Path:
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"file: cannot be written \(File exists\)"):
        write_shards([line(1)], tmp_path / "file")


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    shards = write_shards(lines(250), tmp_path, name="train", lines_per_shard=100)
    assert [path.name for path in shards] == [f"train-0000{k}.parquet" for k in range(3)]
    assert [*read_lines([tmp_path])] == [*lines(250)]
    assert [*read_lines(shards)] == [*lines(250)]
    assert count_lines([tmp_path]) == 250
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in shards]


def test_shards_have_the_columns_of_the_data_set(tmp_path: Path, shared_data: Path) -> None:
    [shard] = write_shards(lines(3), tmp_path)
    assert pq.read_schema(shard).equals(SCHEMA)
    theirs = pq.read_schema(shared_data / "iam-ondb-train.parquet")
    assert [(f.name, f.type) for f in theirs] == [(f.name, f.type) for f in SCHEMA]


def test_the_shared_data_is_what_its_readme_says(shared_data: Path) -> None:
    assert count_lines([shared_data]) == 5364 + 1438 + 1518
    first = next(read_lines([shared_data / "iam-ondb-val1.parquet"]))
    assert first.ink.scale == 0.025
    assert first.ink.time is not None
    assert first.ink.time[0] == 0
    assert first.split == "val1"
    assert first.text


def test_columns_that_are_not_asked_for_are_not_read(tmp_path: Path) -> None:
    write_shards(lines(3), tmp_path)
    bare = [*read_lines([tmp_path], columns=())]
    assert [(each.text, each.form, each.split, each.ink.time) for each in bare] == [("", "", "", None)] * 3
    assert [each.ink.points.tolist() for each in bare] == [each.ink.points.tolist() for each in lines(3)]
    with pytest.raises(DataError, match="columns: expected some of form, split, text, t, found colour"):
        next(read_lines([tmp_path], columns=["colour"]))


def test_unknown_times_come_back_as_none(tmp_path: Path) -> None:
    timeless = Line("a", "b", "", "", Ink([[1, 2]], [1], scale=0.025))
    write_shards([timeless], tmp_path)
    assert [*read_lines([tmp_path])] == [timeless]


def test_reading_is_a_stream(tmp_path: Path) -> None:
    some, n = [*lines(100, 300)], 20000
    write_shards((some[k % 100] for k in range(n)), tmp_path, lines_per_shard=n)
    before, most = pa.total_allocated_bytes(), 0
    for k, _ in enumerate(read_lines([tmp_path])):
        if k % 500 == 0:
            most = max(most, pa.total_allocated_bytes() - before)
    assert 0 < most < n * 300 * 9 / 2, "only some batches may be in memory"


def test_a_new_write_leaves_nothing_of_the_old_one(tmp_path: Path) -> None:
    write_shards(lines(30), tmp_path, lines_per_shard=10)
    write_shards(lines(5), tmp_path, lines_per_shard=10)
    assert [*read_lines([tmp_path])] == [*lines(5)]


def test_a_write_that_fails_leaves_no_broken_file(tmp_path: Path) -> None:
    def failing() -> Iterator[Line]:
        yield from lines(3)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_shards(failing(), tmp_path)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("points", [[[0.5, 0]], [[40000, 0]]])
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, points: list[list[float]]) -> None:
    with pytest.raises(DataError, match="bad-01: expected whole coordinates from -32767 to 32767"):
        write_shards([Line("bad-01", "", "", "", Ink(points, [1]))], tmp_path)


def test_missing_files_and_empty_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"gone\.parquet: expected a Parquet file or a folder of them, found nothing"
    ):
        next(read_lines([tmp_path / "gone.parquet"]))
    with pytest.raises(DataError, match=r"expected a folder with \.parquet files, found none"):
        next(read_lines([tmp_path]))


def test_a_file_that_is_not_parquet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.parquet"
    path.write_bytes(b"PAR1 not at all PAR1")
    with pytest.raises(DataError, match=r"text\.parquet: expected a Parquet file, found something else \("):
        next(read_lines([path]))


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.95])
def test_a_truncated_file_is_named(tmp_path: Path, keep: float) -> None:
    [shard] = write_shards(lines(50), tmp_path)
    shard.write_bytes(shard.read_bytes()[: int(shard.stat().st_size * keep)])
    with pytest.raises(DataError, match=shard.name):
        next(read_lines([shard]))


def test_broken_pages_are_named(tmp_path: Path) -> None:
    [shard] = write_shards(lines(400, 200), tmp_path)
    good = shard.read_bytes()
    refused = []
    for at in range(200, len(good) - 3000, len(good) // 12):
        shard.write_bytes(good[:at] + bytes(byte ^ 0xFF for byte in good[at : at + 60]) + good[at + 60 :])
        try:
            for _ in read_lines([shard]):
                pass
        except DataError as error:
            refused.append(str(error))
    assert len(refused) >= 6
    assert all(shard.name in message and "\n" not in message for message in refused)


def test_a_changed_bit_is_an_error_or_changes_nothing(tmp_path: Path) -> None:
    [shard] = write_shards(lines(60, 50), tmp_path)
    expected, good = [*lines(60, 50)], shard.read_bytes()
    footer = int.from_bytes(good[-8:-4], "little") + 8
    random = np.random.default_rng(5)
    places = [
        *random.integers(0, len(good) - footer, 60),
        *random.integers(len(good) - footer, len(good), 60),
    ]
    refused = 0
    for at in places:
        damaged = bytearray(good)
        damaged[at] ^= 1 << int(random.integers(8))
        shard.write_bytes(damaged)
        try:
            found = [*read_lines([shard])]
        except DataError as error:
            assert shard.name in str(error)  # noqa: PT017 - either may happen
            refused += 1
        else:
            assert found == expected
    assert refused > 60


def test_a_changed_page_is_named_as_such(tmp_path: Path) -> None:
    [shard] = write_shards(lines(50, 100), tmp_path)
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    with pytest.raises(DataError, match=r"lines-00000\.parquet: broken after line 0 \(could not verify page"):
        list(read_lines([shard]))


def test_a_file_without_checksums_is_read(tmp_path: Path) -> None:
    [found] = read_lines([write(tmp_path / "bare.parquet", [row()])])
    assert found.line_id == "a"


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_before_it_does(tmp_path: Path) -> None:
    n = 2**26 + 8
    flags = pa.ListArray.from_arrays([0, n], pa.array(np.zeros(n, np.bool_)))
    many = {name: pa.array([[0]], SCHEMA.field(name).type) for name in ("x", "y", "t")}
    words = {name: ["a"] for name in ("line_id", "form", "split", "text")}
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table(words | many | {"pen_up": flags}, schema=SCHEMA), path, compression="zstd")
    assert path.stat().st_size < 20_000
    before = pa.total_allocated_bytes()
    with pytest.raises(DataError) as caught:
        list(read_lines([path]))
    assert str(caught.value) == (
        f"{path}: column pen_up of row group 0: expected at most 67,108,864 values, found 67,108,872; "
        "write the file with smaller row groups"
    )
    assert pa.total_allocated_bytes() - before < 2**20


def test_long_texts_are_read_a_few_lines_at_a_time(tmp_path: Path) -> None:
    rows = [row(text="x" * 2**20) for _ in range(1000)]
    path = write(tmp_path / "texts.parquet", rows)
    assert path.stat().st_size < 100_000
    most = before = pa.total_allocated_bytes()
    for found in read_lines([path]):
        assert len(found.text) == 2**20
        most = max(most, pa.total_allocated_bytes())
    assert most - before < 2**29 + 2**26


def changed(name: str, type_: pa.DataType) -> pa.Schema:
    return SCHEMA.set(SCHEMA.get_field_index(name), pa.field(name, type_))


@pytest.mark.parametrize(
    ("rows", "schema", "message"),
    [
        (
            [row()],
            SCHEMA.remove(4),
            "expected a column x (list of int16), found columns line_id, form",
        ),
        (
            [row(x=[1.5])],
            changed("x", pa.list_(pa.float32())),
            "column x: expected list of int16, found list of float",
        ),
        (
            [row(pen_up=[0])],
            changed("pen_up", pa.list_(pa.int8())),
            "column pen_up: expected list of bool",
        ),
        ([row(x=1)], changed("x", pa.int16()), "column x: expected list of int16, found int16"),
        ([row(text=1)], changed("text", pa.int8()), "column text: expected string, found int8"),
        ([row(x=[1])], SCHEMA, "line 0 (a): expected x, y, pen_up and t of one length, found [1, 2, 2, 2]"),
        ([row(x=None)], SCHEMA, "column x: expected no nulls"),
        ([row(y=[1, None])], SCHEMA, "column y: expected no nulls"),
        ([row(), row(text=None)], SCHEMA, "column text: expected text, found null at line 1"),
        ([row(x=[], y=[], t=[], pen_up=[])], SCHEMA, "line 0 (a): points: expected 1 to"),
        ([row(t=[0, 2**30])], SCHEMA, "line 0 (a): time: expected numbers of at most"),
    ],
)
def test_wrong_columns_are_named(
    tmp_path: Path, rows: list[dict[str, Any]], schema: pa.Schema, message: str
) -> None:
    path = write(tmp_path / "wrong.parquet", rows, schema)
    with pytest.raises(DataError) as caught:
        list(read_lines([path]))
    assert message in str(caught.value)
    assert "wrong.parquet" in str(caught.value)


def test_other_writers_lists_and_strings_are_read(tmp_path: Path) -> None:
    schema = changed("x", pa.large_list(pa.int16())).set(3, pa.field("text", pa.large_string()))
    [found] = read_lines([write(tmp_path / "large.parquet", [row()], schema)])
    assert found.ink.points.tolist() == [[1, 3], [2, 4]]
