"""What AWS answers leads to the entry behind it: real messages, and texts that are none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.reference.catalogue import RulebookIndex, catalogue
from advisor.reference.entry import Entry
from advisor.reference.errors import about
from advisor.rulebook.source import read_rules
from tests.cli.command import called

MESSAGES = read_rules(Path(__file__).with_name("messages.yaml"))
"""Id of an entry -> a message that leads to it."""


@cache
def known() -> RulebookIndex:
    return catalogue()


def ids(text: str) -> list[str]:
    return [each.id for each in found(text)]


def found(text: str) -> tuple[Entry, ...]:
    return about(text, known().of_kind("error"), known().of_kind("quota"))


@pytest.mark.parametrize(("error", "message"), MESSAGES.items(), ids=list(MESSAGES))
def test_a_message_leads_to_its_entry_alone(error: str, message: str) -> None:
    assert ids(message) == [error]
    assert ids(message.upper().replace(", ", ",\n   ").replace(": ", ":\n")) == [error]


def test_every_entry_has_a_message() -> None:
    assert {each.id for each in known().of_kind("error")} == {*MESSAGES}


@pytest.mark.parametrize("entry", catalogue().of_kind("error"), ids=lambda each: each.id)
def test_what_is_behind_a_message_can_be_explained(entry: Entry) -> None:
    asked = [entry.raw["ask"]] if "ask" in entry.raw else []
    for name in [*entry.raw["behind"], *asked]:
        assert known().find(name), name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "InService",
        "Endpoint created",
        "The account has a limit of its own",
        "not found",
        "Image size 13279248421 is below the supported size",  # the second part is missing
        "is greater than supported size 10 Image size 12",  # its parts in another order
    ],
)
def test_other_texts_are_no_message(text: str) -> None:
    assert ids(text) == []


def test_a_log_tells_the_error_of_each_line() -> None:
    log = "starting\nCUDA out of memory\nworker up\nNo space left on device\nCUDA out of memory\n"
    assert ids(log) == ["error-no-space", "error-device-memory"]  # that of the whole is the longest


def ask(used: str, more: str, name: str = "ml.m5.xlarge for endpoint usage") -> list[str]:
    text = f"""The account-level service limit '{name}' is 2 Instances, with current
    utilization of {used} Instances and a request delta of {more} Instances."""
    (entry,) = found(text)
    return [each.text for each in entry.details if each.label == "Ask AWS"]


def test_a_quota_is_asked_for_what_is_in_use_and_what_is_added() -> None:
    (said,) = ask("2", "3")
    assert said == (
        "aws service-quotas request-service-quota-increase --service-code sagemaker "
        "--quota-code L-2F737F8D --desired-value 5"  # 2 + 3
    )


def test_nothing_is_asked_for_where_the_number_or_the_code_is_unknown() -> None:
    assert ask("some", "3") == []
    assert ask("2", "3", "ml.q9.huge for endpoint usage") == []


def test_the_command_explains_a_message_and_refuses_other_texts() -> None:
    shown = called("explain", "Image size 13279248421 is greater than supported size 10737418240")
    assert shown.code == 0
    assert "error-image-too-large" in shown.out
    assert "serverless-image" in shown.out
    refused = called("explain", "nothing of the kind")
    assert refused.code == 2
    assert "no message" in refused.err
    assert refused.err


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    for each in found(text):
        assert each.kind == "error"
