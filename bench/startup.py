"""One workload, whole process, beside a Python that imports click and PyYAML and does nothing.

    python -m bench.startup

The baseline is what any command line with these two libraries pays before its first line.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.process import Bar, Command, measure, report, sm_advise

_REPETITIONS = 40
_BAR = Bar(ratio=1.9, peak_mib=30)


def main() -> int:
    """Measure, print, and return 1 when the bar is missed."""
    workload = Path("examples/fraud-scoring.yaml").resolve()
    commands = [
        Command('python -c "import click, yaml"', [sys.executable, "-c", "import click, yaml"]),
        Command("sm-advise FILE --format json", [sm_advise(), str(workload), "--format", "json"]),
    ]
    costs = measure(commands, Path.cwd(), _REPETITIONS)
    title = f"One workload, median of {_REPETITIONS} processes"
    return 0 if report(title, commands, costs, _BAR) else 1


if __name__ == "__main__":
    sys.exit(main())
