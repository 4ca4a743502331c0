"""What every test may use, and what none may touch: the real home directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home directory for this run, child processes included."""
    folder = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        del os.environ[name]
    os.environ["HOME"] = os.environ["USERPROFILE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of golden files that the tests of both languages read."""
    return ROOT / "spec/golden"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the data that may not lie in the repository; skips the test where it is absent."""
    folder = Path(os.environ.get("PENTRACE_SHARED_DATA", ROOT.parent / "shared/data"))
    if not folder.is_dir():
        pytest.skip(f"needs the data sets, and {folder} is not there (PENTRACE_SHARED_DATA names another place)")
    return folder
