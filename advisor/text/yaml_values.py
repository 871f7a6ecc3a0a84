"""YAML nodes as plain values."""

from __future__ import annotations

from typing import Any

from advisor.text.yaml_reader import MappingNode, ScalarNode, YamlNode, entries

_WORDS: dict[str, bool | None] = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "null": None,
    "Null": None,
    "NULL": None,
    "~": None,
    "": None,
}


def meaning(text: str) -> str | int | float | bool | None:
    """The value of unquoted YAML: true, false, null, a decimal number, else the text itself.

    A number with a leading zero stays text, so that account ids keep their digits, and so does
    what only YAML 1.1 reads as something else (``yes``, dates).
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    digits = text[1:] if text[0] in "+-" else text
    if digits.isascii() and digits.isdigit():
        return int(text) if len(digits) < 20 and (digits[0] != "0" or digits == "0") else text
    if set(digits) <= set("0123456789.eE+-") and digits[:1] not in ("", "e", "E"):
        try:
            return float(text)
        except ValueError:
            return text
    return text


def scalar(node: ScalarNode) -> str | int | float | bool | None:
    """The value of a text with its quotes and tag."""
    return node.value if node.style or not node.implicit[0] else meaning(node.value)


def plain_values(node: YamlNode, file: str) -> Any:
    """A node as dicts, lists, texts, numbers, booleans and ``None``.

    Raises:
        InputError: a key is repeated or is not a plain text.
    """
    if isinstance(node, ScalarNode):
        return scalar(node)
    if isinstance(node, MappingNode):
        pairs = entries(node, file).items()
        return {key: plain_values(value, file) for key, (_, value) in pairs}
    return [plain_values(item, file) for item in node.value]
