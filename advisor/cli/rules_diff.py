"""`sm-advise rules diff`: the difference of two sets of rules, and the answers that it changes."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

import click

from advisor.cli import Guided, complain
from advisor.cli.settings import as_of_option, context, format_option, today
from advisor.model.errors import InputError, RulebookError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from advisor.gate.policy.lockfile import Answer
    from advisor.model.workload import Workload
    from advisor.reference.rules_compared import Compared

Result = TypeVar("Result")
_IN_USE = "the rules in use"
_OTHER_FORM = (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration)


@click.command("diff", cls=Guided, example="rules diff v0.1.0 --workloads .")
@click.argument("old", metavar="OLD", type=click.Path())
@click.argument("new", metavar="[NEW]", required=False, default="", type=click.Path())
@click.option(
    "--workloads",
    "paths",
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    help="Report which of these workloads get another answer.",
)
@format_option(["text", "json", "markdown"])
@as_of_option("Judge decisions on this date")
def rules_diff(old: str, new: str, paths: tuple[str, ...], form: str, as_of: str | None) -> int:
    """Show what differs from OLD to NEW, and which answers change.

    OLD and NEW are a folder of rules, the wheel of a release, or a git revision of a checkout
    (v0.1.0, main:rules). Without NEW, the rules in use are compared. To get a wheel, run pip
    download --no-deps sm-advise==VERSION. OLD may be an sm-advise.lock, whose answers are then
    compared with those of now.

    Exit codes: 0 no answer changes, 1 an answer changes (without --workloads: a rule decides
    otherwise), 2 could not run, 3 a bug of ours.
    """
    errors: list[InputError] = []
    workloads = _workloads(paths, errors)
    day = as_of or today()
    if os.path.isfile(old) and old.endswith(".lock"):
        found = _against_lock(old, new, workloads, day)
    else:
        found = _compared(old, new, workloads, day, errors)
    click.echo(_printed(found, form), nl=False)
    for each in errors:
        complain(each)
    return 2 if errors else int(found.moves)


def _workloads(paths: Sequence[str], errors: list[InputError]) -> list[Workload]:
    """The workloads of files, folders and patterns; those that cannot be read are errors."""
    from advisor.configuration.discover import discover

    if not paths:
        return []
    found = discover(paths)
    errors += found.errors
    workloads: list[Workload] = []
    for path in found.workloads:
        try:
            workloads += _read(path)
        except InputError as error:
            errors.append(error)
    if not workloads and not errors:
        raise InputError("there is no workload here", file=paths[0], hint="Name a workload file.")
    return workloads


def _read(path: str) -> list[Workload]:
    """The workloads of a file, with what the settings of its folder say."""
    from advisor.gate.settings import organisation_of, settled
    from advisor.workload import read_file

    organisation = organisation_of(os.path.dirname(path))
    return [settled(workload, organisation) for workload in read_file(path)]


def _compared(
    old: str, new: str, workloads: Sequence[Workload], day: str, errors: list[InputError]
) -> Compared:
    from advisor.reference.rule_sets import rule_set
    from advisor.reference.rules_compared import Compared, moved_answers, rule_changes

    with ExitStack() as stack:
        before, after = (stack.enter_context(rule_set(name)) for name in (old, new))
        changes = _readable(f"{old} and {new or _IN_USE}", lambda: rule_changes(before, after))
        try:
            once = _answers(old, workloads, day, (before, after))
            now = _answers(new or _IN_USE, workloads, day, (after, before))
        except RulebookError as error:
            errors.append(InputError(f"the answers cannot be compared: {error}", file=old))
            return Compared(old, new or _IN_USE, changes, (), 0)
    answers = zip(workloads, once, now, strict=True)
    moved = moved_answers(answers, changes)
    return Compared(old, new or _IN_USE, changes, moved, len(workloads))


def _answers(
    name: str, workloads: Sequence[Workload], day: str, rules: tuple[str, str]
) -> list[Answer]:
    """The answer of the first of two sets of rules to each workload."""
    from advisor.reference.rules_compared import RuleSetAnswers

    asked = RuleSetAnswers(*rules)
    return _readable(name, lambda: [asked.answer(each, day) for each in workloads])


def _readable(name: str, work: Callable[[], Result]) -> Result:
    """The result of some work on rules.

    Raises:
        RulebookError: the rules have a form that this release does not read.
    """
    try:
        return work()
    except (RulebookError, *_OTHER_FORM) as error:
        raise RulebookError(
            f"the rules of {name} have a form that this release does not read"
            f" ({type(error).__name__}: {error})"
        ) from error


def _against_lock(lock: str, new: str, workloads: Sequence[Workload], day: str) -> Compared:
    """The answers that a lock keeps against those of now; without --workloads, all of its own."""
    from advisor.gate.policy.lockfile import lock_key, read_lock
    from advisor.reference.rule_sets import rule_set
    from advisor.reference.rules_compared import Compared, RuleSetAnswers, moved_answers
    from advisor.rulebook.cache import rules_directory

    locked: dict[str, dict[str, object]] = read_lock(lock)
    if not workloads:
        files = dict.fromkeys(key.rpartition("#")[0] for key in locked)
        found = [os.path.join(os.path.dirname(lock), file) for file in files]
        workloads = [each for file in found for each in _read(os.path.normpath(file))]
    with rule_set(new) as rules:
        asked = RuleSetAnswers(rules, rules_directory())
        answers: list[tuple[Workload, Answer, Answer]] = [
            (workload, old, asked.answer(workload, day))
            for workload in workloads
            if (old := locked.get(lock_key(lock, workload.file, workload.name))) is not None
        ]
    return Compared(lock, new or _IN_USE, None, moved_answers(answers, ()), len(answers))


def _printed(found: Compared, form: str) -> str:
    from advisor.reference import rules_compared

    if form == "json":
        import json

        return json.dumps(rules_compared.as_values(found), indent=2, ensure_ascii=False) + "\n"
    if form == "markdown":
        return rules_compared.as_markdown(found)
    where = context(form)
    return rules_compared.as_text(found, where.width, colour=where.colour)
