"""`sm-advise init`: a commented workload file, after the few questions that matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli import Guided
from advisor.model.errors import InputError

if TYPE_CHECKING:
    from advisor.engine.interview import InterviewQuestion
    from advisor.model.workload import Workload

_FILE = "workload.yaml"
_WIDTH = 78
_SKIP = ""  # what Enter alone gives


@click.command(cls=Guided, example="init web.yaml")
@click.argument("file", default=_FILE, metavar="[FILE]")
@click.option("--stdout", is_flag=True, help="Print the file instead of writing it.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option("--no-questions", is_flag=True, help="Do not ask, even on a terminal.")
def init(file: str, stdout: bool, force: bool, no_questions: bool) -> int:
    """Start a workload file (default: workload.yaml).

    On a terminal it asks for the facts that can still change the answer, the most important first.
    Otherwise it writes every key as a comment with its meaning.
    """
    from advisor.artifacts.output import write_file
    from advisor.engine.interview import answer
    from advisor.reference.starter import ANSWERS, starter

    if not stdout and not force and os.path.lexists(file):
        raise InputError(
            f"{file} already exists", hint="Choose another name, or add --force to overwrite it."
        )
    asked = not no_questions and interactive()
    # click before 8.4 leaves a space of each prompt on standard output, where the file may go.
    with redirect_stdout(sys.stderr):
        answers = ask() if asked else dict(ANSWERS)
    text = starter(answers)
    if asked:
        click.echo(f"\nThe answer is {_named(answer(answers, read))}.", err=True)
    if stdout:
        click.echo(text, nl=False)
        return 0
    write_file(Path(file), text)
    click.echo(f"wrote {file}; run sm-advise {file} for the whole answer", err=True)
    return 0


def interactive() -> bool:
    """Whether a person can answer; questions go to standard error."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask() -> dict[str, str]:
    """The answers of a person, by key path."""
    from advisor.engine.interview import next_question
    from advisor.reference.starter import ANSWERS

    click.echo("Press Enter to skip a question, or type ? for an explanation.\n", err=True)
    answers: dict[str, str] = {}
    for path, default in ANSWERS.items():
        answers[path] = _answer(path, {**ANSWERS, **answers}, default)
    skipped: set[str] = set()
    while True:
        question = next_question(answers, read, skipped)
        if question is None and "needs" not in answers:
            answers["needs"] = _needs(answers)
            continue
        if question is None:
            return answers
        _show(question)
        value = _answer(question.fact, answers, _SKIP)
        if value == _SKIP:
            skipped.add(question.fact)
        else:
            answers[question.fact] = value


def read(answers: Mapping[str, str]) -> Workload:
    """The workload that the file of some answers states.

    Raises:
        InputError: an answer cannot be read.
    """
    from advisor.reference.starter import starter
    from advisor.workload import read_workloads

    return read_workloads(starter(answers).encode(), _FILE)[0]


def _show(question: InterviewQuestion) -> None:
    """Print the fact and where its values lead."""
    click.echo(f"\n{question.title}", err=True)
    for value, option in question.outcomes.items():
        click.echo(f"  {value:<14} leads to {_named(option)}", err=True)


def _named(option: str | None) -> str:
    return option or "none of the four options"


def _answer(path: str, answers: dict[str, str], default: str) -> str:
    """A value that the workload file accepts, or the default."""
    while True:
        given = click.prompt(path, default=default, show_default=bool(default), err=True)
        value = str(given).strip()
        if value == "?":
            _explain(path)
        elif value == default:
            return default
        else:
            try:
                read({**answers, path: value})
            except InputError as error:
                wrong = f"{error.message}; {error.hint}"
                click.echo(click.wrap_text(wrong, _WIDTH, "  ", "  "), err=True)
            else:
                return value


def _explain(path: str) -> None:
    from advisor.reference.catalogue import catalogue
    from advisor.reference.explain import explain

    known = catalogue()
    click.echo(explain(known.find(path), known, _WIDTH), err=True)


def _needs(answers: dict[str, str]) -> str:
    """The needs that would change the answer, as the person types them."""
    from advisor.engine.interview import answer, needs_that_matter
    from advisor.reference.catalogue import catalogue
    from advisor.workload.keys import features

    matter = needs_that_matter(answers, read, tuple(features()))
    if not matter:
        return ""
    so_far = _named(answer(answers, read))
    click.echo(f"\nSo far: {so_far}. Each of these needs would change that:", err=True)
    titles = {each.id: each.title for each in catalogue().of_kind("feature")}
    for name in matter:
        click.echo(f"  {name:<26} {titles[name]}", err=True)
    click.echo("Type the needs, separated by commas, or press Enter for none.", err=True)
    return _answer("needs", answers, _SKIP)
