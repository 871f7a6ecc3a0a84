"""Colour is one decision on every command: --color, NO_COLOR, FORCE_COLOR, then the terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import coloured
from tests.cli.command import ROOT, Done, ran

EXAMPLE = str(ROOT / "examples" / "nightly-churn-scores.yaml")
SGR = re.compile(r"\x1b\[\d+m")
COMMANDS = {
    "advise": (EXAMPLE,),
    "several": (EXAMPLE, str(ROOT / "examples" / "none-fits.yaml")),
    "compare": ("compare", EXAMPLE),
    "whatif": ("whatif", EXAMPLE, "dataset.records", "--points", "5"),
    "whatif of words": ("whatif", EXAMPLE, "requests.arrival"),
    "diff": ("diff", EXAMPLE, str(ROOT / "examples" / "none-fits.yaml")),
    "check": ("check", "--as-of", "2026-11-30", str(ROOT / "examples" / "none-fits.yaml")),
    "cost": ("cost", str(ROOT / "tests" / "corpus" / "json")),
    "explain": ("explain", "serverless-payload"),
    "explain there": ("explain", "batch-transform", EXAMPLE),
    "rules list": ("rules", "list", "--kind", "limit"),
    "rules verify": ("rules", "verify", "--limits", "safe"),
    "rules flowchart": ("rules", "flowchart"),
    "prices show": ("prices", "show", "--region", "eu-west-1", "--component", "data"),
    "help": ("--help",),
    "help of a command": ("check", "--help"),
    "a missing file": ("nowhere.yaml",),
    "a slip": ("chek",),
    "a wrong option": ("check", "--formt", "json"),
}


def both(done: Done) -> str:
    return done.out + done.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_option_and_colour_changes_no_word(name: str) -> None:
    plain = ran(*COMMANDS[name])
    always = ran(*COMMANDS[name], "--color", "always")
    assert "\x1b" not in both(plain)
    assert SGR.search(both(always))
    said = SGR.sub("", both(always)).replace(" --color always", "")  # a slip repeats the line
    assert said == both(plain)
    assert always.code == plain.code


@pytest.mark.parametrize("name", ["compare", "help", "a missing file", "a wrong option"])
@pytest.mark.parametrize(
    ("option", "environment", "expected"),
    [
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ((), {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
        ((), {"NO_COLOR": "", "FORCE_COLOR": ""}, False),
        ((), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color=always",), {"TERM": "dumb"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        (("--color=auto",), {"FORCE_COLOR": "1"}, True),
    ],
)
def test_the_option_comes_before_the_environment(
    name: str, option: tuple[str, ...], environment: dict[str, Any], expected: bool
) -> None:
    for arguments in ((*COMMANDS[name], *option), (*option, *COMMANDS[name])):
        assert ("\x1b" in both(ran(*arguments, **environment))) == expected


class Terminal(io.StringIO):
    """Text that believes to be shown."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("wanted", "environment", "expected"),
    [
        ("auto", {}, True),
        ("auto", {"TERM": "dumb"}, False),
        ("auto", {"NO_COLOR": "0"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1"}, True),
    ],
)
def test_a_terminal_has_colour_unless_something_says_no(
    wanted: str, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert coloured(Terminal(), {"color": wanted}) == expected


@pytest.mark.parametrize("form", ["json", "markdown", "csv"])
def test_data_and_pages_have_no_colour(form: str) -> None:
    for command in ((EXAMPLE,), ("compare", EXAMPLE), ("whatif", EXAMPLE, "dataset.records")):
        assert "\x1b" not in ran(*command, "--format", form, "--color", "always").out


def test_a_wrong_word_is_refused() -> None:
    done = ran("compare", EXAMPLE, "--color", "pink")
    assert done.code == 2
    assert "'auto', 'always', 'never'" in done.err


@pytest.mark.parametrize("name", ["a\x1b[31mb", "[bold red]x[/]", "\x9b31mx", "a\u202eb"])
def test_a_text_of_a_file_is_never_a_command_for_the_terminal(name: str, tmp_path: Path) -> None:
    file = tmp_path / "named.yaml"
    text = (ROOT / "examples" / "fraud-scoring.yaml").read_text(encoding="utf-8")
    quoted = "".join(f"\\x{ord(each):02x}" if ord(each) < 256 else each for each in name)
    quoted = quoted.replace("\u202e", "\\u202e")
    file.write_text(
        re.sub(r"^name:.*$", lambda _: f'name: "{quoted}"', text, flags=re.MULTILINE), "utf-8"
    )
    for command in ((), ("compare",), ("check",)):
        shown = SGR.sub("", both(ran(*command, str(file), "--color", "always")))
        assert shown.replace("\n", "").isprintable()


def test_the_examples_of_this_file_cover_every_command_with_a_text() -> None:
    from advisor.cli import COMMANDS as ALL

    named = {arguments[0] for arguments in COMMANDS.values()}
    assert set(ALL) - named == {"advise", "init", "schema"}  # the default; asks; prints JSON
