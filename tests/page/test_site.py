"""The page as a folder for any web host."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT
from pentrace.errors import CheckpointError, PageError
from pentrace.page import site
from pentrace.page.site import MARKER, page_files, unused_name, write_site
from tests.atlases import make_atlas

INDEX = b'<!doctype html><html><head><meta charset="utf-8"></head></html>'


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page of three files."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(INDEX)
    (folder / "engine.wasm").write_bytes(b"\0asm")
    (folder / "assets/page-1.js").write_bytes(b"1")
    monkeypatch.setattr(site, "STATIC", folder)
    return folder


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


EXPECTED = {
    "index.html",
    "engine.wasm",
    "recogniser.safetensors",
    "assets/page-1.js",
    "checkpoints/index.json",
    "checkpoints/tiny.safetensors",
    "_headers",
    ".nojekyll",
    MARKER,
}


def test_a_new_folder_holds_the_page_and_nothing_else(
    built: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    out = tmp_path / "deep/out"
    write_site(out, page_files([tiny_checkpoint]))
    assert contents(out) == EXPECTED
    assert (out / "checkpoints/tiny.safetensors").read_bytes() == tiny_checkpoint.read_bytes()
    assert contents(out.parent) == {f"out/{name}" for name in EXPECTED}


def test_the_policy_is_in_the_page_and_in_the_headers(
    built: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    write_site(tmp_path / "out", page_files([tiny_checkpoint]))
    index = (tmp_path / "out/index.html").read_text()
    found = re.search(
        r'<head><meta http-equiv="Content-Security-Policy" content="([^"]*)"><meta charset', index
    )
    assert found is not None
    assert "script-src 'self' 'wasm-unsafe-eval'" in found[1]
    # Browsers refuse this one in an element, and say so on the console.
    assert "frame-ancestors" not in found[1]
    headers = (tmp_path / "out/_headers").read_text()
    assert headers.startswith("/*\n  Content-Security-Policy: default-src 'none'; ")
    assert "frame-ancestors 'none'\n" in headers
    assert "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n" in headers


def test_writing_again_updates_and_keeps_what_others_put_there(
    built: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write_site(out, page_files([tiny_checkpoint]))
    (out / "CNAME").write_text("pen.example")
    (built / "assets/page-1.js").rename(built / "assets/page-2.js")
    (built / "engine.wasm").write_bytes(b"\0asm new")
    write_site(out, page_files([tiny_checkpoint]))
    assert contents(out) == EXPECTED - {"assets/page-1.js"} | {"assets/page-2.js", "CNAME"}
    assert (out / "engine.wasm").read_bytes() == b"\0asm new"


def test_a_foreign_folder_is_left_alone_without_force(
    built: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    files = page_files([tiny_checkpoint])
    with pytest.raises(PageError, match=r"out: there are files in it .* name another folder, or add --force"):
        write_site(out, files)
    assert contents(out) == {"thesis.tex"}
    write_site(out, files, force=True)
    assert contents(out) == EXPECTED | {"thesis.tex"}


def test_an_empty_folder_needs_no_force(built: Path, tiny_checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write_site(tmp_path / "out", page_files([tiny_checkpoint]))
    assert contents(tmp_path / "out") == EXPECTED


def test_a_failed_write_leaves_nothing_behind(
    built: Path, tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = page_files([tiny_checkpoint])
    written = Path.write_bytes

    def full_disk(path: Path, data: bytes) -> int:
        if path.name == "engine.wasm":
            raise OSError(28, "No space left on device", str(path))
        return written(path, data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(
        PageError, match=r"^\S*/new/out/engine\.wasm: cannot be written \(No space left on device\)"
    ):
        write_site(tmp_path / "new/out", files)
    assert contents(tmp_path / "new") == set()


def test_a_file_in_the_way_is_named(built: Path, tiny_checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(PageError, match=r"out: expected a folder or a new name, found a file"):
        write_site(tmp_path / "out", page_files([tiny_checkpoint]))
    with pytest.raises(PageError, match=r"out.*: cannot be written"):
        write_site(tmp_path / "out/site", page_files([tiny_checkpoint]))


@pytest.mark.parametrize(
    "marker", ['["../thesis.tex"]', '["/etc/passwd"]', '["a/../../b"]', "{}", "[1]", "junk", '[""]']
)
def test_a_marker_cannot_make_it_delete_elsewhere(
    built: Path, tiny_checkpoint: Path, tmp_path: Path, marker: str
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    out = tmp_path / "out"
    out.mkdir()
    (out / MARKER).write_text(marker)
    with pytest.raises(
        PageError, match=r"expected a list of this folder's files, found something else; delete it"
    ):
        write_site(out, page_files([tiny_checkpoint]))
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_page_that_was_not_built_says_how(built: Path, tiny_checkpoint: Path) -> None:
    (built / "engine.wasm").unlink()
    with pytest.raises(PageError, match=r"the page was not built: .* `make page`"):
        page_files([tiny_checkpoint])


def test_links_in_the_built_page_are_not_followed(built: Path, tiny_checkpoint: Path, tmp_path: Path) -> None:
    (built / "assets/passwd").symlink_to("/etc/passwd")
    (built / "assets/etc").symlink_to("/etc")
    assert not [name for name in page_files([tiny_checkpoint]) if "etc" in name or "passwd" in name]


def test_the_first_checkpoint_is_the_default_and_each_has_its_own_name(
    built: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    same = shutil.copy(tiny_checkpoint, other / "Tiny.safetensors")
    odd = shutil.copy(tiny_checkpoint, other / "my run #3 ä.safetensors")
    files = page_files([tiny_checkpoint, Path(same), Path(odd)])
    index = json.loads(files["checkpoints/index.json"])
    assert [entry["file"] for entry in index] == [
        "tiny.safetensors",
        "Tiny-2.safetensors",
        "my-run-3.safetensors",
    ]
    assert [entry["default"] for entry in index] == [True, False, False]
    assert all(f"checkpoints/{entry['file']}" in files for entry in index)


def test_the_checkpoints_of_the_package_are_known(built: Path, tiny_checkpoint: Path) -> None:
    files = page_files([DEFAULT_CHECKPOINT, tiny_checkpoint, TEXT_CHECKPOINT])
    index = json.loads(files["checkpoints/index.json"])
    assert [entry.get("included") for entry in index] == ["default", None, "text"]


def test_a_name_never_leaves_its_folder() -> None:
    assert unused_name("../..", set()) == "checkpoint.safetensors"
    assert unused_name("a/../b", set()) == "a-..-b.safetensors"
    assert unused_name("", {"checkpoint.safetensors"}) == "checkpoint-2.safetensors"


def test_a_bad_checkpoint_is_refused_before_anything_is_written(built: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"junk")
    with pytest.raises(CheckpointError, match=r"bad\.safetensors"):
        page_files([bad])


def test_an_atlas_goes_with_the_checkpoint_that_it_belongs_to(
    built: Path, tiny_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    checkpoint = Path(shutil.copy(tiny_checkpoint, tmp_path / "mine.safetensors"))
    atlas = make_atlas(load(checkpoint).sha256)
    atlas.save(tmp_path / "mine.atlas.safetensors")
    files = page_files([checkpoint], said.append)
    (entry,) = json.loads(files["checkpoints/index.json"])
    assert entry["atlas"] == "mine.atlas.safetensors"
    assert files[f"checkpoints/{entry['atlas']}"] == (tmp_path / "mine.atlas.safetensors").read_bytes()
    assert said == []

    make_atlas("1" * 64).save(tmp_path / "mine.atlas.safetensors")
    files = page_files([checkpoint], said.append)
    (entry,) = json.loads(files["checkpoints/index.json"])
    assert "atlas" not in entry
    assert not [name for name in files if "atlas" in name]
    path = tmp_path / "mine.atlas.safetensors"
    assert said == [
        f"left out: {path}: an atlas of other weights than mine.safetensors; make it again with `pentrace atlas`"
    ]

    path.write_bytes(b"scrap")
    files = page_files([checkpoint], said.append)
    assert not [name for name in files if "atlas" in name]
    assert said[1].startswith(f"left out: {path}: expected a safetensors file")
    assert main(["site", str(tmp_path / "site"), "-c", str(checkpoint)]) == 0
    assert "pentrace: left out: " in capsys.readouterr().err
    assert (tmp_path / "site/index.html").is_file()
