"""The engine's cells beside each other: plain, with layer normalisation, with a code, with a text, each of 500 cells.

    python -m benchmarks.cell_kinds [--rounds N]

Blocks take turns, so that whatever else the machine does falls on all alike; the ratio is of the best blocks. The text
has 40 characters, and the pointer moves on after 21 steps at each.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from tests.engine_reference import random_checkpoint

from pentrace.checkpoint import Checkpoint, TextArchitecture
from pentrace.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine_reference import Cell

ALPHABET = "".join(map(chr, range(48, 128)))
KINDS: dict[str, Cell] = {
    "lstm": {},
    "lstm-ln": {"normalised": True},
    "lstm-hyper": {"normalised": True, "code": 30},
    "with a text": {"normalised": True, "code": 30, "text": TextArchitecture(ALPHABET)},
}
CHARACTERS, CAP = 40, 21
STEPS = CHARACTERS * CAP
FUTURES = 50


def works(engine: Engine) -> dict[str, tuple[int, Callable[[], object]]]:
    """Name to steps and what takes them."""
    state = engine.start(ALPHABET[:CHARACTERS] if engine.architecture.text else "")
    few = STEPS // 10
    return {
        f"sample, {STEPS} steps a call": (
            STEPS,
            lambda: engine.write(state.copy(), STEPS, cap=CAP, seed=1, variation=0.5),
        ),
        f"futures, F = {FUTURES}": (
            FUTURES * few,
            lambda: engine.futures(state, FUTURES, few, seed=1, variation=0.5),
        ),
    }


def patient(checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint with a pointer that only the cap moves."""
    if checkpoint.architecture.text:
        checkpoint.tensors["head.bias"][-1] = -1e3
    return checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    each = {
        kind: works(Engine(patient(random_checkpoint(1, 500, 20, **cell)))) for kind, cell in KINDS.items()
    }
    names = list(each["lstm"])
    best = {(kind, name): float("inf") for kind in KINDS for name in names}
    for _ in range(rounds):
        for name in names:
            for kind in KINDS:
                steps, work = each[kind][name]
                begin = time.thread_time()
                work()
                best[kind, name] = min(best[kind, name], 1e6 * (time.thread_time() - begin) / steps)
    print(
        f"{'microseconds of a core a step, and beside plain':<50}" + "".join(f"{kind:>18}" for kind in KINDS)
    )
    for name in names:
        plain = best["lstm", name]
        cells = (f"{best[kind, name]:.1f} ({best[kind, name] / plain:.2f})" for kind in KINDS)
        print(f"{name:<50}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
