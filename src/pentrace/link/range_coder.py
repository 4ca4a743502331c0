"""Adaptive binary arithmetic coding: the twin of web/src/ink/range-coder.ts.

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


class EndOfCodeError(Exception):
    """The text ends before the number does."""


class BitWriter:
    """Writes bits with their odds."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._low, self._range = 0, 2**32 - 1
        self._cache, self._held, self._begun = 0, 0, False

    def bit(self, odds: Odds, bit: int) -> int:
        """A bit, which the odds learn from."""
        bound = self._range // _ONE * odds.zero
        if bit:
            self._low += bound
            self._range -= bound
        else:
            self._range = bound
        odds.learn(bit)
        self._settle()
        return bit

    def plain(self, value: int, count: int) -> int:
        """`count` bits as likely as not."""
        for k in range(count - 1, -1, -1):
            self._range //= 2
            if value >> k & 1:
                self._low += self._range
            self._settle()
        return value

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


class BitReader:
    """Reads what a BitWriter wrote. Raises EndOfCodeError where the bytes end too early."""

    def __init__(self, code: bytes) -> None:
        self._bytes = iter(code)
        self._left = len(code)
        self._range, self._code = 2**32 - 1, 0
        for _ in range(4):
            self._code = self._code * 256 + self._next()

    @property
    def done(self) -> bool:
        """Whether all bytes are read."""
        return self._left == 0

    def bit(self, odds: Odds, _bit: int = 0) -> int:
        """A bit, which the odds learn from."""
        bound = self._range // _ONE * odds.zero
        bit = int(self._code >= bound)
        if bit:
            self._code -= bound
            self._range -= bound
        else:
            self._range = bound
        odds.learn(bit)
        self._settle()
        return bit

    def plain(self, _value: int, count: int) -> int:
        """`count` bits as likely as not."""
        value = 0
        for _ in range(count):
            self._range //= 2
            bit = int(self._code >= self._range)
            self._code -= bit * self._range
            value = 2 * value + bit
            self._settle()
        return value

    def _settle(self) -> None:
        while self._range < _TOP:
            self._range *= 256
            self._code = self._code * 256 + self._next()

    def _next(self) -> int:
        self._left -= 1
        for byte in self._bytes:
            return byte
        raise EndOfCodeError


BitCoder = BitWriter | BitReader
"""Writes or reads. A writer returns what it is given; to a reader, what is given means nothing."""


class NumberCode:
    """Whole numbers with a sign, small ones more likely; the odds depend on a class of what is known already."""

    def __init__(self, classes: int = 1) -> None:
        self._contexts = [_Context() for _ in range(classes)]

    def code(self, coder: BitCoder, value: int, known: int = 0) -> int:
        """Writes or reads one."""
        context = self._contexts[known]
        if coder.bit(context.zero, int(value == 0)):
            return 0
        negative = coder.bit(context.sign, int(value < 0))
        size = abs(value)
        wanted = max(size, 1).bit_length() - 1
        count = 0
        while count < _LONGEST and coder.bit(context.length[count], int(count < wanted)):
            count += 1
        learnt, result = min(count, _LEARNT_BITS), 1
        for k in range(1, learnt + 1):
            odds = context.high[(count << _LEARNT_BITS) + (0 if k == 1 else 1 + (result & 1))]
            result = 2 * result + coder.bit(odds, size >> (count - k) & 1)
        rest = count - learnt
        result = (result << rest) + coder.plain(size % 2**rest, rest)
        return -result if negative else result


class _Context:
    def __init__(self) -> None:
        self.zero, self.sign = Odds(), Odds()
        self.length = [Odds() for _ in range(_LONGEST + 1)]
        self.high = [Odds() for _ in range(_LONGEST + 1 << _LEARNT_BITS)]
