"""The text report: the answer first, at every width, and never a command for the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from advisor.compare.compare import alongside
from advisor.model.advice import Advice
from advisor.model.workload import Finding
from advisor.pipeline import advise
from advisor.reports import Context
from advisor.reports.advice_view import columns_of
from advisor.reports.text import render
from tests.reports.answers import AS_OF, EXAMPLES, bare, example, priced
from tests.strategies import Document, documents, read

GOLDEN = Path(__file__).parent / "golden"
SHOWN = (
    "contested-limit",
    "depends-on-an-unknown",
    "fraud-scoring",
    "human-decision",
    "nightly-churn-scores",
    "none-fits",
)
ESCAPE = "\x1b"


def text(advice: Advice, width: int = 80, *, colour: bool = False, verbose: bool = False) -> str:
    where = Context(width=width, colour=colour, interactive=colour, verbose=verbose)
    return render([advice], where)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", SHOWN)
def test_the_report_looks_as_reviewed(
    name: str, width: int, golden: Callable[[Path, str], None]
) -> None:
    golden(GOLDEN / f"{name}.{width}.txt", text(example(name), width))


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 110, 200])
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    widest = max(columns_of(line) for line in text(example(name), width).splitlines())
    assert widest <= max(width, 40)  # below 40 columns nothing can be laid out


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_colour_there_is_no_escape_sequence(name: str) -> None:
    assert ESCAPE not in text(example(name))
    assert ESCAPE in text(example(name), colour=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_colour_changes_no_word(name: str) -> None:
    plain = re.sub(r"\x1b\[\d+m", "", text(example(name), colour=True))
    assert plain.split() == text(example(name)).split()


@given(documents())
def test_every_answer_can_be_shown(document: Document) -> None:
    advice = advise(read(document), as_of=AS_OF)
    shown = text(advice)
    assert shown.replace("\n", "").isprintable()
    assert max(columns_of(line) for line in shown.splitlines()) <= 80


def test_three_unknowns_are_told_and_the_others_named() -> None:
    advice = example("depends-on-an-unknown")
    unknown = advice.decision.unknowns[0]._replace(remote=False, outcomes={"avoid": "real-time"})
    many = tuple(unknown._replace(fact=f"requests.fact{number}") for number in range(5))
    advice = advice._replace(decision=advice.decision._replace(unknowns=many))
    assert [f"{each.fact} avoid -> real-time" in text(advice) for each in many] == [True] * 3 + [
        False
    ] * 2
    assert "and requests.fact3, requests.fact4" in text(advice)
    assert "requests.fact4 avoid -> real-time" in text(advice, verbose=True)


HOSTILE = "x\x1b]0;title\x07[bold red]y[/bold red]\u202e.yaml"


def test_texts_of_files_are_neither_markup_nor_commands() -> None:
    advice = example("human-decision")
    finding = Finding(
        rule="[red]rule[/red]",
        severity="warning",
        message=f"message {HOSTILE}",
        file=HOSTILE,
        line=3,
        column=1,
        fix=HOSTILE,
    )
    hostile = advice._replace(
        workload=advice.workload._replace(name=HOSTILE, file=HOSTILE), findings=(finding,)
    )
    shown = render([hostile, hostile], Context(width=200))
    assert ESCAPE not in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown
    assert "[bold red]y[/bold red]" in shown
    assert "[red]rule[/red]" in shown
    assert "x\\x1b]0;title\\x07" in shown


def test_several_workloads_are_a_table_sorted_by_cost_with_a_total() -> None:
    names = ("pricing-tool", "none-fits", "nightly-churn-scores", "fraud-scoring")
    shown = render([example(name) for name in names], Context(width=120))
    table, total = shown.split("\n\n")[:2]
    assert [line.split()[0] for line in table.splitlines()] == [
        "Workload",
        "fraud-scoring",  # 336.53
        "nightly-churn-scores",  # 3.69
        "pricing-tool",  # 0.01
        "slide-analysis",
    ]
    assert "none fits" in table
    assert "real-time on 2 x ml.m5.xlarge; info hours-without-windows; team-risk" in table
    # 336.532422 + 3.6915 + 0.0137 = 340.24
    assert total.startswith("Total       340.24 USD/month\n")
    assert "warning batch-transform-object: The input objects are larger" in total
    assert "Option " not in shown
    everything = render([example(name) for name in names], Context(width=120, verbose=True))
    assert everything.count("\nWhy      ") == len(names)


def test_the_total_names_the_fact_that_closes_most() -> None:
    thin = {"requests": {"arrival": "online"}, "traffic": {"volume": "500/day"}}
    advices = [advise(read({"name": name, **thin}), as_of=AS_OF) for name in ("a", "b")]
    shown = render([*advices, example("fraud-scoring")], Context(width=120))
    assert "2 of 3 open; stating requests.payload closes most: 2 rest on it" in shown


@pytest.mark.parametrize("width", [80, 120])
def test_what_only_an_assumption_rules_out_says_so(width: int) -> None:
    # A range up to 8 MB takes its large end, which a serverless request may not have.
    document = {"name": "x", "requests": {"arrival": "online", "payload": "4 MB..8 MB"}}
    advice = advise(read(document), as_of=AS_OF)
    shown = " ".join(text(advice, width).split())
    assert "serverless - - - ruled out: request body 4 MB..8 MB, limit 4 MB" in shown


def test_findings_of_one_kind_are_told_together() -> None:
    shown = " ".join(text(example("card-authorisation")).split())
    assert "or model.image, model.artifact, deploy.role," in shown


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_section_without_content_is_left_out(name: str) -> None:
    shown = text(bare(example(name)))
    for title in ("Depends on", "Changes if", "Ask AWS", "Findings", "Outside", "Fixes"):
        assert f"\n{title}" not in shown
    assert "Path " in text(bare(example(name)), verbose=True)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_known_cost_stands_beside_its_option(width: int) -> None:
    lines = text(priced(example("pricing-tool")), width).splitlines()
    (heading,) = [line for line in lines if line.startswith("Option ")]
    assert heading.split()[:2] == ["Option", "USD/month"]
    (chosen,) = [line for line in lines if line.startswith("serverless ")]
    assert chosen.split()[1] == "0.01-0.02"
    (out,) = [line for line in lines if line.startswith("batch-transform ")]
    assert out.split()[1] == "-"


def test_what_a_need_alone_rules_out_keeps_its_price() -> None:
    # Without the private network and data capture serverless would do, so the need costs the rest.
    shown = " ".join(text(alongside(example("fraud-scoring"))).split())
    assert "serverless 8.96 60 ms 202 ms ruled out: no VPC; no data capture" in shown
    # A request of 2 GB is no price to compare with: nothing would run.
    shown = " ".join(text(alongside(example("none-fits"))).split())
    assert "asynchronous - ruled out: request body 2 GB, limit 1 GB" in shown


def test_changes_are_near_and_lead_elsewhere() -> None:
    # 2 MB to 6 MB is three times; 400 ms to 60 s is 150 times, 4 KB to 6 MB more.
    shown = text(example("fraud-scoring"))
    assert "requests.payload.max > 6 MB (now 2 MB) -> asynchronous" in shown
    assert "requests.processing.max > 60 s" not in shown
    everything = text(example("fraud-scoring"), verbose=True)
    assert "requests.processing.max > 60 s (now 400 ms) -> asynchronous" in everything
    assert "-> real-time" not in text(example("human-decision"))  # the answer already


def test_what_is_met_by_far_and_the_path_are_told_on_demand() -> None:
    short, everything = (text(example("fraud-scoring"), verbose=each) for each in (False, True))
    for told in ("Path ", "Request body 2 MB, limit 6 MB (3x, 2026-11-17)", "Invoke ", "Deploy "):
        assert told not in short
        assert told in everything
    assert short.endswith("all: -v\n")


def test_the_date_of_prices_is_told() -> None:
    assert "Prices of 2026-10-04." in " ".join(text(priced(example("pricing-tool"))).split())
