"""What size, parameters, precision and framework of a model say of each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.rulebook.load import load
from advisor.text.quantity import MIB
from tests.strategies import read

BYTES = {"fp32": 4.0, "bf16": 2.0, "fp16": 2.0, "int8": 1.0, "int4": 0.5}


def document(**model: Any) -> dict[str, Any]:
    return {"name": "model", "requests": {"arrival": "online"}, "model": model}


def taken(**model: Any) -> Facts:
    return Facts(load(), read(document(**model)))


def listed(advice: Advice, fact: str) -> tuple[Any, str]:
    return next((each.value, each.origin) for each in advice.decision.facts if each.fact == fact)


@given(
    st.integers(10**6, 10**12),
    st.sampled_from([4.0, 2.0, 1.0, 0.5]),
    st.floats(1 / 1.19, 1.19),
)
def test_size_over_parameters_tells_the_precision(parameters: int, each: float, off: float) -> None:
    size = max(1, round(parameters * each * off))
    facts = taken(size=f"{size} B", parameters=parameters)
    assert BYTES[facts.taken("model.precision")] == each
    assert facts.derived(facts.book.precision)


@pytest.mark.parametrize(
    ("size", "parameters", "precision"),
    [
        ("16 GB", "8B", "bf16"),  # 2.1 bytes each
        ("6 GB", "3B", "bf16"),  # 2.1
        ("400 MB", "100M", "fp32"),  # 4.2
        ("4 GB", "8B", "int4"),  # 0.54
        ("8 GB", "8B", "int8"),  # 1.07
        ("12 GB", "8B", "bf16"),  # 1.6 is near nothing: what is usual from a billion on
        ("600 MB", "400M", "fp32"),  # 1.57 is near nothing: the largest
        ("14 GB..18 GB", "8B", "bf16"),  # 1.88 to 2.42 is too wide, the usual one stays
        ("> 20 GB", "8B", "bf16"),
    ],
)
def test_precision_by_hand(size: str, parameters: str, precision: str) -> None:
    assert taken(size=size, parameters=parameters).taken("model.precision") == precision


def test_a_stated_precision_is_never_moved() -> None:
    facts = taken(size="16 GB", parameters="8B", precision="int8")
    assert facts.taken("model.precision") == "int8"


@pytest.mark.parametrize(
    "model",
    [
        {"framework": "vllm"},
        {"framework": "vLLM"},
        {"framework": "TGI"},
        {"framework": "lmi"},
        {"parameters": "1B"},
        {"parameters": ">=7B"},
    ],
)
def test_a_language_model_is_given_a_gpu_and_says_so(model: dict[str, Any]) -> None:
    advice = advise(read(document(**model)))
    assert listed(advice, "model.accelerator") == ("gpu", "assumed")
    chosen = advice.chosen
    assert chosen is not None
    assert chosen.plan is not None
    kind = next(each.value for each in chosen.plan.settings if each.name == "InstanceType")
    assert kind.startswith(("ml.g", "ml.p"))


@pytest.mark.parametrize(
    "model", [{"framework": "xgboost"}, {"parameters": 999_999_999}, {"parameters": "100M..7B"}]
)
def test_other_models_are_given_none(model: dict[str, Any]) -> None:
    assert taken(**model).taken("model.accelerator") == "none"


def test_a_stated_accelerator_is_never_moved() -> None:
    assert taken(parameters="8B", accelerator="none").taken("model.accelerator") == "none"


@given(st.integers(10**6, 10**12), st.sampled_from(sorted(BYTES)))
def test_parameters_give_a_size(parameters: int, precision: str) -> None:
    facts = taken(parameters=parameters, precision=precision)
    size = facts.taken("model.size")
    assert 0 <= size - parameters * BYTES[precision] < MIB + 1
    assert size % MIB == 0
    assert taken(parameters=parameters, precision=precision, size="3 GB").taken("model.size") == (
        3 * 1024 * MIB
    )


@given(
    st.integers(10**6, 10**12),
    st.sampled_from(sorted(BYTES.values())),
    st.floats(0.5, 2),
    st.booleans(),
)
def test_to_state_a_size_is_to_move_it(
    parameters: int, each: float, off: float, stated: bool
) -> None:
    size = max(1, round(parameters * each * off))
    here = taken(parameters=parameters, **({"size": "1 GB"} if stated else {}))
    moved = here.moved({here.book.size: (size, size)})
    there = taken(parameters=parameters, size=f"{size} B")
    told = there.workload.modelled  # times of a type are those of the workload as it is
    if told is None:
        assert moved == there.point
    else:
        for name in ("size", "precision", "parameters"):
            assert moved[getattr(here.book, name)] == there.point[getattr(here.book, name)]


def test_a_size_has_a_cell_for_each_precision_that_it_tells() -> None:
    # 4 GB of 8B parameters are int4 and fit 6 GB; 3 GB tell nothing, so 16 GB of bf16 count.
    here = Neighbourhood(taken(parameters="8B", size="3 GB"), whole=True)
    size = next(each for each in here.handles() if each.id == "model.size")
    least, most = here.ranges(size)[1]
    assert (least, most) == (3_333_333_334, 4_800_000_000)  # 0.5 bytes x 8B / 1.2 and x 1.2


def test_what_is_derived_is_listed_with_its_formula() -> None:
    # 8,000,000,000 parameters of 2 bytes are 15,258.8 MiB.
    advice = advise(read(document(parameters="8B")))
    assert listed(advice, "model.size") == ("15259 MB", "derived")
    by_size = document(size="1 GB", parameters="2B", accelerator="none")  # 0.54 bytes each
    by_size["traffic"] = {"pattern": "intermittent"}
    assert listed(advise(read(by_size)), "model.precision") == ("int4", "derived")
