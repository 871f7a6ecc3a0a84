"""The tree of an HCL file: expressions, attributes and blocks, each with its place."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from advisor.configuration.document import Mark
from advisor.configuration.yaml_nodes import Repeated


class Literal(NamedTuple):
    """A number, true, false, null, or a text without places to fill."""

    value: Any
    mark: Mark


class Interpolation(NamedTuple):
    """A text with places: strings and expressions in turn."""

    parts: tuple[Any, ...]
    mark: Mark


class Traversal(NamedTuple):
    """``var.name``, ``aws_x.y[0].arn``: a root and steps; a step is a name, an index, or ``*``."""

    root: str
    steps: tuple[Any, ...]
    mark: Mark


class Access(NamedTuple):
    """Steps from something that is no name: ``f(x).y``, ``[1, 2][0]``."""

    base: Any
    steps: tuple[Any, ...]
    mark: Mark


class FunctionCall(NamedTuple):
    """``lower(x)``; ``expand`` when the last argument ends in three dots."""

    name: str
    arguments: tuple[Any, ...]
    mark: Mark


class Listing(NamedTuple):
    """``[a, b]``."""

    items: tuple[Any, ...]
    mark: Mark


class Mapping(NamedTuple):
    """``{a = b}``; keys are expressions, of which a bare name is a literal."""

    pairs: tuple[tuple[Any, Any], ...]
    mark: Mark


class Conditional(NamedTuple):
    """``test ? yes : no``."""

    test: Any
    yes: Any
    no: Any
    mark: Mark


class Operation(NamedTuple):
    """``a + b``, ``!a``; one or two operands."""

    operator: str
    operands: tuple[Any, ...]
    mark: Mark


class For(NamedTuple):
    """``[for k, v in over : value if condition]``, or with ``key =>`` and braces a map."""

    names: tuple[str, ...]
    over: Any
    key: Any  # None for a list
    value: Any
    condition: Any  # None without one
    grouped: bool
    mark: Mark


class Opaque(NamedTuple):
    """What is read but not followed: template directives."""

    what: str
    mark: Mark


Expression: TypeAlias = (
    Literal
    | Interpolation
    | Traversal
    | Access
    | FunctionCall
    | Listing
    | Mapping
    | Conditional
    | Operation
    | For
    | Opaque
)


class Attribute(NamedTuple):
    """``name = expression``."""

    name: str
    value: Expression
    mark: Mark


class HclBlock(NamedTuple):
    """``type "label" { … }``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    mark: Mark


class Body(NamedTuple):
    """Attributes by name, blocks in order."""

    attributes: dict[str, Attribute]
    blocks: list[HclBlock]
    repeated: list[Repeated]
