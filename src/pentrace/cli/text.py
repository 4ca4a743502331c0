"""Text for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Text from a file, without what would steer a terminal (escapes, line breaks and the like)."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def counted(number: int, noun: str) -> str:
    """A number of things, such as 1 line and 1,438 lines."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
