"""What the gate says of a case, against what the case expects."""

from __future__ import annotations

from pathlib import Path

import yaml

from advisor.configuration.api.service import CLOUDFORMATION_KINDS, TERRAFORM_KINDS
from advisor.configuration.discover import STDIN
from advisor.gate.checks import Check, load_checks
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from tests.gate.cases import Case

AS_OF = "2026-11-20"


def possible_dialects(entry: Check) -> frozenset[str]:
    """The dialects in which a check can fire: its own list, and where its kinds exist."""
    kinds = set(entry.applies_to)
    possible = {"request"}
    if not kinds or kinds & set(CLOUDFORMATION_KINDS.values()):
        possible.add("cloudformation")
    if not kinds or kinds & set(TERRAFORM_KINDS.values()):
        possible.add("terraform")
    return frozenset(possible & set(entry.dialects) if entry.dialects else possible)


def mistake(case: Case, folder: Path) -> str:
    """What the gate says wrongly of a case; empty where it is right.

    Args:
        case: the configuration, and what is expected.
        folder: is made, where an organisation's file has to stand beside the configuration; one
            that no other case has, because the gate keeps what it read of such a file.
    """
    profiles = frozenset(filter(None, [load_checks()[case.rule].profile]))
    request = CheckOptions(paths=[STDIN], as_of=AS_OF, select=profiles, stdin=case.text.encode())
    if case.settings:
        folder.mkdir()
        (folder / case.file).write_text(case.text, encoding="utf-8")
        organisation = {"schema": "sm-advise/organisation.v1", **case.settings}
        (folder / ".sm-advise.yaml").write_text(yaml.safe_dump(organisation), encoding="utf-8")
        request = request._replace(paths=[str(folder / case.file)])
    report = check(request)
    if report.errors or report.configurations != 1:
        return f"the file is not read: {[str(error) for error in report.errors]}"
    findings = [finding for finding in report.findings if finding.counts]
    if not case.fires:
        loud = {f.rule for f in findings if f.rule == case.rule or f.severity == "error"}
        odd = loud.symmetric_difference(case.beside)
        return f"{sorted(loud)} found, expected {list(case.beside)}" if odd else ""
    found = [finding for finding in findings if finding.rule == case.rule]
    lines = sorted({finding.line for finding in found})
    if lines != sorted({place.line for place in case.places}):
        return f"found on lines {lines}, expected at {case.places}"
    columns = {place.line: place.columns for place in case.places}
    beside = [f for f in found if columns[f.line] and f.column not in columns[f.line]]
    if beside:
        return f"found at columns {[f.column for f in beside]}, expected at {case.places}"
    replaced = load_checks()[case.rule].instead_of
    again = [f.rule for f in findings if f.rule in replaced and f.line in columns]
    if again:
        return f"{again} found at the same place"
    if case.suggests is not None and {f.suggestion for f in found} != {case.suggests}:
        return f"proposes {[f.suggestion for f in found]}, expected {case.suggests}"
    return ""
