"""The variables of a Terraform module: its name, what only the user knows, and what is tuned."""

from __future__ import annotations

from typing import Any

from advisor.artifacts.hcl_text import Block, Raw
from advisor.artifacts.variables import Variable
from advisor.configuration.rulefiles import read_json_rules

_TUNABLES = read_json_rules("service", "artifacts.json")["terraform"]["tunables"]


def own_name(name: str) -> Block:
    """The variable that begins every name, so that the module can be called twice."""
    condition = 'can(regex("^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$", var.name))'
    body = {
        "description": "Name of the endpoint or job; other names begin with it",
        "type": Raw("string"),
        "default": name,
        "validation": [_valid(condition, "letters, digits and inner hyphens, at most 63")],
    }
    return Block('variable "name"', body)


def _valid(condition: str, expected: str) -> Block:
    return Block(
        "validation", {"condition": Raw(condition), "error_message": f"Expected {expected}."}
    )


def variable(asked: Variable) -> Block:
    """A value of the user, without a default."""
    kind = "list(string)" if asked.is_list else "string"
    return Block(f'variable "{asked.name}"', {"description": asked.asks, "type": Raw(kind)})


def tunable(key: str, value: Any) -> tuple[str, Block] | None:
    """The name and the variable of ``OPERATION FIELD`` with the plan's value, if it is tuned."""
    if key not in _TUNABLES:
        return None
    name, kind, description, condition, expected = _TUNABLES[key]
    body = {"description": description, "type": Raw(kind), "default": value}
    return name, Block(f'variable "{name}"', {**body, "validation": [_valid(condition, expected)]})
