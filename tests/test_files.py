"""Files of users: limits that hold, and nothing half-written."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pentrace import files
from pentrace.errors import FormatError


def test_no_more_than_the_limit_is_read_of_what_has_no_end() -> None:
    with pytest.raises(FormatError, match=r"/dev/zero: expected at most 1000 bytes, found 1001 or more"):
        files.read("/dev/zero", 1000, FormatError)


def test_what_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"cannot be read \(Is a directory\)"):
        files.read(tmp_path, 1000, FormatError)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("file/x.svg", "Not a directory"), ("none/x.svg", "No such file"), ("x" * 300 + ".svg", "too long")],
)
def test_an_error_names_the_file_and_not_the_temporary_one(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FormatError) as caught:
        files.write(tmp_path / name, b"ink", FormatError)
    assert str(caught.value).startswith(f"{tmp_path / name}: cannot be written (")
    assert reason in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "a.svg"
    target.write_bytes(b"old")

    def write_half() -> None:
        with files.replacing(target, FormatError) as temporary:
            temporary.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FormatError, match="No space left"):
        write_half()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_name_as_long_as_names_may_be_is_written(tmp_path: Path) -> None:
    target = tmp_path / ("é" * 125 + ".svg")
    files.write(target, b"ink", FormatError)
    assert target.read_bytes() == b"ink"
