"""No other type has a cheaper fleet: the choice against every type, forced one by one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from advisor.catalogue.price_snapshot import Prices
from advisor.model.advice import Advice, Plan
from advisor.model.options import REAL_TIME
from advisor.model.usage import FleetUsage, JobUsage, Usage
from advisor.model.workload import Finding
from advisor.pipeline import advise
from advisor.pricing.plan_cost import COMPONENTS, prices_of
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.workload import read_workloads

TYPES = knowledge(load("safe").raw).catalogue.types
REGIONS = tuple(
    region
    for region in sorted(load("safe").raw["regions"]["regions"])
    if prices_of(region).sold("ml.m5.large") is not None
)
_WORKLOADS, _PARTS = 520, 8


def answered(document: dict[str, Any], own: Path | None = None) -> dict[str, Plan]:
    """The plans of the options that run on instances, through the whole program."""
    return {
        each.option: each.plan
        for each in advice(document, own).candidates
        if each.plan is not None and each.option in COMPONENTS
    }


def advice(document: dict[str, Any], own: Path | None = None) -> Advice:
    (found,) = read_workloads(json.dumps(document).encode(), "workload.json")
    return advise(found, own_prices=own)


def fleet_usd(usage: Usage, prices: Prices) -> float | None:
    """What a fleet at the peak costs an hour, or a job, by the shipped list."""
    if usage.parts and not (isinstance(usage, FleetUsage) and usage.busiest):
        parts = [(fleet_usd(part.usage, prices), part.times.high or 1) for part in usage.parts]
        return sum(float(times) * (usd or math.inf) for usd, times in parts)
    assert isinstance(usage, FleetUsage | JobUsage)
    found = prices.lookup("hosting", usage.instance_type)
    if found is None or not prices.sold(usage.instance_type):
        return None
    if isinstance(usage, FleetUsage):
        assert usage.instances is not None
        return float(found.usd) * usage.instances
    hours = usage.job_hours.high or usage.job_hours.low or 1
    return float(found.usd) * float(usage.count.high or 1) * float(hours)


def against(plan: Plan) -> set[str]:
    """Findings that speak against a plan."""
    return {each.rule for each in plan.findings if each.severity != "info"}


def workload(random: Random) -> dict[str, Any]:
    """A workload with a few of the values on which a choice of type rests."""

    def maybe(share: float, *values: Any) -> list[Any]:
        return [random.choice(values)] if random.random() < share else []

    document: dict[str, Any] = {"name": "case", "region": random.choice(REGIONS)}

    def put(section: str, key: str, found: list[Any]) -> None:
        if found:
            document.setdefault(section, {})[key] = found[0]

    batch = random.random() < 0.2
    document["requests"] = {"arrival": "batch" if batch else "online"}
    put("requests", "processing", maybe(0.8, "5 ms", "40 ms", "300 ms", "2 s", "45 s", "5 min"))
    put("requests", "answer", maybe(0.5, "100 ms", "400 ms", "1 s", "5 s", "2 min", "1 h", "later"))
    put("requests", "cold_start", maybe(0.2, "avoid", "tolerated"))
    if batch:
        put("dataset", "records", maybe(0.9, 1000, 200_000, 20_000_000))
        put("dataset", "files", maybe(0.5, 1, 30, 500))
        put("dataset", "deadline", maybe(0.5, "30 min", "2 h", "12 h"))
        put("dataset", "format", maybe(0.5, "csv", "jsonlines", "parquet"))
    put("traffic", "peak", maybe(0.7, "2/min", "3/s", "40/s", "700/s", "9000/s"))
    put("traffic", "volume", maybe(0.3, "100/h", "1M/month", "30M/day"))
    put("traffic", "concurrent", maybe(0.1, 3, 60, 900))
    put("traffic", "pattern", maybe(0.4, "sustained", "periodic", "intermittent", "spiky"))
    memory = ("200 MB", "3 GB", "6 GB", "7100 MB", "13 GB", "20 GB", "60 GB", "200 GB")
    put("model", "memory", maybe(0.7, *memory))
    put("model", "concurrency", maybe(0.3, 1, 3, 8, 24, 70))
    put("model", "throughput", maybe(0.1, "5/s", "80/s"))
    kind = random.choice(["none", "none", "gpu", "neuron"])
    put("model", "accelerator", maybe(0.7, kind))
    if kind == "gpu":
        put("model", "accelerator_memory", maybe(0.7, "10 GB", "20 GB", "40 GB", "90 GB", "300 GB"))
        put("model", "precision", maybe(0.3, "fp16", "bf16"))
    needs = ("autoscaling", "scale-to-zero", "multi-az", "graviton", "inference-components")
    wanted = [each for each in needs if random.random() < 0.1]
    document["needs"] = wanted
    if random.random() < 0.4:
        document["environment"] = random.choice(["production", "test"])
    put("model", "count", maybe(0.1, 2, 9, 60))
    if random.random() < 0.1:
        put("deploy", "instances", [{"max": random.choice([1, 3, 10])}])
    return document


def workloads(part: int) -> Iterator[dict[str, Any]]:
    """One part of the workloads, the same in every run."""
    for number in range(part, _WORKLOADS, _PARTS):
        yield workload(Random(number))


def fits(name: str, document: dict[str, Any], prices: Prices) -> bool:
    """Whether a type may be chosen at all: current, sold, of the processor that is needed."""
    instance = TYPES[name]
    arm = "graviton" in document["needs"]
    return bool(instance.family.choose and prices.sold(name) and (instance.arch == "arm64") == arm)


def cheaper(document: dict[str, Any]) -> Iterator[tuple[str, str | None, str]]:
    """Options, what each runs on, and every type of which its fleet would have been cheaper."""
    prices = prices_of(document["region"])
    chosen = answered(document)
    costs = {option: fleet_usd(plan.usage, prices) for option, plan in chosen.items()}
    known = {option: usd for option, usd in costs.items() if usd is not None}
    if any("instance-too-small" in against(plan) for plan in chosen.values()) or not known:
        return  # nothing fits, or nothing that is sold
    for name in TYPES:
        price = prices.lookup("hosting", name)
        if price is None or not fits(name, document, prices):
            continue
        if float(price.usd) >= max(known.values()) and "dataset" not in document:
            continue  # one instance costs as much as the fleet
        forced = {**document, "deploy": {**document.get("deploy", {}), "instance_type": name}}
        for option, other in answered(forced).items():
            usd = fleet_usd(other.usage, prices)
            if option not in known or usd is None or against(other) - against(chosen[option]):
                continue
            if usd < known[option] * (1 - 1e-9):
                yield option, chosen[option].usage.instance_type, name


@pytest.mark.parametrize("part", range(_PARTS))
def test_no_other_type_has_a_cheaper_fleet(part: int) -> None:
    dominated = [(document, found) for document in workloads(part) for found in cheaper(document)]
    assert dominated == []


@pytest.mark.parametrize("region", REGIONS)
def test_no_type_that_is_not_sold_is_chosen(region: str) -> None:
    for cores, memory in [
        *[(1, f"{size} GB") for size in (1, 3, 6, 10, 13, 25, 50, 100, 200, 400)],
        *[(cores, "1 GB") for cores in (3, 5, 9, 17, 33)],
        *[(cores, "30 GB") for cores in (3, 9, 24, 48)],
    ]:
        document = {
            "name": "case",
            "region": region,
            "requests": {"arrival": "online"},
            "model": {"memory": memory, "concurrency": cores, "accelerator": "none"},
        }
        for plan in answered(document).values():
            assert prices_of(region).sold(str(plan.usage.instance_type)), document


# -- prices of the user ----------------------------------------------------------------------------


def own_prices(folder: Path, usd: dict[str, str]) -> Path:
    """A folder with a user's snapshot of us-east-1."""
    folder.mkdir()
    document = {
        "schema": "sm-advise/prices.v1",
        "region": "us-east-1",
        "date": "2026-11-30",
        "sources": [{"basis": "price-list", "source": "contract", "as_of": "2026-11-30"}],
        "prices": {"hosting": {name: [price, 0] for name, price in usd.items()}},
    }
    (folder / "us-east-1.json").write_text(json.dumps(document))
    return folder


STEADY = {
    "name": "case",
    "region": "us-east-1",
    "requests": {"arrival": "online", "processing": "50 ms", "answer": "1 s"},
    "traffic": {"peak": "100/s", "volume": "30M/month", "pattern": "sustained"},
    "model": {"memory": "1 GB"},
    "decision": {"option": "real-time", "because": "contract"},
}


def test_prices_of_the_user_price_the_plan_and_change_nothing_in_it(tmp_path: Path) -> None:
    dear = own_prices(tmp_path / "dear", {"ml.c6i.large": "0.5"})
    cheap = own_prices(tmp_path / "cheap", {"ml.c6i.large": "0.05"})
    plain, one, other = (advice(STEADY, own) for own in (None, dear, cheap))
    plans = [[each.plan for each in found.candidates] for found in (plain, one, other)]
    assert plans[0] == plans[1] == plans[2]
    costs = {
        each.cost.usd_low
        for found in (plain, one, other)
        for each in found.candidates
        if each.option == REAL_TIME and each.cost is not None
    }
    assert len(costs) == 3


def test_a_type_that_is_cheaper_at_the_prices_of_the_user_is_told(tmp_path: Path) -> None:
    # 5 x 0.102 by the list. By the contract 5 x 0.05 are less than 5 x 0.09.
    prices = {"ml.c6i.large": "0.09", "ml.m7i.large": "0.05"}
    (finding,) = told(advice(STEADY, own_prices(tmp_path / "own", prices)))
    assert finding.severity == "info"
    # 5 x 0.05 x 730 = 182.50 and 5 x 0.09 x 730 = 328.50, both with 514.53 for data.
    assert "5 x ml.m7i.large would cost 697.03 USD a month" in finding.message
    assert "5 x ml.c6i.large costs 843.03" in finding.message


def test_no_other_type_is_told_where_the_list_and_the_user_agree(tmp_path: Path) -> None:
    assert told(advice(STEADY)) == []
    assert told(advice(STEADY, own_prices(tmp_path / "own", {"ml.c6i.large": "0.05"}))) == []


def told(found: Advice) -> list[Finding]:
    return [each for each in found.findings if each.rule == "cheaper-at-your-prices"]


# -- stated bounds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "parts"),
    [
        ("real-time", {"traffic": {"peak": "1000/s"}}),
        ("asynchronous", {"traffic": {"peak": "1000/s"}}),
        ("real-time", {"traffic": {"peak": "1000/s"}, "needs": ["inference-components"]}),
        (
            "batch-transform",
            {
                "requests": {"arrival": "batch", "processing": "1 s"},
                "dataset": {"records": 10_000_000, "deadline": "1 h"},
            },
        ),
    ],
)
def test_bounds_below_the_load_are_told(option: str, parts: dict[str, Any]) -> None:
    document = {
        "name": "case",
        "region": "us-east-1",
        "requests": {"arrival": "online", "processing": "1 s"},
        "model": {"memory": "1 GB"},
        "decision": {"option": option, "because": "contract"},
        "deploy": {"instances": {"max": 1}},
        **parts,
    }
    assert "fleet-bounded" in against(answered(document)[option])
    free = {key: value for key, value in document.items() if key != "deploy"}
    assert "fleet-bounded" not in against(answered(free)[option])
