"""The pages for people: their blocks of code, and the sessions that they show."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.cli.command import ran

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG", "SECURITY")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
]
CUT = "…"  # an excerpt: how a longer output begins
WIDTH = "80"
_BLOCK = re.compile(
    r"(?:^<!-- (?:file: )?(?P<name>\S+) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"# exit code (\d)")


class Block(NamedTuple):
    """A fenced block; the comment above it names a file of the page, or of the repository."""

    name: str
    language: str
    text: str


class Step(NamedTuple):
    """A command as the page shows it, and the output below it."""

    line: str
    shown: str

    @property
    def words(self) -> list[str]:
        """The arguments after the program, without a redirection."""
        return shlex.split(self.line.partition(" > ")[0], comments=True)

    @property
    def code(self) -> int:
        """The exit code that a comment names; 0 without one."""
        found = _CODE.search(self.line)
        return int(found[1]) if found else 0


def blocks(page: Path, language: str = "") -> list[Block]:
    """The blocks of a page, of one language or of all."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    every = [Block(each["name"] or "", each["language"], each["text"]) for each in found]
    return [each for each in every if language in ("", each.language)]


def named(page: Path, name: str) -> str:
    """The text of the block below the comment of this name."""
    (found,) = (each.text for each in blocks(page) if each.name == name)
    return found


def steps(text: str) -> Iterator[Step]:
    """The commands of a ``console`` block.

    Raises:
        ValueError: the block does not begin with a command.
    """
    if not text.startswith("$ "):
        raise ValueError(f"a session begins with `$ `: {text}")
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, shown = part.partition("\n")
        yield Step(line, shown)


def settled(page: Path, folder: Path) -> Path:
    """The examples and the named files of a page in a folder, committed as ``main``."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    for each in blocks(page):
        if "." in each.name and "/" not in each.name:
            (folder / each.name).write_text(each.text, encoding="utf-8")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=0"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    return folder


def played(step: Step, folder: Path) -> str:
    """What a command of sm-advise prints; its redirection is obeyed, its exit code must be told."""
    program, *arguments = step.words
    assert program == "sm-advise", f"only sm-advise runs in a session; {step.line} goes into ```sh"
    done = ran(*arguments, cwd=folder, COLUMNS=WIDTH)
    assert done.code == step.code, f"{step.line}: exit code {done.code}\n{done.out}{done.err}"
    if " > " in step.line:
        (folder / step.line.rpartition(" > ")[2].strip()).write_text(done.out, encoding="utf-8")
        return ""
    return done.out


def agrees(step: Step, out: str) -> bool:
    """Whether the page shows an output, its beginning above a ``…``, or nothing of it."""
    begin, cut, rest = step.shown.rpartition(f"{CUT}\n")
    if cut:
        return out.startswith(begin) and not rest.strip()
    return not step.shown.strip() or step.shown == out


def rewritten(step: Step, out: str) -> str:
    """The command with what it prints today, as much of it as the page shows."""
    shown = step.shown
    if shown.strip() == CUT or not shown.strip():
        out = shown
    elif shown.endswith(f"{CUT}\n"):
        out = "".join(out.splitlines(keepends=True)[: shown.count("\n") - 1]) + f"{CUT}\n"
    return f"$ {step.line}\n{out}"
