"""Which findings of a run stand: what is selected, ignored, or too new to fail a build."""

from __future__ import annotations

import pytest

from advisor.gate.checks import Check, load_checks
from advisor.gate.finding import GateFinding
from advisor.gate.policy.waivers import is_new, triage
from advisor.gate.settings import CheckOptions

REQUEST = CheckOptions(paths=["."], as_of="2026-11-20")
ERROR = GateFinding(
    rule="instance-type", severity="error", message="no such type", file="c.json", line=1, column=1
)
WARNING = GateFinding(
    rule="alike-variants",
    severity="warning",
    message="two are alike",
    file="c.json",
    line=2,
    column=1,
)


def since(release: str) -> Check:
    return load_checks()["instance-type"]._replace(since=release)


@pytest.mark.parametrize(
    ("release", "version", "expected"),
    [
        ("0.2", "0.2.0", True),
        ("0.2", "0.2.7", True),  # patches of the release that brought it
        ("0.2", "0.3.0", False),
        ("0.2", "1.0.0", False),
        ("1.0", "1.0.1", True),
        ("0.1", "0.1.0", False),  # before the first release nobody relied on its absence
        ("0.10", "0.1.0", False),
        ("0.1", "0.10.0", False),
    ],
)
def test_a_check_is_new_for_one_minor_release(release: str, version: str, expected: bool) -> None:
    assert is_new(since(release), version) == expected


def test_a_new_check_warns_and_says_until_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.gate.policy.waivers.is_new", lambda check: check.since == "0.2")
    for release, severity in (("0.1", "error"), ("0.2", "warning")):
        checks = {**load_checks(), "instance-type": since(release)}
        (found,) = triage([ERROR], {}, checks, REQUEST).findings
        assert found.severity == severity
        told = " (new in 0.2: an error from the next release on)"
        assert found.message == "no such type" + (told if severity == "warning" else "")


@pytest.mark.parametrize(
    ("select", "ignore", "rules"),
    [
        ((), (), {"instance-type", "alike-variants"}),
        (("instance-type",), (), {"instance-type"}),
        (("production",), (), {"instance-type", "alike-variants"}),  # a profile adds
        ((), ("alike-variants",), {"instance-type"}),
        (("instance-type", "alike-variants"), ("instance-type",), {"alike-variants"}),
    ],
)
def test_what_is_asked_for_stands(
    select: tuple[str, ...], ignore: tuple[str, ...], rules: set[str]
) -> None:
    request = REQUEST._replace(select=frozenset(select), ignore=frozenset(ignore))
    found = triage([ERROR, WARNING], {}, load_checks(), request).findings
    assert {finding.rule for finding in found} == rules


def test_a_finding_that_was_found_twice_stands_once() -> None:
    assert len(triage([ERROR, ERROR], {}, load_checks(), REQUEST).findings) == 1
