"""The rule files as the gate reads them: where they are, each read once."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any

from advisor.model.errors import RulebookError
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.source import read_rules


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


def of_dialects(part: str) -> Any:
    """A part of ``rules/service/dialects.json``, which says what each holds.

    Raises:
        RulebookError: the file is missing or is no JSON.
    """
    return read_json_rules("service", "dialects.json")[part]


def of_fields(part: str) -> Any:
    """A part of ``rules/service/fields.json``, which says what each holds.

    Raises:
        RulebookError: the file is missing or is no JSON.
    """
    return read_json_rules("service", "fields.json")[part]


@cache
def read_parts(*names: str) -> dict[str, str]:
    """The parts of a text under ``rules/``, each after a line ``=== name``; read once.

    Raises:
        RulebookError: the file is missing.
    """
    path = rule_path(*names)
    try:
        with open(path, encoding="utf-8") as stream:
            _, *parts = re.split(r"^=== (.+)\n", stream.read(), flags=re.MULTILINE)
    except (OSError, ValueError) as error:
        raise RulebookError(f"{path}: {error}") from error
    return dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def read_yaml_rules(path: str) -> Any:
    """A YAML file of rules as plain values; read once.

    Raises:
        RulebookError: the file cannot be read, or repeats a key.
    """
    return read_rules(path)
