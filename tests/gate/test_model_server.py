"""The table of variables, and how a container's server and precision follow from it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.document import Hidden, Mark, Node
from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.rules.model_server import ModelServer, model_server, precision_of
from advisor.workload.model_files import known_models

TABLE = read_json_rules("service", "containers.json")
HOST = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
MARK = Mark("a.json", 1, 1)
ROLES = {
    *("model", "degree", "pipeline", "copies", "context", "input", "prefill", "in_flight"),
    *(
        "memory_share",
        "static_share",
        "dtype",
        "quantize",
        "cache_dtype",
        "offload",
        "backend",
        "loading",
        "token",
    ),
}


def scalar(value: object) -> Node:
    return Node("scalar", value, MARK)


def server(image: Node | None, mode: str = "", **variables: str | Node) -> ModelServer | None:
    values: dict[str, Node] = {
        name: value if isinstance(value, Node) else scalar(value)
        for name, value in variables.items()
    }
    container = {"Environment": Node("map", values, MARK)}
    container |= {"Image": image} if image is not None else {}
    container |= {"Mode": scalar(mode)} if mode else {}
    return model_server(Node("map", container, MARK))


def title(found: ModelServer | None) -> str:
    return found.engine["title"] if found is not None else ""


def test_the_table_says_where_each_entry_is_from() -> None:
    assert TABLE["source"].startswith("https://")
    for name, engine in TABLE["engines"].items():
        assert engine["source"].startswith("https://"), name
        assert engine["as_of"] >= "2026-11-30", name
        assert set(engine["keys"]) <= ROLES, name
        assert engine["keys"]["model"]["names"], name
        for role, key in engine["keys"].items():
            assert key["names"], (name, role)
            assert key["means"].endswith("."), (name, role)


def test_no_variable_has_two_roles_and_no_word_two_precisions() -> None:
    for name, engine in TABLE["engines"].items():
        names = [each for key in engine["keys"].values() for each in key["names"]]
        assert len(names) == len(set(names)), name
    words = [word for meant in TABLE["words"].values() for word in meant]
    assert len(words) == len(set(words))
    assert all(f"bytes-{precision}" in known_models().numbers for precision in TABLE["words"])
    assert all(precision_of(word.upper()) is not None for word in words)


@pytest.mark.parametrize(
    ("image", "engine"),
    [
        ("djl-inference:0.33.0-lmi15.0.0-cu128", "Large Model Inference (DJL Serving)"),
        ("vllm:0.11.2-gpu-py312", "vLLM"),
        ("vllm:server-sagemaker-cuda-v1", "vLLM"),
        ("huggingface-vllm-inference:0.11", "vLLM"),
        ("sglang:0.5.5-gpu-py312", "SGLang"),
        ("huggingface-pytorch-tgi-inference:2.4.0-tgi3.0.1", "Text Generation Inference"),
        ("tei:2.0.1-tei1.2.3-gpu-py310", "Text Embeddings Inference"),
        ("tei-cpu:2.0.1-tei1.2.3-cpu-py310", "Text Embeddings Inference"),
        ("huggingface-pytorch-inference:2.6.0", "Hugging Face Inference Toolkit"),
        ("djl-inference:0.29.0-neuronx-sdk2.19.1", ""),
        ("djl-inference:0.30.0-tensorrtllm0.12.0-cu125", ""),
        ("pytorch-inference:2.6.0-gpu-py312", ""),
        ("protein:1", ""),
    ],
)
def test_the_name_of_the_image_tells_the_server(image: str, engine: str) -> None:
    assert title(server(scalar(f"{HOST}/{image}"), HF_MODEL_ID="a/b")) == engine
    parts = (Hidden("the Region"), f".amazonaws.com/{image}")
    assert title(server(Node("text", parts, MARK), HF_MODEL_ID="a/b")) == engine


@pytest.mark.parametrize(
    ("variable", "engine"),
    [
        ("OPTION_DTYPE", "Large Model Inference (DJL Serving)"),
        ("TENSOR_PARALLEL_DEGREE", "Large Model Inference (DJL Serving)"),
        ("SM_VLLM_ENFORCE_EAGER", "vLLM"),
        ("SM_SGLANG_TP", "SGLang"),
        ("SM_NUM_GPUS", "Text Generation Inference"),
        ("MAX_INPUT_LENGTH", "Text Generation Inference"),
        ("HF_TASK", "Hugging Face Inference Toolkit"),
        ("LOG_LEVEL", ""),
    ],
)
def test_else_the_variables_tell_it(variable: str, engine: str) -> None:
    for image in (None, scalar("123456789012.dkr.ecr.us-east-1.amazonaws.com/chat:1")):
        variables: dict[str, Any] = {"HF_MODEL_ID": "a/b", variable: "1"}
        assert title(server(image, **variables)) == engine


def test_a_container_of_many_models_or_of_open_variables_has_none() -> None:
    image = scalar(f"{HOST}/djl-inference:1")
    assert server(image, HF_MODEL_ID="a/b") is not None
    assert server(image, mode="MultiModel", HF_MODEL_ID="a/b") is None
    variables: dict[str, Any] = {"HF_MODEL_ID": "a/b", "Fn::Transform": "More"}
    assert server(image, **variables) is None
    assert model_server(Node("map", {"Image": image}, MARK)) is None


def test_the_first_name_that_is_set_counts() -> None:
    found = server(scalar(f"{HOST}/vllm:1"), HF_MODEL_ID="a/b")
    assert found is not None
    assert (found.name("model"), found.text("model")) == ("HF_MODEL_ID", "a/b")
    both = server(scalar(f"{HOST}/vllm:1"), HF_MODEL_ID="a/b", SM_VLLM_MODEL="c/d")
    assert both is not None
    assert (both.name("model"), both.text("model")) == ("SM_VLLM_MODEL", "c/d")
    assert (found.text("degree"), found.text("context"), found.text("quantize")) == (
        "1",
        "model",
        "",
    )


@pytest.mark.parametrize(
    ("variables", "stored", "precision"),
    [
        ({}, "bf16", "bf16"),
        ({}, "fp32", "fp16"),
        ({"OPTION_DTYPE": "fp32"}, "bf16", "fp32"),
        ({"OPTION_DTYPE": "auto"}, "bf16", "bf16"),
        ({"OPTION_DTYPE": "bf16"}, "fp8", "fp8"),
        ({"OPTION_QUANTIZE": "fp8"}, "bf16", "fp8"),
        ({"OPTION_QUANTIZE": "awq"}, "bf16", "int4"),
        ({"OPTION_QUANTIZE": "None", "OPTION_DTYPE": "fp16"}, "bf16", "fp16"),
        ({"OPTION_QUANTIZE": "later"}, "bf16", None),
        ({"OPTION_QUANTIZE": "fp8"}, "mxfp4", "mxfp4"),
    ],
)
def test_the_precision_follows_from_the_variables(
    variables: dict[str, str], stored: str, precision: str | None
) -> None:
    found = server(scalar(f"{HOST}/djl-inference:1"), HF_MODEL_ID="a/b", **variables)
    assert found is not None
    assert found.precision(stored) == precision


def test_an_open_variable_leaves_its_role_open() -> None:
    hidden = Node("unknown", Hidden("nobody says"), MARK)
    variables: dict[str, Any] = {
        "SM_VLLM_TENSOR_PARALLEL_SIZE": hidden,
        "SM_VLLM_QUANTIZATION": hidden,
        "SM_VLLM_MAX_MODEL_LEN": hidden,
    }
    found = server(scalar(f"{HOST}/vllm:1"), HF_MODEL_ID="a/b", **variables)
    assert found is not None
    assert found.precision("bf16") is None
    assert (found.count("degree"), found.count("context")) == (None, None)


@given(st.text())
def test_a_count_is_a_whole_number_or_nothing(text: str) -> None:
    found = server(scalar(f"{HOST}/vllm:1"), HF_MODEL_ID="a/b", SM_VLLM_MAX_MODEL_LEN=text)
    assert found is not None
    count = found.count("context")
    assert count is None or str(count) == text.strip().lstrip("0") or not count
