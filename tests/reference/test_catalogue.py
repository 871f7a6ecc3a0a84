"""Every id of the rules can be looked up, with its reason, its source and what rests on it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from advisor.model.options import OPTIONS
from advisor.reference.catalogue import KINDS, RulebookIndex, catalogue
from advisor.reference.entry import Entry
from advisor.reference.explain import as_values, explain
from advisor.rulebook.load import load
from advisor.workload.keys import Key, keys

ROOT = Path(__file__).resolve().parent.parent.parent
ID = re.compile(r"[a-z][a-z0-9-]+")


@cache
def known() -> RulebookIndex:
    return catalogue()


def one(name: str) -> Entry:
    (entry,) = known().find(name)
    return entry


def detail(entry: Entry, label: str) -> list[str]:
    return [each.text for each in entry.details if each.label == label]


def ids_of_the_rulebook() -> list[str]:
    """Whatever the engine can name in an answer."""
    book = load("safe")
    hidden = ("said", book.facts[book.mean].id)  # bits that nobody sees; texts say "mean of"
    ids = [*book.option, *book.limit, *book.questions]
    ids += [fact.id for fact in book.facts if fact.id not in hidden]
    ids += [caution.id for caution in book.cautions()]
    ids += [outside.id for outside in book.outside()]
    ids += [word for _, word in book.words]
    for feature in book.features:
        ids += [feature.id, f"needs.{feature.id}"]
        ids += [f"{option}-{feature.id}" for option in OPTIONS]
    return ids


@pytest.mark.parametrize("name", sorted(set(ids_of_the_rulebook())))
def test_whatever_an_answer_names_can_be_explained(name: str) -> None:
    assert known().find(name)


def findings_of_the_code() -> set[str]:
    """Rule ids written in `Finding("…", …)` anywhere in the package."""
    found = set()
    for path in (ROOT / "advisor").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and ID.fullmatch(str(first.value)):
                    found.add(str(first.value))
    return found


@pytest.mark.parametrize("name", sorted(findings_of_the_code()))
def test_every_finding_of_the_code_can_be_explained(name: str) -> None:
    assert known().find(name)


@pytest.mark.parametrize("key", keys().values(), ids=lambda key: key.path)
def test_every_key_of_a_workload_file_can_be_explained(key: Key) -> None:
    assert known().find(key.path)


def test_every_kind_has_entries_and_every_entry_its_reason() -> None:
    assert {entry.kind for entry in known().entries} == set(KINDS)
    for entry in known().entries:
        assert entry.because, entry.id
        assert entry.source, entry.id
        assert (ROOT / "rules" / entry.file).is_file(), entry.id


def test_a_limit_shows_its_bounds() -> None:
    entry = one("real-time-payload")
    assert detail(entry, "Bound") == ["wire.payload at most 6 MB"]
    (also,) = detail(entry, "Also")
    assert also.startswith("at most 25 MB (the newest, in force with --limits latest). ")


def test_a_limit_of_words_shows_them() -> None:
    assert detail(one("serverless-accelerator"), "Bound") == ["model.accelerator only none"]


def test_a_fact_shows_what_is_assumed_and_when() -> None:
    assert detail(one("requests.payload"), "Assumed") == ["1 MB"]
    # Two ways to take it: who prefers latency avoids cold starts, all others tolerate them.
    avoid, tolerated = detail(one("requests.cold_start"), "Assumed")
    assert avoid.startswith("when prefer is latency: avoid. ")
    assert tolerated.startswith("tolerated. ")
    assert detail(one("traffic.concurrent"), "Assumed") == [
        "nothing; it has no value until someone states it"
    ]


def test_a_part_of_a_fact_is_the_fact() -> None:
    for name in ("requests.payload.max", "requests.payload.p99", "requests.payload.typical"):
        assert one(name).id == "requests.payload"


def test_a_feature_of_one_option_shows_only_that() -> None:
    (entry,) = known().find("real-time-shadow-testing")
    assert [each.label for each in entry.details] == ["real-time"]
    assert detail(entry, "real-time")[0].startswith("conditional. ")


def test_a_word_belongs_to_its_fact() -> None:
    assert [entry.name for entry in known().find("small")] == [
        "requests.payload small",
        "requests.response small",
        "model.size small",
        "model.memory small",
    ]
    assert one("requests.payload small").id == "small"


def test_an_instance_type_leads_to_its_family() -> None:
    assert one("ml.m5.xlarge").id == "m5"


def test_a_quota_shows_what_new_accounts_get() -> None:
    assert detail(one("quota-serverless-memory"), "Seen") == ["3072 on new accounts"]


def test_what_rests_on_an_entry_is_told() -> None:
    used = known().usage.of(one("real-time-payload"))
    assert used["question"] == ("synchronous",)
    assert "requests.payload large" in used["word"]
    assert "s3-pointer" in used["consider"]
    assert "option" not in used  # it stands in the option's own file
    assert known().usage.of(one("needs.vpc")) == {"consider": ("aws-lambda",)}
    assert known().usage.of(one("load.busy-share busy")) == {
        "question": ("busy",),
        "consider": ("bedrock",),
    }


def test_nothing_rests_on_itself() -> None:
    for entry in known().entries:
        assert entry.name not in known().usage.of(entry).get(entry.kind, ())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serverles-payload", "serverless-payload"),
        ("Serverless-Payload", "serverless-payload"),
        ("request.payload", "requests.payload"),
        ("cold_start", "requests.cold_start"),
    ],
)
def test_a_misspelling_finds_its_way(typed: str, meant: str) -> None:
    assert known().find(typed) == ()
    assert meant in known().nearest(typed)


@pytest.mark.parametrize("typed", ["", "?", "zzzzzzzzzzzz", "x" * 5000, "\x1b[31m"])
def test_nothing_near_is_nothing(typed: str) -> None:
    assert known().find(typed) == ()
    assert known().nearest(typed) == ()


def test_an_explanation_is_complete_and_wrapped() -> None:
    text = explain(known().find("real-time-payload"), known(), 80)
    for part in ("Bound", "Also", "Fix", "Why", "Source", "As of", "Used by"):
        assert f"\n{part} " in text
    assert "in the rules since 0.1" in text
    too_wide = [line for line in text.splitlines() if len(line) > 80 and "https://" not in line]
    assert too_wide == []


def test_a_figure_of_our_own_says_so() -> None:
    text = explain(known().find("traffic.volume steady"), known(), 80)
    assert "sm-advise (our own figure; the reason above argues it)" in text


def test_a_key_without_a_rule_is_explained_by_what_it_takes() -> None:
    text = explain(known().find("deploy.role"), known(), 80)
    assert text.startswith("deploy.role (key of the workload file)\n")
    assert "arn:aws:iam::123456789012:role/sagemaker" in text
    assert "Why" not in text


def test_an_explanation_as_values_has_the_same_content() -> None:
    (value,) = as_values(known().find("real-time-payload"), known())
    assert value["kind"] == "limit"
    assert value["file"] == "rules/options/real_time.yaml"
    assert value["as_of"] == "2026-11-17"
    also = next(each for each in value["details"] if each["label"] == "Also")
    assert also["source"] == "https://docs.aws.amazon.com/sagemaker/latest/dg/hosting-faqs.html"
    assert value["used_by"]["question"] == ["synchronous"]
