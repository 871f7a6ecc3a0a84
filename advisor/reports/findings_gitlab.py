"""Findings as a GitLab code quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json

from advisor.digest import sha256
from advisor.gate.run import Report
from advisor.reports.finding_formats import Context
from advisor.reports.finding_words import instead, sentence

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report, context: Context) -> str:
    """The findings that stand; each with a fingerprint that no line number moves."""
    del context
    seen: dict[str, int] = {}
    entries = []
    for finding in report.findings:
        if not finding.counts:
            continue
        key = "\x1f".join(finding.key)
        seen[key] = seen.get(key, 0) + 1
        text = ". ".join(filter(None, (sentence(finding), instead(finding))))
        entries.append(
            {
                "description": text,
                "check_name": finding.rule,
                "fingerprint": sha256(f"{key}\x1f{seen[key]}".encode())[:40],
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": finding.file, "lines": {"begin": max(1, finding.line)}},
            }
        )
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
