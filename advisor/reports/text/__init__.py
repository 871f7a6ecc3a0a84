"""``--format text``: the answer as a person reads it in a terminal, the recommendation first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from rich.console import Console, RenderableType
from rich.rule import Rule

from advisor.model.advice import Advice
from advisor.reports import Context
from advisor.reports.advice_view import counted, headline
from advisor.reports.text.answer import answer, grounds
from advisor.reports.text.deployment import deployment
from advisor.reports.text.findings import findings
from advisor.reports.text.layout import QUIET, TONES, columns, heading, said
from advisor.reports.text.options import options

NARROWEST = 40


def render(advices: Sequence[Advice], context: Context) -> str:
    """A block for each workload, and a table of all when there are several.

    Without ``context.colour`` the text holds no escape sequence at all.
    """
    stream = StringIO()
    console = Console(
        file=stream,
        width=max(context.width, NARROWEST),
        force_terminal=context.colour,
        color_system="standard" if context.colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},  # the command line has read the environment
    )
    for part in _parts(advices, console.width):
        console.print(part)
    return "".join(line.rstrip(" ") + "\n" for line in stream.getvalue().splitlines())


def _parts(advices: Sequence[Advice], width: int) -> Iterator[RenderableType]:
    for number, advice in enumerate(advices):
        if number:
            yield _break()
        yield from answer(advice)
        yield from options(advice, width)
        yield from grounds(advice)
        yield from deployment(advice)
        yield from findings(advice)
    if len(advices) > 1:
        yield _break()
        yield from _summary(advices)


def _break() -> RenderableType:
    return Rule(style=QUIET)


def _summary(advices: Sequence[Advice]) -> Iterator[RenderableType]:
    """One line for each workload."""
    yield heading(f"{len(advices)} workloads")
    yield columns(
        ("Workload", "Answer", "Status", "Findings"),
        [
            (
                said(advice.workload.name, "bold"),
                said(headline(advice) if advice.chosen else "none fits"),
                said(advice.decision.status, TONES[advice.decision.status]),
                said(counted(advice.findings) or "none", QUIET),
            )
            for advice in advices
        ],
    )
