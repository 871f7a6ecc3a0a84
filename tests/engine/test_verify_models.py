"""What `rules verify` claims of the tables of models: that it holds, and that it can fail."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from advisor.engine.verify.models import models_hold, unknown_accelerators
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.load import compiled
from advisor.rulebook.model_tables import model_tables

ROOT = Path(__file__).resolve().parents[2]
INSTANCES = compiled(rules_directory())["instances"]


def test_the_tables_hold() -> None:
    assert list(models_hold(model_tables(), INSTANCES)) == []


def test_all_language_models_but_nominal_ones_are_recomputed() -> None:
    nominal = {
        row["id"]
        for row in model_tables()["models"]
        if row["kind"] in ("llm", "vlm", "embedding", "encoder", "reranker") and not row["rest"]
    }
    # their counts have a vision part in them
    assert nominal == {
        "llava-hf/llava-1.5-7b-hf",
        "Qwen/Qwen2-VL-7B-Instruct",
        "Qwen/Qwen2.5-VL-7B-Instruct",
    }


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "found"),
    [
        ("models", 7, "parameters", "8200000000", "has parameters 8200000000"),
        ("models", 7, "active_parameters", "1", "has active_parameters 1"),
        ("models", 15, "expert_parameters", "5", "has expert_parameters 5"),
        ("models", 7, "full_layers", "31", "has full_layers 31"),
        ("models", 7, "layers", "", "no num_hidden_layers"),
        ("models", 7, "source", "", "has no source"),
        ("families", 3, "as_of", "", "has no as_of"),
        ("accelerators", 2, "source", "", "has no source"),
        ("models", 7, "id", "meta-llama/LLAMA-2-7b-hf", "has two rows"),
        ("accelerators", 2, "id", "l4000", "has no l4 of ml.g6.xlarge"),
        ("measured", 4, "model", "Qwen/Qwen3", "Qwen/Qwen3 is not known"),
        ("measured", 4, "instance_type", "ml.g7e.small", "ml.g7e.small is not known"),
        ("measured", 4, "source", "", "has no source"),
    ],
)
def test_a_damaged_row_is_found(table: str, row: int, column: str, value: str, found: str) -> None:
    tables: dict[str, Any] = copy.deepcopy(model_tables())
    tables[table][row][column] = value
    problems = list(models_hold(tables, INSTANCES))
    assert any(found in each for each in problems), problems


def test_types_whose_accelerator_is_not_known_are_named() -> None:
    assert "ml.g7.2xlarge" in unknown_accelerators(INSTANCES)
    columns = INSTANCES[0]
    known = [row for row in INSTANCES[1:] if row[columns.index("accelerator_model")]]
    assert unknown_accelerators([columns, *known]) == ""


def test_every_number_of_models_is_read() -> None:
    """By its id, or by an id that is put together from its beginning and a precision or a word."""
    code = "".join(path.read_text("utf-8") for path in (ROOT / "advisor").rglob("*.py"))
    made = {"bytes-{}", "interval-{}", "speed-hop-{}", "encoder-gpu{}", "encoder-layer{}"}
    made.add("speed-first-token-sequences-{}")
    beginnings = [each.partition("{")[0] for each in made]
    for each in made:
        assert re.search(rf'f"{re.escape(each.partition("{")[0])}\{{', code), each
    unread = [
        entry["id"]
        for entry in model_tables()["constants"]
        if f'"{entry["id"]}"' not in code and not entry["id"].startswith(tuple(beginnings))
    ]
    assert set(unread) <= {"speed-in-flight"}  # for whoever knows the server's own setting
