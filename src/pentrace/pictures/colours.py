"""Colours of pictures: those of the page's white and dark paper, and OKLab, where equal steps look equal.

OKLab is Ottosson's (2020); web/src/draw/oklab.ts does the same.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from pentrace.arrays import F64

Theme = Literal["light", "dark"]

INK: dict[Theme, str] = {"light": "#1b2440", "dark": "#efe9dc"}
PAPER: dict[Theme, str] = {"light": "#fffdf8", "dark": "#161a22"}
MUTED: dict[Theme, str] = {"light": "#5f6270", "dark": "#a3a8b4"}

# Linear sRGB to cone responses, and their cube roots to L, a, b.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(colour: str) -> F64:
    """L, a and b [3] of a colour `#rrggbb`."""
    srgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    lab: F64 = _LAB @ np.cbrt(_CONES @ linear)
    return lab


def from_oklab(lab: F64) -> F64:
    """Colours L, a, b [..., 3] as sRGB [..., 3], clipped to 0 to 1."""
    linear = (lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_CONES).T
    linear = np.maximum(linear, 0)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    cut: F64 = np.clip(srgb, 0, 1)
    return cut
