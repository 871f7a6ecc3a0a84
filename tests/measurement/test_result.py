"""Reading a load test's result: every form that AWS prints, and a clear word about all else."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.measurement.result import Benchmark, read_result
from advisor.model.errors import InputError
from tests.load_tests import job, on, result, serverless

ONE = on("ml.m5.large", 570, 100, CostPerHour=0.115, CpuUtilization=85.5, MemoryUtilization=40.0)


def test_the_results_of_these_tests_have_the_shape_of_the_service() -> None:
    loaders = pytest.importorskip("botocore.loaders", reason="botocore is not installed")
    from botocore.model import ServiceModel
    from botocore.validate import ParamValidator

    model = ServiceModel(loaders.Loader().load_service_model("sagemaker", "service-2"))
    shape: Any = model.operation_model("DescribeInferenceRecommendationsJob").output_shape
    found = job(ONE, serverless(2048, 300, 120, ModelSetupTime=9_000_000))
    report = ParamValidator().validate(found, shape)
    assert not report.has_errors(), report.generate_report()


def test_what_is_read(tmp_path: Path) -> None:
    cold = serverless(2048, 300, 120, ModelSetupTime=9_000_000)
    found = result(tmp_path, job(ONE, cold))
    assert found.job == "case-test"
    assert found.date == "2026-11-02"
    assert found.region == "us-east-1"
    assert found.model == "case-0a1b2c3d"
    assert found.users == 21  # 7 steps of 3
    assert found.benchmarks == (
        Benchmark(
            instance_type="ml.m5.large",
            instances=1,
            memory_mb=None,
            invocations=570,
            latency=100,
            setup=None,
            usd_per_hour=0.115,
            cpu_percent=85.5,
            memory_percent=40.0,
        ),
        Benchmark(
            instance_type="",
            instances=1,
            memory_mb=2048,
            invocations=300,
            latency=120,
            setup=9_000_000,
            usd_per_hour=None,
            cpu_percent=None,
            memory_percent=None,
        ),
    )


def test_what_the_guide_prints_is_read(tmp_path: Path) -> None:
    # The guide's example names MaximumInvocations and a serverless MemorySizeInMb; its times are
    # numbers. 1664924208 s are the 4th of October 2022.
    shown = on("ml.c5d.xlarge", 1, 171, count=3)
    shown["Metrics"]["MaximumInvocations"] = 1113
    small = serverless(1024, 1, 1)
    del small["EndpointConfiguration"]["ServerlessConfig"]["MemorySizeInMB"]
    small["EndpointConfiguration"]["ServerlessConfig"]["MemorySizeInMb"] = 3072
    document = job(shown, small, CompletionTime=None, LastModifiedTime=1664924208.291)
    found = result(tmp_path, document)
    assert found.date == "2022-10-04"
    assert [each.invocations for each in found.benchmarks] == [1113, 1]
    assert found.benchmarks[0].instances == 3
    assert found.benchmarks[1].memory_mb == 3072


def test_what_is_not_available_is_nan_or_missing(tmp_path: Path) -> None:
    text = json.dumps(job(ONE)).replace("85.5", "NaN").replace("40.0", "NaN")
    (found,) = result(tmp_path, text).benchmarks
    assert (found.cpu_percent, found.memory_percent) == (None, None)
    failed = on("ml.c5.large", 0, 0)
    silent = on("ml.r5.large", 1, 1)
    del silent["Metrics"]
    assert len(result(tmp_path, job(ONE, failed, silent)).benchmarks) == 1


@pytest.mark.parametrize(
    ("pattern", "users"),
    [
        # Each phase ends with its first users and SpawnRate more each minute: 1 + 3 x 10 = 31.
        (
            [
                {"InitialNumberOfUsers": 1, "SpawnRate": 1, "DurationInSeconds": 120},
                {"InitialNumberOfUsers": 1, "SpawnRate": 3, "DurationInSeconds": 600},
            ],
            31,
        ),
        ([{"InitialNumberOfUsers": 1, "SpawnRate": 1}], None),
        (["fast"], None),
        ([], None),
    ],
)
def test_most_users_of_phases(tmp_path: Path, pattern: Any, users: int | None) -> None:
    config = {"TrafficPattern": {"TrafficType": "PHASES", "Phases": pattern}}
    assert result(tmp_path, job(ONE, InputConfig=config)).users == users


@pytest.mark.parametrize(
    ("times", "date"),
    [
        (("2026-11-02T10:00:00Z", 1664924208, 1664924208), "2026-11-02"),
        (("yesterday", 1664924208.5, None), "2022-10-04"),
        ((None, None, "2021-12-01 19:38:30.957000+00:00"), "2021-12-01"),
        ((1e30, -1e30, float("inf")), ""),
        ((0, "1999-12-31", True), ""),  # before there were such jobs
        (([], {}, None), ""),
    ],
)
def test_the_day_of_a_job(tmp_path: Path, times: tuple[Any, ...], date: str) -> None:
    names = ("CompletionTime", "LastModifiedTime", "CreationTime")
    document = job(ONE, **dict(zip(names, times, strict=True)))
    assert result(tmp_path, document).date == date


@pytest.mark.parametrize("config", [{}, {"TrafficPattern": 7}, {"TrafficPattern": {"Phases": 7}}])
def test_a_job_without_a_traffic_pattern_bounds_no_users(tmp_path: Path, config: Any) -> None:
    assert result(tmp_path, job(ONE, InputConfig=config)).users is None


def test_whole_numbers_may_be_written_as_fractions(tmp_path: Path) -> None:
    (found,) = result(tmp_path, changed("MaxInvocations", "Metrics", 570.0)).benchmarks
    assert found.invocations == 570


def without(name: str, inside: str) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(ONE))
    del changed[inside][name]
    return job(changed)


def changed(name: str, inside: str, value: Any) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(json.dumps(ONE))
    entry[inside][name] = value
    return job(entry)


PLACE = "InferenceRecommendations[0]"
REFUSED = {
    "no JSON": ("JobName: x", "this is not JSON"),
    "no object": ([job(ONE)], "this is not a JSON object"),
    "an endless list": ("[" * 100_000, "this is not JSON"),
    "another answer": ({"EndpointName": "x"}, "this is not the result of an inference"),
    "a request": (job(ONE, Status=None), "this is not the result of an inference"),
    "no name": (job(ONE, JobName="-x"), "this is not the result of an inference"),
    "running": (
        job(ONE, Status="IN_PROGRESS"),
        "the job case-test has not ended: its Status is IN_PROGRESS",
    ),
    "failed": (
        job(Status="FAILED", FailureReason="The role cannot be assumed."),
        "the job case-test gave no result: its Status is FAILED: The role cannot be assumed.",
    ),
    "stopped": (job(ONE, Status="STOPPED"), "gave no result: its Status is STOPPED"),
    "nothing": (job(InferenceRecommendations=None), "InferenceRecommendations is missing"),
    "an empty list": (
        job(),
        "InferenceRecommendations is an empty list",
    ),
    "an endpoint": (
        job(
            InferenceRecommendations=None,
            EndpointPerformances=[{"Metrics": {"MaxInvocations": 184, "ModelLatency": 1312}}],
        ),
        "the job measured an existing endpoint, and its result names no instance type",
    ),
    "an entry that is none": (job("x"), f"{PLACE} is 'x'; expected an object"),
    "nothing served": (
        without("MaxInvocations", "Metrics"),
        "no entry of InferenceRecommendations has both MaxInvocations and ModelLatency",
    ),
    "metrics that are none": (
        job({**ONE, "Metrics": [1]}),
        f"{PLACE}.Metrics is a list; expected an object",
    ),
    "invocations in words": (
        changed("MaxInvocations", "Metrics", "many"),
        f"{PLACE}.Metrics.MaxInvocations is 'many'; expected a whole number from 0 to 2147483647",
    ),
    "a negative time": (
        changed("ModelLatency", "Metrics", -1),
        f"{PLACE}.Metrics.ModelLatency is -1; expected a whole number",
    ),
    "half a request": (
        changed("MaxInvocations", "Metrics", 0.5),
        f"{PLACE}.Metrics.MaxInvocations is 0.5; expected a whole number",
    ),
    "a yes": (
        changed("MaxInvocations", "Metrics", value=True),
        f"{PLACE}.Metrics.MaxInvocations is a yes or no",
    ),
    "more than the API can say": (
        changed("MaxInvocations", "Metrics", 10**30),
        f"{PLACE}.Metrics.MaxInvocations is a huge number",
    ),
    "no type": (
        without("InstanceType", "EndpointConfiguration"),
        f"{PLACE}.EndpointConfiguration.InstanceType is missing; expected a type",
    ),
    "a type that is none": (
        changed("InstanceType", "EndpointConfiguration", "large"),
        f"{PLACE}.EndpointConfiguration.InstanceType is 'large'",
    ),
    "a serverless size in words": (
        changed("ServerlessConfig", "EndpointConfiguration", {"MemorySizeInMB": "2 GB"}),
        f"{PLACE}.EndpointConfiguration.ServerlessConfig.MemorySizeInMB is '2 GB'",
    ),
    "a model name that is none": (
        job(ONE, InputConfig={"ModelName": 7}),
        "InputConfig.ModelName is 7; expected a text",
    ),
    "too large": (" " * (1024 * 1024 + 1), "the file is larger than 1 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_where_and_what_to_do(tmp_path: Path, name: str) -> None:
    document, message = REFUSED[name]
    with pytest.raises(InputError) as caught:
        result(tmp_path, document)
    assert caught.value.message.startswith(message) or message in caught.value.message
    assert caught.value.file == str(tmp_path / "result.json")
    assert caught.value.hint or name == "too large"


@pytest.mark.parametrize("path", ["missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="the result cannot be read"):
        read_result(str(tmp_path / path))


def test_a_place_in_what_is_not_json(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        result(tmp_path, '{\n "JobName": x}')
    assert (caught.value.line, caught.value.column) == (2, 13)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMED = (
    "JobName", "Status", "InputConfig", "InferenceRecommendations", "CompletionTime", "JobArn",
)  # fmt: skip


@given(
    changes=st.dictionaries(st.sampled_from(NAMED), VALUES),
    metrics=st.dictionaries(
        st.sampled_from(
            ["MaxInvocations", "ModelLatency", "CostPerHour", "MemoryUtilization", "ModelSetupTime"]
        ),
        VALUES,
    ),
    where=st.dictionaries(
        st.sampled_from(["InstanceType", "InitialInstanceCount", "ServerlessConfig"]), VALUES
    ),
)
def test_any_json_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    changes: dict[str, Any],
    metrics: dict[str, Any],
    where: dict[str, Any],
) -> None:
    entry = {
        **ONE,
        "Metrics": {**ONE["Metrics"], **metrics},
        "EndpointConfiguration": {**ONE["EndpointConfiguration"], **where},
    }
    document = {**job(entry), **changes}
    with contextlib.suppress(InputError):
        assert result(tmp_path_factory.getbasetemp(), document).benchmarks


@given(text=st.text() | VALUES.map(json.dumps))
def test_any_text_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with pytest.raises(InputError):
        result(tmp_path_factory.getbasetemp(), text)
