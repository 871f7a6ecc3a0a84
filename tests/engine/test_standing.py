"""How an option stands, the reason named first, and that every command and format says the same."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from advisor.compare.compare import compare
from advisor.compare.diff import difference
from advisor.engine.standing import STANDINGS, phrase, words
from advisor.model.advice import Advice, Standing
from advisor.model.options import OPTIONS
from advisor.pipeline import advise
from advisor.reports import Context, renderer
from advisor.reports.comparison_formats import COMPARE_FORMATS, DIFF_FORMATS, money_renderer
from advisor.reports.terminal_chart import Canvas
from advisor.workload import read_file
from tests.planned import batch, facts_of, online
from tests.strategies import Document, documents, read

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    [*(ROOT / "examples").glob("*.yaml"), *(ROOT / "tests/cases").glob("*/workload.yaml")]
)
CALM: dict[str, Any] = {
    "requests": {
        "payload": "10 KB", "response": "1 KB", "processing": "1 s", "answer": "10 s",
        "cold_start": "tolerated", "streaming": False, "encoding": "binary",
    },
    "traffic": {"pattern": "intermittent", "peak": "1/min"},
    "model": {"memory": "1 GB", "size": "200 MB", "accelerator": "none", "count": 1},
}  # fmt: skip


def standings(workload: dict[str, Any]) -> dict[str, Standing]:
    advice = advise(facts_of(workload).workload)
    return {each.option: each.standing for each in advice.candidates}


def calm(requests: dict[str, Any] | None = None, **parts: Any) -> dict[str, Standing]:
    return standings(
        online(**{**CALM, "requests": {**CALM["requests"], **(requests or {})}, **parts})
    )


def rules(standing: Standing) -> list[str]:
    return [reason.rule for reason in standing.reasons]


# -- the standing and its reasons ------------------------------------------------------------------


def test_the_chosen_option_names_the_question_that_led_to_it() -> None:
    chosen = calm()["serverless"]
    assert (chosen.standing, rules(chosen)) == ("chosen", ["cold-start"])


def test_an_option_that_comes_later_is_ranked_lower_by_the_question_of_the_leaf() -> None:
    later = calm()["real-time"]
    assert (later.standing, rules(later)) == ("ranked-lower", ["cold-start"])
    assert phrase(later) == "ranked lower by the question cold-start"


def test_an_option_that_the_leaf_excludes_says_why() -> None:
    excluded = calm({"answer": "80 ms", "processing": "20 ms"})["asynchronous"]
    assert (excluded.standing, rules(excluded)) == ("ranked-lower", ["strict-latency"])
    assert excluded.reasons[0].text == (
        "by the question strict-latency: A queue and two trips through S3 take longer than"
        " milliseconds."
    )


def test_an_option_is_ranked_lower_by_the_question_at_which_it_was_dropped() -> None:
    # A job is for inputs that are known: the first question ranks every other option lower.
    late = standings(batch(requests={"payload": "1 MB"}))
    assert late["batch-transform"].standing == "chosen"
    assert rules(late["real-time"]) == ["batch"]
    # On an accelerator that idles serverless is not in the leaf, and has no accelerators either.
    gpu = calm(
        traffic={"pattern": "spiky", "peak": "1/min"}, model={**CALM["model"], "accelerator": "gpu"}
    )
    assert rules(gpu["serverless"]) == ["serverless-accelerator"]


def test_an_option_on_a_bound_in_dispute_is_ranked_lower_by_that_bound() -> None:
    # 8 MB: above the 6 MB of every source, within the newest 25 MB.
    held = calm({"payload": "8 MB"})["real-time"]
    assert (held.standing, rules(held)) == ("ranked-lower", ["real-time-payload", "synchronous"])
    assert held.reasons[0].kind == "bound"
    assert "AWS documents disagree on the limit: 6 MB or 25 MB" in held.reasons[0].text


def test_every_rule_that_rules_an_option_out_is_named_limits_before_needs() -> None:
    out = calm({"payload": "5 MB", "processing": "61 s"}, needs=["vpc", "data-capture"])[
        "serverless"
    ]
    assert out.standing == "ruled-out"
    assert rules(out) == [
        "serverless-payload", "serverless-processing", "serverless-vpc", "serverless-data-capture",
    ]  # fmt: skip
    assert out.reasons[0].text == "Request body 5 MB, limit 4 MB"
    assert out.reasons[2].text == "Private network (VPC) not supported"


def test_a_largest_value_is_named_rather_than_an_assumed_start() -> None:
    # Whether the answer is streamed is not stated; without, 60 s hold, and 61 s are stated.
    workload = online(requests={"processing": {"typical": "10 s", "max": "61 s"}})
    out = standings(workload)["real-time"]
    assert out.standing == "ruled-out"
    (reason,) = out.reasons
    assert reason.text == ("Processing time 61 s, limit 60 s (assumes requests.streaming false)")
    assert reason.assumed == ("requests.streaming",)


def test_a_need_that_nobody_names_is_no_assumption() -> None:
    # A pipeline has up to 15 steps; whether it has more depends on a count that is a range.
    for count in ("<=40", "3..40"):
        needs = {"inference-pipeline": True, "vpc": False}
        out = standings(online(model={"count": count}, needs=needs))["real-time"]
        assert "needs" not in [each for reason in out.reasons for each in reason.assumed]


def test_what_only_an_assumption_breaks_comes_last_and_is_called_assumed() -> None:
    # 4 GB of parameters at fp32 would be 16 GB; nothing but the assumption speaks of memory.
    out = calm({"payload": "5 MB"}, model={"parameters": "4B", "accelerator": "none"})["serverless"]
    kinds = [bool(reason.assumed) for reason in out.reasons]
    assert rules(out)[0] == "serverless-payload"
    assert kinds == sorted(kinds)
    assert any(kinds)


def test_an_unstated_fact_that_would_choose_an_option_leaves_it_open() -> None:
    left = standings(online(**{**CALM, "traffic": {}}))
    # Gaps are assumed, so serverless is chosen; without gaps, or with more traffic, real-time is.
    assert left["serverless"].standing == "chosen"
    assert left["real-time"].standing == "open"
    assert left["real-time"].reasons[0].text == "chosen if traffic.pattern is sustained or diurnal"
    assert rules(left["real-time"]) == [
        "traffic.pattern", "traffic.peak", "traffic.volume", "cold-start",
    ]  # fmt: skip
    assert left["asynchronous"].standing == "ranked-lower"


def test_a_decision_is_chosen_and_leaves_what_the_rules_would_choose_open() -> None:
    decision = {"option": "real-time", "because": "contract"}
    found = calm(decision=decision)
    assert found["real-time"].standing == "chosen"
    assert found["real-time"].reasons[0].text == (
        "by decision.option; the rules would choose serverless"
    )
    assert found["serverless"].standing == "open"
    assert found["asynchronous"].standing == "ranked-lower"


def test_a_decision_that_breaks_a_need_is_chosen_and_says_what_it_breaks() -> None:
    found = calm(decision={"option": "serverless", "because": "cost"}, needs=["vpc"])["serverless"]
    assert (found.standing, rules(found)) == ("chosen", ["decision", "serverless-vpc"])


# -- every command and format ----------------------------------------------------------------------


def by_text(text: str) -> dict[str, str]:
    """The standing after the name of each option, in the first block of lines that has all four."""
    known = "|".join(words(Standing(standing=each, reasons=())) for each in STANDINGS)
    rows = re.findall(rf"^ *({'|'.join(OPTIONS)}) +({known})(?= |$)", text, re.MULTILINE)
    found: dict[str, set[str]] = {}
    for option, standing in rows:
        found.setdefault(option, set()).add(standing.replace(" ", "-"))
    assert all(len(each) == 1 for each in found.values()), found
    return {option: each.pop() for option, each in found.items()}


def by_answer(text: str) -> dict[str, str]:
    """The first standing in each row of an answer's options, in the text or in Markdown."""
    rows: dict[str, str] = {}
    option = ""
    for line in text.splitlines():
        row = re.match(rf"(?:\| )?(?:\*\*)?({'|'.join(OPTIONS)})\b", line)
        if row is not None:
            option = row[1]
        if option and not line.strip():
            break
        if option:
            rows[option] = rows.get(option, "") + f" {line}"
    known = "|".join(words(Standing(standing=each, reasons=())) for each in STANDINGS)
    found = {option: re.findall(rf"\b(?:{known})\b", row)[0] for option, row in rows.items()}
    return {option: standing.replace(" ", "-") for option, standing in found.items()}


def by_table(text: str) -> dict[str, str]:
    """The second column of the first Markdown table whose first one names an option."""
    rows = re.findall(
        rf"^\| (?:\*\*)?({'|'.join(OPTIONS)})(?:\*\*)? \| ([a-z ]+) \|", text, re.MULTILINE
    )
    return {option: standing.replace(" ", "-") for option, standing in reversed(rows)}


def by_json(options: list[dict[str, Any]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        each["option"]: (each["standing"], tuple(reason["text"] for reason in each["reasons"]))
        for each in options
    }


def told(advice: Advice, form: str, width: int = 80) -> str:
    return renderer(form)([advice], Context(width=width))


def hold_against_each_other(advice: Advice, *widths: int) -> None:
    whole = {
        each.option: (
            each.standing.standing,
            tuple(reason.text for reason in each.standing.reasons),
        )
        for each in advice.candidates
    }
    plain = {option: standing for option, (standing, _) in whole.items()}
    assert by_json(json.loads(told(advice, "json"))["options"]) == whole
    assert by_json(json.loads(told(advice, "jsonl"))["options"]) == whole
    for width in widths:
        assert by_answer(told(advice, "text", width).partition("\n\n")[2]) == plain
    assert by_answer(told(advice, "markdown").partition("## Options")[2]) == plain
    compared = compare(advice)
    texts = {
        form: money_renderer(COMPARE_FORMATS, form)(compared, Canvas()) for form in COMPARE_FORMATS
    }
    assert by_text(texts["text"]) == plain
    assert by_table(texts["markdown"]) == plain
    assert by_json(json.loads(texts["json"])["options"]) == whole
    rows = list(csv.DictReader(StringIO(texts["csv"])))
    assert {row["option"]: row["standing"] for row in rows} == plain
    assert [row["why"] for row in rows] == ["; ".join(whole[row["option"]][1]) for row in rows]


def hold_differences(old: Advice, new: Advice) -> None:
    found = difference(old, new)
    text = money_renderer(DIFF_FORMATS, "json")(([found], [], []), Canvas())
    changed = {each["name"]: each for each in json.loads(text)["workloads"][0]["options"]}
    for before, after in zip(old.candidates, new.candidates, strict=True):
        phrases = phrase(before.standing), phrase(after.standing)
        if phrases[0] == phrases[1]:
            assert before.option not in changed
        else:
            change = changed[before.option]
            assert (change["old"], change["new"]) == phrases


def hold_its_word(advice: Advice) -> None:
    """A standing says what the answer says."""
    decision = advice.decision
    for each in advice.candidates:
        standing, reasons = each.standing.standing, each.standing.reasons
        assert reasons
        assert (standing == "chosen") == (each.option == decision.option)
        assert (standing == "ruled-out") == (each.status == "ruled-out" and standing != "chosen")
        broken = {verdict.rule for verdict in each.verdicts if verdict.outcome == "broken"}
        named = {reason.rule for reason in reasons}
        assert broken <= named
        assert broken <= {reason.rule for reason in reasons if not reason.assumed}
        kinds = {reason.kind for reason in reasons}
        if standing == "ruled-out":
            assert kinds <= {"limit", "need"}
        if standing == "ranked-lower":
            assert kinds <= {"bound", "question"}
        if standing == "open":
            assert reasons[0].kind in ("fact", "decision")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_all_commands_and_formats_agree(path: Path) -> None:
    (workload,) = read_file(str(path))
    advice = advise(workload, as_of="2026-11-20")
    hold_its_word(advice)
    hold_against_each_other(advice, 60, 80, 120)
    hold_differences(advice, advise(workload, limits="latest", as_of="2026-11-20"))


@settings(max_examples=60)
@given(documents())
def test_all_commands_and_formats_agree_on_anything(document: Document) -> None:
    advice = advise(read(document))
    # A limit within the interval of a modelled time leaves an option open whose middle breaks it.
    if not {"requests.tokens", "model"} & {
        path.rsplit(".", 1)[0] for path in advice.workload.values
    }:
        hold_its_word(advice)
    hold_against_each_other(advice, 160)  # room for the price of a milliard of models


@given(documents(), documents())
def test_a_difference_tells_standings(old: Document, new: Document) -> None:
    hold_differences(advise(read(old)), advise(read(new)))


@pytest.mark.parametrize(
    ("written", "stands"),
    [
        ("300", "ranked-lower"),  # about 12 s, at the most 21 s
        ("2200", "open"),  # about 66 s, 38 s to 115 s: the limit of 60 s is inside
        ("6k", "ruled-out"),  # about 194 s, 111 s at the least
    ],
)
def test_a_limit_inside_a_modelled_interval_leaves_an_option_open(
    written: str, stands: str
) -> None:
    said = {
        "name": "case",
        "region": "us-east-1",
        "requests": {
            "arrival": "online",
            "answer": "later",
            "tokens": {"input": 512, "output": written},
        },
        "traffic": {"pattern": "intermittent", "peak": "1/min"},
        "model": {"id": "meta-llama/Llama-3.1-8B-Instruct", "measured_on": "ml.g5.2xlarge"},
    }
    advice = advise(read(said))
    (real_time,) = (each for each in advice.candidates if each.option == "real-time")
    assert real_time.standing.standing == stands
    if stands == "open":
        assert any("limit 60 s" in each.text for each in real_time.standing.reasons)
