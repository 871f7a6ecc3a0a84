"""Findings as Markdown, for a comment on a pull request."""

from __future__ import annotations

from advisor.gate.finding import GateFinding
from advisor.gate.run import CheckReport
from advisor.model.printable import printable
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import accepted_because, counts, instead, scope, sentence

_WORDS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: CheckReport, _: FindingContext) -> str:
    """Counts, tables of unread files and of open findings by owner; the rest is folded."""
    lines = ["### sm-advise", "", f"{counts(report)} in {scope(report)}.", ""]
    if report.errors:
        rows = [
            f"| `{_code(error.at())}` | {_cell(error.message)} | {_cell(error.hint)} |"
            for error in report.errors
        ]
        lines += ["| could not be read | why | what to do |", "| --- | --- | --- |", *rows, ""]
    standing = [finding for finding in report.findings if finding.counts]
    owners = sorted({finding.owner for finding in standing})
    for owner in owners:
        if len(owners) > 1:
            lines += [f"#### {_cell(owner or 'no owner')}", ""]
        lines += ["| | where | what | instead |", "| --- | --- | --- | --- |"]
        lines += [_row(finding) for finding in standing if finding.owner == owner]
        lines.append("")
    accepted = [finding for finding in report.findings if not finding.counts]
    if accepted:
        lines += [f"<details><summary>{len(accepted)} accepted</summary>", ""]
        for finding in accepted:
            place, why = _cell(_place(finding)), _cell(accepted_because(finding))
            lines.append(f"- `{_code(finding.rule)}` {place}: {why}")
        lines += ["", "</details>", ""]
    missed = (*report.unread, *report.unresolved)
    if missed:
        lines += [f"<details><summary>{len(missed)} not read</summary>", ""]
        lines += [f"- {_cell(text)}" for text in missed]
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def _row(finding: GateFinding) -> str:
    what = f"`{_code(finding.rule)}` {_cell(sentence(finding))}"
    if finding.source.startswith("https://"):
        what += f" ([source]({finding.source}))"
    return (
        f"| {_WORDS[finding.severity]} | `{_code(_place(finding))}` | {what} "
        f"| {_cell(instead(finding))} |"
    )


def _place(finding: GateFinding) -> str:
    return f"{finding.file}:{finding.line}" if finding.line else finding.file


def _cell(text: str) -> str:
    """Text of others: nothing in it is markup, and it stays in its cell."""
    out = printable(text)
    for character in "\\`*_[]<>|#":
        out = out.replace(character, f"\\{character}")
    return out


def _code(text: str) -> str:
    return printable(text).replace("`", "'").replace("|", "/")
