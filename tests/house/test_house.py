"""The house keeps its own rules: sizes, imports, the package, and what the documents promise."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from advisor.gate.checks import compile_checks
from advisor.model.workload import PARTS
from advisor.rulebook.compile import compile_rules
from advisor.rulebook.model_tables import compile_model_tables
from tests.house.references import unreached

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "fraud-scoring.yaml"
MODULES = sorted((ROOT / "advisor").rglob("*.py"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

# Library -> the only modules that may import it, as patterns below advisor/.
IMPORTERS = {
    "boto3": (),
    "botocore": ("configuration/api/drift.py",),
    "click": ("cli/*.py",),
    "jsonschema": ("gate/settings/schema_words.py",),
    "rich": ("reports/text/*.py",),
    "yaml": ("text/yaml_reader.py",),
}

# What start-up cannot afford: each takes longer to import than an answer takes to find.
SLOW = {"boto3", "botocore", "dataclasses", "hcl2", "jsonschema", "rich"}

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"]

VAGUE_NAMES = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}


def python(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> tuple[str, str]:
    """Standard output and error of a Python process that must end with exit code 0."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        # coverage would be loaded into the process and be taken for ours
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_opens_with_one_sentence_and_holds_one_idea(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree)
    assert not VAGUE_NAMES & {*path.parts, path.stem}
    # A file that is longer hardly holds one idea; below that, size is no reason to split.
    assert sum(1 for line in source.splitlines() if line.strip()) <= 500
    assert not {
        f"{node.name} has {length} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > 60
    }


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_library_is_imported_only_where_it_belongs(path: Path) -> None:
    inside = path.relative_to(ROOT / "advisor")
    assert not {
        library
        for library in imported(path) & IMPORTERS.keys()
        if not any(inside.match(pattern) for pattern in IMPORTERS[library])
    }


def imported(path: Path) -> set[str]:
    """Top-level names of all that a module imports, inside its functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_parts_of_a_quantity_are_listed_in_one_module() -> None:
    """Their orders are two; one more that somebody writes by hand would be a mistake."""
    spellings = ({*PARTS}, {part[1:] for part in PARTS})
    listing = [
        relative(path)
        for path in MODULES
        if any(spelling <= each for each in listed(path) for spelling in spellings)
    ]
    assert listing == ["advisor/model/workload.py"]


def listed(path: Path) -> Iterator[set[object]]:
    """The constants of each tuple, list and set that a module writes out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield {each.value for each in node.elts if isinstance(each, ast.Constant)}


def test_nothing_is_there_for_tests_alone() -> None:
    assert unreached() == [], "use it in the program, or remove it and its tests"


def test_a_name_that_only_itself_and_tests_use_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "__init__.py": "__all__ = ['answer']\nfrom advisor.used import answer\n",
        "used.py": "from advisor import parts\ndef answer(): return parts.part()\n",
        "parts.py": "def part(): ...\ndef dead(): return deader()\ndef deader(): return dead()\n",
        "alone.py": "SIZE = 1\n_HIDDEN = 2\n",
    }
    for name, text in texts.items():
        path = tmp_path / "advisor" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr("tests.house.references.ROOT", tmp_path)
    assert unreached() == ["advisor.alone.SIZE", "advisor.parts.dead", "advisor.parts.deader"]


def test_the_import_contracts_hold() -> None:
    pytest.importorskip("importlinter", reason="import-linter comes with the dev extra")
    script = "from importlinter.cli import lint_imports as lint; exit(lint(no_logo=True))"
    output, _ = python("-c", script)
    assert "Contracts: 4 kept, 0 broken" in output


def test_an_answer_in_json_loads_nothing_slow() -> None:
    output, trace = python(
        "-X", "importtime", "-m", "advisor", "advise", EXAMPLE, "--format", "json"
    )
    assert json.loads(output)["recommendation"]["option"]
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in trace.splitlines()
        if line.startswith("import time:")
    }
    assert "advisor" in loaded
    assert not loaded & SLOW


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network."""
    for needed in ("build", "hatchling"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed; it comes with the dev extra")
    folder = tmp_path_factory.mktemp("wheel")
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_the_rules_of_the_checkout(wheel: Path) -> None:
    rules = ROOT / "rules"
    shipped = zipfile.Path(wheel) / "advisor" / "rules"
    for path in sorted(rules.rglob("*")):
        if path.is_file():
            inside = shipped.joinpath(*path.relative_to(rules).parts)
            assert inside.read_bytes() == path.read_bytes(), path
    assert json.loads((shipped / "compiled.json").read_bytes()) == compile_rules(rules)
    models = shipped / "models" / "compiled.json"
    assert json.loads(models.read_bytes()) == compile_model_tables(rules)
    checks = shipped / "checks" / "compiled.json"
    assert json.loads(checks.read_bytes()) == json.loads(
        json.dumps(compile_checks(compile_rules(rules)))
    )


def test_building_leaves_no_compiled_rules_in_the_checkout(wheel: Path) -> None:
    assert wheel.exists()
    for folder in ("rules", "advisor"):
        assert not list((ROOT / folder).rglob("compiled.json"))


def test_the_wheel_gives_the_answer_of_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    command = ("-m", "advisor", EXAMPLE, "--format", "json")
    unpacked = partial(python, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    located, _ = unpacked("-c", "import advisor; print(advisor.__file__)")
    assert Path(located.strip()).is_relative_to(tmp_path)
    from_wheel, _ = unpacked(*command)
    from_checkout, _ = python(*command)
    assert from_wheel == from_checkout


def test_an_editable_install_carries_no_copy_of_the_rules(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling comes with the dev extra")
    script = "import sys; from hatchling.build import build_editable as b; b(sys.argv[1])"
    python("-c", script, tmp_path)
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        assert not [name for name in archive.namelist() if "rules" in name]


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", text, flags=re.MULTILINE))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_make_target_that_a_document_names_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(
        re.findall(r"(?:`|^ {4}|\$ )make(?: [A-Z]+=\S+)* ([a-z]+)", text, flags=re.MULTILINE)
    )
    assert named
    assert named <= make_targets()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_path_that_a_document_names_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:advisor|bench|docs|examples|rules|tests)/[\w./*-]*)`", text))
    assert named
    # Names in capitals stand for any name.
    assert not {path for path in named if not any(ROOT.glob(re.sub("[A-Z]+", "*", path)))}


def test_continuous_integration_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "make test"
    assert {"demo", "test"} <= make_targets()


@pytest.mark.parametrize("path", WORKFLOWS, ids=relative)
def test_a_workflow_pins_its_actions_and_starts_without_permissions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "\npermissions: {}\n" in text
    for use in re.findall(r"uses: (.+)", text):
        assert re.fullmatch(r"\./\S+|\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use), use


def test_no_file_names_a_machine_or_leaves_work_open() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so which files are ours is not known")
    # Bad input and other people's files are kept as they were found; this file spells the patterns.
    foreign = ("tests/invalid/", "tests/corpus/", relative(Path(__file__)))
    unwanted = re.compile(
        rb"(?<![\w.])/(?:(?:root|work|Users)/|home/\w)|\b(?:TODO|FIXME)\b|--(?:extra-)?index-url"
    )
    assert not {
        f"{name}: {found[0].decode()}"
        for name in listing.stdout.split("\0")
        if name and not name.startswith(foreign) and (ROOT / name).is_file()
        if (found := unwanted.search((ROOT / name).read_bytes()))
    }
