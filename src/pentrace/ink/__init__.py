"""Ink: points with pen lifts, and the files that hold it (`pentrace.ink.formats`)."""

from pentrace.ink.ink import (
    F32,
    LIMIT,
    MAX_POINTS,
    WHITEBOARD_SCALE,
    Ink,
    as_float32,
    concatenate,
    points_of,
    strokes,
)

__all__ = [
    "F32",
    "LIMIT",
    "MAX_POINTS",
    "WHITEBOARD_SCALE",
    "Ink",
    "as_float32",
    "concatenate",
    "points_of",
    "strokes",
]
