"""`sm-advise explain`."""

from __future__ import annotations

import json

import click
import pytest

from tests.cli.command import called, ran


def test_an_entry_is_explained() -> None:
    done = called("explain", "serverless-payload")
    assert done.code == 0
    assert done.out.startswith("serverless-payload (limit, rules/options/serverless.yaml)\n")
    assert "at most 4 MB" in done.out


def test_an_entry_is_explained_as_json() -> None:
    done = called("explain", "small", "--format", "json")
    assert [value["id"] for value in json.loads(done.out)] == ["small", "small"]


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
