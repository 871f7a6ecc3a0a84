"""Alters each limit, feature, question, word and caution in turn; a case of the rule must notice.

    python -m tests.rulebook.mutants [rule …]

The cases are those of ``tests/rules/``, judged by ``test_rules_fire.py``. What survives is
printed, and the exit code is 1. A condition is negated as a whole and part by part, and each part
is left out; a bound is turned round, doubled and halved; a list loses a value; what an option
supports it lacks, and the reverse.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from advisor.model.advice import Advice
from advisor.model.errors import RulebookError
from advisor.model.workload import Workload
from advisor.pipeline import advise_by
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.load import compiled
from advisor.rulebook.resolve import resolve
from tests.rulebook import test_rules_fire as judges

Form = list[Any]
"""A compiled condition: ``[word, …]``."""

TURNED = {"at_most": "above", "above": "at_most", "at_least": "below", "below": "at_least"}
AROUND = {"at_most": "at_least", "at_least": "at_most"}


class Rule(NamedTuple):
    """A rule of the compiled rulebook, and what judges its cases."""

    folder: str
    entry: dict[str, Any]
    judge: Callable[..., None]
    modes: tuple[str, ...] = ()


def rules_of(book: dict[str, Any]) -> Iterator[Rule]:
    """Every rule that has cases in ``tests/rules/``."""
    modes = ("safe", "latest")
    for option in book["options"]:
        for limit in option["limits"]:
            judge = judges.test_a_limit_and_nothing_else_of_its_option
            yield Rule(limit["id"], limit, judge, modes)
    for question in book["flowchart"]["questions"]:
        yield Rule(question["id"], question, judges.test_a_question_is_reached_and_answered)
    for feature in book["features"]:
        yield Rule(feature["id"], feature, judges.test_a_feature_rules_out_the_options_that_lack_it)
    for caution in book["cautions"]:
        yield Rule(caution["id"], caution, judges.test_a_caution_is_said_of_its_options_only)
    for outside in book["consider"]:
        yield Rule(outside["id"], outside, judges.test_what_lies_outside_is_named_where_it_serves)
    for word in book["words"]:
        folder = f"word-{word['fact']}-{word['id']}"
        yield Rule(folder, word, stated_word if word.get("stated") else a_word)


a_word = judges.test_a_word_is_seen_through_the_rule_that_reads_it


def stated_word(path: Path) -> None:
    """A word that people may write also is the range that it stands for."""
    a_word(path)
    for limits in ("safe", "latest"):
        judges.test_a_stated_word_is_the_range_that_it_stands_for(path.parent.name, limits)


def altered(entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The alterations of a rule, one by one."""
    for what, bound in other_bounds(entry.get("bound", {}), AROUND):
        words = {name: entry[other] for name, other in AROUND.items() if other in entry}
        yield what, {**words, **entry, "bound": bound}  # a bound is also kept in words
    for what, bound in other_bounds(entry.get("bounds", {}), TURNED):
        yield what, {**entry, "bounds": bound}
    if entry.get("when"):
        for what, form in other_forms(entry["when"]):
            yield what, {**entry, "when": form}
        if "fact" in entry:
            yield "without its condition", {**entry, "when": None}
    if any(each.get("newest") for each in entry.get("also", ())):
        yield "without its other bounds", {**entry, "also": []}
    for option, support in entry.get("support", {}).items():
        said = support["is"] if isinstance(support, dict) else support
        other = {"supported": "unsupported", "unsupported": "supported"}.get(said)
        if other:
            yield f"{option}: {other}", {**entry, "support": {**entry["support"], option: other}}


def other_bounds(
    bound: dict[str, Any], turned: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A bound that is turned round, twice or half as far, or has a word less."""
    for key, value in bound.items():
        rest = {name: other for name, other in bound.items() if name != key}
        if key in turned:
            yield f"{turned[key]} {value}", {**rest, turned[key]: value}
        if isinstance(value, int) and key != "mask":
            yield f"{key} {value * 2 or 1}", {**rest, key: value * 2 or 1}
        if isinstance(value, int) and key != "mask" and value > 1:
            yield f"{key} {value // 2}", {**rest, key: value // 2}
        if key == "mask":
            yield "every other word", {"mask": ~value & (1 << 64) - 1}


def other_forms(form: Form) -> Iterator[tuple[str, Form]]:
    """A condition that is negated, or has another part or one less."""
    yield f"not {form}", negated(form)
    if form[0] in ("all", "any"):
        for index, part in enumerate(form[1]):
            rest = [*form[1][:index], *form[1][index + 1 :]]
            yield f"{form[0]} without {part}", [form[0], rest] if len(rest) > 1 else rest[0]
            for what, changed in other_forms(part):
                parts = [*form[1][:index], changed, *form[1][index + 1 :]]
                yield what, [form[0], parts]


def negated(form: Form) -> Form:
    """A condition that holds where the other one does not."""
    word, *rest = form
    if word in ("all", "any"):
        return ["any" if word == "all" else "all", [negated(part) for part in rest[0]]]
    if word == "one":
        fact, bits, wanted = rest
        return [word, fact, bits, not wanted]
    if word == "need":
        return [word, rest[0], not rest[1]]
    if word == "within":
        limits = [each for option in BOOK["options"] for each in option["limits"]]
        (limit,) = [each for each in limits if each["id"] == rest[0]]
        return ["in", limit["fact"], {"above": {"limit": limit["id"]}}]
    fact, bounds = rest
    if "is" in bounds:
        named = [
            each for each in BOOK["words"] if (each["fact"], each["id"]) == (fact, bounds["is"])
        ]
        bounds = named[0]["bounds"]
    turned = [[word, fact, {TURNED[key]: value}] for key, value in bounds.items()]
    return ["any", turned] if len(turned) > 1 else turned[0]


BOOK = compiled(rules_directory())


def notice(rule: Rule, changed: dict[str, Any]) -> bool:
    """Whether a case of a rule is judged otherwise than it expects, or the rulebook is refused."""
    book = copy.deepcopy(BOOK)
    (own,) = [each.entry for each in rules_of(book) if each.folder == rule.folder]
    own.clear()
    own.update(changed)
    try:
        books = {limits: resolve(book, limits) for limits in ("safe", "latest")}
    except RulebookError:
        return True

    def advise(workload: Workload, *, limits: str = "") -> Advice:
        return advise_by(books[limits or workload.text("limits") or "safe"], workload)

    with patch.object(judges, "advise", advise), patch.object(judges, "load", books.get):
        return any(fails(rule, path) for path in cases(rule))


def cases(rule: Rule) -> list[Path]:
    """The workloads of a rule."""
    found = sorted(judges.FOLDERS[rule.folder].glob("*.yaml"))
    return [path for path in found if path.stem != "expected"]


def fails(rule: Rule, path: Path) -> bool:
    """Whether a case is judged otherwise than it expects."""
    try:
        for limits in rule.modes:
            rule.judge(path, limits)
        if not rule.modes:
            rule.judge(path)
    except (AssertionError, ValueError):
        return True
    return False


def main(wanted: list[str], say: Callable[[str], object]) -> int:
    """Alter the rules that are wanted, all without any; 1 when an alteration survives."""
    tried = survived = 0
    for rule in rules_of(BOOK):
        if rule.folder not in judges.FOLDERS or (wanted and rule.folder not in wanted):
            continue
        assert not notice(rule, rule.entry), f"the cases of {rule.folder} fail without a change"
        for what, changed in altered(rule.entry):
            tried += 1
            if not notice(rule, changed):
                survived += 1
                say(f"{rule.folder}: {what}\n")
    say(f"{tried} alterations, {survived} that no case notices\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout.write))
