"""Exact amounts: what a quantity or a price is as a Decimal, and how an amount is written."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from advisor.model.usage import Number

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
