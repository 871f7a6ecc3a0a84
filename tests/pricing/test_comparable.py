"""Costs side by side."""

from decimal import Decimal

import pytest

from advisor.model.advice import Cost, CostItem
from advisor.pricing import comparable as compare
from advisor.pricing.amounts import plain, usd
from advisor.text.money_format import figure


def _cost(low: str | None, high: str | None) -> Cost:
    return Cost(usd_low=low, usd_high=high, complete=low is not None, basis="derived", items=())


@pytest.mark.parametrize(
    ("one", "other", "cheaper"),
    [
        (("1.00", "2.00"), ("2.01", "9.00"), True),
        (("1.00", "2.00"), ("2.00", "9.00"), False),
        (("1.00", "2.00"), ("0.50", "0.60"), False),
        (("1.00", None), ("9.00", "9.00"), False),
        ((None, None), ("9.00", "9.00"), False),
        (("1.00", "2.00"), (None, None), False),
        (("9.00", "9.50"), ("10.00", None), True),
    ],
)
def test_certainly_cheaper(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], cheaper: bool
) -> None:
    assert compare.certainly_cheaper(_cost(*one), _cost(*other)) is cheaper


@pytest.mark.parametrize(
    ("low", "high", "exceeds"),
    [
        ("500.01", "900.00", True),
        ("100.00", "500.00", False),
        ("100.00", "500.01", None),
        ("100.00", None, None),
        ("501.00", None, True),
        (None, None, None),
    ],
)
def test_budget(low: str | None, high: str | None, exceeds: bool | None) -> None:
    assert compare.over_budget(_cost(low, high), 500) is exceeds


def test_per_thousand_requests() -> None:
    # 297.84 for 200 M requests: 0.001489 a thousand.
    found = compare.per_thousand_requests(_cost("297.84", None), 200_000_000)
    assert found == compare.Share(usd_low="0.001489", usd_high=None, usd_estimate=None)
    # 300 for as many: 300 / 200,000.
    assumed = _cost("297.84", None)._replace(usd_estimate="300.00")
    assert compare.per_thousand_requests(assumed, 200_000_000).usd_estimate == "0.0015"


def test_stand_ins_are_counted() -> None:
    item = CostItem(
        name="x",
        quantity="1",
        unit="GB",
        unit_price_usd="1",
        usd_low="1",
        usd_high="1",
        basis="stand-in:hosting",
        source="",
        as_of="",
    )
    assert (
        compare.stand_ins(
            Cost(
                usd_low="2",
                usd_high="2",
                complete=True,
                basis="",
                items=(item, item._replace(basis="derived")),
            )
        )
        == 1
    )


def test_an_absurd_amount_is_written_all_the_same() -> None:
    """More digits than the sums keep, as of a batch job that runs 308G times a minute."""
    absurd = Decimal(10) ** 60
    assert usd(absurd) == f"1{'0' * 60}.00"
    assert plain(absurd) == f"1{'0' * 60}"
    assert figure(usd(absurd)).startswith("1,000,000")


def test_amounts_as_text() -> None:
    assert usd(Decimal("297.84")) == "297.84"
    assert usd(Decimal("0.0123456")) == "0.012346"
    assert usd(Decimal(-5)) == "-5.00"
    assert usd(Decimal("1.5")) == "1.50"
    # Less than a millionth keeps two digits, so that something is never nothing.
    assert usd(Decimal("0.000000123")) == "0.00000012"
    assert usd(Decimal(0)) == "0.00"
