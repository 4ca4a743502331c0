"""What importing pentrace costs. Who may import whom is checked by import-linter (pyproject.toml)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import pentrace


def test_everything_but_training_works_without_pytorch(repository: Path) -> None:
    source = repository / "src"
    names = [
        ".".join(path.relative_to(source).with_suffix("").parts)
        for path in sorted((source / "pentrace").rglob("*.py"))
        if path.stem not in ("__init__", "__main__") and "training" not in path.parts
    ]
    statements = "".join(f"import {name}\n" for name in [*names, "pentrace.training.config"])
    program = f"import sys\n{statements}assert not {{'torch', 'accelerate'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_importing_pentrace_is_cheap() -> None:
    program = (
        "import sys\nbefore = set(sys.modules)\nimport pentrace\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert loaded.split() == ["pentrace"]


def test_every_public_name_is_there_on_demand() -> None:
    for name in pentrace.__all__:
        assert getattr(pentrace, name)
    assert dir(pentrace) == sorted(pentrace.__all__)
    with pytest.raises(AttributeError, match="module 'pentrace' has no attribute 'Wrtier'"):
        _ = pentrace.Wrtier  # type: ignore[attr-defined]
