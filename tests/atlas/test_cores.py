"""Machines where joblib cannot count cores: a container without /sys or lscpu."""

from __future__ import annotations

import numpy as np
import pytest
from joblib.externals.loky.backend import context

from pentrace.atlas.following import probe
from pentrace.atlas.order import by_tsne


@pytest.fixture
def uncountable(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> tuple[str, Exception]:
        return "not found", FileNotFoundError("lscpu")

    monkeypatch.setattr(context, "_count_physical_cores", none)
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)


@pytest.mark.usefixtures("uncountable")
def test_probes_and_orders_give_no_warning() -> None:
    with pytest.warns(UserWarning, match="Could not find the number of physical cores"):
        context.cpu_count(only_physical_cores=True)
    random = np.random.default_rng(1)
    x = random.normal(size=(200, 12)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.float32)
    assert (probe("binary", (x, y), (x, y)) or 0) > 0.9
    assert (probe("linear", (x, x[:, 1]), (x, x[:, 1])) or 0) > 0.8
    assert sorted(by_tsne([x])) == list(range(12))
