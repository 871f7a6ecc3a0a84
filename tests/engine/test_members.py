"""The models of a list: each is derived as it would be alone, and none is overlooked."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.engine.verdicts import verdicts
from advisor.model.advice import Advice
from advisor.model.workload import Interval
from advisor.pipeline import advise
from advisor.reports import model_block
from advisor.rulebook.load import load
from advisor.workload import read_workloads

LLAMA_8B = {"id": "meta-llama/Llama-3.1-8B-Instruct"}
LLAMA_70B = {"id": "meta-llama/Llama-3.1-70B-Instruct", "precision": "fp8"}
TREES = {"framework": "xgboost", "size": "200 MB", "memory": "600 MB", "accelerator": "none"}
KINDS: list[dict[str, Any]] = [
    {},
    TREES,
    LLAMA_8B,
    LLAMA_70B,
    {"id": "BAAI/bge-m3"},
    {"parameters": "4B"},
    {"parameters": "20B"},
    {"kind": "speech"},
    {"size": "3 GB"},
    {"size": "9 GB", "accelerator": "gpu"},
    {"memory": "5 GB", "startup": "2 min"},
]


def facts_of(document: dict[str, Any]) -> Facts:
    (workload,) = read_workloads(json.dumps(document).encode(), "w.json")
    return Facts(load(), workload)


def advice(document: dict[str, Any]) -> Advice:
    (workload,) = read_workloads(json.dumps(document).encode(), "w.json")
    return advise(workload)


def listed(models: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    requests = {"arrival": "online", **parts.pop("requests", {})}
    named = [{"name": f"m-{number}", **each} for number, each in enumerate(models)]
    return {
        "name": "many", "region": "us-east-1", "requests": requests, "models": named, **parts
    }  # fmt: skip


def answered(document: dict[str, Any]) -> tuple[Any, ...]:
    """The decision, the count of instances by type, and the money."""
    found = advice(document)
    options = []
    for each in found.candidates:
        money = counts = way = None
        if each.cost is not None and each.plan is not None:
            cost = each.cost
            money = (cost.usd_low, cost.usd_high, cost.usd_estimate)
            counts = sorted((item.name, item.quantity) for item in cost.items)
            way = each.plan.hosting
        options.append((each.option, each.status, money, counts, way))
    return found.decision.option, found.decision.status, options


# -- one answer for any order ------------------------------------------------------------------

traffics = st.sampled_from(
    [
        {},
        {"peak": "20/s", "pattern": "sustained"},
        {"volume": "1M/month", "pattern": "intermittent"},
        {"concurrent": 30, "pattern": "sustained"},
    ]
)
needs = st.sampled_from([[], [], ["scale-to-zero"], ["inference-components"], ["multi-model"]])
arrivals = st.sampled_from(["online", "online", "batch"])
members = st.lists(
    st.builds(
        lambda model, share: {**model, **({"share": share} if share else {})},
        st.sampled_from(KINDS),
        st.sampled_from(["", "10 %", "25 %"]),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=15, deadline=None)
@given(members, traffics, needs, arrivals, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order(
    models: list[dict[str, Any]],
    traffic: dict[str, Any],
    wanted: list[str],
    arrival: str,
    order: Any,
) -> None:
    document = listed(models, traffic=traffic, needs=wanted, requests={"arrival": arrival})
    before = answered(document)
    order.shuffle(document["models"])
    assert answered(document) == before


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(KINDS), traffics, needs)
def test_a_list_of_one_is_answered_as_its_model(
    model: dict[str, Any], traffic: dict[str, Any], wanted: list[str]
) -> None:
    alone = listed([], traffic=traffic, needs=wanted) | {"model": {**model, "count": 1}}
    del alone["models"]
    one = answered(listed([model], traffic=traffic, needs=wanted))
    assert [each[:4] for each in one[2]] == [each[:4] for each in answered(alone)[2]]
    assert one[:2] == answered(alone)[:2]


# -- no model is overlooked ----------------------------------------------------------------------


@pytest.mark.parametrize("models", list(itertools.permutations([TREES, LLAMA_8B])))
def test_a_small_model_beside_a_large_one_hides_nothing(models: Any) -> None:
    found = advice(listed(list(models)))
    by_name = {each.option: each for each in found.candidates}
    assert by_name["serverless"].status == "ruled-out"
    assert found.decision.option != "serverless"
    broken = {each.rule for each in by_name["serverless"].verdicts if each.outcome == "broken"}
    assert {"serverless-accelerator", "serverless-memory", "serverless-startup"} <= broken


@given(st.lists(st.sampled_from(KINDS), min_size=2, max_size=4))
@settings(max_examples=30, deadline=None)
def test_what_rules_an_option_out_for_one_model_does_so_for_all(
    models: list[dict[str, Any]],
) -> None:
    """Each model by itself, with all the traffic, breaks no more limits than the list does."""
    book = load()
    together = facts_of(listed(models))
    for option in book.option.values():
        of_all = {each.rule for each in verdicts(option, together) if each.outcome == "broken"}
        for part in together.parts:
            own = {each.rule for each in verdicts(option, part.facts) if each.outcome == "broken"}
            assert own <= of_all


def test_every_model_is_derived_as_it_would_be_alone() -> None:
    """Half of 4/s each: the same type, time and count as a workload of it with 2/s."""
    traffic = {"peak": "4/s", "pattern": "sustained"}
    together = facts_of(listed([LLAMA_8B, LLAMA_70B], traffic=traffic))
    for part, model in zip(together.parts, (LLAMA_8B, LLAMA_70B), strict=True):
        document = listed([], traffic={"peak": "2/s", "pattern": "sustained"}) | {"model": model}
        del document["models"]
        alone, own = facts_of(document).workload.modelled, part.facts.workload.modelled
        assert alone is not None
        assert own is not None
        assert own.on == alone.on


def test_the_time_of_all_is_the_mean_by_share_and_limits_read_the_longest() -> None:
    together = facts_of(listed([{**LLAMA_8B, "share": "75 %"}, LLAMA_70B]))
    times = [part.facts.workload.modelled.derived["requests.processing"] for part in together.parts]
    mean = (3 * times[0].middle + times[1].middle) // 4
    assert together.taken("requests.processing.typical") == mean
    longest = together.workload.interval("requests.processing.max")
    assert longest == Interval(*(max(each) for each in zip(*(t.item.value for t in times))))  # noqa: B905


def test_a_model_that_no_type_holds_is_named_and_none_fits() -> None:
    huge = {"parameters": "9000B", "precision": "fp32"}
    for models in itertools.permutations([LLAMA_8B, huge]):
        found = advice(listed(list(models)))
        assert found.decision.option is None
        (first, *_) = found.candidates[0].standing.reasons
        assert first.rule == "model-not-held"


# -- what is said of each ------------------------------------------------------------------------


def test_the_block_of_models_says_of_each_what_it_needs() -> None:
    told = advice(listed([TREES, LLAMA_8B, {"parameters": "20B"}])).model
    assert told is not None
    lines = list(model_block.lines(told, job=False))
    assert any(line.startswith("m-1: meta-llama/Llama-3.1-8B-Instruct: weights") for line in lines)
    assert any(line.startswith("m-2: 20B parameters: weights") for line in lines)
    members = model_block.member(told)["members"]
    assert [each["model"] for each in members] == ["m-1", "m-2"]
    assert all(each["on"]["instances"] >= 1 for each in members)


# -- a time that is not known --------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(["speech", "diffusion", "vision"]), members, needs)
def test_one_model_of_unknown_time_leaves_the_list_without_size_and_price(
    kind: str, models: list[dict[str, Any]], wanted: list[str]
) -> None:
    document = listed([*models, {"kind": kind}], traffic={"peak": "2/s"}, needs=wanted)
    found = advice(document)
    assert Facts(load(), found.workload).workload.untimed
    for each in found.candidates:
        if each.plan is not None:
            assert (each.plan.sized, each.cost and each.cost.usd_high) == ("not-sized", None)


def test_a_time_that_nothing_bounds_stays_unbounded_among_others() -> None:
    # No speed is modelled on CPUs: a request takes some time at the least, and no time at the most.
    together = facts_of({**listed([{}, LLAMA_8B]), "model": {"accelerator": "none"}})
    longest = together.workload.interval("requests.processing.max")
    longest = longest or together.workload.interval("requests.processing")
    assert longest is not None
    assert longest.high is None
