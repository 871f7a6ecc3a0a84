"""A row for each workload, which a spreadsheet reads."""

from __future__ import annotations

import csv
from io import StringIO

from advisor.reports import Context
from advisor.reports.advice_csv import render
from tests.reports.answers import example


def test_each_workload_is_a_row_with_the_figures_of_its_cost() -> None:
    names = ("fraud-scoring", "none-fits", "depends-on-an-unknown")
    rows = list(csv.DictReader(StringIO(render([example(name) for name in names], Context()))))
    assert [row["option"] for row in rows] == ["real-time", "", "serverless"]
    fraud, none, thin = rows
    assert fraud["owner"] == "team-risk"
    assert fraud["plan"] == "2 x ml.m5.xlarge"
    assert fraud["usd_low"] == fraud["usd_high"] == "336.532422"
    assert fraud["worst_finding"] == "hours-without-windows"
    assert none["status"] == "none-fits"
    assert not none["plan"] + none["usd_low"] + none["worst_severity"]
    # Nobody stated the volume, so there is no upper end, and the estimate names what it rests on.
    assert not thin["usd_high"]
    assert thin["usd_estimate"]
    assert thin["estimate_rests_on"].startswith("traffic.volume")
