"""``models``: a list of named models, and the facts of the workload that follow from it."""

from __future__ import annotations

from typing import Any

from advisor.model.workload import Interval, Stated
from advisor.text.yaml_reader import SequenceNode, YamlNode
from advisor.workload.key import Key
from advisor.workload.keys import MODEL
from advisor.workload.reading import Reading
from advisor.workload.record import read_record
from advisor.workload.values import RefusedError

# Of these the largest model decides, since limits and sizing must hold for every one.
_LARGEST = ("size", "memory", "accelerator_memory")


def read_models(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State a tuple of dicts, in the order of the list: each model's parts by name."""
    if not isinstance(node, SequenceNode):
        hint = f"write models: [{{name: {key.example}}}]"
        reading.refuse(key.path, node, RefusedError("expected a list", hint))
        return
    found: list[dict[str, Any]] = []
    for number, item in enumerate(node.value, start=1):
        model = read_record(reading, f"{key.path}[{number}]", item, MODEL, needed="name")
        name = model.get("name")
        if name is not None and any(name == other["name"] for other in found):
            problem = f"two models have the name {name!r}"
            refusal = RefusedError(problem, "give each model its own name")
            reading.refuse(f"{key.path}[{number}].name", item, refusal)
        elif name is not None:
            found.append(model)
    if not 1 <= len(node.value) <= (key.most or 1):
        problem = f"the list has {len(node.value)} items"
        hint = f"write 1 to {key.most} items; for more, state model.count instead"
        reading.refuse(key.path, node, RefusedError(problem, hint))
    names = ", ".join(model["name"] for model in found)
    reading.state(key.path, names, tuple(found), key_node)


def stand_for_all(values: dict[str, Stated]) -> None:
    """Add the facts of ``model`` that follow from a list of models, unless the file states them.

    The count is the length of the list; sizes are those of the largest model, also above what
    ``model`` states for the others; the framework is the one that all of them have.
    """
    stated = values["models"]
    models: tuple[dict[str, Any], ...] = stated.value
    if not models:
        return
    count = len(models)
    _put(values, "model.count", str(count), Interval(count, count))
    for name in _LARGEST:
        default = values.get(f"model.{name}")
        if default is not None:
            for model in models:
                model.setdefault(name, default.value)
        _put_largest(values, name, models)
    frameworks = {model.get("framework") for model in models}
    if len(frameworks) == 1 and None not in frameworks:
        (framework,) = frameworks
        _put(values, "model.framework", str(framework), framework)


def _put(values: dict[str, Stated], path: str, text: str, value: Any) -> None:
    place = values["models"]
    values.setdefault(path, Stated(path, text, value, place.line, place.column))


def _put_largest(values: dict[str, Stated], name: str, models: tuple[dict[str, Any], ...]) -> None:
    path = f"model.{name}"
    sizes = [model[name] for model in models if name in model]
    if not sizes:
        return
    rest = values.get(path)
    largest = max(sizes, key=lambda size: (size.high or size.low or 0, size.low or 0))
    if rest is None or largest is not rest.value:
        from advisor.text.quantity import show

        place = values["models"]
        values[path] = Stated(path, show(largest, "size"), largest, place.line, place.column)
