"""Arguments in, printed text and an exit code out: a module for each command.

0 an answer; 1 findings at or above the threshold, or none fits; 2 could not run; 3 a bug of ours.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from advisor import HOME, __version__
from advisor.model.errors import InputError, RulebookError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed import ReadableBuffer
    from click.shell_completion import CompletionItem

# group of the help -> command, defined by the module of its name -> its line in the help
GROUPS = {
    "Decide": {
        "advise": "Recommend an option for each workload (the default command).",
        "compare": "Compare cost and latency of the four options.",
        "whatif": "Vary one key, and show where the answer and the cost change.",
        "explain": "Explain a rule, question, limit, fact, feature or option.",
        "init": "Start a workload file.",
    },
    "Guard": {
        "check": "Check workloads, requests, templates, Terraform and model archives.",
        "diff": "Show what changed between two files or revisions.",
        "cost": "Price configurations as they stand.",
    },
    "Data": {
        "rules": "List, verify, draw and compare the rules.",
        "prices": "Show or refresh prices.",
        "schema": "Print a JSON Schema, for editors.",
    },
}
COMMANDS = {name: line for group in GROUPS.values() for name, line in group.items()}
_COLOR = "color"


class Guided(click.Command):
    """A command whose help begins with an example, and that takes --color.

    Args:
        example: a command line without the name of the program.
    """

    def __init__(self, *args: Any, example: str, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.example = example
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])
        self.params.append(
            click.Option(
                ["--color"],
                type=click.Choice(("auto", "always", "never")),
                metavar="WHEN",
                expose_value=False,
                help="Colour text: auto (the default), always or never.",
            )
        )

    def get_help(self, ctx: click.Context) -> str:
        """The help, its headings bold where the terminal takes colour."""
        from advisor.cli.help import with_headings

        ctx.color = coloured(sys.stdout, ctx.ensure_object(dict))
        return with_headings(super().get_help(ctx), colour=ctx.color)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example, then how the command is called."""
        formatter.write(f"Example: sm-advise {self.example}\n")
        super().format_usage(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, by what they are for where they are many."""
        from advisor.cli.help import write_options

        write_options(self, ctx, formatter)


class GuidedGroup(Guided, click.Group):
    """A command that has commands of its own."""


class Commands(GuidedGroup):
    """Imports a command when it is used, and takes a file name for `advise`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"advisor.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take a file for `advise FILE`; a file named like a command is written ./NAME."""
        for word, behind in zip(args, [*args, ""][1:], strict=True):  # for help and errors too
            if word == "--color" or word.startswith("--color="):
                chosen = behind if word == "--color" else word.partition("=")[2]
                ctx.ensure_object(dict)[_COLOR] = chosen
        if args and args[0].startswith("--color"):  # the command takes it, wherever it stands
            both = 1 + ("=" not in args[0])
            args = [*args[both:], *args[:both]]
        if args and args[0] == "help":
            args = [*args[1:], "--help"]
        if args and args[0] not in {*COMMANDS, "--help", "-h", "--version"}:
            if not ctx.resilient_parsing and not os.path.lexists(args[0]):
                from advisor.cli.help import refuse_a_slip

                refuse_a_slip(args[0], args[1:], COMMANDS)
            args = ["advise", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands with their line in the help, and files; no command is imported."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=line)
            for name, line in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*found, CompletionItem(incomplete, type="file")]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two examples, then the commands in their groups; none is imported."""
        from advisor.cli.help import write_overview

        write_overview(GROUPS, formatter)


def coloured(stream: TextIO, chosen: Mapping[str, str] | None = None) -> bool:
    """Whether a stream takes colour: --color decides, NO_COLOR, FORCE_COLOR, then the terminal.

    Args:
        stream: where the text goes.
        chosen: what --color says; that of the command that runs when it is not given.
    """
    if chosen is None:
        ctx = click.get_current_context(silent=True)
        chosen = {} if ctx is None else ctx.ensure_object(dict)
    wanted = chosen.get(_COLOR, "auto")
    if wanted != "auto" or os.environ.get("NO_COLOR"):
        return wanted == "always"
    terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    return bool(os.environ.get("FORCE_COLOR")) or terminal


@click.group(cls=Commands, example="web.yaml")
@click.version_option(__version__, prog_name="sm-advise")
def group() -> None:
    """Recommend how to serve a model on Amazon SageMaker."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    gc.disable()  # a run is short and makes few cycles; looking for them takes a tenth of the time
    code = run(arguments)
    atexit._run_exitfuncs()  # noqa: SLF001 - what others registered for the end of the process
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):  # the reader has gone, or the stream is closed
                stream.flush()
    os._exit(code)  # taking all objects apart one by one would cost a seventh of the run


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    _settle_streams()
    chosen: dict[str, str] = {}
    if sys.stdout is None:
        tell(["error: standard output is closed"])
        return 2
    try:
        result: Any = group.main(
            arguments, prog_name="sm-advise", standalone_mode=False, obj=chosen
        )
        sys.stdout.flush()
    except InputError as error:
        return complain(error, chosen)
    except RulebookError as error:
        tell([f"error: {error}"], chosen)
        return 2
    except click.exceptions.Abort:
        print("aborted", file=sys.stderr)
        return 2
    except click.ClickException as error:
        from advisor.cli.help import refusal

        tell(refusal(error), chosen)
        return 2
    except (OSError, MemoryError) as error:  # a full disk, a folder that is gone
        tell([f"error: {_of_system(error)}"], chosen)
        return 2
    except Exception:  # noqa: BLE001 - the one place where a bug of ours becomes exit code 3
        import traceback

        traceback.print_exc()
        print(
            "\nThis is a bug in sm-advise. Please report it with the file and the lines above:"
            f"\n{HOME}/issues",
            file=sys.stderr,
        )
        return 3
    return result if isinstance(result, int) else 0


def complain(error: InputError, chosen: Mapping[str, str] | None = None) -> int:
    """Print an input error and those found with it; exit code 2."""
    tell(complaints(error), chosen)
    return 2


def complaints(error: InputError) -> list[str]:
    """An input error and those found with it, line by line."""
    from advisor.model.printable import printable

    texts = [f"error: {each}" for each in (error, *error.others)]
    return [printable(line) for text in texts for line in text.split("\n")]


def tell(lines: Iterable[str], chosen: Mapping[str, str] | None = None) -> None:
    """Print lines to standard error; the word error is red where the terminal takes colour.

    Args:
        lines: safe to print.
        chosen: what --color says; that of the command that runs when it is not given.
    """
    from advisor.text.tones import TONES, painted

    colour = coloured(sys.stderr, chosen)
    for line in lines:
        word, colon, rest = line.partition(":")
        print(painted(word, TONES.get(word, ""), colour=colour) + colon + rest, file=sys.stderr)


class _Output(FileIO):
    """A stream whose reader may leave, as ``head`` does: the exit code stays the command's own."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(memoryview(data))


def _settle_streams() -> None:
    """Write UTF-8 to pipes and files in every locale; escape what a terminal cannot show."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the whole run
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is not TextIOWrapper or not isinstance(
            stream.buffer, BufferedWriter | FileIO
        ):
            continue
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
            continue
        binary = BufferedWriter(_Output(stream.fileno(), "w", closefd=False))
        line = stream.line_buffering
        settled = TextIOWrapper(binary, "utf-8", "backslashreplace", line_buffering=line)
        setattr(sys, name, settled)


def _of_system(error: OSError | MemoryError) -> str:
    """What the system refused, in its own words."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return "the current folder is gone"
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return f"{where}{error.strerror or error}"
