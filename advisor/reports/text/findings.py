"""Findings by severity, waivers in force, and the inputs of the answer."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from advisor import __version__
from advisor.model.advice import Advice
from advisor.model.workload import Finding
from advisor.reports import advice_view as highlights
from advisor.reports.text.answer import consider
from advisor.reports.text.layout import QUIET, TONES, Hanging, heading, labelled, line, said

_DIGEST = slice(7, 19)  # twelve digits behind "sha256:" tell rule sets apart
_UNDER = 6


def findings(advice: Advice) -> Iterator[RenderableType]:
    """The findings that stand, those that are accepted, and the provenance."""
    if advice.findings:
        yield heading("Findings", highlights.counted(advice.findings))
        for group in highlights.by_rule(advice.findings):
            yield from _group(group)
    if advice.accepted:
        yield heading("Accepted")
        for group in highlights.by_rule(advice.accepted):
            number = f" ({len(group)})" if len(group) > 1 else ""
            yield Hanging(line(said(group[0].rule, "bold"), f"{number}: {group[0].fix}"))
    if advice.decision.option is not None:
        yield from consider(advice)
    yield said("")
    yield labelled("Rests on", [said(_provenance(advice), QUIET)])


def _group(group: tuple[Finding, ...]) -> Iterator[RenderableType]:
    """Findings of one rule; those that only inform are told in one sentence."""
    first = group[0]
    title = line(said(f"{first.severity:<8} ", TONES[first.severity]), said(first.rule, "bold"))
    fixes = highlights.merged([finding.fix for finding in group if finding.fix])
    if len(group) > 1 and first.severity == "info" and fixes:
        yield Hanging(line(title, f" ({len(group)}) {fixes}"))
        return
    yield Hanging(title)
    for finding in group:
        place = f"{finding.file}:{finding.line}:{finding.column} " if finding.line else ""
        yield Hanging(line(said(place, QUIET), finding.message), indent=_UNDER, hang=2)
    if fixes:
        yield Hanging(line(said("Fix: ", "bold"), fixes), indent=_UNDER, hang=2)


def _provenance(advice: Advice) -> str:
    oldest, newest = highlights.sources_read(advice)
    parts = [
        f"limits {advice.limits}",
        f"region {advice.region}" if advice.region else "",
        f"rules {advice.rules_digest[_DIGEST]}",
        f"sources read {oldest} to {newest}",
        f"prices {advice.prices_date}" if advice.prices_date else "",
        f"judged as of {advice.as_of}" if highlights.dated(advice) and advice.as_of else "",
        f"sm-advise {__version__}",
        f"settings {advice.workload.settings.words}" if advice.workload.settings.words else "",
    ]
    return ", ".join(part for part in parts if part)
