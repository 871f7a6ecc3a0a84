"""`sm-advise rules`: list, verify, draw and compare the rules, and list old sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from advisor.cli import CONTEXT
from advisor.cli.rules_diff import rules_diff
from advisor.cli.settings import as_of_option, format_option, today
from advisor.reference import DRAWINGS, drawing
from advisor.reference.catalogue import KINDS

if TYPE_CHECKING:
    from advisor.engine.verify import Report

_OLD_DAYS = 180  # half a year; AWS's guide changes a page about that often
_FORMAT = format_option(["text", "json"])


@click.group(context_settings=CONTEXT)
def rules() -> None:
    """List, verify, draw and compare the rules, and list old sources."""


rules.add_command(rules_diff)


@rules.command("list", context_settings=CONTEXT)
@click.option("--kind", type=click.Choice(list(KINDS)), help="List only this kind.")
@_FORMAT
def list_entries(kind: str | None, form: str) -> int:
    """Print every rule on one line: its id, the date of its source and its text."""
    from advisor.reference.catalogue import catalogue
    from advisor.reference.explain import as_values
    from advisor.reference.listing import listed

    known = catalogue()
    entries = known.of_kind(kind) if kind else known.entries
    if form == "json":
        click.echo(json.dumps(as_values(entries, known), indent=2, ensure_ascii=False))
    else:
        click.echo(listed(entries), nl=False)
    return 0


@rules.command(context_settings=CONTEXT)
@click.option(
    "--limits",
    type=click.Choice(["safe", "latest"]),
    help="Documented bounds to verify (default: both).",
)
@click.option(
    "--drift",
    is_flag=True,
    help="Compare the rules with the API of the installed botocore instead: requests, operations.",
)
@_FORMAT
def verify(limits: str | None, drift: bool, form: str) -> int:
    """Prove that the rules are consistent for all inputs.

    Each failure is shown with the smallest workload that has it.

    Exit codes: 0 every claim holds, 2 the rules are inconsistent. With --drift: 0 nothing changed,
    1 something changed.
    """
    if drift:
        return _print_drift(form)
    from advisor.engine.verify import verify as prove
    from advisor.rulebook.cache import rules_directory
    from advisor.rulebook.load import compiled
    from advisor.rulebook.source import service_table

    folder = rules_directory()
    rulebook, service = compiled(folder), service_table(folder)
    modes = [limits] if limits else ["safe", "latest"]
    reports = [_accepted(prove(rulebook, mode, service), rulebook["instances"]) for mode in modes]
    if form == "json":
        values = [
            {
                "limits": report.limits,
                "holds": report.holds,
                "proved": dict(report.proved),
                "problems": [problem._asdict() for problem in report.problems],
                "notes": list(report.notes),
            }
            for report in reports
        ]
        click.echo(json.dumps(values, indent=2, ensure_ascii=False))
    else:
        from advisor.reference.proof import proof

        click.echo("\n".join(proof(report) for report in reports), nl=False)
    return 0 if all(report.holds for report in reports) else 2


def _accepted(report: Report, instances: list[list[str]]) -> Report:
    """The report with two claims more: of models, and that the gate accepts what is emitted."""
    from advisor.engine.verify import Problem
    from advisor.engine.verify.models import models_hold, unknown_accelerators
    from advisor.gate.rules.accepted import accepted
    from advisor.rulebook.load import load
    from advisor.rulebook.model_tables import model_tables

    if not report.holds:  # nothing can be emitted by rules that do not hold
        return report
    count, refused = accepted(load(report.limits))
    problems = [Problem("accepted", each.message, each.workload) for each in refused]
    tables = model_tables()
    problems += [Problem("models", each, "") for each in models_hold(tables, instances)]
    more = {"models": len(tables["models"]) + len(tables["accelerators"]), "accepted": count}
    notes = tuple(filter(None, (*report.notes, unknown_accelerators(instances))))
    proved = {**report.proved, **more}
    return report._replace(problems=tuple(problems), proved=proved, notes=notes)


def _print_drift(form: str) -> int:
    """Print what changed in the service model since the rules were written; 1 on a change."""
    from advisor.configuration.api.drift import drift

    moves = drift()
    if form == "json":
        click.echo(json.dumps([move._asdict() for move in moves], indent=2))
    else:
        for move in moves:
            click.echo(str(move))
        click.echo("nothing changed" if not moves else f"{len(moves)} changed")
    return 1 if moves else 0


@rules.command(context_settings=CONTEXT)
@format_option(
    DRAWINGS, "Output format: text for a terminal, mermaid for a page, svg for an image."
)
def flowchart(form: str) -> int:
    """Draw the questions and their answers."""
    from advisor.reference.flowchart import read_chart

    click.echo(drawing(form)(read_chart()), nl=False)
    return 0


@rules.command(context_settings=CONTEXT)
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    default=_OLD_DAYS,
    show_default=True,
    metavar="DAYS",
    help="Days after which a source is old.",
)
@click.option("--all", "everything", is_flag=True, help="Print all sources, not only the old ones.")
@as_of_option("Date to count from")
@_FORMAT
def sources(older_than: int, everything: bool, as_of: str | None, form: str) -> int:
    """Print the sources of the rules that nobody has read for a while."""
    from advisor.reference.catalogue import catalogue
    from advisor.reference.listing import as_values, counted, older, pages

    day = as_of or today()
    every = pages(catalogue().entries)
    old = older(every, older_than, day)
    shown = every if everything else old
    if form == "json":
        click.echo(json.dumps(as_values(shown, day), indent=2, ensure_ascii=False))
        return 0
    for page in shown:
        click.echo(f"{page.oldest}  {page.url}\n            {', '.join(page.entries)}")
    click.echo(counted(every, old, older_than, day))
    return 0
