"""A Writer in several threads, in another process, as a copy; and the counts that it takes."""

from __future__ import annotations

import copy
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pentrace import Ink, Writer
from pentrace.checkpoint import load
from pentrace.engine import host
from pentrace.engine.interventions import Intervention
from pentrace.errors import EngineError, InkError, PentraceError


@pytest.fixture(scope="module")
def writer(tiny_checkpoint: Path) -> Writer:
    return Writer(tiny_checkpoint)


def test_threads_that_share_a_writer_get_what_one_thread_gets(tiny_checkpoint: Path) -> None:
    alone, shared = Writer(tiny_checkpoint), Writer(tiny_checkpoint)
    ink = alone.write(40, seed=1)

    def work(writer: Writer, seed: int) -> tuple[Ink, bytes, bytes]:
        written = writer.continue_(ink, 300, seed=seed)
        return written, writer.futures(ink, 5, 4, seed=seed).tobytes(), writer.state(ink).c.tobytes()

    expected = [work(alone, seed) for seed in range(40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda seed: work(shared, seed), range(40)))
    assert found == expected


def test_a_writer_travels_with_its_intervention(writer: Writer) -> None:
    changed = writer.with_intervention(Intervention.clamp([1, 2], 0.25))
    for other in (pickle.loads(pickle.dumps(changed)), copy.deepcopy(changed), copy.copy(changed)):
        assert other.engine is not changed.engine
        assert other.intervention == changed.intervention
        assert other.write(50, seed=3) == changed.write(50, seed=3) != writer.write(50, seed=3)


def test_a_checkpoint_travels(tiny_checkpoint: Path) -> None:
    checkpoint = load(tiny_checkpoint)
    for other in (pickle.loads(pickle.dumps(checkpoint)), copy.deepcopy(checkpoint)):
        assert other.architecture == checkpoint.architecture
        assert all(np.array_equal(other.tensors[name], tensor) for name, tensor in checkpoint.tensors.items())


@pytest.mark.parametrize("travel", [pickle.dumps, copy.copy, copy.deepcopy])
def test_an_engine_and_a_state_say_why_they_stay(writer: Writer, travel: Callable[[object], object]) -> None:
    with pytest.raises(EngineError, match=r"engine: cannot be pickled or copied; pickle or copy a Writer"):
        travel(writer.engine)
    with pytest.raises(EngineError, match=r"state: cannot be pickled.*; copy it with copy\(\)"):
        travel(writer.engine.start())


def test_numpy_integers_are_counts(writer: Writer) -> None:
    ink = writer.write(np.int16(30), seed=np.uint64(2**64 - 1))
    assert ink == writer.write(30, seed=2**64 - 1)
    assert np.array_equal(
        writer.futures(ink, np.uint8(3), np.int8(4), seed=np.int32(5)), writer.futures(ink, 3, 4, seed=5)
    )
    state = writer.engine.start()
    sample = writer.engine.sample(
        state.copy(), np.uint8(200), seed=np.uint8(1), first_step=np.uint8(200), origin=np.uint32(2**32 - 1)
    )
    assert np.array_equal(sample, writer.engine.sample(state, 200, seed=1, first_step=200, origin=2**32 - 1))
    writer.engine.intervene(np.int64(0), None)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda w, i: w.write(10**6), "steps: expected 1 to 999999, found 1000000"),
        (lambda w, i: w.write(2.0), "steps: expected a whole number from 1 to 999999, found 2.0"),
        (lambda w, i: w.write("9"), "steps: expected a whole number from 1 to 999999, found '9'"),
        (lambda w, i: w.write(np.int64(-3)), "steps: expected 1 to 999999, found -3"),
        (lambda w, i: w.write(10**9999), "steps: expected 1 to 999999, found one of 33216 bits"),
        (lambda w, i: w.continue_(i, 10**6 - 10), "steps: expected 1 to 999979, found 999990"),
        (
            lambda w, i: w.write(3, seed=1.5),
            f"seed: expected a whole number from 0 to {2**64 - 1}, found 1.5",
        ),
        (
            lambda w, i: w.write(3, variation="calm"),
            "variation: expected a number of at least 0, found 'calm'",
        ),
        (lambda w, i: w.futures(i, -1), "count: expected 0 to 2147483647, found -1"),
        (
            lambda w, i: w.futures(i, 2**20, 16),
            "futures: expected a result of at most 1,024 MiB, found 5,376 MiB; draw fewer futures",
        ),
        (
            lambda w, i: w.engine.sample(w.engine.start(), 2**31 - 1, seed=0),
            "sample: expected a result of at most 1,024 MiB, found 24,576 MiB; sample fewer steps at a time",
        ),
        (
            lambda w, i: w.engine.trace(w.engine.start(), np.zeros((10**7, 3), np.float32), gates=True),
            "trace: expected a result of at most 1,024 MiB, found 1,106 MiB; ask for fewer arrays",
        ),
    ],
)
def test_counts_that_cannot_be_are_refused(
    writer: Writer, attempt: Callable[[Writer, Ink], object], message: str
) -> None:
    ink = Ink.from_offsets(np.full((20, 3), (1, 0, 0)), 0.025)
    with pytest.raises(PentraceError) as caught:
        attempt(writer, ink)
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, EngineError | InkError)


def test_long_work_is_cut_into_calls_that_can_be_stopped(
    tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "CALL_WORK", 50_000)
    cut, whole = Writer(tiny_checkpoint), Writer(tiny_checkpoint)
    whole.engine._call_steps = 10**9
    assert cut.engine._call_steps < 400
    assert cut.write(5000, seed=1) == whole.write(5000, seed=1)
    state = cut.engine.start()
    long = cut.engine.futures(state, 3, 1000, seed=4, origin=7, first=2, variation=0.5)
    assert np.array_equal(
        long, whole.engine.futures(whole.engine.start(), 3, 1000, seed=4, origin=7, first=2, variation=0.5)
    )
    assert cut.engine.steps_done == whole.engine.steps_done == 8000


def test_no_call_holds_the_interpreter_for_long() -> None:
    """Python handles Ctrl-C between calls, so the longest one says how long it waits."""
    writer = Writer()
    ends: list[float] = [time.perf_counter()]
    run = writer.engine._wasm.run

    def timed(*arguments: object, **options: object) -> float:
        result = run(*arguments, **options)  # type: ignore[arg-type]
        ends.append(time.perf_counter())
        return result

    writer.engine._wasm.run = timed  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: writer.write(6000, seed=1))
    thread.start()
    thread.join()
    assert len(ends) > 5
    assert max(b - a for a, b in pairwise(ends)) < 1
