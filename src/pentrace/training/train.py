"""Training: lines in, checkpoints out. On one CPU a resumed run gives the same bits as one that was never stopped.

A run's folder holds `config.toml`, `log.jsonl` (a row a validation), `best.safetensors` and `last.safetensors`
(checkpoints of the averaged weights), and `state.safetensors`, from which --resume goes on.
"""

from __future__ import annotations

import math
import re
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator, PartialState
from accelerate.utils import DistributedDataParallelKwargs

from pentrace.checkpoint import save
from pentrace.data.dataset import shard_paths
from pentrace.data.score import RAW_NATS
from pentrace.errors import ConfigError, DataError, TrainingError
from pentrace.training.batches import Batch, batches
from pentrace.training.config import TrainConfig
from pentrace.training.distillation import Teachers, named, with_terms_of
from pentrace.training.examples import Texts, counted_lines, read_examples, spread_examples
from pentrace.training.loss import Loss, tensors
from pentrace.training.model import Handwriting, State, pack, unpack
from pentrace.training.run_folder import RunFolder, Source, TrainState, digest_of, digest_of_names
from pentrace.training.validate import Validation, validate
from pentrace.training.warm_start import start
from pentrace.training.weights import move_mean

DIVERGED = 2.0
"""Nats a point by which the recent loss may rise above its best before a run counts as diverged."""
RECENT = 50
"""Updates over which the loss is averaged."""


@dataclass(frozen=True)
class Progress:
    """Where a run is; losses in nats a point and raw units."""

    step: int
    steps: int
    epoch: int
    loss: float
    learning_rate: float
    points_per_second: float
    seconds_left: float
    validation: Validation | None
    best: float


def train(
    config: TrainConfig,
    data: Sequence[Path | str],
    validation: Sequence[Path | str],
    out: Path | str,
    *,
    name: str = "pentrace",
    provenance: dict[str, object] | None = None,
    teachers: Sequence[Path | str] = (),
    begin_from: Path | str | None = None,
    alignment: Path | str | None = None,
    skip: Collection[str] = (),
    resume: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Train on Parquet files or folders `data`, stop and choose on `validation`; returns the best checkpoint.

    `provenance` is the checkpoint's `data` field: what it was trained on and under which terms. `teachers` are
    checkpoints of models to learn from beside the data (pentrace.training.distillation). `begin_from` is a checkpoint
    whose weights are the first (pentrace.training.warm_start). With a file `alignment` of the lines' texts
    (pentrace.data.alignment) the model learns to write a text; lines that the file does not have are left out. So are
    the lines of `data` whose names are in `skip`.
    Raises ConfigError, DataError, CheckpointError, TrainingError.
    """
    folder = RunFolder(Path(out))
    if alignment is not None and teachers:
        raise ConfigError(
            "train: expected an alignment or teachers, found both; teachers do not know the texts"
        )
    trainer = _Trainer(
        config, data, validation, folder, name, provenance or {}, teachers, begin_from, alignment, skip
    )
    with ExitStack() as stack:
        stack.enter_context(_peers_lost(folder))
        if trainer.accelerator.is_main_process:
            stack.enter_context(folder.locked())
        trainer.begin(resume)
        trainer.run(report)
    return folder.best


@contextmanager
def _peers_lost(folder: RunFolder) -> Iterator[None]:
    """Say in one line that another process has ended. The others notice by a broken connection."""
    try:
        yield
    except RuntimeError as error:
        if PartialState().num_processes == 1 or not re.search("gloo|nccl|connection", str(error), re.I):
            raise
        raise TrainingError(
            f"{folder.path}: another process of this run has ended, so the run stops; no saved state is "
            "lost: start all processes again with --resume"
        ) from error


def learning_rate(config: TrainConfig, step: int) -> float:
    """Linear warm-up, constant, linear to zero over the last `decay` updates; `step` counts from 0."""
    rate = config.learning_rate * min(1.0, (step + 1) / max(1, config.warmup))
    left = config.steps - step
    return rate * min(1.0, left / (config.decay + 1))


def use_threads(number: int) -> None:
    """Set how many threads of the CPU PyTorch uses."""
    torch.set_num_threads(number)


def is_main_process() -> bool:
    """Whether this process, of all that train together, is the one that writes and reports."""
    return bool(PartialState().is_main_process)


class _Trainer:
    def __init__(
        self,
        config: TrainConfig,
        data: Sequence[Path | str],
        validation: Sequence[Path | str],
        folder: RunFolder,
        name: str,
        provenance: dict[str, object],
        teachers: Sequence[Path | str] = (),
        begin_from: Path | str | None = None,
        alignment: Path | str | None = None,
        skip: Collection[str] = (),
    ) -> None:
        self.config, self.data, self.folder, self.skip = config, data, folder, frozenset(skip)
        origins = [*teachers, *([begin_from] if begin_from is not None else [])]
        self.name, self.provenance = name, with_terms_of(origins, provenance)
        mixed = "bf16" if config.bfloat16 and torch.cuda.is_available() else "no"
        self.accelerator = Accelerator(
            mixed_precision=mixed, kwargs_handlers=[DistributedDataParallelKwargs(broadcast_buffers=False)]
        )
        self.texts = Texts.read(alignment, data, config, self.skip) if alignment is not None else None
        self.source = Source(
            lines=counted_lines(data, self.skip),
            digest=digest_of(shard_paths(data)),
            alignment=digest_of([Path(alignment)]) if alignment is not None else None,
            teachers=named(teachers),
            began_from=named([begin_from])[0] if begin_from is not None else None,
            skipped=digest_of_names(self.skip) if self.skip else None,
        )
        if self.source.lines == 0:
            raise DataError(f"{data[0]}: expected lines to train on, found none")
        self.validation = spread_examples(validation, config.validate_lines, self.texts)
        torch.manual_seed(config.seed)
        dtype = torch.bfloat16 if config.bfloat16 else torch.float32
        self.state = TrainState()
        architecture = config.architecture(self.texts.architecture if self.texts else None)
        model = Handwriting(
            architecture,
            weight_drop=config.weight_drop,
            dropout=config.dropout,
            rest_component=config.rest_component,
            dtype=dtype,
        )
        if begin_from is not None:
            # before the model is moved to a device or shared out
            start(model, begin_from, torch.from_numpy(next(self._epoch()).inputs))
        device = self.accelerator.device
        self.teachers = Teachers(teachers, config.teaching, config.draws, dtype, device) if teachers else None
        self.average = Handwriting(architecture)
        self.average.load_state_dict(model.state_dict())
        self.average.requires_grad_(False).to(device)
        optimizer = torch.optim.Adam(model.parameters(), config.learning_rate, fused=True)
        self.loss, self.optimizer = self.accelerator.prepare(Loss(model), optimizer)
        self.validated = self.saved = 0  # how often, not when: every may change on resume
        self.recent: deque[float] = deque(maxlen=RECENT)
        self.lowest = math.inf

    @property
    def model(self) -> Handwriting:
        loss: Loss = self.accelerator.unwrap_model(self.loss)
        return loss.model

    def begin(self, resume: bool) -> None:
        """Resume a run where it was saved, or start a new one."""
        if resume:
            self.state = self.folder.load(self.config, self.source, self.model, self.average, self.optimizer)
            self.validated = self.state.step // self.config.validate_every
            self.saved = self.state.step // self.config.save_every
        elif self.folder.state.exists():
            raise TrainingError(
                f"{self.folder.path}: expected an empty folder, found a run; continue it with --resume, "
                "or name another folder"
            )
        if self.accelerator.is_main_process:
            self.folder.start(self.config, self.state.step)
        self.accelerator.wait_for_everyone()
        if self.source.began_from and not resume:
            self._score()  # so that the best is never worse than what the run began from

    def run(self, report: Callable[[Progress], None]) -> None:
        started = time.monotonic()
        before, points_before = self.state.seconds, self.state.points
        while self.state.step < self.config.steps:
            for batch in self._epoch():
                self._batch(batch)
                self.state.batch += 1
                self.state.seconds = before + time.monotonic() - started
                speed = (self.state.points - points_before) / (time.monotonic() - started)
                due = self.state.step // self.config.validate_every > self.validated
                done = self.state.step >= self.config.steps
                validation = self._validate(speed, done) if due or done else None
                if due or done or self.state.step // self.config.save_every > self.saved:
                    self._save()
                report(self._progress(speed, validation))
                if done:
                    break
            else:
                self.state.epoch, self.state.batch = self.state.epoch + 1, 0

    def _epoch(self) -> Iterator[Batch]:
        """The rest of this pass over the data."""
        reach = self.texts.architecture.reach if self.texts else 0
        empty = True
        examples = read_examples(self.data, self.texts, self.skip, self.config.largest_offset)
        splicer = self.texts.splicer if self.texts else None
        shown = batches(examples, self.config, self.state.epoch, reach=reach, splicer=splicer)
        for index, batch in enumerate(shown):
            empty = False
            if index >= self.state.batch:
                yield batch
        if empty:
            raise DataError(f"{self.data[0]}: expected lines of at least 3 points, found none")

    def _batch(self, batch: Batch) -> None:
        """One update a window, the state carried over from window to window."""
        rank, processes = self.accelerator.process_index, self.accelerator.num_processes
        # seeded for each batch, so that a resumed run drops the same weights and sees the same draws of teachers
        torch.manual_seed(hash((self.config.seed, self.state.epoch, self.state.batch, rank)))
        carried: State | None = None
        if self.teachers is not None:
            self.teachers.begin()
        for window in batch.windows(self.config.window):
            mine = window.share(rank, processes)
            carried = self._update(mine, window.points, carried)
            if self.state.step >= self.config.steps:
                return

    def _update(self, mine: Batch, points: int, carried: State | None) -> State:
        self.loss.train()
        rate = learning_rate(self.config, self.state.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        inputs, text, targets = tensors(mine, self.accelerator.device)
        if self.teachers is not None:
            drawn = self.teachers.beside(inputs, targets.offsets[0])
            targets = targets._replace(offsets=drawn, shares=self.teachers.shares)
        sums, after = self.loss(inputs, carried, text, targets)
        # data-parallel training averages gradients over processes; the sum over points is what is meant
        total = (sums.points + sums.advance) * (self.accelerator.num_processes / points)
        self.accelerator.backward(total)
        norm = self.accelerator.clip_grad_norm_(self.loss.parameters(), self.config.clip)
        loss = float(self.accelerator.reduce(sums.points.detach(), "sum")) / points + RAW_NATS
        self._check(loss, float(norm) if norm is not None else 0.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self._shrink(rate)
        move_mean(self.average, self.model, self.config.average, self.state.step)
        self.state.step += 1
        self.state.points += points
        self.state.loss_sum += loss * points
        self.state.loss_points += points
        return State(after.h.detach(), after.c.detach())

    @torch.no_grad()
    def _shrink(self, rate: float) -> None:
        """Decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101)."""
        matrices: list[torch.Tensor] = [
            parameter for parameter in self.model.parameters() if parameter.dim() > 1
        ]
        torch._foreach_mul_(matrices, 1 - rate * self.config.weight_decay)

    def _check(self, loss: float, norm: float) -> None:
        """Stop at a NaN or a divergence; the files of the run stay as they were last saved."""
        self.recent.append(loss)
        mean = sum(self.recent) / len(self.recent)
        if len(self.recent) == RECENT:
            self.lowest = min(self.lowest, mean)
        if math.isfinite(loss) and math.isfinite(norm) and mean < self.lowest + DIVERGED:
            return
        what = "not finite" if not math.isfinite(loss + norm) else f"{mean - self.lowest:.1f} above its best"
        kept = "no checkpoint had been written yet"
        if self.folder.best.exists():
            kept = f"the last good checkpoint is {self.folder.best}"
        raise TrainingError(
            f"training diverged at step {self.state.step}: the loss is {what}; {kept}; "
            f"try a lower learning_rate than {self.config.learning_rate:g} or a smaller clip"
        )

    def _score(self) -> Validation:
        """Validate the averaged weights as they would be packed, and keep the last and the best."""
        packed = pack(self.average, self.name, self.provenance)
        validation = validate(unpack(packed), self.validation, device=self.accelerator.device)
        nats = validation.score.nats_per_point
        if self.accelerator.is_main_process:
            described = self.folder.describe(
                packed, self.config, self.state, validation.to_dict(), self.source
            )
            save(described, self.folder.last)
            if nats < self.state.best:
                save(described, self.folder.best)
        self.state.best = min(self.state.best, nats)
        return validation

    def _validate(self, speed: float, done: bool) -> Validation:
        """Validate, and write a row of the log. At the end the row also has the score before packing."""
        self.validated = self.state.step // self.config.validate_every
        validation = self._score()
        score = validation.score
        if self.accelerator.is_main_process:
            row: dict[str, float] = {
                "step": self.state.step,
                "epoch": self.state.epoch,
                "points": self.state.points,
                "minutes": round(self.state.seconds / 60, 2),
                "learning_rate": learning_rate(self.config, self.state.step),
                "points_per_second": round(speed),
                "loss": round(self.state.loss_sum / max(1, self.state.loss_points), 4),
                "score": round(score.nats_per_point, 4),
                "position": round(score.position, 4),
                "pen": round(score.pen, 4),
                "on_grid": round(score.on_grid, 4),
            }
            if validation.without_text is not None and validation.advance is not None:
                row["without_text"] = round(validation.without_text.nats_per_point, 4)
                row["advance"] = round(validation.advance, 4)
            if done:
                unpacked = validate(self.average, self.validation, device=self.accelerator.device)
                row["score_unpacked"] = round(unpacked.score.nats_per_point, 4)
            self.folder.log(row)
        self.state.loss_sum, self.state.loss_points = 0.0, 0
        self.accelerator.wait_for_everyone()
        return validation

    def _save(self) -> None:
        self.saved = self.state.step // self.config.save_every
        if self.accelerator.is_main_process:
            self.folder.save(self.state, self.config, self.source, self.model, self.average, self.optimizer)

    def _progress(self, speed: float, validation: Validation | None) -> Progress:
        state, config = self.state, self.config
        left = (config.steps - state.step) * (state.points / max(1, state.step)) / max(speed, 1e-9)
        loss = sum(self.recent) / max(1, len(self.recent))
        rate = learning_rate(config, state.step)
        return Progress(
            state.step, config.steps, state.epoch, loss, rate, speed, left, validation, state.best
        )
