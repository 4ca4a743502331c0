"""Handwriting-like lines as functions of time, and pens that sample them: where the preparation is tried.

A stroke is a few letters as oscillations of x and y with one frequency and an amplitude a letter (Hollerbach 1981),
so it has the speed of a hand: slow in turns and at its ends. A small letter is 1 unit high.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pentrace.ink import Ink

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Motion:
    """A stroke: seconds from pen down to pen up, and where the pen is at times [k], as [k, 2]."""

    seconds: float
    at: Callable[[Array], Array]


def line(seed: int, letters: int = 14) -> list[Motion]:
    """The strokes of a line, left to right, with dots and bars."""
    random = np.random.default_rng(seed)
    motions: list[Motion] = []
    x = 0.0
    while letters > 0:
        k = min(letters, int(random.integers(1, 6)))
        letters -= k
        run = _run(random, k, x)
        motions.append(run)
        x = float(run.at(np.array([run.seconds]))[0, 0] + random.uniform(0.25, 0.9))
        if random.random() < 0.35:
            over = run.at(np.array([run.seconds * random.uniform(0.2, 0.8)]))[0]
            motions.append(_dot(over) if random.random() < 0.5 else _bar(over))
    return motions


def pen(motions: list[Motion], rate: float, grid: float, height: float = 30.0) -> Ink:
    """What a pen reports at `rate` points a second on a grid of `grid` pixels, small letters `height` pixels high.

    As in a browser, nothing is reported where the pen has not moved to another place of the grid.
    """
    strokes = []
    for motion in motions:
        times = np.arange(0, motion.seconds, 1 / rate)
        points = motion.at(np.append(times, motion.seconds)) * height + 50
        points = np.rint(points / grid) * grid
        strokes.append(points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))])
    return Ink.from_strokes(strokes)


def _run(random: np.random.Generator, letters: int, x: float) -> Motion:
    turns = 2 * letters
    omega = 2 * np.pi * random.uniform(3.8, 5.2)
    seconds = turns * 2 * np.pi / omega
    middles = (np.arange(turns) + 0.5) * seconds / turns
    tall = np.repeat(random.choice([0.5, 0.5, 0.5, 1.0], size=letters), 2) * random.uniform(0.85, 1.15, turns)
    wide = random.uniform(0.15, 0.4, turns)
    phase = random.uniform(0.6, 2.2, turns)

    def blend(times: Array, values: Array) -> Array:
        near = np.exp(-0.5 * ((times[:, None] - middles) / (0.6 * seconds / turns)) ** 2)
        blended: Array = near @ values / near.sum(axis=1)
        return blended

    def at(times: Array) -> Array:
        y = -blend(times, tall) * (1 - np.cos(omega * times))
        sway = blend(times, wide) * (np.sin(omega * times + blend(times, phase)) - np.sin(phase[0]))
        return np.stack([x + 1.1 * times * omega / (2 * np.pi) + sway - 0.2 * y, y], axis=1)

    return Motion(seconds, at)


def _dot(over: Array) -> Motion:
    return Motion(0.05, lambda t: over + np.stack([1.2 * t, 0.8 * t - 1.6], axis=1))


def _bar(over: Array) -> Motion:
    def at(t: Array) -> Array:
        part = t / 0.25
        return over + np.stack([3 * part**2 - 2 * part**3 - 0.5, 0.1 * np.sin(9 * t) - 1.3], axis=1)

    return Motion(0.25, at)


@dataclass(frozen=True)
class Agreement:
    """How well two prepared inks agree (spec/ink.md, Tolerances); distances in model units.

    points: how many more points the first has, as a part.
    path: root mean square and largest distance of the first's points from the second's path, stroke by stroke.
    aligned: root mean square distance between points at the same part of a stroke's points.
    """

    points: float
    path: float
    path_max: float
    aligned: float


def agreement(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> Agreement:
    """Compares offsets [m, 3] of two pens for one line. web/test/engine/prepare.test.ts does the same."""
    a, b = _strokes(first), _strokes(second)
    assert len(a) == len(b), "the same strokes"
    away = np.concatenate([_distances(p, q) for p, q in zip(a, b, strict=True)])
    apart = np.concatenate([_apart(p, q) for p, q in zip(a, b, strict=True)])
    return Agreement(len(first) / len(second) - 1, _rms(away), float(away.max()), _rms(apart))


def _strokes(offsets: npt.NDArray[np.float32]) -> list[Array]:
    """Positions [k, 2] of each stroke; all from the first point on."""
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(offsets[:, :2].astype(np.float64), axis=0)])
    ends = [0, *(np.flatnonzero(offsets[:, 2]) + 2).tolist()]
    return [points[begin:end] for begin, end in pairwise(ends)]


def _distances(points: Array, path: Array) -> Array:
    """Distance of each point [k, 2] from a path [j, 2] of straight pieces."""
    if len(path) == 1:
        path = np.repeat(path, 2, axis=0)
    begin, way = path[:-1], np.diff(path, axis=0)
    square = np.maximum((way**2).sum(axis=1), 1e-12)
    part = np.clip(((points[:, None] - begin) * way).sum(axis=2) / square, 0, 1)
    nearest: Array = np.sqrt(((points[:, None] - begin - part[..., None] * way) ** 2).sum(axis=2)).min(axis=1)
    return nearest


def _apart(first: Array, second: Array) -> Array:
    k = min(len(first), len(second))

    def spread(points: Array) -> Array:
        at, own = np.linspace(0, 1, k), np.linspace(0, 1, len(points))
        return np.stack([np.interp(at, own, points[:, c]) for c in (0, 1)], axis=1)

    apart: Array = np.hypot(*(spread(first) - spread(second)).T)
    return apart


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(values**2)))
