"""The JSON Schema of a workload file, for editors: generated from the reader's table of keys."""

from __future__ import annotations

import json
from typing import Any

from advisor.text.quantity import FORMS as QUANTITY_FORMS
from advisor.text.quantity import KINDS, MOST_DIGITS
from advisor.workload.forms import Form, forms
from advisor.workload.keys import Key, features, keys, required
from advisor.workload.patterns import count_pattern, quantity_pattern, whole

Schema = dict[str, Any]
_LISTS = ("models", "variants", "windows")  # kinds whose value is a list of mappings


def schema() -> Schema:
    """JSON Schema, draft 2020-12. It cannot compare the two ends of a range or of a fleet."""
    root: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": keys()["schema"].words[0],
        "title": "sm-advise workload",
        "description": "A workload for Amazon SageMaker inference.",
        **_mapping(),
        "$defs": {kind: _quantity(kind, zero=False) for kind in KINDS},
    }
    levels = {"": root}
    for key in keys().values():
        parent, _, name = key.path.rpartition(".")
        level = _key(key)
        levels[parent]["properties"][name] = level
        levels[key.path] = _mapping_of(level)
        if key.required:
            levels[parent].setdefault("required", []).append(name)
        if parent and key.path in required():
            levels[parent]["type"] = "object"
            root["required"].append(parent)
    return root


def schema_text() -> str:
    """The schema as the file ``rules/schema/workload.schema.json`` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=True) + "\n"


def _mapping_of(level: Schema) -> Schema:
    """Where the keys below one stand in its schema."""
    if "anyOf" in level and "properties" in level["anyOf"][-1]:
        mapping: Schema = level["anyOf"][-1]
        return mapping
    return level


def _mapping() -> Schema:
    return {"type": "object", "properties": {}, "additionalProperties": False}


def _key(key: Key) -> Schema:
    """The schema of one key, with the texts for editors."""
    found: Schema = {"description": key.about}
    if key.example and key.kind not in ("texts", "named", *_LISTS):
        found["examples"] = [key.example]
    return found | _value(key)


def _value(key: Key) -> Schema:
    if key.kind in KINDS:
        return _quantity_key(key)
    if key.kind in ("section", "record"):
        return _mapping() | {"type": ["object", "null"]}
    if key.kind == "word":
        return _word(key)
    if key.kind == "flag":
        return {"type": "boolean"}
    if key.kind == "text":
        return _text(forms()[key.form])
    if key.kind == "texts":
        items = {"items": _text(forms()[key.form]), "minItems": 1, "maxItems": key.most}
        return {"type": ["array", "null"], "uniqueItems": True, **items}
    if key.kind == "named":
        return _named(key)
    if key.kind in _LISTS:
        return _list(key)
    return _needs() if key.kind == "needs" else _waivers(key)


def _word(key: Key) -> Schema:
    """A word of a list; or, where it is short for the first of several keys, a mapping of them."""
    enum: Schema = {"enum": list(key.words)}
    return {"anyOf": [enum, _mapping()]} if key.short_for else enum


def _quantity_key(key: Key) -> Schema:
    number: Schema = {"$ref": f"#/$defs/{key.kind}"}
    if key.exact or not key.least:
        number = _quantity(key.kind, zero=not key.least, exact=key.exact)
    if not key.words:
        return number
    stated: list[Schema] = [{"enum": list(key.words)}, number]
    if key.parts:
        part: Schema = {"anyOf": list(stated)}
        parts = {"properties": dict.fromkeys(key.parts, part), "additionalProperties": False}
        stated.append({"type": "object", **parts})
    return {"anyOf": stated}


def _quantity(kind: str, *, zero: bool, exact: bool = False) -> Schema:
    counts = kind == "count"
    pattern = count_pattern(zero=zero, exact=exact) if counts else quantity_pattern(kind, zero=zero)
    written: Schema = {
        "type": "string",
        "pattern": whole(pattern),
        "patternErrorMessage": f"Write it like {QUANTITY_FORMS[kind]}.",
    }
    if not counts:
        return written
    most = 10**MOST_DIGITS - 1
    number = {"type": "integer", "minimum": 0 if zero else 1, "maximum": most}
    return {"anyOf": [number, written]}


def _text(form: Form) -> Schema:
    found: Schema = {
        "type": "string" if form.quoted else ["string", "number", "boolean"],
        "minLength": form.shortest,
        "maxLength": form.longest,
        "pattern": whole(form.pattern),
        "patternErrorMessage": f"Write {form.says}.",
    }
    return found | ({"format": "date"} if form is forms()["date"] else {})


def _named(key: Key) -> Schema:
    names = _text(forms()["tag_key" if key.form == "tag" else "reference"]) | {"type": "string"}
    return {
        "type": ["object", "null"],
        "propertyNames": names,
        "additionalProperties": _text(forms()[key.form]),
        "maxProperties": key.most,
    }


def _list(key: Key) -> Schema:
    """A list of mappings, or a word that stands for one."""
    several: Schema = {"items": _item(key), "minItems": 1, "maxItems": key.most}
    if key.words:
        enum: Schema = {"enum": list(key.words)}
        return {"anyOf": [enum, {"type": ["array", "null"], **several}]}
    return {"type": ["array", "null"], **several}


def _item(key: Key) -> Schema:
    """One mapping of several."""
    parts = keys(key.path)
    required = [path for path, part in parts.items() if part.required]
    properties = {path: _key(part) for path, part in parts.items()}
    return _mapping() | {"properties": properties, "required": required}


def _needs() -> Schema:
    flag: Schema = {"type": "boolean"}
    share = {"anyOf": [flag, {"$ref": "#/$defs/percent"}]}
    named = {name: share if shared else flag for name, shared in features().items()}
    return {
        "anyOf": [
            {"type": "array", "items": {"enum": list(named)}, "uniqueItems": True},
            {"type": "object", "properties": named, "additionalProperties": False},
            {"type": "null"},
        ]
    }


def _waivers(key: Key) -> Schema:
    return {
        "type": ["object", "null"],
        "propertyNames": _text(forms()["rule"]) | {"type": "string"},
        "additionalProperties": {"anyOf": [_text(forms()["text"]), _item(key)]},
    }
