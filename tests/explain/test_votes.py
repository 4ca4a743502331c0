"""Votes add up to what the engine predicts, and silencing cells takes exactly their votes away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pentrace.engine.interventions import Intervention
from pentrace.engine.mixture import unpack_mixture
from pentrace.engine.writer import Writer
from pentrace.errors import InkError
from pentrace.explain.reading import Reading
from pentrace.explain.votes import fork_gaps, silence, votes
from tests.explain.models import EACH_MODEL, opened, source_of


@EACH_MODEL
def test_the_votes_add_up(model: str, golden: Path, request: pytest.FixtureRequest) -> None:
    writer, reading = opened(model, golden, request)
    source = source_of(writer)
    for step in np.linspace(0, len(reading), 12).astype(int):
        state = reading.state(step)
        mixture = unpack_mixture(writer.engine.mixture(state).astype(np.float64))
        heaviest = np.argsort(-mixture.pi)[:2].tolist()
        found = votes(writer, source, step, *heaviest)
        a, b = heaviest
        assert found.log_odds == pytest.approx(np.log(mixture.pi[a] / mixture.pi[b]), abs=3e-6)
        # The engine's own density at the two means.
        dense = [
            writer.engine.trace(
                reading.state(step), [[mixture.mu_x[k], mixture.mu_y[k], 0]], c=False, h=False
            )["loglik"][0, 0]
            for k in (a, b)
        ]
        assert found.log_density == pytest.approx(float(dense[0] - dense[1]), abs=2e-5)
        mirrored = votes(writer, source, step, b, a)
        assert mirrored.log_odds == -found.log_odds
        assert mirrored.weight.tolist() == (-found.weight).tolist()


@EACH_MODEL
def test_silenced_cells_take_their_votes_away(
    model: str, golden: Path, request: pytest.FixtureRequest
) -> None:
    writer, reading = opened(model, golden, request)
    step = len(reading) // 2
    pi = unpack_mixture(writer.engine.mixture(reading.state(step))).pi
    a, b = np.argsort(-pi)[:2].tolist()
    found = votes(writer, source_of(writer), step, a, b)
    cells = found.ranked()[:5]
    layer = writer.checkpoint.architecture.layers - 1
    quiet = Intervention.scale(cells, 0, of="h", layer=layer)
    state = reading.stepped(reading.state(step - 1), step, quiet)
    after = unpack_mixture(writer.engine.mixture(state).astype(np.float64)).pi
    expected = found.log_odds - found.weight[cells].sum()
    assert np.log(after[a] / after[b]) == pytest.approx(expected, abs=3e-6)
    # Afterwards the engine is as before.
    assert (unpack_mixture(writer.engine.mixture(reading.state(step))).pi == pi).all()


def test_a_fork_tips_over_only_without_the_cells_that_vote_for_it() -> None:
    writer = Writer()
    ink = writer.write(300, seed=3)
    gaps = fork_gaps(writer, ink)
    assert set(gaps) <= set(range(301))
    step = min(gaps, key=lambda each: gaps[each])
    found = votes(writer, ink, step)
    silent = silence(writer, ink, found, 10, draws=19)
    assert silent.before > 0.5 > max(silent.at_step, silent.always)
    assert silent.at_step < min(silent.random_at_step)
    assert silent.always < min(silent.random_always)
    assert len(set(silent.random_always)) == 19
    assert silence(writer, ink, found, 10, draws=2).random_always == silent.random_always[:2]
    assert list(silent.cells) == found.supporters(10)
    assert (np.diff(found.weight[list(silent.cells)]) <= 0).all()


def test_an_intervention_of_the_writer_stays_in_force() -> None:
    plain = Writer()
    ink = plain.write(60, seed=3)
    changed = plain.with_intervention(Intervention.scale(range(50), 0, of="h"))
    found = votes(changed, ink, 40, 3, 8)
    assert not found.weight[:50].any()
    assert found.log_odds != votes(plain, ink, 40, 3, 8).log_odds
    before = changed.engine.mixture(Reading(changed, ink).state(40))
    silence(changed, ink, found, 5, draws=1)
    assert (changed.engine.mixture(Reading(changed, ink).state(40)) == before).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((61,), "step: expected 0 to 60, found 61"),
        ((3, 4), "components: expected two of them, or none for those of the two likeliest ways"),
        ((3, 4, 4), "components: expected two, found 4 twice"),
        ((3, 4, 20), "component: expected 0 to 19, found 20"),
        ((1,), "step 1: expected two ways on, found one; choose a fork, or name two components"),
    ],
)
def test_errors(arguments: tuple[int, ...], message: str) -> None:
    writer = Writer()
    with pytest.raises(InkError) as raised:
        votes(writer, writer.write(60, seed=3), *arguments)
    assert str(raised.value) == message
