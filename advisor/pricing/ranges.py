"""Quantities of which only bounds are known: none is negative, and nothing may bound one above."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

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


def exactly(value: int | str | Decimal) -> Range:
    """The range that is one number."""
    number = decimal(value)
    return Range(number, number)


def read(facts: Mapping[str, Any], key: str, otherwise: Range = ANY) -> Range:
    """The quantity ``key`` of a plan: stated exactly, by its bounds, or not at all.

    Raises:
        ValueError: a bound is negative, or the bounds are the wrong way round.
    """
    value = facts.get(key)
    if value is not None:
        low = decimal(value)
        if low.is_signed():
            raise ValueError(f"{key} cannot be {low}")
        return Range(low, low)
    least, most = facts.get(key + "_low"), facts.get(key + "_high")
    if least is None and most is None:
        return otherwise
    low = _NONE if least is None else decimal(least)
    high = None if most is None else decimal(most)
    if low.is_signed() or (high is not None and high < low):
        raise ValueError(f"{key} cannot be {Range(low, high).text()}")
    return Range(low, high)


def is_unbounded(facts: Mapping[str, Any], key: str) -> bool:
    """Whether nothing bounds a quantity above."""
    return facts.get(key) is None and facts.get(key + "_high") is None


def _less(whole: Decimal, part: Decimal) -> Decimal:
    return total_of((whole, part.copy_negate()))
