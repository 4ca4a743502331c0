"""Models and what they read, for the tests of explaining."""

from __future__ import annotations

from pathlib import Path

import pytest

from pentrace.checkpoint import Checkpoint, load
from pentrace.checkpoint.article_weights import import_distill
from pentrace.engine.ink_reader import Readable
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT, Writer
from pentrace.explain.reading import Reading, write_line

EACH_MODEL = pytest.mark.parametrize("model", ["default", "text", "article", "tiny"])


def model_of(name: str, golden: Path, request: pytest.FixtureRequest) -> Checkpoint:
    """The checkpoint of a name; the article's is imported from what it published."""
    if name == "article":
        shared = request.getfixturevalue("shared_data")
        return import_distill(shared / "distill/b64_weights.json")
    files = {
        "default": DEFAULT_CHECKPOINT,
        "text": TEXT_CHECKPOINT,
        "tiny": golden / "tiny.safetensors",  # two layers
    }
    return load(files[name])


def source_of(writer: Writer, steps: int = 200) -> Readable:
    """A line of a model's own: with its text, where it knows any."""
    known = writer.checkpoint.architecture.text
    if known is None:
        return writer.write(steps, seed=3)
    text = "hello my friend" if known.hands > 10 else "abba"
    return write_line(writer, text, hand=1, seed=1)


def opened(name: str, golden: Path, request: pytest.FixtureRequest) -> tuple[Writer, Reading]:
    writer = Writer(model_of(name, golden, request))
    return writer, Reading(writer, source_of(writer))
