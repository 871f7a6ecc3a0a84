"""One file, whole process, beside a Python that imports click and PyYAML and does nothing.

    python -m bench.startup

The baseline is what any command line with these two libraries pays before its first line.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.process import BASELINE, Bar, Command, measure, report, sm_advise

TEMPLATE = str(
    Path(
        "tests/corpus/cloudformation/aws-samples__sagemaker-custom-project-templates__"
        "serverless-inf__seedcode__deploy__endpoint-config-template.yml"
    ).resolve()
)
_WORKLOAD = str(Path("examples/fraud-scoring.yaml").resolve())
_REPETITIONS = 40


def main() -> int:
    """Measure, print, and return 1 when a bar is missed."""
    ours = sm_advise()
    commands = [
        Command('python -c "import click, yaml"', [sys.executable, "-c", "import click, yaml"]),
        Command("sm-advise FILE --format json", [ours, _WORKLOAD, "--format", "json"]),
        Command("sm-advise FILE", [ours, _WORKLOAD]),
        Command("sm-advise check TEMPLATE", [ours, "check", TEMPLATE]),
    ]
    bars = [
        BASELINE,
        Bar(ratio=1.75, peak_mib=30),
        Bar(ratio=2.4, peak_mib=30),
        Bar(ratio=1.5, peak_mib=60),
    ]
    costs = measure(commands, Path.cwd(), _REPETITIONS)
    title = f"One file, median of {_REPETITIONS} processes"
    return 0 if report(title, commands, costs, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
