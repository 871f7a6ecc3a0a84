"""The gate beside cfn-lint, and in a large repository; one template alone is in bench.startup.

    python -m bench.check

cfn-lint is the one beside the Python that runs this, or the one on the PATH; without it the
measurements beside it are left out, and say so.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.process import BASELINE, Bar, Command, measure, report, sm_advise
from bench.startup import TEMPLATE
from bench.workloads import full
from tests.gate.cases import FILES_OF_CHECKS, cases_of
from tests.gate.render import DIALECTS

_MIXED = {"cloudformation": 70, "request": 65, "terraform": 65}
_WORKLOADS = 300
_OTHERS = 10_000
_TREE_SECONDS = 3.0
_PEAK_MIB = 60.0


def main() -> int:
    """Measure, print, and return 1 when a bar is missed."""
    kept = [_one_template(), _mixed_files(), _tree(), _code()]
    return 0 if all(kept) else 1


def _one_template() -> bool:
    linter = _cfn_lint([Path(TEMPLATE)])
    if linter is None:
        return True
    commands = [linter, Command("sm-advise check TEMPLATE", [sm_advise(), "check", TEMPLATE])]
    costs = measure(commands, Path.cwd(), 5)
    return report(
        "One template, median of 5 processes", commands, costs, [BASELINE, Bar(ratio=1 / 8)]
    )


def _mixed_files() -> bool:
    """All of the files for us, for cfn-lint the templates among them."""
    with TemporaryDirectory() as scratch:
        templates = _copy_cases(Path(scratch))
        check = Command("sm-advise check FOLDER", [sm_advise(), "check", "."])
        linter = _cfn_lint(templates)
        commands = [linter, check] if linter else [check]
        costs = measure(commands, Path(scratch), 3)
    title = f"{sum(_MIXED.values())} files, {_MIXED['cloudformation']} of them templates"
    bar = Bar(ratio=0.33 if linter else None, peak_mib=_PEAK_MIB)
    return report(title, commands, costs, [BASELINE, bar] if linter else [bar])


def _copy_cases(folder: Path) -> list[Path]:
    """The first cases of each dialect; a Terraform file needs a folder of its own."""
    templates = []
    cases = [case for path in FILES_OF_CHECKS for case in cases_of(path, frozenset(DIALECTS))]
    for dialect, count in _MIXED.items():
        some = [case for case in cases if case.dialect == dialect][:count]
        for number, case in enumerate(some):
            target = folder / f"{dialect}-{number:03}" / case.file
            target.parent.mkdir()
            target.write_text(case.text, encoding="utf-8")
            if dialect == "cloudformation":
                templates.append(target)
    return templates


def _tree() -> bool:
    """Workloads in a repository that mostly holds something else."""
    with TemporaryDirectory() as scratch:
        for number in range(_WORKLOADS):
            path = Path(scratch, f"team-{number % 40:02}", f"service-{number:03}", "workload.yaml")
            path.parent.mkdir(parents=True)
            path.write_text(full(number), encoding="utf-8")
        for number in range(_OTHERS):
            path = Path(scratch, "apps", f"app-{number % 200:03}", _other_name(number))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_other_text(number), encoding="utf-8")
        check = Command("sm-advise check TREE", [sm_advise(), "check", ".", "--fail-on", "never"])
        costs = measure([check], Path(scratch), 5)
    title = f"{_WORKLOADS} workloads among {_OTHERS:,} other files, median of 5 processes"
    return report(title, [check], costs, [Bar(seconds=_TREE_SECONDS, peak_mib=_PEAK_MIB)])


_READS = """
import os
for folder, _, names in os.walk("."):
    for name in names:
        if name.endswith(".py"):
            with open(os.path.join(folder, name), "rb") as stream:
                b"sagemaker" in stream.read()
"""


def _code() -> bool:
    """Python without SageMaker, beside a bare loop that reads it and the imports of a start."""
    with TemporaryDirectory() as scratch:
        for number in range(_OTHERS):
            path = Path(scratch, f"package_{number % 100:02}", f"module_{number:05}.py")
            path.parent.mkdir(exist_ok=True)
            path.write_text("import os\n\ndef f(x):\n    return os.path.join('a', x)\n" * 60)
        commands = [
            Command("a loop that reads", [sys.executable, "-c", _READS]),
            Command("import click, yaml", [sys.executable, "-c", "import click, yaml"]),
            Command("sm-advise check", [sm_advise(), "check", ".", "--pass-over", "--no-progress"]),
        ]
        costs = measure(commands, Path(scratch), 5)
    bar = Bar(seconds=1.5 * costs[0].seconds + 3 * costs[1].seconds)
    title = f"{_OTHERS:,} Python files without SageMaker, median of 5 processes"
    return report(title, commands, costs, [BASELINE, BASELINE, bar])


def _other_name(number: int) -> str:
    return f"file-{number:05}.{('yaml', 'json', 'py', 'md')[number % 4]}"


def _other_text(number: int) -> str:
    """Kubernetes, package metadata, code and prose: what a repository of services is made of."""
    if number % 4 == 0:
        return (
            "apiVersion: apps/v1\nkind: Deployment\n"
            f"metadata: {{name: app-{number}, labels: {{team: web}}}}\n"
            "spec: {replicas: 3, template: {spec: {containers: [{name: main, image: app}]}}}\n"
        )
    if number % 4 == 1:
        return json.dumps({"name": f"app-{number}", "version": "1.0.0", "dependencies": {}})
    return f"# {number}\n" + "Nothing of interest.\n" * 40


def _cfn_lint(templates: list[Path]) -> Command | None:
    beside = Path(sys.executable).with_name("cfn-lint")
    program = str(beside) if beside.exists() else shutil.which("cfn-lint")
    if program is None:
        print("cfn-lint is not installed: no comparison with it.\n")
        return None
    options = ["--non-zero-exit-code", "none", "--regions", "us-east-1", "--template"]
    return Command("cfn-lint", [program, *options, *map(str, templates)])


if __name__ == "__main__":
    sys.exit(main())
