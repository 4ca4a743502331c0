"""What says the same thing in two places."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import pentrace


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    with (repository / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["project"]
        return table


def test_the_installed_version_is_the_one_in_the_source() -> None:
    assert version("pentrace") == pentrace.__version__


def test_the_newest_version_in_the_changelog_is_that_of_the_source(repository: Path) -> None:
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+)\] - (.+)$", changelog, re.MULTILINE)
    assert headings
    newest, *older = headings
    assert newest[0] == pentrace.__version__
    assert newest[1] == "Unreleased" or re.fullmatch(r"\d{4}-\d\d-\d\d", newest[1])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for _, date in older)


def test_every_dependency_has_an_exact_version(repository: Path, project: dict[str, Any]) -> None:
    lines = (repository / "constraints.txt").read_text().splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][^ ;]*", line) for line in pinned)
    names = [line.split("==")[0] for line in pinned]
    assert names == sorted(set(names))
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    assert {re.split(r"[><=~!\[; ]", requirement)[0].lower() for requirement in wanted} <= set(names)
    assert "torch==2.13.0" in pinned
