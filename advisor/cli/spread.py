"""Spread the work on many files over the processors, and keep the output in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

MANY = 200  # files from which a second process saves more time than it takes to start
_EACH = 25  # files that a process takes at a time


class Part(NamedTuple):
    """What became of some of the files."""

    text: str  # for standard output
    complaints: tuple[str, ...]  # lines for standard error
    code: int


def worthwhile(paths: Sequence[str]) -> bool:
    """Whether there are files and processors enough; standard input can be read by one only."""
    return len(paths) >= MANY and "-" not in paths and _processors() > 1 and hasattr(os, "fork")


def spread(work: Callable[[Sequence[str]], Part], paths: Sequence[str]) -> Iterator[Part]:
    """Do the work on some paths after the other, each part in the order of the paths.

    Args:
        work: a function of a module, or a partial of one; what it reads first is read once.
        paths: files; all of them are tried.
    """
    # The processes are copies of this one, rules and all; other ways would read them once more.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    some = [paths[start : start + _EACH] for start in range(0, len(paths), _EACH)]
    with ProcessPoolExecutor(min(_processors(), len(some)), get_context("fork")) as pool:
        yield from pool.map(work, some)


def _processors() -> int:
    """Processors that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1
