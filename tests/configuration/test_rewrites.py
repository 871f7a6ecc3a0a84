"""A verdict does not hang on how Terraform is written, split, named or called."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from advisor.gate.checks import load_checks
from advisor.gate.run import check
from advisor.gate.settings import CheckOptions
from advisor.model.errors import InputError
from tests.gate.cases import FILES_OF_CHECKS, Case, cases_of
from tests.gate.verdict import AS_OF, possible_dialects
from tests.rewrites import REWRITES, NotSaidError, blocks_of

# What is about the way of writing itself, which the rewrite takes away.
OF_WRITING = {"bare-word", "block-or-argument", "repeated-key", "waiver-unused", "waiver-unclear"}


@cache
def texts() -> list[str]:
    """Every configuration of tests/checks that can be read as Terraform."""
    found: dict[str, None] = {}
    checks = load_checks()
    for path in FILES_OF_CHECKS:
        if path.stem in OF_WRITING:
            continue
        for case in cases_of(path, possible_dialects(checks[path.stem])):
            if case.dialect == "terraform" and _is_plain(case):
                found[case.text] = None
    return list(found)


def _is_plain(case: Case) -> bool:
    """Whether a case is one file of resources alone: variables and modules are the rewrites'."""
    try:
        kinds = {block.type for block, _ in blocks_of(case.text)}
    except InputError:
        return False
    short = len(case.text) < 20_000
    return short and not case.settings and kinds <= {"resource", "provider"}


def findings(files: Mapping[str, str]) -> Counter[tuple[str, str, str]]:
    """Rule, severity and field of what is found in a folder with these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        report = check(CheckOptions(paths=[folder], as_of=AS_OF))
    assert not report.errors
    assert not report.unresolved
    return Counter(
        (each.rule, each.severity, each.path)
        for each in report.findings
        if each.rule not in OF_WRITING
    )


@pytest.mark.parametrize("name", REWRITES)
@given(number=st.integers(0, 10_000), chosen=st.integers(0, 2**24 - 1))
def test_what_is_found_does_not_hang_on_the_way_of_writing(
    name: str, number: int, chosen: int
) -> None:
    text = texts()[number % len(texts())]
    try:
        files = REWRITES[name](text, chosen)
    except NotSaidError:
        assume(False)
    flat = findings({"main.tf": text})
    if name == "as_plan":  # what is about names of the configuration, a plan no longer has
        checks = load_checks()
        dialects = {rule: checks[rule].dialects for rule, _, _ in flat}
        flat = Counter(
            {
                key: n
                for key, n in flat.items()
                if not dialects[key[0]] or "plan" in dialects[key[0]]
            }
        )
    assert findings(files) == flat, text
