"""Exact amounts: what a quantity or a price is as a Decimal, and how an amount is written."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeAlias

Number: TypeAlias = int | float | str | Decimal

# Enough digits that rounding to a millionth of a USD is the only rounding anyone can see.
_PRECISION = Context(prec=40)
# Rounding to a place fails where the digits before it are more than these: absurd rates are priced.
_WRITTEN = Context(prec=400)
_MILLIONTH = Decimal("0.000001")
_CENT = Decimal("0.01")
_CENT_PLACES = 2
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


def amount(value: Decimal) -> Decimal:
    """An amount rounded to a millionth of a USD, the unit in which items are added up."""
    return value.quantize(_MILLIONTH, ROUND_HALF_UP, _WRITTEN)


def usd(value: Decimal) -> str:
    """An amount as decimal text, with at least two places and at most six: 297.84, 0.012."""
    text = f"{amount(value):f}"
    return text[:-4] + text[-4:].rstrip("0")


def cents(text: str) -> str:
    """An amount rounded half up to a cent, as bills print it."""
    return f"{Decimal(text).quantize(_CENT, ROUND_HALF_UP, _WRITTEN):f}"


def short(text: str) -> str:
    """An amount as sentences and tables show it: cents, thousands apart, more digits below one."""
    value = Decimal(text)
    if not value:
        return "0"
    if value >= 1:
        return f"{value.quantize(_CENT, ROUND_HALF_UP, _WRITTEN):,f}"
    digits = _TWO_DIGITS.plus(value)
    return f"{digits:f}" if digits.adjusted() < -_CENT_PLACES else f"{digits:.2f}"


def plain(value: Decimal) -> str:
    """A quantity as decimal text of at most six places: 1460, 0.527778."""
    text = f"{amount(value):f}".rstrip("0").rstrip(".")
    return text or "0"
