"""Writing commands whose n-th operation on files fails, or in which they are killed.

    python -m tests.failing

does so at every operation of every command, with every error, and lets 16 writers write at once.
``make test`` does it with one error each.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from advisor.text.written import JOURNAL
from tests.fuzz.drive import drive
from tests.fuzz.targets import EXAMPLE, OFFERS, ROOT

OPERATIONS = ("replace", "unlink", "fsync", "chmod", "makedirs", "open", "fdopen", "close")
Command = tuple[str, ...]
WORKLOAD = (ROOT / EXAMPLE).read_text(encoding="utf-8")
CONFIG = json.dumps({"EndpointConfigName": "e", "ProductionVariants": []})
COMMANDS: dict[str, tuple[dict[str, str], Command, Command]] = {
    "output": (
        {"w.yaml": WORKLOAD},
        ("advise", "w.yaml", "--output", "out"),
        ("advise", "w.yaml", "--output", "out", "--force", "--set", "name=another"),
    ),
    "prices": (
        {"a.json": OFFERS, "b.json": OFFERS.replace("0.128", "0.256")},
        ("prices", "refresh", "--region", "eu-west-1", "--from", "a.json", "--output", "out"),
        ("prices", "refresh", "--region", "eu-west-1", "--from", "b.json", "--output", "out"),
    ),
    "baseline": (
        {"c.json": CONFIG, "out/one.json": "{}"},
        ("check", "c.json", "--write-baseline", "out/base.json", "--ignore", "wrong-length"),
        ("check", "c.json", "--write-baseline", "out/base.json"),
    ),
    "lock": (
        {"w.yaml": WORKLOAD, "v.yaml": WORKLOAD.replace("fraud-scoring", "other"), "out/one": ""},
        ("check", "w.yaml", "--write-lock"),
        ("check", "w.yaml", "v.yaml", "--write-lock"),
    ),
    "init": (
        {"out/one.yaml": ""},
        ("init", "out/w.yaml", "--template"),
        ("init", "out/w.yaml", "--template", "--force"),
    ),
}
"""Files that stand there, the command that writes the old set, the one that writes the new one."""


@contextmanager
def failing(number: int, fail: Callable[[], object]) -> Iterator[list[str]]:
    """Let the n-th operation on files fail; the list says what was called."""
    called: list[str] = []
    real = {name: getattr(os, name) for name in OPERATIONS}
    mkstemp = tempfile.mkstemp

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            called.append(name)
            if len(called) == number:
                if name == "close":  # which gives the file up whatever it answers
                    function(*arguments, **named)
                fail()
            return function(*arguments, **named)

        return run

    try:
        for name, function in real.items():
            setattr(os, name, counted(name, function))
        tempfile.mkstemp = counted("mkstemp", mkstemp)
        yield called
    finally:
        for name, function in real.items():
            setattr(os, name, function)
        tempfile.mkstemp = mkstemp


def seen(folder: Path) -> dict[str, str]:
    """The files of a set, without those that no reader takes."""
    files = [*sorted((folder / "out").rglob("*")), *folder.glob("*.lock")]
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in files
        if path.is_file() and not path.name.startswith(".")
    }


def left_over(folder: Path) -> list[Path]:
    """Temporary files and journals, of which a run that ends well leaves none."""
    return [*folder.rglob(".*~"), *folder.rglob(JOURNAL)]


def made(folder: Path, name: str, *, new: bool) -> dict[str, str]:
    """The set that a command writes when nothing fails."""
    files, old, newer = COMMANDS[name]
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    assert drive(folder, old).code in (0, 1)
    if new:
        assert drive(folder, newer).code in (0, 1)
    return seen(folder)


def full(number: int) -> None:
    raise OSError(number, os.strerror(number))


ERRORS = (errno.ENOSPC, errno.EACCES, errno.EIO, errno.EROFS, errno.EMFILE, errno.EPERM)


def failed(name: str, number: int, folder: Path) -> int:
    """Fail a command with an error at each operation in turn; how many operations it has.

    It leaves the old set, the new one, or a journal, says what is wrong without a traceback, and
    works when it is run again.
    """
    new, at = made(folder / "new", name, new=True), 0
    while True:
        at += 1
        place = folder / str(at)
        old = made(place, name, new=False)
        with failing(at, lambda: full(number)) as called:
            done = drive(place, COMMANDS[name][2])
        assert not done.wrong or "Traceback" not in done.err, done.err
        assert done.code in (0, 1, 2)
        left = seen(place)
        assert left in (old, new) or (place / "out" / JOURNAL).exists(), (at, called)
        if len(called) < at:
            assert left == new
            return at - 1
        assert drive(place, COMMANDS[name][2]).code in (0, 1)
        assert seen(place) == new, (at, called)
        assert left_over(place) == []


def killed(name: str, folder: Path) -> int:
    """Kill a command at each operation in turn; how many it has. The next run finishes the set."""
    new, at, mixed = made(folder / "new", name, new=True), 0, 0
    while True:
        at += 1
        place = folder / str(at)
        old = made(place, name, new=False)
        child = os.fork()
        if not child:
            with failing(at, lambda: os._exit(99)):
                drive(place, COMMANDS[name][2])
            os._exit(0)
        _, status = os.waitpid(child, 0)
        left = seen(place)
        if left not in (old, new):
            mixed += 1
            assert (place / "out" / JOURNAL).exists()
            assert "of another plan" in drive(place, ("check", "out")).out
        again = drive(place, COMMANDS[name][2])
        assert again.code in (0, 1)
        assert seen(place) == new
        assert left_over(place) == []
        assert ("which an earlier run began" in again.err) >= (left not in (old, new))
        if os.waitstatus_to_exitcode(status) == 0:
            assert mixed > 0 or len(new) < 3
            return at - 1


WRITER = """
import sys
from pathlib import Path
from tests.fuzz.drive import drive
for turn in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{turn}"
    baseline = (f"{name}.json", "--write-baseline", "base.json")
    for arguments in (baseline, (f"{name}.yaml", "--write-lock")):
        done = drive(Path(sys.argv[1]), ("check", *arguments))
        assert done.code == 0, done.err
"""


def together(writers: int, turns: int, folder: Path) -> None:
    """Let processes write into one baseline and one lock: every entry of every one is in it."""
    names = [f"{writer}-{turn}" for writer in range(writers) for turn in range(turns)]
    for name in names:
        (folder / f"{name}.json").write_text(CONFIG)
        (folder / f"{name}.yaml").write_text(WORKLOAD.replace("fraud-scoring", f"w-{name}"))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(writer), str(turns)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for writer in range(writers)
    ]
    assert [each.wait() for each in running] == [0] * writers
    entries = json.loads((folder / "base.json").read_text())["findings"]
    assert {each["file"] for each in entries} == {f"{name}.json" for name in names}
    (lock,) = folder.glob("*.lock")
    kept = json.loads(lock.read_text(encoding="utf-8"))["workloads"]
    assert set(kept) == {f"{name}.yaml#w-{name}" for name in names}
