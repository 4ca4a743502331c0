"""Makes an atlas from a checkpoint and lines of writing (spec/atlas.md). Needs the extra `pentrace[atlas]`.

Letter key: N cells of all layers in turn, F features, M moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from pentrace.arrays import F32, Array
from pentrace.atlas import order
from pentrace.atlas.atlas import FORMAT, VERSION, Atlas, line_reading
from pentrace.atlas.feature_scores import Report, follow_features, mean_and_deviation
from pentrace.atlas.letters import Lettered
from pentrace.atlas.rows import EDGE, LAGS, Estimated, Labels, Rows, Source, countable, gather
from pentrace.checkpoint import Checkpoint
from pentrace.data.dataset import Line
from pentrace.data.score import MAX_OFFSETS, clipped_offsets
from pentrace.engine import Engine
from pentrace.engine.text import spelling
from pentrace.engine.text.read_text import Reading
from pentrace.engine.text.recogniser import Recogniser
from pentrace.engine.text.written import CAP
from pentrace.engine.text.written import VARIATION as TEXT_VARIATION
from pentrace.errors import DataError, MissingExtraError
from pentrace.measure.samples import collapse

_CLUSTERS = 16
_MOMENTS = 8
_PERCENTILES = (0.5, 5, 50, 95, 99.5)
_PACKAGES = {"openTSNE": "openTSNE", "scipy": "scipy", "sklearn": "scikit-learn"}

_VARIATION = 0.6
TEXTS = (
    "The quick brown fox sat down.",
    "Dear Ada, it is raining again.",
    "Jim will pay by Friday at noon.",
    "Every lazy dog has its day.",
    "We packed six dozen jugs here.",
    "Have you ever seen a zebra?",
    "She sells books on the quay.",
    "Give me your hand, Mr. Kay.",
    "It was a bright, cold evening.",
    "Nobody knew why he left Exeter.",
    "The tall ship sailed to Quebec.",
    "Under the bridge lay a penny.",
    "Open the window, will you?",
    "Black coffee, no sugar, please.",
    "Last year they built 1,250 boats.",
    "All that glitters is not gold.",
)
"""Sentences of our own: every letter is in them, and most signs."""


@dataclass(frozen=True)
class Samples:
    """Lines that the model writes, to be searched for moments: seeds `seed` to `seed + count - 1`.

    A model that knows text writes `texts` in turn, each in another hand.
    """

    count: int = 128
    steps: int = 600
    variation: float | None = None
    seed: int = 1
    texts: tuple[str, ...] = TEXTS


def check_packages() -> None:
    """Raises MissingExtraError if a package of the extra is missing."""
    missing = [package for module, package in _PACKAGES.items() if find_spec(module) is None]
    if missing:
        raise MissingExtraError(
            f"an atlas needs {', '.join(missing)}, which is not installed: pip install 'pentrace[atlas]'"
        )


def build(
    checkpoint: Checkpoint,
    fit: Source,
    held_out: Source,
    *,
    samples: Samples | None = None,
    command: str = "",
    terms: str = "",
    report: Report = lambda _what, _done, _of: None,
) -> Atlas:
    """The atlas of a checkpoint.

    Args:
        checkpoint: the model.
        fit: lines for orders, clusters, ranges, lags and fitting probes.
        held_out: other lines, for every score, merit and probe.
        samples: lines to search for moments; None for the held-out lines, whose ink the atlas then contains.
        command: the command line, for the record.
        terms: the terms of use of the data.
        report: called with progress.

    Raises:
        DataError: too few lines that are long enough.
        MissingExtraError: `pentrace[atlas]` is not installed.
    """
    check_packages()
    engine = Engine(checkpoint)
    fit_lines, held_lines, rows, held, labels, left_out = gathered(engine, checkpoint, fit, held_out, report)
    tensors, orders, clusters = _orders(rows, held, report)
    tensors["range.c"] = np.percentile(rows.c, _PERCENTILES, axis=0).astype(np.float32)
    tensors["moments.c"] = np.stack(mean_and_deviation(rows.c))
    features, scores, unknown = follow_features(rows, held, labels, report)
    tensors |= scores
    _name_clusters(clusters, tensors["cluster"], features, tensors["score.c"])
    found_moments, lines_about = _strongest(engine, held_lines, samples, terms, report)
    tensors |= found_moments
    a = checkpoint.architecture
    about = {
        "format": FORMAT,
        "version": VERSION,
        "checkpoint": {
            "name": checkpoint.name,
            "sha256": checkpoint.sha256,
            "layers": a.layers,
            "hidden": a.hidden,
        },
        "command": command,
        "data": {
            "fit": _about(fit.files, fit_lines, rows),
            "held_out": _about(held_out.files, held_lines, held),
            "left_out": {
                **left_out,
                "features without labels": unknown,
                "lines without words": rows.without_words + held.without_words,
            },
            "terms": terms,
        },
        "orders": orders,
        "features": features,
        "lags": list(LAGS),
        "clusters": clusters,
        "lines": lines_about,
        "effects": [],
    }
    return Atlas(tensors, about)


class Gathered(NamedTuple):
    """The lines that are used, their rows and what labels them; and how many lines were left out, by reason."""

    fit_lines: list[Line]
    held_lines: list[Line]
    fit: Rows
    held: Rows
    labels: Labels
    left_out: dict[str, int]


def gathered(
    engine: Engine, checkpoint: Checkpoint, fit: Source, held_out: Source, report: Report
) -> Gathered:
    """Rows of the lines to fit on and of those held out. Raises DataError if too few lines are long enough."""
    (fit_lines, fit_short), (held_lines, held_short) = countable(fit.lines), countable(held_out.lines)
    _check_enough(fit_lines, held_lines, f"of more than {2 * EDGE} offsets")
    left_out = {"lines too short": fit_short + held_short}
    known = checkpoint.architecture.text
    labels: Labels
    if known is None:
        labels = Estimated.by(fit_lines)
    else:
        labels = Lettered.by(fit_lines, known.alphabet, Recogniser.load())
        fit_lines, fit_others = _fitting(fit_lines, labels, "texts of lines to fit on", report)
        held_lines, held_others = _fitting(held_lines, labels, "texts of held-out lines", report)
        left_out["lines that do not fit their texts"] = fit_others + held_others
        _check_enough(fit_lines, held_lines, "that fit their texts")
    rows = gather(engine, fit_lines, labels, partial(report, "lines to fit on"))
    held = gather(engine, held_lines, labels, partial(report, "held-out lines"))
    return Gathered(fit_lines, held_lines, rows, held, labels, left_out)


def _check_enough(fit: Sequence[Line], held: Sequence[Line], which: str) -> None:
    for name, lines in (("to fit on", fit), ("held out", held)):
        if len(lines) < 2:
            raise DataError(f"lines {name}: expected at least 2 {which}, found {len(lines)}")


def _fitting(lines: Sequence[Line], labels: Lettered, what: str, report: Report) -> tuple[list[Line], int]:
    """The lines that fit their texts, and the number of the others."""
    found = []
    for done, line in enumerate(lines, 1):
        if labels.fits(line):
            found.append(line)
        report(what, done, len(lines))
    return found, len(lines) - len(found)


def _about(files: tuple[str, ...], lines: Sequence[Line], rows: Rows) -> dict[str, Any]:
    return {
        "files": list(files),
        "lines": len(lines),
        "forms": len({line.form for line in lines}),
        "steps": rows.steps,
        "steps_used": len(rows.c),
    }


def _orders(
    rows: Rows, held: Rows, report: Report
) -> tuple[dict[str, Array], list[dict[str, Any]], list[dict[str, Any]]]:
    """Orders and clusters as tensors, with their metadata; the best order first, `none` last."""
    from scipy.cluster.hierarchy import fcluster

    n = rows.c.shape[1]
    report("orders", 0, 3)
    fitted, measured = order.correlations(rows.c), order.correlations(held.c)
    leaf, tree = order.by_leaves(fitted) if n > 1 else (np.zeros(1, np.int64), None)
    found = {"leaf": leaf, "none": np.arange(n)}
    report("orders", 1, 3)
    found["correlation"] = order.by_correlation(fitted, leaf)
    report("orders", 2, 3)
    if n >= order.LEAST_FOR_TSNE:
        found["tsne"] = order.by_tsne(rows.whole)
    report("orders", 3, 3)
    about: list[dict[str, Any]] = [
        {
            "name": name,
            "what": order.WHAT[name],
            "merit": order.merit(measured, cells),
            "merit_fit": order.merit(fitted, cells),
        }
        for name, cells in found.items()
    ]
    about.sort(key=lambda o: (o["name"] == "none", -o["merit"]))
    tensors: dict[str, Array] = {f"order.{name}": cells.astype(np.uint16) for name, cells in found.items()}
    member = np.zeros(n, np.int64) if tree is None else fcluster(tree, _CLUSTERS, "maxclust") - 1
    # Numbered in the order of leaves, in which each cluster is contiguous.
    seen = list(dict.fromkeys(member[leaf].tolist()))
    tensors["cluster"] = np.array([seen.index(m) for m in member.tolist()], np.uint8)
    clusters = [{"size": int((tensors["cluster"] == k).sum())} for k in range(len(seen))]
    return tensors, about, clusters


def _name_clusters(
    clusters: list[dict[str, Any]],
    member: Array,
    features: list[dict[str, Any]],
    scores: F32,
) -> None:
    """Names each cluster by the feature with the largest absolute mean score of its cells."""
    signed = np.array([[feature["kind"] in ("linear", "binary")] for feature in features])
    for number, cluster in enumerate(clusters):
        mean = (scores * signed)[:, member == number].mean(axis=1)
        best = int(np.argmax(np.abs(mean)))
        cluster |= {"feature": features[best]["name"], "score": float(mean[best])}


def _strongest(
    engine: Engine, held: Sequence[Line], samples: Samples | None, terms: str, report: Report
) -> tuple[dict[str, Array], dict[str, Any]]:
    """The moments of highest and lowest c of each cell, and the lines that they are in."""
    cells = engine.architecture.layers * engine.architecture.hidden
    if samples is None:
        inks = [Reading(clipped_offsets(line.ink)[:MAX_OFFSETS]) for line in held]
        about = {"source": "data", "lengths": [len(ink.offsets) for ink in inks], "terms": terms}
        used = list(range(len(inks)))
    else:
        inks, about, used = _written(engine, samples)
    steps, values = np.zeros((2, 2, cells, len(used)), np.float32)
    for column, j in enumerate(used):
        c = inks[j].trace(engine, h=False, loglik=False)["c"].reshape(-1, cells)
        # The first rows still depend on the state before the line.
        answers = c[EDGE:]
        at = np.stack((answers.argmax(axis=0), answers.argmin(axis=0)))
        steps[..., column] = at + EDGE
        values[..., column] = np.take_along_axis(answers, at, axis=0)
        report("moments", column + 1, len(used))
    signs = np.array([-1, 1], np.float32)[:, None, None]
    best = np.argsort(signs * values, axis=-1, kind="stable")[..., :_MOMENTS]
    tensors: dict[str, Array] = {
        "strongest.line": np.array(used)[best].astype(np.uint16),
        "strongest.step": np.take_along_axis(steps, best, axis=-1).astype(np.uint16),
        "strongest.value": np.take_along_axis(values, best, axis=-1),
    }
    if samples is None:
        tensors["ink.offsets"] = np.concatenate([ink.offsets for ink in inks])
    return tensors, about


def _written(engine: Engine, samples: Samples) -> tuple[list[Reading], dict[str, Any], list[int]]:
    """The lines that the model writes, their metadata, and the numbers of those to search (they do not collapse).

    If a poor model leaves too few of these, all are searched that are long enough.
    """
    known = engine.architecture.text
    usual = _VARIATION if known is None else TEXT_VARIATION
    about: dict[str, Any] = {
        "source": "samples",
        "seed": samples.seed,
        "count": samples.count,
        "steps": samples.steps,
        "variation": usual if samples.variation is None else samples.variation,
    }
    if known is not None:
        texts = [spelling.writable(text, known.alphabet) for text in samples.texts]
        hands = [j * known.hands // samples.count for j in range(samples.count)] if known.hands else []
        about["text"] = {"lines": [text for text in texts if text.strip()], "hands": hands, "cap": CAP}
    inks = [line_reading(about, j, engine) for j in range(samples.count)]
    long = [j for j, ink in enumerate(inks) if len(ink.offsets) > 2 * EDGE]
    used = [j for j in long if collapse(inks[j].offsets) is None]
    if len(used) < _MOMENTS:
        used = long
    if not used:
        raise DataError(f"samples: expected a line of more than {2 * EDGE} offsets, found none")
    about["collapsed"] = [j for j in range(samples.count) if j not in used]
    return inks, about, used
