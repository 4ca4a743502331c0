"""Texts in training: the pointer's inputs and targets, which lines are used, and a whole run with texts."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from pentrace.checkpoint import load, save
from pentrace.checkpoint.architecture import Architecture, TextArchitecture
from pentrace.data.alignment import Alignment, read_alignments, write_alignments
from pentrace.data.dataset import Line, write_shards
from pentrace.errors import ConfigError, DataError, TrainingError
from pentrace.training import train as training
from pentrace.training.batches import Example, Shown, batches, pad
from pentrace.training.examples import Texts
from pentrace.training.loss import Loss, Targets, negative_log_likelihood, tensors
from pentrace.training.model import Handwriting, TextInputs, pack, unpack
from pentrace.training.text import NO_HAND, Aligned, after_cut, pointer_path, step_by_step
from pentrace.training.validate import validate
from pentrace.training.warm_start import start
from tests.training.test_train import TINY, KilledError, rows, waves

TEXT = TextArchitecture("abcd", embedding=3, hand=5, hands=2)
HYPER = Architecture(1, 12, 2, True, 3, TEXT)


def aligned(codes: Iterable[int], first: Iterable[int], hand: int = 0) -> Aligned:
    return Aligned(np.array(list(codes)), np.array(list(first)), hand)


def test_each_step_sees_the_characters_around_the_pointer() -> None:
    steps = step_by_step(aligned([3, 1, 2], [0, 2, 3]), 5, reach=2)
    assert steps.characters.tolist() == [
        [0, 0, 3, 1, 2],  # the first character has offsets 0 and 1
        [0, 0, 3, 1, 2],
        [0, 3, 1, 2, 0],  # the second has offset 2
        [3, 1, 2, 0, 0],  # the third has offsets 3 and 4
        [3, 1, 2, 0, 0],
        [1, 2, 0, 0, 0],  # past the end
    ]
    assert steps.standing.tolist() == [0, 1, 0, 0, 1, 0]
    assert steps.advance.tolist() == [0, 1, 1, 0, 1, 0]
    assert steps.advance_mask.tolist() == [True] * 5 + [False]
    assert step_by_step(aligned([3, 1], [0, 1]), 2, reach=0).characters.tolist() == [[3], [1], [0]]


def test_a_pointer_that_is_late_is_asked_to_catch_up_and_an_early_one_to_wait() -> None:
    text, rng = aligned(range(1, 21), range(0, 200, 10)), np.random.default_rng(1)
    shifts = []
    for _ in range(50):
        steps = step_by_step(text, 200, reach=0, jitter=4.0, rng=rng)
        pointer = pointer_path(text.first, 200)
        seen = np.where(steps.characters[:, 0] == 0, 20, steps.characters[:, 0] - 1)
        assert set(np.diff(seen)) <= {0, 1}, "one character at a time"
        assert seen[0] == 0
        true_next = np.append(pointer[1:], 20)
        np.testing.assert_array_equal(steps.advance, true_next > seen)
        shifts += [int(np.argmax(seen > k)) - 10 * (k + 1) for k in range(1, 18)]
    assert np.std(shifts) == pytest.approx(4, abs=0.4)
    assert np.mean(shifts) == pytest.approx(0, abs=0.5)


def test_after_the_last_point_the_pointer_is_asked_to_leave_the_text() -> None:
    rng, text = np.random.default_rng(2), aligned([1, 2, 3], [0, 10, 20])
    for _ in range(40):
        steps = step_by_step(text, 30, reach=1, jitter=6.0, rng=rng)
        assert steps.advance[-1] == steps.advance_mask[-1], "unless it has left already"


def test_boundaries_follow_the_points_that_stay() -> None:
    kept = np.array([1, 1, 0, 0, 1, 0, 1, 1], np.bool_)
    assert after_cut(np.array([0, 2, 5]), kept) is not None
    np.testing.assert_array_equal(after_cut(np.array([0, 2, 5]), kept), [0, 2, 3])
    # no character is left without a point
    np.testing.assert_array_equal(after_cut(np.array([0, 2, 3, 5]), kept), [0, 2, 3, 4])
    np.testing.assert_array_equal(after_cut(np.array([0, 7]), kept), [0, 4])
    assert after_cut(np.array([0, 1, 2, 3, 4, 5]), kept) is None


def test_a_batch_has_a_step_after_the_last_point() -> None:
    examples = [Example(np.ones((k, 3), np.float32), aligned([1, 2], [0, 3], k % 2)) for k in (9, 7, 8)]
    config = dataclasses.replace(TINY, rest=0, text_dropout=0.0, hand_dropout=0.0, jitter=0.0)
    (batch,) = batches(examples, config, 0, reach=2)
    text = batch.text
    assert text is not None
    assert text.characters.shape == (10, 3, 5)
    assert text.given.all()
    lengths = batch.mask.sum(0)
    assert sorted(lengths) == [7, 8, 9]
    for k, length in enumerate(lengths):
        assert text.hand[k] == length % 2
        assert text.advance[2, k] == text.advance[length - 1, k] == 1
        assert text.advance.sum() == 6
        assert not text.advance_mask[length:, k].any()
    windows = list(batch.windows(4))
    assert [len(window.mask) for window in windows] == [4, 3, 3]
    joined = np.concatenate([window.text.characters for window in windows if window.text])
    np.testing.assert_array_equal(joined, text.characters)
    mine = batch.share(1, 2).text
    assert mine is not None
    np.testing.assert_array_equal(mine.characters, text.characters[:, 1:2])
    none = batch.share(3, 4)
    assert none.points == 0
    assert none.text is not None
    assert not none.text.advance_mask.any()


def test_texts_and_hands_are_left_out_as_often_as_was_asked() -> None:
    examples = [Example(np.ones((9, 3), np.float32), aligned([1, 2], [0, 3]), 1.5)] * 2000
    config = dataclasses.replace(TINY, batch=16, shuffle=99, text_dropout=0.2, hand_dropout=0.4)
    texts = [batch.text for batch in batches(examples, config, 0, reach=1) if batch.text]
    given = np.concatenate([text.given for text in texts])
    hands = np.concatenate([text.hand for text in texts])
    assert len(given) == pytest.approx(3000, rel=0.05), "copies, in the mean"
    assert given.mean() == pytest.approx(0.8, abs=0.03)
    assert (hands == NO_HAND).mean() == pytest.approx(0.4, abs=0.03)
    for text in texts:
        assert not text.advance_mask[:, ~text.given].any(), "without a text there is no pointer to move"


def lines(count: int, seed: int = 0) -> list[Line]:
    """Waves on three pages, named apart from those of another seed."""
    return [
        dataclasses.replace(line, line_id=f"{seed}-{k}", form=f"page{k % 3}")
        for k, line in enumerate(waves(count, seed))
    ]


def align(some: Iterable[Line], letters: str = "abc ") -> list[Alignment]:
    """A character every 9 offsets."""
    made = []
    for k, line in enumerate(some):
        first = np.arange(0, len(line.ink) - 9, 9, dtype=np.int32)
        text = "".join(letters[(k + j) % len(letters)] for j in range(len(first)))
        made.append(Alignment(line.line_id, text, first, -0.5))
    return made


def test_alignments_survive_a_file(tmp_path: Path) -> None:
    written = align(lines(3))
    write_alignments(written, tmp_path / "a.parquet")
    found = list(read_alignments(tmp_path / "a.parquet"))
    assert [(a.line_id, a.text, a.score) for a in found] == [(a.line_id, a.text, a.score) for a in written]
    for a, b in zip(found, written, strict=True):
        np.testing.assert_array_equal(a.first, b.first)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "ab"}, "0-0: expected one offset for each of 2 characters, found"),
        ({"first": np.array([1, 2], np.int32), "text": "ab"}, "0-0: expected first offsets that rise from 0"),
        ({"first": np.array([0, 0], np.int32), "text": "ab"}, "0-0: expected first offsets that rise from 0"),
        ({"first": np.array([], np.int32), "text": ""}, "0-0: expected one offset for each of 0 characters"),
        ({"score": math.nan}, "0-0: expected a finite score, found nan"),
        ({"text": None}, "0-0: expected no nulls, found one"),
    ],
)
def test_alignments_that_cannot_be_right_are_named(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    first, *others = align(lines(3))
    write_alignments([dataclasses.replace(first, **change), *others], tmp_path / "a.parquet")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=rf"a\.parquet: {message}"):
        list(read_alignments(tmp_path / "a.parquet"))


def test_a_file_that_has_no_alignments_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"none")
    with pytest.raises(
        DataError, match=r"a\.parquet: expected a Parquet file of alignments, found something else"
    ):
        list(read_alignments(tmp_path / "a.parquet"))
    (shard,) = write_shards(lines(2), tmp_path)
    with pytest.raises(
        DataError, match=r"expected the columns line_id, text, first, score, found line_id, form"
    ):
        list(read_alignments(shard))


def test_which_lines_are_learned_from_and_how_often(tmp_path: Path) -> None:
    data, val = lines(9), lines(2, seed=1)
    write_shards(data, tmp_path / "train")
    alignments = align([*data, *val])
    alignments[0] = dataclasses.replace(alignments[0], score=-5.0)
    alignments[1] = dataclasses.replace(alignments[1], text="#" * len(alignments[1].text))
    alignments[2] = dataclasses.replace(alignments[2], text="Q" * len(alignments[2].text))
    alignments[-1] = dataclasses.replace(alignments[-1], text="?" * len(alignments[-1].text))
    write_alignments(alignments, tmp_path / "a.parquet")
    config = dataclasses.replace(TINY, rare=40)
    texts = Texts.read(tmp_path / "a.parquet", [tmp_path / "train"], config)
    assert texts.architecture == TextArchitecture(" Qabc", hands=3)
    assert sorted(texts.lines) == [*(f"0-{k}" for k in range(2, 9)), "1-0"]
    assert texts.lines["1-0"].hand == NO_HAND
    assert [texts.lines[f"0-{k}"].hand for k in (3, 4, 5)] == [0, 1, 2]
    spelled = texts.lines["0-3"].codes
    assert "".join(" Qabc"[code - 1] for code in spelled) == alignments[3].text
    rare = len(alignments[2].text)
    assert texts.copies["0-2"] == pytest.approx(math.sqrt(40 / rare))
    assert "1-0" not in texts.copies
    with pytest.raises(DataError, match=r"expected texts of the training lines with 1 to 255 .*, found 0"):
        Texts.read(
            tmp_path / "a.parquet", [tmp_path / "train"], dataclasses.replace(config, left_out=" Qabc#")
        )


def conditioned(dtype: torch.dtype = torch.float32) -> Handwriting:
    torch.manual_seed(3)
    model = Handwriting(HYPER, dtype=dtype)
    for part in model.modulation:
        torch.nn.init.normal_(part, 0, 0.3)
    return model


def batch_of(model: Handwriting) -> tuple[torch.Tensor, TextInputs, Targets]:
    rng = np.random.default_rng(4)
    examples = [
        Example(rng.normal(0, 1, (30 + k, 3)).astype(np.float32), aligned([1, 4, 2], [0, 8, 15], k % 2))
        for k in range(4)
    ]
    config = dataclasses.replace(TINY, text_dropout=0.3, jitter=2.0)
    (batch,) = batches(examples, config, 1, reach=2)
    inputs, text, targets = tensors(batch, "cpu")
    assert text is not None
    return inputs, text, targets


def test_the_text_enters_as_the_specification_says() -> None:
    model = conditioned().eval()
    inputs, text, _ = batch_of(model)
    assert model.text is not None
    u = torch.zeros(*inputs.shape[:2], TEXT.inputs)
    for t in range(len(inputs)):
        for b in range(inputs.shape[1]):
            if not text.given[b]:
                continue
            parts = [model.text.embedding[code] for code in text.characters[t, b]]
            standing = min(48.0, float(text.standing[t, b]))
            parts.append(torch.tensor([standing / 48, 1 / (1 + standing)]))
            hand = int(text.hand[b])
            parts.append(torch.zeros(5) if hand == NO_HAND else model.text.hands[hand])
            u[t, b] = torch.cat(parts)
    torch.testing.assert_close(model.text(text), u)
    # the same as a plain model whose offsets are longer
    plain = Handwriting(dataclasses.replace(HYPER, text=None)).eval()
    shared = {k: v for k, v in model.state_dict().items() if k.split(".")[0] not in ("text", "head")}
    plain.load_state_dict(shared, strict=False)
    with torch.no_grad():
        plain.inputs[0] = torch.nn.Parameter(torch.cat([model.inputs[0], model.text.weight], 1))
        assert model.text.code_weight is not None
        plain.code_inputs[0] = torch.nn.Parameter(
            torch.cat([model.code_inputs[0], model.text.code_weight], 1)
        )
        wide, _ = plain.hidden_states(torch.cat([inputs, u], -1))
        torch.testing.assert_close(model.hidden_states(inputs, None, text)[0], wide)
        without = text._replace(given=torch.zeros_like(text.given))
        torch.testing.assert_close(model(inputs, None, without)[0], model(inputs)[0])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_loss_is_that_of_points_and_of_moves(dtype: torch.dtype) -> None:
    model = conditioned(dtype)
    inputs, text, targets = batch_of(model)
    sums, _ = Loss(model)(inputs, None, text, targets)
    with torch.no_grad():
        z, _ = unpacked(model)(inputs, None, text)
    nats = negative_log_likelihood(z, targets.offsets[0])
    points = (nats.position + nats.pen)[targets.mask].sum()
    assert targets.advance is not None
    moves = functional.binary_cross_entropy_with_logits(z[..., -1], targets.advance, reduction="none")
    tolerance = 1e-4 if dtype == torch.float32 else 0.02
    torch.testing.assert_close(sums.points, points, rtol=tolerance, atol=0)
    torch.testing.assert_close(sums.advance, moves[targets.advance_mask].sum(), rtol=tolerance, atol=0)
    torch.autograd.backward(sums.points + sums.advance)
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def unpacked(model: Handwriting) -> Handwriting:
    """The same model in float32."""
    again = Handwriting(model.architecture)
    again.load_state_dict(model.state_dict())
    return again.eval()


def test_the_model_learns_when_to_move_on() -> None:
    model = conditioned(torch.bfloat16)
    inputs, text, targets = batch_of(model)
    optimizer = torch.optim.Adam(model.parameters(), 0.03)
    losses = []
    for _ in range(30):
        sums, _ = Loss(model)(inputs, None, text, targets)
        optimizer.zero_grad()
        torch.autograd.backward(sums.advance)
        optimizer.step()
        losses.append(float(sums.advance.detach()))
    assert losses[-1] < 0.2 * losses[0]


@pytest.mark.parametrize("hands", [0, 2])
def test_packing_and_unpacking(tmp_path: Path, hands: int) -> None:
    torch.manual_seed(3)
    model = Handwriting(dataclasses.replace(HYPER, text=dataclasses.replace(TEXT, hands=hands))).eval()
    save(pack(model, "t", {}), tmp_path / "t.safetensors")
    again = unpack(load(tmp_path / "t.safetensors"))
    assert again.architecture == model.architecture
    inputs, text, _ = batch_of(model)
    text = text._replace(hand=text.hand.clamp(max=hands - 1))
    with torch.no_grad():
        torch.testing.assert_close(
            again(inputs, None, text)[0], model(inputs, None, text)[0], atol=0.1, rtol=0
        )


def test_a_text_model_starts_from_one_that_knows_none(tmp_path: Path) -> None:
    torch.manual_seed(1)
    plain = Handwriting(dataclasses.replace(HYPER, text=None)).eval()
    save(pack(plain, "plain", {}), tmp_path / "plain.safetensors")
    model = conditioned().eval()
    inputs, text, _ = batch_of(model)
    start(model, tmp_path / "plain.safetensors", inputs)
    with torch.no_grad():
        expected, _ = unpack(load(tmp_path / "plain.safetensors"))(inputs)
        z, _ = model(inputs)
        torch.testing.assert_close(z[..., :-1], expected)
        assert float(torch.sigmoid(z[..., -1]).mean()) < 0.3, "a pointer that hardly moves"
        moved = (model(inputs, None, text)[0][..., :-1] - expected).abs().mean()
        assert 0 < float(moved) < float(expected.abs().mean()), "small weights"
    save(pack(model, "text", {}), tmp_path / "text.safetensors")
    again = conditioned()
    start(again, tmp_path / "text.safetensors", inputs)
    torch.testing.assert_close(again.state_dict()["text.embedding"], model.state_dict()["text.embedding"])
    other = Handwriting(dataclasses.replace(HYPER, text=TextArchitecture("ab", hands=7)))
    with pytest.raises(TrainingError, match=r"2 characters and 7 hands, .* 4 characters and 2 hands"):
        start(other, tmp_path / "text.safetensors", inputs)


def test_validation_is_with_the_true_text_and_without() -> None:
    model = conditioned().eval()
    rng = np.random.default_rng(4)
    examples = [
        Example(rng.normal(0, 1, (n, 3)).astype(np.float32), aligned([1, 4, 2, 3], [0, 8, 15, 640]))
        for n in (650, 700)
    ]
    found = validate(model, examples)
    assert found.score.points == 1200, "at most 600 offsets of a line"
    assert found.without_text is not None
    assert found.without_text.nats_per_point != found.score.nats_per_point
    assert found.advance is not None
    expected, moves = 0.0, 0.0
    for example in examples:
        assert example.text is not None
        steps = step_by_step(example.text, len(example.offsets), 2)
        inputs, text, targets = tensors(pad([Shown(example.offsets[:600], steps[:601])]), "cpu")
        sums, _ = Loss(model)(inputs, None, text, targets)
        expected, moves = expected + float(sums.points.detach()), moves + float(sums.advance.detach())
    assert found.score.nats_per_point == pytest.approx(expected / 1200 + 2 * math.log(40), abs=1e-4)
    assert found.advance == pytest.approx(moves / 1200, abs=1e-4)
    figures = found.to_dict()
    assert figures["advance"] == pytest.approx(found.advance, abs=1e-5)
    assert figures["without_text"] == pytest.approx(found.without_text.nats_per_point, abs=1e-5)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Lines to train on, to validate on, and their alignment; one line has none."""
    folder = tmp_path_factory.mktemp("data")
    train, val = lines(25), lines(6, seed=1)
    write_shards(train, folder / "train")
    write_shards(val, folder / "val")
    write_alignments(align([*train[1:], *val]), folder / "alignment.parquet")
    return folder / "train", folder / "val", folder / "alignment.parquet"


SETTINGS = dataclasses.replace(TINY, normalised=True, code=2, bfloat16=True, learning_rate=0.01)


def test_a_run_with_texts_resumes_to_the_bit(data: tuple[Path, Path, Path], tmp_path: Path) -> None:
    train, val, alignment = data

    def kill(progress: training.Progress) -> None:
        if progress.step >= 7:
            raise KilledError

    def run(name: str, **more: object) -> Path:
        return training.train(SETTINGS, [train], [val], tmp_path / name, alignment=alignment, **more)  # type: ignore[arg-type]

    best = run("whole")
    with pytest.raises(KilledError):
        run("cut", report=kill)
    run("cut", resume=True)
    assert rows(tmp_path / "cut") == rows(tmp_path / "whole")
    log = [json.loads(row) for row in (tmp_path / "whole/log.jsonl").read_text().splitlines()]
    again = [json.loads(row) for row in (tmp_path / "cut/log.jsonl").read_text().splitlines()]
    assert [(row["without_text"], row["advance"]) for row in log] == [
        (row["without_text"], row["advance"]) for row in again
    ]
    found = load(best)
    assert found.architecture.text == TextArchitecture(" abc", hands=3)
    assert found.score is not None
    assert found.score["advance"] == pytest.approx(min(row["advance"] for row in log), abs=0.1)
    assert found.training is not None
    assert len(found.training["alignment"]) == 16
    with pytest.raises(TrainingError, match=r"alignment: expected files of SHA-256 .*, found none"):
        training.train(SETTINGS, [train], [val], tmp_path / "cut", resume=True)


def test_a_run_with_texts_starts_from_one_without(data: tuple[Path, Path, Path], tmp_path: Path) -> None:
    train, val, alignment = data
    first = training.train(SETTINGS, [train], [val], tmp_path / "first")
    best = training.train(SETTINGS, [train], [val], tmp_path / "text", begin_from=first, alignment=alignment)
    assert load(best).architecture.text is not None


def test_texts_and_teachers_do_not_go_together(data: tuple[Path, Path, Path], tmp_path: Path) -> None:
    train, val, alignment = data
    with pytest.raises(ConfigError, match="expected an alignment or teachers, found both"):
        training.train(SETTINGS, [train], [val], tmp_path / "run", alignment=alignment, teachers=[alignment])


def test_an_alignment_of_other_ink_is_refused(data: tuple[Path, Path, Path], tmp_path: Path) -> None:
    train, val, _ = data
    long = [dataclasses.replace(a, first=a.first * 50) for a in align(lines(25))]
    write_alignments(long, tmp_path / "a.parquet")
    with pytest.raises(
        DataError, match=r"expected an alignment of its \d+ offsets, found a character at offset"
    ):
        training.train(SETTINGS, [train], [train], tmp_path / "run", alignment=tmp_path / "a.parquet")
    write_alignments(align(lines(25)), tmp_path / "b.parquet")
    with pytest.raises(DataError, match="expected lines to validate on, found none"):
        training.train(SETTINGS, [train], [val], tmp_path / "run", alignment=tmp_path / "b.parquet")
