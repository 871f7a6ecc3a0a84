"""Many files at once: a line for each, in the order of the files, some before the next are read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

from advisor.cli.advise import TOGETHER
from tests.cli.command import ROOT, ran

MANY = TOGETHER + 20


def files(folder: Path, count: int) -> list[str]:
    for number in range(count):
        arrival = "batch" if number % 3 == 0 else "online"
        text = f"name: w-{number}\nrequests: {{arrival: {arrival}, payload: {number + 1} KB}}\n"
        (folder / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    return [f"{number:03}.yaml" for number in range(count)]


def test_a_line_is_what_the_file_alone_gives(tmp_path: Path) -> None:
    names = files(tmp_path, MANY)
    alone = [ran(name, "--format", "jsonl", cwd=tmp_path) for name in names[:3]]
    whole = ran(*names, "--format", "jsonl", cwd=tmp_path)
    assert whole.out.startswith("".join(done.out for done in alone))
    assert whole.code == 0
    said = [json.loads(line)["workload"]["name"] for line in whole.out.splitlines()]
    assert said == [f"w-{number}" for number in range(MANY)]


def test_what_cannot_be_read_is_told_and_the_others_are_answered(tmp_path: Path) -> None:
    names = files(tmp_path, MANY)
    (tmp_path / names[7]).write_text("name: broken\nrequests: {arrival: never}\n", encoding="utf-8")
    done = ran(*names, "missing.yaml", "--format", "jsonl", cwd=tmp_path)
    assert done.code == 2
    assert len(done.out.splitlines()) == MANY - 1
    assert done.err.index("007.yaml:2:21") < done.err.index("missing.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_lines_are_printed_before_the_next_files_are_read(tmp_path: Path) -> None:
    names = files(tmp_path, TOGETHER)
    os.mkfifo(tmp_path / "late.yaml")
    arguments = [sys.executable, "-m", "advisor", *names, "late.yaml", "--format", "jsonl"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ends = Timer(120, process.kill)  # a program that reads on first would wait for ever
        ends.start()
        known = [json.loads(process.stdout.readline())["workload"]["name"] for _ in names]
        (tmp_path / "late.yaml").write_text(
            "name: late\nrequests: {arrival: batch}\n", encoding="utf-8"
        )
        later = json.loads(process.stdout.readline())["workload"]["name"]
        ends.cancel()
    assert (known[0], known[-1], later) == ("w-0", f"w-{TOGETHER - 1}", "late")
    assert process.returncode == 0
