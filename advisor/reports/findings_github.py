"""Findings as GitHub Actions annotations.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from advisor.gate.finding import GateFinding
from advisor.gate.run import CheckReport
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import advice, counts, scope

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: CheckReport, _: FindingContext) -> str:
    """One annotation for each finding that stands and each file that could not be read."""
    lines = [_annotation(finding) for finding in report.findings if finding.counts]
    for error in report.errors:
        where = f"file={_property(error.file)},line={error.line or 1},col={error.column or 1}"
        text = ". ".join(filter(None, (error.message, error.hint)))
        lines.append(f"::error {where},title=not read::{_data(text)}")
    lines.append(f"{counts(report)} in {scope(report)}")
    return "\n".join(lines) + "\n"


def _annotation(finding: GateFinding) -> str:
    parts = [f"file={_property(finding.file)}"]
    if finding.line:
        parts += [
            f"line={finding.line}",
            f"col={finding.column}",
            f"endColumn={finding.column + finding.width}",
        ]
    parts.append(f"title={_property(finding.rule)}")
    return f"::{_COMMANDS[finding.severity]} {','.join(parts)}::{_data(advice(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
