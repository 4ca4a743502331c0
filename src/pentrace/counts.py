"""Whole numbers that callers give: how many steps, which cell, which seed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import SupportsIndex

from pentrace.errors import PentraceError


def whole(
    name: str, value: SupportsIndex, least: int, most: int, failure: Callable[[str], PentraceError]
) -> int:
    """The number as a plain int: Python's and NumPy's whole numbers are taken, fractions and words are not.

    Raises:
        failure: the value is not a whole number from `least` to `most`; the message calls it `name`.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise failure(
            f"{name}: expected a whole number from {least} to {most}, found {value!r:.40}"
        ) from None
    if not least <= number <= most:
        raise failure(f"{name}: expected {least} to {most}, found {shown(number)}")
    return number


def shown(number: int) -> str:
    """A whole number for an error. Python refuses to write out one of thousands of digits."""
    return str(number) if number.bit_length() < 256 else f"one of {number.bit_length()} bits"
