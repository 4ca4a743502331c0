"""Atlas: in which order to show cells, which features each follows, when each is strongest (spec/atlas.md).

`pentrace atlas` writes one (pentrace.atlas.build); reading needs numpy alone.

Letter key: N cells of all layers in turn, F features, M moments.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from safetensors.numpy import save as save_tensors

from pentrace import files
from pentrace.arrays import F32, I64, Array
from pentrace.atlas import metadata
from pentrace.checkpoint import Checkpoint, tensor_file
from pentrace.engine import Engine
from pentrace.engine.text.read_text import Reading
from pentrace.errors import AtlasError

FORMAT = "pentrace atlas"
VERSION = 1
KEY = "pentrace"
"""The one key of the file's metadata."""
SUFFIX = ".atlas.safetensors"
MAX_FILE = 64 * 2**20
DEFAULT_ATLAS = Path(__file__).parents[1] / "weights/default.atlas.safetensors"

Part = Literal["c", "h"]


class Followed(NamedTuple):
    """How well a single cell follows a feature, on held-out lines.

    cell: number, 0 to N - 1.
    feature: name.
    score: -1 to 1, at lag 0; its definition depends on the feature's kind.
    lag: steps by which the cell is ahead of the pen (negative: behind) where it follows best; c only.
    lagged: the score at that lag; c only.
    """

    cell: int
    feature: str
    score: float
    lag: int
    lagged: float


class Moment(NamedTuple):
    """Where a cell state is highest or lowest: the number of the line, the row of its trace, and the value of c."""

    line: int
    step: int
    value: float


@dataclass(frozen=True)
class Atlas:
    """What many lines tell about the cells of a checkpoint. Cell i of layer l has the number l H + i.

        atlas = Atlas.default()
        best = atlas.cells_for("pen lift in 1 step")[0]     Followed(cell, feature, score, lag, lagged)
        atlas.features_of(best.cell)                        all features, the best followed first
        moment = atlas.moments(best.cell)[0]                where it is highest
        atlas.line(moment.line, Writer().engine)            and the ink there

    tensors: arrays by name (spec/atlas.md).
    about: the metadata (spec/atlas.md).
    """

    tensors: dict[str, Array]
    about: dict[str, Any]

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Atlas:
        """Reads an atlas. Raises AtlasError if the file breaks a rule of spec/atlas.md."""
        source = Path(path)
        return decode(files.read(source, MAX_FILE, AtlasError), source.name)

    @staticmethod
    def default() -> Atlas:
        """The atlas of the default checkpoint."""
        return Atlas.load(DEFAULT_ATLAS)

    @property
    def cells(self) -> int:
        """N."""
        return int(self.about["checkpoint"]["layers"]) * int(self.about["checkpoint"]["hidden"])

    @property
    def orders(self) -> dict[str, float]:
        """Merit of each order by name, best first: mean correlation of neighbours on held-out lines."""
        return {order["name"]: order["merit"] for order in self.about["orders"]}

    def order(self, name: str | None = None) -> I64:
        """The cells [N] of an order, from the first row of the picture to the last. None: the best order."""
        name = next(iter(self.orders)) if name is None else name
        self._known("order", name, self.orders)
        return self.tensors[f"order.{name}"].astype(np.int64)

    @property
    def features(self) -> dict[str, dict[str, Any]]:
        """The metadata of each feature, by name."""
        return {feature["name"]: feature for feature in self.about["features"]}

    def scores(self, feature: str, part: Part = "c") -> F32:
        """How well each single cell follows a feature [N], at lag 0."""
        found: F32 = self.tensors[f"score.{part}"][self._row(feature)]
        return found

    def cells_for(self, feature: str, count: int = 10, part: Part = "c") -> list[Followed]:
        """The cells that follow a feature best at lag 0, by absolute score, best first."""
        best = np.argsort(-np.abs(self.scores(feature, part)), kind="stable")[:count]
        return [self._followed(feature, int(cell), part) for cell in best]

    def features_of(self, cell: int, part: Part = "c") -> list[Followed]:
        """Every feature, with how well a cell follows it, best first."""
        self._cell(cell)
        found = [self._followed(name, cell, part) for name in self.features]
        return sorted(found, key=lambda f: -abs(f.score))

    def moments(self, cell: int, *, lowest: bool = False) -> list[Moment]:
        """Where c of a cell is highest in the atlas's lines, highest first; or lowest."""
        self._cell(cell)
        at = (int(lowest), cell)
        columns = (self.tensors[f"strongest.{name}"][at].tolist() for name in ("line", "step", "value"))
        return [Moment(*values) for values in zip(*columns, strict=True)]

    def cluster_of(self, cell: int) -> int:
        """The number of the cluster that a cell belongs to."""
        self._cell(cell)
        return int(self.tensors["cluster"][cell])

    def cluster(self, number: int) -> I64:
        """The cells of a cluster."""
        return np.flatnonzero(self.tensors["cluster"] == number)

    def range(self, cell: int) -> F32:
        """Percentiles 0.5, 5, 50, 95 and 99.5 of c."""
        self._cell(cell)
        found: F32 = self.tensors["range.c"][:, cell]
        return found

    @property
    def effects(self) -> list[dict[str, Any]]:
        """Measured effects of interventions (pentrace.measure.effects)."""
        return list(self.about["effects"])

    def with_effects(self, effects: Sequence[dict[str, Any]]) -> Atlas:
        """The same atlas with other effects."""
        return replace(self, about=self.about | {"effects": list(effects)})

    @property
    def line_count(self) -> int:
        """Number of lines that are searched for moments."""
        return len(_steps_of(self.about["lines"]))

    @property
    def collapsed(self) -> list[int]:
        """The numbers of lines in which the sample collapsed: they are not searched for moments."""
        return list(self.about["lines"].get("collapsed", ()))

    def line(self, number: int, engine: Engine) -> F32:
        """The offsets [n, 3], in model units, of a line that is searched for moments.

        Args:
            number: 0 to line_count - 1.
            engine: of the atlas's checkpoint. If the lines are samples, it samples the line again, bit for bit.
        """
        return self.reading(number, engine).offsets

    def reading(self, number: int, engine: Engine) -> Reading:
        """The same line as the model reads it: with its text, if the model wrote one."""
        if not 0 <= number < self.line_count:
            raise AtlasError(f"line: expected 0 to {self.line_count - 1}, found {number}")
        lines = self.about["lines"]
        if lines["source"] == "samples":
            return line_reading(lines, number, engine)
        begin = sum(lines["lengths"][:number])
        return Reading(self.tensors["ink.offsets"][begin : begin + lines["lengths"][number]])

    def check(self, checkpoint: Checkpoint, name: str = "the checkpoint") -> None:
        """Raises AtlasError unless this atlas was made for the checkpoint."""
        if not self.belongs_to(checkpoint):
            made_for = self.about["checkpoint"]
            raise AtlasError(
                f"atlas: expected one of {name}, found one of {made_for['name']} "
                f"({made_for['sha256'][:12]}...); make one with `pentrace atlas`"
            )

    def belongs_to(self, checkpoint: Checkpoint) -> bool:
        """Whether this atlas was made for the checkpoint."""
        return bool(self.about["checkpoint"]["sha256"] == checkpoint.sha256)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the atlas. Raises AtlasError."""
        target = Path(path)
        blob = encode(self)
        decode(blob, target.name)  # refuses to write what cannot be read
        files.write(target, blob, AtlasError)

    def _followed(self, feature: str, cell: int, part: Part) -> Followed:
        row = self._row(feature)
        score = float(self.tensors[f"score.{part}"][row, cell])
        if part == "h":
            return Followed(cell, feature, score, 0, score)
        lag, lagged = self.tensors["lag.c"][row, cell], self.tensors["lagged.c"][row, cell]
        return Followed(cell, feature, score, int(lag), float(lagged))

    def _row(self, feature: str) -> int:
        self._known("feature", feature, self.features)
        return list(self.features).index(feature)

    def _known(self, what: str, name: str, names: dict[str, Any]) -> None:
        if name not in names:
            raise AtlasError(f"{what}: expected one of {'; '.join(names)}, found {name}")

    def _cell(self, cell: int) -> None:
        if not 0 <= cell < self.cells:
            raise AtlasError(f"cell: expected 0 to {self.cells - 1}, found {cell}")


def line_reading(samples: dict[str, Any], number: int, engine: Engine) -> Reading:
    """A line that the model writes: what metadata say of samples, and the number of the line."""
    steps, draws = samples["steps"], {"seed": samples["seed"] + number, "variation": samples["variation"]}
    if "text" not in samples:
        return Reading(engine.sample(engine.start(), steps, **draws))
    lines, hands, cap = (samples["text"][key] for key in ("lines", "hands", "cap"))
    text = lines[number % len(lines)]
    hand = hands[number % len(hands)] if hands else None
    written = engine.write(engine.start(text, hand), steps, cap=cap, **draws)
    return Reading(written.offsets, text, written.pointers, hand)


def beside(checkpoint: Path) -> Path:
    """The path of a checkpoint's atlas: NAME.atlas.safetensors beside NAME.safetensors."""
    return checkpoint.with_name(checkpoint.stem + SUFFIX)


def encode(atlas: Atlas) -> bytes:
    """An atlas as the bytes of a file; the same atlas gives the same bytes."""
    about = json.dumps(_rounded(atlas.about), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in sorted(atlas.tensors.items())}
    return save_tensors(tensors, {KEY: about})


def decode(blob: bytes, name: str) -> Atlas:
    """The atlas in a file's bytes; `name` is what errors call the file."""
    text, tensors = tensor_file.decode(blob, name, AtlasError)
    if KEY not in text:
        raise AtlasError(f"{name}: metadata: expected `{KEY}`, found nothing; this is not an atlas")
    try:
        about = tensor_file.parse(text[KEY])
    except ValueError as error:
        raise AtlasError(f"{name}: metadata: expected JSON as `{KEY}`, found something else") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise AtlasError(f'{name}: format: expected "{FORMAT}", found something else; this is not an atlas')
    if (wrong := metadata.problem(about)) is not None:
        raise AtlasError(f"{name}: {wrong}; make the atlas again with `pentrace atlas`")
    _check_tensors(name, tensors, about)
    return Atlas(tensors, about)


def _steps_of(lines: dict[str, Any]) -> I64:
    """The number of steps of each line."""
    return np.array([lines["steps"]] * lines["count"] if lines["source"] == "samples" else lines["lengths"])


def _check_tensors(name: str, tensors: dict[str, Array], about: dict[str, Any]) -> None:
    n = about["checkpoint"]["layers"] * about["checkpoint"]["hidden"]
    f = len(about["features"])
    most = (tensors["strongest.line"].shape or (0,))[-1] if "strongest.line" in tensors else 0
    wanted: dict[str, tuple[str, tuple[int, ...]]] = {
        f"order.{order['name']}": ("uint16", (n,)) for order in about["orders"]
    }
    wanted |= {
        "cluster": ("uint8", (n,)),
        "range.c": ("float32", (5, n)),
        "moments.c": ("float32", (2, n)),
        "score.c": ("float32", (f, n)),
        "score.h": ("float32", (f, n)),
        "lag.c": ("int8", (f, n)),
        "lagged.c": ("float32", (f, n)),
        "preferred.c": ("float32", (n,)),
        "strongest.line": ("uint16", (2, n, most)),
        "strongest.step": ("uint16", (2, n, most)),
        "strongest.value": ("float32", (2, n, most)),
    }
    if about["lines"].get("source") == "data":
        wanted["ink.offsets"] = ("float32", (sum(about["lines"].get("lengths", ())), 3))
    for key, (dtype, shape) in wanted.items():
        tensor = tensors.get(key)
        if tensor is None or tensor.dtype != dtype or tensor.shape != shape:
            found = "nothing" if tensor is None else f"{tensor.dtype} {list(tensor.shape)}"
            raise AtlasError(f"{name}: {key}: expected {dtype} {list(shape)}, found {found}")
    for key, tensor in tensors.items():
        if key not in wanted:
            raise AtlasError(f"{name}: expected no tensor {key}")
        if not np.isfinite(tensor).all():
            raise AtlasError(f"{name}: {key}: expected finite numbers, found a NaN or an infinity")
    steps = _steps_of(about["lines"])
    for key, below in (("cluster", len(about["clusters"])), ("strongest.line", len(steps))):
        if tensors[key].size and tensors[key].max() >= below:
            raise AtlasError(f"{name}: {key}: expected numbers below {below}, found {tensors[key].max()}")
    if (tensors["strongest.step"] >= steps[tensors["strongest.line"]]).any():
        raise AtlasError(f"{name}: strongest.step: expected steps of the line, found one beyond its end")
    for order in about["orders"]:
        if not np.array_equal(np.sort(tensors[f"order.{order['name']}"]), np.arange(n)):
            raise AtlasError(f"{name}: order.{order['name']}: expected every cell once, found others")


def _rounded(value: Any) -> Any:
    """A JSON value with its numbers at 6 significant digits."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value
