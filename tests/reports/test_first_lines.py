"""Five lines that say an answer aloud: the rules of their layout, at every width."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given

from advisor.compare.compare import alongside
from advisor.compare.cost_unknowns import weighed
from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.reports import Context
from advisor.reports.advice_view import columns_of, rests_on, spoken
from advisor.reports.first_lines import first_lines, fitting
from advisor.reports.plain_words import Words
from advisor.reports.text import render
from advisor.rulebook.load import load
from advisor.text.money_format import money
from advisor.workload import read_workloads
from tests.reports.answers import AS_OF, EXAMPLES, ROOT, example
from tests.strategies import Document, documents, read

WIDTHS = (40, 80, 120, 200)
CASES = sorted(path.parent.name for path in (ROOT / "tests" / "cases").glob("*/workload.yaml"))
KEY = re.compile(r"\b(?:requests|traffic|dataset|model|needs|deploy|decision)\.[a-z_]")


@cache
def case(name: str) -> Advice:
    """The answer that the command line gives for a published case."""
    path = ROOT / "tests" / "cases" / name / "workload.yaml"
    (workload,) = read_workloads(path.read_bytes(), f"tests/cases/{name}/workload.yaml")
    return alongside(weighed(advise(workload, as_of=AS_OF)))


@cache
def rule_ids() -> tuple[str, ...]:
    """Ids of findings, limits and questions that are not words of their own."""
    raw = load("safe").raw
    ids = [*raw["findings"], *(each["id"] for each in raw["cautions"])]
    ids += [limit["id"] for option in raw["options"] for limit in option["limits"]]
    ids += [each["id"] for each in raw["flowchart"]["questions"]]
    return tuple(each for each in ids if "-" in each and each not in ("cold-start", "many-models"))


def hold(advice: Advice) -> None:
    """Assert every rule of the layout."""
    for width in WIDTHS:
        lines = first_lines(advice, width, Words(advice))
        first, *labelled = lines
        assert [each.label for each in labelled] == ["Why", third(advice), "Assumes", "Next"]
        printed = render([advice], Context(width=width)).splitlines()
        for line, each in zip(printed[1:5], labelled, strict=True):
            assert line == each.label.ljust(9) + each.text
        assert printed[5] == ""
        assert all(line.strip() and columns_of(line) <= width for line in printed[:5])
        assert max(map(columns_of, printed)) <= width
        whole = "\n".join(printed)
        for word in rule_ids() if width == max(WIDTHS) else ():
            assert word not in " ".join(each.text for each in labelled[:3] if each.label != "Why")
        ours = [first, *labelled[:3]]
        if advice.decision.status != "decided":  # a human's reason is told as it stands
            assert not any(KEY.search(each.text) for each in ours)
        unbroken = "".join(whole.split())  # a long id is broken where the terminal is narrow
        for found in advice.findings:
            assert found.severity == "info" or found.severity + found.rule in unbroken
        assert "→" not in whole
    says_what_it_is(advice, first_lines(advice, 1000, Words(advice))[0].text)
    rests(advice)


def third(advice: Advice) -> str:
    if advice.chosen is None:
        return "Fix"
    return "Risk" if any(each.severity != "info" for each in advice.findings) else "Or"


def says_what_it_is(advice: Advice, headline: str) -> None:
    """Option, size, money and time, as the plan, the cost and the latency have them."""
    chosen = advice.chosen
    if chosen is None:
        assert headline.endswith("none of the four options fits")
        return
    said = headline.removeprefix(f"{advice.workload.name}: ")
    assert said.startswith(spoken(chosen.option))
    known = chosen.cost is not None and money(chosen.cost) not in ("unknown", "-")
    assert (f"{money(chosen.cost)} USD/month" if known else "price unknown") in said
    modelled = chosen.latency is not None and chosen.latency.p99_ms is not None
    modelled = modelled or ", TTFT " in said  # of a language model
    assert modelled != said.endswith(("p99 unknown", "run time unknown"))
    assert ("not sized" in said) == (chosen.plan is not None and chosen.plan.sized == "not-sized")
    errors = [each for each in advice.findings if each.severity == "error"]
    assert (f"{len(errors)} error" in said) == bool(errors)
    for narrow in WIDTHS[1:]:
        assert spoken(chosen.option) in first_lines(advice, narrow, Words(advice))[0].text


def rests(advice: Advice) -> None:
    """What the price rests on is named: in the line if there is room, and below it always."""
    line = first_lines(advice, 2000, Words(advice))[3].text
    whole = " ".join(render([advice], Context(width=200)).split())
    for each in rests_on(advice):
        value = Words(advice).short(each.fact, each.value)
        assert not value or value in ("True", "False", "true", "false") or value in line
        if "price" in each.decides:
            assert each.fact in whole


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_keeps_the_layout(name: str) -> None:
    hold(alongside(weighed(example(name))))


@pytest.mark.parametrize("name", CASES)
def test_every_published_case_keeps_the_layout(name: str) -> None:
    hold(case(name))


@given(documents())
def test_every_answer_keeps_the_layout(document: Document) -> None:
    hold(weighed(advise(read(document), as_of=AS_OF)))


def told(advice: Advice, width: int = 90) -> list[str]:
    return [
        f"{each.label} {each.text}".strip() for each in first_lines(advice, width, Words(advice))
    ]


def test_a_stated_need_that_rules_the_first_option_out_is_the_reason() -> None:
    assert told(example("fraud-scoring")) == [
        "fraud-scoring: real-time on 2 x ml.m5.xlarge, 336.53 USD/month, p99 200 ms",
        "Why Serverless is ruled out: no VPC, no data capture.",
        "Or Asynchronous: 168.82 USD/month on 1 instance, not 2, answers go through S3.",
        "Assumes Nothing that the option, size or price rests on.",
        "Next sm-advise examples/fraud-scoring.yaml --output deploy/",
    ]


def test_where_none_fits_the_fix_is_the_command() -> None:
    found = first_lines(example("none-fits"), 80, Words(example("none-fits")))
    assert [each.text for each in found] == [
        "slide-analysis: none of the four options fits",
        "Asynchronous: request body 2 GB, limit 1 GB and 1 more.",
        "Request <= 1 GB: asynchronous.",
        "Nothing that the option, size or price rests on.",
        "sm-advise examples/none-fits.yaml --set 'requests.payload=<= 1 GB'",
    ]


def test_what_decides_the_option_is_stated_before_what_decides_the_price() -> None:
    text = "{name: thin, requests: {arrival: online}, traffic: {volume: 500/day}}"
    (workload,) = read_workloads(text.encode(), "w.yaml")
    advice = weighed(advise(workload, as_of=AS_OF))
    decides = {each.fact: each.decides for each in rests_on(advice)}
    assert decides["requests.payload"] == ("price",)
    assert decides["traffic.pattern"] == ("option",)
    # The payload comes first of those that the price rests on, and the command names another.
    *_, assumes, follows = told(advice)
    assert assumes.startswith("Assumes Request 1 MB")
    assert "option" in decides[follows.split()[2]]


def test_a_reason_that_nobody_stated_is_marked() -> None:
    stated = "{name: a, requests: {arrival: online, processing: 50 ms}, traffic: {%s}}"
    for traffic, why in (
        ("peak: 1/s", "Why The traffic has no gaps (assumed)."),  # its pattern is assumed
        ("pattern: sustained", "Why The traffic has no gaps: instances serve it"),
    ):
        (workload,) = read_workloads((stated % traffic).encode(), "w.yaml")
        assert told(advise(workload, as_of=AS_OF), 80)[1].startswith(why)


def test_where_only_the_p99_is_open_the_fact_for_it_is_asked_for() -> None:
    text = """
name: all-but-p99
region: us-east-1
requests: {arrival: online, payload: 1 KB, response: 1 KB, processing: 50 ms, answer: 1 s}
traffic: {pattern: sustained, peak: 20/s, volume: 40M/month}
model: {size: 100 MB, memory: 500 MB, measured_on: ml.m5.xlarge}
"""
    (workload,) = read_workloads(text.encode(), "w.yaml")
    first, *_, follows = told(advise(workload, as_of=AS_OF))
    assert first.endswith("p99 unknown")
    assert follows == "Next State requests.processing.p99 in w.yaml, for a p99."


@pytest.mark.parametrize(
    ("width", "shown"),
    [(30, "one two three"), (9, "one two"), (7, "one two"), (6, "one..."), (5, "on...")],
)
def test_a_line_is_shortened_between_words(width: int, shown: str) -> None:
    assert fitting(width, ["one two three", "one two"]) == shown


def risk(message: str, *, rule: str = "contested-limit", more: int = 0, width: int = 80) -> str:
    """The risk of an answer whose findings are one with a message, and some more."""
    advice = example("contested-limit")
    (first, *_) = [each for each in advice.findings if each.severity == "warning"]
    named = first._replace(rule=rule, message=message)
    return first_lines(advice._replace(findings=(named, *(first,) * more)), width, Words(advice))[
        2
    ].text


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("Processing time is 40 min. It is long", "(processing time is 40 min)"),
        ("It is long. One input object: 102.4 MB.", "(one input object: 102.4 MB)"),
        ("requests.payload is 9 MB, limit 6 MB", "(request is 9 MB, limit 6 MB)"),
        ("A bound (15 min, https://a.example/1, 2026-11-20) is unclear", ""),  # a source
        ("deploy.instances.min is 0 of 3", ""),  # a key has no words for it
        ("A g5 type with an L40S and ml.m5 has local disks", ""),  # names are no figures
    ],
)
def test_the_risk_says_the_figures_of_the_finding(message: str, text: str) -> None:
    assert risk(message) == f"AWS documents disagree about a bound {text}".rstrip() + "."


def test_the_risk_is_made_shorter_before_it_is_cut() -> None:
    message = "One input object, as stated in the file: 102.4 MB"
    what = "AWS documents disagree about a bound"
    assert [risk(message, more=1, width=width) for width in (200, 80, 60)] == [
        f"{what} (one input object, as stated in the file: 102.4 MB), and 1 more finding below.",
        f"{what} (102.4 MB), and 1 more.",
        f"{what}, and 1 more.",
    ]
