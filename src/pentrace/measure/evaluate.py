"""The score of a checkpoint on a data set, through the engine (as it is shipped) or through PyTorch in float32."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np

from pentrace.arrays import F32
from pentrace.checkpoint import Checkpoint
from pentrace.data.dataset import read_lines
from pentrace.data.score import LineNats, Score, nats_on_grid, scored_offsets
from pentrace.engine import Engine
from pentrace.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from pentrace.training.model import Handwriting

Scorer = Callable[[list[F32]], Iterable[LineNats]]

_PART = 512
"""Lines held in memory at once."""


def evaluate(
    checkpoint: Checkpoint,
    data: Sequence[Path | str],
    *,
    use_float: bool = False,
    report: Callable[[int], None] = lambda _: None,
) -> Score:
    """Score of a checkpoint on the lines of Parquet files or folders (`pentrace.data.score`).

    Args:
        checkpoint: the packed weights.
        data: Parquet files, or folders of them.
        use_float: through PyTorch (`pentrace[train]`) instead of the engine.
        report: called with the number of lines done so far.

    Raises:
        DataError: no lines, or files that cannot be read.
        MissingExtraError: `use_float` without PyTorch.
    """
    return _score(_float_scorer(checkpoint) if use_float else _engine_scorer(checkpoint), data, report)


@dataclass(frozen=True)
class Packing:
    """Scores of the same weights before packing to int8 (PyTorch, float32) and after (the engine)."""

    unpacked: Score
    packed: Score

    @property
    def cost(self) -> float:
        """What packing costs, nats a point."""
        return self.packed.nats_per_point - self.unpacked.nats_per_point


def packing(
    run: Path | str, data: Sequence[Path | str], *, report: Callable[[int], None] = lambda _: None
) -> Packing:
    """Score of a run's averaged weights before and after packing, on the same lines.

    `run` is a folder of `pentrace train`; `report` gets the number of lines done so far in both passes. Raises what
    `evaluate` raises, and TrainingError if the folder holds no run.
    """
    try:
        from pentrace.training.model import pack
        from pentrace.training.run_folder import averaged
    except ModuleNotFoundError as error:
        raise MissingExtraError("a run is scored with PyTorch: pip install 'pentrace[train]'") from error
    model = averaged(Path(run))
    unpacked = _score(_model_scorer(model), data, report)
    packed = _score(_engine_scorer(pack(model, "run", {})), data, lambda done: report(unpacked.lines + done))
    return Packing(unpacked, packed)


def _score(score_part: Scorer, data: Sequence[Path | str], report: Callable[[int], None]) -> Score:
    offsets = scored_offsets(line.ink for line in read_lines(data, columns=()))
    scored: list[LineNats] = []
    while part := list(islice(offsets, _PART)):
        for line in score_part(part):
            scored.append(line)
            report(len(scored))
    if not scored:
        raise DataError(f"{data[0]}: expected lines of at least 2 points, found none")
    return Score.of(scored)


def _engine_scorer(checkpoint: Checkpoint) -> Scorer:
    """Distributes lines over one thread for each core, each with its own engine."""
    threads = os.cpu_count() or 1
    engines: SimpleQueue[Engine] = SimpleQueue()
    for _ in range(threads):
        engines.put(Engine(checkpoint))

    def score_line(offsets: F32) -> LineNats:
        engine = engines.get()
        try:
            trace = engine.trace(engine.start(), offsets, c=False, h=False, mixture=True)
        finally:
            engines.put(engine)
        position, pen = -trace["loglik"].sum(axis=0, dtype=np.float64)
        on_grid = nats_on_grid(trace["mixture"], offsets).sum()
        return LineNats(float(position), float(pen), float(on_grid), len(offsets))

    pool = ThreadPoolExecutor(threads)
    return lambda part: pool.map(score_line, part)


def _float_scorer(checkpoint: Checkpoint) -> Scorer:
    try:
        from pentrace.training.model import unpack
    except ModuleNotFoundError as error:
        raise MissingExtraError("evaluate --float needs PyTorch: pip install 'pentrace[train]'") from error
    return _model_scorer(unpack(checkpoint))


def _model_scorer(model: Handwriting) -> Scorer:
    from pentrace.training.validate import nats_of_lines

    return lambda part: nats_of_lines(model, part)
