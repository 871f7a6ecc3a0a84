"""Many files at once: a line for each, in the order of the files, some before the next are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import group
from advisor.cli.advise import TOGETHER
from advisor.model.workload import Workload
from advisor.workload import read_file
from tests.cli.command import ran

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


def test_lines_are_printed_before_the_next_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = files(tmp_path, TOGETHER + 1)
    monkeypatch.chdir(tmp_path)
    printed: list[str] = []

    def seen(path: str, *changes: Any) -> list[Workload]:
        printed.extend(capsys.readouterr().out.splitlines())
        if path == names[-1]:
            assert len(printed) == TOGETHER
        return read_file(path, *changes)

    monkeypatch.setattr("advisor.cli.advise.read_file", seen)
    group.main([*names, "--format", "jsonl"], standalone_mode=False)
    printed += capsys.readouterr().out.splitlines()
    assert len(printed) == TOGETHER + 1
    assert json.loads(printed[-1])["workload"]["name"] == f"w-{TOGETHER}"
