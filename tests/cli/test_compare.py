"""`sm-advise compare`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click import UsageError

from tests.cli.command import called, ran

EXAMPLE = "examples/fraud-scoring.yaml"


@pytest.fixture(autouse=True)
def no_snapshots_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_the_options_stand_side_by_side() -> None:
    done = called("compare", EXAMPLE)
    assert done.code == 0
    for word in (
        "real-time",
        "asynchronous",
        "serverless",
        "batch-transform",
        "USD a month",
        "p99",
    ):
        assert word in done.out


def test_the_object_holds_what_the_table_shows() -> None:
    value = json.loads(called("compare", EXAMPLE, "--format", "json").out)
    assert value["schema"] == "sm-advise/compare.v1"
    options = {each["option"]: each for each in value["options"]}
    assert set(options) == {"real-time", "asynchronous", "serverless", "batch-transform"}
    chosen = options["real-time"]
    assert chosen["standing"] == "chosen"
    items = chosen["monthly_cost"]["items"]
    total = sum(round(float(item["usd_low"]) * 1e6) for item in items)
    assert total == round(float(chosen["monthly_cost"]["usd_low"]) * 1e6)
    assert chosen["latency"]["basis"].startswith("modelled")
    assert chosen["usd_per_thousand_requests"]["usd_low"]
    assert options["serverless"]["why"].startswith("Private network")
    assert options["serverless"]["monthly_cost"] is None
    assert {curve["fact"] for curve in value["curves"]} == {"traffic.volume", "requests.processing"}


def test_the_same_file_gives_the_same_bytes() -> None:
    assert called("compare", EXAMPLE, "--format", "json").out == (
        called("compare", EXAMPLE, "--format", "json").out
    )


def test_a_row_for_each_option() -> None:
    rows = list(csv.DictReader(io.StringIO(called("compare", EXAMPLE, "--format", "csv").out)))
    assert [row["option"] for row in rows] == [
        "real-time", "asynchronous", "serverless", "batch-transform",
    ]  # fmt: skip
    assert rows[0]["plan"] == "2 x ml.m5.xlarge"
    assert rows[2]["usd_low"] == ""


def test_a_page_of_markdown() -> None:
    text = called("compare", EXAMPLE, "--format", "markdown").out
    assert text.startswith("# fraud-scoring: cost and latency of the four options\n")
    assert text.count("<details>") == text.count("</details>") == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--max-monthly", "300"), 1),
        (("--max-monthly", "336.54"), 0),
        (("--max-monthly", "337 USD"), 0),
        (("--set", "budget=100 USD/month"), 1),
        (("--set", "requests.payload=2 GB"), 1),
    ],
)
def test_the_gate(arguments: tuple[str, ...], code: int) -> None:
    done = called("compare", EXAMPLE, *arguments)
    assert done.code == code
    assert ("over-max-monthly" in done.out) is (code == 1 and "--max-monthly" in arguments)


@pytest.mark.parametrize("amount", ["-5", "0", "much", "5 EUR", "1e3"])
def test_an_amount_that_is_none_is_a_usage_error(amount: str) -> None:
    with pytest.raises(UsageError, match="is not an amount in USD"):
        called("compare", EXAMPLE, f"--max-monthly={amount}")


def test_another_region_has_other_prices() -> None:
    done = called("compare", EXAMPLE, "--region", "eu-west-1", "--format", "json")
    assert json.loads(done.out)["inputs"]["region"] == "eu-west-1"


def test_several_workloads_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    one = "name: {}\nrequests: {{arrival: online}}\n"
    path.write_text(one.format("a") + "---\n" + one.format("b"), encoding="utf-8")
    done = called("compare", str(path))
    assert (done.code, "2 workloads (a, b), but this command takes one" in done.err) == (2, True)


@pytest.mark.parametrize("bad", ["no-such-file.yaml", "examples"])
def test_a_file_that_cannot_be_read_is_exit_code_2(bad: str) -> None:
    assert called("compare", bad).code == 2


def test_a_damaged_snapshot_of_the_user_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "sm-advise" / "prices"
    folder.mkdir(parents=True)
    (folder / "us-east-1.json").write_text('{"prices": 1}', encoding="utf-8")
    done = ran("compare", EXAMPLE, XDG_CACHE_HOME=str(tmp_path))
    assert done.code == 2
    assert "this is not a price snapshot" in done.err
    assert "sm-advise prices refresh --region us-east-1" in done.err


def test_a_narrow_terminal_without_block_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from advisor.cli.money import canvas

    class Stream(io.StringIO):
        encoding = "ascii"

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stdout", Stream())
    assert canvas("text") == (60, False, False)
    assert canvas("json") == (80, True, False)
    monkeypatch.setenv("COLUMNS", "7")
    assert canvas("text") == (40, False, False)
