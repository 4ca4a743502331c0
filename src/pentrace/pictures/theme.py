"""Paper, ink and muted text of a picture, for white and for dark paper: those of the page."""

from __future__ import annotations

from typing import Literal

Theme = Literal["light", "dark"]

INK: dict[Theme, str] = {"light": "#1b2440", "dark": "#efe9dc"}
PAPER: dict[Theme, str] = {"light": "#fffdf8", "dark": "#161a22"}
MUTED: dict[Theme, str] = {"light": "#5f6270", "dark": "#a3a8b4"}
