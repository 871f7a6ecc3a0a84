"""Findings as JUnit XML: a file is a suite, a finding a failed case, an accepted one skipped.

Attributes are those of junit-10.xsd, by which Jenkins' xunit plugin refuses files with others.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from advisor.gate.finding import GateFinding
from advisor.gate.run import CheckReport
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import accepted_because, instead, sentence


def render(report: CheckReport, _: FindingContext) -> str:
    """The report as one document; a run without findings is one passed case."""
    files = sorted({finding.file for finding in report.findings})
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    failures = sum(1 for finding in report.findings if finding.counts)
    lines.append(
        f'<testsuites name="sm-advise" tests="{max(1, len(report.findings) + len(report.errors))}"'
        f' failures="{failures}" errors="{len(report.errors)}">'
    )
    for file in files:
        lines += _suite(file, [f for f in report.findings if f.file == file])
    if report.errors:
        number = len(report.errors)
        lines.append(
            f'  <testsuite name="not read" tests="{number}" failures="0" errors="{number}">'
        )
        for error in report.errors:
            hint = escape(_clean(error.hint))
            lines += [
                f'    <testcase name={_attribute(error.at())} classname="not-read">',
                f'      <error type="error" message={_attribute(error.message)}>{hint}</error>',
                "    </testcase>",
            ]
        lines.append("  </testsuite>")
    if not files and not report.errors:
        lines += [
            '  <testsuite name="sm-advise" tests="1" failures="0" errors="0">',
            '    <testcase name="check" classname="sm-advise"/>',
            "  </testsuite>",
        ]
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _suite(file: str, findings: list[GateFinding]) -> list[str]:
    failures = sum(1 for finding in findings if finding.counts)
    skipped = len(findings) - failures
    counted = f'tests="{len(findings)}" failures="{failures}" errors="0" skipped="{skipped}"'
    name = _attribute(file)
    lines = [f"  <testsuite name={name} file={name} {counted}>"]
    for finding in findings:
        place = f"{finding.rule} {finding.line}:{finding.column} {finding.address}".strip()
        lines.append(
            f"    <testcase name={_attribute(place)} classname={_attribute(finding.rule)}>"
        )
        if finding.counts:
            text = "\n".join(filter(None, (finding.because, instead(finding), finding.source)))
            lines.append(
                f"      <failure type={_attribute(finding.severity)}"
                f" message={_attribute(sentence(finding))}>{escape(_clean(text))}</failure>"
            )
        else:
            lines.append(f"      <skipped message={_attribute(accepted_because(finding))}/>")
        lines.append("    </testcase>")
    lines.append("  </testsuite>")
    return lines


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """XML 1.0 has no control characters besides tab and line ends."""
    return "".join(c if c.isprintable() or c in "\t\n" else "?" for c in text)
