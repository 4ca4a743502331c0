"""learn.wasm as bytes: no import, nothing but deterministic instructions, small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pentrace.engine.wasm import LEARN_WASM
from tests.wasm_opcodes import Wasm, read


@pytest.fixture(scope="module")
def wasm() -> Wasm:
    return read(LEARN_WASM.read_bytes())


def test_size() -> None:
    assert LEARN_WASM.stat().st_size <= 16 * 1024


def test_it_imports_nothing_and_has_no_relaxed_instruction(wasm: Wasm) -> None:
    assert wasm.imports == []
    assert wasm.instructions > 1000
    assert wasm.relaxed == set()


def test_the_exports_are_those_of_the_specification(wasm: Wasm, repository: Path) -> None:
    text = " ".join((repository / "spec/hand.md").read_text(encoding="utf-8").split())
    named = set(re.findall(r"`(learn_[a-z_]+)\([^`]*\): i32`", text))
    assert set(wasm.exports) == named | {"alloc", "mark", "release", "memory"}
