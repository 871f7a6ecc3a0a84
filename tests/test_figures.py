"""Money, times and shares as tables show them."""

from __future__ import annotations

import pytest

from advisor import figures
from advisor.costs.money import short
from advisor.model import Cost, Latency


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, "—"),
        ("5.20", None, ">=5.20"),
        ("336.532422", "336.532422", "336.53"),
        ("2371.501045", "3805.982526", "2,371-3,805"),
        ("0.00", "0.00", "0"),
        ("0.000004", "0.012", "0.000004-0.01"),
    ],
)
def test_ranges_of_money(low: str | None, high: str | None, text: str) -> None:
    assert figures.monthly(Cost(low, high, True, "", ())) == text


def test_no_cost_is_a_dash() -> None:
    assert figures.monthly(None) == figures.cold(None) == figures.per_thousand(None) == "—"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ((None, None), "—"),
        (("0.168266", "0.168266"), "0.168"),
        (("0.001078", "0.00173"), "0.00108-0.00173"),
        (("0.5", None), ">=0.5"),
        (("0.0000012", "0.0000012"), "0.000001"),
        (("614.401", "61440.1"), "614-61,440"),
    ],
)
def test_money_for_a_thousand_requests(share: tuple[str | None, str | None], text: str) -> None:
    assert figures.per_thousand(share) == text


@pytest.mark.parametrize(
    ("part", "text"),
    [(None, "—"), (0, "0 %"), (0.00001, "<0.01 %"), (0.0001, "0.01 %"), (0.98281, "98.3 %")],
)
def test_shares(part: float | None, text: str) -> None:
    assert figures.share(part) == text
    assert figures.cold(Latency(None, None, part, "")) == text


def test_one_environment_is_busy_and_several_are_at_work() -> None:
    assert figures.busy(0.12) == "12 % busy"
    assert figures.busy(1.1428) == "1.14 at once"


def test_times() -> None:
    assert figures.milliseconds(None) == "—"
    assert figures.milliseconds(60.1) == "60.1 ms"
    assert figures.milliseconds(17_000) == "17 s"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.00", "0"), ("0.999", "1.00"), ("0.125", "0.13"), ("12.345", "12.35"),
        ("1234567.891", "1,234,567.89"), ("0.0049", "0.0049"),
    ],
)  # fmt: skip
def test_short_amounts(text: str, shown: str) -> None:
    assert short(text) == shown
