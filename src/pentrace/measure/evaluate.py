"""The score of a checkpoint on a data set: through the engine, as it is shipped, or through PyTorch in float32."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pentrace.checkpoint import Checkpoint
from pentrace.data.dataset import read_lines
from pentrace.data.score import MAX_OFFSETS, LineNats, Score, Tally, nats_on_grid, scored_offsets
from pentrace.engine import Engine
from pentrace.errors import DataError, MissingExtraError
from pentrace.measure.realism import Distance, Values, collapse, compare, features

if TYPE_CHECKING:
    from pentrace.training.model import Handwriting

FloatArray = npt.NDArray[np.float32]

Scorer = Callable[[list[FloatArray]], Iterable[LineNats]]

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
        checkpoint: the weights as packed.
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
    """What packing to int8 costs: the same weights in float32 through PyTorch, and packed through the engine."""

    unpacked: Score
    packed: Score

    @property
    def cost(self) -> float:
        """Nats a point."""
        return self.packed.nats_per_point - self.unpacked.nats_per_point


def packing(
    run: Path | str, data: Sequence[Path | str], *, report: Callable[[int], None] = lambda _: None
) -> Packing:
    """Score of a run's averaged weights before and after packing, on the same lines.

    `run` is a folder of `pentrace train`; `report` gets the lines done so far, of both. Raises as `evaluate` does,
    and TrainingError where the folder holds no run.
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
    tally, done = Tally(), 0
    for part in _parts(scored_offsets(line.ink for line in read_lines(data, columns=()))):
        for line in score_part(part):
            tally.add(line)
            done += 1
            report(done)
    if not done:
        raise DataError(f"{data[0]}: expected lines of at least 2 points, found none")
    return tally.score()


def _parts(lines: Iterator[FloatArray]) -> Iterator[list[FloatArray]]:
    while part := list(islice(lines, _PART)):
        yield part


def _engine_scorer(checkpoint: Checkpoint) -> Scorer:
    """Lines shared out to a thread a core, each with an engine of its own."""
    threads = os.cpu_count() or 1
    engines: SimpleQueue[Engine] = SimpleQueue()
    for _ in range(threads):
        engines.put(Engine(checkpoint))

    def score_line(offsets: FloatArray) -> LineNats:
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


@dataclass(frozen=True)
class Realism:
    """How a checkpoint's samples compare with real ink.

    sampled, real: values of each feature (`pentrace.measure.realism.FEATURES`).
    floor: the same of other real ink, or None.
    collapsed: by seed, what went wrong.
    """

    samples: int
    sampled: dict[str, Values]
    real: dict[str, Values]
    floor: dict[str, Values] | None
    collapsed: dict[int, str]

    @property
    def distances(self) -> list[Distance]:
        """Samples against real ink."""
        return compare(self.sampled, self.real)

    @property
    def floor_distances(self) -> list[Distance]:
        """Other real ink against real ink: what two sets of real lines differ by."""
        return [] if self.floor is None else compare(self.floor, self.real)

    def to_dict(self) -> dict[str, object]:
        """Distances by feature and collapses by seed."""
        return {
            "samples": self.samples,
            "distances": {d.feature: d.distance for d in self.distances},
            "floor": {d.feature: d.distance for d in self.floor_distances},
            "collapsed": {str(seed): why for seed, why in self.collapsed.items()},
        }


def realism(
    checkpoint: Checkpoint,
    data: Sequence[Path | str],
    floor: Sequence[Path | str] = (),
    *,
    samples: int,
    steps: int = 1500,
    variation: float = 0.6,
    seed: int = 0,
) -> Realism:
    """Compare samples of seeds `seed`, `seed + 1` and so on with the real ink of `data` (and of `floor`, if any).

    Collapses are looked for in all `steps` steps; features are those of the first 600, as long as a line.
    Raises DataError and EngineError.
    """
    engine = Engine(checkpoint)
    drawn = {
        s: engine.sample(engine.start(), steps, seed=s, variation=variation)
        for s in range(seed, seed + samples)
    }
    collapsed = {s: why for s, offsets in drawn.items() if (why := collapse(offsets)) is not None}
    return Realism(
        samples,
        features(offsets[:MAX_OFFSETS] for offsets in drawn.values()),
        _features_of(data),
        _features_of(floor) if floor else None,
        collapsed,
    )


def _features_of(data: Sequence[Path | str]) -> dict[str, Values]:
    found = features(scored_offsets(line.ink for line in read_lines(data, columns=())))
    if not len(found["stroke length"]):
        raise DataError(f"{data[0]}: expected lines of at least 2 points, found none")
    return found
