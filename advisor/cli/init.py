"""`sm-advise init`: a commented workload file, after the few questions that matter."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from itertools import chain
from typing import TYPE_CHECKING

import click

from advisor.cli import Guided, coloured
from advisor.cli.settings import complete
from advisor.model.errors import InputError

if TYPE_CHECKING:
    from advisor.model.advice import Advice
    from advisor.model.workload import Workload
    from advisor.reference.questions import Question

_FILE = "workload.yaml"
_WIDEST, _NARROWEST = 80, 40
_TEMPLATE = "--no-questions"
_OTHERWISE = f"Nothing was written. Add {_TEMPLATE} to write a file without answers."


@click.command(cls=Guided, example="init web.yaml")
@click.argument("file", default=_FILE, metavar="[FILE]")
@click.option(
    "--from",
    "source",
    metavar="X",
    shell_complete=complete("examples", files=True),
    help="Start from an example or a configuration.",
)
@click.option("--name", metavar="NAME", help="With --from: only this one of several endpoints.")
@click.option("--stdout", is_flag=True, help="Print the file instead of writing it.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option(_TEMPLATE, "--no-input", "--template", "silent", is_flag=True, help="Do not ask.")
def init(
    file: str, source: str | None, name: str | None, stdout: bool, force: bool, silent: bool
) -> int:
    """Start a workload file (default: workload.yaml).

    sm-advise init fraud.yaml --from fraud-scoring

    On a terminal it asks a few questions in words, writes the file and prints the answer. Lines
    that are piped in are the answers. Without any, it writes every key as a comment.

    --from takes the name of an example; or a file or folder of Terraform, templates, requests or
    what AWS describes. What this proves becomes the workload.
    """
    from advisor.reference.starter import ANSWERS, starter
    from advisor.text.written import write_set

    if name is not None and source is None:
        raise click.UsageError("--name needs --from: add the configuration to read")
    if not stdout and not force and os.path.lexists(file):
        raise InputError(
            f"{file} already exists", hint="Choose another name, or add --force to overwrite it."
        )
    typed = None if silent or source is not None else lines()
    if source is not None:
        text = _started_from(source, name)
    else:
        text = starter(dict(ANSWERS) if typed is None else Interview(typed).answers())
    answered = source is not None or typed is not None
    said = _first_lines(text, "-" if stdout else file) if answered else ""
    if stdout:
        click.echo(text, nl=False)
    else:
        write_set([(file, text)])
        said += f"wrote {file}; run sm-advise {file} for the whole answer\n"
    click.echo(said, nl=False, err=True)
    return 0


def lines() -> Iterator[str] | None:
    """The lines of standard input; ``None`` where nobody answers.

    Raises:
        InputError: it is closed.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed", hint=_OTHERWISE)
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    typed = iter(sys.stdin.readline, "")
    if sys.stdin.isatty():
        return typed if sys.stderr.isatty() else None
    ahead = next(typed, None)
    return None if ahead is None else chain([ahead], typed)


class Interview:
    """Asks on standard error and reads typed lines."""

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
        from advisor.engine.interview import told
        from advisor.reference.questions import questions, words
        from advisor.reference.starter import ANSWERS

        say("Choose a number or type a value. Enter skips a question, ? explains it.")
        for question in questions():
            so_far = {**ANSWERS, **self.given}
            if question.first and question.is_for(so_far):
                if question.takes.keys() <= set(told(so_far, read)):
                    self.skipped.update(question.takes)
                else:
                    self._ask(question)
        self.given = {**ANSWERS, **self.given}
        for _ in range(words("follow_ups")):
            following, note = self._next()
            if following is None:
                break
            self._ask(following, note)
        return self.given

    def _ask(self, question: Question, note: str = "") -> None:
        """Ask until the answer is one that the workload file takes, or is none."""
        self.done.append(question)
        click.echo(err=True)
        say(question.asks)
        for number, choice in enumerate(question.choices, 1):
            say(choice.says, f" {number:>2}  ")
        say(note, "  ")
        while text := self._heard(question):
            wrong = []
            for key, value in question.meant(text):
                try:
                    stated = read({**self.given, key: value}).values.get(key)
                except InputError as error:
                    wrong.append(f"{error.message}; {error.hint}")
                    continue
                is_word = stated is not None and isinstance(stated.value, str)
                self.given[key] = stated.text if stated and is_word else value
                return
            for each in wrong or [f"{text!r} is no answer; write it like {question.example}"]:
                say(each, "  ")
        self.skipped.update(question.takes)

    def _heard(self, question: Question) -> str:
        """The next line; empty where the person skips."""
        from advisor.reference.questions import words

        while True:
            click.echo("> ", nl=False, err=True)
            line = next(self.typed, None)
            if line is None:
                raise InputError("the answers ended before the questions did", hint=_OTHERWISE)
            text = line.strip()
            if text and not text.strip("? "):
                say(question.explained, "  ")
                continue
            return "" if text.lower().rstrip(".!") in words("skips") else text

    def _next(self) -> tuple[Question | None, str]:
        """What to ask next, and what it can change: first the option, then size and price."""
        from advisor.engine.interview import answer, needs_that_matter, next_question
        from advisor.reference.questions import question_of
        from advisor.reports.advice_view import rests_on, spoken

        while (unknown := next_question(self.given, read, self.skipped)) is not None:
            if question := question_of(unknown.fact, self.given, self.done):
                ways = dict.fromkeys(map(spoken, unknown.outcomes.values()))
                return question, f"It can lead to {' or '.join(ways)}."
            self.skipped.add(unknown.fact)
        if "needs" not in self.skipped and (question := question_of("needs", self.given, ())):
            self.skipped.add("needs")
            needs = [each.value for each in question.choices]
            if matter := needs_that_matter(self.given, read, needs):
                so_far = spoken(answer(self.given, read))
                return question.among(matter), f"So far: {so_far}. Each would change that."
        for rests in rests_on(_advice(read(self.given))):
            known = rests.fact in {*self.given, *self.skipped}
            if not known and (question := question_of(rests.fact, self.given, self.done)):
                return question, f"The {' and '.join(rests.decides)} can change with it."
        return None, ""


def say(text: str, indent: str = "") -> None:
    """Print a text, if there is one, wrapped to the terminal, on standard error."""
    from advisor.model.printable import printable

    if text:
        width, further = min(_WIDEST, _columns()), " " * len(indent)
        click.echo(click.wrap_text(printable(text), width, indent, further), err=True)


def read(answers: Mapping[str, str]) -> Workload:
    """The workload that the file of some answers states.

    Raises:
        InputError: an answer cannot be read.
    """
    from advisor.reference.starter import ANSWERS, starter
    from advisor.workload import read_workloads

    return read_workloads(starter({**ANSWERS, **answers}).encode(), _FILE)[0]


def _started_from(source: str, name: str | None) -> str:
    """The text of a workload file from an example or a configuration.

    Raises:
        InputError: it is neither, or it cannot be read.
    """
    from advisor.configuration.discover import discover
    from advisor.reference.starter import examples, starter
    from advisor.workload import read_workloads
    from advisor.workload.read import read_bytes

    if not os.path.lexists(source):
        known = examples()
        if source not in known:
            from advisor.text.spelling import likely

            near = likely(os.path.basename(source), known)
            guess = f"Did you mean {near}? " if near else ""
            raise InputError(
                f"no example, file or folder has the name {source}",
                hint=f"{guess}The examples are {', '.join(known)}.",
            )
        source = known[source]
    elif os.path.isdir(source) or not discover([source]).workloads:
        from advisor.gate.intent.proven import proven

        return "---\n".join(starter(*each) for each in proven(source, name))
    data = read_bytes(source)
    read_workloads(data, source)
    return data.decode("utf-8-sig")


def _advice(workload: Workload) -> Advice:
    from advisor.cli.money import answered, price_folder, under_settings
    from advisor.compare.compare import alongside

    asked = {"limits": None, "region": None, "as_of": None, "weigh": True}
    return alongside(answered(under_settings(workload, asked), asked), price_folder())


def _columns() -> int:
    return max(_NARROWEST, shutil.get_terminal_size((_WIDEST, 24)).columns)


def _first_lines(text: str, file: str) -> str:
    """The first lines of each answer."""
    from advisor.reports.plain_words import Words
    from advisor.reports.terminal_chart import Canvas
    from advisor.reports.text import in_brief
    from advisor.workload import read_workloads

    canvas = Canvas(_columns(), colour=coloured(sys.stderr))
    said = "\n"
    for workload in read_workloads(text.encode(), file):
        advice = _advice(workload)
        said += "\n".join([*in_brief(advice, Words(advice), canvas), "", ""])
    return said
