"""Manifests of AWS's controllers for Kubernetes: each spec is a request, its keys in lowerCamel.

``apiVersion`` names the service. A value that another manifest supplies stands under ``modelRef``,
``executionRoleRef`` and the like; rendered charts are several documents, or one of kind List.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from advisor.configuration.api.service import OPERATIONS, ServiceModel
from advisor.configuration.document import (
    Document,
    Node,
    ReadFault,
    Reference,
    Resource,
    World,
    addressed,
    unknown,
)
from advisor.configuration.requests import is_ours, without_placeholders
from advisor.text.spelling import nearest

_GROUP = re.compile(r"(sagemaker|applicationautoscaling)\.services\.k8s\.aws/")
_INITIALS = re.compile(r"(?:Id|Arn|Uri|Url)(?=s?(?:[A-Z]|\Z))")
_ENDS = ("", "name", "arn", "id")
"""What a field is called beyond the name of the reference that may stand for it."""


def read_manifests(file: str, documents: Sequence[Node], service: ServiceModel) -> Document | None:
    """The requests that the controllers make of a file; ``None`` when there are none."""
    manifests = [each for top in documents for each in _listed(top) if _kind(each)]
    if not manifests:
        return None
    named = {f"{_kind(each)}/{_name(each)}" for each in manifests}
    specs = _Specs(service, named)
    found = tuple(filter(None, map(specs.resource, manifests)))
    return Document(
        file=file, dialect="request", worlds=(World("", found),), faults=tuple(specs.faults)
    )


def _listed(top: Node) -> Iterator[Node]:
    """A manifest, or those of a List."""
    kind = top.get("kind")
    if kind is not None and kind.value == "List":
        yield from top.items("items")
    else:
        yield top


def _kind(manifest: Node) -> str:
    """The kind of request that a manifest is; empty for those of other controllers."""
    version, kind = manifest.get("apiVersion"), manifest.get("kind")
    group = _GROUP.match(str(version.value)) if version is not None else None
    if group is None or kind is None or kind.kind != "scalar" or manifest.get("spec") is None:
        return ""
    name = str(kind.value)
    known = OPERATIONS.get(name, ("", ""))[0].replace("-", "") == group[1]
    return name if known else ""


def _name(manifest: Node) -> str:
    name = manifest.at("metadata", "name")
    return str(name.value) if name is not None and name.kind == "scalar" else ""


class _Specs:
    """Makes requests of the specs of one file and notes what no spec has."""

    def __init__(self, service: ServiceModel, named: set[str]) -> None:
        self.service = service
        self.named = named
        self.faults: list[ReadFault] = []
        self._address = ""
        self._fields: dict[str, Mapping[str, str]] = {}

    def resource(self, manifest: Node) -> Resource | None:
        """The request of a manifest; ``None`` when it is about another service's target."""
        kind, spec = _kind(manifest), manifest.value["spec"]
        self._address, before = f"{kind}/{_name(manifest)}", len(self.faults)
        body = without_placeholders(self._value(spec, self.service.kinds[kind]))
        if body.kind != "map" or not is_ours(kind, body):
            del self.faults[before:]
            return None
        also = self._by_key(self.service.kinds.get(f"{kind}Update", ""))
        self.faults[before:] = [
            each for each in self.faults[before:] if str(each.node.value).lower() not in also
        ]
        return addressed(kind, "request", self._address, body, spec.place)

    def _by_key(self, shape: str) -> Mapping[str, str]:
        """Keys of a structure in lower case -> its fields."""
        if shape not in self._fields:
            members = self.service.shapes.get(shape, {}).get("members", ())
            self._fields[shape] = {name.lower(): name for name in members}
        return self._fields[shape]

    def _value(self, node: Node, name: str) -> Node:
        shape = self.service.shapes[name]
        if shape["type"] == "list" and node.kind == "list":
            return node.within(lambda inner: self._value(inner, shape["member"]))
        if shape["type"] == "map" and node.kind == "map":
            return node.within(lambda inner: self._value(inner, shape["value"]))
        if shape["type"] != "structure" or node.kind != "map":
            return node
        fields, made = self._by_key(name), dict[str, Node]()
        for key, value in node.value.items():
            field = fields.get(key.lower()) if key[:1].islower() else None
            if field is not None:
                made[field] = self._value(value, shape["members"][field])
            elif key.endswith("Ref"):
                made.update(self._referred(key, value, fields))
            else:
                made.update(self._strange(key, value, fields))
        return node._replace(value=made)

    def _referred(
        self, key: str, node: Node, fields: Mapping[str, str]
    ) -> Iterator[tuple[str, Node]]:
        stem = key.removesuffix("Ref").lower()
        field = next((fields[stem + end] for end in _ENDS if stem + end in fields), None)
        if field is None:
            return
        name = node.at("from", "name")
        kinds = (kind for kind in OPERATIONS if kind.lower() == stem)
        target = f"{next(kinds, '')}/{name.value if name is not None else ''}"
        value = unknown("another manifest supplies it", node.mark)
        if target in self.named:
            value = Node("reference", Reference(target, field), node.mark)
        yield field, value.under(node.key)

    def _strange(
        self, key: str, node: Node, fields: Mapping[str, str]
    ) -> Iterator[tuple[str, Node]]:
        """Note a key that no spec has; the field that is meant is not known, nor missing."""
        keys = {_spelt(field): field for field in fields.values()}
        near = _spelt(fields[key.lower()]) if key.lower() in fields else nearest(key, [*keys])
        place = node.place
        message = f"the spec of {self._address.partition('/')[0]} has no key {key}"
        fault = Node("scalar", key, place, place)
        severity = "" if near else "warning"
        self.faults.append(
            ReadFault("unknown-field", fault, self._address, message, near, severity=severity)
        )
        if near:
            yield keys[near], unknown("the key is misspelt", node.mark).under(node.key)


def _spelt(field: str) -> str:
    """A field as a spec has it: ModelDataUrl is modelDataURL, KmsKeyId is kmsKeyID."""
    return field[0].lower() + _INITIALS.sub(lambda found: found[0].upper(), field[1:])
