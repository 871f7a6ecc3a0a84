"""The gate's own rule files: where they are, and how the YAML ones are read quickly."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from advisor.errors import InputError, RulebookError
from advisor.gate.document import Node
from advisor.gate.source import read_source
from advisor.gate.yaml_reader import read_yaml
from advisor.rulebook.source import rules_directory


def rule_path(*names: str) -> str:
    """The path of a file or folder under ``rules/``."""
    return os.path.join(rules_directory(), *names)


@cache
def read_json_rules(*names: str) -> Any:
    """A JSON file under ``rules/``; read once.

    Raises:
        RulebookError: the file is missing or is no JSON.
    """
    path = rule_path(*names)
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)
    except (OSError, ValueError) as error:
        raise RulebookError(f"{path}: {error}") from error


@cache
def read_yaml_rules(path: str) -> Any:
    """A YAML file of rules as plain values; read once, and faster than by a YAML loader.

    Raises:
        RulebookError: the file cannot be read, or repeats a key.
    """
    try:
        parsed = read_yaml(read_source(path))
    except InputError as error:
        raise RulebookError(str(error)) from None
    if parsed.repeated:
        again = parsed.repeated[0]
        raise RulebookError(f"{path}:{again.mark.line}: the key {again.key} is repeated")
    return _plain(parsed.documents[0])


def _plain(node: Node) -> Any:
    if node.kind == "map":
        return {key: _plain(value) for key, value in node.value.items()}
    return [_plain(value) for value in node.value] if node.kind == "list" else node.value
