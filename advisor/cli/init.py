"""`sm-advise init`: a commented workload file, after the few questions that matter."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli import CONTEXT
from advisor.model.errors import InputError

if TYPE_CHECKING:
    from advisor.model.advice import Advice
    from advisor.model.workload import Workload
    from advisor.reference.questions import Question

_FILE = "workload.yaml"
_WIDEST, _NARROWEST = 80, 40
_TEMPLATE = "--no-questions"


@click.command(context_settings=CONTEXT)
@click.argument("file", default=_FILE, metavar="[FILE]")
@click.option("--from", "source", metavar="X", help="Start from an example or a configuration.")
@click.option("--name", metavar="NAME", help="With --from: only this one of several endpoints.")
@click.option("--stdout", is_flag=True, help="Print the file instead of writing it.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option(
    _TEMPLATE, "--no-input", "--template", "silent", is_flag=True, help="Write the template."
)
def init(
    file: str, source: str | None, name: str | None, stdout: bool, force: bool, silent: bool
) -> int:
    r"""Start a workload file (default: workload.yaml).

    \b
    sm-advise init
    sm-advise init fraud.yaml --from fraud-scoring

    On a terminal it asks a few questions in words, writes the file and prints the answer. Lines
    that are piped in are the answers. Without any, it writes every key as a comment.

    --from takes the name of an example, or Terraform, a template, a request or what AWS describes:
    a file or a folder. What this proves becomes the workload.
    """
    from advisor.artifacts.output import write_file
    from advisor.reference.starter import ANSWERS, starter

    if name is not None and source is None:
        raise click.UsageError("--name needs --from: add the configuration to read")
    if not stdout and not force and os.path.lexists(file):
        raise InputError(
            f"{file} already exists", hint="Choose another name, or add --force to overwrite it."
        )
    typed = None if source is not None or silent else lines()
    if source is not None:
        text = started_from(source, name)
    else:
        text = starter(dict(ANSWERS) if typed is None else Interview(typed).answers())
    if stdout:
        click.echo(text, nl=False)
    else:
        write_file(Path(file), text)
    if source is not None or typed is not None:
        _show_answers(text, "-" if stdout else file)
    if not stdout:
        click.echo(f"wrote {file}; run sm-advise {file} for the whole answer", err=True)
    return 0


def lines() -> Iterator[str] | None:
    """The lines of standard input; ``None`` where nobody answers: it is empty.

    Raises:
        InputError: it is closed.
    """
    if sys.stdin is None:
        raise InputError(
            "standard input is closed", hint=f"Add {_TEMPLATE} to write a file without answers."
        )
    typed = iter(sys.stdin.readline, "")
    if sys.stdin.isatty():
        return typed if sys.stderr.isatty() else None
    ahead = next(typed, None)
    return None if ahead is None else chain([ahead], typed)


class Interview:
    """Asks a person, who reads on standard error and types lines."""

    def __init__(self, typed: Iterator[str]) -> None:
        self.typed = typed
        self.given: dict[str, str] = {}
        self.skipped: set[str] = set()
        self.done: list[Question] = []

    def answers(self) -> dict[str, str]:
        """Every answer, by key path.

        Raises:
            InputError: the lines end before the questions do.
        """
        from advisor.reference.questions import questions, words
        from advisor.reference.starter import ANSWERS

        say("Choose a number or type a value. Enter skips a question, ? explains it.")
        for question in questions():
            if question.first and question.is_for(self.given):
                self.ask(question)
        self.given = {**ANSWERS, **self.given}
        for _ in range(words("follow_ups")):
            telling, note = self._next()
            if telling is None:
                break
            self.ask(telling, note)
        if needs := self._needs():
            self.given["needs"] = needs
        return self.given

    def ask(self, question: Question, note: str = "") -> None:
        """Ask until the answer is one that the workload file takes, or is none."""
        self.done.append(question)
        say(f"\n{question.asks}")
        for number, choice in enumerate(question.choices, 1):
            say(choice.says, f"  {number}  ", "     ")
        if note:
            say(note, "  ")
        while text := self._heard(question.explained):
            wrong = []
            for key, value in question.meant(text):
                try:
                    self.given[key] = canonical({**self.given, key: value}, key)
                except InputError as error:
                    wrong.append(f"{error.message}; {error.hint}")
                else:
                    return
            for each in wrong or [f"{text!r} is no answer; write it like {question.example}"]:
                say(each, "  ")
        self.skipped.update(question.takes)

    def _heard(self, explained: str) -> str:
        """The next line; empty where the person skips."""
        from advisor.reference.questions import words

        while True:
            click.echo("> ", nl=False, err=True)
            try:
                line = next(self.typed, None)
            except UnicodeDecodeError:
                line = None
            if line is None:
                raise InputError(
                    "the answers ended before the questions did",
                    hint=f"Nothing was written. Add {_TEMPLATE} to write a file without answers.",
                )
            text = line.encode(errors="replace").decode().strip()
            if text and not text.strip("? "):
                say(explained, "  ")
                continue
            for word in words("hedges"):
                value = text[len(word) :].lstrip()
                if text.lower().startswith(word) and value[:1].isdigit():
                    text = value
            return "" if text.lower().rstrip(".!") in words("skips") else text

    def _next(self) -> tuple[Question | None, str]:
        """What to ask next, and what it can change: first the option, then size and price."""
        from advisor.engine.interview import next_question
        from advisor.reference.questions import question_of

        while (unknown := next_question(self.given, read, self.skipped)) is not None:
            if question := question_of(unknown.fact, self.given, self.done):
                ways = dict.fromkeys(map(_named, unknown.outcomes.values()))
                return question, f"It can lead to {' or '.join(ways)}."
            self.skipped.add(unknown.fact)
        from advisor.reports.advice_view import rests_on

        for rests in rests_on(_advice(read(self.given))):
            known = rests.fact in {*self.given, *self.skipped}
            if not known and (question := question_of(rests.fact, self.given, self.done)):
                return question, f"The {' and '.join(rests.decides)} can change with it."
        return None, ""

    def _needs(self) -> str:
        """The needs that would change the answer, as the person chooses them."""
        from advisor.engine.interview import answer, needs_that_matter
        from advisor.reference.catalogue import catalogue
        from advisor.workload.keys import features

        matter = needs_that_matter(self.given, read, tuple(features()))
        if not matter:
            return ""
        titles = {each.id: each.title for each in catalogue().of_kind("feature")}
        say(f"\nSo far: {_named(answer(self.given, read))}. Each of these needs would change that.")
        for number, name in enumerate(matter, 1):
            say(titles[name], f"  {number:>2}  ", "      ")
        say("Type the numbers of those it needs, such as 1, 2.", "  ")
        explained = " ".join(f"{name}: {titles[name]}." for name in matter)
        while text := self._heard(explained):
            chosen = [each.strip() for each in text.replace(" and ", ",").split(",")]
            numbers = {str(number): name for number, name in enumerate(matter, 1)}
            needs = ", ".join(numbers.get(each, each) for each in chosen)
            try:
                read({**self.given, "needs": needs})
            except InputError as error:
                say(f"{error.message}; {error.hint}", "  ")
            else:
                return needs
        return ""


def say(text: str, indent: str = "", further: str | None = None) -> None:
    """Print wrapped to the terminal, on standard error."""
    from advisor.model.printable import printable

    width = min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size((_WIDEST, 24)).columns))
    further = indent if further is None else further
    start = "\n" * text.startswith("\n")
    shown = click.wrap_text(printable(text.strip()), width, indent, further)
    click.echo(start + shown, err=True)


def read(answers: Mapping[str, str]) -> Workload:
    """The workload that the file of some answers states.

    Raises:
        InputError: an answer cannot be read.
    """
    from advisor.reference.starter import ANSWERS, starter
    from advisor.workload import read_workloads

    return read_workloads(starter({**ANSWERS, **answers}).encode(), _FILE)[0]


def canonical(answers: Mapping[str, str], key: str) -> str:
    """The answer for a key in the spelling of the workload file.

    Raises:
        InputError: it cannot be read.
    """
    from advisor.text.quantity import QuantityError, parse, show
    from advisor.workload.keys import keys

    stated, kind = read(answers).values.get(key), keys()[key].kind
    if stated is None or kind in ("text", "flag"):
        return answers[key]
    if isinstance(stated.value, str):
        return stated.value
    try:
        parse(stated.text, kind)
    except QuantityError:
        return show(stated.value, kind)
    return stated.text


def started_from(source: str, name: str | None) -> str:
    """The text of a workload file from an example or a configuration.

    Raises:
        InputError: it is neither, or it cannot be read.
    """
    from advisor.reference.starter import examples, starter
    from advisor.workload.read import read_bytes

    if not os.path.lexists(source):
        known = examples()
        if (path := known.get(source.removesuffix(".yaml"))) is None:
            raise InputError(
                f"no example, file or folder has the name {source}",
                hint=f"The examples are {', '.join(known)}.",
            )
        return read_bytes(path).decode()
    from advisor.gate.intent.proven import proven

    found = proven(source, name)
    return "---\n".join(starter(each.values, each.said, each.bounds) for each in found)


def _named(option: str | None) -> str:
    from advisor.reports.advice_view import spoken

    return spoken(option)


def _advice(workload: Workload) -> Advice:
    from advisor.cli.money import answered, under_settings

    asked = {"limits": None, "region": None, "as_of": None, "weigh": True}
    return answered(under_settings(workload, asked), asked)


def _show_answers(text: str, file: str) -> None:
    """Print the first lines of each answer to standard error."""
    from advisor.cli.money import price_folder
    from advisor.compare.alongside import alongside
    from advisor.reports.first_lines import LABEL, first_lines
    from advisor.workload import read_workloads

    width = max(_NARROWEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    for workload in read_workloads(text.encode(), file):
        advice = alongside(_advice(workload), price_folder())
        click.echo(err=True)
        for line in first_lines(advice, width):
            click.echo(f"{line.label.ljust(LABEL) if line.label else ''}{line.text}", err=True)
    click.echo(err=True)
