"""CloudFormation and SAM templates to documents: every world of their conditions, resolved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from advisor.configuration.api.service import CLOUDFORMATION_KINDS, SCALING, strange_cloudformation
from advisor.configuration.cloudformation.intrinsics import Resolver, TemplateValues, is_no_value
from advisor.configuration.document import (
    Document,
    Hidden,
    Node,
    ReadFault,
    Resource,
    World,
    unknown,
    walk,
)
from advisor.configuration.partial_texts import as_text
from advisor.configuration.requests import CLOUDFORMATION, mentions_calls, opened, scheduled, tasks
from advisor.configuration.scenarios import COMPARED, outcomes, settled
from advisor.configuration.source import MOST_VALUES
from advisor.text.spelling import nearest

Values: TypeAlias = "Mapping[str, Node]"
Outcome: TypeAlias = "tuple[tuple[bool | None, ...], tuple[str | None, ...]]"
"""What a choice makes of the conditions, and of the parameters that select from mappings."""


def choices(
    template: TemplateValues, entries: Collection[Node], given: Values, fixed: Values, region: str
) -> Iterator[tuple[str, Values]]:
    """Every choice of parameters that makes a difference, with words for it."""
    named = {str(node.value) for node in _conditions_of(entries)}
    conditions = sorted(named & set(template.conditions))
    selected = _selected(template, entries, given)
    candidates = _candidates(template, conditions, selected, given)
    names = sorted(selected)

    def outcome(choice: Values) -> Outcome:
        values = {**fixed, **choice}
        resolver = Resolver(template, values, region)
        nodes = (values[name] for name in names)
        return (
            tuple(resolver.condition(name) for name in conditions),
            tuple(as_text(node.value) if node.kind == "scalar" else None for node in nodes),
        )

    found = list(outcomes(candidates, outcome))
    for choice, result in found:
        yield (_label(conditions, names, result) if len(found) > 1 else ""), choice


def _conditions_of(entries: Iterable[Node]) -> Iterator[Node]:
    """The conditions that resources name: on themselves, and in ``Fn::If``."""
    for entry in entries:
        own = entry.get("Condition")
        if own is not None and own.kind == "scalar":
            yield own
        for path, node in walk(entry):
            if path and path[-1] == "Fn::If":
                yield from node.items()[:1]


def _no_condition(template: TemplateValues, entries: Iterable[Node]) -> Iterator[ReadFault]:
    """Conditions that a template with others does not have: CloudFormation refuses it."""
    inner = (found for each in template.conditions.values() for found in walk(each))
    named = (node for path, node in inner if path[-1:] == ("Condition",))
    for node in (*_conditions_of(entries), *named) if template.conditions else ():
        name = str(node.value)
        if node.kind == "scalar" and name not in template.conditions:
            near = nearest(name, template.conditions)
            message = f"the condition {name} does not exist here"
            yield ReadFault("no-such-reference", node, "", message, suggestion=near)


def _selected(
    template: TemplateValues, entries: Iterable[Node], given: Values
) -> dict[str, list[Node]]:
    """The parameters that select from a mapping, each with the mapping's keys."""
    found: dict[str, list[Node]] = {}
    for entry in entries:
        for path, node in walk(entry):
            parts = node.items() if path and path[-1] == "Fn::FindInMap" else []
            mapping = template.mappings.get(str(parts[0].value)) if len(parts) > 1 else None
            name = parts[1].get("Ref") if mapping is not None else None
            text = str(name.value) if name is not None else ""
            if mapping is None or mapping.kind != "map" or text not in template.parameters:
                continue
            if text not in given:
                known = found.setdefault(text, [])
                known += [
                    Node("scalar", key, inner.place, via=COMPARED)
                    for key, inner in mapping.value.items()
                ]
    return found


def _candidates(
    template: TemplateValues,
    conditions: Sequence[str],
    selected: Mapping[str, Sequence[Node]],
    given: Values,
) -> dict[str, list[Node]]:
    """For each parameter that decides something: the values that may make a difference."""
    found = {name: list(keys) for name, keys in selected.items()}
    pending, seen = list(conditions), set(conditions)
    while pending:
        expression = template.conditions.get(pending.pop())
        for path, node in walk(expression) if expression is not None else ():
            if path and path[-1] == "Condition" and node.kind == "scalar":
                if str(node.value) not in seen:
                    seen.add(str(node.value))
                    pending.append(str(node.value))
            elif path and path[-1] == "Fn::Equals":
                _compared(template, node, given, found)
    for name, values in found.items():
        _complete(template.parameters[name], name, values)
    return found


def _compared(
    template: TemplateValues, node: Node, given: Values, into: dict[str, list[Node]]
) -> None:
    """Note a literal that a parameter is compared with."""
    parts = node.items()
    for one, other in (parts, parts[::-1]) if len(parts) == 2 else ():
        name = one.get("Ref") if one.kind == "map" else None
        text = str(name.value) if name is not None else ""
        if text in template.parameters and text not in given and other.kind == "scalar":
            into.setdefault(text, []).append(other._replace(via=COMPARED, key=None))


def _complete(parameter: Node, name: str, values: list[Node]) -> None:
    """Put the default first, and add one value that equals none of the literals."""
    literals = {as_text(node.value) for node in values}
    default = parameter.get("Default")
    allowed = parameter.get("AllowedValues")
    if allowed is not None and allowed.kind == "list":
        texts = {as_text(item.value): item for item in allowed.items() if item.kind == "scalar"}
        values[:] = [texts[text] for text in sorted(literals) if text in texts]
        others = [item for text, item in texts.items() if text not in literals]
        values += others[:1]
    elif default is None or as_text(default.value) in literals:
        hidden = Hidden(f"another value of parameter {name}", other=True)
        values.append(Node("unknown", hidden, parameter.mark))
    if default is not None and default.kind == "scalar":
        usual = as_text(default.value)
        values[:] = [n for n in values if n.kind != "scalar" or as_text(n.value) != usual]
        values.insert(0, default._replace(via=f"default of parameter {name}", key=None))


def _label(conditions: Sequence[str], selected: Sequence[str], result: Outcome) -> str:
    words = {True: "true", False: "false"}
    truths, texts = result
    said = [
        f"{name} is {words[truth]}"
        for name, truth in zip(conditions, truths, strict=True)
        if truth is not None
    ]
    said += [f"{name} is {text}" for name, text in zip(selected, texts, strict=True) if text]
    return ", ".join(said)


def is_template(node: Node) -> bool:
    """Whether a document is a template: resources with types."""
    resources = node.get("Resources")
    if resources is None or resources.kind != "map":
        return False
    return node.get("AWSTemplateFormatVersion") is not None or any(
        entry.get("Type") is not None or name.startswith(LOOP)
        for name, entry in resources.value.items()
    )


def read_template(
    file: str, node: Node, parameter_files: Sequence[tuple[str, Values]] = (), region: str = ""
) -> Document:
    """A template as a document."""
    template = TemplateValues(**{name.lower(): _section(node, name) for name in _SECTIONS})
    made = written_out(template.resources, _defaults(template))
    template = template._replace(resources=made)
    relevant = {
        name: entry
        for name, entry in template.resources.items()
        if _kind(entry) is not None or (_type(entry) in CLOUDFORMATION and mentions_calls(entry))
    }
    worlds: list[World] = []
    declared = _declared(node)  # nothing where a macro may make more
    wrong = _no_condition(template, relevant.values()) if declared else ()
    for origin, given in (("", {}), *parameter_files):
        fixed = {**_defaults(template), **given}
        for when, choice in choices(template, relevant.values(), given, fixed, region):
            resolver = Resolver(template, {**fixed, **choice}, region)
            resources = tuple(_resources(relevant, resolver))
            words = ", ".join(filter(None, (origin and f"with {origin}", when)))
            worlds.append(World(words, resources, declared))
    return Document(
        file=file,
        dialect="cloudformation",
        worlds=tuple(worlds),
        unread=tuple(_unread(template)),
        faults=(*_strange_types(template), *wrong),
    )


_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources")


def _section(node: Node, name: str) -> dict[str, Node]:
    found = node.get(name)
    return found.value if found is not None and found.kind == "map" else {}


def _declared(node: Node) -> dict[str, str]:
    """Name and type of all resources; empty where a macro may make further ones."""
    macro = node.get("Transform")
    names = (
        [macro] if macro is not None and macro.kind == "scalar" else macro.items() if macro else []
    )
    if any(name.kind != "scalar" or name.value not in _HARMLESS for name in names):
        return {}
    resources = _section(node, "Resources")
    loops = any(name.startswith("Fn::") for name in (*node.value, *resources))
    return {} if loops else {name: _type(entry) for name, entry in resources.items()}


_HARMLESS = ("AWS::LanguageExtensions", "AWS::Serverless-2016-10-31")
"""Transforms that make no models, configurations or endpoints."""


def _type(entry: Node) -> str:
    node = entry.get("Type")
    return str(node.value) if node is not None and node.kind == "scalar" else ""


def _kind(entry: Node) -> str | None:
    kind, properties = CLOUDFORMATION_KINDS.get(_type(entry)), entry.get("Properties")
    if kind not in SCALING or properties is None:
        return None if kind in SCALING else kind
    # Whether a scaling resource is SageMaker's, as far as its literals say.
    texts = (str(node.value).lower() for _, node in walk(properties) if node.kind == "scalar")
    if any("sagemaker" in text for text in texts):
        return kind
    by_target = properties.get("ScalingTargetId") is not None
    return kind if kind == "ScalingPolicy" and by_target else None


def _defaults(template: TemplateValues) -> dict[str, Node]:
    """Every parameter with its default; unknown where it has none, or one that says nothing."""
    values: dict[str, Node] = {}
    for name, entry in template.parameters.items():
        default = entry.get("Default")
        kind = entry.get("Type")
        type_name = str(kind.value) if kind is not None else "String"
        if (
            default is None
            or default.kind != "scalar"
            or (isinstance(default.value, str) and default.value.strip().lower() in _PLACEHOLDERS)
        ):
            values[name] = unknown(f"parameter {name} has no default", entry.mark)
        elif type_name.startswith("AWS::SSM::"):
            values[name] = unknown(f"parameter {name} is kept in Parameter Store", default.mark)
        else:
            values[name] = parameter_value(name, default, type_name)
    return values


_PLACEHOLDERS = ("", "-", "n/a", "na", "none", "null", "undefined", "unset")
"""What templates write where a parameter has no value, since CloudFormation has no null."""


def parameter_value(name: str, node: Node, type_name: str, via: str = "") -> Node:
    """A parameter's text as the value that ``Ref`` gives."""
    via = via or f"default of parameter {name}"
    if "List" not in type_name:
        return node._replace(via=via, key=None)
    pieces = [piece.strip() for piece in as_text(node.value).split(",")]
    items = [Node("scalar", piece, node.mark, via=via) for piece in pieces]
    return Node("list", items, node.mark, via=via)


def _resources(relevant: Mapping[str, Node], resolver: Resolver) -> Iterator[Resource]:
    for name, entry in relevant.items():
        condition = entry.get("Condition")
        if condition is not None and resolver.condition(str(condition.value)) is False:
            continue
        properties = entry.get("Properties")
        body = Node("map", {}, entry.mark, entry.key) if properties is None else properties
        resolved = resolver.resolve(body)
        if resolved.kind != "map" or is_no_value(resolved):
            continue
        if _type(entry) in CLOUDFORMATION:
            yield from _calls(_type(entry), settled(resolved), f"Resources.{name}")
            continue
        yield Resource(
            kind=CLOUDFORMATION_KINDS[_type(entry)],
            dialect="cloudformation",
            address=f"Resources.{name}",
            body=settled(resolved),
            mark=entry.place,
            identity=name,
        )


def _calls(type_name: str, body: Node, address: str) -> Iterator[Resource]:
    """The requests that a state machine or a schedule makes."""
    for name in CLOUDFORMATION[type_name]:
        node = body.get(name)
        if node is not None and name == "Target":
            yield from scheduled(node, address)
            continue
        definition = opened(node) if node is not None else None
        yield from tasks(definition, address) if definition is not None else ()


def _strange_types(template: TemplateValues) -> Iterator[ReadFault]:
    for name, entry in template.resources.items():
        node = entry.get("Type")
        if node is not None and node.kind == "scalar":
            yield from strange_cloudformation(node, f"Resources.{name}")


def _unread(template: TemplateValues) -> Iterator[str]:
    """What holds a configuration in a way that is not read."""
    for name, entry in template.resources.items():
        kind = _type(entry)
        custom = kind.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))
        if custom and any(path[-1] == "ProductionVariants" for path, _ in walk(entry) if path):
            yield f"Resources.{name}: a custom resource holds an endpoint configuration"
        if name.startswith(LOOP):
            yield f"Resources.{name}: a loop makes resources"


LOOP = "Fn::ForEach::"


def written_out(
    entries: Mapping[str, Node], lists: Mapping[str, Node], most: int = MOST_VALUES
) -> dict[str, Node]:
    """The entries of a section with those that its loops make; an uncertain loop stays.

    Args:
        entries: name -> entry, as the template has them.
        lists: name -> value of the template's parameters, of which loops run over lists.
        most: values that a loop may write; one that makes more stays, too.
    """
    found: dict[str, Node] = {}
    for name, node in entries.items():
        values = _values(node, lists) if name.startswith(LOOP) else None
        if values is None or len(values) * sum(1 for _ in walk(node)) > most:
            found[name] = node
            continue
        identifier, _, body = node.items()
        for value in values:
            made = _substituted(body, str(identifier.value), value).value
            found.update(written_out(made, lists, most // len(values)))
    return found


def _values(node: Node, lists: Mapping[str, Node]) -> list[str] | None:
    """The texts that a loop runs over; ``None`` where they, or its form, are not certain."""
    parts = node.items()
    if len(parts) != 3 or parts[0].kind != "scalar" or parts[2].kind != "map":
        return None
    over: Node | None = parts[1]
    if parts[1].kind == "map":
        name = parts[1].get("Ref")
        over = lists.get(str(name.value)) if name is not None and len(parts[1].value) == 1 else None
    if over is None or over.kind != "list" or any(each.kind != "scalar" for each in over.items()):
        return None
    return [as_text(each.value) for each in over.items()]


def _substituted(node: Node, identifier: str, value: str) -> Node:
    """A value of the loop's body with its identifier filled in, in keys and texts."""

    def filled(text: str) -> str:
        if identifier not in text:
            return text
        plain = "".join(character for character in value if character.isalnum())
        return text.replace(f"${{{identifier}}}", value).replace(f"&{{{identifier}}}", plain)

    if node.kind == "map":
        name = node.get("Ref")
        if name is not None and len(node.value) == 1 and name.value == identifier:
            return node._replace(kind="scalar", value=value)
        entries = node.value.items()
        return node._replace(
            value={filled(key): _substituted(each, identifier, value) for key, each in entries}
        )
    if node.kind == "list":
        return node._replace(value=[_substituted(e, identifier, value) for e in node.value])
    if node.kind == "scalar" and isinstance(node.value, str):
        return node._replace(value=filled(node.value))
    return node
