"""`sm-advise whatif`."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.command import called, ran

EXAMPLE = "examples/pricing-tool.yaml"


def test_where_the_answer_changes() -> None:
    done = called("whatif", EXAMPLE, "requests.payload")
    assert done.code == 0
    assert "<= 4 MB          serverless" in done.out
    assert "> 1 GB           none fits" in done.out


def test_the_data_behind_it() -> None:
    done = called(
        "whatif", EXAMPLE, "traffic.volume", "--from", "1/day", "--to", "1M/month", "--points", "5",
        "--format", "json",
    )  # fmt: skip
    value = json.loads(done.out)
    assert (value["schema"], value["fact"], value["unit"]) == (
        "sm-advise/whatif.v1", "traffic.volume", "requests/month",
    )  # fmt: skip
    assert len(value["points"]) == 5
    assert value["points"][-1]["value"] == 1_000_000
    assert value["answers"][0]["option"] == "serverless"
    assert value["answers"][0]["to"] == "< 12/min"
    assert value["answers"][1] == {
        "low": 525_600, "high": 1_000_000, "from": ">= 12/min", "to": "<= 1M/month",
        "option": "real-time",
    }  # fmt: skip


def test_what_a_stretch_says_can_be_set() -> None:
    for text, option in (("< 12/min", "serverless"), (">= 12/min", "real-time")):
        value = json.loads(
            called("advise", EXAMPLE, "--set", f"traffic.volume={text}", "--format", "json").out
        )
        assert value["recommendation"]["option"] == option


def test_words_as_data() -> None:
    value = json.loads(called("whatif", EXAMPLE, "needs.vpc", "--format", "json").out)
    assert value["answers"] == [
        {"values": ["false"], "option": "serverless"},
        {"values": ["true"], "option": "real-time"},
    ]
    assert [point["value"] for point in value["points"]] == [False, True]


def test_a_row_for_each_point() -> None:
    done = called("whatif", EXAMPLE, "traffic.volume", "--points", "4", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == 4
    assert "traffic.volume [requests/month]" in rows[0]
    assert rows[0]["answer"] == "serverless"
    assert rows[0]["batch-transform usd_low"] == ""


def test_a_page_of_markdown() -> None:
    text = called("whatif", EXAMPLE, "traffic.volume", "--format", "markdown").out
    assert text.startswith("# pricing-tool: what if `traffic.volume` changes\n")
    assert "| `< 12/min` | serverless |" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("requests.paylod",), "Did you mean requests.payload?"),
        (("requests.payload", "--from", "3"), "has no unit"),
        (("name",), "name cannot be varied"),
    ],
)
def test_a_key_that_cannot_be_moved_is_exit_code_2(
    arguments: tuple[str, ...], message: str
) -> None:
    done = called("whatif", EXAMPLE, *arguments)
    assert (done.code, message in done.err) == (2, True)


def test_a_thousand_points_are_a_thousand_rows() -> None:
    done = ran("whatif", EXAMPLE, "traffic.volume", "--points", "1000", "--format", "csv")
    assert done.code == 0
    assert len(done.out.splitlines()) == 1001
