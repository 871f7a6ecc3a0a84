"""Which findings of a run stand: after waivers and the baseline, of those that were asked for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from advisor import __version__
from advisor.gate.checks import PROFILES, Check
from advisor.gate.finding import GateFinding
from advisor.gate.policy.project_waivers import ProjectWaivers
from advisor.gate.policy.waivers import Waiver, Waivers
from advisor.gate.settings import organisation_of
from advisor.model.value import Value

if TYPE_CHECKING:
    from advisor.gate.run import CheckOptions

FIRST_RELEASE = "0.1"


class Triaged(Value):
    """Every finding with its status, and how many entries of the baseline are over."""

    findings: list[GateFinding]
    over: int


def triage(
    findings: Sequence[GateFinding],
    comments: Mapping[str, Sequence[Waiver]],
    checks: Mapping[str, Check],
    request: CheckOptions,
    seen: Collection[str] = (),
) -> Triaged:
    """Judge the findings of a run by what people accept and by what was asked for.

    Args:
        findings: as they were found, in any order.
        comments: the waivers that stand in a file, by file.
        checks: every check by its id.
        request: what the caller wants to know.
        seen: the files that were read, of which a baseline may list findings that are gone.

    Raises:
        InputError: the baseline, or an organisation's file, cannot be read.
    """
    waived = _waived(findings, comments, checks, request)
    left, over = _without_known(waived, request.baseline, seen)
    return Triaged(list(_wanted(left, checks, request)), over)


def _waived(
    findings: Sequence[GateFinding],
    comments: Mapping[str, Sequence[Waiver]],
    checks: Mapping[str, Check],
    request: CheckOptions,
) -> list[GateFinding]:
    """The findings after waivers, with those that the waivers themselves are."""

    def waivers(file: str) -> Waivers:
        organisation = organisation_of(os.path.dirname(file))
        return Waivers(checks, organisation, request.as_of, request.select.intersection(PROFILES))

    by_file: dict[str, list[GateFinding]] = {}
    for finding in dict.fromkeys(findings):
        by_file.setdefault(finding.file, []).append(finding)
    result: list[GateFinding] = []
    project = ProjectWaivers(request.project.accept)
    for file in sorted({*by_file, *comments}):
        waived = waivers(file).apply(by_file.get(file, ()), comments.get(file, ()), project.of)
        result += waived.findings + waived.about
    for each in project.unused():
        if _covers(request, os.path.dirname(each.file)):
            result.append(waivers(each.file).unused(each))
    return list(dict.fromkeys(result))


def _covers(request: CheckOptions, folder: str) -> bool:
    """Whether the run reads everything in a folder of settings."""
    if request.changed is not None:
        return False
    folder = os.path.realpath(folder)
    paths = (os.path.realpath(path) for path in request.paths if path != "-")
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
    findings: Sequence[GateFinding], checks: Mapping[str, Check], request: CheckOptions
) -> Iterator[GateFinding]:
    """The findings that were asked for, with the severity of their age."""
    only = request.select.difference(PROFILES)
    for finding in findings:
        if finding.rule in request.ignore or (only and finding.rule not in only):
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
