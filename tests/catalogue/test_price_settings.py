"""What settings say of prices: a discount, taken once, and prices of one Region."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.catalogue.price_snapshot import load, regions
from advisor.model.workload import NO_SETTINGS

SHIPPED = Path(__file__).resolve().parents[2] / "rules/prices"
CONTRACT = json.dumps({
    "us-east-1/hosting/ml.m5.large": {"value": "0.2", "source": "ours", "as_of": "2026-01-01"},
    "eu-west-1/hosting/ml.m5.large": {"value": "0.3", "source": "ours", "as_of": "2026-01-02"},
})  # fmt: skip


@pytest.mark.parametrize(
    ("discount", "usd"),
    # 0.115 x 0.9, x 0.875, x 0.5
    [("", "0.115"), ("10", "0.1035"), ("12.5", "0.100625"), ("50", "0.0575")],
)
def test_a_discount_is_taken_once_and_chooses_no_type(discount: str, usd: str) -> None:
    prices = load("us-east-1", SHIPPED, None, NO_SETTINGS._replace(discount=discount))
    found = prices.lookup("hosting", "ml.m5.large")
    assert found is not None
    assert (found.usd, found.listed) == (usd, "0.115" if discount else "")
    assert prices.lookup("hosting", "ml.m5.large") is found
    assert found.source.endswith(f"less {discount} % (your settings)") is bool(discount)
    # Types are compared by what is listed: 0.115 USD are 115,000 millionths.
    assert prices.per_hour("hosting")["ml.m5.large"] == 115_000
    (first, *_) = prices.notes("real-time")
    said = f"Each price is less {discount} %, the discount of your settings."
    assert (first == said) is bool(discount)


@pytest.mark.parametrize(
    ("region", "usd", "day", "less"),
    [
        ("us-east-1", "0.2", "2026-01-01", "0.18"),
        ("eu-west-1", "0.3", "2026-01-02", "0.27"),
        ("eu-central-1", "0.138", "2026-09-22", "0.1242"),  # the shipped price
    ],
)
def test_a_price_of_a_contract_holds_in_its_region(
    region: str, usd: str, day: str, less: str
) -> None:
    said = NO_SETTINGS._replace(prices=CONTRACT)
    found = load(region, SHIPPED, None, said).lookup("hosting", "ml.m5.large")
    assert found is not None
    assert (found.usd, found.as_of) == (usd, day)
    cheaper = load(region, SHIPPED, None, said._replace(discount="10"))
    reduced = cheaper.lookup("hosting", "ml.m5.large")
    assert reduced is not None
    assert reduced.usd == less
    # Another type keeps the shipped price.
    other = cheaper.lookup("hosting", "ml.m5.xlarge")
    plain = load(region, SHIPPED).lookup("hosting", "ml.m5.xlarge")
    assert other is not None
    assert plain is not None
    assert float(other.usd) == pytest.approx(0.9 * float(plain.usd))


def test_where_no_list_is_known_nothing_is_sold_by_the_hour() -> None:
    here, nowhere = load("us-east-1", SHIPPED), load("xx-none-1", SHIPPED)
    assert here.per_hour("hosting", sold=True)
    assert here.per_hour("hosting")
    assert not nowhere.per_hour("hosting", sold=True)
    assert not nowhere.per_hour("hosting")
    assert (nowhere.date, nowhere.sold("ml.m5.large")) == (None, None)


def test_regions_are_the_files_that_are_called_like_one(tmp_path: Path) -> None:
    for name in ("us-east-1", "eu-west-2", "terms", "price-list", "of-many-words", "list-1"):
        (tmp_path / f"{name}.json").touch()
    (tmp_path / "ap-south-1.csv").touch()
    assert regions(tmp_path) == ("eu-west-2", "us-east-1")
