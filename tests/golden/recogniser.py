"""Makes spec/golden/recogniser.json: what the recogniser must compute, bit for bit, and how takes are chosen.

    python -m tests.golden recogniser

Run it when the recogniser's arithmetic or its weights change, and say why in the commit. It also makes
spec/golden/tiny-recogniser.safetensors, a recogniser of seeded random weights, where it is missing.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint.recogniser_weights import RecogniserWeights, Sizes, pack
from pentrace.engine import Line
from pentrace.engine.text.recogniser import RECOGNISER, Recogniser
from pentrace.engine.text.takes import choose
from tests.golden.engine import ROOT, digest, ink

GOLDEN = ROOT / "spec/golden/recogniser.json"
TINY = ROOT / "spec/golden/tiny-recogniser.safetensors"
CAP = 150
TEXTS = {TINY: "ab ca", RECOGNISER: "all we"}
"""The files of weights, and a text that each knows."""

TAKES: dict[str, tuple[str, list[list[int]], list[float]]] = {
    "the best of the good ones": ("ab 1", [[20, 20, 1, 9, 0]] * 3, [-2.0, -1.0, -1.0]),
    "a letter left out": ("ab 1", [[20, 2, 1, 9, 0], [20, 20, 1, 9, 3]], [-0.5, -1.0]),
    "a digit left out": ("ab 1", [[20, 20, 1, 2, 0], [20, 3, 1, 3, 0]], [-0.5, -1.0]),
    "a mark may be short": ("é.", [[3, 1, 0], [3, 1, 0]], [-1.0, -0.5]),
    "lingering": ("ab", [[20, 101, 0], [100, 20, 0]], [-0.5, -1.0]),
    "no rest": ("ab", [[20, 20, CAP], [20, 20, CAP - 1]], [-0.5, -1.0]),
    "none is good": ("ab", [[20, 1, 0], [20, 1, 0]], [-1.0, -0.5]),
    "no paths": ("ab", [[20, 9, 0], [20, 9, 0]], [-np.inf, -np.inf]),
}
"""Texts, the offsets of each character in each take (the last is what follows the text), and scores."""


def random_weights() -> RecogniserWeights:
    """A small recogniser."""
    rng, alphabet, sizes = np.random.default_rng(18), "abc ", Sizes(16, 32, 24, 2)
    shapes = sizes.matrices(len(alphabet))
    weights = {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}
    biases = {
        name: rng.normal(0, 0.4, rows).astype(np.float32)
        for name, (rows, _) in shapes.items()
        if not name.endswith("recurrent")
    }
    return pack(alphabet, sizes, weights, biases, {"name": "random numbers"})


def results(path: Path, text: str, offsets: npt.NDArray[np.float32]) -> dict[str, Any]:
    """What a recogniser says of an ink: web/test/engine/text/recogniser.test.ts does the same."""
    recogniser = Recogniser.load(path)
    aligned = recogniser.align(offsets, text)
    return {
        "file": hashlib.sha256(path.read_bytes()).hexdigest(),
        "text": text,
        "probabilities": digest(recogniser.probabilities(offsets)),
        "read": recogniser.read(offsets),
        "score": recogniser.score(offsets, text),
        "aligned": aligned and aligned.score,
        "first": aligned and aligned.first.tolist(),
    }


def choices() -> list[dict[str, Any]]:
    """What is chosen of TAKES. -Infinity is null, which JSON has."""
    found = []
    for name, (text, counts, scores) in TAKES.items():
        takes = [
            Line(np.zeros((sum(n), 3), np.float32), np.repeat(np.arange(len(n)), n).astype(np.int32))
            for n in counts
        ]
        choice = choose(text, takes, scores, CAP)
        found.append(
            {
                "name": name,
                "text": text,
                "counts": counts,
                "scores": [score if np.isfinite(score) else None for score in scores],
                "chosen": choice.chosen,
                "refused": choice.refused,
                "unsure": choice.unsure,
            }
        )
    return found


def golden() -> dict[str, Any]:
    """What the file holds."""
    offsets = ink()
    files = {path.relative_to(ROOT).as_posix(): results(path, text, offsets) for path, text in TEXTS.items()}
    return {"ink": offsets.ravel().tolist(), "cap": CAP, "files": files, "choices": choices()}


def main() -> None:
    if not TINY.exists():
        random_weights().save(TINY)
    GOLDEN.write_text(json.dumps(golden(), ensure_ascii=False) + "\n", encoding="utf-8")
