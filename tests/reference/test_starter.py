"""The file that `init` writes is read back as the answers it was made of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.reference.starter import ANSWERS, starter, written
from advisor.workload import read_workloads
from advisor.workload.keys import keys


def stated(text: str) -> dict[str, str]:
    (workload,) = read_workloads(text.encode(), "workload.yaml")
    return {path: item.text for path, item in workload.values.items()}


def test_the_template_states_only_what_is_required() -> None:
    assert stated(starter(ANSWERS)) == {
        "schema": "sm-advise/workload.v1",
        "name": "my-model",
        "requests.arrival": "online",
    }


def test_every_key_stands_in_the_template_and_its_example_is_accepted() -> None:
    lines = starter(ANSWERS).splitlines()
    # Comments beside a key start further right than any key.
    text = "\n".join(re.sub(r"^( {0,6})# ([a-z_0-9]+:)", r"\1\2", line) for line in lines)
    leaves = {
        key.path
        for key in keys().values()
        if key.kind not in ("section", "needs") and not key.short_for
    }
    leaves -= {path for path in leaves if path.startswith("decision.")}  # kept together
    text = text.replace("  config:", "  # config:")  # names a file beside the workload's
    leaves -= {"model.config"}
    assert leaves <= stated(text).keys()


def test_no_line_of_the_template_is_too_wide() -> None:
    assert max(map(len, starter(ANSWERS).splitlines())) <= 110


def test_answers_are_read_back() -> None:
    answers = {
        **ANSWERS,
        "requests.payload": "> 6 MB",
        "requests.streaming": "false",
        "traffic.peak": "20/s",
        "model.count": "300..600",
        "deploy.instances.min": "2",
        "needs": "vpc, kms",
    }
    found = stated(starter(answers))
    for path in ("requests.payload", "requests.streaming", "traffic.peak", "model.count"):
        assert found[path] == answers[path]
    assert "needs.vpc" in found
    assert "needs.kms" in found


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("traffic.peak", "20/s", "20/s"),
        ("requests.answer", "> 60 s", '"> 60 s"'),
        ("requests.streaming", "true", "true"),
        ("name", "fraud", "fraud"),
        ("name", "true", '"true"'),
        ("name", "123", '"123"'),
        ("deploy.role", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/x"),
        ("owner", "a: b", '"a: b"'),
        ("owner", "a # b", '"a # b"'),
        ("decision.until", "2027-03-31", '"2027-03-31"'),
        ("needs", " vpc,kms , ", "[vpc, kms]"),
    ],
)
def test_a_value_is_quoted_where_it_would_mean_something_else(
    path: str, value: str, text: str
) -> None:
    assert written(keys()[path], value) == text


@given(st.text(max_size=20), st.sampled_from(["name", "owner", "requests.payload", "traffic.peak"]))
def test_any_typed_text_is_that_value_or_refused(typed: str, path: str) -> None:
    try:
        found = stated(starter({**ANSWERS, path: typed}))
    except InputError:
        return
    assert found[path] == typed
    assert found.keys() == {*ANSWERS, "schema", path}
