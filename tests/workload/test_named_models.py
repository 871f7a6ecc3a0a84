"""Models that a file names: found, or refused with the place and what to write instead."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.model.workload import Interval, Workload
from advisor.pipeline import advise
from advisor.workload import read_file, read_workloads

HEAD = "name: chat\nrequests: {arrival: online, tokens: {input: 1k, output: 300}}\n"
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


def read(model: str, head: str = HEAD) -> Workload:
    (workload,) = read_workloads(f"{head}model: {{{model}}}\n".encode(), "chat.yaml")
    return workload


@pytest.mark.parametrize("name", [LLAMA, LLAMA.lower(), "llama-3.1-8b-instruct"])
def test_an_id_is_found_in_any_case_and_without_its_owner(name: str) -> None:
    assert read(f"id: {name}").text("model.id") == name


@pytest.mark.parametrize(
    ("model", "message", "hint"),
    [
        ("id: meta-llama/Llama-3.1-8B-Instuct", "no model is known as", LLAMA),
        ("id: meta-llama/Llama-3.1-8B-Instuct", "no model is known as", "model.config"),
        (f"id: {LLAMA}, context: 200k", "takes 131,072 tokens", "131072"),
        (f"id: {LLAMA}, context: 1200", "are 1,300 tokens, but model.context takes 1,200", "1200"),
        ("id: openai-community/gpt2, context: 9k", "takes 1,024", "1024"),
        ("config: ./nothing.json", "cannot be read", "config.json"),
        ("engine: vlm", "is not an accepted word", "vllm"),
        ("kind: lmm", "is not an accepted word", "llm"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(model: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as found:
        read(model)
    assert message in found.value.message
    assert hint in str(found.value.hint)
    assert (found.value.file, found.value.line > 0) == ("chat.yaml", True)


def test_tokens_are_counted_in_thousands_and_may_be_split() -> None:
    said = "{input: {typical: 1k, max: 8k}, output: 300..800}"
    head = f"name: a\nrequests: {{arrival: online, tokens: {said}}}\n"
    workload = read(f"id: {LLAMA}", head)
    assert workload.typical("requests.tokens.input") == Interval(1000, 1000)
    assert workload.interval("requests.tokens.input.max") == Interval(8000, 8000)
    assert workload.interval("requests.tokens.output") == Interval(300, 800)


def test_one_number_beside_a_largest_one_is_the_usual_one() -> None:
    data = f"{HEAD}model: {{id: {LLAMA}}}\n".encode()
    (workload,) = read_workloads(data, "chat.yaml", [("requests.tokens.input.max", "4k")])
    assert workload.interval("requests.tokens.input.typical") == Interval(1000, 1000)
    assert workload.interval("requests.tokens.input.max") == Interval(4000, 4000)


def test_a_configuration_lies_beside_the_file(tmp_path: Path) -> None:
    config = {
        "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 128256,
        "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
        "max_position_embeddings": 131072, "torch_dtype": "bfloat16",
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    file = tmp_path / "chat.yaml"
    file.write_text(f"{HEAD}model: {{config: ./config.json, id: of/no/interest}}\n")
    (workload,) = read_file(str(file))
    assert workload.shapes["./config.json"].parameters == pytest.approx(8_030_261_248, rel=0.005)


def test_every_model_of_a_list_is_looked_up() -> None:
    models = f"models: [{{name: a, id: {LLAMA}}}, {{name: b, id: of/nobody}}]\n"
    with pytest.raises(InputError, match="of/nobody"):
        read_workloads(f"{HEAD}{models}".encode(), "chat.yaml")


CONFIG = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
    "vocab_size": 128256, "max_position_embeddings": 131072, "torch_dtype": "bfloat16",
}  # fmt: skip
MORE = ("num_local_experts", "num_experts_per_tok", "sliding_window", "kv_lora_rank", "head_dim")
FIELDS = st.sampled_from([*CONFIG, *MORE, "quantization_config", "layer_types"])
VALUES: st.SearchStrategy[object] = st.one_of(
    st.sampled_from([0, 1, 7, 10**4, 10**6, 10**8, 10**9, 10**12, 10**400, -1, 1.5, 1e300]),
    st.sampled_from([None, True, "8", "bert", "unheard", [], {}, ["full_attention"] * 99]),
    st.integers(1, 2**18),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(FIELDS, VALUES, max_size=3), st.sampled_from(["answer: 2 s", "tokens: 1k/9"])
)
def test_any_configuration_is_answered_or_refused(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG | changed))
    path = tmp_path / "chat.yaml"
    head = f"name: a\nrequests: {{arrival: online, {said}}}"
    path.write_text(f"{head}\nmodel: {{config: config.json}}\n")
    with contextlib.suppress(InputError):
        (workload,) = read_file(str(path))
        assert advise(workload).decision.status in ("recommended", "assumed", "none-fits")


def test_an_architecture_that_is_not_known_is_said_unless_the_parameters_are(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG | {"model_type": "unheard"}))
    path = tmp_path / "chat.yaml"
    path.write_text("name: a\nrequests: {arrival: online}\nmodel: {config: config.json}\n")
    (workload,) = read_file(str(path))
    (note,) = workload.notes
    assert (note.rule, note.severity, note.line) == ("model-shape-unknown", "info", 3)
    assert "model.parameters" in note.fix
    assert note in advise(workload).findings
    (workload,) = read_file(str(path), [("model.parameters", "8B")])
    assert workload.notes == ()
