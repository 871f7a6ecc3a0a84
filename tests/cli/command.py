"""Runs the command line in this process, and as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from advisor.cli import group
from advisor.model.errors import InputError

ROOT = Path(__file__).resolve().parent.parent.parent


class Done(NamedTuple):
    """What a command printed, and its exit code."""

    out: str
    err: str
    code: int


def called(*arguments: str, typed: str | None = None) -> Done:
    """One command through click; an input error is exit code 2."""
    found = CliRunner().invoke(group, arguments, input=typed, standalone_mode=False)
    if isinstance(found.exception, InputError):
        return Done(found.stdout, str(found.exception), 2)
    if found.exception is not None:
        raise found.exception
    return Done(found.stdout, found.stderr, found.return_value or 0)


def ran(*arguments: str, cwd: Path = ROOT, **environment: str) -> Done:
    """One command as a process, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "advisor", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Done(done.stdout, done.stderr, done.returncode)
