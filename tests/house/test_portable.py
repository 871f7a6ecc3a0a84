"""What only some systems have stands behind a question; no text is read in the system's own way."""

from __future__ import annotations

import ast
import ntpath
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.text.paths import relative

ADVISOR = Path(__file__).parents[2] / "advisor"
SOME_SYSTEMS = {
    "fork",
    "getuid",
    "geteuid",
    "mkfifo",
    "O_NONBLOCK",
    "O_NOFOLLOW",
    "SIGALRM",
    "SIGPIPE",
}
SOME_MODULES = {"fcntl", "msvcrt", "pwd", "grp", "resource", "termios", "multiprocessing"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ADVISOR.rglob("*.py")):
        yield path.relative_to(ADVISOR).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_every_text_is_read_and_written_in_a_stated_encoding() -> None:
    unstated = []
    for name, tree in trees():
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            function = ast.unparse(call.func)
            mode = next((ast.unparse(each) for each in call.args[1:2]), "'r'")
            opens = function in ("open", "os.fdopen") or function.endswith(
                (".read_text", ".write_text")
            )
            stated = any(each.arg == "encoding" for each in call.keywords)
            if opens and not stated and "b" not in mode:
                unstated.append(f"{name}:{call.lineno} {ast.unparse(call)}")
    assert unstated == []


def test_what_some_systems_lack_is_asked_for_first() -> None:
    used = []
    for name, tree in trees():
        asked = {
            ast.unparse(call.args[1]).strip("'")
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("hasattr", "getattr")
        }
        used += [
            f"{name}:{each.lineno} {each.attr}"
            for each in ast.walk(tree)
            if isinstance(each, ast.Attribute) and each.attr in SOME_SYSTEMS - asked
        ]
    assert used == []


def test_modules_of_some_systems_are_imported_where_they_are_used() -> None:
    found = [
        f"{name}:{each.lineno}"
        for name, tree in trees()
        for each in tree.body
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
        if alias.name.split(".")[0] in SOME_MODULES
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "start", "seen"),
    [
        (r"C:\repo\infra\main.tf", r"C:\repo", "infra/main.tf"),
        (r"C:\repo\main.tf", r"C:\repo\docs", "../main.tf"),
        (r"D:\other\main.tf", r"C:\repo", "D:/other/main.tf"),
    ],
)
def test_paths_of_windows(
    path: str, start: str, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "path", ntpath)
    monkeypatch.setattr(os, "sep", "\\")
    assert relative(path, start) == seen
