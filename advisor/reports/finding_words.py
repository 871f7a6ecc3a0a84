"""The parts that every format of findings shares: sentence, excerpt and counts."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.configuration.source import SourceText
from advisor.gate.finding import ACCEPTED, BASELINED, GateFinding
from advisor.gate.run import CheckReport
from advisor.model.printable import printable
from advisor.reports.finding_formats import FindingContext
from advisor.text.tones import QUIET, TITLE, TONES

WIDEST = 160
NARROWEST = 30


def sentence(finding: GateFinding) -> str:
    """The message with the conditions under which it holds, and how the value got there."""
    text = finding.message
    if finding.via:
        text += f" ({finding.via})"
    if finding.when:
        text += f", when {finding.when}"
    return printable(text)


def headline(finding: GateFinding, context: FindingContext) -> str:
    """Place, severity, rule and message on one line."""
    place = printable(finding.file or "-")
    if finding.line:
        place += f":{finding.line}:{finding.column}"
    word = dict(_WORDS)[finding.severity]
    shown = word if finding.counts else f"{finding.status} {word}"
    tone = TONES[finding.severity] if finding.counts else QUIET
    painted = f"{context.paint(place, TITLE)}: {context.paint(shown, tone)}"
    return f"{painted} {finding.rule}: {sentence(finding)}"


_WORDS = (("error", "error"), ("warning", "warning"), ("info", "note"))


def summary(report: CheckReport) -> list[str]:
    """What was not read, the counts, and what was not resolved."""
    notes = [f"not read: {printable(note)}" for note in report.unread]
    lines = [*notes, *[""] * bool(notes)]
    lines.append(f"{counts(report)} in {scope(report)}; as of {report.as_of}")
    if report.configurations or report.unresolved:
        whole = report.resources + len(report.unresolved)
        missed = f"; not resolved: {', '.join(report.unresolved)}" if report.unresolved else ""
        lines.append(
            printable(f"checked {report.resources} of {whole} SageMaker resources{missed}")
        )
    return lines


def instead(finding: GateFinding) -> str:
    """The remedy."""
    meant = f"did you mean {finding.suggestion}? " if finding.suggestion else ""
    return printable(f"{meant}{finding.fix}".strip())


def advice(finding: GateFinding) -> str:
    """The message and the remedy, as sentences one after the other."""
    fix = instead(finding)
    return f"{sentence(finding)}. {fix[0].upper()}{fix[1:]}" if fix else sentence(finding)


def excerpt(
    finding: GateFinding, sources: Mapping[str, SourceText], columns: int = WIDEST
) -> tuple[str, str] | None:
    """The line of the finding and one with the caret under it; ``None`` without, or for a secret.

    Of a line that is longer than some columns the part around the finding is shown.
    """
    source = sources.get(finding.file)
    if source is None or not finding.line or not finding.width:
        return None
    line = source.line(finding.line)
    most = max(NARROWEST, min(columns, WIDEST))
    start = 0 if len(line) <= most else max(0, finding.column - 1 - most // 2)
    shown = printable(line[start : start + most].replace("\t", " "))
    caret = finding.column - 1 - start
    width = max(1, min(finding.width, len(shown) - caret))
    return shown, " " * caret + "^" * width


def counts(report: CheckReport) -> str:
    """The number of open findings of each severity."""
    return ", ".join(_number(report.open(severity), word) for severity, word in _WORDS)


def scope(report: CheckReport) -> str:
    """The number of files that were checked and ignored."""
    resources = _number(report.resources, "resource")
    parts = [f"{_number(report.configurations, 'configuration')} with {resources}"]
    if report.archives:
        parts.append(_number(report.archives, "model archive"))
    if report.workloads:
        parts.append(_number(report.workloads, "workload"))
    if report.ignored:
        parts.append(f"{_number(report.ignored, 'other file')} ignored")
    for status, words in ((ACCEPTED, "accepted"), (BASELINED, "in the baseline")):
        number = sum(1 for finding in report.findings if finding.status == status)
        if number:
            parts.append(f"{number} {words}")
    if report.over:
        parts.append(f"{report.over} of the baseline no longer found")
    return "; ".join(parts)


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def accepted_because(finding: GateFinding) -> str:
    """The reason of an accepted finding."""
    why = finding.acceptance
    if why is None:
        return ""
    parts = [why.because]
    parts += [f"by {why.by}"] if why.by else []
    parts += [f"until {why.until}"] if why.until else []
    parts += [why.ticket] if why.ticket else []
    where = f" ({why.where})" if why.where else ""
    return printable(", ".join(parts) + where)
