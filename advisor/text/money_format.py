"""Money in the same form in every command and format: 4,091.95, about 0.32, unknown.

Data for programs (JSON, CSV) keeps the decimal texts from which these figures are made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from decimal import Decimal

UNKNOWN = "unknown"  # a price is missing, or nothing stated or assumed leads to a figure
NOT_APPLICABLE = "-"  # there is nothing to pay for


def basis_in_words(basis: str) -> str:
    """How strong prices are, as people read it: a stand-in is an estimate."""
    return basis.replace("stand-in:", "estimate:")


class Amount(Protocol):
    """The range of an amount: decimal texts in USD, ``None`` where an end is unknown.

    The estimate is there where facts that nobody stated decide the amount.
    """

    @property
    def usd_low(self) -> str | None: ...  # noqa: D102

    @property
    def usd_high(self) -> str | None: ...  # noqa: D102

    @property
    def usd_estimate(self) -> str | None: ...  # noqa: D102


def money(amount: Amount | None) -> str:
    """An amount of USD; ``-`` where none applies, never a lower bound alone."""
    if amount is None:
        return NOT_APPLICABLE
    return between(amount.usd_low, amount.usd_high, amount.usd_estimate)


def between(low: str | None, high: str | None, estimate: str | None = None) -> str:
    """The figure of an amount: 4,091.95, 12.10-31.00, about 0.32, >= 93.44, unknown.

    Args:
        low: the least that it can be, in USD; ``None`` while a price is missing.
        high: the most; ``None`` where nothing bounds it.
        estimate: what it is as far as assumptions hold; it goes before both ends.
    """
    if low is None:
        return UNKNOWN
    if estimate is not None:
        return f"about {figure(estimate)}"
    least = figure(low)
    if high is None:
        return f">= {least}" if float(low) else UNKNOWN
    most = figure(high)
    return least if least == most else f"{least}-{most}"


def a_month(amount: Amount | None) -> str:
    """A monthly cost within a sentence: about 0.32 USD a month, an unknown amount a month."""
    text = money(amount)
    if text in (UNKNOWN, NOT_APPLICABLE):
        return "an unknown amount a month"
    return f"{text} USD a month"


def figure(usd: str | float | Decimal) -> str:
    """One amount with cents and thousands separators; two digits below a cent, never 0.00."""
    from decimal import ROUND_HALF_UP, Context, Decimal

    value, cent = Decimal(usd), Decimal("0.01")
    digits = Context(prec=2, rounding=ROUND_HALF_UP).plus(value)
    if digits and abs(digits) < cent:
        return f"{digits:f}"
    # The precision holds for absurd rates, which are priced as well.
    return f"{value.quantize(cent, ROUND_HALF_UP, Context(prec=400)):,f}"


def signed(usd: Decimal) -> str:
    """A difference of two amounts with its sign: +12.00, -3.50, 0.00."""
    return figure(usd) if usd <= 0 else f"+{figure(usd)}"


def tick(usd: float) -> str:
    """An amount beside an axis, in two or three digits: 12, 3.5k."""
    if usd >= 1000:
        return f"{usd / 1000:,.0f}k" if usd >= 10_000 else f"{usd / 1000:.1f}k"
    return f"{usd:.0f}" if usd >= 10 else f"{usd:.2g}" if usd >= 0.0001 else f"{usd:.0e}"
