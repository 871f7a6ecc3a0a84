# ruff: noqa: E501 - tables of texts
"""A text in, a text out that is wrong in one of the ways in which files go wrong."""

from __future__ import annotations

import json
import re
from itertools import islice
from random import Random
from typing import Any

import yaml

ODD_TEXTS = (
    "", " ", "\n", "\t", "null", "~", "true", "no", "-", "=", "*a", "&a b", "!!python/name:os.system", "{{x}}",
    "${", "%{", "${var.x}", "<<EOT\n", "\\ud800", "\x00", "\x1b[31m", "\u202e", "\ufeff", "é" * 50, "a" * 5000,
    "@here <!-- x -->", "1e400", "-1e400", ".inf", ".nan", "0x1f", "1_000", "12:30:45", "2026-02-30", "9" * 400,
    "arn:aws:sagemaker:us-east-1:123456789012:model/x", "s3://", "../../etc/passwd", "ml.", "ml.m5.large", "1 GB",
    "1..", "..", "<= 5 s", "999999999999999 TB", "-3", "/", "://", "1,5", "1/s", "100 %", "s" * 64 + ".yaml",
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 0.1, 1e308, -0.0, float("inf"), float("nan"),
    [], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": {"c": []}}}, *ODD_TEXTS,
)  # fmt: skip
TOKENS = (
    *"{}[]()<>:,;\"'`#&*!|>%@\\/=+-.$?~^\n\t\r \x00",
    "\ud800",
    "\u2028",
    "\r\n",
    "---\n",
    "/*",
)


def mutated(text: str, random: Random) -> bytes:
    """A text after one to four changes, of its structure where it has one, or of its letters."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        text = random.choice((_structure, _structure, _lines, _letters, _numbers))(text, random)
    data = text.encode("utf-8", "surrogatepass" if random.random() < 0.2 else "replace")
    if random.random() < 0.05:
        at = random.randrange(len(data) + 1)
        data = data[:at] + bytes(random.randrange(256) for _ in range(4)) + data[at:]
    if random.random() < 0.01:
        data = random.choice(
            (b"\xef\xbb\xbf" + data, text.encode("utf-16", "replace"), data[:1] * 3, b"")
        )
    return data


def _structure(text: str, random: Random) -> str:
    """One value of a JSON or YAML document replaced, dropped, doubled or moved."""
    is_json = text.lstrip()[:1] in ("{", "[")
    try:
        value = json.loads(text) if is_json else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError, OverflowError):
        return _lines(text, random)
    places = list(islice(_places(value), 5_000))  # an alias may make it endless
    if not places:
        return _letters(text, random)
    parent, key = random.choice(places)
    change = random.randrange(6)
    if change == 0:
        del parent[key]
    elif change == 1 and isinstance(parent, list):
        parent[key:key] = [parent[key]] * random.choice((1, 2, 30))
    elif change == 2 and isinstance(parent, dict):
        parent[random.choice((*ODD_TEXTS, str(key).lower(), f"{key}s"))] = parent[key]
    elif change == 3:
        parent[key] = random.choice(places)[0] if random.random() < 0.5 else [parent[key]]
    elif change == 4:
        other, name = random.choice(places)
        parent[key] = other[name]
    else:
        parent[key] = random.choice(ODD_VALUES)
    try:
        if is_json:
            return json.dumps(value, indent=random.choice((None, 1)))
        return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    except (ValueError, yaml.YAMLError, RecursionError, TypeError):
        return _letters(text, random)


def _places(value: Any) -> Any:
    pending = [value]
    while pending:
        each = pending.pop()
        keys = (
            each.keys()
            if isinstance(each, dict)
            else range(len(each))
            if isinstance(each, list)
            else ()
        )
        for key in keys:
            yield each, key
            pending.append(each[key])


def _lines(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    change = random.randrange(5)
    if change == 0:
        del lines[at]
    elif change == 1:
        lines[at:at] = [lines[at]] * random.choice((1, 2, 100))
    elif change == 2:
        lines[at] = lines[random.randrange(len(lines))]
    elif change == 3:
        lines[at] = " " * random.randrange(9) + lines[at].lstrip()
    else:
        del lines[at:]
    return "\n".join(lines)


def _letters(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    end = min(len(text), at + random.choice((0, 1, 1, 5, 40)))
    new = random.choice((random.choice(TOKENS), random.choice(ODD_TEXTS), "", text[at:end] * 2))
    return text[:at] + new * random.choice((1, 1, 1, 3, 200)) + text[end:]


def _numbers(text: str, random: Random) -> str:
    """One number or quoted text replaced by an odd one."""
    found = list(re.finditer(r"\d+(?:\.\d+)?|\"[^\"\n]*\"", text))
    if not found:
        return _letters(text, random)
    one = random.choice(found)
    odd = random.choice(
        ("0", "-1", "1e999", "9" * 30, "0.0000000001", "NaN", "null", '""', "[]", "{}", '"\\ud800"')
    )
    return text[: one.start()] + odd + text[one.end() :]
