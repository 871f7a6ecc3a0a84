"""Findings → findings with a status: after waivers and the baseline, of those asked for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from advisor import __version__
from advisor.gate.checks import PROFILES, Check
from advisor.gate.finding import GateFinding, Waiver
from advisor.gate.policy.waivers import Waivers, names_file
from advisor.gate.settings import CheckOptions, organisation_of
from advisor.model.value import Value

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
        return next((each for each in of_rule if names_file(each, finding.file)), None)

    by_file: dict[str, list[GateFinding]] = {}
    for finding in dict.fromkeys(findings):
        by_file.setdefault(finding.file, []).append(finding)
    result: list[GateFinding] = []
    used: set[Waiver] = set()
    for file in sorted({*by_file, *comments}):
        waived = waivers(file).apply(by_file.get(file, ()), comments.get(file, ()), of_project)
        result += waived.findings + waived.about
        used |= waived.used
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
