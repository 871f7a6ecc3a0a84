"""Why a JSON Schema refuses a value, in our words: what is wrong, what was expected, what to do.

jsonschema finds what is wrong; of its errors only the structure is read, never the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from advisor.configuration.document import Path, Step
from advisor.model.errors import not_installed
from advisor.model.printable import printable
from advisor.text.spelling import nearest

Schema = Mapping[str, Any]
_LONGEST = 40  # characters of a value that a message repeats


class Refusal(NamedTuple):
    """One thing that a schema has against a value."""

    path: Path  # of the value, or of the key that is not known
    message: str
    hint: str


def refusals(schema: Schema, value: Any, equals: str = ": ") -> list[Refusal]:
    """All that a schema has against a value that ``settings_file.accepts`` refused; at least one.

    Args:
        schema: a schema with an example of each value.
        value: what it refuses.
        equals: what stands between key and value in the file's syntax, for examples.

    Raises:
        InputError: jsonschema is not installed.
        AssertionError: jsonschema accepts the value, so that the walk is wrong.
    """
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        raise not_installed("jsonschema", "checking the settings") from None

    found: list[Refusal] = []
    for error in Draft202012Validator(schema).iter_errors(value):
        found += _worded(error, tuple(error.absolute_path), equals)
    assert found, "the walk refuses settings that jsonschema accepts"
    return list(dict.fromkeys(found))


def _worded(error: Any, path: Path, equals: str) -> Iterator[Refusal]:
    """One error of jsonschema; of keys that are not known, each."""
    name, schema, value = named(path), error.schema, error.instance
    if error.validator == "additionalProperties":
        yield from _unknown_keys(schema, value, path, equals)
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in value:
                sample = _example(schema["properties"][key], key, equals)
                yield Refusal(path, f"{name} has no {key}", f"write {sample}")
    elif error.validator in ("enum", "type", "minimum", "maximum"):
        near = nearest(value, schema["enum"]) if "enum" in schema and isinstance(value, str) else ""
        hint = f"did you mean {near}?" if near else _instead(schema, path, equals)
        found = f"{name} takes {expected(schema)}, not {_shown(value)}"
        yield Refusal(path, f"{name} has no value" if value is None else found, hint)
    else:
        hint = schema.get("patternErrorMessage", "") or _instead(schema, path, equals)
        yield Refusal(path, f"{name} cannot be {_shown(value)}", hint)


def _unknown_keys(schema: Schema, value: Any, path: Path, equals: str) -> Iterator[Refusal]:
    """The keys of a mapping that the schema does not know."""
    import re

    known = list(schema.get("properties", ()))
    patterns = schema.get("patternProperties", ())
    for key in value:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        near = nearest(key, known) or _deeper(key, schema)
        hint = f"did you mean {near}?" if near else f"known keys: {', '.join(known)}"
        if not near and patterns:
            hint = _instead(schema, path, equals)
        where = f"{named(path)} has no key" if path else "there is no setting"
        yield Refusal((*path, key), f"{where} {_shown(key)}", hint)


def _deeper(key: str, schema: Schema) -> str:
    """The path of a key that belongs one level deeper; empty where there is none."""
    inside = schema.get("properties", {}).items()
    return next(
        (f"{outer}.{key}" for outer, each in inside if key in each.get("properties", ())), ""
    )


def _instead(schema: Schema, path: Path, equals: str) -> str:
    """What to write in the place of a value; nothing where the schema gives no example."""
    key = path[-1] if path and isinstance(path[-1], str) else ""
    return f"write {_example(schema, key, equals)}" if schema.get("examples") else ""


def _example(schema: Schema, key: str, equals: str) -> str:
    """An example of the schema in the file's syntax, beneath its key."""
    sample = _written(schema["examples"][0], equals)
    return f"{named((key,))}{equals}{sample}" if key else sample


def _written(value: Any, equals: str) -> str:
    """A value as YAML's flow style and as TOML both take it, but for what follows a key."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f'"{k}"{equals}{_written(v, equals)}' for k, v in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_written(each, equals) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def expected(schema: Schema) -> str:
    """What a schema takes, in words: a list of texts."""
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_expected_type(each, schema) for each in types)


def _expected_type(name: str, schema: Schema) -> str:
    one = _WORDS[name][0]
    if name == "integer" and "maximum" in schema:
        return f"{one} from {schema['minimum']} to {schema['maximum']}"
    if name == "integer" and "minimum" in schema:
        return f"{one} of at least {schema['minimum']}"
    if name != "array":
        return one
    items: Schema = schema["items"]
    return f"{one} of {', '.join(items['enum']) if 'enum' in items else _WORDS[items['type']][1]}"


_WORDS: Mapping[str, tuple[str, str]] = {
    "array": ("a list", "lists"),
    "boolean": ("true or false", "true or false"),
    "integer": ("a whole number", "whole numbers"),
    "number": ("a number", "numbers"),
    "object": ("a mapping", "mappings"),
    "string": ("a text", "texts"),
}


def _shown(value: Any) -> str:
    """A value as a message repeats it: short, and containers by their kind."""
    if isinstance(value, list | dict):
        return _WORDS["array" if isinstance(value, list) else "object"][0]
    text = json.dumps(value) if isinstance(value, bool) else printable(str(value))
    if isinstance(value, str) and not text.strip():
        return "an empty text"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def named(path: Path) -> str:
    """A path as a message calls it: ``pairs[0].artifact``; keys of other letters in quotes."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else "." * bool(text) + _key(step)
    return text


def _key(step: Step) -> str:
    plain = str(step).replace("-", "").replace("_", "")
    return str(step) if plain.isascii() and plain.isalnum() else json.dumps(step)
