"""pentrace.learn: the golden hands, however many threads; what it refuses; hands in files, writers, commands."""

from __future__ import annotations

import inspect
import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pentrace import Writer, learn
from pentrace.checkpoint import hand, load, tensor_file
from pentrace.checkpoint.checkpoint import scale_name
from pentrace.checkpoint.hand import Hand, Pass
from pentrace.checkpoint.hand_changes import ADDED, DIRECTIONS, HAND_CODE
from pentrace.cli import learn as command
from pentrace.cli import main
from pentrace.engine import Engine
from pentrace.engine.hand.learn import PASSES, learn_lines
from pentrace.engine.hand.learner import Learner
from pentrace.engine.hand.legible import SHARES, UNTRIED, largest_good
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.text.scripts import script_of
from pentrace.engine.wasm import FloatArray
from pentrace.engine.writer import TEXT_CHECKPOINT
from pentrace.errors import HandError
from pentrace.ink import Ink, formats
from tests.engine_reference import HYPER, NORMALISED, PLAIN, Cell, random_checkpoint
from tests.golden.engine import DEFAULT, TINY_HYPER, TINY_TEXT, ink
from tests.golden.learn import GOLDEN, golden, some_scripts
from tests.hands import no_changes


@pytest.fixture(scope="module")
def learned() -> Hand:
    checkpoint, lines = load(TINY_TEXT), [ink(), ink()[20:]]
    return learn_lines(checkpoint, lines, some_scripts(checkpoint, lines), passes=2)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_golden_hands_are_learned_again(threads: int) -> None:
    written, found = json.loads(GOLDEN.read_text(encoding="utf-8")), golden(threads)
    for case, expected in zip(found["cases"], written["cases"], strict=True):
        assert (case["sha256"], case["changes"]) == (expected["sha256"], expected["changes"])
        for row, wanted in zip(case["log"], expected["log"], strict=True):
            for value, other in zip(row, wanted, strict=True):
                assert value is other is None or value == pytest.approx(other, rel=1e-12)


def test_the_log_has_a_row_for_each_pass_and_the_best_is_kept() -> None:
    rows: list[Pass] = []
    lines = [ink()[begin:] for begin in (0, 9, 20, 31, 40, 50)]
    found = learn_lines(load(TINY_TEXT), lines, passes=3, progress=rows.append)
    assert tuple(rows) == found.log
    assert [row.number for row in rows] == [0, 1, 2, 3]
    assert (found.held_back, found.lines, found.points) == (1, 6, sum(map(len, lines)))
    assert found.before == rows[0].scored
    assert found.after == min(row.scored for row in rows) < found.before
    assert found.share == UNTRIED


def test_a_hand_keeps_the_largest_share_that_can_be_read() -> None:
    tried: list[float] = []

    def good(share: float) -> bool:
        tried.append(share)
        return share < 0.5

    assert largest_good(good) == 0.375
    assert tried == [0.375, 0.625, 0.5]
    assert largest_good(lambda share: share < 0) == SHARES[-1] == 0
    assert [largest_good(most.__ge__) for most in SHARES] == list(SHARES)


def test_the_ink_is_in_the_file_only_if_its_owner_asks(tmp_path: Path) -> None:
    inks = [Ink.from_offsets(ink(), 0.025), Ink([(0, 0), (3, 4), (5, 6)], [False, True, False])]
    without = learn(inks, ["ab", None], checkpoint=TINY_TEXT, passes=1)
    assert without.ink == ()
    found = learn(inks, ["ab", None], checkpoint=TINY_TEXT, passes=1, keep_ink=True)
    path = tmp_path / "mine.hand.safetensors"
    hand.save(found, path)
    again = hand.load(path)
    assert again.share == found.share
    assert again.texts == ("ab", None)
    for line, own in zip(again.ink, inks, strict=True):
        assert line.points.tobytes() == own.points.tobytes()
        assert line.pen_up.tobytes() == own.pen_up.tobytes()
        assert line.scale == own.scale
    once_more = learn(again.ink, again.texts, checkpoint=TINY_TEXT, passes=1)
    assert hand.encode(once_more) == hand.encode(without)
    Writer(TINY_TEXT, hand=path)

    with pytest.raises(HandError, match="expected at most 80,000 points of ink to keep, found 90,600"):
        learn([inks[0]] * 600, checkpoint=TINY_TEXT, keep_ink=True)
    begun: list[Pass] = []
    short = [Ink.from_offsets(ink()[k : k + 29], 1 / (k + 39.7)) for k in range(50)] * 52
    with pytest.raises(
        HandError, match=r"^hand: expected at most 1,048,576 bytes, found 1,0[5-9]\d,\d{3}; mix fewer "
    ):
        learn(short, checkpoint=TINY_TEXT, keep_ink=True, progress=begun.append)
    assert not begun
    blob = hand.encode(found)
    for found_in, by, message in (
        (
            b'\\"points\\":3',
            b'\\"points\\":4',
            "ink: expected the lines that the hand was learned from, found",
        ),
        (b'"ink":{', b'"jnk":{', "jnk: expected an int8 tensor"),
    ):
        wrong = blob.replace(found_in, by)
        assert wrong != blob
        with pytest.raises(HandError, match=message):
            hand.decode(wrong, "mine")
    metadata, tensors = tensor_file.decode(blob, "mine", HandError)
    nested = tensor_file.encode(metadata | {"ink": "[" * 100_000}, tensors)
    with pytest.raises(
        HandError, match=r"^mine: ink: expected the lines that the hand was learned from, found"
    ):
        hand.decode(nested, "mine")


def test_the_command_makes_as_many_passes_as_python() -> None:
    assert inspect.signature(command.learn).parameters["passes"].default == PASSES


def test_many_lines_are_read_fewer_times() -> None:
    found = learn_lines(load(TINY_TEXT), [ink()] * 100, passes=100)
    assert len(found.log) - 1 == 60_000 // (99 * 150)


def test_a_file_gives_the_hand_back(learned: Hand, tmp_path: Path) -> None:
    path = tmp_path / "mine.hand.safetensors"
    hand.save(learned, path)
    again = hand.load(path)
    assert (again.base, again.lines, again.points, again.held_back) == (learned.base, 2, 280, 0)
    assert again.after == pytest.approx(learned.after, abs=1e-6)
    for name, tensor in learned.tensors.items():
        assert again.tensors[name].tobytes() == tensor.tobytes()
    assert [path.name for path in tmp_path.iterdir()] == [path.name]


def test_a_hand_of_the_default_checkpoint_fits_64_kib() -> None:
    checkpoint = load(DEFAULT)
    assert (
        len(hand.encode(Hand("0" * 64, no_changes(checkpoint), 12, 60_000, 1, 6.123456, 5.123456)))
        <= 64 * 1024
    )


def test_a_writer_in_a_hand_writes_otherwise_and_keeps_it(learned: Hand) -> None:
    plain, own = Writer(TINY_TEXT), Writer(TINY_TEXT, hand=learned)
    ink = own.write(50, seed=1)
    assert ink != plain.write(50, seed=1)
    assert pickle.loads(pickle.dumps(own)).write(50, seed=1) == ink
    assert own.base.sha256 == plain.checkpoint.sha256 != own.checkpoint.sha256
    assert own.checkpoint.tensors.keys() - plain.checkpoint.tensors.keys() == {HAND_CODE}
    for name, tensor in plain.checkpoint.tensors.items():
        same = own.checkpoint.tensors[name].tobytes() == tensor.tobytes()
        packed_again = name in ("lstm.0.recurrent.weight", "lstm.0.code.recurrent.weight")
        assert same == (name not in learned.tensors and not packed_again), name


def test_the_learned_code_is_what_a_line_is_written_with(learned: Hand) -> None:
    """Other hand codes are added to it."""
    base = load(TINY_TEXT)
    code, more = learned.tensors[HAND_CODE], np.full_like(learned.tensors[HAND_CODE], 0.25)
    assert code.any()
    known = base.architecture.text
    assert known is not None
    own = Engine(learned.apply(base))
    bare = Engine(replace(learned, tensors=learned.tensors | {HAND_CODE: 0 * code}).apply(base))
    word = known.alphabet[:4]

    def states(engine: Engine, hand: FloatArray | None) -> bytes:
        state = engine.start(word, hand)
        engine.sample(state, 20, seed=1)
        return state.c.tobytes()

    assert states(own, None) == states(bare, code) != states(bare, None)
    assert states(own, more) == states(bare, code + more)
    assert states(own, -code) == states(bare, None)


def test_a_line_without_a_text_teaches_no_code() -> None:
    found = learn_lines(load(TINY_TEXT), [ink()], passes=1)
    assert not found.tensors[HAND_CODE].any()
    assert found.with_text == 0


def test_directions_add_to_the_recurrent_rows(learned: Hand) -> None:
    """As far as the int8 rows can say it."""
    base = load(TINY_TEXT)
    own, directions = learned.apply(base), learned.tensors[DIRECTIONS]
    gates = 4 * base.architecture.hidden
    added = np.split(learned.tensors[ADDED], [gates], axis=1)
    for name, more in zip(("lstm.0.recurrent.weight", "lstm.0.code.recurrent.weight"), added, strict=True):
        if name not in base.tensors:
            continue
        scale = base.tensors[scale_name(name)] + learned.tensors[scale_name(name)]
        wanted = scale[:, None] * base.tensors[name] + more.T @ directions
        found = own.float_tensor(name)
        assert (np.abs(found - wanted) <= 0.51 * own.tensors[scale_name(name)][:, None]).all()


def test_directions_are_those_in_which_the_hidden_state_varies_most() -> None:
    base, line = load(DEFAULT), ink()
    engine = Engine(base)
    h = engine.trace(engine.start(), line, c=False, loglik=False)["h"].reshape(len(line), -1)
    found = Learner(base, [line]).find_directions([0], len(line))
    _, _, wanted = np.linalg.svd(h.astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(found @ found.T, np.eye(len(found)), atol=0.03)
    held = np.square(h @ found.T).sum() / np.square(h).sum()
    assert held > 0.99 * np.square(h @ wanted[: len(found)].T).sum() / np.square(h).sum()


def test_texts_are_found_in_their_lines() -> None:
    """Also with other marks; not where a line says something else, or the model cannot write it."""
    writer, line = Writer(TEXT_CHECKPOINT), '"Ada did,"'
    known, recogniser = writer.checkpoint.architecture.text, Recogniser.load()
    assert known is not None
    offsets = writer.read(writer.write_text(line, hand=12, seed=3, candidates=1).ink).offsets
    found = script_of(offsets, line, known, recogniser)
    assert found is not None
    assert "".join(known.alphabet[code - 1] for code in found.codes) == line
    assert found.first[0] == 0
    assert (np.diff(found.first) > 0).all()
    curly = script_of(offsets, "\u201cAda  did,\u201d", known, recogniser)
    assert curly is not None
    assert curly.codes.tobytes() == found.codes.tobytes()
    for other in ("quite another line, of other words", f"{line} \u03b1", ""):
        assert script_of(offsets, other, known, recogniser) is None


def test_texts_that_do_not_belong_to_the_lines_are_refused() -> None:
    line = Ink.from_offsets(ink(), 0.025)
    with pytest.raises(HandError, match="texts: expected one for each of 1 lines, found 2; give None"):
        learn([line], ["a", "b"], checkpoint=TINY_TEXT)
    with pytest.raises(
        HandError, match="texts: expected a list of what each line says, found a single text; put"
    ):
        learn([line] * 2, "ab", checkpoint=TINY_TEXT)
    with pytest.raises(HandError, match="texts: expected a text or None for each line, found int; give"):
        learn([line] * 2, ["a", 2], checkpoint=TINY_TEXT)  # type: ignore[list-item]
    with pytest.raises(HandError, match="texts: expected a checkpoint that knows text, found one that does"):
        learn([line], ["a"])


def test_a_hand_is_refused_by_another_checkpoint(learned: Hand) -> None:
    with pytest.raises(
        HandError, match=r"expected the checkpoint that it was learned on \([0-9a-f]{12}\), found"
    ):
        Writer(DEFAULT, hand=learned)


def test_a_hand_with_other_tensors_is_refused(learned: Hand) -> None:
    odd = replace(learned, tensors={"head.bias": learned.tensors["head.bias"]})
    with pytest.raises(HandError, match=r"expected the tensors lstm\.0\.input\.weight, "):
        odd.apply(load(TINY_TEXT))


@pytest.mark.parametrize(
    ("cell", "layers"),
    [(PLAIN, 1), (NORMALISED, 2), (HYPER, 2)],
    ids=["plain", "two layers", "two with a code"],
)
def test_models_that_cannot_learn_say_so(cell: Cell, layers: int) -> None:
    with pytest.raises(HandError, match="expected a checkpoint of one layer with layer normalisation, found"):
        learn_lines(random_checkpoint(layers, 12, 3, **cell), [ink()])


DOTS = Ink([[0, 0], [9, 4]], [True, True])


def test_ink_that_is_no_english_line_is_learned_from_all_the_same() -> None:
    """A drawing, writing from right to left, a pen beside a mouse without times: movements are all that is learned."""
    turn = np.linspace(0, 12 * np.pi, 400)
    drawing = Ink(np.stack([turn * np.cos(turn), turn * np.sin(turn)], axis=1) * 20, [False] * 399 + [True])
    leftwards = Ink.from_offsets(ink() * np.array([-1, 1, 1], np.float32), 0.025)
    pen = Ink(drawing.points, drawing.pen_up, time=np.arange(400) * 4.0)
    found = learn([drawing, leftwards, pen], checkpoint=TINY_TEXT, passes=1)
    assert found.lines == 3
    assert Writer(TINY_TEXT, hand=found).write(50, seed=1).points.shape == (51, 2)


def body(blob: bytes) -> int:
    """Where the tensors of a file begin."""
    return 8 + int.from_bytes(blob[:8], "little")


@pytest.mark.parametrize("inks", [[], [DOTS], [DOTS, DOTS]])
def test_too_little_ink_says_so(inks: list[Ink]) -> None:
    with pytest.raises(
        HandError, match=r"expected at least 100 points of writing, about two words, found \d+; write"
    ):
        learn(inks)


def test_too_much_ink_says_so() -> None:
    with pytest.raises(
        HandError, match=r"expected at most 100,000 points of writing, found 100,050; leave out"
    ):
        learn_lines(load(TINY_TEXT), [ink()] * 667)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda blob: b"", "mine: expected a safetensors file, found something else"),
        (lambda blob: blob[:-4], "expected a safetensors file"),
        (lambda blob: blob + b"\0", "expected a safetensors file"),
        (lambda blob: blob.replace(b"pentrace hand", b"pentrace hanD"), "this is not a learned hand"),
        (lambda blob: blob.replace(b'"lines":"2"', b'"lines":"x"'), "lines: expected a number"),
        (
            lambda blob: b"".join([blob[: body(blob)], np.float32(np.nan).tobytes(), blob[body(blob) + 4 :]]),
            "scale: expected finite numbers",
        ),
        (lambda blob: blob.replace(b'"format_version":"2"', b'"format_version":"1"'), "learn the hand again"),
        (
            lambda blob: b"".join([blob[: body(blob)], np.float32(3e38).tobytes(), blob[body(blob) + 4 :]]),
            "scale: expected finite numbers",
        ),
        (lambda blob: blob.replace(b'"scale":', b'"skale":'), "skale: expected an int8 tensor"),
        (
            lambda blob: blob.replace(b'"hand.added"', b'"hand.addeD"'),
            r"scale: expected \d+ scales, found \d+",
        ),
    ],
)
def test_broken_files_are_refused(learned: Hand, change: object, message: str) -> None:
    assert callable(change)
    with pytest.raises(HandError, match=message):
        hand.decode(change(hand.encode(learned)), "mine")


def test_the_command_learns_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line, mine, out = tmp_path / "line.json", tmp_path / "mine.hand.safetensors", tmp_path / "out.json"
    formats.write(Ink.from_offsets(ink(), 0.025), line)
    arguments, plot = ["-c", str(TINY_TEXT)], tmp_path / "log.svg"
    asked = ["-o", str(mine), "--passes", "1", "--plot", str(plot), *arguments]
    assert main(["learn", str(line), str(line), *asked]) == 0
    assert plot.read_text(encoding="utf-8").count("<path") > 2
    assert "2 lines (0 with their text), 300 points, " in capsys.readouterr().out
    texts = tmp_path / "texts.txt"
    texts.write_text("one line\n\n", encoding="utf-8")
    assert main(["learn", str(line), str(line), *asked, "--texts", str(texts)]) == 0
    assert main(["learn", str(line), *asked, "--texts", str(texts)]) == 1
    message = f"{texts}: expected 1 text, one for each line, found 2; leave a line of the file empty where it"
    assert message in capsys.readouterr().err
    assert main(["write", "--hand", str(mine), "--seed", "1", "-o", str(out), *arguments]) == 0
    capsys.readouterr()
    assert main(["write", "--hand", str(mine), "--seed", "1", "-o", str(out), "-c", str(TINY_HYPER)]) == 1
    assert "expected the checkpoint that it was learned on" in capsys.readouterr().err
    assert main(["learn", str(line), "-o", str(tmp_path / "mine.svg"), *arguments]) == 1
    assert "expected a name that ends in .hand.safetensors" in capsys.readouterr().err
