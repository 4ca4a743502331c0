"""A trace as named axes, as a table, and as files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr

from pentrace.checkpoint import load
from pentrace.engine.trace import AXES, Trace
from pentrace.engine.writer import Writer
from pentrace.errors import FormatError, MissingExtraError
from pentrace.ink import Ink
from tests.golden.engine import TINY, ink


@pytest.fixture(scope="module")
def trace() -> Trace:
    return Writer(load(TINY)).trace(Ink.from_offsets(ink()), gates=True, mixture=True)


def test_a_data_set_has_the_axes_by_name(trace: Trace) -> None:
    found = trace.to_xarray()
    for name, array in trace.arrays().items():
        if name != "mixture":
            assert found[name].dims == AXES[name]
            assert np.array_equal(found[name].values, array)
    assert trace.mixture is not None
    assert trace.gates is not None
    components = (trace.mixture.shape[1] - 1) // 6
    assert np.array_equal(found["e"].values, trace.mixture[:, 0])
    # spec/trace.md: e, then K each of pi, mu x, mu y, sigma x, sigma y, rho
    assert np.array_equal(found["sigma_x"].sel(component=1).values, trace.mixture[:, 1 + 3 * components + 1])
    assert np.array_equal(found["gates"].sel(gate="f", layer=0, cell=2).values, trace.gates[:, 0, 1, 2])
    assert found.attrs["scale"] == trace.scale
    np.testing.assert_allclose(found["pi"].sum("component"), 1, rtol=1e-5)


def test_a_table_has_every_number_by_name(trace: Trace) -> None:
    frame = trace.to_pandas()
    assert frame.index.name == "step"
    assert len(frame) == len(trace)
    assert frame.attrs["scale"] == trace.scale
    assert frame.shape[1] == sum(array.reshape(len(trace), -1).shape[1] for array in trace.arrays().values())
    assert trace.c is not None
    assert trace.gates is not None
    assert trace.loglik is not None
    for column, values in {
        "dy": trace.offsets[:, 1],
        "c.0.3": trace.c[:, 0, 3],
        "g.0.1": trace.gates[:, 0, 2, 1],
        "loglik.pen": trace.loglik[:, 1],
    }.items():
        assert np.array_equal(frame[column].to_numpy(), values)


def test_only_what_was_asked_for_is_there(trace: Trace) -> None:
    bare = Trace(trace.offsets, 1.0, h=trace.h)
    assert set(bare.to_xarray().data_vars) == {"offsets", "h"}
    assert {name.split(".")[0] for name in bare.columns()} == {"dx", "dy", "pen", "h"}


def test_files_hold_the_same_numbers(trace: Trace, tmp_path: Path) -> None:
    for suffix in ("npz", "parquet", "nc"):
        trace.save(tmp_path / f"trace.{suffix}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trace.nc", "trace.npz", "trace.parquet"]
    assert trace.gates is not None
    with np.load(tmp_path / "trace.npz") as arrays:
        assert set(arrays) == {*AXES, "scale"} - {"pointer"}
        assert np.array_equal(arrays["gates"], trace.gates)
        assert arrays["scale"] == trace.scale
    table = pq.read_table(tmp_path / "trace.parquet")
    assert table.column_names == list(trace.columns())
    assert np.array_equal(table["h.0.1"].to_numpy(), trace.columns()["h.0.1"])
    assert float(table.schema.metadata[b"scale"]) == trace.scale
    # netCDF 3 has bytes for text.
    found = xr.load_dataset(tmp_path / "trace.nc", engine="scipy")
    assert found["gate"].values.astype(str).tolist() == ["i", "f", "g", "o"]
    for name, values in trace.to_xarray().data_vars.items():
        assert np.array_equal(found[name].values, values.values)


def test_what_a_user_gets_wrong(trace: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match=r"a\.csv: expected a name that ends in \.npz, \.parquet, \.nc"):
        trace.save(tmp_path / "a.csv")
    with pytest.raises(FormatError, match="cannot be written"):
        trace.save(tmp_path / "none/a.npz")
    for package, convert in (("xarray", trace.to_xarray), ("pandas", trace.to_pandas)):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(MissingExtraError, match=rf"needs {package}: pip install 'pentrace\[trace\]'"):
            convert()
