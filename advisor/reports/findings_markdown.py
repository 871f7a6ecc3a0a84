"""Findings as Markdown, for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.gate.finding import GateFinding
from advisor.gate.run import CheckReport
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import accepted_because, counts, instead, scope, sentence
from advisor.text.markup import code, prose, table

_WORDS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: CheckReport, _: FindingContext) -> str:
    """Counts, tables of unread files and of open findings by owner; the rest is folded."""
    lines = ["### sm-advise", "", f"{counts(report)} in {scope(report)}.", ""]
    if report.errors:
        rows = [(code(each.at()), prose(each.message), prose(each.hint)) for each in report.errors]
        lines += [*table(("could not be read", "why", "what to do"), rows), ""]
    standing = [finding for finding in report.findings if finding.counts]
    owners = sorted({finding.owner for finding in standing})
    for owner in owners:
        if len(owners) > 1:
            lines += [f"#### {prose(owner or 'no owner')}", ""]
        own = [_row(finding) for finding in standing if finding.owner == owner]
        lines += [*table(("", "where", "what", "instead"), own), ""]
    accepted = [
        f"{code(each.rule)} {prose(_place(each))}: {prose(accepted_because(each))}"
        for each in report.findings
        if not each.counts
    ]
    missed = [prose(text) for text in (*report.unread, *report.unresolved)]
    return "\n".join([*lines, *_folded("accepted", accepted), *_folded("not read", missed)])


def _folded(what: str, found: list[str]) -> Iterator[str]:
    if found:
        yield f"<details><summary>{len(found)} {what}</summary>\n"
        yield from (f"- {each}" for each in found)
        yield "\n</details>\n"


def _row(finding: GateFinding) -> tuple[str, ...]:
    what = f"{code(finding.rule)} {prose(sentence(finding))}"
    if finding.source.startswith("https://"):
        what += f" ([source]({finding.source}))"
    return _WORDS[finding.severity], code(_place(finding)), what, prose(instead(finding))


def _place(finding: GateFinding) -> str:
    return f"{finding.file}:{finding.line}" if finding.line else finding.file
