"""Transcriptions as they are written: without the spaces that tokenised ones have and ink has not."""

from __future__ import annotations

import re

CROSSED_OUT = "#"
"""Stands for a crossed-out word in the transcriptions of IAM-OnDB."""
_SPACES = re.compile(r"\s+")
_BEFORE = re.compile(r" (?=[.,;:!?)])")
_AFTER = re.compile(r"(?<=\() ")
_ENDINGS = re.compile(r" ?' ?(?=(?:s|t|ll|re|d|m|ve)\b)")


def as_written(text: str) -> str:
    """`Mr . Foot ' s " line "` -> `Mr. Foot's "line"`."""
    text = _SPACES.sub(" ", text.strip())
    text = _ENDINGS.sub("'", _AFTER.sub("", _BEFORE.sub("", text)))
    return _close_up_quotes(text)


def _close_up_quotes(text: str) -> str:
    """Quotation marks with a space on either side, taken in turn as opening and closing."""
    parts = re.split(r'(?:(?<=\s)|^)"(?:(?=\s)|$)', text)
    out = parts[0]
    for index, part in enumerate(parts[1:]):
        opening = (index % 2 == 0 and part.strip() != "") or out == ""
        out = out + '"' + part.lstrip() if opening else out.rstrip() + '"' + part
    return out
