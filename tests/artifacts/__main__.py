"""``python -m tests.artifacts [WORD]``: examples, cases and 500 generated workloads are judged.

With a word only by the judges, or of the dialects, that have it in their names.
"""

from __future__ import annotations

import sys
import time

from tests.artifacts.generated import generated
from tests.artifacts.judges import JUDGES
from tests.artifacts.plans import advices
from tests.artifacts.programs import MissingError

_GENERATED = 500
_SHOWN = 5  # faults of one judge


def main(word: str = "") -> int:
    """Judge, print the counts, and return 1 when there is a fault."""
    written = advices()
    judged = [*written, *generated(_GENERATED)]
    print(f"{len(written)} examples and cases, {_GENERATED} generated workloads")
    print(f"{'dialect':<15} {'judge':<31} {'judged':>6} {'faults':>6} {'seconds':>7}")
    failed = False
    for dialect, name, judge in JUDGES:
        if word not in f"{dialect} {name}":
            continue
        begun = time.monotonic()
        try:
            faults = judge(judged)
        except MissingError as error:
            print(f"{dialect:<15} {name:<31} skipped: {error}")
            continue
        seconds = time.monotonic() - begun
        print(f"{dialect:<15} {name:<31} {len(judged):>6} {len(faults):>6} {seconds:>7.1f}")
        print("".join(f"    {fault[:400]}\n" for fault in faults[:_SHOWN]), end="", flush=True)
        failed = failed or bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
