"""Findings that were there before the gate: known by file, rule, path and value, never by line."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any

from advisor.configuration.source import seen_from
from advisor.gate.finding import ACCEPTED, BASELINED, Acceptance, GateFinding
from advisor.model.errors import InputError

SCHEMA = "sm-advise/baseline.v1"
_FIELDS = ("file", "rule", "address", "path", "value")


def baseline_text(findings: Iterable[GateFinding], path: str, seen: Iterable[str] = ()) -> str:
    """A baseline of what is open or was in one before, sorted, so that its changes can be read.

    Args:
        findings: those of a run.
        path: where it will stand; its files are named as its folder sees them.
        seen: the files of the run; what a baseline there knows of others, it keeps.

    Raises:
        InputError: there is a file of that name that is no baseline.
    """
    keys = [_key(finding, path) for finding in findings if finding.status != ACCEPTED]
    files = {seen_from(path, file) for file in seen}
    if files and os.path.exists(path):
        known = read_baseline(path).elements()
        keys += (key for key in known if key[0] not in files and _is_there(path, key[0]))
    keys.sort()
    entries = [dict(zip(_FIELDS, key, strict=True)) for key in keys]
    return json.dumps({"schema": SCHEMA, "findings": entries}, indent=2, ensure_ascii=False) + "\n"


def read_baseline(path: str) -> Counter[tuple[str, ...]]:
    """How often each finding is in a baseline.

    Raises:
        InputError: the file is missing or is no baseline.
    """
    try:
        with open(path, encoding="utf-8") as stream:
            table: Any = json.load(stream)
        if table["schema"] != SCHEMA:
            raise InputError(f"this is no {SCHEMA}", file=path)
        return Counter(tuple(str(e[field]) for field in _FIELDS) for e in table["findings"])
    except OSError as error:
        raise InputError(
            f"the baseline cannot be read: {error.strerror}",
            file=path,
            hint="write one with --write-baseline",
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"this is no {SCHEMA}", file=path) from None


def apply_baseline(
    findings: Iterable[GateFinding],
    known: Counter[tuple[str, ...]],
    path: str,
    seen: Iterable[str] = (),
) -> tuple[list[GateFinding], int]:
    """The findings with the known ones marked, and how many entries of the baseline are over.

    Args:
        findings: those of a run.
        known: what the baseline lists.
        path: where it stands.
        seen: the files of the run; of others, unless they are gone, no entry is over.
    """
    left = Counter(known)
    result: list[GateFinding] = []
    for finding in findings:
        key = _key(finding, path)
        if finding.counts and left[key] > 0:
            left[key] -= 1
            why = Acceptance(because="it was there before", where=path)
            finding = finding._replace(status=BASELINED, acceptance=why)  # noqa: PLW2901
        result.append(finding)
    files = {seen_from(path, file) for file in seen}
    over = (
        number for (file, *_), number in left.items() if file in files or not _is_there(path, file)
    )
    return result, sum(over)


def _is_there(path: str, file: str) -> bool:
    """Whether a file that a baseline names still exists."""
    return os.path.exists(os.path.join(os.path.dirname(path), file))


def _key(finding: GateFinding, path: str) -> tuple[str, ...]:
    """What a finding is known by, wherever the run was started from."""
    file, *rest = finding.key
    return (file if file == "-" else seen_from(path, file), *rest)
