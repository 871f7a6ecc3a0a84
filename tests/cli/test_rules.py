"""`sm-advise rules`: list, verify, flowchart, sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from advisor.engine.verify import Problem, Report
from advisor.reference.catalogue import KINDS, catalogue
from tests.cli.command import called, ran


def test_every_entry_is_listed() -> None:
    done = called("rules", "list")
    assert done.code == 0
    assert len(done.out.splitlines()) == len(catalogue().entries)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_of_one_kind(kind: str) -> None:
    lines = called("rules", "list", "--kind", kind).out.splitlines()
    assert len(lines) == len(catalogue().of_kind(kind)) > 0


def test_a_list_as_json() -> None:
    values = json.loads(called("rules", "list", "--kind", "option", "--format", "json").out)
    assert [value["id"] for value in values] == [
        "batch-transform",
        "asynchronous",
        "serverless",
        "real-time",
    ]


def test_the_rules_are_proved_for_both_sets_of_bounds() -> None:
    done = called("rules", "verify")
    assert done.code == 0
    assert "limits safe: every claim holds\n" in done.out
    assert "limits latest: every claim holds\n" in done.out


def test_a_proof_for_one_set_of_bounds_as_json() -> None:
    (value,) = json.loads(called("rules", "verify", "--limits", "safe", "--format", "json").out)
    assert value["limits"] == "safe"
    assert value["holds"] is True
    assert value["problems"] == []
    assert value["proved"]["total"] > 0


def test_inconsistent_rules_are_exit_code_2_with_a_witness(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(compiled: Mapping[str, Any], limits: str, service: object) -> Report:
        problem = Problem("total", "no answer", "name: witness\nrequests:\n  arrival: online\n")
        return Report(limits, (problem,), ("a note",), {"total": 12})

    monkeypatch.setattr("advisor.engine.verify.verify", broken)
    done = called("rules", "verify", "--limits", "safe")
    assert done.code == 2
    assert done.out == (
        "limits safe: 1 claim fails\n"
        "  total         12 paths, each with an answer or with a reason why none fits\n"
        "  note: a note\n"
        "  FAILED total: no answer\n"
        "      name: witness\n"
        "      requests:\n"
        "        arrival: online\n"
    )


def test_the_flowchart_is_drawn() -> None:
    assert called("rules", "flowchart").out.startswith("◆ batch: ")
    assert called("rules", "flowchart", "--format", "mermaid").out.startswith("flowchart TD\n")
    image = called("rules", "flowchart", "--format", "svg").out
    assert ElementTree.fromstring(image).tag.endswith("svg")  # noqa: S314 - our own text


def test_old_sources_are_told_as_of_a_day() -> None:
    done = called("rules", "sources", "--as-of", "2026-11-20", "--older-than", "1000")
    assert done.code == 0
    # The guide's own source was last published on 2023-03-10: 1,351 days before.
    assert "2023-03-10  https://docs.aws.amazon.com/" in done.out
    assert "2026-11-20  https://" not in done.out
    assert "more than 1000 days before 2026-11-20." in done.out.splitlines()[-1]


def test_nothing_is_old_on_its_own_day() -> None:
    done = called("rules", "sources", "--as-of", "2026-11-20", "--older-than", "9999")
    assert done.out.startswith("None of ")


def test_all_sources_as_json() -> None:
    arguments = ("--all", "--as-of", "2026-12-31", "--format", "json")
    values = json.loads(called("rules", "sources", *arguments).out)
    urls = [value["source"] for value in values]
    assert len(urls) == len(set(urls)) > 50
    assert all(value["days"] >= 0 and value["entries"] for value in values)


def test_as_a_process() -> None:
    done = ran("rules", "verify", "--limits", "safe")
    assert (done.code, done.err) == (0, "")
