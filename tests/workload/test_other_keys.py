"""Keys that other tools have: each reads to the facts of the key of a workload file."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.model.errors import InputError
from advisor.model.workload import Interval, Workload
from advisor.pipeline import advise
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import book_for, compiled
from advisor.text.spelling import plain
from advisor.workload import read_workloads
from advisor.workload.familiar import spellings
from advisor.workload.keys import keys

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
HEAD = {"name": "chat", "requests": {"arrival": "online"}}


def flow(value: Any) -> str:
    """A value as YAML in braces; texts stay as they are."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {flow(each)}' for key, each in value.items())}}}"
    return str(value)


def within(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a mapping with a value at a path."""
    name, _, rest = path.partition(".")
    if not rest:
        return {**base, name: value}
    return {**base, name: within(base.get(name, {}), rest, value)}


def read(tree: dict[str, Any]) -> Workload:
    (workload,) = read_workloads(flow(tree).encode(), "chat.yaml")
    return workload


def said(workload: Workload) -> dict[str, Any]:
    """The stated values, and what the engine takes from them."""
    facts = Facts(book_for(workload, None), workload)
    values = {path: each.value for path, each in workload.values.items()}
    return {**values, "low": facts.low, "high": facts.high, "point": facts.point}


def aliases() -> list[tuple[str, str, str]]:
    return [
        (section, written, target)
        for section, row in spellings()["read"].items()
        for written, target in row.items()
    ]


def example(path: str) -> Any:
    """A value that a key takes."""
    samples = {"dataset": {"records": 10}, "requests": {"payload": "1 KB"}}
    samples |= {"traffic": {"peak": "2/s"}, "model.config": "tests/data/none.json"}
    key = keys().get(path) or keys()[path.rpartition(".")[0]]
    return samples.get(path) or key.example or key.words[0]


@pytest.mark.parametrize(("section", "written", "target"), aliases())
def test_every_other_name_reads_as_its_key(section: str, written: str, target: str) -> None:
    assert written == plain(written)
    path = f"{section}.{target}".lstrip(".")
    base = {"name": "chat"} if path == "requests" else HEAD
    value = example(path)
    if path == "requests":
        value = {"arrival": "online"}
    if path == "model.config":  # its file is not there: the refusal is the same
        for name in (path, f"{section}.{written}"):
            with pytest.raises(InputError, match=r"model\.config: .*cannot be read"):
                read(within(base, name, value))
        return
    other = read(within(base, f"{section}.{written}".lstrip("."), value))
    assert said(other) == said(read(within(base, path, value)))
    assert [each.rule for each in other.notes] == ["read-as"]
    assert other.notes[0].message.endswith(f"is read as {path}")
    assert other.notes[0].line == 1


@given(
    st.sampled_from(["in", "prompt", "input_tokens", "promptTokens"]),
    st.sampled_from(["out", "completion", "output-tokens", "answer", "generated"]),
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.sampled_from(["", " tokens", " tok"]),
)
def test_tokens_under_any_names(given_: str, written: str, a: int, b: int, unit: str) -> None:
    tokens = {given_: f"{a}{unit}", written: f"{b}{unit}"}
    other = read(within(HEAD, "requests.tokens", tokens))
    plainly = read(within(HEAD, "requests.tokens", {"input": a, "output": b}))
    assert said(other) == said(plainly)


@given(
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.sampled_from(
        [
            "{}/{}",
            "{} / {}",
            "{} in, {} out",
            "{} in / {} out",
            "{} tokens in and {} tokens out",
            "{}+{}",
            "{} -> {}",
            "[{}, {}]",
            "input {}, output {}",
            "'in: {}, out: {}'",
        ]
    ),
)
def test_tokens_in_one_text(a: int, b: int, form: str) -> None:
    data = f"name: chat\nrequests:\n  arrival: online\n  tokens: {form.format(a, b)}\n"
    (other,) = read_workloads(data.encode(), "chat.yaml")
    plainly = read(within(HEAD, "requests.tokens", {"input": a, "output": b}))
    assert said(other) == said(plainly)


@given(st.integers(1, 10**9), st.sampled_from(["/month", "/day", "/min"]), st.booleans())
def test_a_comma_within_a_number_ends_no_value_in_braces(
    number: int, period: str, more: bool
) -> None:
    rest = ", pattern: spiky" if more else ""
    data = "name: chat\nrequests: {arrival: online}\ntraffic: {volume: %s%s%s}\n"
    found = [
        read_workloads((data % (written, period, rest)).encode(), "chat.yaml")[0].values
        for written in (f"{number:,}", f"{number}")
    ]
    assert {path: each.value for path, each in found[0].items()} == {
        path: each.value for path, each in found[1].items()
    }


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        ("model: {kind: llm, type: llm}", "'type' is not a key of model", "kind: llm"),
        ("model: {type: wooden}", "'type' is not a key of model", "model.kind"),
        ("model: {name: lama-3.1-8b}", "no model is known as 'lama-3.1-8b'", LLAMA),
        ("model: {name: fraud-v2}", "no model is known as 'fraud-v2'", "needs no id"),
        ("model: {id: 8B}", "is a number of parameters", "write parameters: 8B"),
        ("model: {id: 70 b}", "is a number of parameters", "write parameters: 70b"),
        ("model: {id: gpt-4o}", "is a closed model", "Amazon Bedrock"),
        ("model: {id: openai/gpt-4.1-mini}", "is a closed model", "open model"),
        ("model: {id: anthropic.claude-3-haiku-20240307-v1:0}", "is a closed model", "Bedrock"),
        ("model: {id: Gemini 2.5 Pro}", "is a closed model", "open model"),
        ("model: {kind: pytorch}", "is not an accepted word", "write framework: pytorch"),
        ("model: {kind: transformer}", "has several meanings", "llm, encoder, embedding"),
        ("traffic: {peak: 1, 000}", "'1' names no time", "1/s"),
        ("batch: true", "'batch' is not a key", "requests: {arrival: batch}"),
        ("traffic: {peak: 1/s, peak: 2/s}", "the key 'peak' is repeated", "keep one"),
    ],
)
def test_what_is_not_sure_is_refused_with_what_to_write(data: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        read_workloads(f"name: chat\nrequests: {{arrival: online}}\n{data}\n".encode(), "chat.yaml")
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "model", ["openai/gpt-oss-200b", "openai/gpt2", "EleutherAI/gpt-j-6b", "me/claude-like-7b"]
)
def test_open_models_of_like_names_are_not_called_closed(model: str) -> None:
    with pytest.raises(InputError, match="no model is known as"):
        read(within(HEAD, "model.id", model))


@pytest.mark.parametrize(
    "written",
    [
        f"https://huggingface.co/{LLAMA}",
        f"https://huggingface.co/{LLAMA}/tree/main",
        f"huggingface.co/{LLAMA}",
        f"hf://{LLAMA}",
        "ollama/llama3.1:8b",
        "llama 3.1 8b",
    ],
)
def test_an_address_is_the_model_that_it_leads_to(written: str) -> None:
    head = "name: chat\nrequests: {arrival: online}\nmodel:\n  id: "
    (workload,) = read_workloads(f"{head}{written}\n".encode(), "chat.yaml")
    (plainly,) = read_workloads(f"{head}{LLAMA}\n".encode(), "chat.yaml")
    (one, other) = (said(each) for each in (workload, plainly))
    assert {**one, "model.id": ""} == {**other, "model.id": ""}


def test_a_model_of_a_list_has_the_same_other_names() -> None:
    data = f"name: chat\nrequests: {{arrival: online}}\nmodels: [{{name: a, hf_model_id: {LLAMA}}}]"
    (workload,) = read_workloads(data.encode(), "chat.yaml")
    assert workload.values["models"].value == ({"name": "a", "id": LLAMA},)


def test_an_option_may_use_the_same_names() -> None:
    data = b"{name: chat, requests: {arrival: online}}"
    changes = [("model.type", "llm"), ("requests.tokens.in", ">100"), ("model.dtype", "'fp8'")]
    (workload,) = read_workloads(data, "chat.yaml", changes)
    assert workload.text("model.kind") == "llm"
    assert workload.text("model.precision") == "fp8"
    assert workload.interval("requests.tokens.input") == Interval(101, None)


ON_DEVICES = {"a10g": "ml.g5.", "NVIDIA L4": "ml.g6.", "T4": "ml.g4dn.", "l40s": "ml.g6e."}
ON_DEVICES |= {"A100": "ml.p4d", "h100": "ml.p5.", "inf2": "ml.inf2.", "trn1": "ml.trn1."}


SMALL = {"kind": "llm", "parameters": "3B", "precision": "fp16"}


@pytest.mark.parametrize("device", ON_DEVICES)
@pytest.mark.parametrize("model", [{"size": "1 GB"}, SMALL])
def test_a_named_device_is_the_only_one_that_is_chosen(device: str, model: dict[str, str]) -> None:
    workload = read({**HEAD, "model": {**model, "accelerator": device}})
    advice = advise(workload)
    plans = {each.option: each.plan for each in advice.candidates}
    usage: Any = plans[str(advice.decision.option)]
    assert usage.usage.instance_type.startswith(ON_DEVICES[device])


@pytest.mark.parametrize(
    ("device", "write"), [("v100", "ml.p3.2xlarge"), ("inf1", "ml.inf1.xlarge"), ("k80", "ml.p2")]
)
def test_a_device_of_an_earlier_generation_is_refused_with_its_type(
    device: str, write: str
) -> None:
    with pytest.raises(InputError) as caught:
        read({**HEAD, "model": {"accelerator": device}})
    assert write in caught.value.hint


def test_every_device_of_the_table_is_one_of_a_type() -> None:
    types = knowledge(compiled(rules_directory())).catalogue.types.values()
    known = {each.accelerator_model for each in types}
    assert set(spellings()["devices"].values()) <= known
    for written in spellings()["devices"]:
        assert spellings()["words"]["accelerator"][written] in ("gpu", "neuron")


ANY = st.recursive(
    st.sampled_from(["1k", "000", "000/month", "llm", "", "~", "'x'", "2,000", "&a 1", "*a", ">5"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        st.lists(
            st.tuples(
                st.sampled_from(["in", "type", "max_tokens", "batch", "000", "volume"]), inner
            )
        ).map(lambda each: f"{{{', '.join(f'{key}: {value}' for key, value in each)}}}"),
    ),
    max_leaves=6,
)


@given(st.sampled_from(["model", "requests", "traffic", "deploy", "models", "batch"]), ANY)
def test_whatever_stands_in_a_section_is_read_or_refused(section: str, value: str) -> None:
    head = "" if section == "requests" else "requests: {arrival: online}\n"
    for changes in ([], [(f"{section}.tokens.in", value)] if value else []):
        with contextlib.suppress(InputError):
            read_workloads(f"name: a\n{head}{section}: {value}\n".encode(), "a.yaml", changes)
