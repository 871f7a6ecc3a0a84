"""All commands and formats say the same of what an option costs, and none says a bound as a price.

The figures are read back from what is printed and held against the JSON of ``advise``.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from advisor.compare.compare import compare
from advisor.compare.diff import difference
from advisor.compare.whatif import SweptRange, sweep
from advisor.model.advice import Advice
from advisor.model.options import OPTIONS
from advisor.model.workload import Interval, Workload
from advisor.pipeline import advise
from advisor.reports import Context, renderer
from advisor.reports.comparison_formats import (
    COMPARE_FORMATS,
    DIFF_FORMATS,
    WHATIF_FORMATS,
    money_renderer,
)
from advisor.reports.terminal_chart import Canvas
from advisor.text.quantity import KINDS, show
from advisor.workload import read_file, read_workloads
from tests.strategies import Document, documents, read

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    *sorted((ROOT / "tests" / "cases").glob("*/workload.yaml")),
    *sorted((ROOT / "examples").glob("*.yaml")),
]
SOME = FILES[::5]
CANVAS = Canvas(200)
NUMBER = r"[\d,]+\.\d{2,}"
FIGURE = re.compile(rf"unknown|-|about {NUMBER}|>= {NUMBER}|{NUMBER}-{NUMBER}|{NUMBER}")
SUM = re.compile(r"(?<![\w.])[\d,]+\.\d{2,}(?= USD a month)")
HALF = Decimal("0.005")


def numbers(text: str) -> list[Decimal]:
    return [Decimal(each.replace(",", "")) for each in re.findall(NUMBER, text)]


def agrees(text: str, cost: dict[str, Any] | None) -> None:
    """A printed figure is that of an amount in JSON, to the digits that are printed."""
    assert FIGURE.fullmatch(text), text
    if cost is None:
        assert text == "-"
        return
    low, high, estimate = (cost[f"usd_{end}"] for end in ("low", "high", "estimate"))
    if low is None or (high is None and estimate is None and not float(low)):
        assert text == "unknown"
        return
    if estimate is not None:
        assert text.startswith("about ")
        wanted = [estimate]
    elif high is None:
        assert text.startswith(">= ")
        wanted = [low]
    else:
        assert text[0].isdigit()
        wanted = [low, high]
    shown = numbers(text)
    if len(shown) == 1:
        shown *= len(wanted)
    for one, other in zip(shown, map(Decimal, wanted), strict=True):
        assert abs(one - other) <= HALF
        assert (one == 0) == (other == 0), (text, cost)


def printed(advice: Advice, form: str) -> str:
    return renderer(form)([advice], Context(width=200))


def text_figures(text: str) -> dict[str, str]:
    """Option -> the first figure beside it in the table of options of ``advise``."""
    rows = (re.split(r"\s{2,}", line) for line in text.splitlines())
    return {row[0]: row[1] for row in rows if row[0] in OPTIONS}


def rows(text: str, heading: str) -> dict[str, dict[str, str]]:
    """Option -> heading -> cell, of the first table of a page that has the heading."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head = next(n for n, line in enumerate(lines) if f"| {heading} |" in line)
    names = cells(lines[head])
    found: dict[str, dict[str, str]] = {}
    for line in lines[head + 2 :]:
        name = cells(line)[0].strip("*")
        if name in OPTIONS:
            found.setdefault(name, dict(zip(names, cells(line), strict=True)))
        elif name:  # another table; a row without a name goes on with the option above
            break
    return found


def cells(line: str) -> list[str]:
    unescaped = line.replace("\\", "").replace("&gt;", ">").replace("&lt;", "<")
    return [cell.strip() for cell in unescaped.strip("|").split(" | ")]


def column(text: str, heading: str) -> dict[str, str]:
    """Option -> cell below a right-aligned heading of a table of ``compare``."""
    found = {}
    lines = text.splitlines()
    head = next((n for n, line in enumerate(lines) if line.startswith("Option ")), None)
    if head is None:
        return {}
    names = ["Option", "Standing", "USD/month", "per 1,000", "p50", "p99", "cold"]
    for line in lines[head + 1 :]:
        if not line.strip():
            break
        parts = re.split(r"\s{2,}", line.strip())
        found[parts[0]] = dict(zip(names, parts, strict=True))[heading]
    return found


def costs(advice: Advice) -> dict[str, dict[str, Any] | None]:
    found = json.loads(printed(advice, "json"))
    return {each["option"]: each["monthly_cost"] for each in found["options"]}


def bounded(cost: dict[str, Any] | None) -> None:
    """The ends hold the estimate, which rests on facts by name where there is one."""
    if cost is None:
        return
    low, high, estimate = (cost[f"usd_{end}"] for end in ("low", "high", "estimate"))
    assert bool(cost["estimate_rests_on"]) <= (estimate is not None)
    assert estimate is None or Decimal(estimate) >= Decimal(low) - Decimal("0.000001")
    assert None in (estimate, high) or Decimal(estimate) <= Decimal(high) + Decimal("0.000001")
    parts = [each["usd_estimate"] or each["usd_low"] for each in cost["items"]]
    if estimate is not None:
        whole = sum(map(Decimal, parts), Decimal(0))
        assert abs(whole - Decimal(estimate)) < Decimal("0.00001")


def said(advice: Advice) -> None:
    """Both reports for people show for each option what the JSON has, and so do the sentences."""
    found = costs(advice)
    if not any(found.values()):
        return
    text, page = printed(advice, "text"), printed(advice, "markdown")
    table = rows(page, "USD/month")
    figures = text_figures(text)
    for option, cost in found.items():
        bounded(cost)
        agrees(figures[option], cost)
        agrees(table[option]["USD/month"], cost)
    assert not [one for one in SUM.findall(text + page) if not numbers(one)[0]]


@pytest.fixture(scope="module", params=FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def workload(request: pytest.FixtureRequest) -> Workload:
    path: Path = request.param
    return read_file(str(path))[0]


@pytest.fixture(scope="module", params=SOME, ids=lambda path: f"{path.parent.name}-{path.stem}")
def drawn(request: pytest.FixtureRequest) -> Workload:
    """One of fewer workloads, since a curve takes the full model many times."""
    path: Path = request.param
    return read_file(str(path))[0]


def test_the_formats_of_advise_agree(workload: Workload) -> None:
    said(advise(workload))


@given(documents())
@settings(max_examples=30)
def test_the_formats_of_advise_agree_on_any_workload(document: Document) -> None:
    said(advise(read(document)))


def test_compare_says_what_advise_says(drawn: Workload) -> None:
    advice = advise(drawn)
    found = costs(advice)
    made = compare(advice)
    shown = {name: money_renderer(COMPARE_FORMATS, name)(made, CANVAS) for name in COMPARE_FORMATS}
    listed = {each["option"]: each for each in json.loads(shown["json"])["options"]}
    table = rows(shown["markdown"], "USD/month")
    lines = {row["option"]: row for row in csv.DictReader(StringIO(shown["csv"]))}
    for name, heading in (
        ("USD/month", "monthly_cost"),
        ("per 1,000", "usd_per_thousand_requests"),
    ):
        for option, text in column(shown["text"], name).items():
            agrees(text, listed[option][heading])
        for option, row in table.items():
            agrees(row[name], listed[option][heading])
    for option, cost in found.items():
        same = listed[option]["monthly_cost"]
        assert (same is None) == (cost is None)
        for end in ("usd_low", "usd_high", "usd_estimate"):
            known = None if cost is None else cost[end]
            assert known is None if same is None else same[end] == known
            assert (lines[option][end] or None) == known
        rests = [] if cost is None else cost["estimate_rests_on"]
        assert lines[option]["estimate_rests_on"] == "; ".join(rests)


def points(workload: Workload) -> Iterator[tuple[str, str]]:
    """Keys that are stated as one quantity, with that."""
    for key, kind in (
        ("traffic.volume", "rate"), ("traffic.peak", "rate"), ("requests.response", "size"),
        ("requests.payload", "size"), ("dataset.records", "count"), ("model.memory", "size"),
    ):  # fmt: skip
        found = workload.interval(key)
        if found is not None and found.low == found.high and kind in KINDS:
            yield key, show(found, kind)


def test_whatif_at_the_point_as_it_is_says_what_advise_says(workload: Workload) -> None:
    found = costs(advise(workload))
    for key, text in islice(points(workload), 2):
        made = sweep(workload, key, SweptRange(text, text, 2))
        shown = {
            name: money_renderer(WHATIF_FORMATS, name)(made, CANVAS) for name in WHATIF_FORMATS
        }
        (point,) = json.loads(shown["json"])["points"]
        (line,) = csv.DictReader(StringIO(shown["csv"]))
        (row,) = [cells(each) for each in shown["markdown"].splitlines() if each[:1] == "|"][-1:]
        for (option, here), figure in zip(point["usd"].items(), row[3:], strict=True):
            agrees(figure, here)
            for end in ("usd_low", "usd_high", "usd_estimate"):
                assert (line[f"{option} {end}"] or None) == here[end]
            there = found[option]
            if there is None or "traffic" in key:
                continue  # a peak below the mean is raised before a curve is drawn
            if there["usd_estimate"] is not None:
                assert here["usd_estimate"] == there["usd_estimate"]
            elif there["usd_low"] == there["usd_high"]:
                assert here["usd_low"] == there["usd_low"]


def test_diff_says_what_advise_says(workload: Workload) -> None:
    edited = workload._replace(values={**workload.values})
    old = advise(workload)
    names: list[str] = []
    nothing = ([difference(old, advise(edited))], names, names)
    assert money_renderer(DIFF_FORMATS, "text")(nothing, CANVAS) == ""
    assert money_renderer(DIFF_FORMATS, "markdown")(nothing, CANVAS) == ""
    new = advise(changed(workload))
    sides, made = (costs(old), costs(new)), difference(old, new)
    shown = {
        name: money_renderer(DIFF_FORMATS, name)(([made], [], []), CANVAS) for name in DIFF_FORMATS
    }
    (listed,) = json.loads(shown["json"])["workloads"]
    for advice, side, name in ((old, sides[0], "old"), (new, sides[1], "new")):
        cost = None if advice.decision.option is None else side[advice.decision.option]
        for end in ("usd_low", "usd_high", "usd_estimate"):
            assert listed[name][end] == (None if cost is None else cost[end])
    for change in listed["monthly_costs"]:
        for name, side in zip(("old", "new"), sides, strict=True):
            if change[name] is not None:
                agrees(change[name], side[change["name"]])
    for change in listed["monthly_costs"]:
        line = rf"  {change['name']} +{change['old'] or '—'} → {change['new'] or '—'}"
        assert re.search(line, shown["text"]), (line, shown["text"])


def changed(workload: Workload) -> Workload:
    """The workload on ten times as many requests, or with a response of 2 MB."""
    from advisor.compare.scenario import restated

    volume = workload.interval("traffic.volume")
    if volume is None:
        return restated(workload, {"requests.response": Interval(2 << 20, 2 << 20)})
    low, high = (None if end is None else end * 10 for end in volume)
    return restated(workload, {"traffic.volume": Interval(low, high)})


def test_a_comment_changes_no_figure() -> None:
    path = ROOT / "examples" / "fraud-scoring.yaml"
    data = path.read_bytes()
    pair = [advise(read_workloads(each, str(path))[0]) for each in (data, b"# why\n" + data)]
    assert costs(pair[0]) == costs(pair[1])
    assert not difference(*pair).matters
