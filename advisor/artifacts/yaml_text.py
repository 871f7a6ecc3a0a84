"""YAML text from plain values, with every text quoted that could be read as something else."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NamedTuple

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./-]|,(?= )|:+(?=[A-Za-z])| (?=[A-Za-z0-9]))*")
_WORDS = frozenset(
    {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
)  # what YAML 1.1 takes for others
_LONGEST_KEY = 1000  # YAML gives up looking for the colon after 1024 characters


class Tagged(NamedTuple):
    """A text under a short tag: ``!Ref Bucket``."""

    tag: str
    text: str


def document(value: Any) -> str:
    """A block document of dicts with text keys, lists, ``Tagged``, texts, numbers and booleans."""
    return _block(value, "").lstrip("\n") + "\n"


def _block(value: Any, indent: str) -> str:
    """A value as it stands after ``key:``; a block begins with its line break."""
    if isinstance(value, Tagged):
        return f" !{value.tag} {scalar(value.text)}"
    if isinstance(value, dict) and value:
        return "".join(
            f"\n{indent}{_key(key, indent)}:{_block(inner, indent + '  ')}"
            for key, inner in value.items()
        )
    if isinstance(value, list) and value:
        return "".join(f"\n{indent}-{_item(inner, indent + '  ')}" for inner in value)
    if isinstance(value, dict | list):
        return " {}" if isinstance(value, dict) else " []"
    return " " + scalar(value)


def _key(key: str, indent: str) -> str:
    """A key; what is longer than YAML takes before a colon stands on a line of its own."""
    text = scalar(key)
    return text if len(text) <= _LONGEST_KEY else f"? {text}\n{indent}"


def _item(value: Any, indent: str) -> str:
    """A block begins on the line of its hyphen."""
    text = _block(value, indent)
    return " " + text[1 + len(indent) :] if text.startswith("\n") else text


def scalar(value: Any) -> str:
    """One scalar on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits = format(Decimal(repr(value)), "f")  # YAML 1.1 reads 1e+16 as a text
        return digits if "." in digits else f"{digits}.0"
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if text.isprintable() and ('"' in text or "\\" in text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in '"\\\n\r\t':
        return json.dumps(char)[1:-1]
    return char if char.isprintable() else f"\\U{ord(char):08x}"
