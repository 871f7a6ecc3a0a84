"""Files with many faults: every finding is stated, with place, severity, message, value and repair.

A line of ``….findings``: line:column of the value, severity, rule, path, message, value,
repair, and the lines on which the blocks around it begin.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.gate.run import check
from advisor.gate.settings import CheckOptions, Project

CASES = sorted((Path(__file__).parent / "findings").glob("*.findings"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_fault_of_a_file_is_found_once_and_in_its_place(path: Path) -> None:
    report = check(
        CheckOptions(paths=[str(path.with_suffix(""))], as_of="2026-12-01", project=Project())
    )
    found = [
        f"{each.line}:{each.column} {each.severity} {each.rule} {each.path}: {each.message}"
        f" [{each.value}{f' -> {each.suggestion}' if each.suggestion else ''}]"
        f" in {','.join(map(str, each.lines))}"
        for each in report.findings
    ]
    assert found == path.read_text(encoding="utf-8").splitlines()
    assert report.errors == ()
    assert report.open("error") == sum(" error " in each for each in found)
    assert {each.file for each in report.findings} == {str(path.with_suffix(""))}
