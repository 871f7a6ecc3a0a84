"""Findings as SARIF 2.1.0, for code scanning; accepted ones stay, with their suppression.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote

from advisor import HOME, PAGES, __version__
from advisor.configuration.document import Mark
from advisor.gate.finding import GateFinding
from advisor.gate.run import CheckReport
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import accepted_because, advice
from advisor.text.digest import sha256

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: CheckReport, _: FindingContext) -> str:
    """The report as a SARIF log with one run."""
    rules = sorted({finding.rule for finding in report.findings})
    run = {
        "tool": {
            "driver": {
                "name": "sm-advise",
                "version": __version__,
                "informationUri": HOME,
                "rules": [_rule(rule, report) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.errors,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": str(error)}} for error in report.errors
                ],
            }
        ],
        "results": [_result(finding, rules.index(finding.rule)) for finding in report.findings],
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
        "sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: str, report: CheckReport) -> dict[str, Any]:
    check = report.checks.get(rule)
    entry: dict[str, Any] = {"id": rule, "helpUri": f"{PAGES}/rules/{rule}.html"}
    if check is None:
        return entry
    entry["shortDescription"] = {"text": check.title}
    entry["fullDescription"] = {"text": check.because}
    entry["defaultConfiguration"] = {"level": _LEVELS[check.severity]}
    source = f"Source: {check.source} ({check.as_of})" if "://" in check.source else ""
    entry["help"] = {"text": " ".join(filter(None, (check.fix, source))) or check.because}
    return entry


def _result(finding: GateFinding, index: int) -> dict[str, Any]:
    key = "\x1f".join(finding.key).encode("utf-8", "surrogatepass")
    entry: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": advice(finding)},
        "partialFingerprints": {"smAdvise/v1": sha256(key)[:32]},
        "properties": {"address": finding.address, "path": finding.path, "asOf": finding.as_of},
    }
    if finding.file and finding.file != "-":
        mark = Mark(finding.file, finding.line, finding.column, finding.width)
        entry["locations"] = [_location(mark, finding)]
    if finding.related:
        entry["relatedLocations"] = [_location(mark, None) for mark in finding.related]
    if not finding.counts:
        why = finding.acceptance
        inside = why is not None and why.where.rpartition(":")[0] == finding.file
        entry["suppressions"] = [
            {
                "kind": "inSource" if inside else "external",
                "status": "accepted",
                "justification": accepted_because(finding),
            }
        ]
    return entry


def _location(mark: Mark, finding: GateFinding | None) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(mark.file)},
            "region": {
                "startLine": max(1, mark.line),
                "startColumn": max(1, mark.column),
                "endColumn": max(1, mark.column) + mark.width,
            },
        }
    }
    if finding is not None and finding.address:
        location["logicalLocations"] = [
            {"fullyQualifiedName": ".".join(filter(None, (finding.address, finding.path)))}
        ]
    return location


def _uri(file: str) -> str:
    """A path as a relative URI; bytes that are no UTF-8 stand as they are."""
    return quote(file.replace(os.sep, "/").encode("utf-8", "surrogateescape"))
