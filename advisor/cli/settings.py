"""Values that several commands share: changes, dates and the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from advisor.reports import Context

Command = TypeVar("Command", bound=Callable[..., Any])


def changes_from(settings: Sequence[str]) -> list[tuple[str, str]]:
    """`KEY=VALUE` texts as pairs.

    Raises:
        click.UsageError: there is no `=`, or nothing before it.
    """
    changes = []
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign or not key.strip():
            raise click.UsageError(
                f"--set takes KEY=VALUE, such as --set 'requests.payload=> 6 MB', not {setting!r}"
            )
        changes.append((key.strip(), value.strip()))
    return changes


def today() -> str:
    """Today's date; the only place where the program reads the clock."""
    import time

    return time.strftime("%Y-%m-%d", time.gmtime())


def as_of_date(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Accept a real date written YYYY-MM-DD."""
    if value is None:
        return None
    from datetime import date

    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is not a date; write YYYY-MM-DD, such as 2026-11-20"
        ) from error


def format_option(
    names: Iterable[str], words: str = "Output format."
) -> Callable[[Command], Command]:
    """The option --format, text by default, with its words in the help."""
    choice = click.Choice(list(names))
    return click.option("--format", "form", type=choice, default="text", help=words)


def as_of_option(words: str) -> Callable[[Command], Command]:
    """The option --as-of; its help begins with some words."""
    text = f"{words} (YYYY-MM-DD; default: today)."
    return click.option("--as-of", callback=as_of_date, metavar="DATE", help=text)


def context(form: str) -> Context:
    """Width and colour of standard output; plain where it is not a terminal or NO_COLOR is set."""
    from advisor.reports import Context

    interactive = sys.stdout.isatty()
    if form != "text":
        return Context(interactive=interactive)
    import shutil

    colour = interactive and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Context(
        width=shutil.get_terminal_size((80, 24)).columns, colour=colour, interactive=interactive
    )
