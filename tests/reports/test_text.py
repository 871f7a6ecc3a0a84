"""The text report: the answer first, at every width, and never a command for the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from rich.cells import cell_len

from advisor.model.advice import Advice
from advisor.model.workload import Finding
from advisor.pipeline import advise
from advisor.reports import Context
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


def text(advice: Advice, width: int = 80, *, colour: bool = False) -> str:
    return render([advice], Context(width=width, colour=colour, interactive=colour))


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", SHOWN)
def test_the_report_looks_as_reviewed(
    name: str, width: int, golden: Callable[[Path, str], None]
) -> None:
    golden(GOLDEN / f"{name}.{width}.txt", text(example(name), width))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_answer_stands_in_the_first_line(name: str) -> None:
    advice = example(name)
    first = text(advice).splitlines()[0]
    chosen = advice.chosen
    assert first.startswith(f"{advice.workload.name}: ")
    assert (chosen.title if chosen else "None of the four options fits") in first


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 110, 200])
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    widest = max(cell_len(line) for line in text(example(name), width).splitlines())
    assert widest <= max(width, 40)  # below 40 columns nothing can be laid out


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_colour_there_is_no_escape_sequence(name: str) -> None:
    assert ESCAPE not in text(example(name))
    assert ESCAPE in text(example(name), colour=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_colour_changes_no_word(name: str) -> None:
    from rich.text import Text

    plain = Text.from_ansi(text(example(name), colour=True)).plain
    assert plain.split() == text(example(name)).split()


@given(documents())
def test_every_answer_can_be_shown(document: Document) -> None:
    advice = advise(read(document), as_of=AS_OF)
    shown = text(advice)
    assert shown.replace("\n", "").isprintable()
    assert max(cell_len(line) for line in shown.splitlines()) <= 80


def test_at_most_three_unknowns_are_told() -> None:
    advice = example("depends-on-an-unknown")
    unknown = advice.decision.unknowns[0]._replace(remote=False, outcomes={"avoid": "real-time"})
    many = tuple(unknown._replace(fact=f"requests.fact{number}") for number in range(5))
    shown = text(advice._replace(decision=advice.decision._replace(unknowns=many)))
    assert [each.fact in shown for each in many] == [True, True, True, False, False]
    assert "and 2 more, see --format json" in shown


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


def test_several_workloads_end_with_a_table_of_all() -> None:
    advices = [example(name) for name in ("pricing-tool", "none-fits", "nightly-churn-scores")]
    shown = render(advices, Context(width=80))
    table = shown.partition("3 workloads\n")[2]
    assert [line.split()[0] for line in table.splitlines()] == [
        "Workload",
        "pricing-tool",
        "slide-analysis",
        "nightly-churn-scores",
    ]
    assert "none fits" in table


@pytest.mark.parametrize("width", [80, 120])
def test_what_only_an_assumption_rules_out_says_so(width: int) -> None:
    # A range up to 8 MB takes its large end, which a serverless request may not have.
    document = {"name": "x", "requests": {"arrival": "online", "payload": "4 MB..8 MB"}}
    advice = advise(read(document), as_of=AS_OF)
    lines = text(advice, width).splitlines()
    (line,) = [line for line in lines if line.startswith("  serverless ")]
    assert "ruled out" in line
    assert "Request body" in line
    assert "4 MB..8 MB" in line


def test_findings_of_one_kind_are_told_together() -> None:
    shown = " ".join(text(example("card-authorisation")).split())
    assert "placeholder (8) State model.image, model.artifact, deploy.role," in shown


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_section_without_content_is_left_out(name: str) -> None:
    shown = text(bare(example(name)))
    for title in (
        "Depends on",
        "Assumed",
        "Changes if",
        "Quotas",
        "Findings",
        "Outside",
        "Fixes",
    ):
        assert title not in shown
    assert "Path " in shown
    assert "Rests on " in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_known_cost_stands_beside_its_option(width: int) -> None:
    assert "USD/month" not in text(example("pricing-tool")._replace(candidates=()), width)
    lines = text(priced(example("pricing-tool")), width).splitlines()
    assert any(line.endswith("USD/month") for line in lines)
    (chosen,) = [line for line in lines if line.startswith("  serverless ")]
    assert chosen.endswith("0.01-0.02")
    (out,) = [line for line in lines if line.startswith("  batch-transform ")]
    assert out.endswith(" -")


def test_the_date_of_prices_is_told() -> None:
    assert "prices 2026-10-04" in " ".join(text(priced(example("pricing-tool"))).split())
