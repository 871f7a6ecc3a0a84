"""What a named model tells of a workload before the decision; what is stated goes before it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.model.advice import Advice, Plan
from advisor.model.workload import Interval, Modelled, OnType, Workload
from advisor.pipeline import advise
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.workload.model_files import known_models
from tests.strategies import read

_8B = "meta-llama/Llama-3.1-8B-Instruct"
_MIB = 1024 * 1024


def document(
    model: dict[str, Any], traffic: dict[str, Any] | None = None, **requests: Any
) -> dict[str, Any]:
    return {
        "name": "chat",
        "region": "us-east-1",
        "requests": {"arrival": "online", **requests},
        **({"traffic": traffic} if traffic else {}),
        "model": model,
    }


def facts_of(*said: Any, **requests: Any) -> Facts:
    return Facts(load(), read(document(*said, **requests)))


def on(facts: Facts) -> OnType:
    assert facts.workload.modelled is not None
    assert facts.workload.modelled.on is not None
    return facts.workload.modelled.on


def placed(advice: Advice) -> tuple[Modelled, OnType]:
    assert advice.model is not None
    assert advice.model.on is not None
    return advice.model, advice.model.on


def plan_of(advice: Advice) -> Plan:
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    return advice.chosen.plan


def tokens(given: Any = 512, written: Any = 256) -> dict[str, Any]:
    return {"input": given, "output": written}


# -- by hand -------------------------------------------------------------------------------------


def test_weights_type_and_times_follow_from_the_id() -> None:
    # 8,030,261,248 parameters x 2 bytes are 16,060,522,496 bytes; the cache takes 2 x 8 x 128 x 2
    # bytes in each of 32 layers = 131,072 a token. On one A10G 40.1 requests of 768 tokens fit, and
    # one alone takes 7.74 s: the tables of the design.
    facts = facts_of({"id": _8B}, {"peak": "1/s"}, tokens=tokens())
    told = facts.workload.modelled
    assert told is not None
    assert (told.weights, told.kv_per_token) == (16_060_522_496, 131_072)
    assert (told.precision, told.context) == ("bf16", 768)
    assert facts.taken("model.accelerator") == "gpu"
    assert facts.taken("model.parameters") == 8_030_261_248
    a10g = facts_of({"id": _8B, "measured_on": "ml.g5.2xlarge"}, {"peak": "1/min"}, tokens=tokens())
    assert on(a10g).holds == 40
    assert on(a10g).request_s == pytest.approx(7.74, rel=0.01)


def test_the_load_settles_where_the_design_says() -> None:
    # One A10G at 1/s: 9.43 in flight, 35.1 ms a token, 476 ms to the first; 2.68/s at the most.
    workload = document({"id": _8B}, {"peak": "1/s"}, tokens=tokens()) | {
        "environment": "test",
        "deploy": {"instance_type": "ml.g5.2xlarge"},
    }
    found = on(Facts(load(), read(workload)))
    assert (found.instances, found.tensor_parallel, found.copies) == (1, 1, 1)
    assert found.in_flight == pytest.approx(9.43, rel=0.01)
    assert found.per_token_s == pytest.approx(0.0351, rel=0.01)
    assert found.first_token_s == pytest.approx(0.476, rel=0.01)
    assert found.highest_per_s == pytest.approx(2.68, rel=0.01)


def test_processing_is_an_interval_around_its_middle() -> None:
    facts = facts_of({"id": _8B}, {"peak": "1/s"}, tokens=tokens())
    middle, time = facts.taken("requests.processing"), facts.interval("requests.processing")
    assert time is not None
    assert time.low == pytest.approx(middle / 1.75, rel=0.01)
    assert time.high == pytest.approx(middle * 1.75, rel=0.01)
    assert middle == pytest.approx(on(facts).request_s * 1e6, rel=0.01)


def test_without_tokens_an_answer_of_250_is_assumed_and_named() -> None:
    advice = advise(read(document({"id": _8B}, {"peak": "1/s"})))
    listed = {each.fact: (each.value, each.origin) for each in advice.decision.facts}
    assert listed["requests.tokens.input"] == ("500", "assumed")
    assert listed["requests.tokens.output"] == ("250", "assumed")
    assert listed["requests.processing"][1] == "derived"
    assert plan_of(advice).rests_on == ("requests.tokens.input", "requests.tokens.output")


def test_a_limit_inside_the_interval_is_a_decisive_unknown() -> None:
    # 2,000 tokens at about 30 ms are 60 s: the limit of a synchronous call lies in the interval.
    advice = advise(read(document({"id": _8B}, {"peak": "1/min"}, tokens=tokens(512, 1500))))
    assert "requests.processing" in [each.fact for each in advice.decision.unknowns]
    assert all(each.severity != "error" for each in advice.findings)


def test_a_first_token_is_judged() -> None:
    kept = advise(
        read(
            document(
                {"id": _8B}, {"peak": "1/s"}, streaming=True, tokens=tokens(), first_byte="1 s"
            )
        )
    )
    assert "first-byte-unchecked" not in [each.rule for each in kept.findings]
    missed = advise(
        read(
            document(
                {"id": _8B}, {"peak": "1/s"}, streaming=True, tokens=tokens(), first_byte="5 ms"
            )
        )
    )
    assert "target-missed" in [each.rule for each in missed.findings]


def test_a_model_that_nothing_holds_has_no_option_and_a_precision_that_helps() -> None:
    # 405B x 2 bytes are 756 GiB, more than the devices of any type that Paris has.
    said = document(
        {"id": "meta-llama/Llama-3.1-405B-Instruct", "size": "1 GB", "startup": "5 min"}
    )
    advice = advise(read({**said, "region": "eu-west-3"}))
    assert advice.decision.status == "none-fits"
    assert advice.chosen is None
    assert {each.standing.standing for each in advice.candidates} == {"ruled-out"}
    reason = advice.candidates[0].standing.reasons[0].text
    assert "no type that is sold in eu-west-3 has 796.2 GB" in reason
    assert reason.endswith("sells ml.p5en.48xlarge")  # eight of 141 GB, in another Region
    (fix,) = advice.decision.fixes
    assert advise(read({**said, fix.changes[0].fact: fix.changes[0].to})).chosen is not None


def test_a_stated_number_far_from_the_model_is_a_conflict() -> None:
    said = {"id": _8B, "parameters": "70B"}
    advice = advise(read(document(said, {"peak": "1/s"}, tokens=tokens())))
    assert [each.severity for each in advice.findings if each.rule == "conflict"] == ["warning"]
    near = advise(read(document({"id": _8B, "parameters": "8B"}, {"peak": "1/s"})))
    assert "conflict" not in [each.rule for each in near.findings]


_OF_8B = {"id": _8B}


@pytest.mark.parametrize(
    "model",
    [
        *(
            {"kind": each, "size": "400 MB"}
            for each in ("speech", "diffusion", "forecast", "vision")
        ),
        {"id": "openai/whisper-large-v3"},
        {"id": "google-t5/t5-base"},
        {"framework": "vllm", "accelerator": "none", "parameters": "1B"},
        {**_OF_8B, "accelerator": "none"},
        {**_OF_8B, "accelerator": "neuron"},
    ],
    ids=str,
)
@pytest.mark.parametrize("arrival", ["online", "batch"])
def test_no_usual_time_stands_for_a_model_without_a_formula(
    model: dict[str, Any], arrival: str
) -> None:
    said = document(model, {"peak": "5/s"} if arrival == "online" else None)
    said["requests"]["arrival"] = arrival
    if arrival == "batch":
        said["dataset"] = {"records": "1M", "deadline": "12 h", "runs": "1/day"}
    advice = advise(read(said))
    assert facts_of(model).workload.untimed
    assert advice.chosen is not None
    assert advice.chosen.cost is not None
    assert (advice.chosen.cost.usd_low, advice.chosen.cost.usd_high) == (None, None)
    plan = plan_of(advice)
    assert (plan.sized, plan.rests_on) == ("not-sized", ("requests.processing",))
    assert not any("100 ms" in each.because for each in plan.settings)
    told = [each for each in advice.decision.facts if each.fact == "requests.processing"]
    assert all(each.origin == "derived" and str(each.value).startswith(">=") for each in told)
    (found,) = (each for each in advice.findings if each.rule == "model-speed-unknown")
    assert found.severity == "warning"
    assert "--artifact inference-recommendations-job" in found.fix
    said["requests"]["processing"] = "2 s"
    timed = advise(read(said))
    assert plan_of(timed).sized != "not-sized"
    assert "model-speed-unknown" not in [each.rule for each in timed.findings]


def test_models_of_tables_are_assumed_to_be_quick() -> None:
    # 50/s x 10 ms / 2 at once are 0.25 of an instance, half of it planned for: 1, for 2 zones 2.
    advice = advise(read(document({"kind": "xgboost", "size": "20 MB"}, {"peak": "50/s"})))
    (fact,) = (each for each in advice.decision.facts if each.fact == "requests.processing")
    assert (fact.value, fact.origin) == ("10 ms", "assumed")
    assert plan_of(advice).rests_on == ("requests.processing",)
    assert plan_of(advice).usage.count.low == 2  # type: ignore[union-attr]
    job = document({"kind": "xgboost"})
    job["requests"]["arrival"] = "batch"
    job["dataset"] = {"records": "1M", "deadline": "12 h", "runs": "1/day"}
    cost = advise(read(job)).chosen.cost  # type: ignore[union-attr]
    assert cost is not None
    assert cost.usd_estimate is not None
    assert cost.estimate_rests_on == ("requests.processing",)


def test_a_server_that_reads_prompts_first_answers_later() -> None:
    first = {
        engine: on(
            facts_of(
                {"id": _8B, "engine": engine, "measured_on": "ml.g5.2xlarge"},
                {"peak": "1/s"},
                tokens=tokens(),
            )
        )
        for engine in ("vllm", "sglang")
    }
    assert first["sglang"].first_token_s > 1.2 * first["vllm"].first_token_s
    assert first["sglang"].first_token[1] == pytest.approx(2.6 * first["sglang"].first_token_s)


def test_nothing_is_told_of_a_workload_without_a_model() -> None:
    assert facts_of({"size": "400 MB", "framework": "xgboost"}).workload.modelled is None
    assert facts_of({"parameters": "900M"}).workload.modelled is None


# -- the trials ----------------------------------------------------------------------------------


def test_an_8b_model_with_only_parameters_gets_a_gpu_that_holds_it() -> None:
    said = {"parameters": "8B", "precision": "bf16", "framework": "vllm"}
    advice = advise(
        read(document(said, {"pattern": "intermittent", "peak": "2/s"}, streaming=True))
    )
    _, found = placed(advice)
    assert found.instance_type in ("ml.g6.2xlarge", "ml.g5.2xlarge")
    assert found.request_s > 2


def test_a_70b_model_gets_several_devices_and_both_time_outs() -> None:
    advice = advise(read(document({"parameters": "70B", "framework": "vllm"}, streaming=True)))
    _, found = placed(advice)
    assert found.tensor_parallel > 1
    (config,) = [
        each.parameters
        for each in plan_of(advice).requests
        if each.operation == "CreateEndpointConfig"
    ]
    (variant,) = config["ProductionVariants"]
    # 130 GiB in S3 at 98 MB/s are 24 min, and 200 s and their reading at 213 MB/s less than 15.
    assert 840 <= variant["ContainerStartupHealthCheckTimeoutInSeconds"] <= 900
    assert variant["ModelDataDownloadTimeoutInSeconds"] >= 1400


def test_scale_to_zero_takes_the_same_type() -> None:
    said = document({"parameters": "32B", "accelerator": "gpu"})
    zero: dict[str, Any] = {"needs": ["scale-to-zero"]}
    found = [placed(advise(read({**said, **each})))[1] for each in (zero, {})]
    assert found[0].instance_type == found[1].instance_type


def test_requests_in_progress_are_divided_by_what_the_cache_holds() -> None:
    # 41 requests of 750 tokens fit on 24 GB beside 15 GiB of weights: 50 / (41 x 0.9) = 2 copies.
    said = {"size": "16GB", "framework": "huggingface", "accelerator": "gpu", "parameters": "8B"}
    workload = document(
        said, {"concurrent": 50}, payload="4 KB", processing="5s..10s", streaming=True
    )
    advice = advise(read(workload))
    told, found = placed(advice)
    assert told.precision == "bf16"
    assert found.instances == 2
    assert "fp32" not in str(advice.decision.facts)


# -- for every model and load --------------------------------------------------------------------

_IDS = tuple(each for each in known_models().ids if known_models().find(each).geometry.generates)
_loads = st.one_of(
    st.none(),
    st.integers(1, 2000).map(lambda rate: {"peak": f"{rate}/min"}),
    st.integers(1, 3000).map(lambda count: {"concurrent": count}),
)


@given(
    st.sampled_from(_IDS),
    st.sampled_from([None, "fp8", "int4", "bf16"]),
    st.tuples(st.integers(1, 1000), st.integers(1, 1000)),
    _loads,
    st.sampled_from([{}, {"first_byte": "800 ms", "streaming": True}, {"answer": "20 s"}]),
)
def test_every_type_that_is_taken_holds_the_model(
    name: str, precision: str | None, counts: tuple[int, int], traffic: Any, targets: Any
) -> None:
    longest = known_models().find(name).geometry.context
    counts = (counts[0], min(counts[1], longest - counts[0])) if longest else counts
    model = {"id": name, **({"precision": precision} if precision else {})}
    workload = read(document(model, traffic, tokens=tokens(*counts), **targets))
    advice = advise(workload)
    told = advice.model
    assert told is not None
    if told.on is None:
        assert told.held is False
        assert advice.decision.option is None
        return
    instance = knowledge(load().raw).catalogue.types[told.on.instance_type]
    assert instance.accelerator == "gpu"
    assert told.on.tensor_parallel * told.on.copies <= (instance.accelerator_count or 0)
    assert told.weights <= told.on.copies * 0.95 * instance.accelerator_total_mib * _MIB
    assert told.weights <= (instance.memory_mib or 0) * _MIB
    for middle, (low, high) in (
        (told.on.first_token_s, told.on.first_token),
        (told.on.per_token_s, told.on.per_token),
        (told.on.modelled_s, told.on.request),
    ):
        assert low <= middle <= high
    assert all(each.rule != "instance-too-small" for each in advice.findings)


@given(st.integers(1, 4000), st.integers(1, 4000), st.integers(10, 3000), st.integers(10, 3000))
def test_more_traffic_and_longer_answers_take_no_fewer_instances(
    one: int, other: int, short: int, long: int
) -> None:
    rates, lengths = sorted((one, other)), sorted((short, long))
    model = {"id": _8B, "measured_on": "ml.g6e.xlarge"}
    found = [
        on(facts_of(model, {"peak": f"{rate}/min"}, tokens=tokens(500, written))).instances
        for rate, written in (
            (rates[0], lengths[0]),
            (rates[1], lengths[0]),
            (rates[1], lengths[1]),
        )
    ]
    assert found == sorted(found)


@given(st.integers(1_000, 600_000), st.integers(1_000, 600_000))
def test_more_parameters_take_no_less_time_or_memory(one: int, other: int) -> None:
    small, large = sorted((one, other))
    times = []
    for millions in (small, large):
        facts = facts_of({"parameters": f"{millions}M", "measured_on": "ml.p5en.48xlarge"})
        told = facts.workload.modelled
        if told is None or told.on is None:
            return
        times.append((told.weights, told.on.highest_per_s))
    assert times[0][0] <= times[1][0]


_STATED = {
    "requests.processing": "3 s",
    "model.startup": "4 min",
    "model.concurrency": "8",
    "model.throughput": "2/s",
    "model.memory": "20 GB",
    "model.accelerator_memory": "30 GB",
    "model.size": "16 GB",
}


@given(st.lists(st.sampled_from(sorted(_STATED)), unique=True))
def test_what_is_stated_stays(paths: list[str]) -> None:
    changes = tuple((path, _STATED[path]) for path in paths)
    stated = read(document({"id": _8B}, {"peak": "2/s"}, tokens=tokens()), changes=changes)
    facts = Facts(load(), stated)
    told = facts.workload.modelled
    assert told is not None
    assert not told.derived.keys() & set(paths)
    for path in paths:
        assert facts.workload.values[path] is stated.values[path]
    assert facts.workload.as_stated.values == stated.values
    advise(stated)


def test_what_is_told_is_told_anew() -> None:
    first = facts_of({"id": _8B}, {"peak": "1/s"}, tokens=tokens())
    more = Interval(*(60 * end for end in first.workload.values["traffic.peak"].value))
    values = {**first.workload.values}
    values["traffic.peak"] = values["traffic.peak"]._replace(value=more)
    again: Workload = first.workload._replace(values=values)
    assert on(Facts(load(), again)).instances > on(first).instances


@pytest.mark.parametrize(
    ("peak", "accelerator", "taken"),
    [
        # bge-large takes about 3.7 s of a vCPU and 22 ms of a T4 for 300 tokens. Half used at 200/s
        # that is 744 instances of two vCPUs, or 9 with a T4: 76 against 7 USD an hour.
        ("200/s", None, "gpu"),
        ("200/s", "none", "none"),  # what is stated stays
        # One every ten seconds is less than one vCPU half used.
        ("0.1/s", None, "none"),
    ],
)
def test_texts_are_encoded_where_the_peak_costs_less(
    peak: str, accelerator: str | None, taken: str
) -> None:
    said: dict[str, Any] = {"id": "BAAI/bge-large-en-v1.5"}
    if accelerator is not None:
        said["accelerator"] = accelerator
    workload = {
        "name": "texts",
        "region": "us-east-1",
        "requests": {"arrival": "online", "tokens": {"input": 300}},
        "model": said,
        "traffic": {"peak": peak},
    }
    assert Facts(load(), read(workload)).taken("model.accelerator") == taken


@pytest.mark.parametrize(("records", "taken"), [("2k", "gpu"), ("200M", "gpu")])
def test_texts_of_a_job_are_encoded_where_a_record_costs_less(records: str, taken: str) -> None:
    # A second of a T4 costs 0.74 / 3600 USD and encodes 14 texts of 300 tokens with bge-large. One
    # of ml.c6i.large costs 0.10 / 3600 USD and encodes 0.54: for a text the device costs a third.
    workload = {
        "name": "texts",
        "region": "us-east-1",
        "requests": {"arrival": "batch", "tokens": {"input": 300}},
        "model": {"id": "BAAI/bge-large-en-v1.5"},
        "dataset": {"records": records},
    }
    assert Facts(load(), read(workload)).taken("model.accelerator") == taken


@pytest.mark.parametrize(
    ("more", "assumed", "instances"),
    [
        # 24 layers x 1024 x 300 x (24 x 1024 + 4 x 300) = 1.9e11 operations: 22.5 ms at 0.13 of the
        # T4's 65e12, so half used 22.2/s; 71 ms at 0.33 of its 8.1e12 in 32 bits, so 7.03/s.
        ({}, True, 6),
        ({"engine": "tei"}, True, 4),  # 14.6 ms at 0.2: 34.2/s
        ({"framework": "pytorch"}, False, 18),  # runs what it loads
        ({"precision": "fp32"}, False, 18),
        ({"precision": "fp16"}, False, 6),
    ],
)
def test_servers_of_texts_run_32_bits_in_16_on_a_device(
    more: dict[str, Any], assumed: bool, instances: int
) -> None:
    said = document({"id": "BAAI/bge-m3", **more}, {"peak": "120/s"}, tokens={"input": 300})
    advice = advise(read(said))
    settings = {each.name: each.value for each in plan_of(advice).settings}
    assert (settings["InstanceType"], settings["InitialInstanceCount"]) == (
        "ml.g4dn.xlarge",
        instances,
    )
    facts = {each.fact: each for each in advice.decision.facts}
    assert (facts["model.precision"].origin == "assumed") is assumed
    assert advice.model is not None
    assert advice.model.precision == ("fp16" if instances < 18 else "fp32")


@pytest.mark.parametrize(
    ("model", "said", "payload", "response"),
    [
        # 8 bytes a token: 500 and 250 are assumed where none are stated.
        (_OF_8B, {}, 4000, 2000),
        (_OF_8B, {"tokens": {"input": "1k"}}, 8000, 2000),
        (_OF_8B, {"tokens": {"input": "1k"}, "payload": "2 MB"}, 2 * _MIB, 2000),
        ({"id": "BAAI/bge-m3"}, {}, 4000, None),  # a vector is no text
        ({"id": "openai/whisper-large-v3"}, {}, None, None),
        # A sound is no text, and neither is a picture; what is said of them is.
        ({"id": "openai/whisper-large-v3"}, {"tokens": {"input": 50, "output": 50}}, None, 400),
        ({"id": "openai/clip-vit-base-patch32"}, {"tokens": {"input": 50}}, None, None),
        ({"id": "Qwen/Qwen2.5-VL-7B-Instruct"}, {}, None, None),  # pictures are
    ],
    ids=str,
)
def test_bodies_follow_from_tokens(
    model: dict[str, Any], said: dict[str, Any], payload: int | None, response: int | None
) -> None:
    facts = facts_of(model, {"peak": "1/s"}, **said)
    for path, expected in (("requests.payload", payload), ("requests.response", response)):
        assert facts.is_stated(path) is (expected is not None)
        if expected is not None:
            assert facts.taken(path) == expected
