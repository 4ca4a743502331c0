"""scikit-learn and openTSNE on machines where the processor's cores cannot be counted."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncounted() -> Iterator[None]:
    """Silences joblib's warning that it cannot count cores. It then counts processors instead, which is fine."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Could not find the number of physical cores", UserWarning)
        yield
