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
from io import TextIOWrapper
from typing import Any, NoReturn

import click

from advisor import HOME, __version__
from advisor.model.errors import InputError, RulebookError

CONTEXT = {"help_option_names": ["-h", "--help"]}

# command, defined by the module of its name -> its line in the help
COMMANDS = {
    "advise": "Recommend an option for each workload (the default command).",
    "compare": "Compare cost and latency of the four options.",
    "whatif": "Vary one key, and show where the answer and the cost change.",
    "diff": "Show what changed between two files or revisions.",
    "check": "Check workloads, requests, templates, Terraform and model archives.",
    "explain": "Explain a rule, question, limit, fact, feature or option.",
    "rules": "List, verify, draw and compare the rules.",
    "prices": "Show or refresh prices.",
    "init": "Start a workload file.",
    "schema": "Print a JSON Schema, for editors.",
}


class Commands(click.Group):
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
        own = {"--help", "-h", "--version"}
        if args and args[0] not in COMMANDS and args[0] not in own:
            _refuse_a_slip(args[0])
            args = ["advise", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _refuse_a_slip(name: str) -> None:
    """Refuse a misspelt command.

    Raises:
        UsageError: the name is no file and resembles a command.
    """
    if not name.isalpha() or os.path.exists(name):
        return
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), COMMANDS, n=1)
    if near:
        raise click.UsageError(f"no command or file is named {name}; did you mean {near[0]}?")


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="sm-advise")
def group() -> None:
    """Recommend how to serve a model on Amazon SageMaker.

    The answer is batch transform, asynchronous, serverless or real-time inference, with margins,
    assumptions, costs, the facts that would change the answer, and the AWS requests.

    `sm-advise WORKLOAD...` is the same as `sm-advise advise WORKLOAD...`.

    Exit codes: 0 an answer, 1 findings or none fits, 2 could not run, 3 a bug of ours.
    """


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
    try:
        result: Any = group.main(arguments, prog_name="sm-advise", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        return complain(error)
    except RulebookError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except click.exceptions.Abort:
        print("aborted", file=sys.stderr)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        return _reader_left()
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


def complain(error: InputError) -> int:
    """Print an input error and those found with it; exit code 2."""
    for line in complaints(error):
        print(line, file=sys.stderr)
    return 2


def complaints(error: InputError) -> list[str]:
    """An input error and those found with it, line by line."""
    from advisor.model.printable import printable

    texts = [f"error: {each}" for each in (error, *error.others)]
    return [printable(line) for text in texts for line in text.split("\n")]


def _settle_streams() -> None:
    """Write UTF-8 to pipes and files in every locale; escape what a terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _reader_left() -> int:
    """End silently: the reader has closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
