"""The JSON Schema that ships is the one the table of keys gives, and editors can rely on it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from advisor.workload import read_workloads
from advisor.workload.forms import forms
from advisor.workload.keys import Key, keys
from advisor.workload.schema import schema, schema_text, whole

SHIPPED = Path(__file__).parents[2] / "rules" / "schema" / "workload.schema.json"


def test_the_schema_that_ships_is_current() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text(), "write it anew: make docs"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def everywhere(value: Any) -> list[dict[str, Any]]:
    """All mappings of the schema."""
    if isinstance(value, list):
        return [found for inner in value for found in everywhere(inner)]
    if not isinstance(value, dict):
        return []
    return [value] + [found for inner in value.values() for found in everywhere(inner)]


def test_no_mapping_takes_keys_that_the_reader_refuses() -> None:
    mappings = [found for found in everywhere(schema()) if "properties" in found]
    assert len(mappings) > 8
    assert all(found["additionalProperties"] is False for found in mappings)


def test_every_pattern_has_a_message_and_ends_where_the_text_ends() -> None:
    patterns = [found for found in everywhere(schema()) if isinstance(found.get("pattern"), str)]
    any_text = whole(forms()["variable"].pattern)  # lines and blanks at its end are its own
    for found in (each for each in patterns if each["pattern"] != any_text):
        assert found["patternErrorMessage"].startswith("Write ")
        assert not re.search(found["pattern"], "\n")
        assert found["pattern"].endswith(r"$(?!\n)")


def place(key: Key, value: Any) -> dict[str, Any]:
    document: dict[str, Any] = {"name": "a", "requests": {"arrival": "online"}}
    inner = document
    *sections, name = key.path.split(".")
    for section in sections:
        inner = inner.setdefault(section, {"option": "serverless"} if section == "decision" else {})
    inner[name] = value
    return document


NOT_SINGLE = ("texts", "named", "variants", "models", "windows")
SINGLE = [key for key in keys().values() if key.example and key.kind not in NOT_SINGLE]


@pytest.mark.parametrize("key", SINGLE, ids=lambda key: key.path)
def test_every_example_is_accepted(key: Key) -> None:
    document = place(key, key.example)
    assert not [*Draft202012Validator(schema()).iter_errors(document)]
    if key.path != "model.config":  # it names a file
        assert read_workloads(json.dumps(document).encode(), "w.yaml")


WORDS = [(key, word) for key in keys().values() for word in key.words]


@pytest.mark.parametrize(("key", "word"), WORDS, ids=lambda each: getattr(each, "path", each))
def test_every_word_is_accepted(key: Key, word: str) -> None:
    document = place(key, word)
    assert not [*Draft202012Validator(schema()).iter_errors(document)]
    assert read_workloads(json.dumps(document).encode(), "w.yaml")


@pytest.mark.parametrize(
    "key",
    [*keys().values(), *keys("deploy.variants").values(), *keys("accept").values()],
    ids=lambda key: key.path,
)
def test_every_key_is_described_in_a_sentence(key: Key) -> None:
    assert re.fullmatch(r"[A-Za-z].*\.", key.about)
