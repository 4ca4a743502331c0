"""Files that are compressed by gzip, as .svgz and .xopp are: unpacked up to a limit.

`web/src/ink/formats/compressed.ts` is the same in TypeScript; `spec/golden/inks/` holds both to it.
"""

from __future__ import annotations

import zlib

from pentrace.errors import FormatError


def unpacked(data: bytes, most: int) -> bytes:
    """The bytes in a compressed file; others as they are. Raises FormatError above `most` bytes, and for damage."""
    if data[:2] != b"\x1f\x8b":
        return data
    stream = zlib.decompressobj(wbits=31)
    try:
        result = stream.decompress(data, most + 1)
    except zlib.error:
        result = b""
    if len(result) > most:
        raise FormatError(f"compressed file: expected at most {most:,} bytes in it, found more")
    if not stream.eof or stream.unused_data:
        raise FormatError("compressed file: cut off or damaged; copy it again")
    return result
