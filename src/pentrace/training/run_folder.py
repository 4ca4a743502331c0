"""The folder of a training run: its files, its lock, and how a run is resumed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from pentrace import files
from pentrace.checkpoint import Checkpoint
from pentrace.checkpoint.architecture import TextArchitecture
from pentrace.errors import ConfigError, TrainingError
from pentrace.training.config import TrainConfig
from pentrace.training.model import Handwriting
from pentrace.training.weights import part_of, restore, state_of

_MAY_CHANGE = frozenset({"steps", "decay", "validate_every", "save_every"})
"""Settings that may change on resume: they do not affect the steps that are done."""
LARGEST = 2**53
"""Counts in a saved state are below this; larger ones are damage."""
_DAMAGE = (SafetensorError, OSError, AttributeError, KeyError, ValueError, TypeError, RuntimeError)
"""What reading a damaged state may raise."""
_MAX_LOG = 64 * 2**20


@dataclass
class TrainState:
    """Where a run is. Saved between batches, so no recurrent state is part of it."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    points: int = 0
    seconds: float = 0.0
    best: float = float("inf")
    loss_sum: float = 0.0
    loss_points: int = 0


@dataclass(frozen=True)
class Source:
    """Inputs that must not change on resume."""

    lines: int
    digest: str
    """Of the files of the data (`digest_of`)."""
    alignment: str | None = None
    """Digest of the file of alignments, in a training with texts."""
    teachers: tuple[str, ...] = ()
    """What `pentrace.training.distillation.named` says of each."""
    began_from: str | None = None
    """What it says about the checkpoint that the run started from."""
    skipped: str | None = None
    """Digest of the names of lines that are left out."""


def digest_of_names(names: Iterable[str]) -> str:
    """The first 16 digits of the SHA-256 of names, whatever their order."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:16]


def digest_of(paths: Sequence[Path]) -> str:
    """The first 16 digits of the SHA-256 of files, one after the other. Raises TrainingError."""
    total = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise TrainingError(f"{path}: cannot be read ({files.reason(error)})") from error
    return total.hexdigest()[:16]


class RunFolder:
    """A run's files. They are written to a temporary name first, then moved."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = path / "state.safetensors"
        self.best = path / "best.safetensors"
        self.last = path / "last.safetensors"
        self._config = path / "config.toml"
        self._log = path / "log.jsonl"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and keep other trainings out of it. The lock ends with the process, however that ends."""
        lock = filelock.FileLock(self.path / ".lock")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise TrainingError(
                f"{self.path}: expected a folder that no training uses, found one that is being trained in; "
                "wait for it, stop it, or name another folder"
            ) from error
        except (OSError, NotImplementedError) as error:
            reason = files.reason(error) if isinstance(error, OSError) else error
            raise TrainingError(f"{self.path}: cannot be written ({reason})") from error
        try:
            yield
        finally:
            lock.release()

    def start(self, config: TrainConfig, step: int) -> None:
        """Write the settings, and drop log rows of work that will be done again."""
        files.write(self._config, config.to_toml().encode(), TrainingError)
        if self._log.exists():
            rows = "".join(row + "\n" for row in _rows_until(self._log, step))
            files.write(self._log, rows.encode(), TrainingError)

    def log(self, row: dict[str, Any]) -> None:
        """Append a row to the log."""
        try:
            with self._log.open("a") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            raise TrainingError(f"{self._log}: cannot be written ({files.reason(error)})") from error

    def describe(
        self,
        checkpoint: Checkpoint,
        config: TrainConfig,
        state: TrainState,
        figures: dict[str, float | int],
        source: Source,
    ) -> Checkpoint:
        """The checkpoint with the figures of its validation and how it was made."""
        inputs = {name: getattr(source, name) for name in ("began_from", "alignment", "skipped", "teachers")}
        training = {
            "config": dataclasses.asdict(config),
            **{name: value for name, value in inputs.items() if value},
            "steps": state.step,
            "points": state.points,
            "minutes": round(state.seconds / 60, 1),
            "hardware": hardware(),
            "date": datetime.now(UTC).date().isoformat(),
        }
        measured = {"data": "validation", **figures}
        return dataclasses.replace(checkpoint, score=measured, training=training)

    def save(
        self,
        state: TrainState,
        config: TrainConfig,
        source: Source,
        model: Handwriting,
        average: Handwriting,
        optimizer: torch.optim.Optimizer,
    ) -> None:
        """Write what a resumed run needs, to a temporary name first."""
        tensors = state_of(optimizer, model=model, average=average)
        metadata = {
            "state": json.dumps(dataclasses.asdict(state)),
            "config": json.dumps(dataclasses.asdict(config)),
            "source": json.dumps(dataclasses.asdict(source)),
            "text": json.dumps(model.architecture.text and dataclasses.asdict(model.architecture.text)),
        }
        with files.replacing(self.state, TrainingError) as temporary:
            try:
                save_file({k: v.contiguous().cpu() for k, v in tensors.items()}, temporary, metadata)
            except SafetensorError as error:  # which a full disk becomes
                raise TrainingError(f"{self.state}: cannot be written ({error})") from error

    def load(
        self,
        config: TrainConfig,
        source: Source,
        model: Handwriting,
        average: Handwriting,
        optimizer: torch.optim.Optimizer,
    ) -> TrainState:
        """Fill model, mean and optimizer from the saved state.

        Raises TrainingError for a state that is damaged, is of another run, or is further than `config.steps`.
        """
        if not self.state.exists():
            raise TrainingError(f"{self.path}: expected a run to resume, found no {self.state.name}")
        try:
            metadata, tensors = _read(self.state)
            state = _checked(TrainState(**json.loads(metadata["state"])))
            _same_run(json.loads(metadata["config"]), config)
            _same_source(json.loads(metadata["source"]), source)
            if odd := [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]:
                raise ValueError(f"NaN or infinity in {odd[0]}")
            restore(tensors, optimizer, model=model, average=average)
        except _DAMAGE as error:
            raise TrainingError(
                f"{self.state}: expected the state of a run, found a damaged file ({error}); "
                f"start again in another folder; {self.best.name} is unharmed"
            ) from error
        self._check_progress(state, config)
        return state

    def _check_progress(self, state: TrainState, config: TrainConfig) -> None:
        if state.step > config.steps:
            raise TrainingError(
                f"steps: expected at least the {state.step} that are done, found {config.steps}; "
                "raise steps, or start again in another folder"
            )
        if state.best < math.inf and not self.best.exists():
            raise TrainingError(
                f"{self.path}: expected {self.best.name} beside {self.state.name}, found none; "
                "put it back, or start again in another folder"
            )


def averaged(path: Path) -> Handwriting:
    """The mean of the weights of the run in a folder, before packing. Raises TrainingError."""
    state = RunFolder(path).state
    if not state.exists():
        raise TrainingError(f"{path}: expected the folder of a run, found no {state.name}")
    try:
        metadata, tensors = _read(state)
        text = json.loads(metadata["text"])
        config = TrainConfig.from_dict(json.loads(metadata["config"]))
        model = Handwriting(config.architecture(text and TextArchitecture(**text)))
        model.load_state_dict(part_of(tensors, "average"))
    except (ConfigError, *_DAMAGE) as error:
        raise TrainingError(
            f"{state}: expected the state of a run, found a damaged file ({error})"
        ) from error
    return model.eval()


def _read(state: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """The metadata and tensors of a saved state."""
    with safe_open(state, "pt") as file:
        return file.metadata() or {}, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118


def _rows_until(log: Path, step: int) -> list[str]:
    """Rows of the log up to an update; a last one that a kill cut short is left out, to be written again."""
    rows = files.read(log, _MAX_LOG, TrainingError).decode(errors="replace").splitlines()
    kept = []
    for k, row in enumerate(rows):
        try:
            if json.loads(row)["step"] <= step:
                kept.append(row)
        except (ValueError, TypeError, KeyError, RecursionError):
            if k < len(rows) - 1:
                raise TrainingError(
                    f"{log}: row {k + 1}: expected JSON with a step, found something else; delete the row"
                ) from None
    return kept


def _checked(state: TrainState) -> TrainState:
    """The state, if its values are possible ones; raises ValueError."""
    for name, value in dataclasses.asdict(state).items():
        counts = isinstance(getattr(TrainState, name), int)
        kinds = (int,) if counts else (int, float)
        # no score yet is infinity; a sum of losses may be negative
        low = -LARGEST if name in ("best", "loss_sum") else 0
        allowed = isinstance(value, kinds) and not isinstance(value, bool)
        if not allowed or not (low <= value < LARGEST or (name == "best" and value == math.inf)):
            raise ValueError(f"{name} {value!r}")
    return state


def _same_run(saved: dict[str, Any], config: TrainConfig) -> None:
    settings = dataclasses.asdict(config)
    if saved.keys() != settings.keys():
        others = ", ".join(sorted(saved.keys() ^ settings.keys()))
        raise TrainingError(
            f"settings: expected those of this version of pentrace, found a run that differs in {others}; "
            "resume with the version that began it"
        )
    for name, value in settings.items():
        if name not in _MAY_CHANGE and saved[name] != value:
            raise TrainingError(
                f"{name}: expected {saved[name]} as when the run began, found {value}; "
                "resume with the run's own settings"
            )


def _same_source(began: dict[str, Any], source: Source) -> None:
    if began["lines"] != source.lines:
        raise TrainingError(
            f"data: expected {began['lines']} lines as when the run began, found {source.lines}; "
            "resume with the run's own data"
        )
    for name, before, now in (
        ("data", began["digest"], source.digest),
        ("alignment", began["alignment"], source.alignment),
        ("list of lines to skip", began.get("skipped"), source.skipped),
    ):
        if before != now:
            raise TrainingError(
                f"{name}: expected files of SHA-256 {before or 'none'} as when the run began, found {now or 'none'}; "
                f"resume with the run's own {name}"
            )
    if began["teachers"] != list(source.teachers):
        raise TrainingError(
            "teachers: expected those with which the run began, found others; resume with the run's own"
        )
    if began["began_from"] != source.began_from:
        raise TrainingError(
            f"from: expected {began['began_from'] or 'no checkpoint'}, as when the run began, "
            f"found {source.began_from or 'none'}; resume with the run's own"
        )


def hardware() -> str:
    """The processor or GPU as text, for the record of a run."""
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name()}"
    return f"{os.cpu_count()} cores, {platform.machine()}"
