"""Texts follow the ten rules of CONTRIBUTING, "Words", as far as a program can tell."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.cli import COMMANDS, group
from tests.cli.command import called

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "rules").rglob("*.yaml"))
SCHEMAS = sorted((ROOT / "rules" / "schema").glob("*.json"))
RENDERED = sorted(
    path
    for folder in ("reports/golden", "invalid")
    for path in (ROOT / "tests" / folder).iterdir()
    if path.suffix in {".txt", ".md"}
)
WORKLOADS = [
    *sorted((ROOT / "examples").glob("*.yaml")),
    *sorted((ROOT / "tests" / "cases").glob("*/workload.yaml")),
]
REFUSED = sorted((ROOT / "tests" / "invalid").glob("*.error.txt"))
MODULES = sorted((ROOT / "advisor").rglob("*.py"))
# Rooms of which every docstring is in plain words; contractions and Latin are nowhere.
PLAIN_ROOMS = (
    "artifacts",
    "catalogue",
    "cli",
    "compare",
    "engine",
    "model",
    "pricing/price_refresh",
    "reference",
    "reports",
    "rulebook",
    "text",
    "workload",
)
PAGES = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
]

MOST_WORDS = 25  # of a sentence in output
SAYS = {"title", "because", "asks", "says", "fix", "message", "note", "summary"}

# Phrase -> the plain one.
PLAIN = {
    r"anew": "again",
    r"are to (?:be|have)": "must",
    r"but for needs": "but it does not support",
    r"does not serve": "is not available",
    r"does without": "needs no",
    r"has to": "must",
    r"have to": "must",
    r"is called '": "has the name, or exists",
    r"is no error": "state what happens",
    r"is to be": "must",
    r"lived with": "accepted",
    r"made up": "invented",
    r"mend(?:ed|s|ing)?": "fix",
    r"of which": "a sentence of its own",
    r"passed? over": "ignore",
    r"stands? (?:for ones|in for|there)": "is, exists, or comes from",
    r"stands? where": "is not allowed",
    r"that there is": "the noun",
    r"turns? back": "roll back",
    r"unusual values only": "only matters at unusual values",
    r"what stands": "the noun",
    r"with a wrong letter": "misspelt",
    r"without a word": "silently",
}
BANNED = re.compile(rf"\b(?:{'|'.join(PLAIN)})\b", re.IGNORECASE)
CONTRACTION = re.compile(
    r"\b\w+n['\u2019]t\b|\b\w+['\u2019](?:re|ve|ll|d|m)\b"
    r"|\b(?:it|that|there|here|what|who|where|he|she|let)['\u2019]s\b",
    re.IGNORECASE,
)
LATIN = re.compile(r"\b(?:e\.g|i\.e|etc|vs|viz|cf|via|per se|ad hoc|a priori)\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# In a report a line is a list or a calculation: its steps end with these, and an aside in
# parentheses, a figure, a key and an operator are no words.
STEP_END = re.compile(r"(?<=[.!?:;])\s+|\s{2,}|\s\u00b7\s")
ASIDE = re.compile(r"\([^()]*\)")
WORD = re.compile(r"[\"'`]*[A-Za-z][A-Za-z'\u2019/]+[\"'`.,;:!?]*")


def complaints(text: str) -> list[str]:
    """Contractions, Latin and banned phrases of a text, whatever its length."""
    patterns = (CONTRACTION, LATIN, BANNED)
    return [match[0] for pattern in patterns for match in pattern.finditer(text)]


def too_long(text: str) -> list[str]:
    """The sentences of more than ``MOST_WORDS`` words."""
    return [each for each in SENTENCE_END.split(text) if len(each.split()) > MOST_WORDS]


def too_long_steps(text: str) -> list[str]:
    """The steps of a report's lines with more than ``MOST_WORDS`` words."""
    return [
        step
        for line in text.splitlines()
        for step in STEP_END.split(ASIDE.sub("", line.strip()))
        if sum(1 for each in step.split() if WORD.fullmatch(each)) > MOST_WORDS
    ]


def docstrings(path: Path) -> Iterator[str]:
    """The docstrings of a module, its classes and its functions, without code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield re.sub(r"``[^`]*``", "", ast.get_docstring(node) or "")


def said(node: Any, key: str = "") -> Iterator[str]:
    """The texts below ``SAYS``, and the reasons of `not`, in a rule file."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from said(value, "note" if key == "not" else str(name))
    elif isinstance(node, list):
        for value in node:
            yield from said(value, key)
    elif isinstance(node, str) and key in SAYS:
        yield node


def helps(command: click.Command) -> Iterator[str]:
    """The help of a command and of its options, a paragraph each; lists of exit codes apart."""
    paragraphs = re.split(r"\n\s*\n", command.help or "")
    yield from (" ".join(each.split()) for each in paragraphs if "Exit codes:" not in each)
    yield from (each.help or "" for each in command.params if isinstance(each, click.Option))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from helps(inner)


def descriptions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("description"), str):
            yield node["description"]
        for value in node.values():
            yield from descriptions(value)
    elif isinstance(node, list):
        for value in node:
            yield from descriptions(value)


def prose(page: str) -> str:
    """A Markdown page without its blocks of code."""
    return re.sub(r"```.*?```|`[^`]*`", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_a_rule_says_it_in_plain_words(path: Path) -> None:
    texts = list(said(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert [(text, complaints(text)) for text in texts if complaints(text)] == []
    assert [long for text in texts for long in too_long(text)] == []


def test_help_says_it_in_plain_words() -> None:
    texts = [*helps(group), *COMMANDS.values()]
    assert len(texts) > len(COMMANDS)
    assert [(text, complaints(text)) for text in texts if complaints(text)] == []
    assert [long for text in texts for long in too_long(text)] == []


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_says_it_in_plain_words(path: Path) -> None:
    texts = list(descriptions(json.loads(path.read_text(encoding="utf-8"))))
    assert [(text, complaints(text)) for text in texts if complaints(text)] == []
    assert [long for text in texts for long in too_long(text)] == []


@pytest.mark.parametrize("path", RENDERED, ids=lambda path: path.name)
def test_what_is_printed_has_no_contraction_and_no_latin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [m[0] for pattern in (CONTRACTION, LATIN) for m in pattern.finditer(text)] == []


@pytest.mark.parametrize("path", WORKLOADS, ids=lambda path: path.parent.name + path.stem)
def test_every_report_says_it_in_plain_words(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "5000")  # a paragraph is a line
    for command in (("advise",), ("compare",), ("check",), ("explain", "serverless")):
        text = called(*command, str(path)).out
        assert text
        assert complaints(text) == []
        assert too_long_steps(text) == []


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.name)
def test_every_error_says_it_in_plain_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert complaints(text) == []
    assert too_long_steps(text) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_docstring_says_it_in_plain_words(path: Path) -> None:
    room = path.parent.relative_to(ROOT / "advisor").as_posix()
    for text in docstrings(path):
        found = complaints(text)
        assert [each for each in found if CONTRACTION.match(each) or LATIN.match(each)] == []
        assert found == [] or not any(f"{room}/".startswith(f"{each}/") for each in PLAIN_ROOMS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_says_it_in_plain_words(path: Path) -> None:
    text = prose(path.read_text(encoding="utf-8")).partition("## Words")
    after = text[2].partition("\n## ")[2]  # the style page shows what it replaces
    assert complaints(text[0] + after) == []


@given(st.lists(st.sampled_from(["AWS", "takes", "one", "file"]), max_size=60))
def test_a_sentence_is_as_long_as_its_words(words: list[str]) -> None:
    sentence = f"{' '.join(words)}."
    assert bool(too_long(sentence)) == (len(words) > MOST_WORDS)
    assert too_long(f"{sentence} Next.") == too_long(sentence)


@given(st.lists(st.sampled_from(["AWS", "takes", "4.5", "(as stated)", "model.size", "/"])))
def test_a_step_is_as_long_as_its_words(parts: list[str]) -> None:
    words = sum(1 for each in parts if each in {"AWS", "takes"})
    step = " ".join([*parts, "end"])
    assert bool(too_long_steps(step)) == (words + 1 > MOST_WORDS)
    assert too_long_steps(f"{step}; next") == too_long_steps(f"{step};")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It doesn't fit.", ["doesn't"]),
        ("It's refused.", ["It's"]),
        ("AWS's page and the model's size.", []),
        ("Use a range, e.g. 1 MB.", ["e.g"]),
        ("Mend what it accepts.", ["Mend"]),
        ("Recommended.", []),
    ],
)
def test_what_counts_as_plain(text: str, found: list[str]) -> None:
    assert complaints(text) == found
