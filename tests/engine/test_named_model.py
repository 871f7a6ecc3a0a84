"""What names a language model, and that none of them is taken for an ordinary model."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.model.advice import Advice
from advisor.model.errors import InputError
from advisor.model.workload import Stated
from advisor.modelling.geometry import from_config
from advisor.pipeline import advise
from advisor.reports import Context, renderer
from advisor.rulebook.load import load
from advisor.workload.model_files import known_models
from tests.engine.test_modelled import document, placed, tokens
from tests.strategies import read

_ORDINARY_MS = 100_000  # microseconds that are assumed of a model of which nothing is known
_NAMES: list[dict[str, Any]] = [
    {"kind": "llm"},
    {"kind": "vlm"},
    {"engine": "vllm"},
    {"engine": "sglang"},
    {"framework": "tgi"},
    {"context": "8k"},
    {"precision": "fp8"},
    {"precision": "mxfp4"},
    {"id": "meta-llama/Llama-3.1-8B-Instruct"},
]


def answered(model: dict[str, Any], **requests: Any) -> Advice:
    return advise(read(document(model, {"peak": "1/s"}, **requests)))


@given(
    st.sampled_from(_NAMES),
    st.sampled_from([{}, {"size": "16 GB"}, {"parameters": "3B"}, {"parameters": "400M"}]),
    st.sampled_from([None, "gpu", "none", "neuron"]),
    st.sampled_from([{}, {"tokens": tokens()}]),
)
def test_no_language_model_takes_the_time_of_another_model(
    name: dict[str, Any], known: dict[str, Any], device: str | None, said: dict[str, Any]
) -> None:
    model = {**name, **known, **({"accelerator": device} if device else {})}
    facts = Facts(load(), read(document(model, {"peak": "1/s"}, **said)))
    assert facts.taken("model.accelerator") == (device or "gpu")
    assert facts.taken("requests.processing") != _ORDINARY_MS
    told = facts.workload.modelled
    assert told is not None
    modelled = told.on is not None
    assert modelled is (device in (None, "gpu"))
    assert modelled or "model-speed-unknown" in [each.rule for each in told.findings]


@pytest.mark.parametrize("model", [{}, {"size": "16 GB"}])
def test_tokens_name_a_language_model(model: dict[str, Any]) -> None:
    _, found = placed(answered(model, tokens=tokens()))
    assert found.request_s > 1


@pytest.mark.parametrize(
    "model",
    [{"size": "400 MB"}, {"framework": "xgboost"}, {"precision": "fp16"}, {"parameters": "900M"}],
)
def test_what_other_models_have_names_none(model: dict[str, Any]) -> None:
    advice = answered(model)
    assert advice.model is None
    assert "model-unnamed" not in [each.rule for each in advice.findings]


@pytest.mark.parametrize("server", ["vllm", "lmi", "tgi", "sglang"])
def test_an_engine_is_as_good_as_a_framework(server: str) -> None:
    engine, framework = (placed(answered({key: server})) for key in ("engine", "framework"))
    assert engine[1] == framework[1]


def test_a_model_that_nothing_names_is_assumed_openly() -> None:
    advice = answered({"kind": "llm"})
    listed = {each.fact: (each.value, each.origin) for each in advice.decision.facts}
    assert listed["model.parameters"] == ("8B", "assumed")
    assert listed["model.precision"] == ("bf16", "assumed")
    (found,) = [each for each in advice.findings if each.rule == "model-unnamed"]
    assert found.severity == "warning"
    named = answered({"kind": "llm", "parameters": "8B"})
    assert placed(named)[1] == placed(advice)[1]
    assert "model-unnamed" not in [each.rule for each in named.findings]


def test_on_cpus_sizes_follow_and_the_time_has_only_a_bound() -> None:
    # 16,060,522,496 bytes for each of 256 tokens at 614 GB/s, less the input embeddings: 6.3 s.
    said = {"id": "meta-llama/Llama-3.1-8B-Instruct", "accelerator": "none"}
    facts = Facts(load(), read(document(said, {"peak": "1/s"}, tokens=tokens())))
    time = facts.interval("requests.processing")
    assert time is not None
    assert (time.low or 0) == pytest.approx(6.26e6, rel=0.01)
    assert time.high is None
    assert facts.taken("model.parameters") == 8_030_261_248
    assert facts.taken("model.memory") == 2 * 16_060_522_496


def test_a_neuron_type_that_is_stated_tells_the_accelerator() -> None:
    said = document({"id": "meta-llama/Llama-3.1-8B-Instruct"}, {"peak": "1/s"}, tokens=tokens())
    stated = read({**said, "deploy": {"instance_type": "ml.inf2.48xlarge"}})
    assert Facts(load(), stated).taken("model.accelerator") == "neuron"
    assert "instance-too-small" not in [each.rule for each in advise(stated).findings]


@pytest.mark.parametrize(
    ("model", "instance_type", "rule", "severity"),
    [
        # 70.6B x 2 bytes are 131 GiB; one A10G has 22.4.
        ("meta-llama/Llama-3.3-70B-Instruct", "ml.g5.2xlarge", "instance-too-small", "error"),
        ("meta-llama/Llama-3.1-8B-Instruct", "ml.g4dn.12xlarge", "instance-too-small", "error"),
        ("meta-llama/Llama-3.1-8B-Instruct", "ml.m5.4xlarge", "instance-too-small", "error"),
        ("8B in fp8", "ml.g5.2xlarge", "dtype-unsupported", "warning"),
        ("meta-llama/Llama-3.1-8B-Instruct", "ml.g5.2xlarge", "", ""),
        ("meta-llama/Llama-3.3-70B-Instruct", "ml.p5.48xlarge", "", ""),
    ],
)
def test_a_stated_type_gets_the_verdict_of_the_gate(
    model: str, instance_type: str, rule: str, severity: str
) -> None:
    said = {"id": model}
    if model == "8B in fp8":
        said = {"id": "meta-llama/Llama-3.1-8B-Instruct", "precision": "fp8"}
    workload = document(said, {"peak": "1/s"}, tokens=tokens())
    advice = advise(read({**workload, "deploy": {"instance_type": instance_type}}))
    rules = ("instance-too-small", "dtype-unsupported", "model-fit-tight")
    found = [(each.rule, each.severity) for each in advice.findings if each.rule in rules]
    assert found == ([(rule, severity)] if rule else [])


_SIZES = st.one_of(st.sampled_from([1, 7, 64, 10**4, 10**9, 10**12]), st.integers(1, 10**12))
_REQUIRED = ("hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
_OTHERS = (
    *("num_key_value_heads", "head_dim", "intermediate_size", "max_position_embeddings"),
    *("num_experts", "num_experts_per_tok", "moe_intermediate_size", "kv_lora_rank"),
    *("sliding_window", "linear_num_value_heads", "linear_value_head_dim"),
)


@given(
    st.fixed_dictionaries(
        dict.fromkeys(_REQUIRED, _SIZES)
        | {"model_type": st.sampled_from(["llama", "qwen3_moe", "deepseek_v3", "bert", "t5", "x"])},
        optional=dict.fromkeys(_OTHERS, _SIZES),
    ),
    st.sampled_from([{}, {"accelerator": "none"}, {"accelerator": "neuron"}]),
)
def test_every_shape_that_is_read_gets_an_answer(
    config: dict[str, Any], more: dict[str, str]
) -> None:
    try:
        shape = from_config(config, known_models().families)
    except InputError:
        return
    stated = Stated("model.config", "config.json", "config.json", 4, 1)
    workload = read(document({"size": "1 GB", **more}, {"peak": "1/s"}))
    values = {path: each for path, each in workload.values.items() if path != "model.size"}
    advice = advise(
        workload._replace(values={**values, stated.path: stated}, shapes={"config.json": shape})
    )
    for form in ("text", "json"):
        assert renderer(form)([advice], Context())
