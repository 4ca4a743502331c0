"""Mixing hands: the golden mixes, the ends of a mix, what is refused; the command; the checkpoint that a hand picks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pentrace import Writer, mix
from pentrace.checkpoint import hand, load
from pentrace.checkpoint.hand import Hand
from pentrace.checkpoint.hand_changes import ADDED, DIRECTIONS
from pentrace.cli import main
from pentrace.engine.hand.learn import learn_lines
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT
from pentrace.errors import HandError
from pentrace.ink import Ink, formats
from tests.golden import mix as golden_mix
from tests.golden.engine import TINY_TEXT, ink
from tests.hands import no_changes


@pytest.fixture(scope="module")
def hands() -> tuple[Hand, Hand]:
    base = load(TINY_TEXT)
    one, two = (learn_lines(base, [ink()[begin:end]], passes=1) for begin, end in golden_mix.ROWS)
    return one, two


def test_the_golden_mixes_are_made_again() -> None:
    written = json.loads(golden_mix.GOLDEN.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(golden_mix.golden())) == written


def test_the_ends_of_a_mix_are_the_hands_and_the_plain_model(hands: tuple[Hand, Hand]) -> None:
    base = load(TINY_TEXT)
    for name, tensor in hands[0].tensors.items():
        if name in (ADDED, DIRECTIONS):
            continue
        assert np.array_equal(mix(base, hands, [1, 0]).tensors[name], tensor)
        assert not mix(base, hands, [0, 0]).tensors[name].any()
        half = mix(base, hands, [0.5, 0.5]).tensors[name]
        mean = (tensor + hands[1].tensors[name]) / 2
        np.testing.assert_allclose(half, mean, atol=np.abs(mean).max() / 127)
    plain = mix(base, hands, [0, 0]).apply(base)
    assert all(tensor.tobytes() == plain.tensors[name].tobytes() for name, tensor in base.tensors.items())


def test_a_mix_adds_what_all_directions_add(hands: tuple[Hand, Hand]) -> None:
    base = load(TINY_TEXT)

    def added(tensors: dict[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        return tensors[ADDED].T @ tensors[DIRECTIONS]

    mixed = mix(base, hands, [0.75, -0.5]).tensors
    wanted = 0.75 * added(hands[0].tensors) - 0.5 * added(hands[1].tensors)
    np.testing.assert_allclose(added(mixed), wanted, atol=np.abs(wanted).max() / 50)


def test_a_mix_is_a_hand_without_a_score(hands: tuple[Hand, Hand], tmp_path: Path) -> None:
    mixed = mix(load(TINY_TEXT), hands, [0.5, 0.5])
    path = tmp_path / "ours.hand.safetensors"
    hand.save(mixed, path)
    again = hand.load(path)
    assert (again.lines, again.points, again.before, again.after) == (2, 260, None, None)
    assert Writer(TINY_TEXT, hand=again).write(20, seed=1) == Writer(TINY_TEXT, hand=mixed).write(20, seed=1)


@pytest.mark.parametrize(
    ("count", "shares", "message"),
    [
        (0, [], "expected 1 to 16 hands with a share each, found 0 hands and 0 shares"),
        (2, [1], "found 2 hands and 1 shares"),
        (1, [2.5], "expected shares of -2 to 2, found 2.5"),
        (1, [float("nan")], "expected shares of -2 to 2, found nan"),
    ],
)
def test_shares_that_do_not_fit_are_refused(
    hands: tuple[Hand, Hand], count: int, shares: list[float], message: str
) -> None:
    with pytest.raises(HandError, match=message):
        mix(load(TINY_TEXT), hands[:count], shares)


def test_hands_of_two_checkpoints_do_not_mix(hands: tuple[Hand, Hand]) -> None:
    with pytest.raises(HandError, match="expected the checkpoint that it was learned on"):
        mix(load(TINY_TEXT), [hands[0], replace(hands[1], base="0" * 64)], [0.5, 0.5])


def test_a_checkpoint_may_be_named_by_its_path(hands: tuple[Hand, Hand]) -> None:
    found = mix(str(TINY_TEXT), hands, [0.5, 0.5])
    assert hand.encode(found) == hand.encode(mix(load(TINY_TEXT), hands, [0.5, 0.5]))


@pytest.mark.parametrize("size", [1e30, 3e38])
@pytest.mark.filterwarnings("error")
def test_changes_that_overflow_are_refused_in_a_sentence(size: float) -> None:
    base = load(TINY_TEXT)
    tensors = {name: np.full_like(change, size) for name, change in no_changes(base).items()}
    large = Hand(base.sha256, tensors, 1, 100, 0, 6.0, 6.0)
    wanted = r"^hand: expected changes that leave \S+ finite, found larger ones; learn the hand again$"
    with pytest.raises(HandError, match=wanted):
        Writer(base, hand=large)
    if size > 1e38:
        with pytest.raises(HandError, match=wanted):
            mix(base, [large, large], [2, 2])


def test_a_mix_that_no_file_can_hold_is_not_written(hands: tuple[Hand, Hand], tmp_path: Path) -> None:
    base, mixed, path = load(TINY_TEXT), hands[0], tmp_path / "mix.hand.safetensors"
    while len(hand.encode(mixed)) < 2**20 / 16:
        mixed = mix(base, [mixed] * 4, [0.25] * 4)
    too_large = mix(base, [mixed] * 16, [1 / 16] * 16)
    with pytest.raises(HandError, match=r"^hand: expected at most 1,048,576 bytes, found [1-9],"):
        hand.save(too_large, path)
    assert not path.exists()


def test_the_command_mixes(
    hands: tuple[Hand, Hand], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / f"{name}.hand.safetensors" for name in ("a", "b", "out")]
    for made, path in zip(hands, paths[:2], strict=True):
        hand.save(made, path)
    arguments = ["mix", *map(str, paths[:2]), "-o", str(paths[2]), "-c", str(TINY_TEXT)]
    assert main([*arguments, "--share", "0.8", "--share", "0.2"]) == 0
    assert capsys.readouterr().out.endswith("a mix of a.hand.safetensors 0.8, b.hand.safetensors 0.2\n")
    for name, tensor in mix(load(TINY_TEXT), hands, [0.8, 0.2]).tensors.items():
        assert np.array_equal(hand.load(paths[2]).tensors[name], tensor)
    assert main([*arguments, "--share", "0.8"]) == 1
    assert "--share: expected one for each of 2 hands, found 1" in capsys.readouterr().err


def unchanged(path: Path) -> Hand:
    """A hand of an included checkpoint that changes nothing."""
    base = load(path)
    return Hand(base.sha256, no_changes(base), 1, 100, 0, 6.0, 6.0)


@pytest.mark.parametrize("path", [DEFAULT_CHECKPOINT, TEXT_CHECKPOINT])
def test_a_hand_picks_the_included_checkpoint_that_it_was_learned_on(path: Path) -> None:
    assert Writer(hand=unchanged(path)).base.sha256 == load(path).sha256


def test_a_hand_of_no_included_checkpoint_says_what_to_name(hands: tuple[Hand, Hand]) -> None:
    with pytest.raises(HandError, match="expected one of an included checkpoint, found one of another"):
        Writer(hand=hands[0])


def test_commands_pick_the_checkpoint_by_the_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line, out = tmp_path / "line.json", tmp_path / "out.json"
    formats.write(Ink.from_offsets(ink(), 0.025), line)
    files = {
        path: tmp_path / f"{path.stem}.hand.safetensors" for path in (DEFAULT_CHECKPOINT, TEXT_CHECKPOINT)
    }
    for path, file in files.items():
        hand.save(unchanged(path), file)
    text, plain = (str(files[path]) for path in (TEXT_CHECKPOINT, DEFAULT_CHECKPOINT))
    said = ["-o", str(out), "--seed", "1"]
    assert main(["write", "--text", "Hi", "--candidates", "1", "--hand", text, *said]) == 0
    assert main(["neaten", str(line), "--hand", text, "-o", str(out)]) == 0
    assert main(["continue", str(line), "--steps", "5", "--hand", text, *said]) == 0
    capsys.readouterr()
    assert main(["write", "--text", "Hi", "--hand", plain, *said]) == 1
    error = capsys.readouterr().err
    assert "expected a hand of a checkpoint that knows text" in error
    assert "learn the lines again with `pentrace learn --text`" in error
