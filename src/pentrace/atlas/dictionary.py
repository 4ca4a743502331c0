"""A dictionary of directions in the space of all cells: a sparse autoencoder with TopK (docs/dictionary.md).

Gao et al. 2024, "Scaling and evaluating sparse autoencoders" (arXiv:2406.04093), section 2.3. Cells are standardised
first, so no bias before the encoder is needed. Entries that are never active are put back where the dictionary is
worst, in place of the paper's auxiliary loss. Needs the extra `pentrace[atlas]`.

Letter key: N cells of all layers in turn, M entries, k active entries of a row, n rows, B rows of a batch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from safetensors.numpy import save as save_tensors

from pentrace import files
from pentrace.arrays import F32, I64
from pentrace.atlas.atlas import Part
from pentrace.atlas.feature_scores import mean_and_deviation
from pentrace.checkpoint import tensor_file
from pentrace.errors import AtlasError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FORMAT = "pentrace dictionary"
_ARRAYS = ("mean", "deviation", "encoder", "bias", "decoder")
_MAX_FILE = 2**28
_BATCH = 512
_RATE = 1e-3
_DECAYS = (0.9, 0.999)
"""Of Adam's means of gradients and of their squares (Kingma and Ba 2015, algorithm 1)."""
_BLOCK = 4096
"""Rows that are encoded at a time."""


class Training(NamedTuple):
    """How a dictionary is learned: M entries, k of them active in a row, passes over all rows, and the seed."""

    entries: int = 2048
    active: int = 16
    passes: int = 6
    seed: int = 0


@dataclass(frozen=True)
class Dictionary:
    """Entries, each a direction in the space of standardised cells.

    mean, deviation: float32 [N], of each cell; z = (x - mean) / deviation.
    encoder: float32 [M, N], and bias [M]: what an entry looks for.
    decoder: float32 [M, N], rows of length 1: what an entry stands for.
    active: k. The k entries with the largest products are active; those at 0 or below count as 0.
    """

    mean: F32
    deviation: F32
    encoder: F32
    bias: F32
    decoder: F32
    active: int

    @property
    def entries(self) -> int:
        """M."""
        return len(self.bias)

    def standardised(self, x: F32) -> F32:
        """Cells z [n, N] of cells x [n, N]."""
        return (x - self.mean) / self.deviation

    def products(self, x: F32) -> F32:
        """What each entry finds in rows x [n, N], before only the largest are kept: [n, M]."""
        found: F32 = self.standardised(x) @ self.encoder.T + self.bias
        return found

    def codes(self, x: F32) -> csr_array:
        """How active each entry is in rows x [n, N]: sparse float32 [n, M], at least 0, at most k above it."""
        from scipy.sparse import vstack

        blocks = [self.standardised(x[at : at + _BLOCK]) for at in range(0, len(x), _BLOCK)]
        return vstack([_sparse(*_top(self, z), self.entries) for z in blocks], format="csr")

    def explained(self, x: F32, codes: csr_array) -> float:
        """The part of the variance of rows x [n, N], standardised, that their codes explain."""
        z = self.standardised(x)
        return 1 - float(np.square(codes @ self.decoder - z).sum()) / _variation(z)


@dataclass(frozen=True)
class Dictionaries:
    """What `pentrace atlas --dictionary` makes.

    parts: the dictionary of c and that of h.
    about: what was measured with them (docs/dictionary.md).
    """

    parts: dict[Part, Dictionary]
    about: dict[str, Any]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a safetensors file. Raises AtlasError."""
        tensors = {
            f"{part}.{name}": getattr(found, name) for part, found in self.parts.items() for name in _ARRAYS
        }
        metadata = {"format": FORMAT, "about": json.dumps(self.about, ensure_ascii=False, sort_keys=True)}
        files.write(Path(path), save_tensors(tensors, metadata), AtlasError)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Dictionaries:
        """Reads what `save` wrote. Raises AtlasError."""
        blob = files.read(Path(path), _MAX_FILE, AtlasError)
        metadata, tensors = tensor_file.decode(blob, str(path), AtlasError, _MAX_FILE)
        try:
            about = json.loads(metadata["about"])
            if metadata["format"] != FORMAT:
                raise ValueError(f"its format is {metadata['format']!r}")
            active = about["training"]["active"]
            parts = {part: _checked(tensors, part, active) for part in about["parts"]}
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise AtlasError(
                f"{path}: expected dictionaries, found something else ({files.one_line(error)})"
            ) from error
        return Dictionaries(parts, about)


def _checked(tensors: dict[str, Any], part: Part, active: int) -> Dictionary:
    arrays = {name: tensors[f"{part}.{name}"] for name in _ARRAYS}
    entries, cells = arrays["decoder"].shape
    for name, array in arrays.items():
        shape = {"mean": (cells,), "deviation": (cells,), "bias": (entries,)}.get(name, (entries, cells))
        if array.dtype != np.float32 or array.shape != shape or not np.isfinite(array).all():
            raise ValueError(f"{part}.{name}: expected finite float32 {list(shape)}")
    if type(active) is not int or not 1 <= active <= entries:
        raise ValueError(f"active: expected 1 to {entries}, found {active!r}")
    return Dictionary(**arrays, active=active)


def untrained(found: Dictionary) -> Dictionary:
    """As many random directions with the same k, as a control."""
    entries = _directions(np.random.default_rng(1), found.decoder.shape)
    return replace(found, encoder=entries, bias=np.zeros_like(found.bias), decoder=entries)


def _directions(random: np.random.Generator, shape: tuple[int, ...]) -> F32:
    entries = random.standard_normal(shape, np.float32)
    entries /= np.linalg.norm(entries, axis=1, keepdims=True)
    return entries


def principal(fit: F32, held: F32, components: int) -> float:
    """The part of the variance of rows `held` [n, N] that so many principal components of `fit` explain (both z)."""
    _, vectors = np.linalg.eigh(fit.T @ fit)
    kept = vectors[:, -components:]
    return 1 - float(np.square(held @ kept @ kept.T - held).sum()) / _variation(held)


def learn(
    x: F32, training: Training, report: Callable[[int, int], None] = lambda _done, _of: None
) -> Dictionary:
    """A dictionary of rows x [n, N].

    Args:
        x: cells c or h.
        training: how; the same rows and training give the same dictionary on the same machine.
        report: called after each pass over the rows, with those done and all of them.
    """
    random = np.random.default_rng(training.seed)
    mean, deviation = mean_and_deviation(x)
    entries = _directions(random, (training.entries, x.shape[1]))
    found = Dictionary(
        mean, deviation, entries.copy(), np.zeros(len(entries), np.float32), entries, training.active
    )
    optimisers = [_Adam(array) for array in (found.encoder, found.bias, found.decoder)]
    steps = training.passes * -(-len(x) // _BATCH)
    done = 0
    for number in range(training.passes):
        seen = np.zeros(len(entries), np.bool_)
        worst: list[tuple[float, F32]] = []
        order = random.permutation(len(x))
        for at in range(0, len(x), _BATCH):
            z = found.standardised(x[order[at : at + _BATCH]])
            places, values = _top(found, z)
            seen[places[values > 0]] = True
            # The rate falls over the last fifth, as in the paper.
            rate = _RATE * min(1.0, (steps - done) / (0.2 * steps))
            error = _step(found, optimisers, z, places, values, rate)
            lost = np.square(error).sum(axis=1)
            worst.append((float(lost.max()), error[int(lost.argmax())]))
            done += 1
        if number < training.passes - 1:
            _revive(found, np.flatnonzero(~seen), worst, optimisers)
        report(number + 1, training.passes)
    return found


def _top(found: Dictionary, z: F32) -> tuple[I64, F32]:
    """The k entries with the largest products [B, k], and how active they are."""
    products = z @ found.encoder.T + found.bias
    k = min(found.active, found.entries)
    places = np.argpartition(products, found.entries - k, axis=1)[:, -k:]
    return places, np.maximum(np.take_along_axis(products, places, axis=1), 0)


def _sparse(places: I64, values: F32, entries: int) -> csr_array:
    """Codes [B, M] of active entries [B, k]."""
    from scipy.sparse import csr_array

    rows, k = places.shape
    return csr_array((values.ravel(), places.ravel(), np.arange(0, rows * k + 1, k)), (rows, entries))


def _step(found: Dictionary, optimisers: list[_Adam], z: F32, places: I64, values: F32, rate: float) -> F32:
    """One step of the optimiser on half the mean square error. Returns what the dictionary left out [B, N]."""
    codes = _sparse(places, values, found.entries)
    error: F32 = z - codes @ found.decoder
    of_values = -np.einsum("bkn,bn->bk", found.decoder[places], error, optimize=True)
    of_products = _sparse(places, np.where(values > 0, of_values, 0), found.entries).T.tocsr()
    share = 1 / z.size
    gradients = (
        of_products @ z * share,
        np.asarray(of_products.sum(axis=1)).ravel() * share,
        codes.T.tocsr() @ error * -share,
    )
    for optimiser, gradient in zip(optimisers, gradients, strict=True):
        optimiser.step(gradient, rate)
    found.decoder[:] /= np.maximum(np.linalg.norm(found.decoder, axis=1, keepdims=True), 1e-12)
    return error


def _revive(found: Dictionary, dead: I64, worst: list[tuple[float, F32]], optimisers: list[_Adam]) -> None:
    """Points entries that were not active in a whole pass at rows that the dictionary explains worst."""
    worst.sort(key=lambda row: -row[0])
    for entry, (_, error) in zip(dead, worst, strict=False):
        found.decoder[entry] = found.encoder[entry] = error / max(float(np.linalg.norm(error)), 1e-12)
        found.bias[entry] = 0
        for optimiser in optimisers:
            optimiser.forget(entry)


class _Adam:
    """Adam (Kingma and Ba 2015), of one array, in place."""

    def __init__(self, array: Any) -> None:
        self.array, self.steps = array, 0
        self.mean, self.square = np.zeros_like(array), np.zeros_like(array)

    def step(self, gradient: Any, rate: float) -> None:
        self.steps += 1
        for moment, value, decay in zip(
            (self.mean, self.square), (gradient, gradient**2), _DECAYS, strict=True
        ):
            moment *= decay
            moment += (1 - decay) * value
        first, second = (1 - decay**self.steps for decay in _DECAYS)
        self.array -= rate / first * self.mean / (np.sqrt(self.square / second) + 1e-10)

    def forget(self, row: int) -> None:
        self.mean[row] = self.square[row] = 0


def _variation(z: F32) -> float:
    return float(np.square(z - z.mean(axis=0)).sum())
