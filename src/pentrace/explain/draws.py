"""Random orders and draws of cells by the engine's numbers (`random` in spec/engine.md): the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import SupportsIndex

    from pentrace.engine import Engine


def shuffled(
    engine: Engine, count: int, seed: SupportsIndex, stream: SupportsIndex = 0
) -> npt.NDArray[np.int64]:
    """The numbers 0 to `count` - 1 in a random order."""
    return np.argsort(engine.random(count, seed=seed, stream=stream), kind="stable")


def drawn(
    engine: Engine, others: Sequence[int], count: int, seed: SupportsIndex, stream: SupportsIndex
) -> list[int]:
    """`count` of some cells, at random; draw d uses stream d."""
    return [others[k] for k in shuffled(engine, len(others), seed, stream)[:count].tolist()]
