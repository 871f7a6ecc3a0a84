"""`sm-advise explain`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

from advisor.model.options import OPTIONS
from advisor.reference.catalogue import catalogue
from tests.cli.command import ROOT, called, ran


def test_an_entry_is_explained() -> None:
    done = called("explain", "serverless-payload")
    assert done.code == 0
    assert done.out.startswith("serverless-payload (limit, rules/options/serverless.yaml)\n")
    assert "at most 4 MB" in done.out


def test_an_entry_is_explained_as_json() -> None:
    done = called("explain", "small", "--format", "json")
    assert [value["id"] for value in json.loads(done.out)] == ["small"] * 4


def test_an_entry_is_a_page_in_markdown() -> None:
    text = called("explain", "serverless-payload", "--format", "markdown").out
    assert text.startswith("# `serverless-payload`\n\n**Request body** (limit in `rules/options/")
    assert "\n- Bound: wire.payload at most 4 MB\n" in text
    assert "\nUsed by (word): [`requests.payload small`](small.md)\n" in text
    several = called("explain", "small", "--format", "markdown").out
    assert several.startswith("# `small`\n")
    assert several.count("\n**") == 4  # a word of four facts


def test_a_key_that_no_rule_reads_is_a_page_without_a_source() -> None:
    text = called("explain", "deploy.role", "--format", "markdown").out
    assert text.startswith("# `deploy.role`\n\n**Execution role.** (key of the workload file)\n")
    assert "Source" not in text


def test_a_page_is_of_an_id_alone() -> None:
    with pytest.raises(click.UsageError, match="leave out WORKLOAD"):
        called("explain", "serverless", FRAUD, "--format", "markdown")


def test_an_unknown_id_is_an_input_error_with_the_nearest_ones() -> None:
    done = called("explain", "serverles-payload")
    assert done.code == 2
    assert "the rules have no id 'serverles-payload'" in done.err
    assert "did you mean serverless-payload" in done.err


def test_an_id_is_missing() -> None:
    with pytest.raises(click.UsageError):
        called("explain")


def test_as_a_process() -> None:
    done = ran("explain", "vpc", COLUMNS="60")
    assert (done.code, done.err) == (0, "")
    assert "Private network (VPC)" in done.out
    assert max(len(line) for line in done.out.splitlines() if "https://" not in line) <= 60


def test_a_hostile_id_reaches_no_terminal_as_it_is() -> None:
    done = ran("explain", "\x1b[31mred")
    assert done.code == 2
    assert "\x1b" not in done.err
    assert "\\x1b[31mred" in done.err


# -- in a workload ---------------------------------------------------------------------------------

FRAUD = "examples/fraud-scoring.yaml"
CASES = sorted((ROOT / "tests" / "cases").glob("*/workload.yaml"))


def there(name: str, *arguments: str) -> dict[str, Any]:
    done = called("explain", name, *arguments, "--format", "json")
    assert done.code == 0
    found: list[dict[str, Any]] = json.loads(done.out)
    assert len(found) == 1
    return found[0]


def test_an_option_that_was_ruled_out_tells_every_reason_and_what_would_choose_it() -> None:
    """Serverless joins no VPC and captures no data; without both needs it costs 7.93."""
    found = there("serverless", FRAUD)
    assert found["stands"] == "ruled out by serverless-vpc, serverless-data-capture"
    (option,) = found["options"]
    assert option["standing"] == "ruled-out"
    assert [each["rule"] for each in option["reasons"]] == [
        "serverless-vpc", "serverless-data-capture",
    ]  # fmt: skip
    assert found["recommendation"]["monthly_cost"]["usd_low"].startswith("336.5")
    (way,) = found["chosen_with"]
    assert way["changes"] == [
        {"fact": "needs.vpc", "to": "false"}, {"fact": "needs.data-capture", "to": "false"},
    ]  # fmt: skip
    assert way["monthly_cost"]["usd_low"].startswith("8.9")
    broken = [each["rule"] for each in found["verdicts"] if each["outcome"] == "broken"]
    assert broken == ["serverless-vpc", "serverless-data-capture"]


def test_an_option_is_explained_as_text() -> None:
    done = called("explain", "serverless", FRAUD)
    assert done.out.startswith("serverless (option) in fraud-scoring: ruled out by serverless-vpc,")
    assert "needs.vpc false and needs.data-capture false  336.53" in done.out
    assert re.search("serverless-payload +met +Request body 2 MB, bound 4 MB", done.out)


def test_the_chosen_option_tells_what_would_change_it() -> None:
    found = there("real-time", FRAUD)
    assert (found["stands"], found["chosen_with"]) == ("chosen", [])
    arrival = {"fact": "requests.arrival", "to": "batch", "option": "batch-transform"}
    assert {**arrival, "breaks": ["requests.answer"]} in found["would_change"]


def test_an_option_that_no_small_change_chooses_says_so() -> None:
    """2 GB, a GPU and a VPC: three things that serverless has not."""
    done = called("explain", "serverless", "examples/none-fits.yaml")
    assert "no change of one or two facts makes it the answer" in done.out


def test_a_limit_is_explained_with_its_outcome_and_margin() -> None:
    found = there("serverless-payload", FRAUD)
    assert found["stands"] == "met"
    (verdict,) = found["verdicts"]
    # As it was written: 4 / 2 = 2. In base64, which nobody stated, it would have 2.67 MB.
    assert (verdict["option"], verdict["margin"]) == ("serverless", 2.0)
    found = there("serverless-image", FRAUD)
    assert found["stands"] == "open; met at the assumed 2 GB"


def test_a_limit_that_does_not_apply_says_so() -> None:
    found = there("real-time-first-byte", FRAUD, "--set", "requests.streaming=false")
    assert (found["stands"], found["verdicts"]) == ("does not apply", [])


def test_a_need_is_explained_for_each_option_and_for_one() -> None:
    found = there("vpc", FRAUD)
    assert found["stands"] == "needed"
    outcomes = {each["option"]: each["outcome"] for each in found["verdicts"]}
    assert outcomes == {
        "batch-transform": "met", "asynchronous": "met", "serverless": "broken", "real-time": "met",
    }  # fmt: skip
    (one,) = there("serverless-vpc", FRAUD)["verdicts"]
    assert one["outcome"] == "broken"
    assert there("kms", FRAUD, "--set", "needs=[]")["stands"] == "not needed"


def test_a_question_is_explained_with_its_answer_and_what_it_ranks_lower() -> None:
    found = there("cold-start", FRAUD)
    assert (found["stands"], found["question"]["leads_to"]) == (
        "yes", ["serverless", "real-time", "asynchronous"],
    )  # fmt: skip
    standings = {each["option"]: each["standing"] for each in found["options"]}
    assert standings == {"asynchronous": "ranked-lower", "real-time": "chosen"}
    found = there("cold-start", FRAUD, "--set", "traffic.pattern=sustained")
    assert (found["stands"], found["question"]["answer"]) == ("not asked", None)
    assert found["question"]["leads_to"] == []


def test_a_fact_is_explained_with_value_origin_and_readers() -> None:
    found = there("requests.payload", FRAUD)
    assert [(each["fact"], each["value"]) for each in found["facts"]] == [
        ("requests.payload.typical", "20 KB"), ("requests.payload.max", "2 MB"),
    ]  # fmt: skip
    assert found["facts"][0]["origin"] == "stated"
    assert {"kind": "limit", "id": "serverless-payload"} in found["read_by"]
    assert {"kind": "question", "id": "synchronous"} in found["read_by"]
    assert found["would_change"] == [
        {"fact": "requests.payload.max", "to": "> 6 MB", "option": "asynchronous", "breaks": []}
    ]
    (image,) = there("model.image_size", FRAUD)["facts"]
    assert (image["value"], image["origin"]) == ("2 GB", "assumed")
    (share,) = there("load.busy-share", FRAUD)["facts"]
    assert (share["origin"], share["value"]) == ("derived", "5.22 %")
    assert there("traffic.concurrent", FRAUD)["facts"] == []


def test_a_finding_is_explained_by_what_was_found() -> None:
    (found,) = there("contested-limit", "examples/contested-limit.yaml")["findings"]
    assert found["severity"] == "warning"
    assert there("contested-limit", FRAUD)["stands"] == "no findings"


def test_a_setting_without_a_workload_is_a_usage_error() -> None:
    with pytest.raises(click.UsageError, match="WORKLOAD"):
        called("explain", "serverless", "--set", "traffic.pattern=spiky")


def test_an_unknown_id_in_a_workload_names_the_nearest() -> None:
    done = called("explain", "serverles", FRAUD)
    assert done.code == 2
    assert "did you mean serverless" in done.err


def test_a_workload_from_standard_input_is_answered_again() -> None:
    text = (ROOT / FRAUD).read_text(encoding="utf-8")
    done = called("explain", "asynchronous", "-", "--format", "json", typed=text)
    assert json.loads(done.out)[0]["chosen_with"]


def test_the_entries_of_every_kind_can_be_explained_in_a_workload() -> None:
    kinds = {each.kind: each.id for each in catalogue().entries}
    for name in kinds.values():
        assert called("explain", name, FRAUD).code == 0


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_an_explained_change_gives_the_option_that_it_promises(path: Path) -> None:
    for option in OPTIONS:
        for way in there(option, str(path))["chosen_with"]:
            assert 1 <= len(way["changes"]) <= 2
            made = [
                part
                for each in way["changes"]
                for part in ("--set", f"{each['fact']}={each['to']}")
            ]
            answer = json.loads(called("advise", str(path), *made, "--format", "json").out)
            assert answer["recommendation"]["option"] == option, way
            (own,) = (each for each in answer["options"] if each["option"] == option)
            assert own["monthly_cost"]["usd_low"] == way["monthly_cost"]["usd_low"]
