"""The table of claims is that of its figures, and figures of its cheap rows are what is measured again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pentrace.checkpoint import load
from pentrace.cli import main
from pentrace.cli.explain.claims import same_table
from pentrace.engine.writer import DEFAULT_CHECKPOINT, Writer
from pentrace.errors import FormatError
from pentrace.explain.claim_samples import Measured, Samples, correlations, follows
from pentrace.explain.claim_studies import (
    PATCHED,
    REMEMBERED,
    STYLED,
    WITHIN,
    of_curves,
    of_patches,
    of_style,
)
from pentrace.explain.claims import ARTICLE, CLAIMS, ELSEWHERE, PAGE, Table, page, quick
from pentrace.explain.hands import Slope, Style
from pentrace.explain.memory import Curve
from pentrace.explain.patch import LETTER, Patches
from tests.explain.models import model_of

CHEAP = ["ways on", "votes", "neatens"]


@pytest.fixture(scope="module")
def table(repository: Path) -> Table:
    return Table.loads((repository / "docs/claims.json").read_text(encoding="utf-8"))


def test_the_page_is_that_of_the_figures(repository: Path, table: Table) -> None:
    assert (repository / "docs/claims.md").read_text(encoding="utf-8") == page(table.figures)
    assert list(table.figures) == ["the article's", "ours"]
    assert all(list(each) == list(CLAIMS) for each in table.figures.values())
    assert table.models["ours"] == load(DEFAULT_CHECKPOINT).sha256, (
        "run: pentrace explain claims val1.parquet --article b64_weights.json -o docs/claims.md"
    )
    studied = {name for name, claim in CLAIMS.items() if claim.decide is None}
    assert {*STYLED, *REMEMBERED, *PATCHED, *WITHIN} == studied


@pytest.mark.parametrize(("name", "model"), [("ours", "default"), ("the article's", "article")])
def test_figures_are_what_is_measured(
    name: str,
    model: str,
    table: Table,
    golden: Path,
    request: pytest.FixtureRequest,
) -> None:
    writer = Writer(model_of(model, golden, request))
    assert dict(quick(CHEAP, writer)) == {row: table.figures[name][row] for row in CHEAP}


def test_every_claim_says_how_it_is_measured() -> None:
    assert {claim.who for claim in CLAIMS.values()} == {ARTICLE, PAGE}
    assert all(claim.words.endswith(".") and claim.measure for claim in CLAIMS.values())


def test_claims_that_other_pages_measure(repository: Path) -> None:
    assert all((repository / "docs" / path).is_file() for _, path in ELSEWHERE)


def test_a_cell_that_follows_is_found_and_chance_is_not() -> None:
    samples = Samples(Writer())
    c = samples.cells[: 4 * 300]
    target = c[:, 7].astype(np.float64)
    target[::5] = np.nan
    found = follows(samples.writer.engine, c, target, 4)
    assert found.figure == "1.00"
    assert found.holds
    noise = samples.writer.engine.random(len(c), seed=0)
    assert not follows(samples.writer.engine, c, noise, 4).holds
    # A constant cell follows nothing.
    still = np.column_stack((np.ones(len(c), np.float32), c[:, 7]))
    assert correlations(still, target[None])[0] == pytest.approx([0, 1])


def test_verdicts_of_the_studies() -> None:
    def of(slant: float, error: float) -> dict[str, Measured]:
        def side(*values: float) -> tuple[Slope, ...]:
            return tuple(Slope(value, error) for value in values)

        followed = Style((0, 40, 320), side(0, 1 - slant, 0.8), side(1, slant, 0.2))
        near = np.array([0.3, 0.1]), np.array([0.01, 0.01]), np.array([9, 9])
        shape, tremble = Curve((1, 20), *near), Curve((1, 20), near[0] / 100, near[1], near[2])
        carried = {
            "all cells": 0.9,
            "the 50 cells that tell hands apart best": slant,
            "50 random cells": 0.1,
            "the direction of slant": slant,
            "a random direction": 0.0,
        }
        moved = {
            name: Patches(50, (), {trait: Slope(value, error) for trait in ("slant", "size", LETTER)})
            for name, value in carried.items()
        }
        return {
            **of_style({"slant": followed, "size": followed}, 9),
            **of_curves({"straighten": shape, "tremble": tremble}, 9),
            **of_patches(moved, 4),
        }

    assert all(one.holds for one in of(0.6, 0.1).values())
    assert [name for name, one in of(0.1, 0.1).items() if not one.holds] == [
        "remembers style",
        "kept in cells",
        "along a direction",
    ]
    assert [name for name, one in of(0.6, 0.5).items() if not one.holds] == [
        *("remembers style", "hand like yours", "kept in cells", "along a direction", "finishes letters")
    ]
    assert of(0.6, 0.1)["remembers letters"].figure == "0.1000 nats; beyond 20 offsets (9 lines)"


def test_the_command_refuses_another_suffix(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], shared_data: Path
) -> None:
    data = str(shared_data / "iam-ondb-val1.parquet")
    assert main(["explain", "claims", data, "-o", str(tmp_path / "claims.txt")]) == 1
    assert capfd.readouterr().err.endswith("expected a name that ends in .md\n")


def test_a_run_that_was_stopped_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], shared_data: Path, table: Table
) -> None:
    data, out = str(shared_data / "iam-ondb-val1.parquet"), tmp_path / "claims.md"
    ours = {name: table.figures["ours"][name] for name in CLAIMS if name not in CHEAP}
    begun = Table(20, 48, {"ours": table.models["ours"]}, {"ours": ours})
    out.with_suffix(".json").write_text(begun.dumps(), encoding="utf-8")
    assert begun.missing == len(CHEAP)
    assert main(["explain", "claims", data, "-o", str(out), "--resume"]) == 0
    assert out.read_text(encoding="utf-8") == page({"ours": table.figures["ours"]})
    found = Table.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert found.figures["ours"] == table.figures["ours"]
    capfd.readouterr()
    assert main(["explain", "claims", data, "-o", str(out), "--resume", "--lines", "21"]) == 1
    assert (
        "expected figures of these models, of 21 lines and 48 pages, found others" in capfd.readouterr().err
    )
    assert main(["explain", "claims", data, "-o", str(tmp_path / "new.md"), "--resume"]) == 1
    assert capfd.readouterr().err.endswith("expected figures of an earlier run; leave out --resume\n")


def test_broken_figures_of_an_earlier_run_are_named(tmp_path: Path) -> None:
    (tmp_path / "claims.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(
        FormatError, match=r"claims\.json: expected figures of an earlier run; leave out --resume"
    ):
        same_table(tmp_path / "claims.json", Table(20, 48, {}, {}))
