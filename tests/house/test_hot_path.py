"""The path of ``advise --format json`` loads only what an answer needs: start-up is a promise."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
TEMPLATE = (
    ROOT
    / "tests/corpus/cloudformation"
    / (
        "aws-samples__sagemaker-custom-project-templates__"
        "serverless-inf__seedcode__deploy__endpoint-config-template.yml"
    )
)
# Classes that compile their constructor with the class, among the modules that a command loads.
# What is made by the thousand, or is remembered by its value, may be one; the rest is a Value.
NAMED_TUPLES = {"advise": 13, "check": 11}
# Modules of ours that a command loads: each costs a search, a read and its code.
MODULES = {"advise": 122, "check": 85}  # the example names a type, which is judged

# What the contract forbids on this path.
FORBIDDEN = ("boto3", "botocore", "jsonschema", "rich")
# What would cost milliseconds as well -> why it is not needed here.
UNNEEDED = {
    "advisor.gate": "a check reads templates; an answer does not",
    "advisor.reports.text": "JSON is printed without it",
    "advisor.rulebook.compile": "the compiled form is kept between runs",
    "advisor.engine.verify": "proofs are for `rules verify`",
    "advisor.workload.overrides": "only --set needs it",
    "asyncio": "nothing waits",
    "concurrent": "one process does the work",
    "csv": "tables are in the compiled form",
    "dataclasses": "a value costs a hundredth of the time to define",
    "duckdb": "nothing here is large enough for a database",
    "email": "comes with importlib.metadata, which a version in a file spares",
    "hashlib": "loads OpenSSL; advisor.text.digest asks for SHA-256 alone",
    "hcl2": "Terraform is for `check`",
    "importlib.metadata": "the version stands in a file",
    "logging": "errors are values",
    "pathlib": "paths are texts; importing it costs 2 ms",
    "multiprocessing": "one process does the work",
    "random": "nothing is drawn",
    "socket": "no network",
    "subprocess": "no other process",
    "tempfile": "nothing is written when the compiled rules are there",
    "urllib": "no network",
}

SCRIPT = """
import sys
from advisor.cli import run
code = run(sys.argv[1:])
sys.stdout.flush()
sys.stderr.write("\\n".join(sorted(sys.modules)))
sys.exit(code)
"""


def loaded(*arguments: str) -> tuple[str, set[str]]:
    """What the command prints, and the modules that it has loaded by its end."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout, set(run.stderr.splitlines())


@pytest.fixture(scope="module")
def modules() -> set[str]:
    """Modules of an answer, once the compiled rules are kept; the first run may compile them."""
    files = [str(path) for path in sorted(CASES.glob("*/workload.yaml"))[:3]]
    loaded(*files, "--format", "json")
    output, found = loaded(*files, "--format", "json")
    assert len(json.loads(output)) == 3
    return found


@pytest.fixture(scope="module")
def bare() -> set[str]:
    """Modules of click and PyYAML alone: what they load themselves is not ours to spare."""
    script = "import click, sys, yaml; print('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines())


@pytest.mark.parametrize("name", FORBIDDEN)
def test_an_answer_loads_nothing_that_the_contract_forbids(modules: set[str], name: str) -> None:
    assert not {each for each in modules if each == name or each.startswith(f"{name}.")}


@pytest.mark.parametrize("name", UNNEEDED)
def test_an_answer_loads_nothing_that_it_does_not_need(
    modules: set[str], bare: set[str], name: str
) -> None:
    found = {each for each in modules - bare if each == name or each.startswith(f"{name}.")}
    assert not found, UNNEEDED[name]


def test_the_list_names_modules_as_they_are_called(modules: set[str]) -> None:
    """A misspelt name would never be found; those of ours must exist."""
    for name in UNNEEDED:
        if name.startswith("advisor."):
            path = ROOT.joinpath(*name.split("."))
            assert path.is_dir() or path.with_suffix(".py").is_file(), name
    assert {"advisor.pipeline", "advisor.reports.json_v1", "click", "yaml"} <= modules


@pytest.fixture(scope="module", params=["advise", "check"])
def ours(request: pytest.FixtureRequest) -> tuple[str, set[str]]:
    """A command, and the modules of ours that it loads for one file."""
    command: str = request.param
    of_what = {
        "advise": [str(ROOT / "examples" / "fraud-scoring.yaml"), "--format", "json"],
        "check": [str(TEMPLATE)],
    }
    loaded(command, *of_what[command])
    _, found = loaded(command, *of_what[command])
    return command, {name for name in found if name.partition(".")[0] == "advisor"}


def classes(modules: set[str], base: str) -> set[str]:
    """The classes of some modules that derive from a base, by its name."""
    found = set()
    for name in modules:
        path = ROOT.joinpath(*name.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and base in map(ast.unparse, node.bases):
                found.add(f"{name}.{node.name}")
    return found


def test_few_classes_compile_their_constructor_with_the_class(ours: tuple[str, set[str]]) -> None:
    command, modules = ours
    assert len(classes(modules, "Value")) > 30
    named = classes(modules, "NamedTuple")
    assert named
    assert len(named) <= NAMED_TUPLES[command], sorted(named)


def test_one_file_loads_few_modules(ours: tuple[str, set[str]]) -> None:
    command, modules = ours
    assert "advisor.model.value" in modules
    assert len(modules) <= MODULES[command]
