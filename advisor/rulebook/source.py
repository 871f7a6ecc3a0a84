"""Read one file of ``rules/`` as plain values."""

from __future__ import annotations

import os
from typing import Any, TypeAlias

from advisor.model.errors import InputError, RulebookError
from advisor.rulebook import cache

# A path of a rule file or folder. Not pathlib's: importing that costs every start 2 ms.
Folder: TypeAlias = str | os.PathLike[str]
rules_directory = cache.rules_directory


def is_packaged(rules: Folder) -> bool:
    """Whether this is the copy inside an installed package, which nobody edits."""
    return os.fspath(rules) == os.path.join(cache.PACKAGE, "rules")


def read_rules(path: Folder) -> Any:
    """One YAML rule file as plain values.

    Raises:
        RulebookError: the file is missing, is not YAML, or repeats a key.
    """
    from advisor.text.places import decode
    from advisor.text.terms import CONFIGURATION
    from advisor.text.yaml_reader import read_text
    from advisor.text.yaml_values import plain_values

    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            roots = read_text(decode(file.read(), name), name, CONFIGURATION)
        return plain_values(roots[0], name) if roots else None
    except (OSError, InputError) as error:
        raise RulebookError(
            f"{path}: {error}" if isinstance(error, OSError) else str(error)
        ) from error


def service_table(rules: Folder) -> dict[str, Any] | None:
    """The table of AWS's API model that ships with the rules; ``None`` where a folder has none."""
    import json

    try:
        with open(os.path.join(rules, "service", "model.json"), encoding="utf-8") as file:
            table: dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return None
    return table


def read_table(path: Folder) -> list[dict[str, str]]:
    """One CSV rule file as rows; lines that start with ``#`` are comments.

    Raises:
        RulebookError: the file is missing, or a row has too few or too many columns.
    """
    import csv

    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise RulebookError(f"{path}: {error}") from error
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    for row in rows:
        if None in row or None in row.values():
            name = next(iter(row.values()))
            raise RulebookError(f"{path}: the row of {name} has the wrong number of columns")
    return rows
