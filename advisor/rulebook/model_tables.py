"""The tables of models, families and accelerators as plain values, read when asked for."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

from advisor.rulebook.cache import cached_file, keep, read_object, rules_directory
from advisor.rulebook.digest import MODEL_TABLES
from advisor.rulebook.source import Folder, is_packaged, read_rules, read_table
from advisor.text.digest import sha256


@cache
def model_tables() -> dict[str, Any]:
    """The tables of the rules in use, read once per process: a wheel carries them compiled.

    Raises:
        RulebookError: a table cannot be read.
    """
    rules = rules_directory()
    if is_packaged(rules):
        shipped = read_object(os.path.join(rules, "models", "compiled.json"))
        if shipped is not None:
            return shipped
    content = []
    for name in MODEL_TABLES:
        with open(os.path.join(rules, name), "rb") as file:
            content.append(file.read())
    digest = sha256(b"\0".join(content))
    path = cached_file(f"models-{digest[:32]}.json")
    kept = read_object(path)
    if kept is None or kept.get("digest") != digest:
        kept = {"digest": digest, **compile_model_tables(rules)}
        keep(path, kept)
    return kept


def compile_model_tables(rules: Folder) -> dict[str, Any]:
    """The rows of the tables and the entries of the constants, as JSON can hold them.

    Raises:
        RulebookError: a table cannot be read.
    """
    paths = (os.path.join(rules, each) for each in MODEL_TABLES)
    models, families, accelerators, constants, measured, servers = paths
    with open(servers, encoding="utf-8") as file:
        served = json.load(file)
    return {
        "servers": served,
        "models": read_table(models),
        "families": read_table(families),
        "accelerators": read_table(accelerators),
        "constants": read_rules(constants)["constants"],
        "measured": read_table(measured),
    }
