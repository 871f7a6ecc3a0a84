"""Values that several commands share: changes, dates and the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from advisor.cli import coloured

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

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
    names: Iterable[str], words: str = "", **more: Any
) -> Callable[[Command], Command]:
    """The option --format, text by default; its help lists the formats, with some words behind."""
    forms = list(names)
    listed = f"Print {', '.join(forms[:-1])} or {forms[-1]}{words}."
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default="text",
        metavar="FORMAT",
        help=listed,
        **more,
    )


def as_of_option(words: str) -> Callable[[Command], Command]:
    """The option --as-of; its help begins with some words."""
    text = f"{words} (default: today)."
    return click.option("--as-of", callback=as_of_date, metavar="DATE", help=text)


def limits_option(words: str) -> Callable[[Command], Command]:
    """The option --limits, with its help."""
    return click.option(
        "--limits", type=click.Choice(["safe", "latest"]), metavar="MODE", help=words
    )


def region_option(words: str, *names: str, **more: Any) -> Callable[[Command], Command]:
    """The option --region, with its help."""
    names = ("--region", *names)
    return click.option(
        *names, metavar="REGION", shell_complete=complete("regions"), help=words, **more
    )


def require_known_region(*regions: str) -> None:
    """Refuse a misspelt Region of the command line.

    Raises:
        InputError: one is a letter or two away from a known Region.
    """
    from advisor.rulebook.load import known_regions
    from advisor.rulebook.regions import require_region

    for region in regions:
        require_region(region, known_regions(), "--region")


def complete(
    what: str, *, files: bool = False
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem | str]]:
    """Completes a word in a shell: the names of a table that is read only then; else files."""

    def completed(_: click.Context, __: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        from advisor.cli.completion import WORDS

        found = sorted(word for word in WORDS[what]() if word.startswith(incomplete))
        return found or ([CompletionItem(incomplete, type="file")] if files else [])

    return completed


def context(form: str) -> Context:
    """Width and colour of standard output; only what people read on a terminal has colour."""
    from advisor.reports import Context

    interactive = sys.stdout.isatty()
    if form not in ("text", "concise"):
        return Context(interactive=interactive)
    import shutil

    colour = coloured(sys.stdout)
    ctx = click.get_current_context(silent=True)
    if ctx is not None:
        ctx.color = colour  # else click takes colours out of what goes to a pipe
    return Context(
        width=shutil.get_terminal_size((80, 24)).columns, colour=colour, interactive=interactive
    )


def standard_input(paths: Iterable[str]) -> bytes:
    """The bytes of standard input, where a path is ``-``.

    Raises:
        InputError: it cannot be read.
    """
    if "-" not in paths:
        return b""
    from advisor.configuration.source import LARGEST_PLAN
    from advisor.workload.read import read_bytes

    return read_bytes("-", LARGEST_PLAN)
