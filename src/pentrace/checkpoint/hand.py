"""Hands: what a checkpoint learned from somebody's writing, in a small file (spec/hand.md).

A hand holds how the float32 tensors of its base change, and a change of the recurrent weights of low rank. In the file
every change is an int8, with a scale for each row. Hands are applied with the same bits in Python and in the page. The
hand of a base that knows text has a hand code too. The ink that it was learned from is in the file only if its owner
asks for that.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pentrace import files
from pentrace.arrays import F32, Array
from pentrace.checkpoint import tensor_file
from pentrace.checkpoint.checkpoint import Checkpoint
from pentrace.checkpoint.hand_changes import (
    ADDED,
    DIRECTIONS,
    changed,
    learned_tensors,
    pack_change,
    rows_of,
    unpack_change,
)
from pentrace.errors import HandError, InkError
from pentrace.ink import Ink

FORMAT = "pentrace hand"
FORMAT_VERSION = "2"
SUFFIX = ".hand.safetensors"
SCALE = "scale"
"""The tensor with the scales of all rows."""
MAX_FILE = 2**20
INK = "ink"
"""The tensor with the ink, where it is kept, and the key of the metadata that says what its lines are."""
MOST_INK = 80_000
"""Points of ink in a file: 12 bytes each, which leaves room for everything else, but for very many lines."""
_NUMBERS = ("lines", "points", "held_back")
_SCORES = ("before", "after")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Pass(NamedTuple):
    """A row of the log of learning, in nats a point and raw whiteboard units."""

    number: int
    """0 before learning, then 1 for the first pass over the lines."""
    learned: float | None
    """Of the lines, each window before its step; None before learning."""
    scored: float
    """After the pass, of the line that is held back; of the lines themselves where none is."""


@dataclass(frozen=True)
class Hand:
    """A hand that was learned."""

    base: str
    """SHA-256 of the checkpoint's file, in hexadecimal."""
    tensors: dict[str, F32] = field(repr=False)
    """What is added to each of `learned_tensors`, by name, and DIRECTIONS; rounded as in the file."""
    lines: int
    """Lines that were written for it."""
    points: int
    """Points of these lines."""
    held_back: int
    """Lines among them that were held back, and on which it was scored; 0: it was scored on all of them."""
    before: float | None
    """Score under the base, in nats a point and raw whiteboard units; None where a mix was not scored."""
    after: float | None
    """Score under the hand; None where a mix was not scored."""
    share: float | None = None
    """The share of the change of the numbers that is kept (engine/hand/legible.py); None in a mix."""
    ink: tuple[Ink, ...] = field(default=(), repr=False)
    """The lines that it was learned from; empty unless its owner asked for them."""
    texts: tuple[str | None, ...] = ()
    """What these lines say; None where that is not known."""
    log: tuple[Pass, ...] = field(default=(), compare=False, repr=False)
    """What happened while it was learned; not in the file."""
    changes: F32 | None = field(default=None, compare=False, repr=False)
    """How much each cell does otherwise on the last line, [H] (engine/hand/cell_changes.py); not in the file."""
    with_text: int = field(default=0, compare=False)
    """Lines that were learned with their text; not in the file."""

    def apply(self, checkpoint: Checkpoint) -> Checkpoint:
        """The checkpoint with this hand.

        Raises HandError for another checkpoint than the one it was learned on, and where a number becomes too large.
        """
        self.check(checkpoint)
        with np.errstate(all="ignore"):  # what overflows is refused below
            tensors = changed(checkpoint, self.tensors)
        check_finite(tensors)
        return replace(
            checkpoint,
            tensors=checkpoint.tensors | tensors,
            score=None,
            name=f"{checkpoint.name}, in a learned hand",
        )

    def check(self, checkpoint: Checkpoint) -> None:
        """Raises HandError unless the hand was learned on this checkpoint."""
        if checkpoint.sha256 != self.base:
            raise HandError(
                f"hand: expected the checkpoint that it was learned on ({self.base[:12]}), "
                f"found {checkpoint.name!r} ({checkpoint.sha256[:12]}); use that one, or learn the hand again on this"
            )
        rank = len(self.tensors.get(ADDED, ()))
        expected = learned_tensors(checkpoint.architecture, rank)
        expected[DIRECTIONS] = (rank, checkpoint.architecture.hidden)
        if {name: tensor.shape for name, tensor in self.tensors.items()} != expected:
            raise HandError(f"hand: expected the tensors {', '.join(expected)}, found others")


def load(path: str | os.PathLike[str]) -> Hand:
    """Reads a hand. Raises HandError for anything that spec/hand.md does not allow."""
    source = Path(path)
    return decode(files.read(source, MAX_FILE, HandError), source.name)


def save(hand: Hand, path: str | os.PathLike[str]) -> None:
    """Writes a hand to a temporary name and moves it into place. Raises HandError."""
    files.write(Path(path), encode(hand), HandError)


def encode(hand: Hand) -> bytes:
    """A hand as the bytes of a file. Raises HandError where `decode` would not read them again."""
    metadata = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "base": hand.base,
        **{key: str(getattr(hand, key)) for key in _NUMBERS},
    }
    if hand.before is not None and hand.after is not None:
        metadata |= {"before": f"{hand.before:.6f}", "after": f"{hand.after:.6f}"}
    if hand.share is not None:
        metadata["share"] = f"{hand.share:g}"
    packed = {name: pack_change(name, change) for name, change in hand.tensors.items()}
    # float32 first, so that it lies at multiples of four bytes
    tensors: dict[str, Array] = {SCALE: np.concatenate([scale for _, scale in packed.values()]).astype("<f4")}
    if hand.ink:
        check_ink(hand.ink)
        lines = [
            {"points": len(ink), "scale": ink.scale, "text": text}
            for ink, text in zip(hand.ink, hand.texts, strict=True)
        ]
        metadata[INK] = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
        rows = np.concatenate([np.column_stack([ink.points, ink.pen_up]) for ink in hand.ink])
        tensors[INK] = rows.astype("<f4")
    tensors |= {name: values for name, (values, _) in packed.items()}
    blob = tensor_file.encode(metadata, tensors)
    if len(blob) > MAX_FILE:
        raise HandError(
            f"hand: expected at most {MAX_FILE:,} bytes, found {len(blob):,}; mix fewer hands, or do not keep the ink"
        )
    return blob


def check_finite(tensors: Mapping[str, Array]) -> None:
    """Raises HandError for what a hand makes too large for float32."""
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise HandError(
                f"hand: expected changes that leave {name} finite, found larger ones; learn the hand again"
            )


def check_ink(inks: Sequence[Ink]) -> None:
    """Raises HandError for more ink than a hand's file may hold."""
    if (points := sum(map(len, inks))) > MOST_INK:
        raise HandError(
            f"hand: expected at most {MOST_INK:,} points of ink to keep, found {points:,}; "
            "leave out lines, or do not keep the ink"
        )


def decode(blob: bytes, name: str) -> Hand:
    """The hand in a file's bytes; `name` is what errors call the file."""
    metadata, tensors = tensor_file.decode(blob, name, HandError)
    if metadata.get("format") != FORMAT:
        raise _fail(name, "format", f'"{FORMAT}"', "something else; this is not a learned hand")
    if metadata.get("format_version") != FORMAT_VERSION:
        raise _fail(name, "format_version", f'"{FORMAT_VERSION}"', "another; learn the hand again")
    base = metadata.get("base", "")
    if not _SHA256.fullmatch(base):
        raise _fail(name, "base", "the SHA-256 of a checkpoint", "something else")
    lines, points, held_back = (int(_number(metadata, key, name)) for key in _NUMBERS)
    scored = any(key in metadata for key in _SCORES)
    before, after = (_number(metadata, key, name) if scored else None for key in _SCORES)
    for key, tensor in tensors.items():
        expected, kind = (np.float32, "a float32") if key in (SCALE, INK) else (np.int8, "an int8")
        if tensor.dtype != expected or tensor.ndim == 0 or tensor.size == 0:
            raise _fail(name, key, f"{kind} tensor", "something else")
        # 127 times a scale is finite too; NaN is not below any limit
        limit = np.finfo(np.float32).max / (127 if key == SCALE else 1)
        if not (np.abs(tensor) <= limit).all():
            raise _fail(name, key, "finite numbers", "a NaN or an infinity")
    share = _number(metadata, "share", name) if "share" in metadata else None
    ink, texts = _ink(metadata.get(INK), tensors.pop(INK, None), name)
    scales, at = tensors.pop(SCALE, np.empty(0, np.float32)), 0
    counts = {key: len(rows_of(key, tensor)) for key, tensor in tensors.items()}
    if scales.shape != (sum(counts.values()),):
        raise _fail(name, SCALE, f"{sum(counts.values())} scales", f"{scales.size}")
    changes = {}
    for key, count in counts.items():
        changes[key] = unpack_change(tensors[key], scales[at : at + count])
        at += count
    return Hand(base, changes, lines, points, held_back, before, after, share, ink, texts)


def _ink(table: str | None, rows: F32 | None, name: str) -> tuple[tuple[Ink, ...], tuple[str | None, ...]]:
    """The ink that is kept, and its texts: lines one after the other, (x, y, pen lift) [n, 3], and a list of them."""
    if table is None and rows is None:
        return (), ()
    try:
        lines = tensor_file.parse(table or "")
        inks, at = [], 0
        for line in lines:
            part = rows[at : at + line["points"]]  # type: ignore[index]
            at += line["points"]
            inks.append(Ink(part[:, :2], part[:, 2] == 1, scale=line["scale"]))
        texts = tuple(line["text"] for line in lines)
        if at == len(rows) and all(text is None or isinstance(text, str) for text in texts):  # type: ignore[arg-type]
            return tuple(inks), texts
    except (ValueError, TypeError, KeyError, IndexError, InkError):
        pass
    raise _fail(name, INK, "the lines that the hand was learned from", "something else")


def _fail(name: str, what: str, expected: str, found: str) -> HandError:
    return HandError(f"{name}: {what}: expected {expected}, found {found}")


def _number(metadata: dict[str, str], key: str, name: str) -> float:
    try:
        value = float(metadata[key])
    except (KeyError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise _fail(name, key, "a number", "something else")
    return value
