"""Error rates are edit distances."""

from __future__ import annotations

import pytest

from pentrace.data.error_rate import edits, error_rate


def distance(a: str, b: str) -> int:
    """Levenshtein distance, the plain way."""
    if not a or not b:
        return len(a) + len(b)
    return min(distance(a[1:], b) + 1, distance(a, b[1:]) + 1, distance(a[1:], b[1:]) + (a[0] != b[0]))


@pytest.mark.parametrize(
    ("read", "text"),
    [("", "a"), ("a", ""), ("kitten", "sitting"), ("abc", "abc"), ("ab", "ba"), ("xaby", "ab")],
)
def test_edits_are_the_levenshtein_distance(read: str, text: str) -> None:
    assert edits(read, text) == distance(read, text)


def test_the_error_rate_leaves_white_space_out_and_keeps_case() -> None:
    total = error_rate(["Hel lo.", "abc"], ["hello .", "a b c"])
    assert (total.errors, total.characters, total.lines) == (1, 9, [1, 0])
