"""What of a typed text a model can write: what a hand does not tell apart, and what to write for the rest.

The page has the twin in web/src/engine/text/spelling.ts; spec/constants.json has the tables of both, and
spec/golden/spelling.json pins what they do.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SAME = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′´`", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **{"…": "...", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"},
}
"""Printed forms of what a hand writes in one way. A word processor puts them into every letter."""
INSTEAD = {
    **{"@": "(at)", "&": "and", "%": "per cent", "+": "plus", "=": "equals", "#": "No."},
    **{"$": "USD", "€": "EUR", "£": "GBP"},
    **dict.fromkeys("/_•·", "-"),
    **dict.fromkeys("*×", "x"),
    **dict.fromkeys("[{", "("),
    **dict.fromkeys("]}", ")"),
    **{"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"},
    **{"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"},
}
"""What to write for characters that the model does not know, if the writer agrees."""
SEPARATORS = "\x1c\x1d\x1e\x1f\x85"
"""Control characters that Python counts as white space and JavaScript does not: a space is written."""
NAMED = 5
"""Characters that an error names; of more it gives the number."""


def plain(text: str, alphabet: Collection[str]) -> str:
    """The text with SAME for what the model does not know, and without characters that nobody sees.

    What is still unknown stays as it is; letters and their combining marks become one character (NFC).
    """
    return "".join(_plain(character, alphabet) for character in unicodedata.normalize("NFC", text))


def _plain(character: str, alphabet: Collection[str]) -> str:
    if character in SEPARATORS:
        return " "
    if character in alphabet or character.isspace():
        return character
    if unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    same = SAME.get(character, "")
    return same if same and all(each in alphabet for each in same) else character


def instead(character: str, alphabet: Collection[str]) -> str | None:
    """What to write for a character that the model does not know: of é the plain letter; None for nothing."""
    bare = "".join(
        each
        for each in unicodedata.normalize("NFKD", character)
        if not unicodedata.category(each).startswith("M")
    )
    for spelt in (INSTEAD.get(character, ""), SAME.get(character, ""), bare):
        if spelt and all(each in alphabet or each == " " for each in spelt):
            return spelt
    return None


def unknown(text: str, alphabet: Collection[str]) -> list[str]:
    """The characters of a plain text that the model does not know, each once; white space does not count."""
    return list(dict.fromkeys(each for each in text if each not in alphabet and not each.isspace()))


def writable(text: str, alphabet: Collection[str]) -> str:
    """A text as a model can write it, whatever that takes."""
    return replaced(plain(text, alphabet), alphabet)


def replaced(text: str, alphabet: Collection[str]) -> str:
    """A plain text with `instead` for what the model does not know; what has no such thing is left out."""
    lacking = {each: instead(each, alphabet) or "" for each in unknown(text, alphabet)}
    return "".join(lacking.get(character, character) for character in text)


def advice(characters: Sequence[str], alphabet: Collection[str]) -> str:
    """A sentence about characters that the model does not know: which, and what to write in their place."""
    shown = [_shown(character) for character in characters[:NAMED]]
    if len(characters) == 1:
        spelt = instead(characters[0], alphabet)
        what = f'write "{spelt}"' if spelt else "leave it out"
        return f"cannot write {shown[0]}: the model has not learned it; {what}?"
    parts = [
        f'"{spelt}" for {name}' if (spelt := instead(character, alphabet)) else f"nothing for {name}"
        for character, name in zip(characters, shown, strict=False)
    ]
    more = f" and {len(characters) - NAMED} more" if len(characters) > NAMED else ""
    return f"cannot write {', '.join(shown)}{more}: the model has not learned them; write {', '.join(parts)}?"


def _shown(character: str) -> str:
    """A character as it can be shown alone: a combining mark on a circle, a control character by its code."""
    if unicodedata.combining(character):
        return f"\u25cc{character}"
    return character if character.isprintable() else repr(character)
