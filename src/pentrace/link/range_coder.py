"""Adaptive binary arithmetic coding, the writing half: the twin of web/src/ink/range-coder.ts.

A range coder with carries (G. N. N. Martin 1979, in the form that LZMA uses). Whole numbers only.
"""

from __future__ import annotations

_ONE = 1 << 15
_LEAST = 32
_SLOWEST = 40
_TOP = 2**24
_LEARNT_BITS = 2
"""Bits of a magnitude, after its highest, whose odds are learnt."""
_LONGEST = 31
"""Most bits of a magnitude."""


class Odds:
    """Of a bit, learnt from the bits before it."""

    def __init__(self) -> None:
        self.zero = _ONE // 2
        self._seen = 0

    def learn(self, bit: int) -> None:
        """At first each bit counts for much."""
        rate = min(self._seen + 2, _SLOWEST)
        apart = (_LEAST if bit else _ONE - _LEAST) - self.zero
        # Towards zero, as in the page.
        self.zero += abs(apart) // rate * (1 if apart > 0 else -1)
        self._seen += 1


class BitWriter:
    """Writes bits with their odds."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._low, self._range = 0, 2**32 - 1
        self._cache, self._held, self._begun = 0, 0, False

    def bit(self, odds: Odds, bit: int) -> None:
        """A bit, which the odds learn from."""
        bound = self._range // _ONE * odds.zero
        if bit:
            self._low += bound
            self._range -= bound
        else:
            self._range = bound
        odds.learn(bit)
        self._settle()

    def plain(self, value: int, count: int) -> None:
        """`count` bits as likely as not."""
        for k in range(count - 1, -1, -1):
            self._range //= 2
            if value >> k & 1:
                self._low += self._range
            self._settle()

    def finish(self) -> bytes:
        """All that was written."""
        for _ in range(5):
            self._shift()
        return bytes(self._bytes)

    def _settle(self) -> None:
        while self._range < _TOP:
            self._range *= 256
            self._shift()

    def _shift(self) -> None:
        """Gives out the highest byte, once no carry can reach it any more."""
        if self._low < 0xFF000000 or self._low >= 2**32:
            carry = int(self._low >= 2**32)
            if self._begun:
                self._bytes.append(self._cache + carry & 255)
            self._bytes += bytes([255 + carry & 255]) * self._held
            self._held, self._begun = 0, True
            self._cache = self._low // _TOP & 255
        else:
            self._held += 1
        self._low = self._low % _TOP * 256


class FlagCode:
    """A flag, with odds of its own."""

    def __init__(self) -> None:
        self._odds = Odds()

    def write(self, writer: BitWriter, value: bool) -> None:
        """Writes one."""
        writer.bit(self._odds, int(value))


class NumberCode:
    """Whole numbers with a sign, small ones more likely; the odds depend on a class of what is known already."""

    def __init__(self, classes: int = 1) -> None:
        self._contexts = [_Context() for _ in range(classes)]

    def write(self, writer: BitWriter, value: int, known: int = 0) -> None:
        """Writes one."""
        context = self._contexts[known]
        writer.bit(context.zero, int(value == 0))
        if value == 0:
            return
        writer.bit(context.sign, int(value < 0))
        size = abs(value)
        wanted = size.bit_length() - 1
        for count in range(min(wanted + 1, _LONGEST)):
            writer.bit(context.length[count], int(count < wanted))
        learnt, result = min(wanted, _LEARNT_BITS), 1
        for k in range(1, learnt + 1):
            odds = context.high[(wanted << _LEARNT_BITS) + (0 if k == 1 else 1 + (result & 1))]
            bit = size >> (wanted - k) & 1
            writer.bit(odds, bit)
            result = 2 * result + bit
        rest = wanted - learnt
        writer.plain(size % 2**rest, rest)


class _Context:
    def __init__(self) -> None:
        self.zero, self.sign = Odds(), Odds()
        self.length = [Odds() for _ in range(_LONGEST + 1)]
        self.high = [Odds() for _ in range(_LONGEST + 1 << _LEARNT_BITS)]
