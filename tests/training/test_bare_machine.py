"""On a machine without a C++ compiler PyTorch trains, and the tests of training pass."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_training_passes_without_a_compiler(repository: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
    command += ["tests/training/test_train.py", "tests/training/avx512"]
    # nothing is on this path, and nothing was compiled before
    environment = os.environ | {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "no C++ compiler" in done.stdout, "the tests of the fast code are skipped, and say why"
