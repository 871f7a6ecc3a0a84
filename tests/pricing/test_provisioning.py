"""What provisioned concurrency is worth: the marginal rule with the prices of the Region."""

from pathlib import Path
from typing import Any

import pytest

from advisor.catalogue.price_snapshot import Prices, load
from advisor.model.options import SERVERLESS
from advisor.model.usage import ServerlessUsage
from advisor.pricing import monthly
from advisor.pricing.monthly import provisioning_threshold
from tests.usages import cost, usage

SHIPPED = Path(__file__).resolve().parents[2] / "rules/prices"
FACTS: dict[str, Any] = {
    "memory_mb": 2048, "requests": 5_000_000, "seconds": 1, "bytes_in": 0, "bytes_out": 0,
    "provisioned": 5,
}  # fmt: skip


def provisioning_note(figures: dict[str, Any], prices: Prices) -> str:
    found = usage(SERVERLESS, figures)
    assert isinstance(found, ServerlessUsage)
    return monthly.provisioning_note(found, prices)


def test_provisioning_threshold() -> None:
    # 0.00001 / (0.00004 - 0.0000233) = 0.598802
    found = provisioning_threshold("0.00001", "0.00004", "0.0000233")
    assert found is not None
    assert float(found) == pytest.approx(0.598802, abs=1e-6)
    assert provisioning_threshold("0.00001", "0.00002", "0.00002") is None


def test_levels_that_are_busy_enough_are_worth_their_price() -> None:
    # 0.00001 / (0.00004 - 0.0000233) = 59.9 %. A load of 5,000,000 / 2,628,000 = 1.903: level 1 is
    # busy for 1 - exp(-1.903) = 85.1 %, level 2 for 85.1 % - 1.903 exp(-1.903) = 56.7 %.
    note = provisioning_note(FACTS, load("us-east-1", SHIPPED))
    assert note.startswith(
        "Of 5 provisioned, 1 cost less than on demand, busy for more than 59.9 %"
    )
    assert note in cost(SERVERLESS, FACTS, load("us-east-1", SHIPPED)).notes


def test_in_half_of_the_time_the_load_is_twice_as_high() -> None:
    # 3.805: levels 1 to 3 are busy for 97.8, 89.3 and 73.2 %, level 4 for 52.7 %.
    note = provisioning_note({**FACTS, "active_share": 0.5}, load("us-east-1", SHIPPED))
    assert note.startswith("Of 5 provisioned, 3 cost less")


@pytest.mark.parametrize("missing", ["requests", "seconds"])
def test_without_a_load_nothing_is_said(missing: str) -> None:
    facts = {key: value for key, value in FACTS.items() if key != missing}
    assert provisioning_note(facts, load("us-east-1", SHIPPED)) == ""


def snapshot(kept_warm: str | None) -> Prices:
    prices: dict[str, Any] = {
        "serverless": {"2048": ["0.00002", 0]},
        "provisioned-concurrency-duration": {"2048": ["0.00002", 0]},
    }
    if kept_warm is not None:
        prices["provisioned-concurrency-usage"] = {"2048": [kept_warm, 0]}
    source = {"basis": "x", "source": "x", "as_of": "2026-01-01"}
    document = {"region": "us-east-1", "date": "2026-01-01", "sources": [source], "prices": prices}
    return Prices(document, document, {"stand_ins": [], "notes": []})


def test_where_running_costs_as_much_nothing_pays_for_itself() -> None:
    note = provisioning_note(FACTS, snapshot("0.00001"))
    assert note.startswith("Of 5 provisioned, 0 cost less than on demand; ")


def test_an_unknown_price_says_nothing() -> None:
    assert provisioning_note(FACTS, snapshot(None)) == ""
