from __future__ import annotations

from pathlib import Path

import pytest

from pentrace.data.dataset import read_lines
from pentrace.data.iam import Problem, import_iam
from pentrace.errors import DataError
from tests.ink.formats.test_iam import line_xml

SPLITS = {
    "trainset.txt": ["a01-000u", "a01-000x"],
    "testset_v.txt": ["b01-001"],
    "testset_t.txt": ["c02-003z"],
    "testset_f.txt": ["d04-005w"],
}


def points(k: int, second: int = 3) -> str:
    return f'<Point x="{k}" y="7" time="{second}.50"/><Point x="{k + 5}" y="9" time="{second}.52"/>'


def folder(root: Path, kind: str, form: str) -> Path:
    path = root / kind / form[:3] / form[:7]
    path.mkdir(parents=True, exist_ok=True)
    return path


def add_line(root: Path, form: str, number: int, data: bytes | None = None) -> None:
    path = folder(root, "lineStrokes", form) / f"{form}-{number:02d}.xml"
    path.write_bytes(line_xml(points(number), points(100, 4)) if data is None else data)


def add_text(root: Path, form: str, text: str) -> None:
    (folder(root, "ascii", form) / f"{form}.txt").write_text(text, encoding="latin-1")


@pytest.fixture
def distribution(tmp_path: Path) -> Path:
    """Small files in the layout of the official distribution: two lines of every form of the four lists."""
    root = tmp_path / "iam"
    root.mkdir()
    for name, forms in SPLITS.items():
        (root / name).write_text("\n".join(forms) + "\n")
        for form in forms:
            add_line(root, form, 1)
            add_line(root, form, 2)
            add_text(root, form, f"OCR:\n\nOF {form}\nwrong\n\nCSR:\n\nfirst of {form}\nsecond é\n")
    return root


def test_every_line_goes_into_its_split(distribution: Path, tmp_path: Path) -> None:
    summary = import_iam(distribution, tmp_path / "out")
    assert summary.lines == {"train": 4, "val1": 2, "val2": 2, "test": 2}
    assert summary.problems == []
    assert [path.name for path in summary.shards] == [
        f"{name}-00000.parquet" for name in ("train", "val1", "val2", "test")
    ]
    lines = [*read_lines([tmp_path / "out/train-00000.parquet"])]
    assert [(line.line_id, line.form, line.split, line.text) for line in lines] == [
        ("a01-000u-01", "a01-000u", "train", "first of a01-000u"),
        ("a01-000u-02", "a01-000u", "train", "second é"),
        ("a01-000x-01", "a01-000x", "train", "first of a01-000x"),
        ("a01-000x-02", "a01-000x", "train", "second é"),
    ]
    assert lines[1].ink.points.tolist() == [[2, 7], [7, 9], [100, 7], [105, 9]]
    assert lines[1].ink.pen_up.tolist() == [False, True, False, True]
    assert lines[1].ink.time is not None
    assert lines[1].ink.time.tolist() == [0, 20, 1000, 1020]


def test_times_that_run_backwards_are_said(distribution: Path, tmp_path: Path) -> None:
    add_line(distribution, "b01-001", 1, line_xml(points(1, 4), points(100, 3)))
    summary = import_iam(distribution, tmp_path / "out")
    assert [(problem.name, problem.what) for problem in summary.problems] == [
        ("b01-001-01", "times run backwards at 2 of 4 points: times are left out")
    ]
    assert next(iter(read_lines([tmp_path / "out/val1-00000.parquet"]))).ink.time is None


def test_a_line_in_another_encoding_does_not_end_the_import(distribution: Path, tmp_path: Path) -> None:
    data = line_xml(points(1)).replace(b"ISO-8859-1", b"ebcdic-cp-us")
    add_line(distribution, "b01-001", 1, data)
    summary = import_iam(distribution, tmp_path / "out")
    assert [(problem.name, problem.what) for problem in summary.problems] == [
        ("b01-001-01.xml", "XML: the encoding ebcdic-cp-us is not known; save the file as UTF-8; left out")
    ]
    assert summary.lines["val1"] == 1


def test_lists_and_folders_may_lie_deeper(distribution: Path, tmp_path: Path) -> None:
    (distribution / "task1").mkdir()
    (distribution / "data").mkdir()
    for name in SPLITS:
        (distribution / name).rename(distribution / "task1" / name)
    for name in ("lineStrokes", "ascii"):
        (distribution / name).rename(distribution / "data" / name)
    assert sum(import_iam(distribution, tmp_path / "out").lines.values()) == 10


def test_what_is_wrong_is_named_and_the_rest_imported(distribution: Path, tmp_path: Path) -> None:
    add_line(distribution, "a01-000u", 2, b"<WhiteboardCaptureSession><Stroke>")
    add_line(distribution, "a01-000x", 1, line_xml('<Point x="1.5" y="0" time="0"/>'))
    add_line(distribution, "b01-001", 3)
    add_line(distribution, "z09-999z", 1)
    (folder(distribution, "ascii", "c02-003z") / "c02-003z.txt").unlink()
    add_text(distribution, "d04-005w", "OCR:\n\nonly this\n")
    (folder(distribution, "lineStrokes", "a01-000u") / "notes.xml").write_text("<a/>")
    summary = import_iam(distribution, tmp_path / "out")
    assert summary.lines == {"train": 2, "val1": 3, "val2": 2, "test": 2}
    named = {problem.name: problem.what for problem in summary.problems}
    assert named["a01-000u-02.xml"].startswith("broken XML: ")
    assert (
        named["a01-000x-01.xml"] == "expected whole coordinates from -32767 to 32767, found others; left out"
    )
    assert named["b01-001-03"] == "no transcription; imported without text"
    assert named["z09-999z"] == "unknown form: in none of the split lists; left out"
    assert named["c02-003z"] == "no transcription; imported without text"
    assert named["d04-005w"] == "no CSR: in its transcription; imported without text"
    assert named["notes.xml"] == "expected a name such as a01-000u-01.xml; left out"
    assert len(summary.problems) == len(named) == 7
    texts = {line.line_id: line.text for line in read_lines([tmp_path / "out"])}
    assert texts["b01-001-02"] == "second é"
    assert texts["b01-001-03"] == texts["c02-003z-01"] == texts["d04-005w-02"] == ""


def test_a_form_in_two_lists_would_leak_and_is_left_out(distribution: Path, tmp_path: Path) -> None:
    (distribution / "testset_f.txt").write_text("a01-000u d04-005w")
    summary = import_iam(distribution, tmp_path / "out")
    assert summary.lines == {"train": 2, "val1": 2, "val2": 2, "test": 2}
    assert summary.problems == [Problem("a01-000u", "in the lists of both train and test; left out")]


def test_a_missing_list_is_named(distribution: Path, tmp_path: Path) -> None:
    (distribution / "testset_f.txt").unlink()
    summary = import_iam(distribution, tmp_path / "out")
    assert [problem.name for problem in summary.problems] == ["testset_f.txt", "d04-005w"]
    assert summary.lines["test"] == 0
    assert not [*(tmp_path / "out").glob("test-*")]


def test_it_fails_only_when_nothing_could_be_read(distribution: Path, tmp_path: Path) -> None:
    for path in distribution.rglob("*.xml"):
        path.write_bytes(b"<broken")
    with pytest.raises(DataError, match=r"no line could be read; first of 10: a01-000u-01\.xml: broken XML"):
        import_iam(distribution, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(DataError, match=r"expected lineStrokes/\*\*/\*\.xml of IAM-OnDB, found none"):
        import_iam(tmp_path / "nowhere", tmp_path / "out")


def test_an_import_that_reads_nothing_leaves_an_earlier_one_as_it_was(
    distribution: Path, tmp_path: Path
) -> None:
    import_iam(distribution, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    for path in distribution.rglob("*.xml"):
        path.write_text("broken")
    with pytest.raises(DataError, match="no line could be read"):
        import_iam(distribution, tmp_path / "out")
    assert before
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_what_is_a_folder_or_there_twice_is_named_and_the_rest_imported(
    distribution: Path, tmp_path: Path
) -> None:
    text = distribution / "ascii/a01/a01-000/a01-000u.txt"
    for path in (text, distribution / "testset_f.txt"):
        path.unlink()
        path.mkdir()
    again = distribution / "lineStrokes/copy"
    again.mkdir()
    (again / "a01-000u-01.xml").write_bytes(line_xml(points(1)))
    summary = import_iam(distribution, tmp_path / "out")
    assert summary.lines == {"train": 4, "val1": 2, "val2": 2, "test": 0}
    found = {problem.name: problem.what for problem in summary.problems}
    assert found["testset_f.txt"] == "cannot be read (Is a directory): no lines for test"
    assert found["a01-000u"] == "transcription cannot be read (Is a directory); imported without text"
    assert "a second one" in found["a01-000u-01.xml"]
