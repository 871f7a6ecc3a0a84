"""Findings as a GitLab code quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
import os
from typing import Any

from advisor.gate.run import CheckReport
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import advice
from advisor.text.digest import sha256

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}

_NOT_READ = "not-read"


def render(report: CheckReport, _: FindingContext) -> str:
    """The findings that stand, each with a fingerprint that no line moves; what was not read."""
    seen: dict[str, int] = {}
    entries = []
    for finding in report.findings:
        if finding.counts:
            text = advice(finding)
            key = "\x1f".join(finding.key)
            seen[key] = seen.get(key, 0) + 1
            entry = _entry(finding.rule, f"{key}\x1f{seen[key]}", finding.file, finding.line)
            severity = _SEVERITIES[finding.severity]
            entries.append({**entry, "description": text, "severity": severity})
    for error in report.errors:
        entry = _entry(_NOT_READ, f"{error.file}\x1f{error.message}", error.file, error.line)
        entries.append({**entry, "description": error.message, "severity": "blocker"})
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _entry(name: str, known_by: str, file: str, line: int) -> dict[str, Any]:
    return {
        "check_name": name,
        "fingerprint": sha256(known_by.encode("utf-8", "surrogatepass"))[:40],
        "location": {"path": os.path.normpath(file), "lines": {"begin": max(1, line)}},
    }
