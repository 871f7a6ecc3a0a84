"""One key at other values: restated as --set would, priced in full, never cheaper for more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from advisor.compare.scenario import DURATION, VOLUME, Scenario, current, restated
from advisor.engine.decide import decide
from advisor.engine.facts import Facts
from advisor.model.options import REAL_TIME
from advisor.model.usage import JobUsage, Quantity, ServerlessUsage, Usage, known
from advisor.model.workload import Interval, Workload
from advisor.pipeline import advise
from advisor.pricing.billable_usage import charged
from advisor.pricing.monthly import total
from advisor.pricing.plan_cost import prices_of
from advisor.rulebook.load import load
from advisor.text.quantity import show
from advisor.workload.keys import keys
from tests.planned import facts_of, online
from tests.strategies import Document, documents, read

NUMBERS = [
    (path, key.kind)
    for key in keys().values()
    if key.kind in ("size", "time", "rate", "count", "share") and not key.path.startswith("deploy")
    for path in (key.path, *(f"{key.path}.{part}" for part in key.parts))
]
MOST_SURE = 10**15  # base units; beyond, a text may not name a value exactly


def facts_at(workload: Workload) -> Facts:
    return Facts(load("safe"), workload)


@given(documents(), st.sampled_from(NUMBERS), st.integers(1, MOST_SURE))
def test_a_restated_number_is_what_set_would_make_of_it(
    document: Document, key: tuple[str, str], value: int
) -> None:
    path, kind = key
    entry = next(
        each
        for each in keys().values()
        if path in (each.path, *(f"{each.path}.{p}" for p in each.parts))
    )
    value = min(max(value, entry.least), entry.most or value)
    text = show(Interval(value, value), kind)
    ours = restated(read(document), {path: Interval(value, value)})
    theirs = read(document, [(path, text)])
    one, other = facts_at(ours), facts_at(theirs)
    assert (one.low, one.high, one.point, one.stated) == (
        other.low, other.high, other.point, other.stated,
    )  # fmt: skip


@given(
    documents(),
    st.sampled_from(
        [
            ("requests.streaming", True),
            ("needs.vpc", True),
            ("needs.vpc", False),
            ("traffic.pattern", "spiky"),
        ]
    ),
)
def test_a_restated_word_is_what_set_would_make_of_it(
    document: Document, change: tuple[str, str | bool]
) -> None:
    path, value = change
    ours = restated(read(document), {path: value})
    theirs = read(document, [(path, str(value).lower())])
    one, other = facts_at(ours), facts_at(theirs)
    assert (one.low, one.point) == (other.low, other.point)


def test_what_moves_with_the_volume_keeps_the_shape_of_the_traffic() -> None:
    facts = facts_of(
        online(
            requests={"processing": "1 s"},
            traffic={"volume": "1k/month", "peak": "2/s..4/s", "concurrent": 3},
        )
    )
    scenario = Scenario(facts, "traffic.volume", prices_of(None), along=VOLUME)
    value = current(facts, "traffic.volume")
    moved = scenario.facts_at(10 * value).workload
    peak, concurrent = moved.interval("traffic.peak"), moved.interval("traffic.concurrent")
    stated = facts.workload.interval("traffic.peak")
    assert peak is not None
    assert stated is not None
    assert peak.low == 10 * (stated.low or 0)
    assert peak.high == 10 * (stated.high or 0)
    assert concurrent == Interval(30, 30)


def test_twice_the_duration_is_half_the_throughput() -> None:
    facts = facts_of(
        online(
            requests={"processing": {"typical": "100 ms", "max": "400 ms"}},
            model={"throughput": "100/s"},
        )
    )
    scenario = Scenario(facts, "requests.processing", prices_of(None), along=DURATION)
    value = current(facts, "requests.processing")
    assert value == 100_000
    moved = scenario.facts_at(2 * value).workload
    assert moved.interval("requests.processing.typical") == Interval(200_000, 200_000)
    assert moved.interval("requests.processing.max") == Interval(800_000, 800_000)
    stated = facts.workload.interval("model.throughput")
    throughput = moved.interval("model.throughput")
    assert stated is not None
    assert throughput is not None
    assert throughput.low == (stated.low or 0) // 2


def test_one_key_alone_moves_nothing_else() -> None:
    facts = facts_of(online(traffic={"volume": "1k/month", "peak": "1/s"}))
    moved = Scenario(facts, "traffic.volume", prices_of(None)).facts_at(84_000).workload
    assert moved.interval("traffic.peak") == facts.workload.interval("traffic.peak")


def test_a_fleet_carries_at_least_the_mean() -> None:
    # 100 M a month are 38/s; a stated peak of 1/s contradicts that, and the fleet follows the mean.
    facts = facts_of(
        online(
            region="us-east-1",
            environment="test",
            requests={"payload": "1 KB", "response": "1 KB", "processing": "1 s", "answer": "10 s"},
            traffic={"pattern": "sustained", "peak": "1/s", "volume": "1M/month"},
            model={"memory": "1 GB", "concurrency": 1},
        )
    )
    scenario = Scenario(facts, "traffic.volume", prices_of("us-east-1"))
    # 38.05/s / 0.5/s = 77 instances x 0.102 x 730, and 191 GB at 0.016.
    found = scenario.at(100_000_000 * 84_000).middle(REAL_TIME)
    assert found is not None
    assert float(found) == pytest.approx(77 * 0.102 * 730 + 3.05, rel=1e-3)


def test_the_same_value_is_worked_out_once() -> None:
    facts = facts_of(online())
    scenario = Scenario(facts, "traffic.volume", prices_of(None), options=frozenset({REAL_TIME}))
    assert scenario.at(84_000) is scenario.at(84_000)
    assert set(scenario.at(84_000).costs) == {REAL_TIME}


def test_of_a_range_the_middle_counts_and_of_equal_costs_the_preferred_option() -> None:
    from advisor.compare.scenario import Outcome
    from advisor.pricing.monthly import Total

    ranged, point = Total(low=Decimal(2), high=Decimal(4)), Total(low=Decimal(3), high=Decimal(3))
    found = Outcome(
        value=1,
        option=None,
        costs={"first": ranged, "second": point, "open": Total(low=Decimal(0), high=None)},
    )
    assert found.middle("first") == found.middle("second") == 3
    assert found.middle("open") is None
    assert found.middle("absent") is None
    assert found.cheapest == "first"


@pytest.mark.parametrize(
    ("parts", "key", "value"),
    [
        ({}, "traffic.volume", 20 * 730 * 84_000),
        ({"traffic": {"volume": "1/month..2/month"}}, "traffic.volume", 2 * 84_000),
        ({"traffic": {"volume": ">= 1/month"}}, "traffic.volume", 84_000),
        (
            {"requests": {"processing": {"typical": "1 s", "max": "9 s"}}},
            "requests.processing",
            10**6,
        ),
        ({}, "traffic.concurrent", 1),
        ({"requests": {"payload": {"max": "1 KB"}}}, "requests.payload.typical", 1024),
    ],
)
def test_the_current_value_of_a_key(parts: dict[str, Any], key: str, value: int) -> None:
    assert current(facts_of(online(**parts)), key) == value


def costs(scenario: Scenario, value: int) -> dict[str, Decimal]:
    found = scenario.at(value)
    return {option: usd for option in found.costs if (usd := found.middle(option)) is not None}


@given(
    documents(),
    st.sampled_from(["traffic.volume", "requests.processing", "model.memory"]),
    st.integers(2, 1000),
)
def test_more_volume_duration_or_memory_never_costs_less(
    document: Document, key: str, factor: int
) -> None:
    facts = facts_at(read(document))
    along = {"traffic.volume": VOLUME, "requests.processing": DURATION}.get(key)
    scenario = Scenario(facts, key, prices_of(facts.region), along=along)
    value = current(facts, key)
    less, more = costs(scenario, value), costs(scenario, value * factor)
    for option in less.keys() & more.keys():
        # What a model computes in binary is right to the last digit but not beyond.
        assert more[option] >= less[option] * (1 - Decimal("1e-9"))


def _drawn(usage: Usage, data: st.DataObject) -> Usage:
    """The same usage with a number for every quantity that may be several."""
    if isinstance(usage, JobUsage):
        return usage

    def one(quantity: Quantity) -> Quantity:
        if quantity.exact is not None:
            return quantity
        low = float(quantity.low or 0)
        top = low + 10**6 if quantity.high is None else float(quantity.high)
        return known(data.draw(st.floats(low, top)))

    moved = usage.traffic
    bodies = {"bytes_in": one(moved.bytes_in), "bytes_out": one(moved.bytes_out)}
    traffic = moved._replace(requests=one(moved.requests), **bodies)
    if isinstance(usage, ServerlessUsage):
        return usage._replace(traffic=traffic, seconds=one(usage.seconds))
    return usage._replace(traffic=traffic)


@given(documents(), st.data())
def test_the_cost_holds_every_completion_of_what_is_not_known(
    document: Document, data: st.DataObject
) -> None:
    """Of the plan as it is made: sizes, times and volumes that were not stated may be anything."""
    advice = advise(read(document))
    prices = prices_of(advice.region)
    facts = facts_at(advice.workload)
    for candidate in advice.candidates:
        cost, made = candidate.cost, candidate.plan
        if cost is None or made is None or cost.usd_low is None:
            continue
        found = total(candidate.option, _drawn(charged(made, facts), data), prices)
        assume(found.low is not None)
        assert found.low is not None
        cent = Decimal("0.01")
        assert Decimal(cost.usd_low) <= found.low + cent
        if cost.usd_high is not None and found.high is not None:
            assert found.high <= Decimal(cost.usd_high) + cent


@given(documents(), st.integers(1, 10**14))
def test_the_answer_at_a_value_is_that_of_the_rules(document: Document, value: int) -> None:
    facts = facts_at(read(document))
    scenario = Scenario(facts, "traffic.volume", prices_of(facts.region))
    there = facts_at(restated(facts.workload, {"traffic.volume": Interval(value, value)}))
    assert scenario.at(value).option == decide(facts.book, there.point)


@pytest.mark.parametrize("key", ["model.precision", "model.context"])
@pytest.mark.parametrize("own", [{}, {"precision": "fp16"}, {"context": "4k"}])
@pytest.mark.parametrize("said", [{}, {"precision": "bf16", "context": "2k"}])
def test_what_holds_for_all_models_is_restated_for_each(
    key: str, own: dict[str, str], said: dict[str, str]
) -> None:
    def of(**model: str) -> Facts:
        small, large = {"id": "Qwen/Qwen3-4B"}, {"id": "Qwen/Qwen3-32B", **own}
        named = [{"name": "a", **small}, {"name": "b", **large}]
        stated = {"models": named, "traffic": {"peak": "2/s"}, "region": "us-east-1"}
        return facts_of(online(**stated, **({"model": model} if model else {})))

    values: dict[str, tuple[int | str, str]] = {
        "model.precision": ("fp8", "fp8"),
        "model.context": (30_000, "30k"),
    }
    value, text = values[key]
    there = Scenario(of(**said), key, prices_of("us-east-1")).at(value)
    fresh = of(**{**said, key.removeprefix("model."): text})
    expected = advise(fresh.workload)
    (chosen,) = (each for each in expected.candidates if each.option == there.option)
    assert expected.decision.option == there.option
    assert chosen.cost is not None
    middle = there.middle(chosen.option)
    assert middle is not None
    assert float(middle) == pytest.approx(float(chosen.cost.usd_estimate or 0), rel=1e-6)


def test_a_job_of_unknown_runs_is_compared_with_nothing() -> None:
    said = {"model": {"id": "BAAI/bge-m3"}, "dataset": {"records": "1M"}}
    found = facts_of({"name": "case", "requests": {"arrival": "batch"}, **said})
    there = Scenario(found, "dataset.records", prices_of("us-east-1")).at(10**6)
    assert (there.option, there.cheapest) == ("batch-transform", None)
