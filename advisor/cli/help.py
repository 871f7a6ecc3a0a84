"""What help and refused command lines print."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

import click

from advisor.model.printable import printable
from advisor.text.spelling import likely
from advisor.text.tones import TITLE, painted

_ENDS = (".yaml", ".yml")
_HEAD = 1 << 16  # bytes of a file in which a key is looked for
_MANY = 14  # options, above which they stand in groups
_TERM = 24  # columns of an option beside its sentence
_HEADING = re.compile(r"^(?:\w[\w ]*:(?=\s)|[A-Z]\w+:?$)", re.MULTILINE)
_OVERVIEW = """\
sm-advise web.yaml             how to host the model, why, and what it costs
sm-advise check infra/         what is wrong in requests, templates, Terraform

Recommends one of the four ways to serve a model on Amazon SageMaker.
"""
_END = """
`sm-advise COMMAND --help` says more, --version the version. Exit codes: 0 an
answer, 1 findings or none fits, 2 could not run, 3 a bug of ours.
"""
# What an option is for, where a command has many; the others are about the output.
_FOR = {
    "Workload": ("settings", "region", "limits", "as_of", "measured", "workload", "framework"),
    "Gate": (
        "strict", "max_monthly", "max_estimates", "allow_unknown_cost", "fail_on", "select",
        "ignore", "baseline", "write_baseline", "write_lock", "changed_since", "pass_over",
    ),
}  # fmt: skip
# What people type for a command -> its name.
_MEANT = {
    **dict.fromkeys(("recommend", "suggest", "choose", "decide", "select", "run"), "advise"),
    **dict.fromkeys(("validate", "lint", "scan", "verify", "test", "gate"), "check"),
    **dict.fromkeys(("new", "create", "start", "generate", "interview"), "init"),
    **dict.fromkeys(("sweep", "vary", "sensitivity", "what-if"), "whatif"),
    **dict.fromkeys(("describe", "why", "show", "info", "man"), "explain"),
    **dict.fromkeys(("price", "pricing", "refresh"), "prices"),
    **dict.fromkeys(("versus", "vs"), "compare"),
    **dict.fromkeys(("costs", "estimate", "breakdown"), "cost"),
    **dict.fromkeys(("list", "rule", "flowchart", "limits"), "rules"),
    "version": "--version",
}


def write_overview(groups: Mapping[str, Mapping[str, str]], formatter: click.HelpFormatter) -> None:
    """Two examples, then the commands by what they are for."""
    formatter.write(_OVERVIEW)
    for title, commands in groups.items():
        formatter.write(f"\n{title}\n")
        formatter.indent()
        formatter.write_dl(list(commands.items()))
        formatter.dedent()
    formatter.write(_END)


def write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """The options of a command, in groups where they are many, then its own commands."""
    options = [each for each in command.get_params(ctx) if isinstance(each, click.Option)]
    shown = [(each.name, record) for each in options if (record := each.get_help_record(ctx))]
    groups: dict[str, list[tuple[str, str]]] = {title: [] for title in (*_FOR, "Output")}
    for name, record in shown:
        titles = [title for title, names in _FOR.items() if name in names]
        groups[titles[0] if titles else "Output"].append(record)
    if len(shown) <= _MANY:
        groups = {"Options": [record for _, record in shown]}
    for title, records in groups.items():
        formatter.write(f"\n{title}\n")
        formatter.indent()
        formatter.write_dl(records, col_max=_TERM)
        formatter.dedent()
    if isinstance(command, click.Group):
        command.format_commands(ctx, formatter)


def with_headings(text: str, *, colour: bool) -> str:
    """A help whose headings are bold where there is colour."""
    return _HEADING.sub(lambda found: painted(found[0], TITLE, colour=colour), text)


def refusal(error: click.ClickException) -> list[str]:
    """What is wrong with a command line, and where to read on."""
    text = error.format_message().rstrip(".")
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return text.split("\n")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.MissingParameter) and ctx is not None and not ctx.args:
        text += _missing(ctx)
    lines = [f"error: {text[:1].lower()}{text[1:]}"]
    if ctx is not None:
        lines.append(f"  {ctx.command_path} --help says more")
    return [printable(line) for each in lines for line in each.split("\n")]


def _missing(ctx: click.Context) -> str:
    """What could be named: the files of this folder."""
    found = [name for name in sorted(os.listdir()) if name.endswith(_ENDS) and _is_workload(name)]
    near = f" such as {', '.join(found[:3])}" if found else ", or write one with sm-advise init"
    return f"\n  name a file{near}" if "WORKLOAD" in str(ctx.command.params[0].metavar) else ""


def _is_workload(name: str) -> bool:
    """Whether a file may be a workload, by the one key that each has."""
    with suppress(OSError), open(name, "rb") as file:
        return b"arrival" in file.read(_HEAD)
    return False


def refuse_a_slip(name: str, rest: Sequence[str], commands: Collection[str]) -> None:
    """Refuse a word that is neither a command nor a file.

    Raises:
        UsageError: it looks like a command.
    """
    if not name.isascii() or not name.replace("-", "").isalpha() or name.startswith("-"):
        return
    meant = _MEANT.get(name.lower()) or likely(name, commands)
    if meant:
        line = " ".join(["sm-advise", meant, *rest])
        raise click.UsageError(
            f"no command or file is named {name}; did you mean {meant}?\n  type: {line}"
        )
