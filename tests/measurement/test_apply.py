"""A load test's result in the place of what was stated or assumed: sizes, costs, findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.compare.compare import compare
from advisor.compare.whatif import sweep
from advisor.measurement import words
from advisor.measurement.apply import measured_workload
from advisor.model.workload import Finding, Workload
from advisor.pipeline import advise
from advisor.reports import Context, renderer
from tests import strategies
from tests.load_tests import answer, job, measured, of, on, result, serverless, standing
from tests.planned import facts_of, online, setting, variant
from tests.usages import figure

# 20 requests a second at the peak; what one takes, and on what, nobody has said.
SCORING: dict[str, Any] = online(
    requests={"payload": "20 KB", "response": "4 KB", "answer": "1 s", "cold_start": "avoid"},
    traffic={"pattern": "sustained", "peak": "20/s", "volume": "20M/month"},
    model={"size": "200 MB", "memory": "1 GB", "accelerator": "none"},
    needs=["vpc"],
    region="us-east-1",
    environment="production",
)
# 9.5 and 40 a second.
LARGE, XLARGE = on("ml.m5.large", 570, 100), on("ml.c5.xlarge", 2400, 60)


def stating(**requests: Any) -> dict[str, Any]:
    return {**SCORING, "requests": {**SCORING["requests"], **requests}}


def modelled(**model: Any) -> dict[str, Any]:
    return {**SCORING, "model": {**SCORING["model"], **model}}


def texts(workload: Workload) -> dict[str, str]:
    """What was measured, by key path."""
    return {path: workload.values[path].text for path in of(workload).keys}


def rules(workload: Workload) -> dict[str, str]:
    """Severities of the findings about the measurement."""
    return {each.rule: each.severity for each in of(workload).findings}


def the(rule: str, workload: Workload) -> Finding:
    (found,) = [each for each in of(workload).findings if each.rule == rule]
    return found


# -- sizes -----------------------------------------------------------------------------------------


def test_a_measurement_takes_the_place_of_assumptions(tmp_path: Path) -> None:
    before = advise(facts_of(SCORING).workload)
    assert before.chosen is not None
    assert before.chosen.plan is not None
    assert "100 ms assumed" in setting(before.chosen.plan, "InitialInstanceCount").because
    workload = measured(tmp_path, SCORING, LARGE)
    assert texts(workload) == {
        "requests.processing.typical": "100 ms",
        "model.throughput": "9.5/s",
        "model.measured_on": "ml.m5.large",
        # 9.5/s x 0.1 s = 0.95 in progress: one at once.
        "model.concurrency": "1",
    }
    assert of(workload).findings == ()
    advice = answer(workload)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    # 9.5/s x 0.5 = 4.75/s for each instance; 20 / 4.75 = 4.2, so 5 for the rate.
    assert variant(advice.chosen.plan)["InstanceType"] == "ml.m5.large"
    assert variant(advice.chosen.plan)["InitialInstanceCount"] == 5
    because = setting(advice.chosen.plan, "InitialInstanceCount").because
    assert because.startswith("9.5/s measured on one instance, x 0.5 = 4.75/s planned for")
    assert advice.chosen.latency is not None
    assert "on measured processing times" in advice.chosen.latency.basis
    # 5 x 0.115 x 730 = 419.75, and data: 20M x 24 KB is less than 480 GB x 0.016 = 7.32 + …
    assert advice.chosen.cost is not None
    assert advice.chosen.cost.items[0].usd_low == "419.75"


def test_facts_tell_where_they_were_measured(tmp_path: Path) -> None:
    advice = answer(measured(tmp_path, SCORING, LARGE))
    facts = {each.fact: each for each in advice.decision.facts}
    assert facts["model.throughput"].origin == "measured"
    file = tmp_path / "result.json"
    because = f"on ml.m5.large by the job case-test of 2026-11-02 ({file})"
    assert facts["model.throughput"].because == because
    assert facts["traffic.peak"].origin == "stated"
    assumed = {name for name, each in facts.items() if each.origin == "assumed"}
    assert not assumed & {"requests.processing", "requests.processing.typical"}


def test_the_cheapest_fleet_is_taken(tmp_path: Path) -> None:
    # ml.m5.large: 5 x 0.115 = 0.575 an hour. ml.c5.xlarge: 40 x 0.5 = 20/s, 1 for the peak and 2 in
    # production, 2 x 0.204 = 0.408.
    workload = measured(tmp_path, SCORING, LARGE, XLARGE)
    assert standing(workload) == {"ml.m5.large": "dearer", "ml.c5.xlarge": "taken"}
    large, xlarge = of(workload).tests
    assert (large.instances, xlarge.instances) == (5, 2)
    assert large.note == "5 for the peak x 0.115 = 0.575 USD an hour"
    assert xlarge.note == "2 for the peak x 0.204 = 0.408 USD an hour"


def test_one_that_is_late_is_not_taken_while_another_is_in_time(tmp_path: Path) -> None:
    # 60 ms is late for 59 ms; 100 ms too. With 60 ms it is in time.
    slow = on("ml.c5.xlarge", 2400, 60)
    quick = on("ml.c5.4xlarge", 9000, 20)
    late = measured(tmp_path, stating(answer="59 ms"), slow, quick)
    assert standing(late) == {"ml.c5.xlarge": "slower", "ml.c5.4xlarge": "taken"}
    assert "measured-slow" not in rules(late)
    in_time = measured(tmp_path, stating(answer="60 ms"), slow, quick)
    assert standing(in_time) == {"ml.c5.xlarge": "taken", "ml.c5.4xlarge": "dearer"}


def test_nothing_in_time_is_told_and_no_conflict_of_the_file(tmp_path: Path) -> None:
    workload = measured(tmp_path, stating(answer="50 ms"), LARGE, XLARGE)
    assert standing(workload) == {"ml.m5.large": "dearer", "ml.c5.xlarge": "taken"}
    found = the("measured-slow", workload)
    assert found.severity == "warning"
    assert found.message.startswith(
        "ml.c5.xlarge took 60 ms at its highest rate, longer than requests.answer, 50 ms"
    )
    assert "conflict" not in {each.rule for each in answer(workload).findings}


def test_invocations_are_of_the_whole_endpoint(tmp_path: Path) -> None:
    # The guide's own example: 1,113 a minute for 0.69 USD an hour on three ml.c5d.xlarge, so each
    # serves 371 a minute and costs 0.23; 20 / (371 / 60 x 0.5) = 6.5.
    shown = on("ml.c5d.xlarge", 1113, 100, count=3, CostPerHour=0.6899999976158142)
    (found,) = of(measured(tmp_path, SCORING, shown)).tests
    assert found.per_second * 60 == pytest.approx(371)
    assert found.usd_per_hour == "0.23"
    assert found.instances == 7


def test_a_price_that_is_not_known_is_taken_from_the_job(tmp_path: Path) -> None:
    # No source gives a price of ml.g6e.xlarge for Cape Town.
    far = {**modelled(accelerator="gpu"), "region": "af-south-1"}
    kind = "ml.g6e.xlarge"
    document = job(
        on(kind, 6000, 20, CostPerHour=3.14159, CpuUtilization=10.0),
        JobArn="arn:aws:sagemaker:af-south-1:123456789012:inference-recommendations-job/x",
    )
    workload = measured_workload(facts_of(far).workload, [result(tmp_path, document)])
    advice = answer(workload)
    assert advice.chosen is not None
    assert advice.chosen.cost is not None
    (hours,) = [each for each in advice.chosen.cost.items if each.unit_price_usd == "3.14159"]
    assert hours.basis == "load-test"
    assert hours.source == f"CostPerHour of the job case-test in {tmp_path / 'result.json'}"
    assert hours.as_of == "2026-11-02"
    # A job of another Region says nothing of prices here.
    document["JobArn"] = "arn:aws:sagemaker:us-east-1:123456789012:inference-recommendations-job/x"
    abroad = measured_workload(facts_of(far).workload, [result(tmp_path, document)])
    assert of(abroad).tests[0].usd_per_hour is None


def test_a_known_price_goes_before_the_jobs(tmp_path: Path) -> None:
    workload = measured(tmp_path, SCORING, on("ml.m5.large", 570, 100, CostPerHour=0.2))
    assert of(workload).tests[0].note == "5 for the peak x 0.115 = 0.575 USD an hour"


# -- units -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latency", "seconds"),
    [
        (60_000, 60.0),  # one minute is what an endpoint waits for
        (60_001, 0.060001),  # longer cannot be: microseconds
        (0, 0.001),  # a whole number of milliseconds: below one
    ],
)
def test_milliseconds_unless_no_request_can_take_that_long(
    tmp_path: Path, latency: int, seconds: float
) -> None:
    # 6 requests a minute of 60 s are 6 in progress, fewer than the 21 users.
    workload = measured(tmp_path, SCORING, on("ml.m5.large", 6, latency))
    assert of(workload).tests[0].latency_s == pytest.approx(seconds)
    assert ("measured-unit" in rules(workload)) == (seconds == 0.060001)


@pytest.mark.parametrize(("invocations", "unit"), [(1260, 1000), (1261, 1_000_000)])
def test_milliseconds_unless_more_are_in_progress_than_there_are_users(
    tmp_path: Path, invocations: int, unit: int
) -> None:
    # 1,260 a minute of 1 s are 21 in progress, as many as users.
    workload = measured(tmp_path, SCORING, on("ml.m5.large", invocations, 1000))
    assert of(workload).tests[0].latency_s == 1000 / unit


@pytest.mark.parametrize(
    ("setup", "seconds"), [(9_000_000, 9.0), (100_000, 0.1), (99_999, 99.999), (0, None)]
)
def test_a_start_in_microseconds_unless_none_is_that_fast(
    tmp_path: Path, setup: int, seconds: float | None
) -> None:
    workload = measured(tmp_path, SCORING, serverless(2048, 300, 120, ModelSetupTime=setup))
    assert of(workload).tests[0].setup_s == seconds


# -- what was stated -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typical", "severity"),
    [
        ("90.9 ms", "warning"),  # 90.9 x 1.1 = 99.99
        ("91 ms", None),  # 100.1
        ("111 ms", None),  # 111 x 0.9 = 99.9
        ("112 ms", "info"),  # 100.8: the measured one is better
        ("80 ms..120 ms", None),
        ("> 1 s", "info"),
    ],
)
def test_a_usual_time_that_differs(tmp_path: Path, typical: str, severity: str | None) -> None:
    workload = measured(tmp_path, stating(processing={"typical": typical}), LARGE)
    assert rules(workload).get("measured-differs") == severity
    assert texts(workload)["requests.processing.typical"] == "100 ms"
    if severity is not None:
        found = the("measured-differs", workload)
        assert found.message == (
            f"requests.processing.typical is stated as {typical} and was measured as 100 ms on "
            "ml.m5.large"
        )


def test_the_slowest_requests_stay_as_stated_unless_the_usual_one_is_slower(tmp_path: Path) -> None:
    kept = measured(tmp_path, stating(processing="400 ms"), LARGE)
    assert kept.values["requests.processing.max"].text == "400 ms"
    assert rules(kept) == {}
    gone = measured(tmp_path, stating(processing={"p99": "90 ms", "max": "99 ms"}), LARGE)
    assert "requests.processing.p99" not in gone.values
    assert "requests.processing.max" not in gone.values
    # 90 x 1.1 = 99 is exceeded, 99 x 1.1 = 108.9 is not.
    assert the("measured-differs", gone).message.startswith("requests.processing.p99 is stated")
    word = measured(tmp_path, stating(processing="long"), LARGE)
    assert word.values["requests.processing.max"].value == "long"


@pytest.mark.parametrize(
    ("throughput", "severity"),
    [("10.5/s", None), ("10.6/s", "warning"), ("8.7/s", None), ("8.6/s", "info")],
)
def test_a_rate_that_differs(tmp_path: Path, throughput: str, severity: str | None) -> None:
    # 9.5/s: 10.5 x 0.9 = 9.45 and 10.6 x 0.9 = 9.54; 8.7 x 1.1 = 9.57 and 8.6 x 1.1 = 9.46.
    workload = measured(tmp_path, modelled(throughput=throughput), LARGE)
    assert rules(workload).get("measured-differs") == severity


def test_times_of_another_type_are_not_contradicted(tmp_path: Path) -> None:
    elsewhere = modelled(measured_on="ml.m5.4xlarge", throughput="100/s", concurrency=16)
    workload = measured(tmp_path, elsewhere, LARGE)
    found = the("measured-differs", workload)
    assert found.severity == "info"
    assert found.message.startswith("the stated times were measured on ml.m5.4xlarge")
    assert texts(workload)["model.throughput"] == "9.5/s"
    assert texts(workload)["model.concurrency"] == "1"
    here = measured(tmp_path, modelled(measured_on="ml.m5.large", concurrency=16), LARGE)
    assert here.values["model.concurrency"].text == "16"


def test_a_stated_type_is_the_only_one_that_counts(tmp_path: Path) -> None:
    named = {**SCORING, "deploy": {"instance_type": "ml.m5.large"}}
    workload = measured(tmp_path, named, LARGE, XLARGE)
    assert standing(workload) == {"ml.m5.large": "taken", "ml.c5.xlarge": "unusable"}
    none = measured(tmp_path, named, XLARGE)
    assert texts(none) == {}
    found = the("measured-elsewhere", none)
    assert "ml.c5.xlarge: deploy.instance_type names ml.m5.large" in found.message
    assert answer(none).chosen is not None


def test_a_type_that_does_not_fit_or_does_not_exist(tmp_path: Path) -> None:
    # 30 GB + 256 MB is more than 0.9 x 8 GB.
    workload = measured(tmp_path, modelled(memory="30 GB"), LARGE, on("ml.x9.large", 600, 50))
    assert standing(workload) == {"ml.m5.large": "unusable", "ml.x9.large": "unusable"}
    message = the("measured-elsewhere", workload).message
    assert "is more than 0.9 x 8 GB of memory" in message
    assert "ml.x9.large: the instance type ml.x9.large does not exist" in message


@pytest.mark.parametrize(("percent", "fires"), [(90.0, False), (90.1, True)])
def test_little_memory_left(tmp_path: Path, percent: float, fires: bool) -> None:
    workload = measured(tmp_path, SCORING, on("ml.m5.large", 570, 100, MemoryUtilization=percent))
    assert ("measured-memory" in rules(workload)) == fires


# -- another model ---------------------------------------------------------------------------------


def test_a_job_of_another_model_is_an_error_that_can_be_accepted(tmp_path: Path) -> None:
    document = job(LARGE, InputConfig={"ModelName": "other-0a1b2c3d"})
    found = result(tmp_path, document)
    workload = measured_workload(facts_of(SCORING).workload, [found])
    finding = the("measured-model", workload)
    assert finding.severity == "error"
    assert finding.file == str(tmp_path / "result.json")
    assert "measured the model other-0a1b2c3d" in finding.message
    accepted = {**SCORING, "accept": {"measured-model": "its name before the move"}}
    advice = answer(measured_workload(facts_of(accepted).workload, [found]))
    assert "measured-model" in {each.rule for each in advice.accepted}
    assert "measured-model" not in {each.rule for each in advice.findings}


@pytest.mark.parametrize("name", ["case-0a1b2c3d", "case-ffffffff", None])
def test_models_of_this_workload_and_packages_are_not(tmp_path: Path, name: str | None) -> None:
    config = {} if name is None else {"ModelName": name}
    document = job(LARGE, InputConfig=config)
    workload = measured_workload(facts_of(SCORING).workload, [result(tmp_path, document)])
    assert rules(workload) == {}


# -- serverless ------------------------------------------------------------------------------------

TOOL: dict[str, Any] = online(
    requests={"payload": "20 KB", "response": "4 KB", "cold_start": "tolerated", "answer": "10 s"},
    traffic={"pattern": "intermittent", "peak": "2/s", "volume": "10k/month"},
    model={"memory": "1 GB", "accelerator": "none"},
    region="us-east-1",
)


def test_serverless_takes_memory_time_and_start_from_the_job(tmp_path: Path) -> None:
    # 2048 MB x 0.4 s = 819 against 3072 MB x 0.25 s = 768: the larger one is the cheaper.
    workload = measured(
        tmp_path,
        TOOL,
        serverless(2048, 300, 400, ModelSetupTime=6_000_000),
        serverless(3072, 500, 250, ModelSetupTime=8_000_000),
    )
    assert standing(workload) == {"2048": "dearer", "3072": "taken"}
    advice = answer(workload)
    assert advice.decision.option == "serverless"
    assert advice.chosen is not None
    plan = advice.chosen.plan
    assert plan is not None
    assert setting(plan, "MemorySizeInMB").value == 3072
    assert figure(plan.usage, "seconds") == 0.25
    assert figure(plan.usage, "cold_start_s") == 8
    assert figure(plan.usage, "measured") is True
    # After a pause all start cold: 2/s x (8 s + 0.25 s) = 16.5 in progress at the most.
    assert (
        "2/s at the peak x (8 s start + 250 ms measured)" in setting(plan, "MaxConcurrency").because
    )
    # 10,000 x 0.25 s x 0.00006 USD a second at 3 GB = 0.15.
    assert advice.chosen.cost is not None
    assert advice.chosen.cost.items[0].usd_low == "0.15"


def test_instances_and_serverless_keep_their_own_times(tmp_path: Path) -> None:
    workload = measured(tmp_path, TOOL, serverless(2048, 300, 400), LARGE)
    assert standing(workload) == {"2048": "taken", "ml.m5.large": "taken"}
    assert texts(workload)["requests.processing.typical"] == "100 ms"
    usage = {
        each.option: each.plan.usage
        for each in answer(workload).candidates
        if each.plan is not None
    }
    assert figure(usage["serverless"], "seconds") == 0.4
    assert figure(usage["real-time"], "processing_s") == 0.1


def test_several_jobs_count_together(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first = result(tmp_path, job(LARGE))
    second = result(tmp_path / "other", job(serverless(2048, 300, 400), XLARGE, JobName="second"))
    workload = measured_workload(facts_of(TOOL).workload, [first, second])
    assert standing(workload) == {
        "ml.m5.large": "taken", "2048": "taken", "ml.c5.xlarge": "dearer",
    }  # fmt: skip
    assert words.origin(of(workload)) == (
        f"on ml.m5.large by the job case-test of 2026-11-02 ({tmp_path}/result.json) and on "
        "serverless inference with 2048 MB by the job second of 2026-11-02 "
        f"({tmp_path}/other/result.json)"
    )


def test_a_serverless_size_that_does_not_exist(tmp_path: Path) -> None:
    workload = measured(tmp_path, TOOL, serverless(2000, 300, 400), serverless(7168, 300, 400))
    assert standing(workload) == {"2000": "unusable", "7168": "unusable"}
    assert texts(workload) == {}


# -- the other commands ----------------------------------------------------------------------------


def test_a_path_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "a\x1b[31mb"
    folder.mkdir()
    advice = answer(measured(folder, SCORING, LARGE))
    for form in ("text", "markdown"):
        assert "\x1b" not in renderer(form)([advice], Context())


def test_compare_and_whatif_rest_on_it(tmp_path: Path) -> None:
    workload = measured(tmp_path, SCORING, LARGE)
    rows = {each.candidate.option: each.candidate for each in compare(answer(workload)).rows}
    assert rows["real-time"].plan is not None
    assert figure(rows["real-time"].plan.usage, "instances") == 5
    found = sweep(workload, "traffic.peak")
    (now,) = [each for each in found.points if each.value == found.current]
    low = now.costs["real-time"].low
    # The instances and less than 10 USD of data.
    assert low is not None
    assert 419.75 < low < 430


def test_a_time_that_is_swept_goes_before_the_measured_one(tmp_path: Path) -> None:
    workload = measured(tmp_path, TOOL, serverless(2048, 300, 400))
    points = sweep(workload, "requests.processing").points
    costs = [each.costs["serverless"].low for each in points if "serverless" in each.costs]
    assert len(set(costs)) > 10


# -- anything at all -------------------------------------------------------------------------------


@given(
    document=strategies.documents(),
    metrics=st.lists(
        st.tuples(
            st.sampled_from(["ml.m5.large", "ml.g5.xlarge", "ml.t2.medium", "ml.x9.large", "2048"]),
            st.integers(1, 10**6),
            st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=3,
    ),
)
@settings(max_examples=60)
def test_any_workload_takes_any_result(
    tmp_path_factory: pytest.TempPathFactory,
    document: dict[str, Any],
    metrics: list[tuple[str, int, int]],
) -> None:
    entries = [
        serverless(int(kind), rate, latency) if kind.isdecimal() else on(kind, rate, latency)
        for kind, rate, latency in metrics
    ]
    workload = strategies.read(document)
    found = measured_workload(workload, [result(tmp_path_factory.getbasetemp(), job(*entries))])
    assert {each.standing for each in of(found).tests} <= {"taken", "slower", "dearer", "unusable"}
    advice = answer(found)
    assert {each.fact for each in advice.decision.facts if each.origin == "measured"} == set(
        of(found).keys
    )
    for form in ("text", "markdown", "json"):
        assert "case-test" in renderer(form)([advice], Context())
