from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

import pentrace.ink.formats._path as path_data
import pentrace.ink.formats._strokes as strokes_module
from pentrace.errors import FormatError, InkWarning
from pentrace.ink import Ink
from pentrace.ink.formats._path import FLATNESS
from pentrace.ink.formats.svg import dumps, loads


def svg(body: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()


def flatten(data: str) -> list[np.ndarray]:
    """The points of each subpath of path data that has no error."""
    subpaths, error = path_data.flatten(data)
    assert error is None
    return [np.array(subpath.points) for subpath in subpaths]


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


@pytest.mark.parametrize(
    "body",
    [
        '<path d="M0 0' + "h1" * 100 + '"/>',
        '<polyline points="' + "1 " * 210 + '"/>',
        '<path d="M0 0H9"/>' * 60,
        '<circle cx="5" cy="5" r="1"/>' * 101,
    ],
)
def test_no_more_points_are_made_than_an_ink_may_have(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    for module in (strokes_module, path_data):
        monkeypatch.setattr(module, "MAX_POINTS", 100)
    with pytest.raises(FormatError, match="expected at most 100 points, found more"):
        loads(svg(body))


def test_an_entity_bomb_is_not_blown_up() -> None:
    levels = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE svg [<!ENTITY e0 "M0 0">{levels}]><svg><path d="&e11;"/></svg>'
    with pytest.raises(FormatError, match="entity e1: expected plain text without & < %"):
        loads(bomb.encode())
    flat = f'<!DOCTYPE svg [<!ENTITY a "{"x" * 1000}">]><svg><desc>{"&a;" * 2000}</desc></svg>'
    with pytest.raises(FormatError, match="entities that add at most 1,048,576 characters"):
        loads(flat.encode())


def doubling(levels: int) -> str:
    """Groups that each use the one before twice."""
    uses = (f'<g id="g{k + 1}">{f"""<use href="#g{k}"/>""" * 2}</g>' for k in range(levels))
    return '<defs><g id="g0"><path d="M0 0L1 1"/></g>' + "".join(uses) + f'</defs><use href="#g{levels}"/>'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (doubling(18), "at most 100,000 elements drawn through <use>"),
        ("<g/>" * 300_001, "at most 300,000 elements"),
        ("<style>" + "*{fill:none}" * 2000 + "</style>" + "<g/>" * 600, "CSS: expected fewer rules"),
        ("<style>" + "a{fill:none}" * 10_001 + "</style>", "CSS: expected at most 10,000 rules"),
    ],
)
def test_work_is_bounded(body: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        loads(svg(body))


def test_what_is_left_out_is_said() -> None:
    with pytest.warns(InkWarning, match=r"^path 1: drawn up to an error at character 10: expected a number"):
        assert len(loads(svg('<path d="M0 0L1 1L"/>'))) == 2


def test_a_drawing_goes_through_the_points() -> None:
    ink = Ink([[0, 0], [10, 5], [20, 0], [21, 0], [40, 40]], [0, 0, 0, 1, 1])
    drawing = dumps(ink, width=2).decode()
    assert 'stroke-width="2"' in drawing
    assert 'viewBox="-8 -8 56 56"' in drawing
    assert 'width="14.81667mm" height="14.81667mm"' in drawing, "a unit of unknown size is a pixel of CSS"
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


def test_a_drawing_is_as_large_as_on_paper() -> None:
    assert b'width="101.6mm"' in dumps(Ink([[0, 0], [2000, 100]], [0, 1], scale=0.05)), "a model unit is 1 mm"
    measured = Ink([[0, 0], [2000, 100]], [0, 1], unit_mm=0.01)
    assert b'width="20.08mm"' in dumps(measured, width=1)
    assert loads(dumps(measured)).unit_mm == pytest.approx(0.01, rel=1e-6)


def test_the_width_suits_the_ink() -> None:
    assert b'stroke-width="8"' in dumps(Ink([[0, 0], [200, 100]], [0, 1], scale=0.025))
    assert b'stroke-width="0"' not in dumps(Ink([[3, 3]], [1]))
