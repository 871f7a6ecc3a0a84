"""Whether a JSON Schema accepts a value: the keywords that the schema of the settings needs.

A settings file is read in every check, and importing jsonschema costs twice what the start does. So
this walk accepts. ``advisor.gate.settings.schema_words`` asks jsonschema only about what it
refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]


def accepts(schema: Schema, value: Any) -> bool:
    """Whether a value of JSON's types keeps a schema; other keywords than these say nothing."""
    return all(
        keeps(schema[keyword], value, schema)
        for keyword, keeps in KEYWORDS.items()
        if keyword in schema
    )


def is_of_type(name: str, value: Any) -> bool:
    """Whether a value is of one of JSON Schema's types; 4.0 is an integer, true is none."""
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and name == "integer":
        return value.is_integer()
    return isinstance(value, _TYPES[name])


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "string": str,
}


def _members(_: Any, value: Any, schema: Schema) -> bool:
    """Whether each member of a mapping keeps what is said of its key."""
    if not isinstance(value, dict):
        return True
    named = schema.get("properties", {})
    for key, each in value.items():
        said = [named[key]] if key in named else []
        patterns = schema.get("patternProperties", {})
        said += [patterns[pattern] for pattern in patterns if re.search(pattern, key)]
        other = schema.get("additionalProperties", True)
        if not said and other is False:
            return False
        said = said or ([] if isinstance(other, bool) else [other])
        if not all(accepts(one, each) for one in said):
            return False
    return True


def _type(names: str | list[str], value: Any, _: Schema) -> bool:
    return any(is_of_type(name, value) for name in ([names] if isinstance(names, str) else names))


KEYWORDS: Mapping[str, Callable[[Any, Any, Schema], bool]] = {
    "type": _type,
    "enum": lambda words, value, _: value in words,
    "pattern": lambda regex, value, _: (
        not isinstance(value, str) or re.search(regex, value) is not None
    ),
    "minimum": lambda least, value, _: not is_of_type("number", value) or value >= least,
    "maximum": lambda most, value, _: not is_of_type("number", value) or value <= most,
    "required": lambda keys, value, _: not isinstance(value, dict) or value.keys() >= set(keys),
    "items": lambda schema, value, _: (
        not isinstance(value, list) or all(accepts(schema, each) for each in value)
    ),
    "additionalProperties": _members,
    "properties": lambda named, value, schema: (
        "additionalProperties" in schema or _members(named, value, schema)
    ),
}
"""The keywords that the walk knows: what each says of a value, the schema around it at hand."""
