"""``python -m tests.failing``: every operation of every writing command fails and is killed."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from tests.failing.commands import COMMANDS, ERRORS, failed, killed, together

WRITERS, TURNS = 16, 20


def main() -> int:
    """Print what was tried; an assertion says what did not hold."""
    for name in COMMANDS:
        for number in ERRORS:
            with tempfile.TemporaryDirectory() as folder:
                count = failed(name, number, Path(folder))
            print(f"{name}: {count} operations fail with {errno.errorcode[number]}")
        with tempfile.TemporaryDirectory() as folder:
            print(f"{name}: killed at {killed(name, Path(folder))} operations")
    with tempfile.TemporaryDirectory() as folder:
        together(WRITERS, TURNS, Path(folder))
    print(f"{WRITERS} writers kept {WRITERS * TURNS} entries")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
