"""The engine's inner functions against numpy's, and its random numbers against published ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import wasmtime

from tests.engine_reference import philox

Array = npt.NDArray[Any]


class Functions:
    """engine/assembly/functions.ts, built for these tests."""

    def __init__(self, path: Path) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        instance = wasmtime.Instance(self.store, wasmtime.Module(engine, path.read_bytes()), [])
        self.exports: dict[str, Any] = dict(instance.exports(self.store))

    def alloc(self, size: int) -> int:
        pointer = int(self.exports["alloc"](self.store, size))
        assert pointer
        return pointer

    def view(self, pointer: int, dtype: Any, n: int) -> Array:
        memory = self.exports["memory"]
        raw = np.ctypeslib.as_array(memory.data_ptr(self.store), (memory.data_len(self.store),))
        view: Array = raw[pointer : pointer + n * np.dtype(dtype).itemsize].view(dtype)
        return view

    def map(self, kind: str, number: int, x: Array) -> Array:
        source, to = self.alloc(x.nbytes), self.alloc(x.nbytes)
        self.view(source, x.dtype, len(x))[:] = x
        self.exports[kind](self.store, number, source, to, len(x))
        return self.view(to, x.dtype, len(x)).copy()

    def normalise(self, x: Array, gain: Array, bias: Array) -> tuple[bool, Array]:
        """What becomes of x [H], and whether its variance is finite."""
        hidden, padded = len(x), -(-len(x) // 4) * 4
        assert self.exports["createModel"](self.store, 1, hidden, 1, 1, 0, 0, 0, 0, 0) == 0
        at, gain_at, bias_at = (self.alloc(size * padded) for size in (16, 4, 4))
        # Four cells, then what belongs to other gates and must stay as it is.
        table = np.full((padded // 4, 16), 7, np.float32)
        table[:, :4] = np.pad(x, (0, padded - hidden)).reshape(-1, 4)
        self.view(at, np.float32, table.size)[:] = table.ravel()
        self.view(gain_at, np.float32, hidden)[:] = gain
        self.view(bias_at, np.float32, hidden)[:] = bias
        finite = self.exports["normalise"](self.store, at, gain_at, bias_at, 16)
        after = self.view(at, np.float32, table.size).reshape(table.shape).copy()
        assert (after[:, 4:] == 7).all()
        cells = after[:, :4].ravel()
        assert not finite or not cells[hidden:].any(), "cells beyond H must stay 0"
        return bool(finite), cells[:hidden]

    def words(self, key: tuple[int, int], counter: tuple[int, int, int, int]) -> list[int]:
        to = self.alloc(16)
        signed = [int(np.uint32(word).view(np.int32)) for word in (*key, *counter)]
        self.exports["words"](self.store, *signed, to)
        return [int(word) for word in self.view(to, np.uint32, 4)]


@pytest.fixture(scope="module")
def functions(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Functions:
    path = tmp_path_factory.mktemp("functions") / "functions.wasm"
    command = ["npm", "run", "--silent", "build:functions", "-w", "engine", "--", "--outFile", str(path)]
    subprocess.run([sys.executable, "hatch_build.py", *command], cwd=repository, check=True)
    return Functions(path)


def float32_line(low: float, high: float) -> Array:
    """400,000 points of a line, and as many near zero on a logarithmic one."""
    near = np.logspace(-30, 1.9, 200_000)
    return np.concatenate([np.linspace(low, high, 400_000), near, -near]).astype(np.float32)


def sigmoid(x: Array) -> Array:
    result: Array = np.exp(-np.logaddexp(0, -x))
    return result


# Largest errors as spec/engine.md states them: absolute, relative.
VECTOR = [
    (0, lambda x: np.exp(-x), (-88, 87), None, 3e-7),
    (1, sigmoid, (-87, 87), 1.2e-7, 4e-7),
    (2, np.tanh, (-87, 87), 4e-7, 4e-7),
]


@pytest.mark.parametrize(("number", "exact", "span", "absolute", "relative"), VECTOR)
def test_vector_functions(
    functions: Functions,
    number: int,
    exact: Callable[[Array], Array],
    span: tuple[float, float],
    absolute: float | None,
    relative: float,
) -> None:
    x = float32_line(*span)
    wanted = exact(x.astype(np.float64))
    error = np.abs(functions.map("vector", number, x) - wanted)
    assert (error / np.maximum(np.abs(wanted), 1e-300))[wanted != 0].max() <= relative
    if absolute is not None:
        assert error.max() <= absolute


def test_vector_functions_at_the_ends(functions: Functions) -> None:
    x = np.array([0, -0.0, np.inf, -np.inf, 1e30, -1e30, np.nan, 1], np.float32)
    e, s, t = (functions.map("vector", number, x) for number in range(3))
    assert (e[0], s[0], t[0]) == (1, 0.5, 0)
    assert (s[2], s[4]) == (1, 1)
    assert 1 - 6e-8 <= t[2] == t[4] <= 1
    assert t[3] == t[5] == -t[2]
    assert 0 < s[3] < 1e-37
    assert np.isnan([e[6], s[6], t[6]]).all(), "a NaN must not turn into a number"
    # Odd and never beyond 1, or a hidden state could leave [-1, 1].
    x = float32_line(-20, 20)
    tanh = functions.map("vector", 2, x)
    np.testing.assert_array_equal(functions.map("vector", 2, -x), -tanh)
    assert np.abs(tanh).max() == 1


def over_cells(x: Array) -> np.float32:
    """The mean of x in float32, summed in the order of spec/engine.md."""
    lanes = np.zeros(4, np.float32)
    for j, value in enumerate(x):
        lanes[j % 4] += value
    mean: np.float32 = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) / np.float32(len(x))
    return mean


@pytest.mark.parametrize("hidden", [1, 2, 3, 4, 5, 30, 500, 2047])
def test_layer_normalisation_sums_in_the_order_of_the_specification(
    functions: Functions, hidden: int
) -> None:
    """Bit for bit: another order would give other bits."""
    rng = np.random.default_rng(hidden)
    x, gain, bias = (rng.normal(mean, 1, hidden).astype(np.float32) for mean in (3, 1, 0))
    centred = x - over_cells(x)
    inverse = np.float32(1) / np.sqrt(over_cells(centred * centred) + np.float32(1e-5))
    finite, found = functions.normalise(x, gain, bias)
    assert finite
    np.testing.assert_array_equal(found, (centred * inverse) * gain + bias)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e25])
def test_layer_normalisation_of_what_has_no_variance(functions: Functions, value: float) -> None:
    x = np.array([1, value, 2, 3, 4], np.float32)
    assert not functions.normalise(x, np.ones(5, np.float32), np.zeros(5, np.float32))[0]


SCALAR: list[tuple[int, Callable[[Array], Array], Array]] = [
    (0, np.exp, np.linspace(-708, 709, 100_000)),
    (1, np.log, np.logspace(-300, 300, 100_000)),
    (1, np.log, np.linspace(0.5, 2, 100_000)),
    (2, np.log1p, np.concatenate([[0], np.logspace(-300, 0, 100_000)])),
]


@pytest.mark.parametrize(("number", "exact", "x"), SCALAR)
def test_scalar_functions(
    functions: Functions, number: int, exact: Callable[[Array], Array], x: Array
) -> None:
    np.testing.assert_allclose(functions.map("scalar", number, x), exact(x), rtol=1e-15, atol=1e-300)


def test_cosine_of_a_turn(functions: Functions) -> None:
    u = np.linspace(-1, 1, 100_001)
    np.testing.assert_allclose(functions.map("scalar", 3, u), np.cos(2 * np.pi * u), rtol=0, atol=1e-15)


def test_exp_beyond_its_range(functions: Functions) -> None:
    x = np.array([-709, -1e300, 710, 1e300, 0, -0.0])
    assert functions.map("scalar", 0, x).tolist() == [0, 0, np.inf, np.inf, 1, 1]


# kat_vectors of Random123 (Salmon et al. 2011), philox4x32 with ten rounds: key, counter, words.
KNOWN_ANSWERS = [
    ((0, 0), (0, 0, 0, 0), [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ((2**32 - 1,) * 2, (2**32 - 1,) * 4, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@pytest.mark.parametrize(("key", "counter", "words"), KNOWN_ANSWERS)
def test_philox(
    functions: Functions, key: tuple[int, int], counter: tuple[int, int, int, int], words: list[int]
) -> None:
    assert functions.words(key, counter) == words
    assert philox(key, counter) == words
