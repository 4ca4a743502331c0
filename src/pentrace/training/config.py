"""The configuration of a training: one table of settings, each with its type, its default and why."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pentrace.checkpoint.architecture import SIZES, Architecture
from pentrace.errors import ConfigError

if TYPE_CHECKING:
    import os


@dataclass(frozen=True)
class TrainConfig:
    """Settings of `pentrace train`. A TOML file may set any of them; unknown names are refused."""

    # model
    hidden: int = 500
    """Cells in a layer: the article's 500 fit 1.2 MB packed, and a screen."""
    layers: int = 1
    mixtures: int = 20
    """Components of the mixture (Graves 2013, section 4.2)."""
    normalised: bool = True
    """Layer normalisation inside the cells."""
    code: int = 30
    """Numbers of the cells' code, which changes their gains at every step (0: these are fixed): as many as 1.2 MB
    hold. Without layer normalisation there is none."""
    rest_component: bool = True
    """Hold a component of the mixture at offset zero, as wide as the whiteboard's rounding: a pen that rests. Only its
    weight is learnt."""

    # optimisation
    bfloat16: bool = True
    """Products in bfloat16, which is faster where the processor has tiles for it (AMX); else in float32."""
    steps: int = 26_500
    """Updates in all: alone, a model with a code overfits after some 24,000."""
    batch: int = 32
    """Lines in a batch, over all processes: small, because data, not time, limits this model."""
    window: int = 128
    """Points of truncated back-propagation, the state carried over: short, for more updates from the same points."""
    learning_rate: float = 3e-3
    warmup: int = 400
    """Updates of linear warm-up."""
    decay: int = 10_000
    """Last updates over which the rate falls linearly to zero; constant before (so a run can be prolonged)."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    average: float = 0.999
    """Decay of the exponential mean of the weights, which is what is scored and kept."""

    # regularisation
    weight_decay: float = 0.03
    """Share by which an update shrinks all weights but biases and gains, times the rate: behind layer normalisation
    weights would grow without end, and learn the slower for it."""
    weight_drop: float = 0.1
    """Share of recurrent weights dropped a window: the plain network overfits after some 15 passes."""
    dropout: float = 0.1
    """Share of the hidden state dropped before the read-out."""

    # teachers, where there are any (--teacher)
    teaching: float = 0.8
    """Share of the loss on what a teacher would have written, not on what was: a draw cannot be learnt by heart."""
    draws: int = 3
    """Draws from a teacher for each point."""

    # augmentation
    rest: int = 20
    """Points for which a pen may rest on one spot; the rest of a rest is cut, as samples that learn it never leave."""
    scale: float = 0.1
    """Standard deviation of the log of a line's size."""
    aspect: float = 0.07
    """Standard deviation of the log of a line's width over its height."""
    slant: float = 0.15
    """Standard deviation of a line's shear, horizontal over vertical."""
    elastic: float = 0.07
    """Standard deviation of the log of how much wider, and taller, the ink becomes here and there along a line."""

    # bookkeeping
    seed: int = 1
    shuffle: int = 2048
    """Lines held in memory to shuffle and to sort by length."""
    max_points: int = 1200
    """Points of a line that are used."""
    validate_every: int = 1_000
    validate_lines: int = 300
    """Lines of the validation data, evenly spread, that are scored during training."""
    save_every: int = 250
    """Updates between saves of the state from which --resume goes on."""

    def __post_init__(self) -> None:
        for name in ("hidden", "layers", "mixtures", "steps", "batch", "window", "shuffle", "draws"):
            _expect(getattr(self, name) >= 1, name, "at least 1", getattr(self, name))
        for name in ("max_points", "validate_every", "validate_lines", "save_every"):
            _expect(getattr(self, name) >= 1, name, "at least 1", getattr(self, name))
        for name, largest in SIZES.items():
            _expect(getattr(self, name) <= largest, name, f"at most {largest}", getattr(self, name))
        if self.rest_component:
            expected = "at least 2 with a rest_component"
            _expect(self.mixtures >= 2, "mixtures", expected, self.mixtures)
        _expect(self.seed < 2**63, "seed", "below 2^63", self.seed)
        for name in ("weight_drop", "dropout"):
            _expect(0 <= getattr(self, name) < 1, name, "0 to below 1", getattr(self, name))
        for name in (
            "code",
            "weight_decay",
            "rest",
            "scale",
            "aspect",
            "slant",
            "elastic",
            "warmup",
            "decay",
            "seed",
        ):
            _expect(getattr(self, name) >= 0, name, "at least 0", getattr(self, name))
        _expect(0 <= self.teaching <= 1, "teaching", "0 to 1", self.teaching)
        _expect(self.learning_rate > 0, "learning_rate", "above 0", self.learning_rate)
        _expect(self.clip > 0, "clip", "above 0", self.clip)
        _expect(0 <= self.average < 1, "average", "0 to below 1", self.average)

    @property
    def architecture(self) -> Architecture:
        """Of the model that these settings train."""
        code = self.code if self.normalised else 0
        return Architecture(self.layers, self.hidden, self.mixtures, self.normalised, code)

    def to_toml(self) -> str:
        """The settings as TOML, one a line."""
        values = dataclasses.asdict(self)
        return "".join(f"{name} = {repr(value).lower()}\n" for name, value in values.items())

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> TrainConfig:
        """Read a TOML file of settings; what it does not name keeps its default."""
        source = Path(path)
        try:
            values = tomllib.loads(source.read_text(encoding="utf-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ConfigError(f"{source}: cannot be read ({reason})") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{source}: expected TOML: {error}") from error
        try:
            return cls.from_dict(values)
        except ConfigError as error:
            raise ConfigError(f"{source}: {error}") from error

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainConfig:
        """Settings by name; whole numbers are taken for decimal settings too."""
        fields = {f.name: f.type for f in dataclasses.fields(cls)}
        clean: dict[str, Any] = {}
        for name, value in values.items():
            _expect(name in fields, "setting", "one of " + ", ".join(fields), repr(name))
            clean[name] = _typed(name, fields[name], value)
        return cls(**clean)


def _typed(name: str, wanted: object, value: object) -> bool | int | float:
    """A setting's value in its type; whole numbers are taken for decimal settings too."""
    if wanted == "bool":
        _expect(isinstance(value, bool), name, "true or false", repr(value))
        return bool(value)
    kinds = (int,) if wanted == "int" else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise ConfigError(f"{name}: expected {wanted}, found {value!r}")
    return int(value) if wanted == "int" else float(value)


def _expect(condition: bool, name: str, expected: str, found: object) -> None:
    if not condition:
        raise ConfigError(f"{name}: expected {expected}, found {found}")
