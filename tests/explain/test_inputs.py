"""What inputs add to the gates adds up to the engine's own gates; taking one away is a real change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pentrace.engine.writer import TEXT_CHECKPOINT, Writer
from pentrace.errors import InkError
from pentrace.explain.inputs import inputs, pointer_at, without
from pentrace.explain.reading import Reading, write_line
from tests.engine_reference import EACH_KIND, random_checkpoint
from tests.explain.models import EACH_MODEL, opened, source_of


def gates_of(reading: Reading, step: int) -> Any:
    """The engine's gates [4, H] of the first layer in the step that led to row `step`."""
    state = reading.state(step - 1)
    path = None
    if reading.pointers is not None:
        at = pointer_at(reading, step)
        path = [state.pointer, at, at]
    offsets = np.concatenate((reading.offsets[step - 1 : step], np.zeros((1, 3), np.float32)))
    return reading.writer.engine.trace(state, offsets, gates=True, pointers=path)["gates"][1, 0]


def check(writer: Writer, reading: Reading, source: Any) -> None:
    for step in {1, 2, len(reading) // 3, len(reading) // 2, len(reading)}:
        y = inputs(writer, source, step).total
        gates = 1 / (1 + np.exp(-y))
        gates[2] = np.tanh(y[2])
        np.testing.assert_allclose(gates, gates_of(reading, step), atol=2e-6)


@EACH_MODEL
def test_the_parts_add_up(model: str, golden: Path, request: pytest.FixtureRequest) -> None:
    writer, reading = opened(model, golden, request)
    check(writer, reading, source_of(writer))


@EACH_KIND
def test_the_parts_add_up_for_every_kind_of_cell(cell: dict[str, Any]) -> None:
    writer = Writer(random_checkpoint(2, 12, 3, **cell))
    source = source_of(writer, 30)
    check(writer, Reading(writer, source), source)


def test_parts_of_a_text() -> None:
    writer = Writer(TEXT_CHECKPOINT)
    line = write_line(writer, "hello", hand=7, seed=1)
    step = int(np.argmax(line.pointers == 1)) + 1
    found = inputs(writer, line, step)
    assert found.characters == {
        "character -1": "h",
        "character": "e",
        "character +1": "l",
        "character +2": "l",
    }
    assert list(found.parts) == [
        *("pen", "memory", "character -2", "character -1", "character", "character +1", "character +2"),
        *("standing", "hand", "bias"),
    ]
    assert all(part.shape == (4, 500) for part in found.parts.values())
    assert all(part.shape == (30,) for part in found.code.values())
    nobody = write_line(writer, "hello", seed=1)
    assert inputs(writer, nobody, step).strength()["hand"].tolist() == [0, 0, 0, 0]


def test_without_an_input() -> None:
    writer = Writer(TEXT_CHECKPOINT)
    line = write_line(writer, "hello", hand=7, seed=1)
    step = int(np.argmax(line.pointers == 1)) + 10
    found = without(writer, line, step)
    assert list(found) == ["pen", "character -1", "character", "character +1", "character +2", "hand"]
    assert min(one.divergence for one in found.values()) > 0
    assert found["pen"].divergence > found["character +2"].divergence

    # What was said by the same line with the same text and no hand, when it is without from the beginning.
    assert line.pointers is not None
    first = int(np.argmax(line.pointers > 0)) - 2
    assert (line.pointers[: first + 1] == 0).all()
    other = Reading(writer, line._replace(hand=None)).state(first)
    whole = Reading(writer, line).state(first)
    pi = [writer.engine.mixture(state)[1:21].max() for state in (whole, other)]
    assert pi[0] != pi[1]
    assert without(writer, line, first)["hand"].divergence > 0


def test_nothing_is_without_what_it_never_had() -> None:
    writer = Writer()
    assert list(without(writer, writer.write(30, seed=3), 20)) == ["pen"]
    with pytest.raises(InkError, match=r"^step: expected 1 to 30, found 0$"):
        inputs(writer, writer.write(30, seed=3), 0)
