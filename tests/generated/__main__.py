"""``python -m tests.generated``: workloads that the schema admits, through all that we emit.

Each is answered, its requests are judged by AWS's service model, and its artifacts by our own
check. What is found is kept: the workload in ``build/generated``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.aws import judge
from tests.fuzz.drive import drive
from tests.fuzz.targets import ROOT
from tests.strategies import as_yaml, documents

KEPT = ROOT / "build" / "generated"
ARTIFACTS = ("requests", "terraform", "cloudformation")


def faults(text: str, counts: Counter[str], folder: Path) -> list[str]:
    """What is wrong with what we make of a workload file."""
    path = folder / "w.workload.yaml"
    path.write_text(text, encoding="utf-8")
    answer = drive(folder, ("advise", path.name, "--format", "json"))
    counts["workloads"] += 1
    if answer.wrong:
        return [f"advise: {answer.wrong}\n{answer.err[-600:]}"]
    if answer.code == 2:
        counts["refused by our reader"] += 1
        return []
    found = []
    advice = json.loads(answer.out)
    for request in advice.get("requests") or ():
        counts["requests"] += 1
        found += _judged(request)
    kind = ARTIFACTS[counts["workloads"] % len(ARTIFACTS)]
    made = drive(folder, ("advise", path.name, "--output", "out", "--artifact", kind))
    if made.wrong:
        found.append(f"{kind}: {made.wrong}\n{made.err[-600:]}")
    if answer.code == 0 and (folder / "out").is_dir():  # else the answer names an error
        counts[f"checked as {kind}"] += 1
        checked = drive(folder, ("check", "out", "--format", "concise"))
        found += [f"check of {kind}: {each}" for each in _errors(checked.out)]
        found += [f"check of {kind}: {checked.wrong}"] if checked.wrong else []
    return found


def _judged(request: dict[str, Any]) -> list[str]:
    operation = request["operation"]
    service = request.get("service") or "sagemaker"
    return [f"{operation}: {each}" for each in judge(service, operation, request["parameters"])]


def _errors(text: str) -> list[str]:
    return [line for line in text.splitlines() if " error " in line]


def main() -> int:
    """Generate as many as asked for; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.generated", description=__doc__)
    parser.add_argument("--workloads", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()

    @seed(asked.seed)
    @settings(
        max_examples=asked.workloads,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents())
    def each(document: Any) -> None:
        text = as_yaml(document)
        with tempfile.TemporaryDirectory() as folder:
            for fault in faults(text, counts, Path(folder)):
                kind = fault.split("'")[0][-120:]
                kinds[kind] += 1
                if kinds[kind] == 1:
                    KEPT.mkdir(parents=True, exist_ok=True)
                    kept = KEPT / f"{asked.seed}-{counts['workloads']}.workload.yaml"
                    kept.write_text(text, encoding="utf-8")
                    print(f"{kept}: {fault}\n", flush=True)

    each()
    for name, count in sorted(counts.items()):
        print(f"{name}: {count:,}")
    print(f"{sum(kinds.values())} findings of {len(kinds)} kinds")
    return bool(kinds)


if __name__ == "__main__":
    sys.exit(main())
