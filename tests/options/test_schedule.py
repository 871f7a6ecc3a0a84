"""Scheduled actions: capacity in every window, the floor outside, and money that they save."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model.advice import Advice, Plan
from advisor.model.options import REAL_TIME
from advisor.model.workload import DAYS
from advisor.options.plan_builder import Basis, Draft
from advisor.options.schedule import stated, timetable
from advisor.pipeline import advise
from advisor.rulebook.knowledge import knowledge
from tests.aws import judge
from tests.planned import facts_of
from tests.strategies import read

WEEK = 7 * 24 * 60
# 1 at once on a GPU in 200 ms is 5/s, half of it planned for: 12/s take 5 instances.
FLEET: dict[str, Any] = {
    "requests": {"arrival": "online", "processing": "200 ms", "answer": "2 s"},
    "model": {"size": "1 GB", "accelerator": "gpu", "measured_on": "ml.g5.xlarge"},
    "decision": {"option": "real-time", "because": "it is planned"},
}
OFFICE = {"windows": [{"days": "mon-fri", "hours": "8-18"}], "timezone": "Europe/Berlin"}


def advice(traffic: dict[str, Any], base: dict[str, Any] = FLEET, **parts: Any) -> Advice:
    document = {"name": "hours", "region": "us-east-1", **base, **parts}
    return advise(read({**document, "traffic": {"peak": "12/s", **traffic}}), as_of="2026-11-30")


def plan(found: Advice) -> Plan:
    assert found.chosen is not None
    assert found.chosen.plan is not None
    return found.chosen.plan


def bodies(found: Advice, operation: str = "PutScheduledAction") -> list[dict[str, Any]]:
    return [each.parameters for each in plan(found).requests if each.operation == operation]


def written(found: Advice) -> list[tuple[str, int, int]]:
    return [
        (
            each["Schedule"],
            *(each["ScalableTargetAction"][f"{end}Capacity"] for end in ("Min", "Max")),
        )
        for each in bodies(found)
    ]


def test_the_fleet_is_up_before_the_window_and_two_stay() -> None:
    # 300 s for an instance + 15 s for the container are 6 minutes.
    found = advice(OFFICE)
    assert written(found) == [
        ("cron(54 7 ? * MON-FRI *)", 5, 5),
        ("cron(0 18 ? * MON-FRI *)", 2, 2),
    ]
    (target,) = bodies(found, "RegisterScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (5, 5)
    assert {each["Timezone"] for each in bodies(found)} == {"Europe/Berlin"}
    assert all(
        judge("application-autoscaling", "PutScheduledAction", e) == () for e in bodies(found)
    )


@pytest.mark.parametrize(
    ("windows", "actions"),
    [
        ([{"hours": "0-24"}], []),
        ([{"days": "mon-sun", "hours": "9-8:30"}], []),  # half an hour less 6 minutes
        ([{"hours": "6-22"}], ["54 5 ? * * *", "0 22 ? * * *"]),
        ([{"days": "mon", "hours": "0-4"}], ["54 23 ? * SUN *", "0 4 ? * MON *"]),
        ([{"days": "sun", "hours": "22-2"}], ["54 21 ? * SUN *", "0 2 ? * MON *"]),
        (
            [{"days": "fri-mon", "hours": "9-17"}],
            ["54 8 ? * MON,FRI,SAT,SUN *", "0 17 ? * MON,FRI,SAT,SUN *"],
        ),
        (  # the pause is 54 minutes
            [{"days": "tue", "hours": "8-12"}, {"days": "tue", "hours": "13-18"}],
            ["54 7 ? * TUE *", "0 18 ? * TUE *"],
        ),
        (  # the pause is 114 minutes
            [{"days": "tue", "hours": "8-12"}, {"days": "tue", "hours": "14-18"}],
            ["54 7 ? * TUE *", "54 13 ? * TUE *", "0 12 ? * TUE *", "0 18 ? * TUE *"],
        ),
        (
            [{"days": "tue", "hours": "8-12"}, {"days": "tue, wed", "hours": "10-13"}],
            ["54 7 ? * TUE *", "54 9 ? * WED *", "0 13 ? * TUE,WED *"],
        ),
    ],
)
def test_windows_as_schedules(windows: list[dict[str, str]], actions: list[str]) -> None:
    found = written(advice({"windows": windows}))
    assert [each.removeprefix("cron(").rstrip(")") for each, _, _ in found] == actions


@pytest.mark.parametrize(
    ("traffic", "parts"),
    [
        ({"active": "50 h/week"}, {}),  # which hours these are nobody says
        ({**OFFICE, "peak": "5/s"}, {}),  # two instances carry it, and two stay
        (OFFICE, {"deploy": {"instances": {"min": 5, "max": 5}}}),  # as stated
        (OFFICE, {"needs": ["autoscaling"]}),  # the fleet follows its load without a schedule
    ],
)
def test_no_schedule_where_it_saves_nothing(traffic: dict[str, Any], parts: dict[str, Any]) -> None:
    found = advice(traffic, **parts)
    assert not bodies(found)
    assert found.chosen is not None
    assert found.chosen.cost is not None
    assert found.chosen.cost.always_on is None
    assert ("hours-without-windows" in {e.rule for e in found.findings}) == ("active" in traffic)


@pytest.mark.parametrize(
    ("parts", "floor"),
    [
        ({"environment": "production"}, 2),
        ({"needs": ["multi-az"], "environment": "test"}, 2),
        ({"environment": "test"}, 1),
        ({"environment": "test", "deploy": {"instances": {"min": 3}}}, 3),
    ],
)
def test_what_stays_outside(parts: dict[str, Any], floor: int) -> None:
    assert [each[1] for each in written(advice(OFFICE, **parts))] == [5, floor]


COMPONENTS: dict[str, Any] = {
    "requests": {"arrival": "online", "processing": "3 s"},
    "model": {"accelerator": "gpu", "framework": "vllm", "concurrency": 4, "size": "16 GB"},
    "deploy": {"hosting": "inference-components"},
    "decision": {"option": "real-time", "because": "it is planned"},
}
QUEUE: dict[str, Any] = {
    "requests": {
        "arrival": "online",
        "processing": "30 s",
        "answer": "2 min",
        "cold_start": "avoid",
    },
    "model": {"memory": "1 GB", "accelerator": "none"},
    "decision": {"option": "asynchronous", "because": "it is planned"},
}
WARM: dict[str, Any] = {
    "requests": {"arrival": "online", "processing": "800 ms", "cold_start": "avoid"},
    "model": {"memory": "1 GB", "accelerator": "none"},
    "needs": ["provisioned-concurrency"],
    "decision": {"option": "serverless", "because": "it is planned"},
}


def cold(base: dict[str, Any], accepted: str) -> dict[str, Any]:
    return {**base, "requests": {**base["requests"], "cold_start": accepted}}


@pytest.mark.parametrize(
    ("base", "needs", "outside"),
    [
        (cold(COMPONENTS, "tolerated"), [], 0),  # a call that fails wakes a copy
        (cold(COMPONENTS, "avoid"), ["scale-to-zero"], 0),
        (cold(COMPONENTS, "tolerated"), ["scale-to-zero"], None),  # no hours: a call wakes it
        (cold(COMPONENTS, "tolerated"), ["multi-az"], 2),
        (cold(COMPONENTS, "avoid"), [], 2),
    ],
)
def test_copies_go_where_a_start_is_accepted(
    base: dict[str, Any], needs: list[str], outside: int | None
) -> None:
    # 4 at once in 3 s are 1.33/s a copy, half of it planned for: 2/s take 3 copies.
    found = advice({**OFFICE, "peak": "2/s"}, base, needs=needs)
    least = [each[1] for each in written(found)]
    assert least == ([] if outside is None else [3, outside])
    policies = {each["PolicyType"] for each in bodies(found, "PutScalingPolicy")}
    assert ("StepScaling" in policies) == (outside in (0, None))


def test_an_asynchronous_fleet_keeps_one_and_a_policy_follows() -> None:
    # 1M in 4.34 weeks of 50 h are 1.28/s; x 30 s / 2 at once = 20 instances on ml.c6i.large. The
    # peak is no lower: 19.2 / 0.5 = 39.
    traffic = {"windows": OFFICE["windows"], "peak": "1/s", "volume": "1M/month"}
    found = written(advice(traffic, QUEUE))
    assert [each[1] for each in found] == [20, 1]
    assert {each[2] for each in found} == {39}


def test_provisioned_concurrency_keeps_one() -> None:
    found = advice({"windows": OFFICE["windows"], "peak": "10/s"}, WARM)
    assert [each[1:] for each in written(found)] == [(15, 15), (1, 1)]
    dimension = "sagemaker:variant:DesiredProvisionedConcurrency"
    assert {each["ScalableDimension"] for each in bodies(found)} == {dimension}
    assert all("Timezone" not in each for each in bodies(found))
    assert bodies(found)[0]["Schedule"] == "cron(55 7 ? * MON-FRI *)"  # 5 min for an update


def test_models_with_endpoints_of_their_own_have_hours_of_their_own() -> None:
    models = [{"name": "north", "share": "50 %"}, {"name": "south"}]
    found = advice({**OFFICE, "peak": "24/s"}, models=models, deploy={"hosting": "endpoint-each"})
    assert len(bodies(found)) == 4
    assert len({each["ResourceId"] for each in bodies(found)}) == 2


_WINDOW = st.builds(
    lambda days, start, end: {
        "days": ", ".join(DAYS[day] for day in sorted(days)),
        "hours": "-".join(f"{each // 60}:{each % 60:02}" for each in (start, end)),
    },
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
_CRON = re.compile(r"cron\((\d+) (\d+) \? \* (\S+) \*\)")


def _days(text: str) -> list[int]:
    names = [each.upper() for each in DAYS]
    if text == "*":
        return list(range(7))
    first, _, last = text.partition("-")
    if last:
        return list(range(names.index(first), names.index(last) + 1))
    return [names.index(each) for each in text.split(",")]


def by_minute(found: Advice) -> list[int]:
    """The capacity that the actions ask for in each minute of a week, from the cron expressions."""
    events = {}
    for text, least, _ in written(found):
        match = _CRON.fullmatch(text)
        assert match is not None
        for day in _days(match[3]):
            moment = day * 1440 + int(match[2]) * 60 + int(match[1])
            assert moment not in events
            events[moment] = least
    capacity, current = [], events[max(events)]
    for minute in range(WEEK):
        current = events.get(minute, current)
        capacity.append(current)
    return capacity


@settings(max_examples=60)
@given(st.lists(_WINDOW, min_size=1, max_size=4))
def test_every_minute_of_a_window_has_what_the_peak_needs(windows: list[dict[str, str]]) -> None:
    found = advice({"windows": windows}, environment="production")
    assert found.chosen is not None
    cost = found.chosen.cost
    assert cost is not None
    if not bodies(found):
        assert cost.always_on is None
        return
    capacity = by_minute(found)
    assert set(capacity) == {2, 5}
    stated = found.workload.values["traffic.windows"].value
    for window in stated:
        for day in window.days:
            for minute in range(window.start - 6, window.last):  # with the lead
                assert capacity[(day * 1440 + minute) % WEEK] == 5
    assert cost.always_on is not None
    hours, always = (float(each.items[0].quantity) for each in (cost, cost.always_on))
    assert hours == pytest.approx(sum(capacity) / WEEK * 730, abs=1e-5)
    assert hours < always == 5 * 730


def test_a_timetable_says_its_formula() -> None:
    facts = facts_of({"name": "x", "requests": {"arrival": "online"}, "traffic": OFFICE})
    draft = Draft(REAL_TIME, Basis(facts, knowledge(facts.book.raw)))
    found = timetable(draft, 4, (1, "one stays"), (600.0, "ten minutes"))
    assert found is not None
    assert found.up[0] == (7 * 60 + 50, 18 * 60)
    assert found.off(900.0).minutes == WEEK - 5 * (10 * 60 + 10 + 15)
    (setting,) = draft.settings
    assert setting.because.startswith(
        "50.8 h a week, from 10 min before each of mon, tue, wed, thu, fri 8:00-18:00"
        " (Europe/Berlin): ten minutes. Outside, one stays."
    )


def test_windows_shorter_than_the_stated_time_with_traffic_are_no_schedule() -> None:
    # The windows cover 50 h of the 168 h in which callers come.
    traffic = {**OFFICE, "active": "24 h/day"}
    facts = facts_of({"name": "x", "requests": {"arrival": "online"}, "traffic": traffic})
    assert not stated(Draft(REAL_TIME, Basis(facts, knowledge(facts.book.raw))))


# 730 h are 168 h a week. Of the real-time fleet 50.5 h x 5 + 117.5 h x 2 = 487.5 h a week; of the
# warm environments (50 h + 5 x 5 min) x 15 + the rest x 1 = 873.83 h. The copies, each on its own
# instance, start up to 8.9 min before a window by what the model tells, so 9, and stay 15 minutes
# after it until target tracking lets them go: 50 h + 5 x 24 min = 52 h x 3.
@pytest.mark.parametrize(
    ("traffic", "base", "line", "hours", "always"),
    [
        ({}, FLEET, "Instances", 487.5 * 730 / 168, 5 * 730),
        ({"peak": "10/s"}, WARM, "kept warm", (50.41666667 * 14 + 168) * 730 / 168, 15 * 730),
        (
            {"peak": "2/s"}, {**cold(COMPONENTS, "tolerated"), "environment": "test"}, "Instances",
            52 * 3 * 730 / 168, 3 * 730,
        ),
    ],
)  # fmt: skip
def test_the_cost_counts_the_hours_and_names_those_without(
    traffic: dict[str, Any], base: dict[str, Any], line: str, hours: float, always: int
) -> None:
    found = advice({**OFFICE, **traffic}, base).chosen
    assert found is not None
    assert found.cost is not None
    assert found.cost.always_on is not None
    assert found.cost.always_on.hours == "730"
    for cost, wanted in ((found.cost, hours), (found.cost.always_on, always)):
        (item,) = (each for each in cost.items if line in each.name)
        quantity = float(item.quantity) / (3600 if item.unit == "second" else 1)
        assert quantity == pytest.approx(wanted, rel=1e-6)
        assert float(item.usd_low or 0) == pytest.approx(
            float(item.quantity) * float(item.unit_price_usd or 0), rel=1e-5
        )
    part = found.cost.part_time
    assert part is not None
    assert float(part.usd_low or 0) < float(found.cost.usd_low or 0)
    assert float(found.cost.usd_low or 0) < float(found.cost.always_on.usd_low or 0)
