"""A text against its field: its length and form, as far as the text is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from advisor.configuration.api.service import Shape
from advisor.configuration.document import Node, Path, written

LONGEST_NAME = 63
"""Characters; what shapes of names have in common."""


class ServiceProblem(NamedTuple):
    """One way in which a value disagrees with the service model."""

    rule: str
    message: str
    node: Node
    path: Path
    severity: str = "error"
    suggestion: str = ""
    at_key: bool = False


def last_name(path: Path) -> str:
    """How a message calls a value: by the last name of its path, with the index in a list."""
    names = [index for index, step in enumerate(path) if isinstance(step, str)]
    return written(path[names[-1] :]) if names else "this"


def text_problems(
    text: str, shape: Shape, node: Node, path: Path, at_key: bool = False
) -> Iterator[ServiceProblem]:
    """Length and pattern of a text that is wholly known; ``at_key`` when it is the key itself."""
    pattern = compiled(shape.get("pattern"))
    rule = "wrong-length"
    if len(text) > shape.get("max", len(text)):
        message = (
            f"{last_name(path)} has {len(text)} characters; at most {shape['max']} are allowed"
        )
    elif pattern and not pattern.fullmatch(text):
        rule, message = "wrong-form", form_message(text, shape, path)
    elif len(text) < shape.get("min", 0):
        message = (
            f"{last_name(path)} has {len(text)} characters; at least {shape['min']} are needed"
        )
    else:
        return
    yield ServiceProblem(rule, message, node, path, at_key=at_key)


def form_message(text: str, shape: Shape, path: Path) -> str:
    """Why a text does not have the form of its field, in words where the form is well known."""
    pattern = shape["pattern"]
    shown = text if len(text) <= 80 else text[:77] + "…"
    if not text:
        return f"{last_name(path)} is empty"
    if _is_name(shape):
        if text.startswith("arn:"):
            return f"{last_name(path)} is an ARN; a name is expected: what follows the last /"
        wanted = "letters, digits and inner hyphens only"
        return f"{last_name(path)} {shown!r} has characters that a name cannot have: {wanted}"
    if _is_place(shape):
        return f"{last_name(path)} {shown!r} is no S3 address: s3://bucket/prefix is expected"
    for beginning, wanted in _FORMS:
        if pattern.startswith(beginning):
            return f"{last_name(path)} {shown!r} {wanted}"
    return f"{last_name(path)} {shown!r} does not have the form {pattern}"


_FORMS = (
    ("arn:aws[a-z\\-]*:iam::", "is no role: arn:aws:iam::ACCOUNT:role/NAME is expected"),
    ("arn:aws[a-z\\-]*:sns:", "is no topic: arn:aws:sns:REGION:ACCOUNT:NAME is expected"),
    ("[\\S]+", "has a space; none is allowed"),
    (
        "[a-zA-Z_][a-zA-Z0-9_]",
        "is no name of a variable: letters, digits and _ only, no digit first",
    ),
)
"""How a pattern of the model begins -> what it wants, in words."""


def partly_known(node: Node, shape: Shape, path: Path) -> Iterator[ServiceProblem]:
    """What is certain of a text of which parts are not known."""
    parts = node.value
    size = sum(len(part) for part in parts if isinstance(part, str))
    if size > shape.get("max", size):
        name = last_name(path)
        message = f"{name} has {size} characters and more; at most {shape['max']} are allowed"
        yield ServiceProblem("wrong-length", message, node, path)
    elif _is_name(shape) and (wrong := _wrong_in_name(parts)):
        message = f"{last_name(path)} has {wrong}: letters, digits and inner hyphens only"
        yield ServiceProblem("wrong-form", message, node, path)
    elif _is_place(shape) and not _may_be_place(parts[0]):
        name = last_name(path)
        message = f"{name} does not start with s3://: s3://bucket/prefix is expected"
        yield ServiceProblem("wrong-form", message, node, path)


def _wrong_in_name(parts: tuple[object, ...]) -> str:
    """What a name cannot have, of what is known of it; empty when nothing is wrong so far."""
    letters = "".join(part for part in parts if isinstance(part, str))
    bad = next((c for c in letters if not (c.isascii() and (c.isalnum() or c == "-"))), "")
    if bad:
        return repr(bad)
    first, last = parts[0], parts[-1]
    if isinstance(first, str) and first.startswith("-"):
        return "'-' at its start"
    return "'-' at its end" if isinstance(last, str) and last.endswith("-") else ""


def _may_be_place(first: object) -> bool:
    """Whether a text that begins so can become an S3 address."""
    if not isinstance(first, str) or len(first) < len("https://"):
        return True
    return first.startswith(("s3://", "https://"))


def _is_name(shape: Shape) -> bool:
    return (
        str(shape.get("pattern", "")).startswith("[a-zA-Z0-9](")
        and shape.get("max") == LONGEST_NAME
    )


def _is_place(shape: Shape) -> bool:
    return str(shape.get("pattern", "")).startswith("(https|s3)://")


@cache
def compiled(pattern: str | None) -> re.Pattern[str] | None:
    """A pattern of the model; ``None`` for the few in a dialect that Python does not speak."""
    if not pattern or "\\p{" in pattern or "\\z" in pattern or "\\uD800" in pattern:
        return None
    return re.compile(pattern)
