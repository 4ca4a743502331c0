from __future__ import annotations

import pytest

from pentrace.errors import FormatError, InkError
from pentrace.ink.formats.iam import loads


def line_xml(*strokes: str) -> bytes:
    body = "".join(
        f'<Stroke colour="black" start_time="0" end_time="1">{points}</Stroke>' for points in strokes
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<WhiteboardCaptureSession>'
        '<WhiteboardDescription><SensorLocation corner="top_left"/>'
        '<DiagonallyOppositeCoords x="6512" y="1376"/></WhiteboardDescription>'
        f"<StrokeSet>{body}</StrokeSet></WhiteboardCaptureSession>"
    ).encode("latin-1")


def test_a_line_in_raw_units_with_times_from_its_first_point() -> None:
    ink = loads(
        line_xml(
            '<Point x="1073" y="1058" time="14978711.86"/><Point x="1072" y="1085" time="14978711.88"/>',
            '<Point x="1215" y="1353" time="14978712.50"/>',
        )
    )
    assert ink.points.tolist() == [[1073, 1058], [1072, 1085], [1215, 1353]]
    assert ink.pen_up.tolist() == [False, True, True]
    assert ink.time is not None
    assert ink.time.tolist() == [0, 20, 640]
    assert ink.scale == 0.025


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<ink/>", "expected a <WhiteboardCaptureSession>, found <ink>"),
        (line_xml(), "expected at least one <Stroke> with a <Point>, found none"),
        (line_xml(""), "expected at least one <Stroke> with a <Point>, found none"),
        (line_xml('<Point x="1" y="2"/>'), "<Point>: expected numbers x, y and time"),
        (line_xml('<Point x="1" y="b" time="0"/>'), "<Point>: expected numbers x, y and time"),
        (line_xml('<Point x="1" y="nan" time="0"/>'), "points: expected finite numbers"),
        (line_xml('<Point x="1" y="1" time="0"/>')[:-9], "broken XML: "),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><WhiteboardCaptureSession/>', "expected at least one <Stroke>"),
    ],
)
def test_broken_lines_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises((FormatError, InkError)) as caught:
        loads(data)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
