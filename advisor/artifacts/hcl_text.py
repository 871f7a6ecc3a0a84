"""HCL text as ``terraform fmt`` lays it out: attributes aligned, blocks apart, texts escaped."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NamedTuple

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Raw(NamedTuple):
    """An expression as it is to stand: ``aws_sagemaker_model.this.name``."""

    text: str


class Template(NamedTuple):
    """A quoted text of literal parts and expressions."""

    parts: tuple[str | Raw, ...]


class Call(NamedTuple):
    """An expression over one object: the text before its brace and after it."""

    before: str
    value: dict[str, Any]
    after: str


class Block(NamedTuple):
    """A block with its labels; a member is an attribute, or a list of ``Block``."""

    head: str
    body: dict[str, Any]
    comments: tuple[str, ...] = ()  # of one line each


def document(blocks: list[Block]) -> str:
    """A file of blocks."""
    return "\n".join(_block(block, "") for block in blocks)


def quoted(text: str) -> str:
    """A text in quotes, with nothing in it that HCL would replace."""
    escaped = "".join(map(_escaped, text))
    for sign, code in (("$", "\\u0024"), ("%", "\\u0025")):
        # A doubled sign escapes one that begins a template, but not where a sign stands before it.
        double = sign * 2 if sign * 2 + "{" not in escaped else code
        escaped = escaped.replace(sign + "{", double + "{")
    return f'"{escaped}"'


def _escaped(char: str) -> str:
    if char in '"\\\n\r\t':
        return json.dumps(char)[1:-1]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _block(block: Block, indent: str) -> str:
    if not block.body:
        return f"{indent}{block.head} {{}}\n"
    comments = "".join(f"{indent}  # {text}\n" for text in block.comments)
    inner = _members(block.body, indent + "  ")
    return f"{indent}{block.head} {{\n{comments}{inner}{indent}}}\n"


def _members(body: dict[str, Any], indent: str) -> str:
    """One-line attributes first, aligned; then whatever takes several lines, each apart."""
    short: list[tuple[str, str]] = []
    long: list[str] = []
    for key, value in body.items():
        if isinstance(value, list) and value and isinstance(value[0], Block):
            long += [_block(each, indent) for each in value]
            continue
        name = key if _IDENTIFIER.fullmatch(key) else quoted(key)
        text = _expression(value, indent)
        if "\n" in text:
            long.append(f"{indent}{name} = {text}\n")
        else:
            short.append((name, text))
    width = max((len(name) for name, _ in short), default=0)
    lines = "".join(f"{indent}{name:<{width}} = {text}\n" for name, text in short)
    return "\n".join(filter(None, [lines, *long]))


def _expression(value: Any, indent: str) -> str:
    if isinstance(value, Call):
        return f"{value.before}{_expression(value.value, indent)}{value.after}"
    if isinstance(value, dict):
        return f"{{\n{_members(value, indent + '  ')}{indent}}}" if value else "{}"
    return _inline(value)


def _inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Template):
        parts = (
            f"${{{part.text}}}" if isinstance(part, Raw) else quoted(part)[1:-1]
            for part in value.parts
        )
        return f'"{"".join(parts)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, dict):
        members = (f"{quoted(key)} = {_inline(inner)}" for key, inner in value.items())
        return "{ " + ", ".join(members) + " }"
    return quoted(value)


def _number(value: float) -> str:
    if float(value).is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")
