"""Directions in the space of all cells along which a state may be moved towards another (spec/explain.md, Patching).

Letter key: N cells of all layers in turn, M lines, n offsets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pentrace.engine.interventions import Change, Intervention
from pentrace.errors import AtlasError
from pentrace.explain.draws import shuffled
from pentrace.explain.hands import TRAITS, later_cells, traits_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import SupportsIndex

    from pentrace.atlas.atlas import Atlas
    from pentrace.engine import Engine, State

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

STORED = Path(__file__).with_name("directions.json")
"""The directions of hands of the default checkpoint: `pentrace explain patches --directions` writes such a file."""
_SIGNED = ("linear", "binary")
"""Kinds of features whose scores have a sign."""
_DIGITS = 5


@dataclass(frozen=True)
class Direction:
    """A direction in the space of the cell states c.

    name: of what changes along it.
    weight: [N], its length 1, in standard deviations of each cell.
    spread: [N], these standard deviations.
    """

    name: str
    weight: F64
    spread: F64

    def apart(self, a: State, b: State) -> float:
        """How far state a lies beyond state b along it, in standard deviations."""
        return float(_sum(self.weight * (_c(a) - _c(b)) / self.spread))

    def move(self, donor: State, receiver: State) -> Intervention:
        """Moves the receiver's c along it, as far as the donor lies beyond the receiver."""
        shift = (self.apart(donor, receiver) * self.weight * self.spread).tolist()
        hidden = donor.engine.architecture.hidden
        return Intervention(
            tuple(Change(k // hidden, "c", k % hidden, 1.0, amount) for k, amount in enumerate(shift))
        )

    def shuffled(self, engine: Engine, stream: int, seed: SupportsIndex) -> Direction:
        """A random direction: the same weights, of other cells."""
        order = shuffled(engine, len(self.weight), seed, stream)
        return Direction("random direction", self.weight[order], self.spread)


def feature_direction(atlas: Atlas, feature: str) -> Direction:
    """The direction of a feature of an atlas: each cell weighs as much as it follows the feature.

    Raises:
        AtlasError: no such feature, or one whose scores have no sign.
    """
    signed = [name for name, about in atlas.features.items() if about["kind"] in _SIGNED]
    if feature not in signed:
        raise AtlasError(f"direction: expected one of {'; '.join(signed)}, found {feature}")
    spread = atlas.tensors["moments.c"][1].astype(np.float64)
    return Direction(feature, _unit(atlas.scores(feature).astype(np.float64)), spread)


def hand_directions(engine: Engine, lines: Sequence[F32]) -> dict[str, Direction]:
    """By trait, the direction in which the mean state of a line goes as the trait grows from line to line.

    It is the covariance, over lines, of a line's mean c with the trait of its ink, in standard deviations of each cell.

    Args:
        engine: of the model.
        lines: offsets [n, 3] in model units, each by another hand.
    """
    cells = [later_cells(engine, line) for line in lines]
    spread = np.maximum(np.concatenate(cells).std(axis=0), 1e-6)
    means = np.array([each.mean(axis=0) for each in cells]) / spread
    traits = [traits_of(line[None]) for line in lines]
    found = {}
    for name in TRAITS:
        values = np.array([each[name] for each in traits])
        known = np.isfinite(values)
        apart = values[known] - values[known].mean()
        found[name] = Direction(name, _unit(apart @ (means[known] - means[known].mean(axis=0))), spread)
    return found


def dumps(sha256: str, lines: int, found: Mapping[str, Direction]) -> str:
    """Directions of a checkpoint, and over how many lines they were found, as JSON."""
    spread = next(iter(found.values())).spread
    table = {
        "checkpoint": sha256,
        "lines": lines,
        "spread": _rounded(spread),
        "directions": {name: _rounded(one.weight) for name, one in found.items()},
    }
    return json.dumps(table) + "\n"


def loads(text: str, sha256: str) -> dict[str, Direction]:
    """The directions of `dumps`; none if they are of another checkpoint."""
    table: dict[str, Any] = json.loads(text)
    if table["checkpoint"] != sha256:
        return {}
    spread = np.array(table["spread"], np.float64)
    return {name: Direction(name, np.array(one), spread) for name, one in table["directions"].items()}


def stored_directions(sha256: str) -> dict[str, Direction]:
    """The directions of hands that come with pentrace, by trait; none for a checkpoint other than the default."""
    return loads(STORED.read_text(encoding="utf-8"), sha256)


def _c(state: State) -> F64:
    return state.c.ravel().astype(np.float64)


def _unit(values: F64) -> F64:
    found: F64 = values / np.sqrt(_sum(values * values))
    return found


def _sum(values: F64) -> np.float64:
    """One after the other, as the page adds them."""
    total: np.float64 = np.cumsum(values)[-1]
    return total


def _rounded(values: F64) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]
