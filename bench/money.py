"""Comparing the options and sweeping a key, whole processes, beside the answer alone.

python -m bench.money
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.process import BASELINE, Bar, Command, measure, report, sm_advise

_REPETITIONS = 20
_POINTS = 1000


def main() -> int:
    """Measure, print, and return 1 when a bar is missed."""
    workload = str(Path("examples/fraud-scoring.yaml").resolve())
    ours = sm_advise()
    answer = Command(
        "sm-advise advise --format json", [ours, "advise", workload, "--format", "json"]
    )
    comparison = Command(
        "sm-advise compare --format json", [ours, "compare", workload, "--format", "json"]
    )
    sweep = Command(
        f"sm-advise whatif --points {_POINTS}",
        [ours, "whatif", workload, "traffic.volume", "--points", str(_POINTS), "--format", "json"],
    )
    kept = []
    for title, command, bar in (
        ("The four options compared", comparison, Bar(ratio=1.6)),
        (f"A sweep of {_POINTS} points", sweep, Bar(seconds=1.0)),
    ):
        commands = [answer, command]
        costs = measure(commands, Path.cwd(), _REPETITIONS)
        done = f"{title}, median of {_REPETITIONS} processes"
        kept.append(report(done, commands, costs, [BASELINE, bar]))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
