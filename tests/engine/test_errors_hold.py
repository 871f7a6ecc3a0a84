"""An error about the design holds at every value that the stated facts leave possible."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.pipeline import advise
from tests.strategies import Document, put, read

DESIGN = ("instance-too-small", "hosting-ruled-out", "decision-breaks-limit")
GB = 1024**3

STATED: dict[str, st.SearchStrategy[Any]] = {
    "deploy.instance_type": st.sampled_from(
        ["ml.g5.xlarge", "ml.g5.12xlarge", "ml.m5.large", "ml.m5.24xlarge", "ml.t2.medium",
         "ml.p3.2xlarge", "ml.inf2.xlarge"]
    ),
    "deploy.hosting": st.sampled_from(
        ["multi-model", "multi-container", "inference-components", "inference-pipeline"]
    ),
    "decision.option": st.sampled_from(["real-time", "asynchronous", "serverless"]),
    "requests.streaming": st.booleans(),
    "requests.processing": st.sampled_from(["50 ms", "10 s", "5 min", "1 s..90 s"]),
    "requests.payload": st.sampled_from(["20 KB", "5 MB", "30 MB", "1 MB..30 MB"]),
    "requests.answer": st.sampled_from(["interactive", "later", "30 s"]),
    "traffic.pattern": st.sampled_from(["sustained", "intermittent"]),
    "model.size": st.sampled_from(["100 MB", "6 GB", "16 GB", "150 GB", "5 GB..40 GB"]),
    "model.memory": st.sampled_from(["1 GB", "12 GB", "200 GB", "1 GB..20 GB"]),
    "model.parameters": st.sampled_from(["100M", "3B", "8B", "70B", "1B..13B"]),
    "model.precision": st.sampled_from(["fp32", "bf16", "int8", "int4"]),
    "model.accelerator": st.sampled_from(["none", "gpu", "neuron"]),
    "model.accelerator_memory": st.sampled_from(["10 GB", "30 GB", "300 GB"]),
    "model.count": st.sampled_from([1, 3, 20, "2..30"]),
    "model.framework": st.sampled_from(["xgboost", "vllm", "triton"]),
    "model.concurrency": st.sampled_from([1, 8]),
}  # fmt: skip


@st.composite
def designs(draw: st.DrawFn) -> Document:
    document: Document = {"name": "design", "requests": {"arrival": draw(ARRIVALS)}}
    for path in draw(st.lists(st.sampled_from(sorted(STATED)), unique=True, max_size=6)):
        put(document, path, draw(STATED[path]))
    return document


ARRIVALS = st.sampled_from(["online", "online", "online", "batch"])


def errors_of(document: Document) -> set[str] | None:
    """The errors about the design; ``None`` where no option fits, which is worse than any."""
    advice = advise(read(document))
    if advice.decision.option is None:
        return None
    return {f.rule for f in advice.findings if f.rule in DESIGN and f.severity == "error"}


def contradicts(document: Document) -> bool:
    """Whether memory is stated that is less than the weights take at any precision."""
    workload = read(document)
    size, count = workload.interval("model.size"), workload.interval("model.parameters")
    weights = max((size and size.low) or 0, ((count and count.low) or 0) // 2)
    for path in ("model.memory", "model.accelerator_memory"):
        found = workload.interval(path)
        if found is not None and (found.low or 0) < weights:
            return True
    memory, kind = workload.interval("model.accelerator_memory"), workload.text("model.accelerator")
    return memory is not None and kind == "none"


@given(designs(), st.data())
def test_an_error_stays_one_whatever_else_is_stated(
    document: Document, data: st.DataObject
) -> None:
    errors = errors_of(document)
    free = [path for path in STATED if not stated(document, path)]
    for _ in range(4 if errors else 0):
        path = data.draw(st.sampled_from([each for each in free if each != "decision.option"]))
        if path in {"deploy.instance_type", "deploy.hosting"}:
            continue  # what is chosen, not what is unknown
        more: Document = read_back(document)
        put(more, path, data.draw(STATED[path]))
        if contradicts(more):
            continue
        still = errors_of(more)
        assert errors is None or still is None or errors <= still, (path, more)


def stated(document: Document, path: str) -> bool:
    return any(each == path or each.startswith(path + ".") for each in read(document).values)


def read_back(document: Document) -> Document:
    return {
        key: dict(value) if isinstance(value, dict) else value for key, value in document.items()
    }


def severities(document: Document, rule: str) -> list[str]:
    return [each.severity for each in advise(read(document)).findings if each.rule == rule]


def online(**sections: Any) -> Document:
    return {"name": "design", "requests": {"arrival": "online"}, **sections}


# The type holds 16 GiB of host memory and 22.4 GiB on its device.
SMALL = {"instance_type": "ml.g5.xlarge"}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # 2 bytes each by size / parameters; 2 x 6 GB + 256 MB is within 0.9 x 16 GB.
        ({"parameters": "3B", "size": "6 GB"}, []),
        # 8B in int4 are 3.7 GiB, which fit; in bf16, as assumed, 14.9 GiB twice do not.
        ({"parameters": "8B"}, ["warning"]),
        # 70B in int4 are 32.6 GiB: no precision fits.
        ({"parameters": "70B"}, ["error"]),
        ({"parameters": "8B", "precision": "fp32", "accelerator": "gpu"}, ["error"]),  # 29.8 GiB
        # Of a range only the larger end is too much.
        ({"size": "6 GB..20 GB", "accelerator": "gpu"}, ["warning"]),
        ({"size": "20 GB..30 GB", "accelerator": "gpu"}, ["error"]),
        # 9 GB are held twice unless memory is stated.
        ({"size": "9 GB", "accelerator": "gpu"}, ["warning"]),
        ({"size": "9 GB", "accelerator": "gpu", "memory": "15 GB"}, ["error"]),
        # Serverless may be the answer too, where no type counts: 5 GB on disk and in memory.
        ({"size": "4 GB", "memory": "5 GB"}, []),
        ({"accelerator": "neuron", "size": "1 GB"}, ["error"]),
    ],
)
def test_a_stated_type_that_is_too_small(model: Document, expected: list[str]) -> None:
    found = severities(online(model=model, deploy=dict(SMALL)), "instance-too-small")
    assert found == expected


def test_a_warning_names_what_it_assumes() -> None:
    advice = advise(read(online(model={"parameters": "8B"}, deploy=dict(SMALL))))
    (found,) = [each for each in advice.findings if each.rule == "instance-too-small"]
    assert "model.precision" in found.message.rpartition("; this assumes")[2]
    assert "model.precision" in found.fix


def test_a_way_of_hosting_that_an_assumption_rules_out() -> None:
    # Sixty models of 1 GB as assumed, twice while loading, fit no type with 15 containers.
    containers = {"hosting": "multi-container"}
    many = online(model={"count": 3, "framework": "vllm"}, deploy=containers)
    assert severities(many, "hosting-ruled-out") == ["warning"]  # vllm: a GPU is assumed
    stated = online(model={"count": 3, "accelerator": "gpu"}, deploy=containers)
    stated["decision"] = {"option": "real-time", "because": "it is called"}
    assert severities(stated, "hosting-ruled-out") == ["error"]


def test_a_decision_that_only_an_assumption_breaks() -> None:
    decided = {"option": "serverless", "because": "it is cheap"}
    assumed = online(model={"framework": "vllm"}, decision=decided)
    # Its accelerator, memory, disk and start, of which a smaller model needs less.
    assert set(severities(assumed, "decision-breaks-limit")) == {"warning"}
    gpu = online(model={"accelerator": "gpu"}, decision=decided)
    assert severities(gpu, "decision-breaks-limit") == ["error"]


def test_none_fits_names_the_fact_that_would_give_an_option_first() -> None:
    # A stream of 10 MB to 30 MB: real-time takes 25 MB, serverless 4 MB.
    document = online()
    document["requests"] |= {"streaming": True, "payload": "10 MB..30 MB"}
    decision = advise(read(document)).decision
    assert decision.status == "none-fits"
    first = decision.unknowns[0]
    assert first.fact == "requests.payload"
    assert not first.remote
    assert any(first.outcomes.values())
