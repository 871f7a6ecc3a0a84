"""`sm-advise schema`: the schemas say what is printed, no more and no less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from advisor.pipeline import advise
from advisor.reports import Context
from advisor.reports.json_v1 import render
from tests.cli.command import called, ran
from tests.reports.answers import EXAMPLES, example
from tests.strategies import Document, documents, read


def schema(what: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(called("schema", what).out)
    return loaded


def closed(node: Any) -> Any:
    """The same schema, which now also refuses keys that it does not describe."""
    if isinstance(node, dict):
        done = {key: closed(value) for key, value in node.items()}
        if node.get("type") == "object" and "properties" in node:
            done["additionalProperties"] = False
        return done
    return [closed(each) for each in node] if isinstance(node, list) else node


@pytest.mark.parametrize("what", ["workload", "settings", "advice", "findings"])
def test_a_schema_is_a_schema(what: str) -> None:
    found = schema(what)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"sm-advise/{what}.v1"


def test_the_workload_schema_is_the_default() -> None:
    assert called("schema").out == called("schema", "workload").out


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_advice_keeps_its_schema_and_has_no_other_key(name: str) -> None:
    value = json.loads(render([example(name)], Context()))
    validator = Draft202012Validator(closed(schema("advice")))
    assert [error.message for error in validator.iter_errors(value)] == []


ADVICE = Draft202012Validator(schema("advice"))


@given(documents())
def test_any_advice_keeps_its_schema(document: Document) -> None:
    value = json.loads(render([advise(read(document))], Context()))
    assert [error.message for error in ADVICE.iter_errors(value)] == []


def test_findings_keep_their_schema_and_have_no_other_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # Two variants of one name, one without capacity; beside it a file that cannot be read.
    variant = {"VariantName": "a", "ModelName": "m"}
    config = {"EndpointConfigName": "x", "ProductionVariants": [variant, variant]}
    Path("config.json").write_text(json.dumps(config), encoding="utf-8")
    Path("broken.json").write_text("{", encoding="utf-8")
    value = json.loads(called("check", "config.json", "broken.json", "--format", "json").out)
    assert {each["rule"] for each in value["findings"]} >= {"no-capacity", "repeated-variant-name"}
    assert len(value["errors"]) == 1
    validator = Draft202012Validator(closed(schema("findings")))
    assert [error.message for error in validator.iter_errors(value)] == []


def test_as_a_process() -> None:
    done = ran("schema", "advice")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["title"] == "sm-advise advice"
