"""One command in this process, in a folder, with what it printed and what is wrong with its end."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from advisor.cli import run

SLOW_S = 5.0
LONGEST_S = 15.0
MOST_MB = 500


class Hangs(BaseException):
    """A command that is still running after ``LONGEST_S``."""


class Driven(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float
    grown_mb: float = 0

    @property
    def wrong(self) -> str:
        """What may never happen; empty where nothing did."""
        if self.code not in (0, 1, 2):
            return f"exit code {self.code}"
        if "Traceback (most recent call last)" in self.err:
            return "a traceback"
        if self.code == 2 and "error:" not in self.err:
            return "exit code 2 without a reason"
        if self.grown_mb > MOST_MB:
            return f"{self.grown_mb:.0f} MB"
        return f"{self.seconds:.1f} s" if self.seconds > SLOW_S else ""


def drive(folder: Path, arguments: tuple[str, ...]) -> Driven:
    """Run a command with a folder as the current one; no network, no process of its own."""
    out, err, before = io.StringIO(), io.StringIO(), os.getcwd()
    start, most = time.process_time(), _peak_mb()
    os.chdir(folder)
    _alarm(LONGEST_S)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(arguments))
    except BaseException as error:  # noqa: BLE001 - whatever leaves the command is a finding
        code = -1
        err.write(f"{type(error).__name__}: {error}")
        import traceback

        err.write("\n" + "".join(traceback.format_exc().splitlines(keepends=True)[-9:]))
    finally:
        _alarm(0)
        os.chdir(before)
        _forget()
    taken = time.process_time() - start
    return Driven(code, out.getvalue(), err.getvalue(), taken, _peak_mb() - most)


def _alarm(seconds: float) -> None:
    """Interrupt the command after some seconds; 0 takes it back. Windows has no such signal."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _interrupt(*_: object) -> None:
    raise Hangs(f"still running after {LONGEST_S:.0f} s")


def _peak_mb() -> float:
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _forget() -> None:
    """Settings are kept for a folder: the next run has other ones at the same place."""
    from advisor.gate.settings import organisation_of
    from advisor.rulebook.source import has_settings

    organisation_of.cache_clear()
    has_settings.cache_clear()
