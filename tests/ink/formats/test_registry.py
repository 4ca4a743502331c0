from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from pentrace.errors import FormatError
from pentrace.ink import Ink, formats

INK = Ink([(0.0, 0.0), (10.0, 5.5), (20.0, 0.0), (30.0, 30.0)], [0, 0, 1, 1])


@pytest.mark.parametrize("suffix", [".json", ".svg", ".inkml", ".JSON"])
def test_what_is_written_can_be_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"ink{suffix}"
    formats.write(INK, path)
    back = formats.read(path)
    assert len([*back.strokes()]) == 2
    np.testing.assert_allclose(back.bounds, INK.bounds)
    assert [file.name for file in tmp_path.iterdir()] == [path.name], "no temporary file is left"


def test_unknown_types_name_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as reading:
        formats.read("line.docx")
    assert str(reading.value) == (
        "line.docx: unknown file type .docx; expected one of .json, .svg, .inkml, .xopp, .svgz, .xml; "
        "export the ink as SVG"
    )
    with pytest.raises(FormatError) as writing:
        formats.write(INK, tmp_path / "line")
    assert str(writing.value).endswith("unknown file type (none); expected one of .json, .svg, .inkml, .png")


def test_a_type_that_goes_one_way_says_so() -> None:
    with pytest.raises(FormatError, match=r"line\.png: this type is only written; expected one of \.json"):
        formats.read("line.png")
    with pytest.raises(FormatError, match=r"line\.xml: this type is only read; expected one of \.json"):
        formats.check_writable("line.xml")
    formats.check_writable("line.svg")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"gone\.json: cannot be read \(No such file or directory\)"):
        formats.read(tmp_path / "gone.json")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(FormatError, match=r"folder\.svg: cannot be read"):
        formats.read(tmp_path / "folder.svg")
    with pytest.raises(FormatError, match=r"ink\.json: cannot be written \(No such file or directory\)"):
        formats.write(INK, tmp_path / "no/such/ink.json")


def test_files_that_are_too_large_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "large.svg"
    with path.open("wb") as file:
        file.truncate(formats.MAX_BYTES + 1)
    with pytest.raises(FormatError, match="expected at most 67108864 bytes, found 67108865"):
        formats.read(path)


def test_a_compressed_file_is_unpacked_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "much.xopp"
    path.write_bytes(gzip.compress(bytes(formats.MAX_BYTES + 1), 1))
    with pytest.raises(
        FormatError, match="compressed file: expected at most 67,108,864 bytes in it, found more"
    ):
        formats.read(path)
    svg = gzip.compress(b'<svg><path d="M0 0L1 1"/></svg>')
    for damaged in (svg[:40], svg[:-9] + bytes(9), svg + b"more"):
        path.write_bytes(damaged)
        with pytest.raises(FormatError, match="compressed file: cut off or damaged"):
            formats.read(path)


@pytest.mark.parametrize("suffix", [".json", ".svg", ".inkml", ".xml"])
@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 40, b"\xff\xfe\xfd", b"<", b"<a/>", b"{", b"[]", b"nonsense", b"<svg><path d='M0'/></svg>"],
)
def test_nonsense_gets_one_line_with_the_name(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    with pytest.raises(FormatError) as caught:
        formats.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".json", ".svg", ".inkml"])
def test_no_truncation_is_taken_for_an_ink(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"ink{suffix}"
    formats.write(INK, path)
    whole = path.read_bytes().rstrip()
    for length in range(0, len(whole), 5):
        path.write_bytes(whole[:length])
        with pytest.raises(FormatError):
            formats.read(path)
