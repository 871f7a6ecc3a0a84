"""Is this request acceptable to AWS? The judge of what the program writes, by botocore.

botocore's own validator checks types, required and unknown names, and minimums. It does not check
maximums, lengths, patterns or enumerations: a concurrency of 99,999 and an invented instance type
pass. ``judge`` therefore walks over the same shapes for what it leaves out. Cross-field rules
are in neither.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

_LARGEST = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
# Java's names of ASCII classes; a single letter names a Unicode category.
_ASCII = {"ASCII": r"\x00-\x7f", "Print": r"\x20-\x7e", "Alnum": "A-Za-z0-9"}
# The pairs of surrogates are Java's way to write the characters beyond the basic plane.
_BEYOND = (r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff")


def judge(service: str, operation: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """What AWS's service model holds against a request, one sentence each; empty when nothing.

    Args:
        service: botocore's name of the service: sagemaker, application-autoscaling, cloudwatch.
        operation: CreateEndpointConfig.
        parameters: as the command line takes them.

    Raises:
        ValueError: the installed botocore knows no such service or operation.
    """
    shape = _input_shape(service, operation)
    return (*_validated(parameters, shape), *_walk(parameters, shape, operation))


@cache
def _input_shape(service: str, operation: str) -> Any:
    from botocore.model import OperationNotFoundError

    try:
        return _service_model(service).operation_model(operation).input_shape
    except OperationNotFoundError as error:
        raise ValueError(f"{service} has no operation {operation}") from error


@cache
def _service_model(service: str) -> Any:
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    try:
        return ServiceModel(Loader().load_service_model(service, "service-2"), service)
    except UnknownServiceError as error:
        raise ValueError(f"botocore knows no service {service}") from error


def _validated(parameters: Mapping[str, Any], shape: Any) -> Iterator[str]:
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(dict(parameters), shape)
    if report.has_errors():
        yield from report.generate_report().splitlines()


def _walk(value: Any, shape: Any, where: str) -> Iterator[str]:
    """What the validator leaves out, below one value; values of a wrong type are its business."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members:
                yield from _walk(inner, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        yield from _size(len(value), shape, where, "items")
        for number, inner in enumerate(value):
            yield from _walk(inner, shape.member, f"{where}[{number}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        yield from _size(len(value), shape, where, "entries")
        for key, inner in value.items():
            yield from _walk(key, shape.key, f"{where} key {key!r}")
            yield from _walk(inner, shape.value, f"{where}.{key}")
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _string(value, shape, where)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, shape, where)


def _string(value: str, shape: Any, where: str) -> Iterator[str]:
    yield from _size(len(value), shape, where, "characters")
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{where}: {value!r} is not one of the {len(allowed)} values of the API"
    pattern = shape.metadata.get("pattern")
    if pattern is not None and not matches(pattern, value):
        yield f"{where}: {value!r} does not match {pattern}"


def _number(value: float, shape: Any, where: str) -> Iterator[str]:
    low, high = _LARGEST.get(shape.type_name, (None, None))
    highest = shape.metadata.get("max", high)
    if highest is not None and value > float(highest):
        yield f"{where}: {value} is above {highest}"
    if low is not None and value < low:
        yield f"{where}: {value} is below {low}"
    if not math.isfinite(value):
        yield f"{where}: {value} is no number"


def _size(size: int, shape: Any, where: str, unit: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and size > int(most):
        yield f"{where}: {size} {unit}, at most {most}"


def matches(pattern: str, text: str) -> bool:
    """Whether a whole text matches a pattern of a service model, which is how AWS reads them.

    True for the two patterns of the SageMaker model that are no regular expression.
    """
    try:
        return python_pattern(pattern).fullmatch(text) is not None
    except re.error:
        return True


@cache
def python_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of a service model, written for Java, as Python's."""
    pattern = pattern.replace(*_BEYOND)
    done, inside, place = "", False, 0
    while place < len(pattern):
        part = pattern[place : place + 2] if pattern[place] == "\\" else pattern[place]
        if part == r"\p":
            name = pattern[place + 3 : pattern.index("}", place)]
            members = _ASCII.get(name) or _category(name)
            done += members if inside else f"[{members}]"
            place += len(name) + 4
            continue
        if part in ("[", "]"):
            inside = part == "["
        done += r"\Z" if part == r"\z" else part
        place += len(part)
    return re.compile(done)


@cache
def _category(name: str) -> str:
    """The characters of a Unicode category (L: letters, Zs: spaces) as ranges of a class."""
    from itertools import groupby
    from unicodedata import category

    ranges = []
    for within, run in groupby(
        range(sys.maxunicode + 1), lambda c: category(chr(c)).startswith(name)
    ):
        if within:
            members = list(run)
            ranges.append(f"\\U{members[0]:08x}-\\U{members[-1]:08x}")
    return "".join(ranges)
