"""What the requests tell the container of a language model, and what the gate reads of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advisor.configuration.discover import STDIN
from advisor.configuration.json_nodes import read_json
from advisor.configuration.source import SourceText
from advisor.gate.rules.model_server import ModelServer, model_server
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from advisor.model.advice import Advice
from advisor.model.options import OPTIONS
from advisor.pipeline import advise
from advisor.workload.model_files import known_models
from tests.aws import judge
from tests.planned import facts_of, online, parameters, planned

MODELS = known_models()
GENERATIVE = [each for each in map(MODELS.find, MODELS.ids) if each.geometry.generates]
IMAGES = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
ENGINES = ["lmi", "vllm", "sglang", "tgi"]
OPEN, GATED = "Qwen/Qwen3-8B", "meta-llama/Llama-3.1-8B-Instruct"


def advised(model: dict[str, Any], **parts: Any) -> Advice:
    """The answer for 2 requests a second of 1,000 tokens in and 300 out."""
    requests = {"streaming": True, "tokens": {"input": "1k", "output": 300}}
    requests |= parts.pop("requests", {})
    document = {"region": "us-east-1", "traffic": {"peak": "2/s"}, **parts}
    return advise(facts_of(online(model=model, requests=requests, **document)).workload)


def asked(advice: Advice, operation: str) -> dict[str, Any]:
    """The first request of an operation."""
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    requests = advice.chosen.plan.requests
    return next(each.parameters for each in requests if each.operation == operation)


def container(advice: Advice) -> dict[str, Any]:
    found: dict[str, Any] = asked(advice, "CreateModel")["PrimaryContainer"]
    return found


def variables(advice: Advice) -> dict[str, str]:
    found: dict[str, str] = container(advice).get("Environment", {})
    return found


def found(advice: Advice) -> set[str]:
    return {each.rule for each in advice.findings}


# -- by hand -------------------------------------------------------------------------------------

# One A10G of 23,028 MiB: 0.9 x 22.49 GiB - 15.26 GiB of weights - 3.4 GiB leave 1.58 GiB for
# certain, at 144 KiB a token 11,5xx tokens; in steps of 1,024 no more than 10,240 or 11,264.
BY_ENGINE = {
    "vllm": {
        "SM_VLLM_MODEL": OPEN,
        "SM_VLLM_TENSOR_PARALLEL_SIZE": "1",
        "SM_VLLM_MAX_MODEL_LEN": "10240",
        "SM_VLLM_MAX_NUM_SEQS": "19",
        "SM_VLLM_DTYPE": "bfloat16",
    },
    "lmi": {
        "HF_MODEL_ID": OPEN,
        "OPTION_TENSOR_PARALLEL_DEGREE": "1",
        "OPTION_MAX_MODEL_LEN": "10240",
        "OPTION_MAX_ROLLING_BATCH_SIZE": "19",
        "OPTION_DTYPE": "bf16",
        "OPTION_MODEL_LOADING_TIMEOUT": "540",
    },
    "sglang": {
        "SM_SGLANG_MODEL_PATH": OPEN,
        "SM_SGLANG_TP": "1",
        "SM_SGLANG_CONTEXT_LENGTH": "10240",
        "SM_SGLANG_MAX_RUNNING_REQUESTS": "19",
        "SM_SGLANG_DTYPE": "bfloat16",
    },
    "tgi": {
        "HF_MODEL_ID": OPEN,
        "SM_NUM_GPUS": "1",
        "MAX_TOTAL_TOKENS": "10240",
        "MAX_INPUT_TOKENS": "9940",  # without the 300 of an answer
        "MAX_BATCH_PREFILL_TOKENS": "9940",
        "DTYPE": "bfloat16",
    },
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("key", ["engine", "framework"])
def test_the_variables_of_each_server(engine: str, key: str) -> None:
    advice = advised({"id": OPEN.lower(), key: engine}, deploy={"instance_type": "ml.g5.2xlarge"})
    assert variables(advice) == BY_ENGINE[engine]
    assert "server-unknown" not in found(advice)


@pytest.mark.parametrize(
    ("repository", "first"),
    [
        ("djl-inference:0.33.0-lmi15.0.0-cu128", "HF_MODEL_ID"),
        ("huggingface-pytorch-tgi-inference:2.4.0-tgi3.2.3-gpu-py311-cu124", "HF_MODEL_ID"),
        ("vllm:0.11-gpu-py312-cu129", "SM_VLLM_MODEL"),
        ("team/vllm-openai:7", "SM_VLLM_MODEL"),
        ("my-vllms:1", None),
        ("djl-inference:0.30.0-tensorrtllm0.12.0-cu125", None),
    ],
)
def test_the_server_of_an_image(repository: str, first: str | None) -> None:
    advice = advised({"id": OPEN, "image": f"{IMAGES}/{repository}"})
    assert next(iter(variables(advice)), None) == first
    assert ("server-unknown" in found(advice)) is (first is None)


@pytest.mark.parametrize(
    ("model", "parts", "named"),
    [
        ({"id": OPEN}, {}, OPEN),
        ({"id": GATED}, {}, None),  # the Hub asks for a token
        ({"id": OPEN}, {"needs": ["network-isolation"]}, None),
        ({"id": OPEN}, {"needs": ["vpc"]}, None),
        ({"id": OPEN, "precision": "fp8"}, {}, OPEN),  # made while loading
        ({"id": OPEN, "precision": "int4"}, {}, None),  # the Hub has other weights
        ({"id": OPEN, "artifact": "s3://bucket/qwen/"}, {}, None),
        ({"id": GATED, "artifact": f"hf://{GATED}"}, {}, GATED),
        ({"artifact": "hf://org/name", "parameters": "8B"}, {}, "org/name"),
    ],
)
def test_where_the_weights_come_from(
    model: dict[str, Any], parts: dict[str, Any], named: str | None
) -> None:
    advice = advised({**model, "engine": "vllm"}, **parts)
    assert variables(advice)["SM_VLLM_MODEL"] == (named or "/opt/ml/model")
    source = container(advice).get("ModelDataSource", {}).get("S3DataSource")
    assert (source is None) is (named is not None)
    if source is not None:
        assert source["CompressionType"] == "None"
        assert source["S3Uri"] == model.get("artifact", "s3://REPLACE-ME/")
    assert "ModelDataUrl" not in container(advice)
    assert ("token-left-out" in found(advice)) is (named == GATED)
    assert not any("TOKEN" in name for name in variables(advice))


def test_a_download_is_waited_for_where_it_happens() -> None:
    hub = asked(advised({"id": OPEN, "engine": "vllm"}), "CreateEndpointConfig")
    stored = asked(
        advised({"id": OPEN, "engine": "vllm", "artifact": "s3://bucket/qwen/"}),
        "CreateEndpointConfig",
    )
    for config, downloads, start in ((hub, False, 540), (stored, True, 300)):
        (variant,) = config["ProductionVariants"]
        assert ("ModelDataDownloadTimeoutInSeconds" in variant) is downloads
        # 200 s and the image or the weights; from the disk 200 s + 16.4 GB / 213 MB/s = 277 s.
        assert variant["ContainerStartupHealthCheckTimeoutInSeconds"] == start


def test_smaller_weights_are_made_or_stored() -> None:
    assert (
        variables(advised({"id": OPEN, "engine": "vllm", "precision": "fp8"}))[
            "SM_VLLM_QUANTIZATION"
        ]
        == "fp8"
    )
    stored = variables(advised({"id": OPEN, "engine": "vllm", "precision": "int4"}))
    assert not {"SM_VLLM_QUANTIZATION", "SM_VLLM_DTYPE"} & stored.keys()


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("0.36.0-lmi18.0.0-cu130", "al2023-ami-sagemaker-inference-gpu-4-1"),
        ("0.11-gpu-py312-cu13.0-ubuntu22.04", "al2023-ami-sagemaker-inference-gpu-4-1"),
        ("0.33.0-lmi15.0.0-cu128", None),
        ("ecu130", None),
        ("latest", None),
    ],
)
def test_the_image_of_the_host(tag: str, expected: str | None) -> None:
    advice = advised({"id": OPEN, "image": f"{IMAGES}/djl-inference:{tag}"})
    (variant,) = asked(advice, "CreateEndpointConfig")["ProductionVariants"]
    assert variant.get("InferenceAmiVersion") == expected


def test_copies_share_an_instance_as_the_server_can() -> None:
    """Four A10G hold four copies of 8B. A component has one copy; TGI runs no more than one."""
    four = {"deploy": {"instance_type": "ml.g5.12xlarge"}}
    vllm = variables(advised({"id": OPEN, "engine": "vllm"}, **four))
    assert (vllm["SM_VLLM_TENSOR_PARALLEL_SIZE"], vllm["SM_VLLM_DATA_PARALLEL_SIZE"]) == ("1", "4")
    lmi = variables(advised({"id": OPEN, "engine": "lmi"}, **four))
    assert lmi["OPTION_TENSOR_PARALLEL_DEGREE"] == "1"
    assert variables(advised({"id": OPEN, "engine": "tgi"}, **four))["SM_NUM_GPUS"] == "4"
    apart = advised({"id": OPEN, "engine": "vllm"}, needs=["scale-to-zero"], **four)
    assert "SM_VLLM_DATA_PARALLEL_SIZE" not in variables(apart)
    wanted = asked(apart, "CreateInferenceComponent")["Specification"]
    assert wanted["ComputeResourceRequirements"]["NumberOfAcceleratorDevicesRequired"] == 1.0


def test_the_longest_stated_request_is_the_length() -> None:
    longest = {"tokens": {"input": {"typical": "1k", "max": "8k"}, "output": "300..800"}}
    assert (
        variables(advised({"id": OPEN, "engine": "vllm"}, requests=longest))[
            "SM_VLLM_MAX_MODEL_LEN"
        ]
        == "8800"
    )
    stated = variables(advised({"id": OPEN, "engine": "vllm", "context": "4k"}))
    assert stated["SM_VLLM_MAX_MODEL_LEN"] == "4000"


def test_other_weights_replace_those_of_the_hub() -> None:
    advice = advised(
        {"id": OPEN, "engine": "vllm"},
        deploy={"variants": [{"name": "b", "artifact": "s3://bucket/b/"}]},
        needs=["multiple-variants"],
    )
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    made = [each.parameters for each in advice.chosen.plan.requests]
    containers = [each["PrimaryContainer"] for each in made if "PrimaryContainer" in each]
    assert [each["Environment"]["SM_VLLM_MODEL"] for each in containers] == [OPEN, "/opt/ml/model"]


def test_an_embedding_model_on_its_server() -> None:
    advice = advised({"id": "BAAI/bge-m3", "engine": "tei"}, requests={"streaming": False})
    assert variables(advice) == {"HF_MODEL_ID": "BAAI/bge-m3"}


def test_nothing_is_said_of_other_models() -> None:
    advice = advise(facts_of(online(model={"size": "200 MB", "framework": "xgboost"})).workload)
    assert "server-unknown" not in found(advice)
    assert not variables(advice).keys() - {"SAGEMAKER_MODEL_SERVER_WORKERS"}


# -- for every model -----------------------------------------------------------------------------


def read(container: dict[str, Any]) -> ModelServer:
    """What the gate reads of a container."""
    node = read_json(SourceText("container.json", json.dumps(container))).documents[0]
    server = model_server(node)
    assert server is not None
    return server


models = st.sampled_from(GENERATIVE)
workloads = st.fixed_dictionaries(
    {
        "engine": st.sampled_from(ENGINES),
        "input": st.integers(1, 6000),
        "output": st.integers(1, 2000),
        "peak": st.sampled_from(["1/h", "1/s", "20/s"]),
        "model": st.fixed_dictionaries(
            {}, optional={"precision": st.sampled_from(["bf16", "fp16", "fp8", "int4"])}
        ),
        "needs": st.lists(st.sampled_from(["vpc", "scale-to-zero"]), unique=True),
    }
)


@settings(max_examples=50, deadline=None)
@given(model=models, load=workloads)
def test_the_gate_reads_what_was_meant(model: Any, load: dict[str, Any]) -> None:
    length = load["input"] + load["output"]
    assume(not model.geometry.context or length <= model.geometry.context)
    advice = advised(
        {"id": model.id, "engine": load["engine"], **load["model"]},
        requests={"tokens": {"input": load["input"], "output": load["output"]}},
        traffic={"peak": load["peak"]},
        needs=load["needs"],
    )
    assume(advice.chosen is not None)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    for each in advice.chosen.plan.requests:
        assert judge(each.service, each.operation, each.parameters) == ()
    told = advice.workload.modelled
    assume(told is not None and told.on is not None)
    assert told is not None
    assert told.on is not None
    server = read(container(advice))
    assert server.text("model") in (model.id, "/opt/ml/model")
    degree = server.count("degree")
    assert degree == told.on.tensor_parallel or load["engine"] == "tgi"
    context = server.count("context") or 0
    assert length <= context
    assert context <= (model.geometry.context or context)
    if load["engine"] != "tgi":
        assert server.count("in_flight") == told.on.concurrency // told.on.copies
    if server.text("model") == model.id:
        assert server.precision(model.geometry.dtype) == told.precision


@settings(max_examples=30, deadline=None)
@given(model=models, load=workloads)
def test_the_checks_are_silent(model: Any, load: dict[str, Any]) -> None:
    """Also where the id stands in place of the folder, so that the checks know the model."""
    length = load["input"] + load["output"]
    assume(not model.geometry.context or length <= model.geometry.context)
    advice = advised(
        {"id": model.id, "engine": load["engine"]},
        requests={"tokens": {"input": load["input"], "output": load["output"]}},
        traffic={"peak": load["peak"]},
        needs=load["needs"],
    )
    told = advice.workload.modelled
    assume(told is not None and told.on is not None and told.on.certain)
    assume(advice.chosen is not None)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    requests = [each.parameters for each in advice.chosen.plan.requests]
    text = json.dumps(requests).replace('"/opt/ml/model"', json.dumps(model.id))
    report = check(CheckOptions(paths=[STDIN], as_of="2026-11-30", stdin=text.encode()))
    assert not report.errors
    # Older devices hold weights in fp8 and unpack them, which is a warning.
    loud = [
        each
        for each in report.findings
        if each.severity != "info" and each.rule != "dtype-unsupported"
    ]
    assert [f"{each.rule}: {each.message}" for each in loud] == []


# -- variables that the file states --------------------------------------------------------------


def test_a_stated_variable_comes_before_that_of_the_plan_and_it_is_said() -> None:
    stated = {"LOG_LEVEL": "info", "SM_VLLM_TENSOR_PARALLEL_SIZE": "8"}
    advice = advised({"id": OPEN, "engine": "vllm", "environment": stated})
    told = variables(advice)
    assert {name: told[name] for name in stated} == stated
    assert "SM_VLLM_MAX_MODEL_LEN" in told  # the rest stays the plan's
    (said,) = (each for each in advice.findings if each.rule == "variable-stated")
    assert "SM_VLLM_TENSOR_PARALLEL_SIZE (the plan: 1)" in said.message
    assert said.severity == "info"
    assert said.line


def test_a_variable_with_the_same_meaning_is_not_set_twice() -> None:
    """vLLM reads the model from either name; HF_MODEL_ID is the second."""
    told = variables(
        advised({"id": OPEN, "engine": "vllm", "environment": {"HF_MODEL_ID": "Qwen/Qwen3-4B"}})
    )
    assert told["HF_MODEL_ID"] == "Qwen/Qwen3-4B"
    assert "SM_VLLM_MODEL" not in told


def test_the_same_value_as_that_of_the_plan_is_no_finding() -> None:
    stated = {"environment": {"SM_VLLM_TENSOR_PARALLEL_SIZE": "1"}}
    assert "variable-stated" not in found(advised({"id": OPEN, "engine": "vllm", **stated}))


HOSTILE = st.text(st.sampled_from("$`'\"\\\n(){}%!&|;<>#: -a0é😀"), max_size=20)


@given(st.dictionaries(st.from_regex(r"\AV_[A-Z0-9_]{0,8}\Z"), HOSTILE, max_size=4))
@settings(max_examples=30)
def test_any_text_goes_into_the_requests_of_each_option_as_it_is(stated: dict[str, str]) -> None:
    for option in OPTIONS:
        made = planned(option, online(model={"size": "500 MB", "environment": stated}))
        body = parameters(made, "CreateModel")
        told = body["PrimaryContainer"].get("Environment", {})
        assert {**told, **stated} == told
        assert not judge("sagemaker", "CreateModel", body)
