"""Neatening keeps the rule of spec/neaten.md, the same in Python and in the page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.engine import Engine
from pentrace.engine.neaten import HAND, RETURN, expected_offset, neatened
from pentrace.engine.writer import Writer
from pentrace.errors import InkError
from pentrace.ink import Ink, formats
from tests.golden.engine import TINY, ink
from tests.golden.neaten import GOLDEN, golden

OWN = ink()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load(TINY))


def test_the_golden_ink_is_neatened_again() -> None:
    written, found = json.loads(GOLDEN.read_text(encoding="utf-8")), golden()
    for case, expected in zip(found["cases"], written["cases"], strict=True):
        np.testing.assert_allclose(case["neat"], expected["neat"], atol=1e-5)


def test_each_step_mixes_what_the_model_expects_after_the_neatened_path(engine: Engine) -> None:
    share = 0.8
    neat = neatened(engine, OWN, share)
    mixture = engine.trace(engine.start(), neat, c=False, h=False, mixture=True)["mixture"]
    places = [
        np.concatenate(([[0, 0]], np.cumsum(path[:, :2], axis=0, dtype=np.float64))) for path in (OWN, neat)
    ]
    apart = places[0] - places[1]
    begins = np.concatenate(([False], OWN[:-1, 2] == 1))
    assert begins.any()
    for t, u in enumerate(OWN[:, :2].astype(np.float64)):
        mixed = u + share * (expected_offset(mixture[t], u) - u) + RETURN * apart[t]
        np.testing.assert_allclose(neat[t, :2], u + apart[t] if begins[t] else mixed, atol=1e-5)
    # Pen lifts stay, and a stroke begins where it began.
    assert np.array_equal(neat[:, 2], OWN[:, 2])
    np.testing.assert_allclose(apart[1:][begins], 0, atol=1e-5)
    assert np.abs(apart).max() > 0.01


def test_what_was_meant_is_the_mean_of_what_is_likely_beside_a_blurred_sight() -> None:
    mixture = np.array([0.1, 0.7, 0.3, 0.4, -0.3, 0.1, 0.9, 0.2, 1.2, 0.3, 0.6, 0.5, -0.7], np.float32)
    u = np.array([0.3, 0.2])
    # By numbers: the mean of m over pi_k N(m | mu_k, S_k) N(u | m, tau^2).
    grid = np.linspace(-6, 6, 601)
    x, y = np.meshgrid(grid, grid)
    density = np.zeros_like(x)
    for k in range(2):
        pi, mu_x, mu_y, sigma_x, sigma_y, rho = mixture[1:].astype(np.float64).reshape(6, 2)[:, k]
        dx, dy = (x - mu_x) / sigma_x, (y - mu_y) / sigma_y
        free = 1 - rho**2
        density += (
            pi / (sigma_x * sigma_y * free**0.5) * np.exp(-(dx**2 + dy**2 - 2 * rho * dx * dy) / (2 * free))
        )
    density *= np.exp(-((x - u[0]) ** 2 + (y - u[1]) ** 2) / (2 * HAND**2))
    expected = [(density * of).sum() / density.sum() for of in (x, y)]
    np.testing.assert_allclose(expected_offset(mixture, u), expected, atol=1e-4)


def test_a_writer_neatens_in_the_ink_s_own_units() -> None:
    writer = Writer(load(TINY))
    line = Ink.from_offsets(OWN, 0.25, (40, -8))
    same = writer.neaten(line, share=0)
    np.testing.assert_allclose(same.points, line.points, atol=1e-4)
    assert np.array_equal(same.pen_up, line.pen_up)
    neat = writer.neaten(line)
    expected = Ink.from_offsets(neatened(writer.engine, line.offsets(), 0.8), 0.25, (40, -8))
    assert np.array_equal(neat.points, expected.points)
    assert neat.scale == 0.25
    drawn = Ink(line.points, line.pen_up)  # no scale: prepared first
    assert len(writer.neaten(drawn)) == len(writer.prepare(drawn))
    with pytest.raises(InkError, match=r"share: expected 0 to 1, found 1\.5"):
        writer.neaten(line, share=1.5)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    formats.write(Ink.from_offsets(OWN), tmp_path / "mine.json")
    out = tmp_path / "neat.json"
    assert (
        main(["neaten", str(tmp_path / "mine.json"), "-c", str(TINY), "--share", "0.5", "-o", str(out)]) == 0
    )
    assert f"{len(OWN) + 1} points, 50% of each movement the model's" in capsys.readouterr().out
    expected = Writer(load(TINY)).neaten(formats.read(tmp_path / "mine.json"), share=0.5)
    np.testing.assert_allclose(formats.read(out).points, expected.points, atol=1e-3)
