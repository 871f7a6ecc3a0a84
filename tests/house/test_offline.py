"""No telemetry, and no network but where docs/stability.md says so: ``prices refresh``."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import advisor
from advisor.cli import COMMANDS
from tests.cli.command import ROOT

# What opens a connection or asks for an address; urllib.parse and http.HTTPStatus do neither.
NETWORK = {
    "aiohttp", "asyncio", "boto3", "ftplib", "http.client", "http.server", "httpx", "imaplib",
    "poplib", "requests", "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib.request",
    "urllib3", "webbrowser", "xmlrpc",
}  # fmt: skip
PACKAGE = Path(advisor.__file__).parent
LOCAL_VERBS = {"archive", "cat-file", "diff", "ls-files", "ls-tree", "rev-parse", "show"}
MAY = "advisor/pricing/price_refresh/"
BOTOCORE = "advisor/configuration/api/drift.py"  # its data files, for `rules verify --drift`
EVENTS = ("socket.connect", "socket.get", "socket.send", "http.client.", "urllib.", "webbrowser.")
# Every event of a connection is told and refused, also those that the program would catch. To make
# a socket is none: the HTTP library of botocore does so to learn whether the machine knows IPv6.
GUARD = f"""
import os, sys
def guard(event, arguments):
    if event.startswith({EVENTS!r}):
        os.write(2, f"network: {{event}}\\n".encode())
        raise ConnectionError(event)
sys.addaudithook(guard)
from advisor.cli import main
main(sys.argv[1:])
"""
FRAUD = "examples/fraud-scoring.yaml"
CALLS = [
    (FRAUD,),
    ("advise", FRAUD, "examples/none-fits.yaml", "--format", "jsonl"),
    ("advise", FRAUD, "--artifact", "boto3", "--artifact", "terraform", "--output", "{}"),
    ("advise", FRAUD, "--measured", "examples/fraud-scoring.load-test.json"),
    ("compare", FRAUD),
    ("whatif", FRAUD, "region"),
    ("diff", "examples/pricing-tool.yaml", FRAUD),
    ("check", "examples", "--format", "sarif"),
    ("cost", "tests/corpus/json"),
    ("explain", "serverless-payload"),
    ("explain", "serverless", FRAUD),
    ("rules", "list"),
    ("rules", "verify", "--drift"),
    ("rules", "flowchart", "--format", "svg"),
    ("rules", "sources"),
    ("rules", "diff", "rules"),
    ("prices", "show", "--region", "us-east-1"),
    ("init", "--stdout"),
    ("schema", "settings"),
]
OF_A_CHECKOUT = [
    ("diff", FRAUD, "--rev", "HEAD"),
    ("check", "examples", "--changed-since", "HEAD"),
]
CALLS += OF_A_CHECKOUT if (ROOT / ".git").exists() else []


def guarded(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command as a process that may open no connection."""
    return subprocess.run(
        [sys.executable, "-c", GUARD, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def imported(text: str) -> set[str]:
    """Every module that a text imports, anywhere in it, with the names taken from it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            found |= {str(node.args[0].value)} if called == "import_module" else set()
    return found


def reaches(modules: set[str]) -> set[str]:
    return {each for each in modules if each in NETWORK or each.partition(".")[0] in NETWORK}


@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_a_command_opens_no_connection(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = guarded(*(each.replace("{}", str(tmp_path)) for each in arguments))
    assert "network:" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done.stderr


def test_every_command_is_called() -> None:
    assert {each for call in CALLS for each in call[:1]} - {FRAUD} == set(COMMANDS)


def test_the_refresh_of_prices_is_what_the_guard_refuses() -> None:
    done = guarded("prices", "refresh", "--region", "us-east-1", "--url", "http://127.0.0.1:9/x")
    assert "network: " in done.stderr
    assert done.returncode == 2


def test_only_the_refresh_of_prices_imports_the_network() -> None:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE.parent).as_posix()
        modules = imported(path.read_text(encoding="utf-8"))
        found[name] = reaches(modules)
        assert name == BOTOCORE or not any(each.startswith("botocore") for each in modules), name
    assert {name for name, modules in found.items() if modules} == {f"{MAY}refresh.py"}


def test_git_is_asked_for_nothing_of_a_remote() -> None:
    verbs = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                said = [e.value for e in node.args if isinstance(e, ast.Constant)]
                verbs |= set(said[:1]) if node.func.id in {"git", "_git"} else set()
    assert verbs
    assert verbs <= LOCAL_VERBS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import urllib.parse", set()),
        ("from urllib.request import urlopen", {"urllib.request"}),
        ("from urllib import request", {"urllib.request"}),
        ("def f():\n    import socket", {"socket"}),
        ("import_module('requests')", {"requests"}),
        ("import http.client as h", {"http.client"}),
    ],
)
def test_what_counts_as_an_import_of_the_network(text: str, found: set[str]) -> None:
    assert reaches(imported(text)) == found
