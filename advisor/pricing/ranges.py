"""Quantities of which only bounds are known: none is negative, and nothing may bound one above."""

from decimal import Decimal
from typing import NamedTuple

from advisor.model.usage import Number, Quantity
from advisor.pricing.amounts import decimal, plain, product, quotient, total_of


class Range(NamedTuple):
    """A closed range; ``high`` is ``None`` where nothing bounds it."""

    low: Decimal
    high: Decimal | None

    def times(self, other: "Range") -> "Range":
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

    def plus(self, other: "Range") -> "Range":
        """The range of the sums."""
        low = total_of((self.low, other.low))
        if self.high is None or other.high is None:
            return Range(low, None)
        if self.high is self.low and other.high is other.low:
            return Range(low, low)
        return Range(low, total_of((self.high, other.high)))

    def over(self, divisor: Decimal) -> "Range":
        """The range of the quotients by an exact, positive number."""
        low = quotient(self.low, divisor)
        if self.high is self.low:
            return Range(low, low)
        return Range(low, None if self.high is None else quotient(self.high, divisor))

    def rest(self) -> "Range":
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
