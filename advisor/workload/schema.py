"""The JSON Schema of a workload file, for editors: generated from the reader's table of keys."""

from __future__ import annotations

import json
from typing import Any

from advisor.text.quantity import DENOMINATORS, DIGITS, KINDS, MOST_DECIMALS, MOST_DIGITS, WEEK
from advisor.text.quantity import FORMS as QUANTITY_FORMS
from advisor.workload.forms import Form, forms
from advisor.workload.keys import Key, features, keys, required

_NOT_ZERO = r"(?=[0.]*[1-9])"
_DECIMALS = {"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "B": 9}


def whole(pattern: str) -> str:
    """A pattern that the whole text must match.

    ``$`` alone lets Python, unlike JSON Schema, accept a line break at the end.
    """
    return rf"^(?:{pattern})$(?!\n)"


def quantity_pattern(kind: str, *, zero: bool) -> str:
    """Every way to write a quantity of a kind other than ``count``.

    Args:
        kind: a key of ``advisor.text.quantity.KINDS``.
        zero: whether nothing at all is accepted as a point.
    """
    amount, less = _amount(kind, full=True), _amount(kind, full=False)
    some = amount if zero else _NOT_ZERO + _grouped(amount)
    return "|".join(
        (
            some,
            rf"{_grouped(amount)} *\.\. *{_grouped(some)}",
            rf"> *{_grouped(less)}",
            rf"(?:>=|<=) *{_grouped(amount)}",
            rf"< *{_NOT_ZERO}{_grouped(amount)}",
        )
    )


def count_pattern(*, zero: bool, exact: bool) -> str:
    """Every way to write a count as a text."""
    amount = "|".join(
        rf"[0-9]{{1,{DIGITS['count'][multiple]}}}{_fraction(places)}{multiple and f' *{multiple}'}"
        for multiple, places in _DECIMALS.items()
    )
    some = _grouped(amount) if zero else _NOT_ZERO + _grouped(amount)
    if exact:
        return some
    one = "|".join(
        rf"\.0{{{places - 1}}}10* *{multiple}" if places else r"1(?:\.0*)? *"
        for multiple, places in _DECIMALS.items()
    )
    return "|".join(
        (
            some,
            rf"{some} *\.\. *{some}",
            rf"> *{_grouped(amount)}",
            rf"(?:>=|<=) *{some}",
            rf"< *(?!0*(?:{one})$){some}",
        )
    )


def _fraction(places: int) -> str:
    """Decimals that leave a whole number once the multiple is applied."""
    if places == 0:
        return rf"(?:\.0{{1,{MOST_DECIMALS}}})?"
    return rf"(?:\.[0-9]{{1,{places}}}0{{0,{MOST_DECIMALS - places}}})?"


def _amount(kind: str, *, full: bool) -> str:
    """A number with its unit; where the kind has a most, up to it (``full``) or below."""
    units = KINDS[kind]
    if kind == "share":
        most = {unit: WEEK * DENOMINATORS.get(unit, 1) // factor for unit, factor in units.items()}
        return _bounded(most, full=full)
    if kind == "percent":
        return _bounded({"%": 100}, full=full)
    of_digits: dict[int, list[str]] = {}
    for unit, digits in DIGITS[kind].items():
        of_digits.setdefault(digits, []).append(unit)
    return "|".join(
        rf"[0-9]{{1,{digits}}}(?:\.[0-9]{{1,{MOST_DECIMALS}}})? *(?:{'|'.join(same)})"
        for digits, same in of_digits.items()
    )


def _bounded(most: dict[str, int], *, full: bool) -> str:
    return "|".join(rf"{_up_to(number, full=full)} *{unit}" for unit, number in most.items())


def _up_to(most: int, *, full: bool) -> str:
    """Numbers from zero to one below a whole number with any decimals, and with it (``full``)."""
    digits = str(most)
    smaller = [rf"[0-9]{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    for index, digit in enumerate(digits):
        if digit > "0":
            rest = len(digits) - index - 1
            smaller.append(rf"{digits[:index]}[0-{int(digit) - 1}][0-9]{{{rest}}}")
    text = rf"0{{0,4}}(?:{'|'.join(smaller)})(?:\.[0-9]{{1,{MOST_DECIMALS}}})?"
    return rf"(?:{text}|0{{0,4}}{most}(?:\.0{{1,{MOST_DECIMALS}}})?)" if full else rf"(?:{text})"


def _grouped(pattern: str) -> str:
    return f"(?:{pattern})"


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
    if not key.words and not key.parts:
        return number
    stated: list[Schema] = [*([{"enum": list(key.words)}] if key.words else []), number]
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
    names = _text(forms()[forms()[key.form].names]) | {"type": "string"}
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
