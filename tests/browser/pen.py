"""A scripted pen: writes words of single-stroke letters with the timing of a hand.

The letters are those that the page's example is made of (web/src/ink/letters.json).
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

LETTERS = Path(__file__).parents[2] / "web/src/ink/letters.json"
STEP_MS = 8
LIFT_MS = 60
SPEED = 0.36
"""Client pixels a millisecond, for letters whose x is 32 pixels high."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Hand:
    """Where and how large to write, in client pixels: the start of the baseline, the height of an x."""

    x: float
    y: float
    x_height: float = 34.0

    def strokes(self, text: str) -> Iterator[list[Point]]:
        """The strokes of a text as points one STEP_MS apart; the last one of each stands on its end."""
        lettering = json.loads(LETTERS.read_text())
        left = 0.0
        for word in text.split(" "):
            late: list[list[Point]] = []
            for name in word:
                letter = lettering["letters"][name]
                for path in letter["strokes"]:
                    yield self._timed([(left + x, y) for x, y in path])
                late += [[(left + x, y) for x, y in path] for path in letter.get("late", [])]
                left += letter["advance"]
            for path in late:
                yield self._timed(path)
            left += lettering["space"]

    def seconds(self, text: str) -> float:
        """How long a hand takes to write a text."""
        return sum((len(points) - 1) * STEP_MS + LIFT_MS for points in self.strokes(text)) / 1000

    def _timed(self, path: list[Point]) -> list[Point]:
        """Client points along the smooth curve through a path in x-heights, slower where it turns."""
        curve = [(self.x + x * self.x_height, self.y - y * self.x_height) for x, y in smooth(path)]
        points = [curve[0]]
        step = SPEED * STEP_MS * self.x_height / 32
        walked = 0.0
        for before, here, after in zip(curve, curve[1:], [*curve[2:], curve[-1]], strict=False):
            turn = abs(math.remainder(angle(here, after) - angle(before, here), 2 * math.pi))
            walked += math.dist(before, here) * (1 + 4 * turn)
            if walked >= step:
                points.append(here)
                walked = 0.0
        return [*points, curve[-1]]


def smooth(path: list[Point], steps: int = 24) -> Iterator[Point]:
    """Points on the Catmull-Rom curve through a path."""
    ends = [path[0], *path, path[-1]]
    yield path[0]
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for k in range(1, steps + 1):
            u = k / steps
            yield (
                catmull_rom(a[0], b[0], c[0], d[0], u),
                catmull_rom(a[1], b[1], c[1], d[1], u),
            )


def catmull_rom(a: float, b: float, c: float, d: float, u: float) -> float:
    """One coordinate between b (u = 0) and c (u = 1)."""
    return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))


def angle(a: Point, b: Point) -> float:
    """Direction from one point to another, in radians."""
    return math.atan2(b[1] - a[1], b[0] - a[0])


DRAW = """async (points) => {
    const surface = document.elementFromPoint(...points[0]);
    const pen = { pointerId: 1, pointerType: "mouse", isPrimary: true, pressure: 0.5, bubbles: true, composed: true };
    const send = (type, [clientX, clientY], button, buttons) =>
        surface.dispatchEvent(
            new PointerEvent(type, { ...pen, clientX, clientY, button, buttons, cancelable: true }),
        );
    send("pointerdown", points[0], 0, 1);
    for (let k = 1; k < points.length; k++) {
        if (k % 8 === 0) await new Promise(requestAnimationFrame);
        send("pointermove", points[k], -1, 1);
    }
    send("pointerup", points.at(-1), 0, 0);
}"""
"""Draws a stroke, eight events a frame. The browser's own mouse has one event a frame, however fast it is moved."""


def write(page: Page, text: str, hand: Hand, *, hold: bool = False, hurry: bool = True) -> None:
    """Writes a text with the mouse; with `hold` the last stroke is left unfinished, the pen down.

    In a hurry the points come as fast as the page takes them; else when a hand would make them.
    """
    strokes = list(hand.strokes(text))
    for number, points in enumerate(strokes):
        if hold and number == len(strokes) - 1:
            _move(page, points[: max(2, 2 * len(points) // 3)], hurry)
        elif hurry:
            page.evaluate(DRAW, points)
        else:
            _move(page, points, hurry)
            page.mouse.up()
            time.sleep(LIFT_MS / 1000)


def _move(page: Page, points: list[Point], hurry: bool) -> None:
    """Puts the browser's mouse down and moves it."""
    page.mouse.move(*points[0])
    page.mouse.down()
    due = time.monotonic()
    for point in points[1:]:
        due += 0 if hurry else STEP_MS / 1000
        time.sleep(max(0.0, due - time.monotonic()))
        page.mouse.move(*point)
