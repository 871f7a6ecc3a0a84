"""``python -m tests.fuzz``: the whole command line over mutated files, for as long as is said.

Each finding is kept: the mutated file in ``build/fuzz``, with the command that reads it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.fuzz.drive import Driven, drive
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import ROOT, Target, targets

KEPT = ROOT / "build" / "fuzz"


def once(target: Target, random: Random, folder: Path) -> tuple[bytes, tuple[str, ...], Driven]:
    """One mutated file, written, and one of its commands, run."""
    data = mutated(random.choice(target.seeds), random)
    for name, text in target.beside.items():
        _write(folder / name, text.encode())
    path = folder / target.name
    _write(path, data)
    command = tuple(
        target.name if each == "FILE" else each for each in random.choice(target.commands)
    )
    return data, command, drive(folder, command)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main() -> int:
    """Fuzz in turn; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", help="default: all")
    parser.add_argument("--seconds", type=float, default=60, help="for all together")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    random, counts, found = Random(asked.seed), dict.fromkeys(asked.target or targets(), 0), 0
    end = time.monotonic() + asked.seconds
    seen: set[str] = set()
    while time.monotonic() < end:
        for name in counts:
            with tempfile.TemporaryDirectory() as folder:
                data, command, driven = once(targets()[name], random, Path(folder))
            counts[name] += 1
            if driven.wrong:
                found += 1
                last = "\n".join(driven.err.strip().splitlines()[-8:])
                if last not in seen:
                    seen.add(last)
                    KEPT.mkdir(parents=True, exist_ok=True)
                    kept = KEPT / f"{name}-{counts[name]}-{Path(targets()[name].name).name}"
                    kept.write_bytes(data)
                    print(f"{kept}: {' '.join(command)}: {driven.wrong}\n{last}\n", flush=True)
    for name, count in counts.items():
        print(f"{name}: {count} runs")
    print(f"{found} findings, {len(seen)} of them different")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
