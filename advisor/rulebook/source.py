"""Find a user's settings; read a rule file as plain values."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

from advisor.model.errors import InputError, RulebookError
from advisor.rulebook.cache import PACKAGE
from advisor.text.paths import relative

# A path of a rule file or folder. Not pathlib's: importing that costs every start 2 ms.
Folder: TypeAlias = str | os.PathLike[str]

ORGANISATION_FILE = ".sm-advise.yaml"
PROJECT_FILE = "pyproject.toml"


def is_packaged(rules: Folder) -> bool:
    """Whether this is the copy inside an installed package, which nobody edits."""
    return os.fspath(rules) == os.path.join(PACKAGE, "rules")


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


@cache
def has_settings(folder: str) -> bool:
    """Whether a folder, or one around it, has settings: without reading any, for every answer."""
    for parent in upwards(folder):
        if os.path.isfile(os.path.join(parent, ORGANISATION_FILE)):
            return True
        try:
            with open(os.path.join(parent, PROJECT_FILE), "rb") as stream:
                if mentions_us(stream.read()):
                    return True
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
        except OSError:
            return True  # who reads it, says why it cannot be read
    return False


def mentions_us(data: bytes) -> bool:
    """Whether a pyproject.toml may have a table of ours: those that have none need no reader."""
    if b"sm-advise" not in data:
        return False
    import re

    ours = rb"""["']?sm-advise["']?"""
    if re.search(rb"tool\s*\.\s*" + ours, data):
        return True
    tool = rb"""(?m)^\s*\[?\s*["']?tool["']?\s*[\]=]"""
    return bool(re.search(tool, data) and re.search(ours + rb"\s*[.=]", data))


def upwards(folder: str) -> Iterator[str]:
    """A folder and those around it, the innermost first, as far as the repository reaches."""
    here = os.getcwd()
    current = os.path.abspath(folder or ".")
    while True:
        yield relative(current) if current.startswith(here) else current
        if is_outermost(current):
            return
        current = os.path.dirname(current)


def is_outermost(folder: str) -> bool:
    """Whether a folder is the root of a repository or of the file system."""
    return os.path.exists(os.path.join(folder, ".git")) or os.path.dirname(folder) == folder
