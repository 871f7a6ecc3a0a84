"""Runs whole processes in turn and says what processor time and memory they took."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import NamedTuple

_ANSWERED = (0, 1)  # an answer, or an answer with findings


class Command(NamedTuple):
    """One process to measure."""

    name: str
    arguments: list[str]  # the first one is the path of the program


class Cost(NamedTuple):
    """What one command took."""

    seconds: float  # processor time with that of its own children; median of all repetitions
    peak_mib: float  # most resident memory of any repetition


class Bar(NamedTuple):
    """The most that a command may take; ``None`` is no bar."""

    ratio: float | None = None  # of the baseline's seconds
    peak_mib: float | None = None
    seconds: float | None = None


BASELINE = Bar()  # of the command that the others are measured beside


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

    ``wait4`` reports the processor time of this one child with all that it waited for, which other
    work on the machine hardly moves, and its peak. The peak counts the moment before the program is
    loaded too, when the child still is this process; hence nothing large is imported here.
    """
    with TemporaryFile() as errors:
        actions = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
        ]
        before = Path.cwd()
        os.chdir(directory)
        child = os.posix_spawn(
            command.arguments[0], command.arguments, os.environ, file_actions=actions
        )
        _, status, usage = os.wait4(child, 0)
        os.chdir(before)
        code = os.waitstatus_to_exitcode(status)
        if code not in _ANSWERED:
            errors.seek(0)
            text = errors.read().decode(errors="replace")
            raise RuntimeError(f"{command.name} ended with exit code {code}\n{text}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def report(title: str, commands: list[Command], costs: list[Cost], bars: list[Bar]) -> bool:
    """Print each command beside the first, the baseline; true when all keep to their bars."""
    print(f"{title} (processor time)")
    kept = [
        _line(command, cost, costs[0], bar)
        for command, cost, bar in zip(commands, costs, bars, strict=True)
    ]
    print()
    return all(kept)


def _line(command: Command, cost: Cost, baseline: Cost, bar: Bar) -> bool:
    """Print one command; true when it keeps to its bar."""
    ratio = cost.seconds / baseline.seconds
    measured = (
        (ratio, bar.ratio, "x"),
        (cost.seconds, bar.seconds, " s"),
        (cost.peak_mib, bar.peak_mib, " MiB"),
    )
    kept = all(most is None or value <= most for value, most, _ in measured)
    limits = " and ".join(f"{most:.3g}{unit}" for _, most, unit in measured if most is not None)
    verdict = f"  at most {limits}: {'kept' if kept else 'MISSED'}" if limits else ""
    taken = f"{cost.seconds * 1000:9.1f} ms {ratio:7.2f}x {cost.peak_mib:7.1f} MiB"
    print(f"  {command.name:<34} {taken}{verdict}")
    return kept
