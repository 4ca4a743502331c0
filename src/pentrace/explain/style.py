"""How much ink a model needs to know a hand: it reads one hand, then the last offsets of another, and writes on.

Letter key: M pairs of lines, W windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.explain.hands import TRAITS, Slope, slopes, traits_after, traits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import SupportsIndex

    from pentrace.engine.writer import Writer

F32 = npt.NDArray[np.float32]

WINDOWS = (0, 5, 10, 20, 40, 80, 160, 320)
"""Offsets of the new hand that are read."""
_BEFORE = 320
"""Offsets of the old hand that are read before."""


@dataclass(frozen=True)
class Style:
    """How a trait of what the model writes follows the two hands that it has read, by window.

    new: slopes against the trait of the new hand, of which the last `window` offsets were read.
    old: slopes against that of the old hand.
    """

    windows: tuple[int, ...]
    new: tuple[Slope, ...]
    old: tuple[Slope, ...]

    def share(self, number: int) -> float:
        """The new hand's share of the influence of both hands, in window `number`."""
        new, old = max(self.new[number].slope, 0.0), max(self.old[number].slope, 0.0)
        return new / (new + old) if new + old else float("nan")

    def half(self) -> float:
        """Offsets after which the new hand has half of the influence, interpolated between windows; inf if never."""
        shares = [self.share(k) for k in range(len(self.windows))]
        for k in range(1, len(shares)):
            if shares[k] >= 0.5:
                (w0, s0), (w1, s1) = (self.windows[k - 1], shares[k - 1]), (self.windows[k], shares[k])
                return w0 + (w1 - w0) * (0.5 - s0) / (s1 - s0) if s1 > s0 else float(w1)
        return float("inf")


def style(
    writer: Writer,
    lines: Sequence[F32],
    *,
    futures: int = 8,
    steps: int = 100,
    seed: SupportsIndex = 0,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Style]:
    """By trait, how what the model writes follows an old and a new hand.

    Args:
        writer: the model.
        lines: offsets [n, 3], n at least hands.SHORTEST, each by another hand; line k is the new hand of the line
            half the list further on.
        futures: that are drawn after each reading.
        steps: of each.
        seed: of the futures.
        progress: called after each pair.
    """
    engine, count = writer.engine, len(lines)
    own = [traits_of(line[None]) for line in lines]
    written: list[list[dict[str, float]]] = [[] for _ in WINDOWS]
    others = [(k + count // 2) % count for k in range(count)]
    for new, old in zip(range(count), others, strict=True):
        state = engine.start()
        engine.consume(state, lines[old][:_BEFORE])
        for number, window in enumerate(WINDOWS):
            both = state.copy()
            engine.consume(both, lines[new][_BEFORE - window : _BEFORE])
            written[number].append(traits_after(engine, both, futures, steps, seed))
        progress()
    found = {}
    for trait in TRAITS:
        of_new, of_old = ([own[k][trait] for k in order] for order in (range(count), others))
        pairs = [slopes([one[trait] for one in each], of_new, of_old) for each in written]
        found[trait] = Style(WINDOWS, tuple(new for new, _ in pairs), tuple(old for _, old in pairs))
    return found
