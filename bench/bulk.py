"""A thousand workload files in one run, beside a process that only parses them.

    python -m bench.bulk

The baseline is libyaml through PyYAML, so the ratio says what reading strictly, deciding and
writing the answers cost on top of parsing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.process import BASELINE, Bar, Command, measure, report, sm_advise
from bench.workloads import full, small

_FILES = 1000
_REPETITIONS = 9
_PARSE = """
import sys, yaml
for path in sys.argv[1:]:
    with open(path, "rb") as stream:
        yaml.load(stream, yaml.CSafeLoader)
"""


def compare(kind: str, write: Callable[[int], str], bar: Bar) -> bool:
    """Measure one kind of file and print the result; true when the bar is kept."""
    with TemporaryDirectory() as scratch:
        names = [f"{number:04}.yaml" for number in range(_FILES)]
        for number, name in enumerate(names):
            Path(scratch, name).write_text(write(number), encoding="utf-8")
        commands = [
            Command("yaml.load with CSafeLoader", [sys.executable, "-c", _PARSE, *names]),
            Command("sm-advise FILES --format jsonl", [sm_advise(), *names, "--format", "jsonl"]),
        ]
        costs = measure(commands, Path(scratch), _REPETITIONS)
    title = f"{_FILES} files, {kind}, median of {_REPETITIONS} processes"
    return report(title, commands, costs, [BASELINE, bar])


def main() -> int:
    """Measure both kinds and return 1 when a bar is missed."""
    kept = [
        compare("every section filled in", full, Bar(ratio=5.0)),
        compare("a few facts each", small, Bar(ratio=13.0)),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
