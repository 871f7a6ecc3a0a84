"""Findings as ``sm-advise/findings.v1``: a promise, built key by key."""

from __future__ import annotations

import json
from typing import Any

from advisor import __version__
from advisor.gate.finding import SEVERITIES, GateFinding
from advisor.gate.run import CheckReport
from advisor.reports.finding_formats import FindingContext


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
        "errors": [
            {
                "message": error.message,
                "file": error.file,
                "line": error.line,
                "column": error.column,
                "hint": error.hint,
            }
            for error in report.errors
        ],
    }
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: GateFinding) -> dict[str, Any]:
    why = finding.acceptance
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "status": finding.status,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "end_column": finding.column + finding.width,
        "address": finding.address,
        "path": finding.path,
        "value": finding.value,
        "when": finding.when,
        "via": finding.via,
        "because": finding.because,
        "source": finding.source,
        "as_of": finding.as_of,
        "fix": finding.fix,
        "suggestion": finding.suggestion or None,
        "owner": finding.owner or None,
        "related": [
            {"file": mark.file, "line": mark.line, "column": mark.column}
            for mark in finding.related
        ],
        "acceptance": None
        if why is None
        else {
            "because": why.because,
            "by": why.by or None,
            "until": why.until or None,
            "ticket": why.ticket or None,
            "where": why.where or None,
        },
    }
