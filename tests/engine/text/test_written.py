"""The engine under a text: pointer, hand, end of a line, against the reference and against itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pentrace.checkpoint import Checkpoint
from pentrace.engine import Engine, Line, State
from pentrace.errors import EngineError
from tests.engine.test_engine import random_offsets
from tests.engine_reference import EACH_TEXT, TEXT, WITH_TEXT, Cell, Reference, random_checkpoint, sigmoid

Array = npt.NDArray[Any]
WORDS = "bad a décade"
CODES = [1 + TEXT.alphabet.index(character) for character in WORDS]
HYPER = WITH_TEXT["lstm-hyper-text"]


@pytest.fixture(scope="module", params=list(WITH_TEXT.values()), ids=list(WITH_TEXT))
def checkpoint(request: pytest.FixtureRequest) -> Checkpoint:
    return random_checkpoint(2, 30, 5, **request.param)


@pytest.fixture(scope="module")
def engine(checkpoint: Checkpoint) -> Engine:
    return Engine(checkpoint)


@pytest.fixture(scope="module")
def hyper() -> Engine:
    return Engine(random_checkpoint(1, 30, 5, **HYPER))


def same(one: State, other: State) -> bool:
    """Whether two states will go on alike."""
    cells = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("c", "h"))
    return cells and (one.pointer, one.advance) == (other.pointer, other.advance)


@EACH_TEXT
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 33, 4), (2, 13, 3), (1, 500, 20)])
@pytest.mark.parametrize("forced", [False, True])
def test_trace_agrees_with_the_reference(shape: tuple[int, int, int], cell: Cell, forced: bool) -> None:
    checkpoint = random_checkpoint(*shape, **cell)
    engine, reference = Engine(checkpoint), Reference(checkpoint)
    offsets = random_offsets(70)
    # A step each, then 55 steps at one place (standing counts to 48), a step back, the end.
    path = np.array([0, 1, 2, *[3] * 55, 2, 2, *[12] * 10]) if forced else None
    trace = engine.trace(engine.start(WORDS, 1), offsets, gates=True, pointer=True, pointers=path)
    reference.codes, reference.hand = CODES, checkpoint.float_tensor("text.hands")[1].astype(float)
    pointers = trace["pointer"][:, 0].astype(int)
    if path is not None:
        np.testing.assert_array_equal(pointers, path)
    for k, offset in enumerate(offsets[:-1]):
        reference.c, reference.h = trace["c"][k].astype(float), trace["h"][k].astype(float)
        logit = reference.read_out(trace["h"][k])[-1]
        assert trace["pointer"][k, 1] == pytest.approx(sigmoid(logit), rel=1e-5)
        if path is None and abs(logit) > 1e-4:
            assert pointers[k + 1] == pointers[k] + (logit > 0 and pointers[k] < len(WORDS))
        reference.move(pointers[k + 1])
        reference.consume(offset, trace["h"][k + 1])
        for name in ("c", "h", "gates"):
            found, wanted = trace[name][k + 1], getattr(reference, name)
            np.testing.assert_allclose(found, wanted, rtol=4e-6, atol=4e-6, err_msg=f"{name} {k}")


def test_the_first_step_is_made_at_the_first_character(checkpoint: Checkpoint, engine: Engine) -> None:
    reference = Reference(checkpoint)
    reference.codes = CODES
    reference.consume(np.zeros(3))
    state = engine.start(WORDS)
    np.testing.assert_allclose(state.c, reference.c, rtol=2e-6, atol=2e-6)
    assert state.pointer == 0
    assert state.advance == pytest.approx(sigmoid(reference.read_out(state.h)[-1]), rel=1e-5)


@EACH_TEXT
def test_without_a_text_every_bit_is_that_of_the_plain_model(cell: Cell) -> None:
    checkpoint = random_checkpoint(2, 30, 5, **cell)
    architecture = replace(checkpoint.architecture, text=None)
    tensors = {name: checkpoint.tensors[name] for name in architecture.tensors()}
    tensors |= {name: tensor[:-1] for name, tensor in tensors.items() if name.startswith("head")}
    plain, engine = (
        Engine(replace(checkpoint, architecture=architecture, tensors=tensors)),
        Engine(checkpoint),
    )
    offsets = random_offsets(60)
    found = engine.trace(engine.start(hand=2), offsets, gates=True, mixture=True, pointer=True)
    wanted = plain.trace(plain.start(), offsets, gates=True, mixture=True)
    assert not found.pop("pointer").any()
    for name, array in wanted.items():
        np.testing.assert_array_equal(found[name], array)
    draws: list[Callable[[Engine], Array]] = [
        lambda e: e.sample(e.start(), 60, seed=3),
        lambda e: e.futures(e.start(), 5, 20, seed=3),
        lambda e: e.mixture(e.start()),
    ]
    for draw in draws:
        np.testing.assert_array_equal(draw(engine), draw(plain))


def test_a_text_that_was_taken_away_leaves_the_plain_step(engine: Engine) -> None:
    state, plain = engine.start(WORDS), engine.start()
    engine.set_text(plain, WORDS)
    for other in (state, plain):
        engine.set_text(other, "")
    engine.consume(plain, random_offsets(5))
    again = engine.start()
    engine.consume(again, random_offsets(5))
    assert same(plain, again)
    assert not same(state, engine.start())


def test_characters_and_hands_are_heard(engine: Engine) -> None:
    offsets = random_offsets(1)

    def after(text: str, hand: Any = None) -> Array:
        state = engine.start(text, hand)
        engine.consume(state, offsets, pointers=[0])
        engine.point(state, 1)
        engine.consume(state, offsets)
        return state.c

    texts = ["abcd", "abce", "dbcd", "abc", "abcde"]
    heard = [after(text) for text in texts] + [after("abcd", hand) for hand in (0, 1, np.ones(5))]
    # At character 1 the model sees characters -1 to 3: a fifth makes no difference.
    np.testing.assert_array_equal(heard[0], heard.pop(4))
    for k, one in enumerate(heard):
        assert all(not np.array_equal(one, other) for other in heard[:k]), k


@pytest.mark.parametrize("variation", [0.5, 1.0])
def test_a_line_ends_with_the_pen_lifted_and_the_last_character_written(
    engine: Engine, variation: float
) -> None:
    state = engine.start(WORDS)
    offsets, pointers = engine.write(state, 20_000, cap=0, seed=4, variation=variation)
    assert len(offsets) == len(pointers) < 20_000
    assert offsets[-1, 2] == 1
    assert state.pointer == len(WORDS) or (state.pointer == len(WORDS) - 1 and state.advance > 0.5)
    # The pointer visits every character once, in order, and the line does not go on after its end.
    assert set(np.diff(pointers)) == {0, 1}
    assert pointers[0] == 0
    assert pointers[-1] >= len(WORDS) - 1
    assert not (offsets[:-1, 2].astype(bool) & (pointers[1:] == len(WORDS))).any()
    assert len(engine.sample(state, 10, seed=4)) == 0, "a line that has ended stays so"
    copy = engine.start(WORDS)
    np.testing.assert_array_equal(engine.sample(copy, 20_000, seed=4, variation=variation), offsets)
    assert same(copy, state)


def test_a_line_reads_as_it_was_written(engine: Engine) -> None:
    written, read, led = engine.start(WORDS), engine.start(WORDS), engine.start(WORDS)
    offsets, pointers = engine.write(written, 20_000, cap=0, seed=4)
    traces = [
        engine.trace(state, offsets, pointer=True, pointers=path)
        for state, path in ((read, None), (led, pointers))
    ]
    for name, array in traces[0].items():
        np.testing.assert_array_equal(array, traces[1][name])
    np.testing.assert_array_equal(traces[0]["pointer"][:, 0], pointers)
    assert same(read, written)
    assert same(led, written)
    consumed = engine.start(WORDS)
    engine.consume(consumed, offsets[:20], pointers=pointers[:21])
    engine.consume(consumed, offsets[20:])
    assert same(consumed, written)


def test_a_line_may_be_written_in_pieces(engine: Engine) -> None:
    whole, pieces = engine.start(WORDS), engine.start(WORDS)
    line = engine.write(whole, 20_000, cap=9, seed=4, stream=3)
    parts: list[Line] = []
    while not parts or len(parts[-1].offsets):
        done = sum(len(part.offsets) for part in parts)
        parts.append(engine.write(pieces, 7, cap=9, seed=4, stream=3, first_step=done))
    for which in range(2):
        np.testing.assert_array_equal(np.concatenate([part[which] for part in parts]), line[which])


def test_a_cap_bounds_the_offsets_of_a_character(engine: Engine) -> None:
    free = engine.write(engine.start(WORDS), 20_000, cap=0, seed=4).pointers
    capped = engine.write(engine.start(WORDS), 20_000, cap=3, seed=4).pointers
    counts = np.bincount(capped, minlength=len(WORDS) + 1)
    assert counts.max() == 3 < np.bincount(free).max()
    assert (counts[:-1] >= 1).all()


def test_a_cap_ends_a_line_whose_pen_never_lifts() -> None:
    checkpoint = random_checkpoint(1, 30, 5, **HYPER)
    checkpoint.tensors["head.bias"] = checkpoint.tensors["head.bias"].copy()
    checkpoint.tensors["head.bias"][0] = -50
    engine = Engine(checkpoint)
    offsets, pointers = engine.write(engine.start("abc"), 1000, cap=5, seed=1)
    assert not offsets[:, 2].any()
    assert (pointers == 3).sum() == 5
    assert len(offsets) <= 20
    for take in engine.takes(engine.start("abc"), 3, cap=5, seed=1):
        assert (take.pointers == 3).sum() == 5


@EACH_TEXT
@pytest.mark.parametrize("shape", [(1, 30, 5), (2, 13, 3)])
@pytest.mark.parametrize("count", [1, 2, 7, 130])
def test_takes_and_futures_are_written_lines_bit_for_bit(shape: Any, count: int, cell: Cell) -> None:
    engine = Engine(random_checkpoint(*shape, **cell))
    state = engine.start("a bad", 0)
    engine.consume(state, random_offsets(4))
    before = state.copy()
    takes = engine.takes(state, count, cap=12, seed=5, variation=0.7)
    futures = engine.futures(state, count, 60, seed=5, variation=0.7)
    lengths = set()
    for k in range(count):
        line = engine.write(state.copy(), 100, cap=12, seed=5, stream=k, variation=0.7)
        for found, wanted in zip(takes[k], line, strict=True):
            np.testing.assert_array_equal(found, wanted)
        sample = engine.sample(state.copy(), 60, seed=5, stream=k, variation=0.7)
        rest = np.tile(np.array([0, 0, 1], np.float32), (60 - len(sample), 1))
        np.testing.assert_array_equal(futures[k], np.concatenate([sample, rest]))
        lengths.add(len(sample))
    assert same(state, before)
    if count == 130:
        assert len(lengths) > 2, "futures part in the text, and end at different steps"


@EACH_TEXT
@pytest.mark.parametrize(("count", "longest_call"), [(1, 7), (8, 7), (8, 50), (70, 100)])
def test_long_takes_and_futures_are_drawn_in_pieces(cell: Cell, count: int, longest_call: int) -> None:
    checkpoint = random_checkpoint(2, 13, 3, **cell)
    whole, pieces = Engine(checkpoint), Engine(checkpoint)
    pieces._call_steps = longest_call
    found = []
    for engine in (whole, pieces):
        state = engine.start("a bad", 0)
        engine.consume(state, random_offsets(4))
        before, begin = state.copy(), engine.steps_done
        takes = engine.takes(state, count, cap=12, seed=5, first=3, variation=0.7)
        found.append((takes, engine.futures(state, count, 110, seed=5, origin=2, variation=0.7)))
        assert same(state, before)
        drawn = sum(len(take.offsets) for take in takes)
        if engine is pieces:
            assert engine.steps_done - begin < drawn + 110 * count + count * longest_call
    (takes, futures), (takes_in_pieces, futures_in_pieces) = found
    np.testing.assert_array_equal(futures_in_pieces, futures)
    for one, other in zip(takes_in_pieces, takes, strict=True):
        np.testing.assert_array_equal(one.offsets, other.offsets)
        np.testing.assert_array_equal(one.pointers, other.pointers)


def test_long_futures_without_a_text_are_drawn_in_pieces() -> None:
    checkpoint = random_checkpoint(1, 30, 5)
    whole, pieces = Engine(checkpoint), Engine(checkpoint)
    pieces._call_steps = 20
    wanted = whole.futures(whole.start(), 3, 45, seed=1, first=7)
    np.testing.assert_array_equal(pieces.futures(pieces.start(), 3, 45, seed=1, first=7), wanted)


def test_texts_belong_to_states(engine: Engine) -> None:
    one, other, plain = engine.start("abc"), engine.start("dead"), engine.start()
    copy = one.copy()
    offsets = random_offsets(10)
    for state in (one, other, plain):
        engine.consume(state, offsets)
    alone = engine.start("dead")
    engine.consume(alone, offsets)
    assert same(other, alone)
    assert not same(other, one)
    engine.consume(copy, offsets)
    assert same(copy, one)
    engine.set_text(copy, "ed")
    assert copy.pointer == 0
    np.testing.assert_array_equal(copy.c, one.c)
    with pytest.raises(EngineError, match="pointer: expected 0 to 2, found 3"):
        engine.point(copy, 3)
    engine.point(one, 3)


def test_a_pointer_put_elsewhere_writes_that_character_next(engine: Engine) -> None:
    offsets = random_offsets(3)
    put, led = engine.start(WORDS), engine.start(WORDS)
    engine.consume(put, offsets[:2], pointers=[0, 0, 0])
    engine.consume(led, offsets[:2], pointers=[0, 0, 0])
    advance = put.advance
    engine.point(put, 6)
    assert (put.pointer, put.advance) == (6, advance)
    engine.consume(put, offsets[2:])
    engine.consume(led, offsets[2:], pointers=[0, 6])
    assert same(put, led)
    # Where it stands already, it goes on standing.
    stays, led = engine.start(WORDS), engine.start(WORDS)
    engine.point(stays, 0)
    engine.consume(stays, offsets[:1])
    engine.consume(led, offsets[:1], pointers=[0, 0])
    assert same(stays, led)


def test_a_pointer_that_is_held_stays_until_it_is_let_go(engine: Engine) -> None:
    state = engine.start(WORDS)
    engine.point(state, 3, hold=True)
    assert set(engine.write(state, 200, cap=5, seed=1).pointers) == {3}
    futures = engine.futures(state, 4, 30, seed=2)
    np.testing.assert_array_equal(futures[2], engine.sample(state.copy(), 30, seed=2, stream=2))
    led = state.copy()
    engine.consume(led, random_offsets(3), pointers=[3, 3, 3, 4])
    assert led.pointer == 4
    engine.point(state, 3)
    assert 4 in engine.write(state, 500, cap=5, seed=1).pointers


def test_interventions_under_a_text(engine: Engine) -> None:
    plain = engine.write(engine.start(WORDS), 300, cap=20, seed=4)
    settings = np.zeros((5, 30), np.float32)
    settings[0, ::3], settings[1, ::3], settings[3, ::3] = 1, 0.5, 1.5
    engine.intervene(1, settings)
    state = engine.start(WORDS)
    takes = engine.takes(state, 3, cap=20, seed=4)
    line = engine.write(state.copy(), 300, cap=20, seed=4)
    engine.intervene(1, None)
    for found, wanted in zip(takes[0], line, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert not np.array_equal(line.offsets, plain.offsets)


def test_a_state_that_is_used_again_knows_no_text(engine: Engine) -> None:
    for _ in range(3):
        engine.start(WORDS, 2)
    assert same(engine.start(), engine.start())
    engine.sample(state := engine.start(), 50, seed=1)
    assert state.pointer == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda e: e.start("a cat"), "text: expected characters that the model knows, found 't' at 4"),
        (lambda e: e.start("a" * 257), "text: expected at most 256 characters, found 257"),
        (lambda e: e.start("a", 3), "hand: expected one of 3 hands, found 3"),
        (lambda e: e.start("a", -1), "hand: expected one of 3 hands, found -1"),
        (lambda e: e.start("a", [1, 2]), "hand: expected 5 finite numbers, found shape (2,): [1. 2.]"),
        (
            lambda e: e.start("a", [0, 0, 0, 0, np.inf]),
            "hand: expected 5 finite numbers, found shape (5,): [ 0.  0.  0.  0. inf]",
        ),
        (lambda e: e.point(e.start("ab"), 3), "pointer: expected 0 to 2, found 3"),
        (lambda e: e.point(e.start(), 0), "pointer: expected a state with a text, found 0"),
        (
            lambda e: e.consume(e.start("ab"), np.zeros((2, 3)), pointers=[0, 3]),
            "pointers: expected 0 to 2, found 3 in row 1",
        ),
        (
            lambda e: e.consume(e.start("ab"), np.zeros((2, 3)), pointers=[1, 2]),
            "pointers: expected 0, where the pointer stands, in row 0, found 1",
        ),
        (
            lambda e: e.trace(e.start("ab"), np.zeros((2, 3)), pointers=[0.0, 1.0]),
            "pointers: expected whole numbers of shape (2,) or (3,), found float64 (2,)",
        ),
        (
            lambda e: e.trace(e.start("ab"), np.zeros((2, 3)), pointers=[0]),
            "pointers: expected whole numbers of shape (2,) or (3,), found int64 (1,)",
        ),
        (
            lambda e: e.trace(e.start(), np.zeros((2, 3)), pointers=[0, 0]),
            "pointers: expected a state with a text, found one without",
        ),
        (lambda e: e.write(e.start("ab"), 5, cap=-1, seed=0), "cap: expected 0 to 2147483647, found -1"),
        (
            lambda e: e.takes(e.start(), 5, cap=3, seed=0),
            "takes: expected a text and a cap of at least 1, found 0 characters, cap 3",
        ),
    ],
)
def test_messages(hyper: Engine, call: Any, message: str) -> None:
    with pytest.raises(EngineError) as caught:
        call(hyper)
    assert str(caught.value) == message


def test_a_model_that_knows_no_text_says_so() -> None:
    engine = Engine(random_checkpoint(1, 3, 1))
    for call, what in (
        (lambda: engine.start("a"), "text"),
        (lambda: engine.start(hand=0), "hand"),
        (lambda: engine.trace(engine.start(), np.zeros((1, 3)), pointer=True), "trace: pointer"),
    ):
        with pytest.raises(EngineError) as caught:
            call()
        assert str(caught.value) == f"{what}: expected a model that knows text, found one that does not"
