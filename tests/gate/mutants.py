"""Alters the condition of each check in turn; a case of the check must notice.

    python -m tests.gate.mutants [check …]

What survives is printed, and the exit code is 1: it needs a case in ``checks/<check>.yaml``. A
condition is negated as a whole and leaf by leaf; each part of it, each value of a list, each kind
and each list that the check looks at is left out; each number is one off. A check in Python says
nothing, and is said of every resource. A check no longer replaces what it is said instead of.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

from advisor.gate.checks import Check, load_checks
from advisor.gate.rules import judge
from advisor.gate.rules.view import Fault, View
from tests.gate.cases import FILES_OF_CHECKS, Case, cases_of
from tests.gate.verdict import mistake, possible_dialects


class Mutant(NamedTuple):
    """A check that is not what it should be."""

    what: str
    check: Check
    predicate: judge.Predicate | None = None


def mutants_of(check: Check) -> Iterator[Mutant]:
    """The alterations of a check, one by one."""
    if check.fault is not None:
        for what, fault in altered(check.fault):
            yield Mutant(what, check._replace(fault=fault))
    if check.python:
        yield Mutant("says nothing", check, lambda _: iter(()))
        yield Mutant("is said of every resource", check, everywhere)
    for field in ("applies_to", "each", "instead_of"):
        listed: tuple[str, ...] = getattr(check, field)
        for left_out in listed if len(listed) > 1 or field == "instead_of" else ():
            rest = tuple(each for each in listed if each != left_out)
            less: dict[str, Any] = {field: rest}
            yield Mutant(f"{field} without {left_out}", check._replace(**less))


def everywhere(view: View) -> Iterator[Fault]:
    """A fault in each resource."""
    yield Fault(view.body, ())


def altered(condition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A condition with one alteration, and what it is."""
    yield f"not {dict(condition)}", {"not": dict(condition)}
    for word in ("all", "any"):
        parts = condition.get(word, ())
        for index, part in enumerate(parts):
            rest = [*parts[:index], *parts[index + 1 :]]
            if rest:
                yield f"{word} without {part}", {word: rest}
            for what, changed in altered(part):
                yield what, {word: [*parts[:index], changed, *parts[index + 1 :]]}
    if "not" in condition:
        for what, changed in altered(condition["not"]):
            yield what, {"not": changed}
    yield from _other_values(condition)


def _other_values(condition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A comparison with another number, or with one value less."""
    for word, value in condition.items():
        if word in _BOUNDS:
            for step in (-1, 1):
                yield f"{dict(condition)} {step:+}", {**condition, word: value + step}
        if word in _LISTS and isinstance(value, list):
            for left_out in value:
                rest = [each for each in value if each != left_out]
                yield f"{word} without {left_out}", {**condition, word: rest}


_BOUNDS = ("above", "below", "at_least", "at_most")
_LISTS = ("one_of", "not_in", "product", "starts_with")


class Cases:
    """The cases of a check, and a folder for the file of each that is judged."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.check = load_checks()[path.stem]
        self.cases = cases_of(path, possible_dialects(self.check))
        self.folder = folder
        self._judged = 0

    def notice(self, mutant: Mutant) -> bool:
        """Whether a case is judged otherwise than it expects."""
        checks = {**load_checks(), mutant.check.id: mutant.check}
        real = judge.predicate

        def predicate(name: str) -> judge.Predicate:
            return (
                mutant.predicate if mutant.predicate and name == self.check.python else real(name)
            )

        with (
            patch("advisor.gate.run.load_checks", lambda: checks),
            patch.object(judge, "predicate", predicate),
        ):
            return any(self._wrong(case) for case in self.cases)

    def _wrong(self, case: Case) -> bool:
        self._judged += 1
        return bool(mistake(case, self.folder / str(self._judged)))


def main(wanted: list[str], say: Callable[[str], object]) -> int:
    """Alter the checks that are wanted, all without any; 1 when an alteration survives."""
    tried = survived = 0
    for path in FILES_OF_CHECKS:
        if wanted and path.stem not in wanted:
            continue
        with TemporaryDirectory() as folder:
            cases = Cases(path, Path(folder))
            unchanged = Mutant("unchanged", cases.check)
            assert not cases.notice(unchanged), f"the cases of {path.stem} fail without a change"
            for mutant in mutants_of(copy.deepcopy(cases.check)):
                tried += 1
                if not cases.notice(mutant):
                    survived += 1
                    say(f"{path.stem}: {mutant.what}\n")
    say(f"{tried} alterations, {survived} that no case notices\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout.write))
