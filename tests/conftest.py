"""What every test may use, and what none may touch: the real home directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.checkpoint import Checkpoint, save
from pentrace.checkpoint.architecture import Architecture

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
        pytest.skip(
            f"needs the data sets, and {folder} is not there (PENTRACE_SHARED_DATA names another place)"
        )
    return folder


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid checkpoint file of a model of four cells, for tests that need any model."""
    architecture = Architecture(layers=1, hidden=4, mixtures=2)
    random = np.random.default_rng(0)
    tensors: dict[str, npt.NDArray[Any]] = {}
    for name, (dtype, shape) in architecture.tensors().items():
        if dtype == "I8":
            tensors[name] = random.integers(-127, 128, shape).astype(np.int8)
        elif name.endswith(".scale"):
            tensors[name] = np.full(shape, 0.01, np.float32)
        else:
            tensors[name] = random.normal(0, 0.5, shape).astype(np.float32)
    file = tmp_path_factory.mktemp("checkpoint") / "tiny.safetensors"
    data = {"name": "none", "splits": [], "terms": "free", "citation": "none"}
    save(Checkpoint(architecture, tensors, name="tiny", data=data), file)
    return file
