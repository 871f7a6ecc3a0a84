"""Costs and latencies of plans: prices by Region, what is paid for, and what is assumed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.model.errors import InputError
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from advisor.model.workload import NO_SETTINGS
from advisor.options import plan
from advisor.pricing import plan_cost as estimate
from advisor.pricing.billable_usage import charged, completed
from advisor.text.money_format import money
from tests.planned import batch, facts_of, online
from tests.usages import figure

LOADED = {
    "requests": {"payload": "1 MB", "response": "1 KB", "processing": "100 ms", "answer": "10 s"},
    "traffic": {"pattern": "sustained", "peak": "2/s", "volume": "1M/month"},
    "model": {"memory": "1 GB", "size": "500 MB"},
}


def test_prices_are_read_once_for_a_region() -> None:
    assert estimate.prices_of("eu-west-1") is estimate.prices_of("eu-west-1")
    assert estimate.prices_of("eu-west-1") is not estimate.prices_of("us-east-1")


def test_prices_are_kept_by_all_that_settings_say_of_them(tmp_path: Path) -> None:
    # 0.115 an hour, less 10 % and less 20 %.
    for discount, usd in (("10", "0.1035"), ("20", "0.092"), ("10", "0.1035"), ("", "0.115")):
        said = NO_SETTINGS._replace(discount=discount)
        found = estimate.prices_under(said, "us-east-1").lookup("hosting", "ml.m5.large")
        assert found is not None
        assert found.usd == usd
    for usd in ("0.2", "0.3"):
        entry = {"value": usd, "source": "ours", "as_of": "2026-01-01"}
        given = json.dumps({"us-east-1/hosting/ml.m5.large": entry})
        said = NO_SETTINGS._replace(prices=given)
        for own in (None, tmp_path):
            found = estimate.prices_under(said, "us-east-1", own).lookup("hosting", "ml.m5.large")
            assert found is not None
            assert found.usd == usd


def test_data_in_and_data_out_have_prices_of_their_own() -> None:
    # 1M x 1 MB are 976.5625 GB, 1M x 1 KB are 0.953674 GB.
    entries = {
        f"us-east-1/data/{way}": {"value": usd, "source": "ours", "as_of": "2026-01-01"}
        for way, usd in (("in", "0.01"), ("out", "0.5"), ("asynchronous", "0.3"))
    }
    said = NO_SETTINGS._replace(prices=json.dumps(entries))
    prices, facts = estimate.prices_under(said, "us-east-1"), facts_of(online(**LOADED))
    for option, into, out in (
        (REAL_TIME, "9.765625", "0.476837"),
        (SERVERLESS, "9.765625", "0.476837"),
        (ASYNCHRONOUS, "292.96875", "0.286102"),
    ):
        found = estimate.monthly_cost(plan(option, facts), facts, prices)
        items = {item.name: item.usd_low for item in found.items}
        assert (items["Data in"], items["Data out"]) == (into, out)


def test_without_a_region_the_reference_region_stands_for_it() -> None:
    prices = estimate.prices_of(None)
    assert (prices.region, prices.stated) == ("us-east-1", False)
    facts = facts_of(online(**LOADED))
    cost = estimate.monthly_cost(plan(REAL_TIME, facts), facts, prices)
    assert cost.notes[0] == "The Region is not stated: prices of us-east-1."
    named = estimate.prices_of("us-east-1")
    assert not any(
        "not stated" in note
        for note in estimate.monthly_cost(plan(REAL_TIME, facts), facts, named).notes
    )


def test_the_users_prices_are_told_apart_from_the_shipped_ones(tmp_path: Path) -> None:
    assert estimate.prices_of("us-east-1", tmp_path) is not estimate.prices_of("us-east-1")
    (tmp_path / "eu-west-3.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="not a price snapshot"):
        estimate.prices_of("eu-west-3", tmp_path)


def test_instances_are_priced_by_the_component_of_the_option() -> None:
    prices = estimate.prices_of("us-east-1")
    assert estimate.per_hour(REAL_TIME, prices)["ml.g6e.2xlarge"] == 2_802_600
    assert estimate.per_hour(SERVERLESS, prices) == {}
    assert estimate.per_hour(BATCH_TRANSFORM, prices)["ml.m5.xlarge"] == 230_000


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (REAL_TIME, "2 x ml.m5.large"),
        (ASYNCHRONOUS, "1 x ml.m5.large"),
        (SERVERLESS, "2048 MB, at most 4 at once"),
    ],
)
def test_what_a_plan_runs_on(option: str, words: str) -> None:
    assert estimate.in_brief(plan(option, facts_of(online(**LOADED)))) == words


def test_an_endpoint_works_through_the_records_of_a_data_set() -> None:
    # 10,000 records once a day are 304,167 a month; a traffic volume beside them is not added.
    facts = facts_of(
        batch(
            **{**LOADED, "traffic": {"volume": "5/day"}},
            dataset={"records": 10_000, "runs": "1/day", "deadline": "1 h"},
        )
    )
    found = charged(plan(REAL_TIME, facts), facts)
    assert figure(found, "requests") == pytest.approx(10_000 * 730 / 24)
    assert found.origins["requests"] == "dataset.records"
    # One instance, as for so few callers: two at once of 100 ms, at half of 20/s, take 1,000 s.
    assert figure(found, "instance_hours") == 730


def test_records_that_outgrow_the_fleet_cost_more_hours() -> None:
    # 100 M records at 10/s are 10 M s of one instance, 2,777.8 h a run and 84,490.7 h a month;
    # within 10 h of deadline 278 instances, or 202,940 h if nobody lets them go.
    facts = facts_of(
        batch(**LOADED, dataset={"records": "100M", "runs": "1/day", "deadline": "10 h"})
    )
    found = charged(plan(REAL_TIME, facts), facts)
    assert figure(found, "instance_hours") == pytest.approx([84_490.74, 278 * 730], abs=0.1)


def test_hours_of_an_unknown_speed_are_open() -> None:
    facts = facts_of(batch(dataset={"records": "100M", "runs": "1/day"}))
    found = charged(plan(REAL_TIME, facts), facts)
    low, high = figure(found, "instance_hours")
    assert low > 0
    assert high is None


def test_a_job_is_charged_as_planned() -> None:
    facts = facts_of(
        batch(dataset={"records": "1M", "runs": "1/day"}, model={"throughput": "100/s"})
    )
    made = plan(BATCH_TRANSFORM, facts)
    assert charged(made, facts) is made.usage
    assert completed(made, facts) == made.usage


@pytest.mark.parametrize("option", [ASYNCHRONOUS, REAL_TIME])
def test_only_real_time_endpoints_are_shared_by_models(option: str) -> None:
    facts = facts_of(online(**{**LOADED, "model": {"memory": "20 MB", "count": "10..20"}}))
    found = charged(plan(option, facts), facts)
    assert figure(found, "endpoints") == ([10, 20] if option == ASYNCHRONOUS else None)


def test_an_exact_number_of_models_has_as_many_endpoints() -> None:
    facts = facts_of(online(**{**LOADED, "model": {"memory": "20 MB", "count": 7}}))
    assert figure(charged(plan(ASYNCHRONOUS, facts), facts), "endpoints") == 7


def test_models_in_one_pipeline_are_one_endpoint() -> None:
    facts = facts_of(
        online(**{**LOADED, "model": {"memory": "20 MB", "count": 3}}, needs=["inference-pipeline"])
    )
    assert figure(charged(plan(ASYNCHRONOUS, facts), facts), "endpoints") is None


def test_jobs_of_several_models_share_the_work_or_repeat_it() -> None:
    facts = facts_of(
        batch(
            dataset={"records": "1M", "runs": "1/day"},
            model={"throughput": "100/s", "count": 5},
        )
    )
    found = charged(plan(BATCH_TRANSFORM, facts), facts)
    assert figure(found, "runs") == pytest.approx([730 / 24, 5 * 730 / 24])


def test_an_open_number_of_models_leaves_the_jobs_open() -> None:
    # Each of 2 or more models may have runs of its own: once a day at least, without an upper end.
    facts = facts_of(
        batch(dataset={"records": "1M", "runs": "1/day..2/day"}, model={"count": ">=2"})
    )
    low, high = figure(charged(plan(BATCH_TRANSFORM, facts), facts), "runs")
    assert (low, high) == (pytest.approx(730 / 24), None)


def test_provisioned_concurrency_is_paid_for_each_model() -> None:
    facts = facts_of(
        online(
            **{**LOADED, "model": {"memory": "20 MB", "count": 4}},
            needs=["provisioned-concurrency"],
        )
    )
    made = plan(SERVERLESS, facts)
    provisioned = figure(made.usage, "provisioned")
    assert provisioned >= 1
    assert figure(charged(made, facts), "provisioned") == 4 * provisioned


def test_what_nobody_stated_is_taken_as_the_rules_assume() -> None:
    # 20/h, 1 MB, 100 KB and 100 ms: rules/assumptions.yaml.
    facts = facts_of(online(model={"memory": "1 GB"}))
    made = plan(SERVERLESS, facts)
    assert figure(charged(made, facts), "requests") == [None, None]
    found = completed(made, facts)
    names = ("requests", "bytes_in", "bytes_out", "seconds")
    assert [figure(found, name) for name in names] == [20 * 730, 1024**2, 100 * 1024, 0.1]


def test_a_large_model_pays_for_its_volume() -> None:
    # 40 GB of archive x 1.2 = 48 GB at 0.14 on the one instance of an ml.m5 that stays.
    facts = facts_of(
        online(**{**LOADED, "model": {"size": "40 GB", "memory": "60 GB"}}, region="us-east-1",
               deploy={"instance_type": "ml.m5.12xlarge"}, environment="test")
    )  # fmt: skip
    cost = estimate.monthly_cost(plan(REAL_TIME, facts), facts, estimate.prices_of("us-east-1"))
    (volume,) = (item for item in cost.items if item.name == "Storage volumes")
    assert (volume.quantity, volume.usd_low) == ("48", "6.72")


def test_a_measured_throughput_tells_how_much_one_instance_works_on() -> None:
    facts = facts_of(
        online(
            requests={"payload": "1 KB", "processing": "6 ms", "answer": "60 ms"},
            traffic={"pattern": "sustained", "peak": "900/s", "volume": "1G/month"},
            model={"memory": "2 GB", "throughput": "900/s", "concurrency": 1},
        )
    )
    found = estimate.expected_latency(plan(REAL_TIME, facts), facts)
    assert found.basis.startswith("modelled: Erlang C")


def test_a_peak_that_follows_from_the_mean_is_told() -> None:
    peak = {"traffic": {"pattern": "sustained", "volume": "1M/month"}}
    facts = facts_of(online(**{**LOADED, **peak}))
    found = estimate.expected_latency(plan(REAL_TIME, facts), facts)
    assert "The peak rate is assumed from the mean." in found.notes
    stated = facts_of(online(**LOADED))
    found = estimate.expected_latency(plan(REAL_TIME, stated), stated)
    assert "The peak rate is assumed from the mean." not in found.notes


def test_a_range_of_times_makes_the_cost_of_serverless_a_range() -> None:
    """100,000 requests of 0.1 to 2 s at 0.00004 USD a second on 2 GB: 0.40 to 8.00 USD."""
    given = {
        "requests": {"payload": "1 KB", "response": "1 KB", "processing": "100 ms..2 s"},
        "traffic": {"volume": "100k/month"},
        "model": {"memory": "1 GB"},
    }
    facts = facts_of(online(**given))
    prices = estimate.prices_of("us-east-1")
    cost = estimate.monthly_cost(plan(SERVERLESS, facts), facts, prices)
    item = next(each for each in cost.items if each.name == "Requests 2048 MB")
    assert (item.usd_low, item.usd_high) == ("0.40", "8.00")
    assert item.quantity == "10000..200000"
    given["requests"]["processing"] = ">= 2 s"
    open_above = facts_of(online(**given))
    cost = estimate.monthly_cost(plan(SERVERLESS, open_above), open_above, prices)
    item = next(each for each in cost.items if each.name == "Requests 2048 MB")
    assert (item.usd_low, item.usd_high) == ("8.00", None)


def test_an_estimate_is_the_cost_at_the_assumed_point_and_names_what_it_rests_on() -> None:
    # Assumed: 20/h are 14,600 a month; 100 ms, 1 MB in and 100 KB out each. 2048 MB:
    # work 14,600 x 0.1 s x 0.00004 = 0.0584; in 14,600 / 1024 GB x 0.016 = 0.228125;
    # out 14,600 x 100 / 1024^2 GB x 0.016 = 0.022278; 0.308803 together.
    facts = facts_of(online(region="us-east-1", model={"memory": "1 GB"}))
    prices = estimate.prices_of("us-east-1")
    cost = estimate.monthly_cost(plan(SERVERLESS, facts), facts, prices)
    assert (cost.usd_low, cost.usd_high, cost.usd_estimate) == ("0.00", None, "0.308803")
    assert [item.usd_estimate for item in cost.items] == ["0.0584", "0.228125", "0.022278"]
    assert cost.estimate_rests_on == (
        "traffic.volume",  # all of it
        "requests.payload",  # 0.23
        "requests.processing",  # 0.06
        "requests.response",  # 0.02
    )


def test_what_is_stated_is_nothing_that_an_estimate_rests_on() -> None:
    # 2,000 a month of 10 KB in, 1 KB out: the range of the time alone leaves the cost open.
    stated = {"payload": "10 KB", "response": "1 KB", "processing": "1 s..4 s"}
    facts = facts_of(
        online(
            region="us-east-1", requests=stated, model={"memory": "1 GB"},
            traffic={"volume": "2000/month"},
        )
    )  # fmt: skip
    prices = estimate.prices_of("us-east-1")
    cost = estimate.monthly_cost(plan(SERVERLESS, facts), facts, prices)
    # A stated range is shown as one: 2,000 x 1 s x 0.00004 = 0.08 to 0.32, and 0.0003 of data.
    assert (cost.usd_estimate, cost.estimate_rests_on) == (None, ())
    assert money(cost) == "0.08-0.32"


def test_a_fleet_that_scales_is_estimated_by_the_assumed_load() -> None:
    # From zero: 20/h are awake for so long that the estimate lies between no and two instances.
    facts = facts_of(online(region="us-east-1", model={"memory": "1 GB"}, needs=["scale-to-zero"]))
    prices = estimate.prices_of("us-east-1")
    cost = estimate.monthly_cost(plan(ASYNCHRONOUS, facts), facts, prices)
    assert cost.usd_low == "0.00"
    assert 0 < float(cost.usd_estimate or 0) < 2 * 83.95 + 1
    assert cost.estimate_rests_on[:2] == ("traffic.volume", "requests.processing")


def test_a_job_of_known_records_is_estimated_by_the_assumed_time() -> None:
    # 1 M records of 100 ms, 2 at once on an ml.m5.large: 50,000 s, 300 s of start: 13.972 h; 4 runs
    # of a week in 730 h are 17.38: 13.972 x 4.345 x 0.115 = 6.98.
    facts = facts_of(
        batch(
            region="us-east-1", model={"memory": "1 GB"},
            dataset={"records": "1M", "runs": "1/week"}, deploy={"instance_type": "ml.m5.large"},
        )
    )  # fmt: skip
    prices = estimate.prices_of("us-east-1")
    made = plan(BATCH_TRANSFORM, facts)
    cost = estimate.monthly_cost(made, facts, prices)
    hours = (1e6 * 0.1 / figure(made.usage, "workers") + 300) / 3600
    assert float(cost.usd_estimate or 0) == pytest.approx(hours * 730 / 168 * 0.115, rel=1e-4)
    assert cost.estimate_rests_on == ("requests.processing",)


def test_nothing_is_estimated_where_nothing_assumed_bounds_the_cost() -> None:
    # Nothing is assumed of the records of a data set.
    facts = facts_of(batch(region="us-east-1", model={"memory": "1 GB"}))
    prices = estimate.prices_of("us-east-1")
    cost = estimate.monthly_cost(plan(BATCH_TRANSFORM, facts), facts, prices)
    assert (cost.usd_estimate, cost.estimate_rests_on) == (None, ())
    assert money(cost) == "unknown"


def test_what_no_assumption_bounds_is_what_there_is_to_state() -> None:
    # The time of a record is assumed; how often the job runs is not.
    facts = facts_of(batch(region="us-east-1", model={"memory": "1 GB"}, dataset={"records": "1M"}))
    prices = estimate.prices_of("us-east-1")
    cost = estimate.monthly_cost(plan(BATCH_TRANSFORM, facts), facts, prices)
    assert (cost.usd_estimate, cost.widest) == (None, "dataset.runs")


def test_a_model_that_does_not_fit_has_no_price() -> None:
    stated = {**LOADED, "model": {"memory": "100 GB"}, "deploy": {"instance_type": "ml.m5.large"}}
    facts = facts_of(online(**stated))
    made = plan(REAL_TIME, facts)
    assert [each.rule for each in made.findings if each.severity == "error"] == [estimate.MISFIT]
    cost = estimate.monthly_cost(made, facts, estimate.prices_of("us-east-1"))
    assert (cost.usd_low, cost.usd_high, cost.complete, cost.items) == (None, None, False, ())
    assert money(cost) == "unknown"
    assert "does not fit" in cost.notes[0]


@pytest.mark.parametrize("need", ["vpc", "model-monitor", "notifications", "canary", "kms"])
def test_what_a_need_adds_and_the_cost_does_not_count_is_named(need: str) -> None:
    def notes(**parts: object) -> str:
        facts = facts_of(online(**{**LOADED, **parts}))
        prices = estimate.prices_of("us-east-1")
        return " ".join(estimate.monthly_cost(plan(REAL_TIME, facts), facts, prices).notes)

    charges = facts_of(online()).book.feature[need].charges
    assert charges
    assert f"Not counted for what is needed: {charges}." in notes(needs=[need])
    assert charges not in notes()


def test_a_run_has_a_price_where_nothing_says_how_many_there_are() -> None:
    prices, said = estimate.prices_of("us-east-1"), {"records": "100k"}
    times = {"requests": {"processing": "100 ms"}, "model": LOADED["model"]}

    def costs(**more: str) -> tuple[str, str]:
        facts = facts_of(batch(dataset={**said, **more}, **times))
        found = estimate.monthly_cost(plan(BATCH_TRANSFORM, facts), facts, prices)
        return found.a_run, money(found)

    run, month = costs()
    assert (bool(run), month) == (True, "unknown")
    assert costs(runs="1/month") == ("", run)  # of one run a month it is the price
