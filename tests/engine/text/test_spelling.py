"""What of a typed text a model can write."""

from __future__ import annotations

import json

import pytest

from pentrace.engine.text import spelling
from tests.golden.spelling import ALPHABET, GOLDEN, golden


def test_the_golden_file_is_what_is_found_now() -> None:
    assert json.loads(GOLDEN.read_text("utf-8")) == golden()


def test_what_a_hand_does_not_tell_apart_is_written() -> None:
    assert spelling.plain("“I’d ﬁnd…” – he\ufeff", ALPHABET) == '"I\'d find..." - he'
    assert spelling.unknown(spelling.plain("It’s", ALPHABET), ALPHABET) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("@", 'cannot write @: the model has not learned it; write "(at)"?'),
        ("\u00e9", 'cannot write \u00e9: the model has not learned it; write "e"?'),
        ("\u0301", "cannot write \u25cc\u0301: the model has not learned it; leave it out?"),
        ("\x00", r"cannot write '\x00': the model has not learned it; leave it out?"),
        (
            "@\u00df\u2603",
            "cannot write @, \u00df, \u2603: the model has not learned them; "
            'write "(at)" for @, "ss" for \u00df, nothing for \u2603?',
        ),
        (
            "\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6",
            "cannot write \u05d0, \u05d1, \u05d2, \u05d3, \u05d4 and 2 more: the model has not learned them; "
            "write nothing for \u05d0, nothing for \u05d1, nothing for \u05d2, nothing for \u05d3, nothing for \u05d4?",
        ),
    ],
)
def test_advice(text: str, sentence: str) -> None:
    assert spelling.advice(list(text), ALPHABET) == sentence


def test_what_stands_for_a_character_is_itself_known() -> None:
    assert spelling.instead("\u00e9", "abc") is None
    assert spelling.instead("@", "at") is None
    assert spelling.plain("a\u2019", "a") == "a\u2019"
