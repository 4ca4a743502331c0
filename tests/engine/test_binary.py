"""engine.wasm and recogniser.wasm as bytes: no import, nothing but deterministic instructions, small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pentrace.engine.wasm import RECOGNISER_WASM, WASM
from tests.wasm_opcodes import Wasm, read

MODULES = {"engine": WASM, "recogniser": RECOGNISER_WASM}


@pytest.fixture(scope="module", params=MODULES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def wasm(name: str) -> Wasm:
    return read(MODULES[name].read_bytes())


def module(code: bytes) -> bytes:
    """A module of one function without locals."""
    body = b"\x00" + code + b"\x0b"
    function = bytes([len(body)]) + body
    section = b"\x01" + function
    types = b"\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00"
    return b"\0asm\1\0\0\0" + types + b"\x0a" + bytes([len(section)]) + section


@pytest.mark.parametrize(("path", "most"), [(WASM, 24), (RECOGNISER_WASM, 16)])
def test_size(path: Path, most: int) -> None:
    assert path.stat().st_size <= most * 1024


def test_it_imports_nothing(wasm: Wasm) -> None:
    assert wasm.imports == []
    assert 2 not in wasm.sections


def test_it_has_no_relaxed_instruction(wasm: Wasm) -> None:
    assert wasm.instructions > 1000
    assert 0xBA in wasm.vector, "i32x4.dot_i16x8_s is what makes it fast"
    assert wasm.relaxed == set()


def test_the_scan_would_find_one() -> None:
    # f32x4.relaxed_madd is 0xfd 0x105.
    assert read(module(b"\xfd\x85\x02")).relaxed == {0x105}


@pytest.mark.parametrize("code", [b"\xfe\x00\x02\x00", b"\xfb\x00", b"\xd0\x70", b"\xfc\x0c\x00\x00"])
def test_the_scan_refuses_what_it_does_not_know(code: bytes) -> None:
    with pytest.raises(ValueError, match="is not one that the engine may use"):
        read(module(code))


def test_the_exports_are_those_of_the_specification(name: str, wasm: Wasm, repository: Path) -> None:
    text = (repository / f"spec/{name}.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)\([^`]*\): \w+`", text))
    assert set(wasm.exports) == named | {"memory"}
