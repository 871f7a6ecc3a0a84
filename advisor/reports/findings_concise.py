"""Findings in two lines each; the reason of a rule once, behind them all."""

from __future__ import annotations

from advisor.gate.finding import BASELINED
from advisor.gate.run import CheckReport
from advisor.model.printable import printable
from advisor.reports.finding_formats import FindingContext
from advisor.reports.finding_words import accepted_because, headline, instead, summary


def render(report: CheckReport, context: FindingContext) -> str:
    """Where and what, then the remedy or why it is accepted; reasons; counts."""
    lines: list[str] = []
    reasons: dict[str, str] = {}
    for finding in report.findings:
        if finding.status == BASELINED:
            continue
        inside = ", ".join(filter(None, (finding.address, finding.path)))
        said = f"accepted: {accepted_because(finding)}" if finding.acceptance else instead(finding)
        lines.append(headline(finding, context))
        lines.append(f"  {printable(f'{inside}: ' if inside else '')}{said}")
        if finding.because:
            source = f" ({finding.source})" if finding.source else ""
            reasons.setdefault(finding.rule, printable(f"{finding.because}{source}"))
    lines += [f"why {rule}: {reason}" for rule, reason in sorted(reasons.items())]
    return "\n".join([*lines, *summary(report)]) + "\n"
