"""Quantities as regular expressions for editors, as ``quantity.parse`` and a key accept them.

The expressions mean the same in JSON Schema's dialect and in Python's. They cannot compare the two
ends of a range.
"""

from __future__ import annotations

from advisor.text.quantity import DENOMINATORS, KINDS, MOST_DECIMALS, MOST_DIGITS, WEEK

_NUMBER = rf"[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{1,{MOST_DECIMALS}}})?"
_NOT_ZERO = r"(?=[0-9]*\.?[0-9]*[1-9])"
_DECIMALS = {"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "B": 9}


def whole(pattern: str) -> str:
    """A pattern that the whole text must match.

    ``$`` alone lets Python, unlike JSON Schema, accept a line break at the end.
    """
    return rf"^(?:{pattern})$(?!\n)"


def quantity_pattern(kind: str, *, zero: bool) -> str:
    """Every way to write a quantity of a kind other than ``count``.

    Args:
        kind: a key of ``advisor.text.quantity.KINDS``.
        zero: whether nothing at all is accepted as a point.
    """
    amount, less = _amount(kind, full=True), _amount(kind, full=False)
    some = amount if zero else _NOT_ZERO + _grouped(amount)
    return "|".join(
        (
            some,
            rf"{_grouped(amount)} *\.\. *{_grouped(some)}",
            rf"> *{_grouped(less)}",
            rf"(?:>=|<=) *{_grouped(amount)}",
            rf"< *{_NOT_ZERO}{_grouped(amount)}",
        )
    )


def count_pattern(*, zero: bool, exact: bool) -> str:
    """Every way to write a count as a text."""
    amount = "|".join(
        rf"[0-9]{{1,{MOST_DIGITS}}}{_fraction(places)} *{multiple}"
        for multiple, places in _DECIMALS.items()
    )
    some = _grouped(amount) if zero else _NOT_ZERO + _grouped(amount)
    if exact:
        return some
    one = "|".join(
        rf"\.0{{{places - 1}}}10* *{multiple}" if places else r"1(?:\.0*)? *"
        for multiple, places in _DECIMALS.items()
    )
    return "|".join(
        (
            some,
            rf"{some} *\.\. *{some}",
            rf"> *{_grouped(amount)}",
            rf"(?:>=|<=) *{some}",
            rf"< *(?!0*(?:{one})$){some}",
        )
    )


def _fraction(places: int) -> str:
    """Decimals that leave a whole number once the multiple is applied."""
    if places == 0:
        return rf"(?:\.0{{1,{MOST_DECIMALS}}})?"
    return rf"(?:\.[0-9]{{1,{places}}}0{{0,{MOST_DECIMALS - places}}})?"


def _amount(kind: str, *, full: bool) -> str:
    """A number with its unit; where the kind has a most, up to it (``full``) or below."""
    units = KINDS[kind]
    if kind == "share":
        most = {unit: WEEK * DENOMINATORS.get(unit, 1) // factor for unit, factor in units.items()}
        return _bounded(most, full=full)
    if kind == "percent":
        return _bounded({"%": 100}, full=full)
    if kind == "rate":
        periods = "|".join(unit[1:] for unit in units if unit.startswith("/"))
        return rf"{_NUMBER} *[kKMGB]?/(?:{periods})"
    return rf"{_NUMBER} *(?:{'|'.join(units)})"


def _bounded(most: dict[str, int], *, full: bool) -> str:
    return "|".join(rf"{_up_to(number, full=full)} *{unit}" for unit, number in most.items())


def _up_to(most: int, *, full: bool) -> str:
    """Numbers from zero to one below a whole number with any decimals, and with it (``full``)."""
    digits = str(most)
    smaller = [rf"[0-9]{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    for index, digit in enumerate(digits):
        if digit > "0":
            rest = len(digits) - index - 1
            smaller.append(rf"{digits[:index]}[0-{int(digit) - 1}][0-9]{{{rest}}}")
    text = rf"0{{0,4}}(?:{'|'.join(smaller)})(?:\.[0-9]{{1,{MOST_DECIMALS}}})?"
    return rf"(?:{text}|0{{0,4}}{most}(?:\.0{{1,{MOST_DECIMALS}}})?)" if full else rf"(?:{text})"


def _grouped(pattern: str) -> str:
    return f"(?:{pattern})"
