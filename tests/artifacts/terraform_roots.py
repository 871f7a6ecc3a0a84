"""terraform and its AWS provider judge many folders at once, as modules of one root."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from advisor.artifacts.hcl_text import Block, Raw, document
from advisor.model.advice import Advice
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from tests.artifacts import test_terraform
from tests.artifacts.programs import MissingError, run, tool, write_folders

_KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d"
_AT_ONCE = 100  # modules of one root, for the memory that they take
_TYPES = knowledge(load("safe").raw).catalogue.types
# What lets the provider plan without credentials; never a part of what users get.
_OFFLINE: dict[str, Any] = {
    "region": "us-east-1",
    "access_key": "testing",
    "secret_key": "testing",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": True,
    "skip_requesting_account_id": True,
}


def laid_out(advices: Sequence[Advice]) -> list[str]:
    """``terraform fmt`` would change nothing."""
    program = tool("terraform")
    with tempfile.TemporaryDirectory() as name:
        folders = write_folders(advices, "terraform", Path(name))
        said = run(program, "fmt", "-check", "-recursive", "-no-color", folder=Path(name))
    told = said.stdout if said.stdout or not said.returncode else said.stderr
    return [_named(line, folders) for line in told.splitlines()]


def validated(advices: Sequence[Advice]) -> list[str]:
    """``terraform validate`` with the real provider accepts each folder as a module, twice."""
    return _in_roots(advices, _validate, planned=False)


def planned(advices: Sequence[Advice]) -> list[str]:
    """``terraform plan`` with the real provider, without credentials and without a network.

    The root hands its own provider to the modules, which have none.
    """
    return _in_roots(advices, _plan, planned=True)


def _in_roots(
    advices: Sequence[Advice], judge: Callable[[str, Path], list[str]], *, planned: bool
) -> list[str]:
    """Judge roots of many modules, since the provider takes seconds to start."""
    program = tool("terraform")
    if not Path(os.environ.get("TF_CLI_CONFIG_FILE", "")).is_file():
        raise MissingError("TF_CLI_CONFIG_FILE names no offline copy of terraform's AWS provider")
    faults: list[str] = []
    for start in range(0, len(advices), _AT_ONCE):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            folders = write_folders(advices[start : start + _AT_ONCE], "terraform", root)
            _write_root(folders, root, planned)
            said = run(program, "init", "-input=false", "-backend=false", folder=root)
            told = [said.stderr] if said.returncode else judge(program, root)
        faults += [_named(fault, folders) for fault in told]
    return faults


def _named(fault: str, folders: dict[str, Advice]) -> str:
    """A fault with the names of workloads for the folders."""
    return re.sub(
        r"\bw[0-9]{4}\b",
        lambda found: folders[found[0]].workload.name if found[0] in folders else found[0],
        fault,
    )


def _write_root(folders: dict[str, Advice], root: Path, planned: bool) -> None:
    calls = []
    for name, advice in folders.items():
        values = test_terraform.given_values(advice)
        if "kms_key_arn" in values:
            values["kms_key_arn"] = _KEY_ARN  # the plan's own may be an alias
        if not planned:
            values |= {"for_each": Raw('toset(["one", "two"])'), "name": Raw("each.value")}
        calls.append(Block(f'module "{name}"', {"source": f"./{name}", **values}))
    if planned:
        calls.append(Block('provider "aws"', _OFFLINE))
    (root / "main.tf").write_text(document(calls), encoding="utf-8")


def _validate(program: str, root: Path) -> list[str]:
    answer = json.loads(run(program, "validate", "-json", folder=root).stdout)
    return [
        f"{each.get('range', {}).get('filename')}: {each['summary']} {each.get('detail', '')}"
        for each in answer["diagnostics"]
    ]


def _plan(program: str, root: Path) -> list[str]:
    said = run(program, "plan", "-json", "-input=false", "-lock=false", folder=root)
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    faults = [
        f"{line['diagnostic'].get('address', '')}: {line['@message']}"
        for line in lines
        if line["@level"] in ("warn", "error") and not _is_newer_than_provider(line["@message"])
    ]
    return faults or ([said.stderr] if said.stderr else [])


def _is_newer_than_provider(message: str) -> bool:
    """Whether it refuses an instance type that is known here and not to this provider."""
    found = re.search(r"expected instance_type to be one of .*, got (\S+)", message)
    return found is not None and found[1] in _TYPES
