from __future__ import annotations

import numpy as np
import pytest

import pentrace.ink.formats.inkml as inkml_format
from pentrace.errors import FormatError, InkError
from pentrace.ink import Ink
from pentrace.ink.formats.inkml import dumps, loads


def inkml(body: str) -> bytes:
    return f'<ink xmlns="http://www.w3.org/2003/InkML">{body}</ink>'.encode()


def channels(*names: str) -> str:
    return "<traceFormat>" + "".join(f'<channel name="{name}"/>' for name in names) + "</traceFormat>"


def test_traces_are_strokes() -> None:
    ink = loads(inkml("<trace>10 0, 9 14,\n 8 28</trace><traceGroup><trace>1 1</trace></traceGroup>"))
    assert ink.points.tolist() == [[10, 0], [9, 14], [8, 28], [1, 1]]
    assert ink.pen_up.tolist() == [False, False, True, True]
    assert ink.time is None
    assert ink.scale is None


def test_everything_but_the_scale_comes_back() -> None:
    ink = Ink([(0.0, 0.1), (1.5, -2.0), (3.0, 4.0)], [0, 1, 1], time=[0, 8.5, 20], pressure=[0.25, 1, 0])
    assert loads(dumps(ink)) == ink
    plain = Ink([[0, 0.1], [1.5, -2]], [0, 1])
    assert loads(dumps(plain)) == plain


def test_differences_as_in_the_recommendation() -> None:
    # section 3.2.1: first differences after ', second differences after ", values again after !
    assert loads(inkml("<trace>1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6</trace>")).points.tolist() == [
        [1125, 18432],
        [1148, 18475],
        [1178, 18510],
        [1211, 18540],
        [1251, 18567],
        [1297, 18596],
        [1349, 18633],
        [1404, 18676],
    ]
    assert loads(inkml("<trace>10 10,'1'2,3 4,!50!60,70 80</trace>")).points.tolist() == [
        [10, 10],
        [11, 12],
        [14, 16],
        [50, 60],
        [70, 80],
    ]


def test_a_star_is_as_before() -> None:
    assert loads(inkml("<trace>10 10,* 12,'1'1,* *</trace>")).points.tolist() == [
        [10, 10],
        [10, 12],
        [11, 13],
        [12, 14],
    ]


def test_channels_in_any_order_with_time_and_force() -> None:
    trace_format = (
        '<traceFormat><channel name="T" units="s"/><channel name="Y"/><channel name="X"/>'
        '<channel name="F" max="1000"/><channel name="B" type="boolean"/></traceFormat>'
    )
    ink = loads(inkml(trace_format + "<trace>1600000000.5 2 1 500 T, 1600000000.508 4 3 1000 F</trace>"))
    assert ink.points.tolist() == [[1, 2], [3, 4]]
    assert ink.time is not None
    assert ink.time.round(3).tolist() == [0, 8]
    assert ink.pressure is not None
    assert ink.pressure.tolist() == [0.5, 1]


def test_traces_in_the_air_are_left_out_and_parts_are_joined() -> None:
    ink = loads(
        inkml(
            '<trace>0 0,1 1</trace><trace type="penUp">5 5</trace>'
            '<trace continuation="begin">2 2</trace><trace continuation="end">3 3</trace>'
        )
    )
    assert ink.pen_up.tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<svg/>", "expected an <ink>, found <svg>"),
        (inkml(""), "expected at least one <trace> with points, found none"),
        (inkml("<trace> </trace>"), "expected at least one <trace> with points, found none"),
        (inkml("<trace>1 2, 3</trace>"), "trace: expected 2 values a point, found '3'"),
        (inkml("<trace>1 2 3</trace>"), "trace: expected 2 values a point, found '1 2 3'"),
        (inkml("<trace>1 NaN</trace>"), "trace: expected 2 values a point, found '1 NaN'"),
        (inkml("<trace>1 1e999</trace>"), "points: expected finite numbers"),
        (inkml("<trace>1 ?</trace>"), "trace: expected known values, found '?'"),
        (inkml(channels("X", "Z") + "<trace>1 2</trace>"), "expected channels X and Y, found X, Z"),
        (inkml(channels("X", "Y") + channels("Y", "X") + "<trace>1 2</trace>"), "found several that differ"),
        (
            inkml(
                '<traceFormat><channel name="X"/><channel name="Y"/><channel name="T" units="h"/></traceFormat>'
            ),
            "channel T: expected units s, ms or us, found 'h'",
        ),
        (inkml(channels("X", "Y", "F") + "<trace>1 2 -3, 1 2 5</trace>"), "pressure: expected 0 to 1"),
    ],
)
def test_broken_files_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises((FormatError, InkError)) as caught:
        loads(data)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_more_points_are_made_than_an_ink_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inkml_format, "MAX_POINTS", 100)
    with pytest.raises(FormatError, match="expected at most 100 points, found more"):
        loads(inkml("<trace>1 1,2 2</trace>" * 51))


def test_numbers_are_the_shortest_that_come_back() -> None:
    assert b"<trace>0.1 3</trace>" in dumps(Ink(np.array([[0.1, 3]], np.float32), [1]))
