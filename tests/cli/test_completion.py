"""Shells complete commands, options, keys, ids, formats and Regions, by click's own protocol."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.command import Done, ran

LINES = {
    "sm-advise ": {"advise", "compare", "check", "rules"},
    "sm-advise wha": {"whatif"},
    "sm-advise web.yaml --out": {"--output"},
    "sm-advise compare web.yaml --set requests.payload": {"requests.payload="},
    "sm-advise whatif web.yaml needs.vp": {"needs.vpc"},
    "sm-advise whatif web.yaml requests.processing.ty": {"requests.processing.typical"},
    "sm-advise whatif web.yaml reg": {"region"},
    "sm-advise explain serverless-pay": {"serverless-payload"},
    "sm-advise explain requests.payl": {"requests.payload"},
    "sm-advise compare web.yaml --region eu-central-": {"eu-central-1"},
    "sm-advise check --format sa": {"sarif"},
    "sm-advise check --ignore no-ans": {"no-answer"},
    "sm-advise check --select prod": {"production"},
    "sm-advise rules l": {"list"},
    "sm-advise prices show --component serv": {"serverless"},
    "sm-advise web.yaml --color a": {"auto", "always"},
    "sm-advise diff --limits la": {"latest"},
    "sm-advise init --from fraud-": {"fraud-canary", "fraud-scoring"},
}


def completed(shell: str, line: str) -> Done:
    words = line.split(" ")
    place = str(len(words) - 1) if shell != "fish" else words[-1]
    given: dict[str, Any] = {
        "COMP_WORDS": line,
        "COMP_CWORD": place,
        "_SM_ADVISE_COMPLETE": f"{shell}_complete",
    }
    return ran(**given)


@pytest.mark.parametrize("line", LINES)
def test_a_word_is_completed(line: str) -> None:
    done = completed("bash", line)
    assert done.err == ""
    words = {each.partition(",")[2] for each in done.out.splitlines()}
    assert words >= LINES[line]
    assert all(word.startswith(line.rpartition(" ")[2]) for word in words)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script_and_its_form(shell: str) -> None:
    script = ran(_SM_ADVISE_COMPLETE=f"{shell}_source")
    assert "_SM_ADVISE_COMPLETE" in script.out
    assert "whatif" in completed(shell, "sm-advise wha").out


@pytest.mark.parametrize("line", ["sm-advise compare we", "sm-advise we", "sm-advise check in"])
def test_a_file_is_left_to_the_shell(line: str) -> None:
    assert f"file,{line.rpartition(' ')[2]}" in completed("bash", line).out.splitlines()


def test_a_slip_before_the_cursor_is_no_error() -> None:
    done = completed("bash", "sm-advise chek --for")
    assert (done.err, done.code) == ("", 0)
