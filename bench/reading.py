"""Reading workload files beside parsing them, in one process and on bytes in memory.

    python -m bench.reading [FILE…]

The baseline is ``yaml.load`` with libyaml: what a program that checks nothing pays. Files named on
the command line are measured as a further group.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import yaml

from advisor.workload import read_workloads
from bench.workloads import full, small

_FILES = 200
_REPETITIONS = 15


def parse(documents: list[bytes]) -> None:
    """The baseline."""
    for document in documents:
        yaml.load(document, yaml.CSafeLoader)


def read(documents: list[bytes]) -> None:
    """What the program does instead."""
    for document in documents:
        read_workloads(document, "workload.yaml")


def fastest(work: Callable[[list[bytes]], None], rounds: list[list[bytes]]) -> float:
    """Microseconds per document; the best of all rounds, which noise cannot improve."""
    seconds = []
    for documents in rounds:
        started = perf_counter()
        work(documents)
        seconds.append((perf_counter() - started) / len(documents))
    return min(seconds) * 1e6


def distinct(write: Callable[[int], str]) -> list[list[bytes]]:
    """Other documents in each round, so that nothing is remembered from the one before."""
    return [
        [write(_FILES * turn + number).encode() for number in range(_FILES)]
        for turn in range(_REPETITIONS)
    ]


def main(paths: list[str]) -> None:
    """Print both times and their ratio for each group of documents."""
    groups = {"a few facts each": distinct(small), "every section filled in": distinct(full)}
    if paths:
        groups["files named"] = [[Path(path).read_bytes() for path in paths]] * _REPETITIONS
    print(f"{'microseconds per document':<28} {'yaml.load':>10} {'reading':>10} {'ratio':>7}")
    for name, rounds in groups.items():
        baseline, ours = fastest(parse, rounds), fastest(read, rounds)
        print(f"{name:<28} {baseline:10.1f} {ours:10.1f} {ours / baseline:7.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
