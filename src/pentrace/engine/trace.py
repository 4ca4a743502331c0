"""Trace: everything the model computes while it reads an ink, as arrays with named axes (spec/trace.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pentrace import files
from pentrace.engine.mixture import unpack_mixture
from pentrace.errors import FormatError, MissingExtraError

if TYPE_CHECKING:
    import os

    import pandas as pd
    import xarray as xr

FloatArray = npt.NDArray[np.float32]

AXES = {
    "offsets": ("step", "coordinate"),
    "c": ("step", "layer", "cell"),
    "h": ("step", "layer", "cell"),
    "gates": ("step", "layer", "gate", "cell"),
    "mixture": ("step", "parameter"),
    "loglik": ("step", "part"),
    "pointer": ("step", "of_pointer"),
}
"""Axis names of each array; gates are i f g o, parts are position and pen, of the pointer character and advance."""

COORDINATES = ("dx", "dy", "pen")
GATES = ("i", "f", "g", "o")
PARTS = ("position", "pen")
OF_POINTER = ("character", "advance")
SUFFIXES = (".npz", ".parquet", ".nc")
"""Suffixes of the files that `Trace.save` can write."""


@dataclass(frozen=True)
class Trace:
    """What the model had computed before each offset of an ink: row k of every array predicts offset k.

    offsets: f32 [n, 3], (dx, dy, pen) in model units.
    c, h: f32 [n, L, H], cell and hidden states.
    gates: f32 [n, L, 4, H], i f g o of the step that computed row k.
    mixture: f32 [n, 1 + 6K]: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho.
    loglik: f32 [n, 2], log p of position and of pen, nats and model units.
    pointer: f32 [n, 2], of an ink that was read with its text: the character that the pointer stands at, a place in
        the text, and the probability that it moves on after this offset.
    scale: model units in one unit of the ink that was read.
    text: what it was read with; "" for the ink alone.

    Arrays that were not requested are None.
    """

    offsets: FloatArray
    scale: float
    c: FloatArray | None = None
    h: FloatArray | None = None
    gates: FloatArray | None = None
    mixture: FloatArray | None = None
    loglik: FloatArray | None = None
    pointer: FloatArray | None = None
    text: str = ""

    def __len__(self) -> int:
        """Number of steps."""
        return len(self.offsets)

    def arrays(self) -> dict[str, FloatArray]:
        """The arrays that are not None, by name (`AXES` names their axes)."""
        found = {name: getattr(self, name) for name in AXES}
        return {name: array for name, array in found.items() if array is not None}

    def columns(self) -> dict[str, FloatArray]:
        """Every number of a step as a column [n], by name.

        `dx`, `dy`, `pen`; `c.0.17` and `h.0.17` of layer 0, cell 17; `i.0.17` and so on for its gates; `e`, and
        `pi.3`, `mu_x.3` and so on of mixture component 3; `loglik.position` and `loglik.pen`; `pointer.character` and
        `pointer.advance`.
        """
        found = dict(zip(COORDINATES, self.offsets.T, strict=True))
        for name, array in (("c", self.c), ("h", self.h)):
            found |= _by_cell(name, array)
        for number, gate in enumerate(GATES):
            found |= _by_cell(gate, None if self.gates is None else self.gates[:, :, number])
        for name, values in self._mixture().items():
            if values.ndim == 1:
                found[name] = values
            else:
                found |= {f"{name}.{k}": column for k, column in enumerate(values.T)}
        for name, array, parts in (("loglik", self.loglik, PARTS), ("pointer", self.pointer, OF_POINTER)):
            if array is not None:
                found |= {f"{name}.{part}": array[:, k] for k, part in enumerate(parts)}
        return found

    def to_pandas(self) -> pd.DataFrame:
        """A row for each step with the columns of `columns`; the index is named step, `attrs` has scale and text.

        Raises MissingExtraError without pandas (`pip install 'pentrace[trace]'`).
        """
        try:
            import pandas as pd
        except ModuleNotFoundError as error:
            raise _missing("a data frame needs pandas") from error
        frame = pd.DataFrame(self.columns(), index=pd.RangeIndex(len(self), name="step"))
        frame.attrs |= self._about
        return frame

    def to_xarray(self) -> xr.Dataset:
        """The arrays as variables with the axes of `AXES` as dimensions, each with its coordinates.

        The mixture is split up: `e` [step], and `pi`, `mu_x`, `mu_y`, `sigma_x`, `sigma_y` and `rho`
        [step, component]. Attributes: `scale`, and `text` if any.

        Raises MissingExtraError without xarray (`pip install 'pentrace[trace]'`).
        """
        try:
            import xarray as xr
        except ModuleNotFoundError as error:
            raise _missing("a data set of named axes needs xarray") from error
        named: dict[str, tuple[tuple[str, ...], FloatArray]] = {
            name: (AXES[name], array) for name, array in self.arrays().items() if name != "mixture"
        }
        named |= {
            name: (("step", "component")[: values.ndim], values) for name, values in self._mixture().items()
        }
        names = {"coordinate": COORDINATES, "gate": GATES, "part": PARTS, "of_pointer": OF_POINTER}
        sizes = {
            axis: size for axes, array in named.values() for axis, size in zip(axes, array.shape, strict=True)
        }
        coordinates = {axis: list(names.get(axis, range(size))) for axis, size in sizes.items()}
        return xr.Dataset(named, coordinates, self._about)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the trace: .npz (the arrays, and `scale`), .parquet (`columns`) or .nc (`to_xarray`, netCDF).

        Raises:
            FormatError: an unknown suffix, or a file that cannot be written.
            MissingExtraError: .nc without xarray and scipy.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in SUFFIXES:
            raise FormatError(f"{path}: expected a name that ends in {', '.join(SUFFIXES)}")
        dataset = self.to_xarray() if suffix == ".nc" else None
        with files.replacing(target, FormatError) as temporary:
            if suffix == ".npz":
                np.savez_compressed(temporary, allow_pickle=False, **self._about, **self.arrays())
            elif dataset is None:
                _write_parquet(
                    self.columns(), {name: str(value) for name, value in self._about.items()}, temporary
                )
            else:
                _write_netcdf(dataset, temporary)

    @property
    def _about(self) -> dict[str, Any]:
        """What is stored beside the arrays: the scale, and the text if there is one."""
        return {"scale": self.scale} | ({"text": self.text} if self.text else {})

    def _mixture(self) -> dict[str, FloatArray]:
        """The pen-lift probability e [n], and each parameter of the components [n, K]."""
        if self.mixture is None:
            return {}
        return unpack_mixture(self.mixture)._asdict()


def _by_cell(name: str, array: FloatArray | None) -> dict[str, FloatArray]:
    """Columns of an array [n, L, H]."""
    if array is None:
        return {}
    _, layers, cells = array.shape
    return {f"{name}.{layer}.{k}": array[:, layer, k] for layer in range(layers) for k in range(cells)}


def _write_parquet(columns: dict[str, FloatArray], metadata: dict[str, str], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays: dict[str, Any] = {name: np.ascontiguousarray(column) for name, column in columns.items()}
    table = pa.table(arrays).replace_schema_metadata(metadata)
    pq.write_table(table, path, write_page_checksum=True)


def _write_netcdf(dataset: xr.Dataset, path: Path) -> None:
    try:
        dataset.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
    except (ModuleNotFoundError, ValueError) as error:
        if "scipy" not in str(error):
            raise
        raise _missing("a netCDF file needs scipy") from error


def _missing(what: str) -> MissingExtraError:
    return MissingExtraError(f"{what}: pip install 'pentrace[trace]'")
