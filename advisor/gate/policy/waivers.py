"""Findings that people accept, and each finding with its status after waivers and the baseline."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from itertools import chain

from advisor import __version__
from advisor.configuration.source import SourceText, seen_from
from advisor.gate.checks import PROFILES, Check
from advisor.gate.finding import ACCEPTED, OPEN, Acceptance, GateFinding, Waiver
from advisor.gate.settings import CheckOptions, Organisation, organisation_of
from advisor.model.value import Value
from advisor.text.spelling import nearest

_COMMENT = re.compile(
    r"(?:#|//|/\*)[ \t]*sm-advise:[ \t]*accept\b((?:(?!\*/)[^\n])*)", re.MULTILINE
)
_RULES = re.compile(r"\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s*:(.*)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DETAILS = ("until", "by", "ticket")
_DETAIL = tuple(f"{key}=" for key in _DETAILS)


ByFile = Callable[[GateFinding], Waiver | None]


def comments_of(source: SourceText) -> Iterator[Waiver]:
    """The waivers in a file, well formed or not (then without a reason)."""
    if "sm-advise:" not in source.text:
        return
    for found in _COMMENT.finditer(source.text):
        line, column = source.position(found.start())
        before = source.line(line)[: column - 1].strip()
        rules, because, details = _parts(found[1])
        covers = line if before else _next_line(source, line)
        acceptance = _acceptance(because, details, f"{source.file}:{line}")
        for rule in map(str.strip, rules.split(",")):
            yield Waiver(
                rule=rule,
                acceptance=acceptance,
                file=source.file,
                line=line,
                column=column,
                covers=covers,
            )


def _parts(text: str) -> tuple[str, str, str]:
    """Rules, reason and details of what follows ``accept``; details end it, in brackets or bare."""
    match = _RULES.match(text)
    if match is None:
        return "", "", ""
    rest = match[2].strip()
    opening = rest.rfind("[")
    if rest.endswith("]") and rest.startswith(_DETAIL, opening + 1):
        return match[1], rest[:opening].rstrip(), rest[opening + 1 : -1]
    words, bare = rest.split(), 0
    while bare < len(words) and words[-1 - bare].startswith(_DETAIL):
        bare += 1
    if not bare:
        return match[1], rest, ""
    details = ",".join(word.rstrip(",") for word in words[-bare:])
    return match[1], " ".join(words[:-bare]).rstrip(","), details


def _acceptance(because: str, details: str, where: str) -> Acceptance:
    """A reason with the details after it; without a reason where those are unclear."""
    given: dict[str, str] = {}
    for part in details.split(",") if details else ():
        key, _, text = (each.strip() for each in part.partition("="))
        if key not in _DETAILS or key in given or not text:
            return Acceptance(because="", where=where)
        given[key] = text
    return Acceptance(because=because, where=where, **given)


def _next_line(source: SourceText, line: int) -> int:
    """The next line that holds more than a comment."""
    for number in range(line + 1, line + 20):
        text = source.line(number).strip()
        if text and not text.startswith(("#", "//", "/*", "*/")):
            return number
    return line + 1


class Waivers(Value):
    """What decides over the waivers of one file."""

    checks: Mapping[str, Check]
    organisation: Organisation
    as_of: str  # YYYY-MM-DD
    profiles: frozenset[str] = frozenset()  # whose checks were on

    def apply(
        self, findings: Iterable[GateFinding], comments: Sequence[Waiver], by_file: ByFile
    ) -> tuple[list[GateFinding], set[Waiver]]:
        """Accept what is accepted; say which waivers are unused, expired or not allowed.

        Returns:
            the findings, those that the waivers themselves are among them; the waivers of other
            files that were used.
        """
        about: list[GateFinding] = []
        used: set[Waiver] = set()
        elsewhere: set[Waiver] = set()
        result: list[GateFinding] = []
        for finding in findings:
            waiver = self._beside(finding, comments)
            if waiver is not None:
                used.add(waiver)
            else:
                waiver = _of_workload(finding)
                if waiver is None and (waiver := by_file(finding)) is not None:
                    elsewhere.add(waiver)
                about += self._refused(waiver) if waiver is not None else ()
            # It holds where it gives a reason, and nothing is against it.
            why = None if waiver is None or any(self._refused(waiver)) else waiver.acceptance
            holds = why is not None and bool(why.because)
            status = ACCEPTED if holds else OPEN
            result.append(finding._replace(status=status, acceptance=why if holds else None))
        for waiver in comments:
            about += self._about(waiver, waiver in used)
        return [*result, *dict.fromkeys(about)], elsewhere

    def _beside(self, finding: GateFinding, comments: Sequence[Waiver]) -> Waiver | None:
        """The comment that accepts a finding, where comments count."""
        if self.organisation.inline_refused:
            return None
        places = (finding.line, *finding.lines)
        own = (each for each in comments if each.rule == finding.rule and each.covers in places)
        return next(own, None)

    def _refused(self, waiver: Waiver) -> Iterator[GateFinding]:
        """Why a waiver does not hold: the rule may not be waived, it is over, or lasts too long."""
        if waiver.rule in self.organisation.never_waived:
            file = self.organisation.never_waived[waiver.rule]
            message = f"{file} forbids a waiver of {waiver.rule}"
            yield self._finding("waiver-not-allowed", waiver, message)
        elif (until := waiver.acceptance.until) and (not _is_day(until) or until < self.as_of):
            message = f"the acceptance of {waiver.rule} ended on {until}"
            yield self._finding("waiver-expired", waiver, message)
        elif self._too_long(waiver.acceptance):
            days = self.organisation.longest_waiver
            message = f"{waiver.rule} is accepted for more than {days} days or without an end"
            yield self._finding("waiver-not-allowed", waiver, message)

    def _too_long(self, acceptance: Acceptance) -> bool:
        longest = self.organisation.longest_waiver
        if not longest:
            return False
        if not _is_day(acceptance.until):
            return True
        from datetime import date, timedelta

        last = date.fromisoformat(self.as_of) + timedelta(days=longest)
        return acceptance.until > last.isoformat()

    def _about(self, waiver: Waiver, used: bool) -> Iterator[GateFinding]:
        """What is to be said of a comment."""
        if waiver.rule not in self.checks or not waiver.acceptance.because:
            near, message = "", "a waiver needs a rule and a reason"
            if waiver.rule and waiver.rule not in self.checks:
                near = nearest(waiver.rule, self.checks)
                message = f"the rule {waiver.rule} does not exist"
            yield self._finding("waiver-unclear", waiver, message, near)
        elif self.organisation.inline_refused:
            message = f"comments are not accepted here ({self.organisation.inline_refused})"
            yield self._finding("waiver-not-allowed", waiver, message)
        elif used or waiver.rule in self.organisation.never_waived:
            yield from self._refused(waiver)
        elif (self.checks[waiver.rule].profile or "") in {"", *self.profiles}:
            yield self.unused(waiver)

    def unused(self, waiver: Waiver) -> GateFinding:
        """That a waiver accepts nothing."""
        message = f"{waiver.rule} is accepted here, and there is no such finding"
        return self._finding("waiver-unused", waiver, message)

    def _finding(
        self, rule: str, waiver: Waiver, message: str, suggestion: str = ""
    ) -> GateFinding:
        found = self.checks[rule].finding(message, waiver.file, waiver.line, waiver.column)
        return found._replace(
            value=waiver.rule, suggestion=suggestion, owner=self.organisation.owner
        )


def _of_workload(finding: GateFinding) -> Waiver | None:
    """The acceptance in a workload that a finding came with."""
    why = finding.acceptance
    if why is None:
        return None
    file, _, line = why.where.rpartition(":")
    return Waiver(rule=finding.rule, acceptance=why, file=file, line=int(line), column=1)


def _is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, as YYYY-MM-DD."""
    from datetime import date

    try:
        return bool(_DATE.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


FIRST_RELEASE = "0.1"


class Triaged(Value):
    """Every finding with its status, and how many entries of the baseline are over."""

    findings: tuple[GateFinding, ...]
    over: int


def triage(
    findings: Sequence[GateFinding],
    comments: Mapping[str, Sequence[Waiver]],
    checks: Mapping[str, Check],
    options: CheckOptions,
    seen: Collection[str] = (),
) -> Triaged:
    """Judge the findings of a run by what people accept and by what was asked for.

    Args:
        findings: as they were found, in any order.
        comments: the waivers that stand in a file, by file.
        checks: every check by its id.
        options: what the caller asks for.
        seen: the files that were read, of which a baseline may list findings that are gone.

    Raises:
        InputError: the baseline, or an organisation's file, cannot be read.
    """
    waived = _waived(findings, comments, checks, options)
    left, over = _without_known(waived, options.baseline, seen)
    return Triaged(findings=tuple(_wanted(left, checks, options)), over=over)


def _waived(
    findings: Sequence[GateFinding],
    comments: Mapping[str, Sequence[Waiver]],
    checks: Mapping[str, Check],
    options: CheckOptions,
) -> list[GateFinding]:
    """The findings after waivers, with those that the waivers themselves are."""

    def waivers(file: str) -> Waivers:
        organisation = organisation_of(os.path.dirname(file))
        return Waivers(
            checks=checks,
            organisation=organisation,
            as_of=options.as_of,
            profiles=options.select.intersection(PROFILES),
        )

    by_rule: dict[str, list[Waiver]] = {}
    for each in options.project.accept:
        by_rule.setdefault(each.rule, []).append(each)

    def of_project(finding: GateFinding) -> Waiver | None:
        of_rule = by_rule.get(finding.rule, ())
        for each in of_rule:
            own, file = each.file, finding.file
            if fnmatch(seen_from(own, file) if own and file != "-" else file, each.pattern):
                return each
        return None

    by_file: dict[str, list[GateFinding]] = {}
    for finding in dict.fromkeys(findings):
        by_file.setdefault(finding.file, []).append(finding)
    result: list[GateFinding] = []
    used: set[Waiver] = set()
    for file in sorted({*by_file, *comments}):
        own, comments_here = by_file.get(file, ()), comments.get(file, ())
        waived, elsewhere = waivers(file).apply(own, comments_here, of_project)
        result += waived
        used |= elsewhere
    for each in chain.from_iterable(by_rule.values()):
        if each not in used and _covers(options, os.path.dirname(each.file)):
            result.append(waivers(each.file).unused(each))
    return list(dict.fromkeys(result))


def _covers(options: CheckOptions, folder: str) -> bool:
    """Whether the run reads everything in a folder of settings."""
    if options.changed is not None:
        return False
    folder = os.path.realpath(folder)
    paths = (os.path.realpath(path) for path in options.paths if path != "-")
    return any(os.path.commonpath((path, folder)) == path for path in paths)


def _without_known(
    findings: list[GateFinding], baseline: str, seen: Collection[str]
) -> tuple[list[GateFinding], int]:
    """The findings with those of the baseline marked, but for what may not be waived."""
    if not baseline:
        return findings, 0

    from advisor.gate.policy.baseline import apply_baseline, read_baseline

    def is_bound(finding: GateFinding) -> bool:
        return finding.rule in organisation_of(os.path.dirname(finding.file)).never_waived

    bound = [finding for finding in findings if is_bound(finding)]
    free = [finding for finding in findings if not is_bound(finding)]
    marked, over = apply_baseline(free, read_baseline(baseline), baseline, seen)
    return bound + marked, over


def _wanted(
    findings: Sequence[GateFinding], checks: Mapping[str, Check], options: CheckOptions
) -> Iterator[GateFinding]:
    """The findings that were asked for, with the severity of their age."""
    only = options.select.difference(PROFILES)
    for finding in findings:
        if finding.rule in options.ignore or (only and finding.rule not in only):
            continue
        check = checks.get(finding.rule)
        if check is not None and finding.severity == "error" and is_new(check):
            message = f"{finding.message} (new in {check.since}: an error from the next release on)"
            yield finding._replace(severity="warning", message=message)
        else:
            yield finding


def is_new(check: Check, version: str = __version__) -> bool:
    """Whether a check came with this very minor release: it warns for one release, then counts."""
    minor = ".".join(version.split(".")[:2])
    return check.since == minor and minor != FIRST_RELEASE
