"""Findings for people: where, what, the line with a caret, why, and what to write instead."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from advisor.configuration.document import Document, walk, written
from advisor.gate.finding import ACCEPTED, BASELINED, GateFinding
from advisor.gate.rules.judge import value_text
from advisor.gate.run import CheckReport
from advisor.model.printable import printable
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import accepted_because, excerpt, headline, instead, summary
from advisor.text.tones import TITLE

_MARGIN = 5  # columns before an excerpt, besides those of the line's number


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
            lines += [context.paint(printable(title), TITLE), ""]
        for finding in shown:
            if finding.owner == owner:
                lines += [*_finding(finding, report, context), ""]
    for document in report.read:
        lines += [*_values(document), ""]
    return "\n".join([*lines, *summary(report)]) + "\n"


def _values(document: Document) -> Iterator[str]:
    """What every field comes to in each scenario, and where that is written."""
    for world in document.worlds:
        yield printable(f"{document.file or '.'}, {world.when or 'in every scenario'}:")
        for resource in world.resources:
            yield f"  {printable(resource.address)}"
            for path, node in walk(resource.body):
                if node.kind not in ("map", "list"):
                    shown = node.value.reason if node.kind == "unknown" else value_text(node)
                    text = f"{written(path)}: {shown or '(empty)'}"
                    via = f", {node.via}" if node.via else ""
                    place = f"{node.mark.file}:{node.mark.line}{via}"
                    unknown = "unknown, " * (node.kind == "unknown")
                    yield printable(f"    {text} ({unknown}{place})")


def _finding(finding: GateFinding, report: CheckReport, context: FindingContext) -> list[str]:
    lines = [headline(finding, context)]
    if finding.status == ACCEPTED:
        return [*lines, *_paragraph("accepted", accepted_because(finding), context)]
    if finding.address:
        inside = f", {printable(finding.path)}" if finding.path else ""
        lines.append(f"  in {printable(finding.address)}{inside}")
    number = str(finding.line)
    quoted = excerpt(finding, report.sources, context.columns - len(number) - _MARGIN)
    if quoted is not None:
        lines += [f"  {number} | {quoted[0]}", f"  {' ' * len(number)} | {quoted[1]}"]
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
