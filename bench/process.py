"""Runs whole processes in turn and says how long they took and how much memory they held."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter
from typing import NamedTuple

_ANSWERED = (0, 1)  # an answer, or an answer with findings


class Command(NamedTuple):
    """One process to measure."""

    name: str
    arguments: list[str]  # the first one is the path of the program


class Cost(NamedTuple):
    """What one command took."""

    seconds: float  # median of all repetitions, wall clock
    peak_mib: float  # most resident memory of any repetition


class Bar(NamedTuple):
    """The most that a command may take."""

    ratio: float | None  # of the baseline's seconds
    peak_mib: float | None = None
    seconds: float | None = None


def sm_advise() -> str:
    """The console script beside the Python that runs this: the one that users start."""
    return str(Path(sys.executable).with_name("sm-advise"))


def measure(commands: list[Command], directory: Path, repetitions: int) -> list[Cost]:
    """Run the commands in turn, again and again, so that a busy moment meets all of them alike.

    Raises:
        RuntimeError: a command ended without an answer; the message holds what it wrote.
    """
    for command in commands:
        _run(command, directory)  # fills the disk cache and the bytecode cache
    rounds = [[_run(command, directory) for command in commands] for _ in range(repetitions)]
    return [
        Cost(median(run.seconds for run in runs), max(run.peak_mib for run in runs))
        for runs in zip(*rounds, strict=True)
    ]


def _run(command: Command, directory: Path) -> Cost:
    """Run one process to its end.

    ``wait4`` reports the peak of this one child. It counts the moment before the program is loaded
    too, when the child still is this process; hence nothing large is imported here.
    """
    with TemporaryFile() as errors:
        actions = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
        ]
        before = Path.cwd()
        os.chdir(directory)
        started = perf_counter()
        child = os.posix_spawn(
            command.arguments[0], command.arguments, os.environ, file_actions=actions
        )
        _, status, usage = os.wait4(child, 0)
        seconds = perf_counter() - started
        os.chdir(before)
        code = os.waitstatus_to_exitcode(status)
        if code not in _ANSWERED:
            errors.seek(0)
            text = errors.read().decode(errors="replace")
            raise RuntimeError(f"{command.name} ended with exit code {code}\n{text}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
    return Cost(seconds, usage.ru_maxrss / unit)


def report(title: str, commands: list[Command], costs: list[Cost], bar: Bar) -> bool:
    """Print the last command beside the first, the baseline; true when it keeps to the bar."""
    print(title)
    for command, cost in zip(commands, costs, strict=True):
        print(f"  {command.name:<34} {cost.seconds * 1000:9.1f} ms {cost.peak_mib:8.1f} MiB")
    ours = costs[-1]
    ratio = ours.seconds / costs[0].seconds
    bars = (
        (ratio, bar.ratio, ""),
        (ours.peak_mib, bar.peak_mib, " MiB"),
        (ours.seconds, bar.seconds, " s"),
    )
    kept = all(most is None or value <= most for value, most, _ in bars)
    limit = " and ".join(f"{most}{unit}" for _, most, unit in bars if most is not None)
    print(f"  ratio {ratio:.2f}, at most {limit}: {'kept' if kept else 'MISSED'}\n")
    return kept
