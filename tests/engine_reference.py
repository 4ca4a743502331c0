"""An LSTM with a mixture read-out in plain float64 numpy, written from the equations: what the engine must agree with.

Letter key: H hidden, L layers, K mixture components.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.checkpoint import Checkpoint, pack_rows
from pentrace.checkpoint.architecture import CELLS, Architecture, TextArchitecture
from pentrace.checkpoint.checkpoint import scale_name

Array = npt.NDArray[Any]
Cell = dict[str, Any]
"""What makes an architecture's cell."""
PLAIN: Cell = {}
NORMALISED: Cell = {"normalised": True}
HYPER: Cell = {"normalised": True, "code": 5}
EACH_CELL = pytest.mark.parametrize("cell", [PLAIN, NORMALISED, HYPER], ids=CELLS)
TEXT = TextArchitecture("abcde é.", reach=2, embedding=6, hand=5, hands=3)
WITH_TEXT = {
    f"{name}-text": {**cell, "text": TEXT}
    for name, cell in zip(CELLS, (PLAIN, NORMALISED, HYPER), strict=True)
}
EACH_TEXT = pytest.mark.parametrize("cell", WITH_TEXT.values(), ids=WITH_TEXT)
EACH_KIND = pytest.mark.parametrize(
    "cell", [PLAIN, NORMALISED, HYPER, *WITH_TEXT.values()], ids=[*CELLS, *WITH_TEXT]
)


def random_checkpoint(
    layers: int,
    hidden: int,
    mixtures: int,
    seed: int = 1,
    *,
    normalised: bool = False,
    code: int = 0,
    text: TextArchitecture | None = None,
) -> Checkpoint:
    """Weights that keep cells alive and the mixture of a pen-like size."""
    rng = np.random.default_rng(seed)
    architecture = Architecture(layers, hidden, mixtures, normalised, code, text)
    tensors: dict[str, Array] = {}
    for name, (dtype, shape) in architecture.tensors().items():
        spread = 0.3 if name.startswith("head") else 0.5 if "modulation" in name or "text" in name else 1.5
        if dtype == "I8":
            weight = rng.normal(0, spread / np.sqrt(shape[1]), shape).astype(np.float32)
            tensors[name], tensors[scale_name(name)] = pack_rows(weight)
        elif name not in tensors:
            around = 1 if name.endswith("gain") else 0
            tensors[name] = (around + rng.normal(0, 0.5, shape)).astype(np.float32)
    tensors["head.bias"] = head_bias(mixtures, rng)
    tensors["lstm.0.input.weight"] *= 2
    data = {"name": "none", "splits": [], "terms": "none: random weights", "citation": "none"}
    if text:
        tensors["head.bias"] = np.append(tensors["head.bias"], np.float32(0))
        tensors["head.scale"][-1] *= 10
        tensors["head.bias"][-1] = advance_bias(Checkpoint(architecture, tensors, "random", data), rng)
    return Checkpoint(architecture, tensors, "random", data)


def advance_bias(checkpoint: Checkpoint, rng: np.random.Generator) -> float:
    """A bias with which the pointer moves on now and then: at one step of three or so."""
    reference = Reference(checkpoint)
    reference.codes = [1, 2, 1, 1, 2, 2, 1, 2]
    logits = []
    for k in range(40):
        reference.move(k // 5)
        reference.consume(np.append(rng.normal(0, 0.7, 2), rng.random() < 0.1))
        logits.append(reference.read_out(reference.h)[-1])
    return -float(np.quantile(logits, 0.7))


def head_bias(mixtures: int, rng: np.random.Generator) -> Array:
    """Pen lifts now and then, offsets of about half a model unit, correlations of both signs."""
    spread = [(0, 0.5), (0.2, 0.3), (0, 0.3), (-1, 0.4), (-1, 0.4), (0, 0.8)]
    rows = [rng.normal(mean, sigma, mixtures) for mean, sigma in spread]
    return np.concatenate([[-1.5], *rows]).astype(np.float32)


def normal(x: Array) -> Array:
    """x [..., H] with mean 0 and variance 1 over the cells (Ba, Kiros and Hinton 2016, equation 3)."""
    centred = x - x.mean(-1, keepdims=True)
    result: Array = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return result


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


@dataclass
class Step:
    """What predicts an offset."""

    c: Array  # [L, H]
    z: Array  # [1 + 6K]


class Reference:
    """Graves 2013, eqs. 7 to 11 without peepholes, gate rows i f g o; h rounded to 2^-14 for the products.

    With layer normalisation, Ha, Dai and Le 2016, appendix A.2.1, the intervention on c before c is normalised; with a
    code, gains to which it adds.
    """

    def __init__(self, checkpoint: Checkpoint, interventions: dict[int, Array] | None = None) -> None:
        self.architecture = checkpoint.architecture
        self.weights = {
            name: checkpoint.float_tensor(name).astype(np.float64)
            for name in checkpoint.tensors
            if not name.endswith("scale")
        }
        self.interventions = interventions or {}
        a = self.architecture
        self.c = np.zeros((a.layers, a.hidden))
        self.h = np.zeros((a.layers, a.hidden))
        self.gates = np.zeros((a.layers, 4, a.hidden))
        self.codes: list[int] = []
        self.hand = np.zeros(a.text.hand if a.text else 0)
        self.pointer = 0
        self.standing = 0

    def move(self, pointer: int) -> None:
        """Puts the pointer where the next step is made."""
        self.standing = self.standing + 1 if pointer == self.pointer else 0
        self.pointer = pointer

    def text_numbers(self) -> Array:
        """What the text gives to a step, [U]."""
        text = self.architecture.text
        assert text
        near = range(self.pointer - text.reach, self.pointer + text.reach + 1)
        codes = [self.codes[k] if 0 <= k < len(self.codes) else 0 for k in near]
        standing = min(self.standing, 48)
        characters = self.weights["text.embedding"][codes].ravel()
        return np.concatenate([characters, [standing / 48, 1 / (1 + standing)], self.hand])

    def consume(self, offset: Array, h: Array | None = None) -> None:
        """One offset. With `h` [L, H], what the engine says h is afterwards, upper layers see that."""
        below = np.asarray(offset, np.float64)
        for layer in range(self.architecture.layers):
            name = f"lstm.{layer}"
            before = self.rounded(self.h[layer])
            a = self.weights[f"{name}.input.weight"] @ below
            a += self.weights[f"{name}.recurrent.weight"] @ before
            written = layer == 0 and bool(self.codes)
            if written:
                a += self.weights["text.weight"] @ self.text_numbers()
            if self.architecture.normalised:
                gain = self.weights[f"{name}.gain"]
                if self.architecture.code:
                    code = self.weights[f"{name}.code.input.weight"] @ below
                    code += self.weights[f"{name}.code.recurrent.weight"] @ before
                    if written:
                        code += self.weights["text.code.weight"] @ self.text_numbers()
                    gain = gain + self.weights[f"{name}.modulation.weight"] @ code
                a = normal(a.reshape(4, -1)).ravel() * gain
            i, f, g, o = (a + self.weights[f"{name}.bias"]).reshape(4, -1)
            i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
            c = f * self.c[layer] + i * g
            on, scale_c, shift_c, scale_h, shift_h = self.interventions.get(layer, np.zeros((5, 1)))
            c = np.where(on == 1, c * scale_c + shift_c, c)
            seen = c
            if self.architecture.normalised:
                seen = normal(c) * self.weights[f"{name}.cell.gain"] + self.weights[f"{name}.cell.bias"]
            hidden = o * np.tanh(seen)
            hidden = np.where(on == 1, hidden * scale_h + shift_h, hidden)
            self.c[layer], self.h[layer], self.gates[layer] = c, hidden, (i, f, g, o)
            below = self.rounded(hidden if h is None else h[layer])

    @staticmethod
    def rounded(h: Array) -> Array:
        rounded: Array = np.clip(np.rint(h * 2**14), -(2**15), 2**15 - 1) / 2**14
        return rounded

    def read_out(self, h: Array) -> Array:
        """z [1 + 6K], and with a text one number more, of hidden states [L, H]."""
        z: Array = self.weights["head.weight"] @ self.rounded(h[-1].astype(float)) + self.weights["head.bias"]
        return z

    def trace(self, offsets: Array) -> list[Step]:
        """From the start: a zero offset, then row k before offset k."""
        self.consume(np.zeros(3))
        steps = []
        for offset in offsets:
            steps.append(Step(self.c.copy(), self.read_out(self.h)))
            self.consume(offset)
        return steps


@dataclass
class Density:
    """Graves 2013, eqs. 18 to 25, straight from z."""

    e: float
    pi: Array
    mu: Array  # [2, K]
    sigma: Array  # [2, K]
    rho: Array

    @classmethod
    def of(cls, z: Array, variation: float = 1.0, *, text: bool = False) -> Density:
        pen, rest = z[0], z[1:].reshape(6, -1)
        longer = np.array([[0.042], [0.019]]) if text and variation < 1 else np.zeros((2, 1))
        pi = np.exp((rest[0] - rest[0].max()) / variation)
        return cls(
            e=float(sigmoid(pen)),
            pi=pi / pi.sum(),
            mu=rest[1:3] * (1 + longer * (1 - variation**2)),
            sigma=np.exp(rest[3:5]) * variation,
            rho=np.tanh(rest[5]),
        )

    def flat(self) -> Array:
        return np.concatenate([[self.e], self.pi, self.mu.ravel(), self.sigma.ravel(), self.rho])

    def log_position(self, xy: Array) -> Array:
        """log p(dx, dy) of points [N, 2]."""
        d = (xy[:, :, None] - self.mu) / self.sigma
        one = 1 - self.rho**2
        quadratic = (d[:, 0] ** 2 + d[:, 1] ** 2 - 2 * self.rho * d[:, 0] * d[:, 1]) / one
        log_n = -np.log(2 * np.pi * self.sigma.prod(0) * np.sqrt(one)) - quadratic / 2
        terms = np.log(self.pi) + log_n
        largest = terms.max(1, keepdims=True)
        result: Array = (largest + np.log(np.exp(terms - largest).sum(1, keepdims=True)))[:, 0]
        return result


def philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> list[int]:
    """Philox 4x32-10 (Salmon et al. 2011), four 32-bit words."""
    (k0, k1), (c0, c1, c2, c3) = key, counter
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return [c0, c1, c2, c3]
