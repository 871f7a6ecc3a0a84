"""Every reference in documents, rules, docstrings and comments leads to a thing that exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import pytest
import yaml

from advisor.cli import group
from advisor.reference.catalogue import catalogue
from advisor.workload.keys import features, keys

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
    ROOT / "rules" / "README.md",
    ROOT / "rules" / "prices" / "sources" / "README.md",
    ROOT / ".pre-commit-hooks.yaml",
    ROOT / "action.yml",
]
RULES = sorted((ROOT / "rules").rglob("*.yaml"))
MODULES = sorted((ROOT / "advisor").rglob("*.py"))
TEXTS = [*PAGES, *RULES, *MODULES]

PATH = re.compile(
    r"(?<![\w./-])(?:advisor|rules|tests|docs|examples|scripts|bench|\.github)/[\w./*-]*[\w*/]"
)
MODULE = re.compile(r"(?<![\w./-])(?:advisor|tests|bench)(?:\.[A-Za-z_]\w*)+")
MAKE = re.compile(r"(?:`|run |    )make ([a-z]+)")
COMMAND = re.compile(r"sm-advise((?: [a-z-]+)+)")
USED = re.compile(r"sm-advise [^`\n]*")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
SECTIONS = "requests|traffic|dataset|model|deploy|decision|needs"
KEY = re.compile(rf"(?<![\w./:-])(?>(?:{SECTIONS})(?:\.[a-z_]+[a-z0-9_-]*)+)(?![\w/*(])")

# Placeholders of a recipe, the rules inside a wheel, and names that only look like keys.
NO_FILES = {"tests/invalid/NAME.yaml", "tests/invalid/NAME.error.txt", "advisor/rules"}
NO_KEYS = {"deploy.sh", "model.batch_data_source", "model.joblib", "model.safetensors"}
FILE_ENDINGS = (".gz", ".json", ".md", ".py", ".pt", ".pth", ".tar")
PREDICATE = re.compile(r"^ +python: .*$", re.MULTILINE)  # tests of the checks follow these


def prose(path: Path) -> str:
    """A page or rule file whole; of a module the docstrings and comments."""
    text = PREDICATE.sub("", path.read_text(encoding="utf-8"))
    if path.suffix != ".py":
        return text.replace("\\_", "_")
    found = [line.partition("#")[2] for line in text.splitlines() if line.lstrip().startswith("#")]
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, documented)]
    return "\n".join([*found, *(ast.get_docstring(node) or "" for node in nodes)])


@cache
def known_keys() -> frozenset[str]:
    """Every key path of a workload file, the derived facts, and the parts of a quantity."""
    known = set(keys()) | {f"needs.{feature}" for feature in features()}
    known |= {f"{key.path}.{part}" for key in keys().values() for part in key.parts}
    rules = catalogue()
    known |= {each.id for kind in ("fact", "derived-fact") for each in rules.of_kind(kind)}
    known |= {f"needs.{each.id}" for each in rules.of_kind("feature")}
    known |= {f"deploy.variants.{path}" for path in keys("deploy.variants")}
    return frozenset(known | {f"models.{path}" for path in keys("models")})


def lost_paths(text: str) -> Iterator[str]:
    for match in PATH.finditer(text):
        name = match[0].rstrip(".")
        if not list(ROOT.glob(name.rstrip("/"))) and name not in NO_FILES:
            yield name


def lost_modules(text: str) -> Iterator[str]:
    for match in MODULE.finditer(text):
        parts = match[0].split(".")
        for length in range(len(parts), 0, -1):
            try:
                found: object = import_module(".".join(parts[:length]))
            except ModuleNotFoundError:
                continue
            missing = [part for part in parts[length:] if not hasattr(found, part)]
            if missing and not all(hasattr(found, part) for part in parts[length : length + 1]):
                yield match[0]
            break
        else:
            yield match[0]


def command_of(words: list[str]) -> click.Command | None:
    """The command that words after the program's name lead to; ``None`` for a file."""
    found: click.Command = group
    for word in words:
        if not isinstance(found, click.Group):
            break
        inner = found.get_command(click.Context(found), word)
        if inner is None:
            return None if found is group else found
        found = inner
    return found


def options_of(command: click.Command) -> set[str]:
    return {name for each in command.params for name in each.opts} | {"--help", "--version"}


def lost_options(text: str) -> Iterator[str]:
    """Options of a command that it does not have; a file means `advise`."""
    advise = command_of(["advise"])
    assert advise is not None
    for match in USED.finditer(text):
        words = COMMAND.match(match[0])
        command = command_of(words[1].split()) if words else None
        known = options_of(command if command not in (None, group) else advise)
        yield from (f"{match[0]}: {each}" for each in OPTION.findall(match[0]) if each not in known)


def lost_targets(text: str) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    yield from (each for each in MAKE.findall(text) if each not in targets | {"sure"})


def lost_keys(text: str, known: AbstractSet[str]) -> Iterator[str]:
    for match in KEY.finditer(text):
        name = match[0]
        if name not in known | NO_KEYS and not name.endswith(FILE_ENDINGS):
            yield name


def anchor(heading: str) -> str:
    """The anchor of a heading as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def lost_links(path: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        name, _, section = target.partition("#")
        page = path.parent / name if name else path
        if not page.exists():
            yield target
        elif section:
            headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            if section not in {anchor(each) for each in headings}:
                yield target


def names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEXTS, ids=names)
def test_paths_and_modules_exist(path: Path) -> None:
    text = prose(path)
    assert [*lost_paths(text), *lost_modules(text)] == []


@pytest.mark.parametrize("path", [*PAGES, *RULES], ids=names)
def test_commands_options_and_targets_exist(path: Path) -> None:
    text = prose(path)
    assert [*lost_options(text), *lost_targets(text)] == []


@pytest.mark.parametrize("path", TEXTS, ids=names)
def test_keys_of_the_workload_file_exist(path: Path) -> None:
    assert list(lost_keys(prose(path), known_keys())) == []


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_links_and_anchors_exist(path: Path) -> None:
    assert list(lost_links(path, prose(path))) == []


def test_the_recipes_name_questions_limits_checks_and_facts_that_exist() -> None:
    """An entry of its own may be new; what it refers to is there."""
    known, facts = {each.id for each in catalogue().entries}, known_keys()
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    referred: set[str] = set()
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        said = yaml.safe_load(block.replace("    …\n", ""))
        for entry in said if isinstance(said, list) else [said]:
            referred |= {entry[key] for key in ("then", "otherwise", "check") if key in entry
                         and isinstance(entry[key], str)}  # fmt: skip
            referred |= {each["limit"] for each in entry.values() if isinstance(each, dict)
                         and "limit" in each}  # fmt: skip
            assert entry.get("fact", "name") in facts
    assert len(referred) > 2
    assert referred - known == set()


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("the question is in rules/flowchart.yml", ["rules/flowchart.yml"]),
        ("advisor.pipeline.advise and rules/checks/*.yaml", []),
        ("advisor.engine.facts.formula", ["advisor.engine.facts.formula"]),
        ("run `make everything`", ["everything"]),
        ("`sm-advise rules list --kind x` and `sm-advise w.yaml --strict`", []),
        ("`sm-advise check . --strict`", ["sm-advise check . --strict: --strict"]),
        ("State requests.paylod", ["requests.paylod"]),
        ("State deploy.rollout.wait and needs.vpc.", []),
    ],
)
def test_a_reference_to_nothing_is_found(text: str, lost: list[str]) -> None:
    found = [*lost_paths(text), *lost_modules(text), *lost_targets(text), *lost_options(text)]
    assert [*found, *lost_keys(text, known_keys())] == lost
