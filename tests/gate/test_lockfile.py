"""The lock: its text, what it keeps of other files, and how the move of an answer is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.gate.policy.lockfile import (
    SCHEMA,
    answer_of,
    lock_key,
    lock_text,
    merged,
    moved,
    read_lock,
    reasons_of,
    rests_differently,
    told,
)
from advisor.model.errors import InputError
from advisor.pipeline import advise
from tests.planned import STEADY, facts_of, online

ANSWER: dict[str, Any] = {
    "option": "real-time",
    "instance_type": "ml.m5.large",
    "memory_mb": None,
    "rules": "a1",
    "prices": "2026-09-22",
    "snapshot": {"region": "us-east-1", "digest": "d1", "own": False, "discount": ""},
    "facts": {"traffic.peak": "5/s", "prefer": "cost"},
    "asked": {"environment": "test", "limits": "safe", "region": "us-east-1"},
    "assumed": {"model.count": "1", "region": "us-east-1"},
    "path": {"batch": "no, by requests.arrival online", "gaps": "no, by traffic.pattern sustained"},
    "against": {"serverless-payload": "5 MB (bound 4 MB)"},
    "sized": "5 a second on 2 vCPU",
}


def changed(**parts: Any) -> dict[str, Any]:
    """The answer with other parts; a table keeps what the part does not name."""
    return {
        key: {**value, **parts[key]} if isinstance(value, dict) and key in parts else value
        for key, value in {**ANSWER, **{k: v for k, v in parts.items() if k not in ANSWER}}.items()
    } | {key: each for key, each in parts.items() if not isinstance(each, dict)}


def test_a_lock_lists_workloads_by_name_and_ends_its_last_line() -> None:
    text = lock_text({"b.yaml#é": {"option": "x"}, "a.yaml#z": {}, "a.yaml#a": {}})
    assert list(json.loads(text)["workloads"]) == ["a.yaml#a", "a.yaml#z", "b.yaml#é"]
    assert json.loads(text)["schema"] == "sm-advise/lock.v1"
    assert "é" in text
    assert text.startswith('{\n  "schema"')
    assert text.endswith("}\n")


def test_a_workload_is_known_by_its_file_as_the_lock_sees_it() -> None:
    assert lock_key("sm-advise.lock", "services/a.yaml", "a") == "services/a.yaml#a"
    assert lock_key("services/sm-advise.lock", "services/a.yaml", "a") == "a.yaml#a"


def test_of_other_files_a_lock_keeps_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "sm-advise.lock"
    (tmp_path / "there.yaml").touch()
    (tmp_path / "own.yaml").touch()
    (tmp_path / "folder").mkdir()
    before = {key: {"option": key} for key in ("there.yaml#a", "gone.yaml#a", "own.yaml#old")}
    path.write_text(lock_text({**before, "folder#a": {"option": "f"}}), encoding="utf-8")
    assert merged(str(path), {"own.yaml#new": {"option": "n"}}) == {
        "there.yaml#a": {"option": "there.yaml#a"},
        "own.yaml#new": {"option": "n"},
    }


def test_what_is_no_lock_is_refused_and_none_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "sm-advise.lock"
    assert read_lock(str(path)) == {}
    for text in ("[]", "{", '{"schema": "other", "workloads": {}}', f'{{"schema": "{SCHEMA}"}}',
                 f'{{"schema": "{SCHEMA}", "workloads": {{"a": 1}}}}'):  # fmt: skip
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=r"this is no sm-advise/lock\.v1"):
            read_lock(str(path))


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({}, {}),
        ({"option": None}, {"option": ("real-time", None)}),
        ({"instance_type": "ml.c5.large"}, {"instance_type": ("ml.m5.large", "ml.c5.large")}),
        ({"memory_mb": 2048}, {"memory_mb": (None, "2048")}),
        ({"rules": "b2", "prices": "2026-10-01"}, {}),
    ],
)
def test_an_answer_has_moved_when_what_people_agreed_to_is_another(
    parts: dict[str, Any], what: dict[str, tuple[str | None, str | None]]
) -> None:
    assert moved(ANSWER, changed(**parts)) == what


def test_a_key_that_an_older_lock_lacks_has_not_moved() -> None:
    older = {key: value for key, value in ANSWER.items() if key != "memory_mb"}
    assert moved(older, changed(memory_mb=2048)) == {}


@pytest.mark.parametrize(
    ("parts", "reasons"),
    [
        ({"facts": {"traffic.peak": "9/s"}}, ["traffic.peak was 5/s, is 9/s"]),
        ({"facts": {"model.size": "1 GB"}}, ["model.size was not stated, is 1 GB"]),
        (
            {"assumed": {"model.count": "2"}},
            ["model.count was assumed to be 1, is assumed to be 2"],
        ),
        # What is stated now is told as that alone.
        (
            {"assumed": {"model.count": "2"}, "facts": {"model.count": "2"}},
            ["model.count was not stated, is 2"],
        ),
        # Questions and limits explain another option only.
        ({"path": {"gaps": "yes, by traffic.pattern spiky"}}, []),
        (
            {"option": "serverless", "path": {"gaps": "yes, by traffic.pattern spiky"}},
            [
                (
                    "the question gaps was answered no, by traffic.pattern sustained; it is yes, by"
                    " traffic.pattern spiky"
                )
            ],
        ),
        (
            {"option": "serverless", "path": {"gaps": "no, by traffic.pattern periodic"}},
            [],
        ),
        (
            {"option": "serverless", "against": {"real-time-payload": "9 MB (bound 6 MB)"}},
            ["real-time-payload breaks at 9 MB (bound 6 MB)"],
        ),
        (
            {"option": "serverless", "against": {"serverless-payload": ""}},
            ["serverless-payload no longer breaks, as at 5 MB (bound 4 MB)"],
        ),
        (
            {"instance_type": "ml.m5.xlarge", "sized": "9 a second on 4 vCPU"},
            ["then: 5 a second on 2 vCPU Now: 9 a second on 4 vCPU"],
        ),
        (
            {"prices": "2026-10-01"},
            ["the prices were of 2026-09-22, are of 2026-10-01 and alone moved it"],
        ),
        (
            {"prices": "2026-10-01", "rules": "b2"},
            ["the prices were of 2026-09-22, are of 2026-10-01"],
        ),
        (
            {"snapshot": {"own": True, "discount": "12"}},
            [
                (
                    "the prices were of 2026-09-22, are of 2026-09-22, your own, less 12 %"
                    " and alone moved it"
                )
            ],
        ),
        (
            {"snapshot": {"digest": "d2"}},
            ["the prices were of 2026-09-22 (d1), are of 2026-09-22 (d2) and alone moved it"],
        ),
        # Another Region is asked for, so the prices did not move it alone.
        (
            {"snapshot": {"digest": "d2"}, "asked": {"region": "eu-west-1"}},
            ["the prices were of 2026-09-22 (d1), are of 2026-09-22 (d2)"],
        ),
    ],
)
def test_each_reason_of_a_move_is_told_with_both_values(
    parts: dict[str, Any], reasons: list[str]
) -> None:
    assert list(reasons_of(ANSWER, changed(**parts))) == reasons


def test_a_move_is_told_with_its_reasons_and_the_rules() -> None:
    assert told(ANSWER, changed(prices="2026-10-01")) == ""
    new = changed(option=None, instance_type=None, rules="b2", facts={"traffic.peak": "9/s"})
    assert told(ANSWER, new) == (
        "option was real-time, is none; instance type was ml.m5.large, is none:"
        " traffic.peak was 5/s, is 9/s; the rules have changed since"
    )
    assert told(ANSWER, changed(memory_mb=2048)) == "memory in MB was none, is 2048"


def test_what_two_answers_rest_on_differently_is_named_with_both_choices() -> None:
    new = changed(option="serverless", assumed={"model.count": "2"}, path={"gaps": "yes"})
    assert rests_differently(ANSWER, new) == {
        "gaps", "model.count", "real-time", "serverless", "ml.m5.large",
    }  # fmt: skip


def test_what_is_kept_of_an_answer() -> None:
    # 5 MB in base64 are 6.67 MB: above 4 MB, and above 6 MB, which AWS disputes.
    workload = {**STEADY, "requests": {**STEADY["requests"], "payload": "5 MB"}}
    workload["requests"] |= {"encoding": "base64"}
    kept = answer_of(advise(facts_of(online(**workload)).workload))
    assert (kept["option"], kept["memory_mb"]) == ("asynchronous", None)
    assert kept["against"] == {
        "batch-transform-arrival": "online (bound batch)",
        "serverless-payload": "6.67 MB (bound 4 MB)",
        "real-time-payload": "6.67 MB (bound 6 MB)",
    }
    assert kept["asked"] == {"environment": "test", "limits": "safe", "region": "us-east-1"}
    assert kept["facts"] == {
        "model.accelerator": "none", "model.count": "1", "model.memory": "1 GB",
        "model.size": "200 MB", "requests.answer": "10 s", "requests.arrival": "online",
        "requests.cold_start": "tolerated", "requests.encoding": "base64",
        "requests.payload": "5 MB", "requests.processing": "100 ms", "requests.response": "1 KB",
        "traffic.pattern": "sustained", "traffic.peak": "1/s", "traffic.volume": "50k/month",
    }  # fmt: skip
    assert kept["assumed"] == {
        # 50,000 x 12 / 365 x 7 = 11,507 a week at a fifth of the peak, 12 a minute: 958.9 min.
        "requests.streaming": "false", "traffic.active": "958.90410958 min/week",
        "model.startup": "15 s",
    }  # fmt: skip
