"""Published examples to the cent: tests/worked, one file for each source."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.catalogue.price_snapshot import SCHEMA, Prices, load
from advisor.model.advice import Cost
from advisor.pricing.comparable import per_thousand_requests
from advisor.text.money_format import figure
from tests.usages import cost

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in (ROOT / "tests/worked").glob("*.yaml")
}
COSTS = [
    pytest.param(example, case, id=case["id"])
    for example in FILES.values()
    for case in example.get("costs", [])
]
INFERENCES = [
    pytest.param(case, id=case["id"])
    for example in FILES.values()
    for case in example.get("inferences", [])
]
PRICES = [
    pytest.param(example["region"], price, id=f"{stem} {price['component']} {price['key']}")
    for stem, example in FILES.items()
    if "region" in example
    for price in example["prices"]
]


def _prices(example: dict[str, Any]) -> Prices:
    """The unit prices of an example, and nothing else."""
    known: dict[str, dict[str, list[Any]]] = {}
    for price in example["prices"]:
        known.setdefault(price["component"], {})[price["key"]] = [price["usd"], 0]
    source = {"basis": "example", "source": example["source"], "as_of": "2023"}
    region = example.get("region", "us-east-1")
    snapshot = {
        "schema": SCHEMA, "region": region, "date": "2023", "sources": [source], "prices": known
    }  # fmt: skip
    return Prices(snapshot, snapshot, {"stand_ins": [], "notes": []})


@pytest.mark.parametrize(("example", "case"), COSTS)
def test_costs_to_the_cent(example: dict[str, Any], case: dict[str, Any]) -> None:
    found = cost(case["option"], case["facts"], _prices(example))
    items = {item.name: item for item in found.items}
    for name, expected in case.get("items", {}).items():
        low, high = items[name].usd_low, items[name].usd_high
        assert low is not None
        assert low == high
        assert figure(low).replace(",", "") == expected
    if "total" in case:
        assert found.complete
        assert found.usd_low is not None
        assert found.usd_low == found.usd_high
        assert figure(found.usd_low).replace(",", "") == case["total"]


def cost_per_inference(hour: str, invocations: int) -> Decimal:
    """USD for one of the invocations a minute that an hour in USD buys, as we say it."""
    cost = Cost(usd_low=hour, usd_high=hour, complete=True, basis="", items=())
    thousand = per_thousand_requests(cost, invocations * 60).usd_low
    assert thousand is not None
    return Decimal(thousand) / 1000


@pytest.mark.parametrize("case", INFERENCES)
def test_costs_per_inference_as_printed(case: dict[str, Any]) -> None:
    hour = case["count"] * Decimal(case["usd_per_hour"])
    inference = cost_per_inference(str(hour), case["max_invocations"])
    if "printed" in case:
        printed = Decimal(case["printed"])
        assert inference.quantize(printed) == printed
    else:
        # We say it per thousand, with six decimals: half of the last is 5e-10 for one.
        assert float(inference) == pytest.approx(case["per_inference"], abs=5.01e-10)


@pytest.mark.parametrize(
    ("hour", "invocations", "printed"),
    # Results of Inference Recommender jobs in the load-testing notebooks of aws-samples/
    # sagemaker-hosting: cost per hour, invocations a minute, cost per inference to six decimals.
    [
        ("16.559999", 33403, "0.000008"),
        ("0.736", 4822, "0.000003"),
        ("3.825", 3026, "0.000021"),
        ("4.89", 1733, "0.000047"),
        ("2.72", 1701, "0.000027"),
        ("1.505", 1804, "0.000014"),
        ("0.94", 1631, "0.000010"),
        ("0.736", 1168, "0.000011"),
    ],
)
def test_table_h(hour: str, invocations: int, printed: str) -> None:
    found = cost_per_inference(hour, invocations)
    assert found.quantize(Decimal(printed)) == Decimal(printed)


@pytest.mark.parametrize(("region", "price"), PRICES)
def test_the_shipped_snapshot_has_the_same_unit_prices(region: str, price: dict[str, str]) -> None:
    found = load(region, ROOT / "rules/prices").lookup(price["component"], price["key"])
    assert found is not None
    assert not found.stand_in
    assert Decimal(found.usd) == Decimal(price["usd"])


def test_every_file_says_where_it_comes_from() -> None:
    assert len(FILES) >= 9
    assert all(example["source"] for example in FILES.values())
