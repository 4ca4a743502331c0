"""What `pentrace info` says of a learned hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pentrace.checkpoint.hand_changes import HAND_CODE
from pentrace.errors import HandError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pentrace.checkpoint.hand import Hand


def hand_object(hand: Hand, path: Path) -> dict[str, Any]:
    """The facts of a hand, as JSON has it; null if not known."""
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "base": hand.base,
        "lines": hand.lines,
        "points": hand.points,
        "held_back": hand.held_back,
        "before": hand.before,
        "after": hand.after,
        "share": hand.share,
        "ink": [{"points": len(ink), "text": text} for ink, text in zip(hand.ink, hand.texts, strict=True)],
    }


def share_kept(hand: Hand) -> str:
    """How much a learned hand keeps."""
    assert hand.share is not None  # noqa: S101 - only a mix has none
    code = ", and the whole hand code" if HAND_CODE in hand.tensors else ""
    return f"{100 * hand.share:g}% of what changed{code}"


def hand_facts(hand: Hand, path: Path) -> Iterator[tuple[str, str]]:
    """The facts of a hand, as labels and text."""
    yield "hand", f"learned from {hand.lines} lines, {hand.points:,} points"
    yield "file", f"{path}, {path.stat().st_size:,} bytes"
    yield "base", _base(hand)
    if hand.before is not None and hand.after is not None:
        on = "a line held back" if hand.held_back else "the lines themselves"
        yield "score", f"{hand.before:.3f} nats a point before, {hand.after:.3f} after, on {on}"
    if hand.share is not None:
        yield "share", share_kept(hand)
    points = sum(map(len, hand.ink))
    yield (
        "ink",
        f"{len(hand.ink)} lines, {points:,} points, are in the file" if hand.ink else "not in the file",
    )


def _base(hand: Hand) -> str:
    """The checkpoint that it was learned on."""
    from pentrace.engine.writer import included_base

    try:
        return f"{included_base(hand).name}, which is included ({hand.base[:12]})"
    except HandError:
        return f"a checkpoint that is not included ({hand.base[:12]})"
