"""The choices of parameters under which a template has to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from advisor.configuration.cloudformation.intrinsics import Resolver, TemplateValues
from advisor.configuration.document import Hidden, Node, walk
from advisor.configuration.partial_texts import as_text
from advisor.configuration.scenarios import COMPARED, outcomes

Values: TypeAlias = "Mapping[str, Node]"
Outcome: TypeAlias = "tuple[tuple[bool | None, ...], tuple[str | None, ...]]"
"""What a choice makes of the conditions, and of the parameters that select from mappings."""


def choices(
    template: TemplateValues, entries: Collection[Node], given: Values, fixed: Values, region: str
) -> Iterator[tuple[str, Values]]:
    """Every choice of parameters that makes a difference, with words for it."""
    conditions = sorted(set(_conditions_of(entries)) & set(template.conditions))
    selected = _selected(template, entries, given)
    candidates = _candidates(template, conditions, selected, given)
    outcome = _outcome(template, fixed, conditions, sorted(selected), region)
    found = list(outcomes(candidates, outcome))
    for choice, result in found:
        yield (_label(conditions, sorted(selected), result) if len(found) > 1 else ""), choice


def _conditions_of(entries: Iterable[Node]) -> Iterator[str]:
    """The conditions that resources name: on themselves, and in ``Fn::If``."""
    for entry in entries:
        own = entry.get("Condition")
        if own is not None and own.kind == "scalar":
            yield str(own.value)
        for path, node in walk(entry):
            if path and path[-1] == "Fn::If" and node.items():
                yield str(node.items()[0].value)


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


def _outcome(
    template: TemplateValues,
    fixed: Values,
    conditions: Sequence[str],
    selected: Sequence[str],
    region: str,
) -> Callable[[Values], Outcome]:
    """What a choice of parameters leads to."""

    def outcome(choice: Values) -> Outcome:
        values = {**fixed, **choice}
        resolver = Resolver(template, values, region)
        texts = (values[name] for name in selected)
        return (
            tuple(resolver.condition(name) for name in conditions),
            tuple(as_text(node.value) if node.kind == "scalar" else None for node in texts),
        )

    return outcome


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
