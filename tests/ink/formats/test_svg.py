from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

import pentrace.ink.formats._path as path_data
import pentrace.ink.formats.svg as svg_format
from pentrace.errors import FormatError, InkError
from pentrace.ink import Ink
from pentrace.ink.formats._path import FLATNESS, flatten
from pentrace.ink.formats.svg import dumps, loads


def svg(body: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()


def strokes(body: str) -> list[list[list[float]]]:
    return [stroke.points.round(4).tolist() for stroke in loads(svg(body)).strokes()]


@pytest.mark.parametrize(
    ("data", "points"),
    [
        ("M1 2L3 4", [[[1, 2], [3, 4]]]),
        ("m1,2 3,4 5,6", [[[1, 2], [4, 6], [9, 12]]]),
        ("M0 0 10 0 10 10z", [[[0, 0], [10, 0], [10, 10], [0, 0]]]),
        ("M0 0H5V5h-5v-5", [[[0, 0], [5, 0], [5, 5], [0, 5], [0, 0]]]),
        ("M0 0L1 0ZL0 5", [[[0, 0], [1, 0], [0, 0]], [[0, 0], [0, 5]]]),
        ("M0 0L1 0M5 5l1 0m2 2h1", [[[0, 0], [1, 0]], [[5, 5], [6, 5]], [[8, 7], [9, 7]]]),
        ("M.5.5-1-1", [[[0.5, 0.5], [-1, -1]]]),
        ("M1e1-2E-1L0,0", [[[10, -0.2], [0, 0]]]),
        ("M4 4", [[[4, 4]]]),
        ("", []),
    ],
)
def test_lines_of_path_data(data: str, points: list[list[list[float]]]) -> None:
    assert [subpath.tolist() for subpath in flatten(data)] == points


@pytest.mark.parametrize(
    ("data", "polygon", "curve"),
    [
        ("M0 0C0 10 10 10 10 0", 30, lambda t: (30 * t**2 * (1 - t) + 10 * t**3, 30 * t * (1 - t))),
        ("M0 0Q5 10 10 0", 22.36, lambda t: (10 * t, 20 * t * (1 - t))),
        ("M0 0c0 10 10 10 10 0", 30, lambda t: (30 * t**2 * (1 - t) + 10 * t**3, 30 * t * (1 - t))),
    ],
)
def test_curves_are_as_flat_as_promised(
    data: str, polygon: float, curve: Callable[[float], tuple[float, float]]
) -> None:
    [points] = flatten(data)
    truth = np.array([curve(t) for t in np.linspace(0, 1, 2000)])
    fine = np.concatenate([np.linspace(a, b, 400) for a, b in pairwise(points)])
    away = np.array([np.hypot(*(fine - point).T).min() for point in truth[::10]])
    assert away.max() < FLATNESS * polygon + 0.005
    assert len(points) < 40
    assert points[-1].tolist() == [10, 0]


def test_smooth_curves_reflect_the_last_control_point() -> None:
    [cubic] = flatten("M0 0C0 10 10 10 10 0S20 -10 20 0")
    [same] = flatten("M0 0C0 10 10 10 10 0C10 -10 20 -10 20 0")
    assert np.array_equal(cubic, same)
    [quadratic] = flatten("M0 0Q5 10 10 0T20 0T30 0")
    [same] = flatten("M0 0Q5 10 10 0Q15 -10 20 0Q25 10 30 0")
    assert np.array_equal(quadratic, same)
    [plain] = flatten("M0 0L10 0S20 5 20 0")
    [same] = flatten("M0 0L10 0C10 0 20 5 20 0")
    assert np.array_equal(plain, same)


def test_arcs_lie_on_their_ellipse() -> None:
    for large, sweep, centre in ((0, 1, (5, 0)), (1, 0, (5, 0))):
        [points] = flatten(f"M0 0A5 5 0 {large}{sweep} 10 0")
        np.testing.assert_allclose(np.hypot(*(points - centre).T), 5, atol=1e-9)
        assert points[-1].tolist() == [10, 0]
        assert math.copysign(1, points[len(points) // 2][1]) == (-1 if sweep else 1), (
            "sweep 1 goes over the top"
        )
    [small] = flatten("M0 0A10 10 0 0 1 10 0")
    [great] = flatten("M0 0A10 10 0 1 1 10 0")
    assert np.hypot(*np.diff(great, axis=0).T).sum() > 4 * np.hypot(*np.diff(small, axis=0).T).sum()
    [turned] = flatten("M0 0A10 5 90 0 1 10 0")
    u, v = turned[:, 1] / 10, (turned[:, 0] - 5) / 5
    np.testing.assert_allclose(u**2 + v**2, 1, atol=1e-9)
    [grown] = flatten("M0 0A1 1 0 0 1 10 0")
    np.testing.assert_allclose(np.hypot(*(grown - (5, 0)).T), 5, atol=1e-9)
    assert [points.tolist() for points in flatten("M0 0A0 5 0 0 1 10 0")] == [[[0, 0], [10, 0]]]


def test_transforms_and_groups() -> None:
    line = '<path d="M1 0L2 0"/>'
    assert strokes(f'<g transform="translate(10 20)">{line}</g>') == [[[11, 20], [12, 20]]]
    assert strokes(f'<g transform="scale(2,3) translate(1,1)">{line}</g>') == [[[4, 3], [6, 3]]]
    assert strokes(f'<g transform="rotate(90)">{line}</g>') == [[[0, 1], [0, 2]]]
    assert strokes(f'<g transform="rotate(180, 1, 1)">{line}</g>') == [[[1, 2], [0, 2]]]
    assert strokes(f'<g transform="matrix(1 2 3 4 5 6)">{line}</g>') == [[[6, 8], [7, 10]]]
    assert strokes('<g transform="skewX(45)"><path d="M0 1L1 1"/></g>') == [[[1, 1], [2, 1]]]
    assert strokes('<g transform="skewY(45)"><path d="M1 0L1 1"/></g>') == [[[1, 1], [1, 2]]]
    assert strokes(f'<g transform="translate(1)"><g transform="scale(2)">{line}</g>{line}</g>') == [
        [[3, 0], [5, 0]],
        [[2, 0], [3, 0]],
    ]


def test_shapes_in_the_order_of_the_document() -> None:
    assert strokes(
        '<polyline points="0,0 1,1 2 0"/><rect width="9" height="9"/><line x1="5" x2="6px" y2="1"/>'
        '<polygon points="0 0 1 0 1 1"/><defs><path d="M9 9L8 8"/></defs>'
    ) == [[[0, 0], [1, 1], [2, 0]], [[5, 0], [6, 1]], [[0, 0], [1, 0], [1, 1], [0, 0]]]


def test_an_old_doctype_is_passed_over() -> None:
    doctype = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert len(loads(doctype.encode() + svg('<path d="M0 0L1 1"/>'))) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html/>", "expected an <svg>, found <html>"),
        (
            svg("<rect width='9' height='9'/>"),
            "expected at least one path, polyline, polygon or line; found none",
        ),
        (svg('<path d="L1 1"/>'), "path data: expected M first"),
        (svg('<path d="M0 0B1"/>'), "found 'B'"),
        (svg('<path d="M0 0L1"/>'), "expected a number, found the end"),
        (svg('<path d="M0 0L1 x"/>'), "expected a number, found 'x'"),
        (svg('<path d="M0 0Z1 1"/>'), "path data: expected a command, found a number"),
        (svg('<path d="M0 0A5 5 0 2 0 9 9"/>'), "expected a flag, 0 or 1"),
        (svg('<path d="M0 0L1e999 1"/>'), "expected finite numbers, found 1e999"),
        (svg('<path d="M0 0L1e30 1"/>'), "expected numbers of at most"),
        (svg('<g transform="spin(3)"><path d="M0 0"/></g>'), "transform: cannot read spin of 1 numbers"),
        (svg('<g transform="rotate(3"><path d="M0 0"/></g>'), "transform: cannot read 'rotate(3'"),
        (svg('<line x1="1 2"/>'), "x1: expected one number"),
        (svg("<g>" * 300), "200 deep"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "expected no declarations of its own in the DOCTYPE"),
        (b'<!DOCTYPE svg SYSTEM "x.dtd"><svg>&a;</svg>', "expected at least one path"),
        (svg("<path"), "broken XML: "),
    ],
)
def test_broken_and_hostile_files_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises((FormatError, InkError)) as caught:
        loads(data)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        '<path d="M0 0' + "h1" * 100 + '"/>',
        '<polyline points="' + "1 " * 210 + '"/>',
        '<path d="M0 0H9"/>' * 60,
    ],
)
def test_no_more_points_are_made_than_an_ink_may_have(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    for module in (svg_format, path_data):
        monkeypatch.setattr(module, "MAX_POINTS", 100)
    with pytest.raises(FormatError, match="expected at most 100 points, found more"):
        loads(svg(body))


def test_an_entity_bomb_is_not_blown_up() -> None:
    levels = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE svg [<!ENTITY e0 "M0 0">{levels}]><svg><path d="&e11;"/></svg>'
    with pytest.raises(FormatError, match="expected no declarations"):
        loads(bomb.encode())


def test_a_drawing_goes_through_the_points() -> None:
    ink = Ink([[0, 0], [10, 5], [20, 0], [21, 0], [40, 40]], [0, 0, 0, 1, 1])
    drawing = dumps(ink, width=2).decode()
    assert 'stroke-width="2"' in drawing
    assert 'viewBox="-8 -8 56 56"' in drawing
    assert drawing.count("<path") == 2
    assert 'd="M40,40h0"' in drawing, "a dot is a line of no length with round ends"
    back = loads(drawing.encode())
    for point in ink.points:
        assert np.hypot(*(back.points - point).T).min() < 1e-5
    # the curve keeps to its points: it does not swing out by more than a part of a chord
    assert np.abs(back.points[:, 1]).max() <= 40
    assert back.points[:-1, 1].min() > -1


def test_repeated_points_do_not_break_the_curve() -> None:
    drawing = dumps(Ink([[0, 0], [0, 0], [5, 5], [5, 5]], [0, 0, 0, 1]))
    assert b"nan" not in drawing
    assert np.isfinite(loads(drawing).points).all()


def test_the_width_suits_the_ink() -> None:
    assert b'stroke-width="8"' in dumps(Ink([[0, 0], [200, 100]], [0, 1], scale=0.025))
    assert b'stroke-width="0"' not in dumps(Ink([[3, 3]], [1]))
