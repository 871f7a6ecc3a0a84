"""Findings for people: where, what, the line with a caret, why, and what to write instead."""

from __future__ import annotations

import textwrap

from advisor.gate.finding import ACCEPTED, BASELINED, GateFinding
from advisor.gate.run import CheckReport
from advisor.model.printable import printable
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import (
    accepted_because,
    counts,
    excerpt,
    instead,
    scope,
    sentence,
)

_COLOURS = {"error": "31", "warning": "33", "info": "36"}
_MARGIN = 5  # columns before an excerpt, besides those of the line's number
_WORDS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: CheckReport, context: FindingContext) -> str:
    """The findings, grouped by owner where there is more than one, then the counts.

    An accepted one takes two lines; those of a baseline are only counted.
    """
    shown = [finding for finding in report.findings if finding.status != BASELINED]
    owners = sorted({finding.owner for finding in shown})
    lines: list[str] = []
    for owner in owners:
        if len(owners) > 1:
            title = owner or "no owner"
            lines += [_bold(f"{title}", context), ""]
        for finding in shown:
            if finding.owner == owner:
                lines += [*_finding(finding, report, context), ""]
    for note in report.unread:
        lines.append(f"not read: {printable(note)}")
    if report.unread:
        lines.append("")
    lines.append(f"{counts(report)} in {scope(report)}; as of {report.as_of}")
    return "\n".join(lines) + "\n"


def _finding(finding: GateFinding, report: CheckReport, context: FindingContext) -> list[str]:
    place = printable(finding.file or "-")
    if finding.line:
        place += f":{finding.line}:{finding.column}"
    word = _WORDS[finding.severity]
    coloured = _colour(word, _COLOURS[finding.severity], context)
    if not finding.counts:
        coloured = _colour(f"{finding.status} {word}", "2", context)
    head = f"{_bold(place, context)}: {coloured} {finding.rule}: {sentence(finding)}"
    lines = [head]
    if finding.status == ACCEPTED:
        return [*lines, *_paragraph("accepted", accepted_because(finding), context)]
    if finding.address:
        inside = f", {printable(finding.path)}" if finding.path else ""
        lines.append(f"  in {printable(finding.address)}{inside}")
    number = str(finding.line)
    shown = excerpt(finding, report.sources, context.columns - len(number) - _MARGIN)
    if shown is not None:
        lines += [f"  {number} | {shown[0]}", f"  {' ' * len(number)} | {shown[1]}"]
    lines += _paragraph("why", finding.because, context)
    if finding.source:
        dated = f" ({finding.as_of})" if finding.as_of else ""
        lines.append(f"  source: {printable(finding.source)}{dated}")
    lines += _paragraph("instead", instead(finding), context)
    return lines


def _paragraph(label: str, text: str, context: FindingContext) -> list[str]:
    if not text:
        return []
    return textwrap.wrap(
        printable(text),
        max(40, context.width),
        initial_indent=f"  {label}: ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bold(text: str, context: FindingContext) -> str:
    return _colour(text, "1", context)


def _colour(text: str, code: str, context: FindingContext) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if context.colour else text
