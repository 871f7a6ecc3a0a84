"""Many files at once: the same lines in the same order as one after the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import advise, spread
from tests.cli.command import ran


def files(folder: Path, count: int) -> list[str]:
    for number in range(count):
        arrival = "batch" if number % 3 == 0 else "online"
        text = f"name: w-{number}\nrequests: {{arrival: {arrival}, payload: {number + 1} KB}}\n"
        (folder / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    return [f"{number:03}.yaml" for number in range(count)]


def test_more_processes_give_the_same_lines_in_the_same_order(tmp_path: Path) -> None:
    names = files(tmp_path, spread.MANY)
    half = len(names) // 2
    parts = [ran(*some, "--format", "jsonl", cwd=tmp_path) for some in (names[:half], names[half:])]
    whole = ran(*names, "--format", "jsonl", cwd=tmp_path)
    assert whole.out == parts[0].out + parts[1].out
    assert whole.code == 0
    said = [json.loads(line)["workload"]["name"] for line in whole.out.splitlines()]
    assert said == [f"w-{number}" for number in range(spread.MANY)]


def test_what_cannot_be_read_is_told_and_the_others_are_answered(tmp_path: Path) -> None:
    names = files(tmp_path, spread.MANY)
    (tmp_path / names[7]).write_text("name: broken\nrequests: {arrival: never}\n", encoding="utf-8")
    done = ran(*names, "missing.yaml", "--format", "jsonl", cwd=tmp_path)
    assert done.code == 2
    assert len(done.out.splitlines()) == spread.MANY - 1
    assert done.err.index("007.yaml:2:21") < done.err.index("missing.yaml")


@pytest.mark.parametrize(
    ("count", "first", "processors", "expected"),
    [(200, "a", 2, True), (199, "a", 2, False), (200, "a", 1, False), (200, "-", 2, False)],
)
def test_it_is_spread_where_that_saves_time(
    count: int, first: str, processors: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "_processors", lambda: processors)
    assert spread.worthwhile([first] + ["b"] * (count - 1)) is expected


def test_one_process_alone_does_the_same_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = files(tmp_path, 3)
    asked: dict[str, Any] = {
        "changes": [],
        "as_of": "2026-11-20",
        "limits": None,
        "region": None,
        "strict": False,
        "max_monthly": None,
        "measured": (),
    }
    part = advise._part([*names, "missing.yaml"], asked)
    assert [json.loads(line)["workload"]["name"] for line in part.text.splitlines()] == [
        "w-0", "w-1", "w-2",
    ]  # fmt: skip
    assert part.code == 2
    assert part.complaints[0].startswith("error: missing.yaml")
