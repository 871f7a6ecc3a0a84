"""Our answers agree with published deployments as far as promised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from advisor.model.options import OPTIONS
from advisor.workload import read_file
from tests.agreement import (
    CASES,
    NONE,
    assumed,
    cases,
    four_options,
    high_confidence,
    judge,
    score,
)

OUTCOMES = [judge(case) for case in cases()]
FOLDERS = sorted(folder.name for folder in CASES.iterdir())


def test_high_confidence_cases_agree() -> None:
    found = score(high_confidence(OUTCOMES))
    assert found.cases == 34
    assert found.share >= 0.97, found


def test_four_option_cases_agree() -> None:
    found = score(four_options(OUTCOMES))
    assert found.cases == 59  # of 60 one is labelled none
    assert found.share >= 0.92, found


def test_at_most_a_third_of_the_answers_are_assumed() -> None:
    found = assumed(OUTCOMES)
    assert found.cases == 60
    assert found.share <= 1 / 3, found


def test_a_reader_sees_three_plausible_unknowns_at_most_in_most_answers() -> None:
    """Equal to what the text report shows: it names three and counts the rest."""
    for outcome in OUTCOMES:
        assert (outcome.status == "none-fits") == (outcome.option is None)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_case_says_what_is_published_and_where(name: str) -> None:
    folder = CASES / name
    assert {path.name for path in folder.iterdir()} >= {"workload.yaml", "expected.yaml"}
    (workload,) = read_file(str(folder / "workload.yaml"))
    assert workload.name == name
    assert "decision" not in workload.values
    raw = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert raw["label"] in (*OPTIONS, NONE)
    assert raw["confidence"] in ("high", "medium", "low")
    assert raw["source_url"].startswith("https://")
    assert raw["says"].endswith(".")
    assert set(raw) <= {
        "label", "confidence", "ambiguous", "also", "advised", "source_url", "date", "says",
    }  # fmt: skip
    also = raw.get("also", [])
    assert raw["ambiguous"] or not also
    assert set(also) <= set(OPTIONS) - {raw["label"]}
    assert ("advised" in raw) == (raw["label"] == NONE)


def test_the_table_names_every_disagreement() -> None:
    root = Path(__file__).resolve().parent.parent
    run = subprocess.run(
        [sys.executable, "-m", "tests.agreement"],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    table, _, rest = run.stdout.partition("\n\n")
    assert len(table.splitlines()) == 1 + len(OUTCOMES)
    for outcome in OUTCOMES:
        assert outcome.case.name in table
        assert (f"\n{outcome.case.name} (" in f"\n{rest}") == (outcome.points < 1)
    assert "assumed" in rest.splitlines()[-1]
