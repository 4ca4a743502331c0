from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pentrace.errors import FormatError, InkError
from pentrace.ink import Ink
from pentrace.ink.formats.json import Document, dump_document, dumps, load_document, loads


@settings(deadline=None)
@given(st.data())
def test_every_ink_with_times_in_order_comes_back_bit_for_bit(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 20))

    def column(low: float, high: float) -> Any:
        return arrays.arrays(np.float32, n, elements=st.floats(low, high, width=32))

    ink = Ink(
        np.stack([data.draw(column(-(2**24), 2**24)), data.draw(column(-(2**24), 2**24))], axis=1),
        data.draw(arrays.arrays(np.bool_, n)),
        data.draw(st.none() | column(0, 2**24).map(np.sort)),
        data.draw(st.none() | column(0, 1)),
        data.draw(st.none() | st.floats(1e-3, 1e3)),
    )
    assert loads(dumps(ink)) == ink


def test_controls_and_seed_come_back() -> None:
    document = Document(Ink([[0, 1]], [1]), {"length": 30, "play": True}, 2**64 - 1)
    assert load_document(dump_document(document)) == document


def test_the_bytes_are_those_of_the_specification() -> None:
    ink = Ink(
        [(0.0, 0.0), (1.5, 2.0), (9.0, 9.0)], [0, 1, 0], time=[0, 8, 20], pressure=[0.5, 0.1, 1], scale=0.025
    )
    assert dump_document(Document(ink, {"a": 1}, 42)) == (
        b'{"format":"pentrace-ink","format_version":1,"scale":0.025,"strokes":['
        b'{"x":[0,1.5],"y":[0,2],"time":[0,8],"pressure":[0.5,0.1]},'
        b'{"x":[9],"y":[9],"time":[20],"pressure":[1]}],"open":true,"controls":{"a":1},"seed":"42"}\n'
    )


def document(**changes: Any) -> bytes:
    good = {"format": "pentrace-ink", "format_version": 1, "strokes": [{"x": [0, 1], "y": [0, 1]}]}
    return json.dumps(good | changes).encode()


def test_what_is_not_needed_may_be_left_out() -> None:
    ink = loads(document(later="yes"))
    assert ink.scale is None
    assert ink.time is None
    assert ink.pen_up.tolist() == [False, True]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"format"', "broken JSON: "),
        (b"\xff\xfe\x00", "broken JSON: "),
        (b"[" * 100_000, "broken JSON: "),
        (b"9" * 5000, "broken JSON: "),
        (b'{"x": NaN}', "broken JSON: expected finite numbers, found NaN"),
        (b"[1]", 'expected an object with "format": "pentrace-ink"'),
        (document(format_version=2), "format_version: expected 1, found 2"),
        (document(strokes=[]), "strokes: expected a list of at least one stroke"),
        (document(strokes=[1]), "stroke 0: expected an object with x and y"),
        (document(strokes=[{"x": [1]}]), "stroke 0: y: expected a list of at least one number"),
        (document(strokes=[{"x": [], "y": []}]), "stroke 0: x: expected a list of at least one number"),
        (document(strokes=[{"x": ["1"], "y": [1]}]), "stroke 0: x: expected a list of at least one number"),
        (document(strokes=[{"x": [True], "y": [1]}]), "stroke 0: x: expected a list of at least one number"),
        (
            document(strokes=[{"x": [1], "y": [1, 2]}]),
            "stroke 0: y: expected 1 numbers, as many as x, found 2",
        ),
        (document(strokes=[{"x": [10**300], "y": [1]}]), "stroke 0: x: expected a list"),
        (document(strokes=[{"x": [1e300], "y": [1]}]), "x: expected numbers of at most"),
        (
            document(strokes=[{"x": [1], "y": [1], "time": [1]}, {"x": [1], "y": [1]}]),
            "time: expected it in every stroke or in none, found it in 1 of 2",
        ),
        (
            document(strokes=[{"x": [1], "y": [1], "pressure": [7]}]),
            "pressure: expected numbers of at most 1",
        ),
        (document(scale="big"), "scale: expected a number or null"),
        (document(scale=True), "scale: expected a number or null"),
        (document(scale=-1), "scale: expected a finite number above 0, found -1"),
        (document(open=1), "open: expected true or false"),
        (document(controls=[1]), "controls: expected an object"),
        (document(seed=42), "seed: expected a whole number below 2^64 as a string"),
        (document(seed="-1"), "seed: expected a whole number below 2^64 as a string"),
        (document(seed=str(2**64)), "seed: expected a whole number below 2^64 as a string"),
    ],
)
def test_broken_documents_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises((FormatError, InkError)) as caught:
        load_document(data)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_number_of_thousands_of_digits_is_refused_in_plain_words() -> None:
    data = (
        f'{{"format": "pentrace-ink", "format_version": 1, "strokes": [{{"x": [{"9" * 5000}], "y": [0]}}]}}'
    )
    with pytest.raises(FormatError, match="broken JSON: expected numbers of at most 1000 digits, found more"):
        loads(data.encode())


def test_other_bytes_than_utf8_are_refused() -> None:
    with pytest.raises(FormatError, match="broken JSON: expected UTF-8, found other bytes"):
        loads(b'{"format": "\xe9"}')
