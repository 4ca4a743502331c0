"""Reads a WebAssembly module: its sections, imports, exports and the opcodes of its code (core specification 2.0).

Knows what the engine may use; anything else is an error, so a new kind of instruction cannot slip by unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_NO_IMMEDIATE = {0x00, 0x01, 0x05, 0x0B, 0x0F, 0x1A, 0x1B, *range(0x45, 0xC5)}
_ONE_INDEX = {0x0C, 0x0D, 0x10, *range(0x20, 0x27), 0x3F, 0x40}
_MEMORY = range(0x28, 0x3F)
_BLOCKS = {0x02, 0x03, 0x04}
_RELAXED = 0x100
"""Opcodes of the vector prefix from here on are relaxed SIMD."""


@dataclass
class Wasm:
    """What a module holds."""

    imports: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    vector: set[int] = field(default_factory=set)  # opcodes after the prefix 0xFD
    instructions: int = 0

    @property
    def relaxed(self) -> set[int]:
        """Relaxed SIMD: instructions that may give other results on another machine."""
        return {code for code in self.vector if code >= _RELAXED}


class Reader:
    """Bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def leb(self) -> int:
        """A number in LEB128; the sign of a signed one is lost, nobody here asks for it."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]

    def text(self) -> str:
        return self.take(self.leb()).decode()


def read(data: bytes) -> Wasm:
    """What a module holds. Raises ValueError for what it does not know."""
    if data[:8] != b"\0asm\1\0\0\0":
        raise ValueError("not a WebAssembly 1 module")
    wasm, reader = Wasm(), Reader(data)
    reader.at = 8
    while reader.at < len(data):
        section, body = reader.byte(), Reader(reader.take(reader.leb()))
        wasm.sections.append(section)
        if section == 2:
            wasm.imports = [_import(body) for _ in range(body.leb())]
        elif section == 7:
            wasm.exports = [_export(body) for _ in range(body.leb())]
        elif section == 10:
            for _ in range(body.leb()):
                _function(Reader(body.take(body.leb())), wasm)
    return wasm


def _import(reader: Reader) -> str:
    module, name, kind = reader.text(), reader.text(), reader.byte()
    if kind != 0:
        raise ValueError(f"import of kind {kind}")
    reader.leb()
    return f"{module}.{name}"


def _export(reader: Reader) -> str:
    name = reader.text()
    reader.byte()
    reader.leb()
    return name


def _function(reader: Reader, wasm: Wasm) -> None:
    for _ in range(reader.leb()):
        reader.leb()
        reader.byte()
    while reader.at < len(reader.data):
        _instruction(reader, wasm)


def _instruction(reader: Reader, wasm: Wasm) -> None:
    code = reader.byte()
    wasm.instructions += 1
    if code in _NO_IMMEDIATE:
        return
    if code in _ONE_INDEX or code in _BLOCKS:
        reader.leb()
    elif code in _MEMORY or code == 0x11:
        reader.leb()
        reader.leb()
    elif code == 0x0E:
        for _ in range(reader.leb() + 1):
            reader.leb()
    elif code == 0x1C:
        reader.take(reader.leb())
    elif code in (0x41, 0x42):
        reader.leb()
    elif code in (0x43, 0x44):
        reader.take(4 if code == 0x43 else 8)
    elif code == 0xFC:
        _saturating_or_bulk(reader)
    elif code == 0xFD:
        _vector(reader, wasm)
    else:
        raise ValueError(f"opcode {code:#x} is not one that the engine may use")


def _saturating_or_bulk(reader: Reader) -> None:
    code = reader.leb()
    if code > 11 or code in (8, 9):
        raise ValueError(f"opcode 0xfc {code:#x} is not one that the engine may use")
    for _ in range({10: 2, 11: 1}.get(code, 0)):
        reader.leb()


def _vector(reader: Reader, wasm: Wasm) -> None:
    code = reader.leb()
    wasm.vector.add(code)
    if code <= 11 or code in (92, 93):  # loads and stores
        reader.leb()
        reader.leb()
    elif code in (12, 13):  # constant, shuffle
        reader.take(16)
    elif 21 <= code <= 34:  # lanes
        reader.byte()
    elif 84 <= code <= 91:  # loads and stores of a lane
        reader.leb()
        reader.leb()
        reader.byte()
