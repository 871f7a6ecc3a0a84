"""Money as people read it: one form, and never nothing for something."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.advice import Cost
from advisor.pricing.amounts import usd
from advisor.text.money_format import a_month, between, figure, money, signed, tick

AMOUNTS = st.decimals("0", "1E+15", allow_nan=False, allow_infinity=False)
SMALL = st.decimals("1E-30", "1", allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("low", "high", "estimate", "text"),
    [
        (None, None, None, "unknown"),
        (None, None, "5.20", "unknown"),  # a price is missing
        ("0.00", None, None, "unknown"),  # nothing bounds it, and zero is no price
        ("5.20", None, None, ">= 5.20"),
        ("0.004", None, None, ">= 0.004"),
        ("0.00", None, "0.3172", "about 0.32"),
        ("83.95", "90.00", "84.01", "about 84.01"),
        ("4091.952", "4091.952", None, "4,091.95"),
        ("336.532422", "336.533", None, "336.53"),
        ("2371.501045", "3805.982526", None, "2,371.50-3,805.98"),
        ("0.00", "0.00", None, "0.00"),
        ("0.000004", "0.012", None, "0.000004-0.01"),
    ],
)
def test_the_figure_of_an_amount(
    low: str | None, high: str | None, estimate: str | None, text: str
) -> None:
    cost = Cost(
        usd_low=low,
        usd_high=high,
        complete=low is not None,
        basis="",
        items=(),
        usd_estimate=estimate,
    )
    assert between(low, high, estimate) == money(cost) == text


def test_where_nothing_is_paid_for_a_dash_stands() -> None:
    assert money(None) == "-"


def test_a_cost_within_a_sentence() -> None:
    assert (
        a_month(Cost(usd_low="5.20", usd_high=None, complete=True, basis="", items=()))
        == ">= 5.20 USD a month"
    )
    assert (
        a_month(Cost(usd_low=None, usd_high=None, complete=False, basis="", items=()))
        == "an unknown amount a month"
    )
    assert a_month(None) == "an unknown amount a month"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0", "0.00"), ("0.999", "1.00"), ("0.125", "0.13"), ("12.345", "12.35"),
        ("1234567.891", "1,234,567.89"), ("0.0049", "0.0049"), ("0.00996", "0.01"),
        ("0.0000000123", "0.000000012"),
    ],
)  # fmt: skip
def test_one_amount(text: str, shown: str) -> None:
    assert figure(text) == shown


@given(st.one_of(AMOUNTS, SMALL))
def test_something_is_never_shown_as_nothing_and_is_shown_to_a_cent(amount: Decimal) -> None:
    for written in (figure(amount), usd(amount)):
        shown = Decimal(written.replace(",", ""))
        assert (shown == 0) == (amount == 0)
        assert abs(shown - amount) <= Decimal("0.005")
    if amount < Decimal("0.0099"):
        # Two digits: 1.05 may become 1.1.
        assert abs(Decimal(figure(amount)) - amount) <= amount / 19


@pytest.mark.parametrize(
    ("value", "shown"),
    [("12", "+12.00"), ("-3.5", "-3.50"), ("0", "0.00"), ("-4091.952", "-4,091.95")],
)
def test_a_difference_has_its_sign(value: str, shown: str) -> None:
    assert signed(Decimal(value)) == shown


def test_amounts_beside_an_axis() -> None:
    assert [tick(usd) for usd in (68_000.0, 2100.0, 12.0, 0.25)] == ["68k", "2.1k", "12", "0.25"]
