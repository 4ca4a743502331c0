"""Waiting until something holds, in place of a pause that is too long or too short."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_S = 120.0
"""Far more than anything takes, as the machine may be busy with other things."""


def wait(true: Callable[[], object], what: str) -> None:
    """Waits until something holds."""
    end = time.monotonic() + WAIT_S
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited {WAIT_S:g} s for {what}")
        time.sleep(0.02)
