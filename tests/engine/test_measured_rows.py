"""What others measured, beside what is modelled: where a row is near, and where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.engine.measured_rows import measured_beside
from advisor.modelling.speed import Tokens
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.rulebook.model_tables import model_tables
from advisor.workload.model_files import known_models
from tests.strategies import read

ROWS = model_tables()["measured"]
KNOWN, MODELS = knowledge(load().raw), known_models()


def beside(model: dict[str, Any], instance_type: str, given: int, written: int) -> str:
    workload = {
        "name": "chat",
        "region": "us-east-1",
        "environment": "test",
        "requests": {"arrival": "online", "tokens": {"input": given, "output": written}},
        "traffic": {"peak": "1/min"},
        "model": model,
        "deploy": {"instance_type": instance_type},
    }
    told = Facts(load(), read(workload)).workload.modelled
    assert told is not None
    assert told.on is not None
    return told.on.beside


def test_the_type_that_is_taken_has_its_nearest_row() -> None:
    found = beside({"id": "Qwen/Qwen3-32B"}, "ml.g5.12xlarge", 500, 600)
    assert "degree 4), 522 in and 600 out, 1 in flight, vllm 0.11 to 0.17: TPOT 44 ms" in found
    longer = beside({"id": "Qwen/Qwen3-32B"}, "ml.g5.12xlarge", 1800, 500)
    assert "1,662 in and 600 out" in longer


@pytest.mark.parametrize(
    ("model", "instance_type"),
    [
        ({"id": "Qwen/Qwen3-32B"}, "ml.g6.48xlarge"),  # measured on another type
        ({"id": "Qwen/Qwen3-32B", "precision": "int8"}, "ml.g5.12xlarge"),  # in bf16 alone
        ({"id": "Qwen/Qwen3-8B"}, "ml.g5.12xlarge"),  # another model
        ({"parameters": "32B", "kind": "llm"}, "ml.g5.12xlarge"),  # without a name
    ],
)
def test_a_row_of_something_else_is_not_beside(model: dict[str, Any], instance_type: str) -> None:
    assert beside(model, instance_type, 500, 600) == ""


@given(st.sampled_from(ROWS))
def test_a_load_that_was_measured_has_its_own_row(row: dict[str, str]) -> None:
    tokens = Tokens(float(row["given"]), float(row["written"]))
    found = measured_beside(MODELS, KNOWN, row["model"], tokens, float(row["in_flight"]))
    text = found[row["instance_type"], row["precision"], row["tensor_parallel"]]
    load_of = f"{int(row['given']):,} in and {int(row['written']):,} out, {row['in_flight']} in"
    assert load_of in text
    assert text.endswith(row["source"])


@given(st.sampled_from(MODELS.ids), st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e4))
def test_any_load_of_any_model_has_at_most_one_row_of_a_kind(
    name: str, read_tokens: float, written: float, in_flight: float
) -> None:
    found = measured_beside(MODELS, KNOWN, name, Tokens(read_tokens, written), in_flight)
    kinds = {
        (row["instance_type"], row["precision"], row["tensor_parallel"])
        for row in ROWS
        if row["model"] == name
    }
    assert set(found) == kinds
