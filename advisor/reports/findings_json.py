"""Findings as ``sm-advise/findings.v1``: a promise, built key by key."""

from __future__ import annotations

import json
from typing import Any

from advisor import __version__
from advisor.gate.finding import SEVERITIES, GateFinding
from advisor.gate.run import CheckReport
from advisor.reports.finding_formats import FindingContext

_OF_AN_ERROR = ("message", "file", "line", "column", "hint")
_BEFORE_ITS_END = ("rule", "severity", "status", "message", "file", "line", "column")
_AFTER_IT = ("address", "path", "value", "when", "via", "because", "source", "as_of", "fix")
_REASON = ("because", "by", "until", "ticket", "where")


def render(report: CheckReport, context: FindingContext) -> str:
    """The report as one object."""
    table = {
        "schema": "sm-advise/findings.v1",
        "tool": {"version": __version__, "rules": context.rules_digest},
        "inputs": {"as_of": report.as_of},
        "read": {
            "workloads": report.workloads,
            "configurations": report.configurations,
            "resources": report.resources,
            "declared": report.resources + len(report.unresolved),
            "archives": report.archives,
            "ignored": report.ignored,
        },
        "summary": {severity: report.open(severity) for severity in SEVERITIES},
        "findings": [_finding(finding) for finding in report.findings],
        "not_read": list(report.unread),
        "not_resolved": list(report.unresolved),
        "errors": [{key: getattr(error, key) for key in _OF_AN_ERROR} for error in report.errors],
    }
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: GateFinding) -> dict[str, Any]:
    why = finding.acceptance
    return {
        **{key: getattr(finding, key) for key in _BEFORE_ITS_END},
        "end_column": finding.column + finding.width,
        **{key: getattr(finding, key) for key in _AFTER_IT},
        "suggestion": finding.suggestion or None,
        "owner": finding.owner or None,
        "related": [
            {"file": mark.file, "line": mark.line, "column": mark.column}
            for mark in finding.related
        ],
        "acceptance": None if why is None else {key: getattr(why, key) or None for key in _REASON},
    }
