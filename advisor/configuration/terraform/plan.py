"""``terraform show -json`` plans to documents, value by value, because a plan may be large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from advisor.configuration.api.service import SCALING, TERRAFORM_KINDS, ServiceModel
from advisor.configuration.document import Document, Node, Reference, Resource, World, unknown
from advisor.configuration.json_nodes import JsonReader
from advisor.configuration.source import SourceText
from advisor.configuration.terraform.names import to_api

_GONE = ("delete", "forget")


def is_plan(source: SourceText) -> bool:
    """Whether a JSON text looks like a plan, or like a state as ``show`` prints it."""
    head = source.text[:4096]
    return '"terraform_version"' in head and (
        '"planned_values"' in source.text or ('"format_version"' in head and '"values"' in head)
    )


def read_plan(source: SourceText, service: ServiceModel) -> Document:
    """A plan as a document.

    Raises:
        InputError: no JSON, or nesting or size beyond the bounds.
    """
    plan = _Plan(source, service)
    found = [plan.changed(offset) for offset in plan.members(plan.top, "resource_changes")]
    if not any(found):
        found = [plan.standing(offset) for offset in plan.resources()]
    resources = tuple(resource for resource in found if resource is not None)
    return Document(file=source.file, dialect="plan", worlds=(World("", resources),))


class _Plan:
    """Makes the resources of one plan, each from the offset at which it stands."""

    def __init__(self, source: SourceText, service: ServiceModel) -> None:
        self.reader = JsonReader(source)
        self.service = service
        self.top = self.reader.outline(self.reader.space(0))
        self.references = _references(self.reader, self.top.get("configuration"))

    def members(self, outline: Mapping[str | int, int], key: str) -> Iterable[int]:
        """The offsets of the entries of a list; none where it is not there."""
        start = outline.get(key)
        there = start is not None and self.reader.text[start] == "["
        return self.reader.outline(start).values() if start is not None and there else ()

    def resources(self) -> Iterator[int]:
        """The resources that a plan ends with, or a state holds, module by module."""
        start = self.top.get("planned_values", self.top.get("values"))
        there = start is not None and self.reader.text[start] == "{"
        values = self.reader.outline(start) if start is not None and there else {}
        pending = [values["root_module"]] if "root_module" in values else []
        while pending:
            module = self.reader.outline(pending.pop())
            yield from self.members(module, "resources")
            pending += reversed(list(self.members(module, "child_modules")))

    def changed(self, offset: int) -> Resource | None:
        """A resource as a change of the plan leaves it; ``None`` where it goes."""
        outline = _wanted(self.reader, offset)
        if outline is None or "change" not in outline or "address" not in outline:
            return None
        change = self.reader.value(outline["change"])[0]
        actions = change.get("actions")
        if actions is not None and any(item.value in _GONE for item in actions.items()[-1:]):
            return None
        return self._made(outline, change.get("after"), change.get("after_unknown"))

    def standing(self, offset: int) -> Resource | None:
        """A resource with the values that it ends with."""
        outline = _wanted(self.reader, offset)
        if outline is None or "values" not in outline or "address" not in outline:
            return None
        values = self.reader.value(outline["values"])[0]
        expressions = self.references.get(_static(self.reader.string(outline["address"])[0]))
        return self._made(outline, values, _left_out(values, expressions))

    def _made(
        self, outline: Mapping[str | int, int], after: Node | None, hidden: Node | None
    ) -> Resource | None:
        if after is None or after.kind != "map":
            return None
        name = self.reader.string(outline["type"])[0]
        kind = TERRAFORM_KINDS[name]
        address = self.reader.string(outline["address"])[0]
        identity = _static(address)
        raw = _filled(_without_empty(after), hidden, self.references.get(identity))
        raw = _prefixed(raw, identity.removesuffix(Reference(identity, "").within))
        namespace = raw.get("service_namespace") if kind in SCALING else None
        if namespace is not None and namespace.kind == "scalar" and namespace.value != "sagemaker":
            return None
        return Resource(
            kind=kind,
            dialect="plan",
            address=address,
            body=to_api(raw, name, self.service),
            mark=after.mark,
            identity=identity,
        )


def _wanted(reader: JsonReader, offset: int) -> dict[str | int, int] | None:
    """The outline of a resource that is read; ``None`` for all others, which are not built."""
    outline = reader.outline(offset)
    kind = outline.get("type")
    if kind is None or reader.text[kind] != '"':
        return None
    return outline if reader.string(kind)[0] in TERRAFORM_KINDS else None


def _left_out(values: Node, expressions: Any) -> Node:
    """Which values are known only after apply: referred to in the configuration, and not there."""
    hidden: dict[str, Node] = {}
    there: Mapping[str, Node] = values.value if values.kind == "map" else {}
    for key, expression in expressions.items() if isinstance(expressions, dict) else ():
        node = there.get(key)  # null is known: there is none
        if node is None and isinstance(expression, dict) and expression.get("references"):
            hidden[key] = Node("scalar", True, values.mark)
        elif isinstance(expression, list) and node is not None and node.kind == "list":
            masks = [
                _left_out(item, each) for item, each in zip(node.items(), expression, strict=False)
            ]
            hidden[key] = Node("list", masks, node.mark)
    return Node("map", hidden, values.mark)


def _static(address: str) -> str:
    """An address without its indexes: what the configuration calls the resource."""
    text, depth = "", 0
    for character in address:
        depth += character == "["
        if depth == 0:
            text += character
        depth -= character == "]"
    return text


def _filled(after: Node, hidden: Node | None, expressions: Any) -> Node:
    """The planned values; those known only after apply as references where the plan names them."""
    entries = dict(after.value)
    for key, value in hidden.value.items() if hidden is not None and hidden.kind == "map" else ():
        expression = expressions.get(key) if isinstance(expressions, dict) else None
        if value.kind == "scalar" and value.value is True:
            entries[key] = _unknown(expression, value, key)
        elif key in entries and entries[key].kind == "list" and value.kind == "list":
            entries[key] = _blocks(entries[key], value, expression)
    return after._replace(value=entries)


def _blocks(node: Node, hidden: Node, expression: Any) -> Node:
    known = expression if isinstance(expression, list) else []
    items = [
        _filled(item, mask, inner) if item.kind == "map" else item
        for item, mask, inner in zip_longest(node.items(), hidden.items(), known)
        if item is not None
    ]
    return node._replace(value=items)


def _prefixed(node: Node, module: str) -> Node:
    """The same with references to resources of a module as the plan calls these."""
    if node.kind == "reference" and not node.value.target.startswith(("data.", "module.")):
        return node._replace(value=node.value._replace(target=module + node.value.target))
    return node.within(lambda inner: _prefixed(inner, module))


def _unknown(expression: Any, node: Node, key: str) -> Node:
    names = expression.get("references") if isinstance(expression, dict) else None
    first = next(iter(names), None) if isinstance(names, list) else None
    if isinstance(first, str) and first.count(".") >= 2:
        target, attribute = first.rsplit(".", 1)
        return Node("reference", Reference(target, attribute), node.mark, node.key)
    reason = f"{key} is known only after apply"
    return unknown(reason, node.mark, maybe_absent=True).under(node.key)


def _without_empty(node: Node) -> Node:
    """Values without what a plan writes of blocks and arguments that are not there."""
    if node.kind == "map":
        empty = ("list", "map")
        entries = ((key, each) for key, each in node.value.items() if not each.is_null)
        kept = {key: each for key, each in entries if each.value or each.kind not in empty}
        node = node._replace(value=kept)
    return node.within(_without_empty)


def _references(reader: JsonReader, start: int | None) -> dict[str, Any]:
    """Address of each resource that is read -> its expressions, as plain values."""
    if start is None or reader.text[start] != "{":
        return {}
    module = reader.outline(start).get("root_module")
    return dict(_module(reader, module, "")) if module is not None else {}


def _module(reader: JsonReader, start: int, prefix: str) -> Iterator[tuple[str, Any]]:
    outline = reader.outline(start)
    listed = outline.get("resources")
    for offset in reader.outline(listed).values() if listed is not None else ():
        resource = _wanted(reader, offset)
        if resource is not None and "expressions" in resource and "address" in resource:
            address = prefix + reader.string(resource["address"])[0]
            yield address, plain(reader.value(resource["expressions"])[0])
    calls = outline.get("module_calls")
    for name, offset in reader.outline(calls).items() if calls is not None else ():
        module = reader.outline(offset).get("module")
        if module is not None and prefix.count("module.") < 10:
            yield from _module(reader, module, f"{prefix}module.{name}.")


def plain(node: Node) -> Any:
    """A node as the plain value that it writes."""
    if node.kind == "map":
        return {key: plain(value) for key, value in node.value.items()}
    return [plain(value) for value in node.value] if node.kind == "list" else node.value
