"""Hand codes that are moved until what is written has the traits of the pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pentrace.checkpoint import load, save
from pentrace.checkpoint.architecture import TextArchitecture
from pentrace.cli import main
from pentrace.data.alignment import Alignment, write_alignments
from pentrace.data.dataset import write_shards
from pentrace.errors import CheckpointError, DataError
from pentrace.measure.fit_hands import GAIN, OTHER_GAIN, STRETCH, fit_hands, step_of
from pentrace.measure.read_back import TRAITS
from tests.engine_reference import HYPER, random_checkpoint
from tests.lines import written_lines

PAGES = 3
ALPHABET = " aelmno"


def model(hands: int = PAGES, alphabet: str = ALPHABET) -> TextArchitecture:
    return TextArchitecture(alphabet, embedding=6, hand=5, hands=hands)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Lines on three pages, and their alignment: characters evenly spread over the points."""
    folder = tmp_path_factory.mktemp("data")
    lines = list(written_lines(7, forms=PAGES, words=8))
    write_shards(lines, folder / "lines")
    write_alignments(
        [
            Alignment(
                line.line_id,
                line.text,
                np.linspace(0, len(line.ink) - 2, len(line.text)).astype(np.int32),
                -0.5,
            )
            for line in lines
        ],
        folder / "alignment.parquet",
    )
    return folder / "lines", folder / "alignment.parquet"


def test_codes_are_moved_by_what_the_writing_lacks() -> None:
    rng = np.random.default_rng(1)
    hands, lines = 200, 3
    codes = rng.normal(0, 1, (hands, 12))
    slopes = rng.normal(0, 1, (12, len(TRAITS)))
    hand = np.repeat(np.arange(hands), lines)
    written = codes @ slopes
    pages = 1.3 * written + rng.normal(0, 1, written.shape)
    found = written[hand] + rng.normal(0, 0.01, (len(hand), len(TRAITS)))
    step, fit = step_of(codes, hand, pages[hand], found)
    after = (codes + step) @ slopes
    for k, name in enumerate(TRAITS):
        page, before, now = (table[:, k] - table[:, k].mean() for table in (pages, written, after))
        wanted = before + GAIN.get(name, OTHER_GAIN) * (STRETCH.get(name, 1) * page - before) * 3 / 3.5
        assert now == pytest.approx(wanted, abs=0.15 * page.std()), name
        assert fit.slope[name] == pytest.approx(before @ page / (page @ page), abs=0.02)
        assert fit.correlation[name] == pytest.approx(np.corrcoef(page, before)[0, 1], abs=0.02)


def test_only_the_hand_codes_change_and_the_same_seed_gives_the_same_codes(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, alignment = data
    base = random_checkpoint(1, 12, 3, text=model(), **HYPER)
    save(base, tmp_path / "base.safetensors")
    made, fit = fit_hands(base, [lines], alignment, lines=2, seed=3)
    assert set(fit.slope) == set(fit.correlation) == set(TRAITS)
    changed = {name for name, values in made.tensors.items() if (values != base.tensors[name]).any()}
    assert changed == {"text.hands", "text.hands.scale"}
    out = tmp_path / "new.safetensors"
    command = ["fit-hands", str(tmp_path / "base.safetensors"), str(lines), "--alignment", str(alignment)]
    assert main([*command, "--lines", "2", "--seed", "3", "-o", str(out)]) == 0
    assert "spacing: slope " in capsys.readouterr().out
    assert load(out).tensors["text.hands"].tolist() == made.tensors["text.hands"].tolist()


def test_other_data_and_a_checkpoint_without_hands_are_refused(data: tuple[Path, Path]) -> None:
    lines, alignment = data
    with pytest.raises(CheckpointError, match="expected a checkpoint that knows text and hands"):
        fit_hands(random_checkpoint(1, 12, 3, **HYPER), [lines], alignment)
    many = random_checkpoint(1, 12, 3, text=model(hands=5), **HYPER)
    with pytest.raises(DataError, match=r"expected the 5 pages .* found 3; name the data"):
        fit_hands(many, [lines], alignment)


def test_one_page_says_nothing_of_how_hands_differ() -> None:
    lines = np.ones((3, len(TRAITS)))
    with pytest.raises(DataError, match="expected lines of at least two pages that show their hand, found 1"):
        step_of(np.ones((1, 5)), np.zeros(3, np.int64), lines, lines)
