"""``models``: a list of named models, and the facts of the workload that follow from it."""

from __future__ import annotations

from typing import Any

from advisor.model.workload import HEAVIEST_OF_ALL, LARGEST_OF_ALL, SAID_OF_ALL, Interval, Stated
from advisor.text.yaml_reader import SequenceNode, YamlNode
from advisor.workload.keys import Key, keys
from advisor.workload.reading import Reading, read_record
from advisor.workload.values import RefusedError

_ACCELERATORS = ("neuron", "gpu", "none")  # the first that one model must have
_WIDEST = 32  # bits of a parameter whose precision is not stated


def read_models(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State a tuple of dicts, in the order of the list: each model's parts by name."""
    if not isinstance(node, SequenceNode):
        hint = f"write models: [{{name: {key.example}}}]"
        reading.refuse(key.path, node, RefusedError("expected a list", hint))
        return
    found: list[dict[str, Any]] = []
    for number, item in enumerate(node.value, start=1):
        model = read_record(reading, f"{key.path}[{number}]", item, keys(key.path).values())
        name = model.get("name")
        if name is not None and any(name == other["name"] for other in found):
            problem = f"two models have the name {name!r}"
            refusal = RefusedError(problem, "give each model its own name")
            reading.refuse(f"{key.path}[{number}].name", item, refusal)
        elif name is not None:
            found += _alike(model)
    if not found or not 1 <= len(found) <= (key.most or 1):
        problem = f"the list has {len(found)} items"
        hint = f"write 1 to {key.most} items; for more, state model.count instead"
        reading.refuse(key.path, node, RefusedError(problem, hint))
    names = ", ".join(model["name"] for model in found)
    reading.state(key.path, names, tuple(found), key_node)


def _alike(model: dict[str, Any]) -> list[dict[str, Any]]:
    """A model, or as many alike as its count, each with a number behind the name."""
    count = model.pop("count", None)
    if count is None or count.high < 2:
        return [model]
    if "share" in model:
        low, high = (end and end // count.high for end in model["share"])
        model["share"] = Interval(low, high)
    return [{**model, "name": f"{model['name']}-{each}"} for each in range(1, count.high + 1)]


def stand_for_all(values: dict[str, Stated]) -> None:
    """Add the facts of ``model`` that follow from a list of models.

    What ``model`` states holds for each that does not state it itself. The count is the length of
    the list, unless it is stated.
    """
    models: tuple[dict[str, Any], ...] = values["models"].value
    if not models:
        return
    for name in SAID_OF_ALL:
        default = values.get(f"model.{name}")
        if default is not None:
            for model in models:
                model.setdefault(name, default.value)
    if "model.count" not in values:
        _put(values, "count", Interval(len(models), len(models)))
    for name in LARGEST_OF_ALL:
        sizes = [model[name] for model in models if name in model]
        _put(values, name, max(sizes, key=_largest) if sizes else None)
    heaviest = max(models, key=_weight)
    for name in HEAVIEST_OF_ALL:
        _put(values, name, heaviest.get(name))
    kinds = {model.get("accelerator") for model in models}
    _put(values, "accelerator", next((each for each in _ACCELERATORS if each in kinds), None))
    frameworks = {model.get("framework") for model in models}
    _put(values, "framework", frameworks.pop() if len(frameworks) == 1 else None)


def _largest(size: Interval) -> tuple[int, int]:
    return size.high or size.low or 0, size.low or 0


def _weight(model: dict[str, Any]) -> float:
    """Bytes of the weights as far as they are stated."""
    nothing = Interval(0, 0)
    bits = int(str(model.get("precision", _WIDEST)).lstrip("bfpint"))
    parameters = _largest(model.get("parameters", nothing))[0]
    return max(_largest(model.get("size", nothing))[0], parameters * bits / 8)


def _put(values: dict[str, Stated], name: str, value: Any) -> None:
    """State a fact of the list at its place, unless the file says the same, or nothing says it."""
    path = f"model.{name}"
    known = values.get(path)
    if value is None:
        values.pop(path, None)
    elif known is None or known.value != value:
        from advisor.text.quantity import show

        text = show(value, keys()[path].kind) if isinstance(value, Interval) else str(value)
        place = values["models"]
        values[path] = Stated(path, text, value, place.line, place.column)
