from __future__ import annotations

import numpy as np
import pytest

import pentrace.ink.formats._inkml_values as values
import pentrace.ink.formats.inkml as inkml_format
from pentrace.errors import FormatError, InkWarning
from pentrace.ink import Ink
from pentrace.ink.formats.inkml import dumps, loads


def inkml(body: str) -> bytes:
    return f'<ink xmlns="http://www.w3.org/2003/InkML">{body}</ink>'.encode()


def test_everything_but_the_scale_comes_back() -> None:
    ink = Ink([(0.0, 0.1), (1.5, -2.0), (3.0, 4.0)], [0, 1, 1], time=[0, 8.5, 20], pressure=[0.25, 1, 0])
    assert loads(dumps(ink)) == ink
    plain = Ink([[0, 0.1], [1.5, -2]], [0, 1])
    assert loads(dumps(plain)) == plain


def test_gaps_of_pressure_and_the_unit_come_back() -> None:
    ink = Ink([(0, 1), (2, 3), (4, 5)], [0, 1, 1], pressure=[np.nan, 0.5, np.nan], unit_mm=0.01)
    assert b"<trace>0 1 ?, 2 3 0.5</trace>" in dumps(ink)
    assert loads(dumps(ink)) == ink


def test_what_is_left_out_is_said() -> None:
    with pytest.warns(InkWarning, match="^1 point without a place: left out$"):
        assert len(loads(inkml("<trace>1 1,? 2</trace>"))) == 1


def test_no_more_points_are_made_than_an_ink_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inkml_format, "MAX_POINTS", 100)
    monkeypatch.setattr(values, "MAX_POINTS", 100)
    with pytest.raises(FormatError, match="expected at most 100 points, found more"):
        loads(inkml("<trace>1 1,2 2</trace>" * 51))


def test_numbers_are_the_shortest_that_come_back() -> None:
    assert b"<trace>0.1 3</trace>" in dumps(Ink(np.array([[0.1, 3]], np.float32), [1]))
