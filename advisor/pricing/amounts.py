"""Exact amounts and ranges: quantities and prices as Decimals, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from advisor.model.usage import Number, Quantity

# Enough digits that rounding to a millionth of a USD is the only rounding anyone can see.
_PRECISION = Context(prec=40)
# Rounding to a place fails where the digits before it are more than these: absurd rates are priced.
_WRITTEN = Context(prec=400)
_MILLIONTH = Decimal("0.000001")
_TWO_DIGITS = Context(prec=2, rounding=ROUND_HALF_UP)


def decimal(value: Number) -> Decimal:
    """A number as a Decimal; a float, which only models produce, by its shortest decimal text."""
    return Decimal(repr(value)) if value.__class__ is float else Decimal(value)


def product(left: Decimal, right: Decimal) -> Decimal:
    """The product, whatever precision the caller's own context has."""
    return _PRECISION.multiply(left, right)


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The quotient, whatever precision the caller's own context has."""
    return _PRECISION.divide(dividend, divisor)


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, whatever precision the caller's own context has."""
    found = Decimal(0)
    for one in amounts:
        found = _PRECISION.add(found, one)
    return found


def sum_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; ``None`` as soon as one of them is not known."""
    found = list(amounts)
    known = [each for each in found if each is not None]
    return total_of(known) if len(known) == len(found) else None


def amount(value: Decimal) -> Decimal:
    """An amount rounded to a millionth of a USD; of less, two digits, so that it is not nothing."""
    rounded = value.quantize(_MILLIONTH, ROUND_HALF_UP, _WRITTEN)
    return rounded if rounded or not value else _TWO_DIGITS.plus(value)


def usd(value: Decimal) -> str:
    """An amount as decimal text of two to six places, more below a millionth: 297.84, 0.012."""
    whole, _, places = f"{amount(value):f}".partition(".")
    return f"{whole}.{places[:2]}{places[2:].rstrip('0')}"


def plain(value: Decimal) -> str:
    """A quantity as decimal text of at most six places: 1460, 0.527778."""
    text = f"{amount(value):f}".rstrip("0").rstrip(".")
    return text or "0"


class Range(NamedTuple):
    """A closed range; ``high`` is ``None`` where nothing bounds it."""

    low: Decimal
    high: Decimal | None

    def times(self, other: Range) -> Range:
        """The range of the products."""
        low = product(self.low, other.low)
        if self.high is self.low and other.high is other.low:
            return Range(low, low)
        high = None
        if self.high is not None and other.high is not None:
            high = product(self.high, other.high)
        elif self.high == 0 or other.high == 0:
            high = Decimal(0)
        return Range(low, high)

    def plus(self, other: Range) -> Range:
        """The range of the sums."""
        low = total_of((self.low, other.low))
        if self.high is None or other.high is None:
            return Range(low, None)
        if self.high is self.low and other.high is other.low:
            return Range(low, low)
        return Range(low, total_of((self.high, other.high)))

    def over(self, divisor: Decimal) -> Range:
        """The range of the quotients by an exact, positive number."""
        low = quotient(self.low, divisor)
        if self.high is self.low:
            return Range(low, low)
        return Range(low, None if self.high is None else quotient(self.high, divisor))

    def rest(self) -> Range:
        """What is left of one when this is a share of it, 0 to 1."""
        whole = Decimal(1)
        high = whole if self.high is None else min(self.high, whole)
        return Range(_less(whole, high), _less(whole, min(self.low, whole)))

    def text(self) -> str:
        """As a workload file would write it: 730, 730..1460, >=730."""
        if self.high is None:
            return f">={plain(self.low)}"
        if self.low == self.high:
            return plain(self.low)
        return f"{plain(self.low)}..{plain(self.high)}"


_NONE = Decimal(0)
ANY = Range(_NONE, None)


def exactly(value: Number) -> Range:
    """The range that is one number."""
    number = decimal(value)
    return Range(number, number)


def read(name: str, quantity: Quantity | None, otherwise: Range = ANY) -> Range:
    """A quantity of a plan as an exact range; ``otherwise`` where nothing is known of it.

    Raises:
        ValueError: a bound is negative, or the bounds are the wrong way round.
    """
    if quantity is None or (quantity.low is None and quantity.high is None):
        return otherwise
    exact = quantity.exact
    if exact is not None:
        low = decimal(exact)
        if low.is_signed():
            raise ValueError(f"{name} cannot be {low}")
        return Range(low, low)
    low = _NONE if quantity.low is None else decimal(quantity.low)
    high = None if quantity.high is None else decimal(quantity.high)
    if low.is_signed() or (high is not None and high < low):
        raise ValueError(f"{name} cannot be {Range(low, high).text()}")
    return Range(low, high)


def _less(whole: Decimal, part: Decimal) -> Decimal:
    return total_of((whole, part.copy_negate()))
