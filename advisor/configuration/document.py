"""The one model of a configuration: resources in the API's shape, every value with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from advisor.configuration.source import SourceText
from advisor.model.errors import InputError
from advisor.model.value import Value

Dialect: TypeAlias = Literal["request", "described", "cloudformation", "terraform", "plan"]

REQUESTS: tuple[Dialect, ...] = ("request", "described")
"""Dialects in which a file holds some requests of a deployment, and other files the rest."""


class Mark(NamedTuple):
    """Where something is written: 1-based line and column, and how many characters it takes."""

    file: str
    line: int
    column: int
    width: int = 1


class Reference(NamedTuple):
    """A value that another resource of the same document supplies."""

    target: str  # address of that resource: EndpointConfig, aws_sagemaker_model.this
    attribute: str  # ModelName, arn; 'Ref' for CloudFormation's Ref; empty for a whole resource

    def __str__(self) -> str:
        return f"{self.target}.{self.attribute}" if self.attribute else self.target

    @property
    def within(self) -> str:
        """The target as its own Terraform module calls it."""
        return re.sub(r"\A(?:module\.[^.\[]+(?:\[[^]]*\])?\.)+(?=[^.]+\.)", "", self.target)


class Hidden(NamedTuple):
    """Why a value is not known.

    ``maybe_absent``: it may turn out to be no value at all. ``other``: it equals none of the
    literals that it is compared with. ``least``: characters that it has in a text.
    """

    reason: str
    maybe_absent: bool = False
    other: bool = False
    least: int = 0


class Node(NamedTuple):
    """One value of a document.

    ``value`` is, by ``kind``: ``map`` a dict of nodes; ``list`` a list of nodes; ``scalar`` a str,
    int, float, bool or None; ``reference`` a ``Reference``; ``text`` a tuple of str, ``Reference``
    and ``Hidden`` (a string that is known in part); ``unknown`` a ``Hidden``.
    """

    kind: Literal["map", "list", "scalar", "reference", "text", "unknown"]
    value: Any
    mark: Mark
    key: Mark | None = None  # of the key it stands under
    via: str = ""  # how the value got here: 'default of parameter InstanceType'

    def under(self, key: Mark | None) -> Node:
        """The same value beneath another key."""
        return self._replace(key=key)

    def get(self, name: str) -> Node | None:
        """A member of a map; ``None`` when this is no map, has no such member, or it is null."""
        found: Node | None = self.value.get(name) if self.kind == "map" else None
        return None if found is not None and found.is_null else found

    def at(self, *path: str) -> Node | None:
        """The member at a path of keys; ``None`` where ``get`` finds none on the way."""
        found: Node | None = self
        for name in path:
            found = found.get(name) if found is not None else None
        return found

    def within(self, change: Callable[[Node], Node]) -> Node:
        """The same map or list with a change made to each member; other values as they are."""
        if self.kind == "map":
            return self._replace(value={key: change(value) for key, value in self.value.items()})
        if self.kind == "list":
            return self._replace(value=[change(value) for value in self.value])
        return self

    def items(self, *path: str) -> list[Node]:
        """The elements of a list, or of the one at a path; empty when there is no list."""
        node = self.at(*path)
        return node.value if node is not None and node.kind == "list" else []

    @property
    def is_null(self) -> bool:
        """Whether null is written here, which says no more than silence."""
        return self.kind == "scalar" and self.value is None

    @property
    def place(self) -> Mark:
        """Where a reader should look: the key when there is one, else the value."""
        return self.key or self.mark


Step: TypeAlias = "str | int"
Path: TypeAlias = "tuple[Step, ...]"


PARTIAL = "partial"
"""In a resource's ``lifecycle``: the file holds one field, the rest is on a command line."""


class Resource(Value):
    """One thing that a document asks AWS for, in the shape of the request that makes it."""

    kind: str  # a kind of advisor.configuration.api.service.OPERATIONS
    dialect: Dialect
    address: str  # how the document calls it: Resources.Config, aws_sagemaker_model.this
    body: Node  # a map in the API's shape
    mark: Mark
    identity: str = ""  # what references to it say: Config, aws_sagemaker_model.this
    lifecycle: Mapping[str, Any] = {}  # what the dialect itself says of it: ignore_changes, …
    files: tuple[str, ...] = ()  # in which it is written, and those that call its module


def addressed(kind: str, dialect: Dialect, address: str, body: Node, mark: Mark) -> Resource:
    """A resource to which references say what the document calls it."""
    return Resource(
        kind=kind, dialect=dialect, address=address, body=body, mark=mark, identity=address
    )


class World:
    """The resources of a document under one choice of its conditions.

    Attributes:
        when: the choice: 'IsProd is true'; empty when the document has one world only.
        resources: what is there under it.
        declared: every resource of the template, whatever it is -> its type; empty where that is
            not known.
        whole: whether a literal name of something that it does not have is a mistake: requests,
            with nothing beside them that may make it.
    """

    def __init__(
        self,
        when: str,
        resources: tuple[Resource, ...],
        declared: Mapping[str, str] | None = None,
        whole: bool = False,
    ) -> None:
        self.when = when
        self.resources = resources
        self.declared = declared or {}
        self.whole = whole
        self._named: dict[tuple[str, str], dict[tuple[object, ...], Resource]] = {}

    @cached_property
    def _by_identity(self) -> dict[str, Resource]:
        return {resource.identity: resource for resource in reversed(self.resources)}

    @cached_property
    def _by_kind(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.kind, []).append(resource)
        return found

    def find(self, identity: str) -> Resource | None:
        """The resource that a reference means; of several that ``count`` makes, the one read."""
        bare = re.sub(r"\[[^]]*\]\Z", "", identity)
        return self._by_identity.get(identity) or self._by_identity.get(bare)

    def of_kind(self, kind: str) -> Sequence[Resource]:
        """The resources of a kind."""
        return self._by_kind.get(kind, ())

    def named(self, kind: str, field: str, pieces: tuple[object, ...]) -> Resource | None:
        """The first resource of a kind whose name, in ``field``, consists of these pieces."""
        key = (kind, field)
        if key not in self._named:
            index = self._named[key] = {}
            for resource in self.of_kind(kind):
                name = resource.body.get(field)
                if name is not None and name.kind in ("scalar", "text"):
                    parts = name.value if name.kind == "text" else (name.value,)
                    index.setdefault(parts, resource)
        return self._named[key].get(pieces)

    def meant_by(self, node: Node | None, kind: str, field: str) -> Resource | None:
        """The resource of a kind that a reference, or a literal name, means."""
        if node is not None and node.kind == "reference":
            found = self.find(node.value.target)
            return found if found is not None and found.kind == kind else None
        if node is None or node.kind != "scalar":
            return None
        return self.named(kind, field, (node.value,))


class ReadFault(NamedTuple):
    """Something that a reader finds wrong before there is a resource to judge."""

    rule: str
    node: Node
    address: str
    message: str
    suggestion: str = ""
    severity: str = ""  # the check's own when empty
    files: tuple[str, ...] = ()  # that call the module in which it stands


class Document(Value):
    """A file (or a Terraform folder) as read."""

    file: str
    dialect: Dialect
    worlds: tuple[World, ...]
    unread: tuple[str, ...] = ()  # what it holds that was not read, and why
    faults: tuple[ReadFault, ...] = ()
    unresolved: tuple[tuple[str, str], ...] = ()  # places of what no world has, and why


class Read(Value):
    """What one text, or the texts of a Terraform module, gave."""

    document: Document | None  # None when there is nothing in it that is read
    sources: tuple[SourceText, ...]
    errors: tuple[InputError, ...] = ()


def unknown(reason: str, mark: Mark, *, maybe_absent: bool = False) -> Node:
    """A value that nothing in the document settles."""
    return Node("unknown", Hidden(reason, maybe_absent), mark)


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node beneath one, itself first, with its path."""
    yield path, node
    if node.kind == "map":
        for key, value in node.value.items():
            yield from walk(value, (*path, key))
    elif node.kind == "list":
        for index, value in enumerate(node.value):
            yield from walk(value, (*path, index))


def written(path: Path) -> str:
    """A path as people write it: ``ProductionVariants[0].InstanceType``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
