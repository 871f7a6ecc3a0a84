"""Help begins with an example and fits a screen; slips are answered with what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cli import COMMANDS, GROUPS, group
from advisor.text.spelling import edits
from tests.cli.command import ROOT, ran

EXAMPLE = ROOT / "examples" / "fraud-scoring.yaml"
MANY = {"advise": 40, "check": 40}  # lines of those with many options, which stand in groups


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if path:
        yield path
    if isinstance(command, click.Group):
        with click.Context(command) as ctx:
            for name in command.list_commands(ctx):
                inner = command.get_command(ctx, name)
                assert inner is not None
                yield from commands(inner, (*path, name))


EVERY = list(commands(group))


def test_the_overview_shows_two_examples_then_the_groups() -> None:
    lines = ran("--help", COLUMNS="80").out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["sm-advise"] * 2
    at = [lines.index(title) for title in GROUPS]
    assert at == sorted(at)
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(COMMANDS)
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_the_help_of_a_command_begins_with_its_example_and_fits(path: tuple[str, ...]) -> None:
    lines = ran(*path, "--help", COLUMNS="80").out.splitlines()
    assert lines[0].startswith("Example: sm-advise ")
    assert lines[1].startswith(f"Usage: sm-advise {' '.join(path)}")
    assert len(lines) <= MANY.get(path[0], 24)
    assert max(map(len, lines)) <= 82  # a command line is not wrapped
    assert any(line.lstrip().startswith("--color") for line in lines)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_the_example_of_a_command_names_it_and_its_options_exist(path: tuple[str, ...]) -> None:
    command: click.Command = group
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    example = command.example  # type: ignore[attr-defined]
    words = example.split()
    assert words[: len(path)] == list(path) or path == ("advise",) or len(words) > 1
    known = {name for each in command.params for name in each.opts}
    if not isinstance(command, click.Group) and words[: len(path)] == list(path):
        assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("arguments", [("help",), ("help", "check"), ("help", "rules", "list")])
def test_help_is_a_word_too(arguments: tuple[str, ...]) -> None:
    assert ran(*arguments) == ran(*arguments[1:], "--help")
    assert ran(*arguments).code == 0


def test_nothing_at_all_shows_the_help() -> None:
    done = ran()
    assert done.code == 2
    assert done.err.splitlines()[0].startswith("sm-advise web.yaml")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("recommend", "advise"),
        ("Recommend", "advise"),
        ("validate", "check"),
        ("lint", "check"),
        ("pricing", "prices"),
        ("what-if", "whatif"),
        ("describe", "explain"),
        ("new", "init"),
        ("version", "--version"),
    ],
)
def test_a_word_of_another_tool_is_told(word: str, meant: str, tmp_path: Path) -> None:
    done = ran(word, "x.yaml", cwd=tmp_path)
    assert done.code == 2
    assert f"did you mean {meant}?" in done.err
    assert f"type: sm-advise {meant} x.yaml" in done.err


@given(st.sampled_from(sorted(COMMANDS)), st.data())
def test_a_command_with_one_letter_less_or_changed_is_told(name: str, data: st.DataObject) -> None:
    from advisor.cli.help import refuse_a_slip

    at = data.draw(st.integers(1, len(name) - 1))
    wrong = name[:at] + data.draw(st.sampled_from(["", "x", "e"])) + name[at + 1 :]
    if wrong in COMMANDS or edits(wrong, name, 1) > 1 or len(name) < 5:
        return
    with pytest.raises(click.UsageError, match="did you mean"):
        refuse_a_slip(wrong, (), COMMANDS)


@pytest.mark.parametrize("word", ["elsewhere", "web.yml", "models/chat", "-x", "größe"])
def test_what_resembles_no_command_is_a_file(word: str) -> None:
    from advisor.cli.help import refuse_a_slip

    refuse_a_slip(word, (), COMMANDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("web.yml", "web.yaml"),
        ("web", "web.yaml"),
        ("wbe.yaml", "web.yaml"),
        ("Web.yaml", "web.yaml"),
    ],
)
@pytest.mark.parametrize("command", [(), ("compare",), ("diff", "web.yaml"), ("explain", "prefer")])
def test_a_missing_file_is_answered_with_the_near_one(
    typed: str, meant: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "web.yaml").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "elsewhere.yaml").write_bytes(EXAMPLE.read_bytes())
    done = ran(*command, typed, cwd=tmp_path)
    assert done.code == 2
    assert f"did you mean {meant}?" in done.err


def test_a_file_that_resembles_none_is_no_guess(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_bytes(EXAMPLE.read_bytes())
    assert "sm-advise init writes a first workload file" in ran("zzz.yaml", cwd=tmp_path).err
    assert "did you mean" not in ran("nowhere/zzz.yaml", cwd=tmp_path).err


def test_a_folder_is_answered_with_a_file_and_with_check(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    assert "name a workload file in it; sm-advise check models" in ran("models", cwd=tmp_path).err
    (folder / "a.yaml").write_bytes(EXAMPLE.read_bytes())
    (folder / ".hidden.yaml").write_bytes(EXAMPLE.read_bytes())
    assert "such as models/a.yaml; sm-advise check models" in ran("models", cwd=tmp_path).err


@pytest.mark.parametrize("command", ["advise", "compare"])
def test_a_command_without_a_file_names_those_of_the_folder(command: str, tmp_path: Path) -> None:
    assert "sm-advise init" in ran(command, cwd=tmp_path).err
    (tmp_path / "web.yaml").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "other.yaml").write_text("on: push\n", "utf-8")
    done = ran(command, cwd=tmp_path)
    assert done.code == 2
    assert done.err.splitlines()[1] == "  name a file such as web.yaml"
    assert done.err.splitlines()[2] == f"  sm-advise {command} --help says more"
