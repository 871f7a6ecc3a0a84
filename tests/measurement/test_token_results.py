"""Results of load tests of language models: read, held against the model, and in its place.

The files under tests/data follow AIPerf's description of profile_export_aiperf.json
(docs.nvidia.com/aiperf/reference/json-export-schema) and vllm/benchmarks/serve.py; their figures
are made up: 18 requests in progress of 12 s each are 1.5 a second.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.measurement.apply import measured_workload
from advisor.measurement.result import read_result
from advisor.measurement.words import beside_model
from advisor.model.errors import InputError
from advisor.model.workload import TokenTimes, Workload
from advisor.pipeline import advise
from advisor.rulebook.load import load
from tests.load_tests import of, result
from tests.planned import facts_of, online, value

DATA = Path(__file__).parent.parent / "data"
AIPERF, VLLM = DATA / "aiperf.json", DATA / "vllm-bench.json"
BOTH = pytest.mark.parametrize("path", [AIPERF, VLLM])


def chat(**model: Any) -> dict[str, Any]:
    return online(
        region="us-east-1",
        requests={"streaming": True, "tokens": {"input": "1k", "output": 300}},
        traffic={"peak": "2/s"},
        model={"id": "Qwen/Qwen3-8B", "engine": "vllm", **model},
    )


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def measured(path: Path, **model: Any) -> Workload:
    stated = facts_of(chat(**model)).workload
    return measured_workload(stated, [read_result(str(path))])


def times(request_s: float) -> TokenTimes:
    """Those of both files."""
    return TokenTimes(
        per_second=1.5,
        request_s=request_s,
        first_token_s=0.62,
        per_token_s=0.038,
        given=1000.0,
        written=300.0,
    )


# -- reading -------------------------------------------------------------------------------------


def test_aiperf() -> None:
    found = read_result(str(AIPERF))
    (one,) = found.benchmarks
    assert (found.job, found.date) == ("AIPerf", "2026-11-30")
    assert one.tokens == times(12.0)
    assert one.tokens.in_flight == 18.0


def test_vllm() -> None:
    found = read_result(str(VLLM))
    (one,) = found.benchmarks
    assert (found.job, found.date) == ("vllm-bench", "2026-11-30")
    # Without --percentile-metrics e2el: the first token and 299 more make 11.982 s.
    assert one.tokens == times(0.62 + 299 * 0.038)


def test_vllm_with_the_time_of_whole_requests(tmp_path: Path) -> None:
    (one,) = result(tmp_path, {**document(VLLM), "mean_e2el_ms": 12500.0}).benchmarks
    assert one.tokens is not None
    assert one.tokens.request_s == 12.5


def test_records_of_older_aiperf(tmp_path: Path) -> None:
    (one,) = result(tmp_path, {"records": document(AIPERF)}).benchmarks
    assert one.tokens is not None
    assert one.tokens.per_second == 1.5


@pytest.mark.parametrize("unit", ["s", "sec"])
def test_units_count(tmp_path: Path, unit: str) -> None:
    changed = {**document(AIPERF), "time_to_first_token": {"unit": unit, "avg": 0.5}}
    (one,) = result(tmp_path, changed).benchmarks
    assert one.tokens is not None
    assert one.tokens.first_token_s == 0.5


NEEDED = {
    AIPERF: (
        *("request_throughput", "request_latency", "time_to_first_token"),
        *("inter_token_latency", "input_sequence_length", "output_sequence_length"),
    ),
    VLLM: (
        *("request_throughput", "mean_ttft_ms", "mean_tpot_ms", "completed"),
        *("total_input_tokens", "total_output_tokens"),
    ),
}
WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=5),
    st.sampled_from([0, -1, float("nan"), float("inf"), 1e30, [], [1], {}, {"avg": 1}]),
    st.fixed_dictionaries(
        {"unit": st.sampled_from(["ms", "", 3]), "avg": st.sampled_from([0, ""])}
    ),
)


@BOTH
@given(data=st.data())
def test_what_is_malformed_is_named(
    tmp_path_factory: pytest.TempPathFactory, path: Path, data: st.DataObject
) -> None:
    """Each figure that is missing or no number is an error with the file and the key."""
    key = data.draw(st.sampled_from(NEEDED[path]))
    changed = {**document(path), key: data.draw(WRONG)}
    with pytest.raises(InputError) as raised:
        result(tmp_path_factory.mktemp("result"), changed)
    assert raised.value.file.endswith("result.json")
    assert raised.value.hint
    if key != "request_throughput":
        assert key in raised.value.message


@pytest.mark.parametrize("key", NEEDED[AIPERF])
def test_an_unknown_unit(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match=rf"{key}.unit is 'parsecs'; expected"):
        result(tmp_path, {**document(AIPERF), key: {"unit": "parsecs", "avg": 1.0}})


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("InProgress", "the job bench has not ended: its Status is InProgress"),
        ("Failed", "the job bench gave no result: its Status is Failed: no quota"),
        ("Completed", "the figures of the job bench are in a file below s3://bucket/out/"),
    ],
)
def test_the_description_of_a_job(tmp_path: Path, status: str, message: str) -> None:
    described = {
        "AIBenchmarkJobName": "bench",
        "AIBenchmarkJobStatus": status,
        "FailureReason": "no quota",
        "OutputConfig": {"S3OutputLocation": "s3://bucket/out/"},
    }
    with pytest.raises(InputError) as raised:
        result(tmp_path, described)
    assert raised.value.message == message


# -- in place of the model -----------------------------------------------------------------------


@BOTH
def test_measured_values_replace_modelled_ones(path: Path) -> None:
    workload = measured(path)
    assert workload.values["model.throughput"].text == "1.5/s"
    assert workload.values["model.measured_on"].text == "ml.g5.2xlarge"
    advice = advise(workload)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    # 1.5/s x 0.9 = 1.35/s planned for; 2 / 1.35 = 1.5 -> 2.
    assert value(advice.chosen.plan, "InitialInstanceCount") == 2
    told = Facts(load(), workload).workload.modelled
    assert told is not None
    assert told.on is not None
    assert (told.on.first_token_s, told.on.first_token) == (0.62, (0.62, 0.62))
    assert told.on.per_token_s == 0.038
    origins = {each.fact: each.origin for each in advice.decision.facts}
    assert origins["requests.processing.typical"] == "measured"
    assert {"conflict", "measured-differs"}.isdisjoint(each.rule for each in advice.findings)


@BOTH
def test_measured_over_modelled(path: Path) -> None:
    (test,) = of(measured(path)).tests
    assert test.tokens is not None
    assert test.modelled is not None
    text = beside_model(test)
    assert text.startswith("measured over modelled, 18 in flight: TTFT 620 ms / ")
    for name, own, told in (
        ("TTFT", test.tokens.first_token_s, test.modelled.first_token_s),
        ("TPOT", test.tokens.per_token_s, test.modelled.per_token_s),
        ("answer", test.tokens.request_s, test.modelled.request_s),
        ("rate", test.tokens.per_second, test.modelled.per_second),
    ):
        assert f"{name} " in text
        assert f"= {own / told:.2f}" in text


def test_another_type_is_not_held_against_the_model() -> None:
    workload = measured(AIPERF, measured_on="ml.g6e.xlarge")
    (test,) = of(workload).tests
    assert test.instance_type == "ml.g6e.xlarge"
    assert test.modelled is not None  # of that type


def test_the_type_must_be_known() -> None:
    stated = facts_of(online(model={"size": "1 GB"})).workload
    with pytest.raises(InputError, match="does not say which instance type"):
        measured_workload(stated, [read_result(str(AIPERF))])
