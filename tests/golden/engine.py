"""Makes spec/golden/engine.json: what the engine must compute, bit for bit, in Python, in Node and in every browser.

    python -m tests.golden engine

Run it when the engine's arithmetic or the default checkpoint changes, and say why in the commit. It also makes
spec/golden/tiny.safetensors, tiny-ln.safetensors, tiny-hyper.safetensors and tiny-text.safetensors, checkpoints of
seeded random weights, where they are missing.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint import load, save
from pentrace.engine import Engine, State
from tests.engine_reference import HYPER, NORMALISED, WITH_TEXT, random_checkpoint

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "spec/golden/engine.json"
TINY = ROOT / "spec/golden/tiny.safetensors"
TINY_LN = ROOT / "spec/golden/tiny-ln.safetensors"
TINY_HYPER = ROOT / "spec/golden/tiny-hyper.safetensors"
TINY_TEXT = ROOT / "spec/golden/tiny-text.safetensors"
DEFAULT = ROOT / "src/pentrace/weights/default.safetensors"
CHECKPOINTS = {
    "tiny": TINY,
    "tiny-ln": TINY_LN,
    "tiny-hyper": TINY_HYPER,
    "tiny-text": TINY_TEXT,
    "default": DEFAULT,
}

SEED = 2**40 + 2016
STEPS = 600
TEXT = "bad a décade"
CAP = 30
Digests = dict[str, str]


def ink() -> npt.NDArray[np.float32]:
    """Offsets [150, 3] of loops with pen lifts, in sixty-fourths of a model unit: exact in JSON and in float32."""
    k = np.arange(150)
    offsets = np.stack([0.35 + 0.5 * np.cos(0.6 * k), 0.6 * np.sin(0.6 * k), k % 37 == 36], axis=1)
    offsets[k % 37 == 0, 0] += 1
    exact: npt.NDArray[np.float32] = (np.rint(offsets * 64) / 64).astype(np.float32)
    return exact


def digest(array: npt.NDArray[Any]) -> str:
    """SHA-256 of an array as little-endian float32 in C order."""
    return hashlib.sha256(np.ascontiguousarray(array, "<f4").tobytes()).hexdigest()


def digests(path: Path, offsets: npt.NDArray[np.float32]) -> Digests:
    """What a checkpoint gives: web/test/golden.ts does the same."""
    engine = Engine(load(path))
    result = {"file": hashlib.sha256(path.read_bytes()).hexdigest()}
    strokes = engine.sample(engine.start(), STEPS, seed=SEED)
    result["sample.strokes"] = digest(strokes)
    result["sample.cells"] = digest(engine.trace(engine.start(), strokes)["c"])
    state = engine.start()
    trace = engine.trace(state, offsets, gates=True, mixture=True)
    result |= {f"trace.{name}": digest(array) for name, array in trace.items()}
    futures = engine.futures(state, 9, 40, seed=SEED, origin=len(offsets), variation=0.5)
    result["futures"] = digest(futures)
    if engine.architecture.text:
        result |= text_digests(engine, offsets)
    engine.intervene(engine.architecture.layers - 1, interventions(engine.architecture.hidden))
    result["intervened.strokes"] = digest(engine.sample(state, 100, seed=SEED, variation=0.75))
    return result


def text_digests(engine: Engine, offsets: npt.NDArray[np.float32]) -> Digests:
    """The same of a text: written, read along a path of the pointer, its futures, from another place, intervened."""

    def written(name: str, state: State) -> Digests:
        line = engine.write(state, STEPS, cap=CAP, seed=SEED)
        return {f"{name}.strokes": digest(line.offsets), f"{name}.pointers": digest(line.pointers)}

    result = written("written", engine.start(TEXT, 1))
    state = engine.start(TEXT, 1)
    trace = engine.trace(state, offsets, pointer=True, pointers=np.arange(len(offsets)) // 12)
    result |= {f"path.{name}": digest(array) for name, array in trace.items()}
    takes = engine.takes(state, 9, cap=CAP, seed=SEED, variation=0.5)
    result["takes.strokes"] = digest(np.concatenate([take.offsets for take in takes]))
    result["takes.pointers"] = digest(np.concatenate([take.pointers for take in takes]))
    result["text.futures"] = digest(engine.futures(state, 9, 40, seed=SEED, origin=len(offsets)))
    engine.point(state, 2)
    result |= written("pointed", state.copy())
    engine.intervene(0, interventions(engine.architecture.hidden))
    result |= written("text.intervened", state)
    engine.intervene(0, None)
    return result


def interventions(hidden: int) -> npt.NDArray[np.float32]:
    """Settings [5, H] on every third cell."""
    settings = np.zeros((5, hidden), np.float32)
    settings[0] = np.arange(hidden) % 3 == 0
    settings[1:] = [[0.5], [0.25], [1.5], [-0.125]]
    return settings


def main() -> None:
    if not TINY.exists():
        save(random_checkpoint(2, 30, 5), TINY)
    if not TINY_LN.exists():
        save(random_checkpoint(2, 30, 5, **NORMALISED), TINY_LN)
    if not TINY_HYPER.exists():
        save(random_checkpoint(2, 30, 5, **HYPER), TINY_HYPER)
    if not TINY_TEXT.exists():
        save(random_checkpoint(1, 14, 3, **WITH_TEXT["lstm-hyper-text"]), TINY_TEXT)
    offsets = ink()
    found = {
        path.relative_to(ROOT).as_posix(): digests(path, offsets)
        for path in CHECKPOINTS.values()
        if path.exists()
    }
    settings = {"seed": str(SEED), "steps": STEPS, "text": TEXT, "cap": CAP}
    golden = {**settings, "ink": "INK", "checkpoints": found}
    # The ink on a line of its own.
    text = json.dumps(golden, indent=1).replace('"INK"', json.dumps(offsets.ravel().tolist()))
    GOLDEN.write_text(text + "\n", encoding="utf-8")
