"""The engine's cells beside each other: plain, with layer normalisation, with a code, each of 500 cells.

    python -m benchmarks.cell_kinds [--rounds N]

Blocks take turns, so that whatever else the machine does falls on all alike; the ratio is of the best blocks.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from tests.engine_reference import random_checkpoint

from pentrace.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {"lstm": (False, 0), "lstm-ln": (True, 0), "lstm-hyper": (True, 30)}
STEPS = 200
FUTURES = 50


def works(engine: Engine) -> dict[str, tuple[int, Callable[[], object]]]:
    """Name to steps and what takes them."""
    state = engine.start()
    few = STEPS // 10
    return {
        f"sample, {STEPS} steps a call": (STEPS, lambda: engine.sample(state, STEPS, seed=1, variation=0.5)),
        f"futures, F = {FUTURES}": (
            FUTURES * few,
            lambda: engine.futures(state, FUTURES, few, seed=1, variation=0.5),
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    each = {
        kind: works(Engine(random_checkpoint(1, 500, 20, normalised=normalised, code=code)))
        for kind, (normalised, code) in KINDS.items()
    }
    names = list(each["lstm"])
    best = {(kind, name): float("inf") for kind in KINDS for name in names}
    for _ in range(rounds):
        for name in names:
            for kind in KINDS:
                steps, work = each[kind][name]
                begin = time.perf_counter()
                work()
                best[kind, name] = min(best[kind, name], 1e6 * (time.perf_counter() - begin) / steps)
    print(f"{'microseconds a step, and beside plain':<40}" + "".join(f"{kind:>18}" for kind in KINDS))
    for name in names:
        plain = best["lstm", name]
        cells = (f"{best[kind, name]:.1f} ({best[kind, name] / plain:.2f})" for kind in KINDS)
        print(f"{name:<40}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
