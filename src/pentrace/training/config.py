"""The settings of a training: each with its type, its range, its default and why."""

from __future__ import annotations

import dataclasses
import json
import os
import reprlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from pentrace import files
from pentrace.checkpoint.architecture import SIZES, Architecture, TextArchitecture
from pentrace.data.score import CLIP
from pentrace.errors import ConfigError

MAX_FILE = 2**16
"""Bytes in a file of settings; the recipes have 1,200."""
MAX_COUNT = 2**31 - 1

Count = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Whole = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Share = Annotated[float, Field(ge=0, le=1)]
Dropped = Annotated[float, Field(ge=0, lt=1)]
Spread = Annotated[float, Field(ge=0)]
"""A standard deviation."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True, allow_inf_nan=False))
class TrainConfig:
    """Settings of `pentrace train`. A TOML file may set any of them; unknown names are refused."""

    # model
    hidden: Annotated[int, Field(ge=1, le=SIZES["hidden"])] = 500
    """Cells in a layer: the article's 500 fit 1.2 MB packed, and a screen."""
    layers: Annotated[int, Field(ge=1, le=SIZES["layers"])] = 1
    mixtures: Annotated[int, Field(ge=1, le=SIZES["mixtures"])] = 20
    """Components of the mixture (Graves 2013, section 4.2)."""
    normalised: bool = True
    """Layer normalisation inside the cells."""
    code: Annotated[int, Field(ge=0, le=SIZES["code"])] = 30
    """Size of the code vector that modulates the layer-norm gains at every step; 0 turns it off. 30 is as many as fit
    1.2 MB. Without layer normalisation there is none."""
    rest_component: bool = True
    """Fix a mixture component at offset zero, as wide as the whiteboard's rounding: a pen that rests. Only its weight
    is learned."""

    # optimisation
    bfloat16: bool = True
    """Compute products in bfloat16 where this machine has fast code for that; otherwise in float32."""
    steps: Count = 26_500
    """Updates in all. Alone, a model with a code overfits after some 24,000."""
    batch: Count = 32
    """Lines in a batch, over all processes. Small, because this model is limited by data, not by time."""
    window: Count = 128
    """Points of truncated back-propagation, with the state carried over. Short, for more updates from the same data."""
    learning_rate: Annotated[float, Field(gt=0)] = 3e-3
    warmup: Whole = 400
    """Updates of linear warm-up."""
    decay: Whole = 10_000
    """The learning rate falls linearly to zero over this many last updates. It is constant before, so a run can be
    prolonged."""
    clip: Annotated[float, Field(gt=0)] = 1.0
    """Largest norm of the gradient."""
    average: Dropped = 0.999
    """Decay of the exponential mean of the weights. The mean is what is scored and kept."""

    # regularisation
    weight_decay: Spread = 0.03
    """Each update shrinks all weights but biases and gains by this share times the learning rate. Behind layer
    normalisation weights would grow without end, and learn ever more slowly."""
    weight_drop: Dropped = 0.1
    """Share of the recurrent weights dropped in a window. Without it a plain network overfits after some 15 passes."""
    dropout: Dropped = 0.1
    """Share of the hidden state dropped before the read-out."""

    # teachers, if there are any (--teacher)
    teaching: Share = 0.8
    """Share of the loss on what a teacher would have written, not on what was written. Draws cannot be overfitted."""
    draws: Count = 3
    """Draws from a teacher for each point."""

    # texts, if there are any (--alignment)
    left_out: str = "#%+/["
    """Characters that the model does not learn; lines with them are left out. In IAM-OnDB `#` stands for crossed-out
    words, the others have too few examples."""
    least_score: Annotated[float, Field(le=0)] = -4.0
    """Lines whose alignment scores no better than this are left out: their text does not fit their ink."""
    rare: Count = 120
    """Lines with characters of fewer examples than this are shown more often, up to five times."""
    splice: Share = 0.15
    """Share of lines in which a capital or digit is replaced by a rare one of another line, where that is possible.
    Rare are characters with fewer than half of `rare` examples."""
    text_dropout: Dropped = 0.08
    """Share of lines shown without their text, so that the model can also write without one."""
    hand_dropout: Dropped = 0.3
    """Share of lines shown without their hand, so that the model can also write in none in particular, and does not
    learn lines by their hand."""
    jitter: Spread = 4.0
    """Steps, standard deviation, by which the pointer's moves are off. The model learns to steer the pointer back."""

    # the pen's movements
    largest_offset: Annotated[float, Field(gt=0)] = CLIP
    """Longer movements are clipped to this, in model units. The score clips at 12.5. To write words as far apart as
    people do, a model has to see longer ones: 15 % of the gaps between words are."""

    # augmentation
    rest: Whole = 20
    """Longer pauses, in points, are trimmed: models trained on them get stuck. 0 keeps all."""
    scale: Spread = 0.1
    """Standard deviation of the log of a line's size."""
    aspect: Spread = 0.07
    """Standard deviation of the log of a line's width over its height."""
    slant: Spread = 0.15
    """Standard deviation of a line's shear, horizontal over vertical."""
    elastic: Spread = 0.07
    """Standard deviation of the log of how much wider, and taller, the ink becomes here and there along a line."""

    # bookkeeping
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    shuffle: Count = 2048
    """Lines held in memory to shuffle and to sort by length."""
    max_points: Annotated[int, Field(ge=2, le=MAX_COUNT)] = 1200
    """Points of a line that are used."""
    validate_every: Count = 1_000
    validate_lines: Count = 300
    """Lines of the validation data, evenly spread, that are scored during training."""
    save_every: Count = 250
    """Updates between saves of the state from which --resume goes on."""

    @model_validator(mode="after")
    def _rest_leaves_a_component(self) -> Self:
        if self.rest_component and self.mixtures < 2:
            raise ValueError(f"mixtures: expected at least 2 with a rest_component, found {self.mixtures}")
        return self

    def architecture(self, text: TextArchitecture | None = None) -> Architecture:
        """The architecture of the model that these settings train, with a text or without."""
        code = self.code if self.normalised else 0
        return Architecture(self.layers, self.hidden, self.mixtures, self.normalised, code, text)

    def to_toml(self) -> str:
        """The settings as TOML, one a line."""
        # JSON writes these strings, numbers and booleans as TOML does
        values = dataclasses.asdict(self)
        return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> TrainConfig:
        """Read a TOML file of settings; what it does not name keeps its default. Raises ConfigError."""
        source = Path(path)
        blob = files.read(source, MAX_FILE, ConfigError)
        try:
            values = tomllib.loads(blob.decode())
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{source}: expected TOML: {error}") from error
        try:
            return cls.from_dict(values)
        except ConfigError as error:
            raise ConfigError(f"{source}: {error}") from error

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainConfig:
        """Settings by name. Whole numbers are taken for decimal settings too. Raises ConfigError."""
        try:
            return cls(**values)
        except ValidationError as error:
            raise ConfigError(_words(error)) from error


def _words(error: ValidationError) -> str:
    """The first thing that is wrong with settings, in our words."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    name, found = str(first["loc"][0]), reprlib.repr(first["input"])
    if first["type"] == "unexpected_keyword_argument":
        known = ", ".join(field.name for field in dataclasses.fields(TrainConfig))
        return f"setting: expected one of {known}, found {reprlib.repr(name)}"
    return f"{name}: {first['msg'].replace('Input should be', 'expected')}, found {found}"
