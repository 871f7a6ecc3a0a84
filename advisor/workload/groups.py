"""Values that consist of several texts: needs, lists, free names, a decision, acceptances."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from advisor.model.workload import (
    HEAVIEST_OF_ALL,
    LARGEST_OF_ALL,
    SAID_OF_ALL,
    Interval,
    Stated,
)
from advisor.text.spelling import likely, listed, plain
from advisor.text.yaml_reader import MappingNode, ScalarNode, SequenceNode, YamlNode
from advisor.workload.forms import RefusedError, forms
from advisor.workload.keys import Key, features, keys
from advisor.workload.reading import Reading, named, read_record
from advisor.workload.values import read_flag, read_quantity, read_text, single

_ACCELERATORS = ("neuron", "gpu")  # the first that one model must have
_OF_LIST = {"name", "share"}  # what an item says of its place in the list
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


def stand_for_all(reading: Reading) -> None:
    """Add the facts of ``model`` that follow from a list of models.

    What ``model`` states holds for each that does not state it itself. The count is the length of
    the list, unless it is stated.
    """
    values = reading.values
    models: tuple[dict[str, Any], ...] = values["models"].value
    if not models:
        return
    for name in SAID_OF_ALL:
        default = values.get(f"model.{name}")
        if default is not None and not _is_word(reading, default):
            for model in models:
                model.setdefault(name, default.value)
    shared = values["model.environment"].value if "model.environment" in values else {}
    for model in models if shared else ():
        model["environment"] = {**shared, **model.get("environment", {})}
    if "model.count" not in values:
        _put(values, "count", Interval(len(models), len(models)))
    if len(models) == 1:  # it is the model of the workload
        for name in (each for each in models[0] if each not in _OF_LIST):
            _put(values, name, models[0][name])
        return
    _stand_for_several(values, models)


def _stand_for_several(values: dict[str, Stated], models: tuple[dict[str, Any], ...]) -> None:
    for name in LARGEST_OF_ALL:
        sizes = [model[name] for model in models if name in model]
        _put(values, name, max(sizes, key=_largest) if sizes else None)
    heaviest = max(models, key=lambda model: (_weight(model), str(sorted(model.items()))))
    for name in HEAVIEST_OF_ALL:
        _put(values, name, heaviest.get(name))
    kinds = {model.get("accelerator") for model in models}
    none = "none" if kinds == {"none"} else None  # one that says nothing may need a device
    _put(values, "accelerator", next((each for each in _ACCELERATORS if each in kinds), none))
    frameworks = {model.get("framework") for model in models}
    _put(values, "framework", frameworks.pop() if len(frameworks) == 1 else None)


def _is_word(reading: Reading, said: Stated) -> bool:
    """Refuse a word for a number, which says how large one model is."""
    key = keys()[said.path]
    if key.kind in ("word", "text") or said.value not in key.words:
        return False
    message = f"{said.path}: {said.text!r} speaks of one model, and models lists several"
    hint = f"write a number, such as {key.example}"
    reading.refuse_stated(said, message, hint)
    return True


def _largest(size: Interval) -> tuple[int, int]:
    return size.high or size.low or 0, size.low or 0


def _weight(model: dict[str, Any]) -> float:
    """Bytes of the weights as far as they are stated."""
    nothing = Interval(0, 0)
    bits = int("".join(filter(str.isdigit, str(model.get("precision", _WIDEST)))))
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


_SHARE = Key(
    path="share", kind="percent", about="Share of the requests.", example="5 %", most=100_000
)


def read_needs(reading: Reading, key: Key, _key_node: YamlNode, node: YamlNode) -> None:
    """State ``needs.FEATURE`` for each of a list, or of a mapping to true, false or a share."""
    found: dict[str, tuple[ScalarNode, YamlNode | None]] = {}
    if isinstance(node, MappingNode):
        found |= reading.pairs("needs", node, "")
    elif isinstance(node, SequenceNode):
        found |= {name: (item, None) for name, item in _items(reading, key, node.value).items()}
    else:
        names = [each.strip() for each in node.value.split(",")]
        found |= {name: (node, None) for name in names if name not in ("none", "")}
    for name, (name_node, value) in sorted(found.items()):
        try:
            feature = _feature(reading.features, name)
        except RefusedError as refusal:
            reading.refuse("needs", name_node, refusal)
        else:
            _need(reading, feature, name_node, value)
    reading.needs_stated = True


def _feature(features: Collection[str], name: str) -> str:
    """The feature that is meant.

    Raises:
        RefusedError: none is, or several are.
    """
    if name in features:
        return name
    from advisor.workload.familiar import only_meaning  # few files need it

    meant = {plain(each): each for each in features}.get(plain(name)) or only_meaning(name, "needs")
    if meant in features:
        return meant
    close = likely(name, features)
    hint = f"did you mean {close}?" if close else f"write {listed(tuple(features))}"
    problem = f"the feature {name[:40]!r} does not exist"
    raise RefusedError(problem, f"write {meant}" if meant else hint)


def _need(reading: Reading, name: str, name_node: YamlNode, value: YamlNode | None) -> None:
    path, share = f"needs.{name}", None
    if value is None:
        reading.state(path, "true", True, name_node)
        return
    try:
        node = single(value, "write true or false")
        needed = True
        if features().get(name) and node.value[:1].isdigit():
            share = read_quantity(_SHARE, node.value)
        else:
            needed = read_flag(node)
    except RefusedError as refusal:
        reading.refuse(path, value, refusal)
        return
    reading.state(path, node.value, needed, name_node)
    if share is not None:
        reading.state(f"{path}.share", node.value, share, name_node)


def read_texts(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State a tuple of texts of one form."""
    form, items = forms()[key.form], reading.items(key, node)
    if items is None:
        return
    found = []
    for item in _items(reading, key, items).values():
        try:
            found.append(read_text(form, item))
        except RefusedError as refusal:
            reading.refuse(key.path, item, refusal)
    reading.state(key.path, ", ".join(found), tuple(found), key_node)


def _items(reading: Reading, key: Key, items: list[YamlNode]) -> dict[str, ScalarNode]:
    """The items that are texts, each once."""
    found: dict[str, ScalarNode] = {}
    for item in items:
        if not isinstance(item, ScalarNode):
            refusal = RefusedError("an item is not a text", f"write {key.path}: [a, b]")
            reading.refuse(key.path, item, refusal)
        elif item.value in found:
            refusal = RefusedError(f"{item.value[:40]!r} is repeated", "write it once")
            reading.refuse(key.path, item, refusal)
        else:
            found[item.value] = item
    return found


def read_named(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State a dict of texts by free names, sorted by name."""
    reading.state(key.path, "", named(reading, key, key.path, node), key_node)


def read_decision(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State the dict of a decision."""
    parts = [each for path, each in keys().items() if path.startswith(f"{key.path}.")]
    found = read_record(reading, key.path, node, parts)
    reading.state(key.path, found.get("option", ""), found, key_node)


def read_variants(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State a tuple of dicts, one for each variant; no two have one name."""
    found: dict[str, dict[str, Any]] = {}
    items = reading.items(key, node)
    if items is None:
        return
    for item in items:
        record = read_record(reading, key.path, item, keys(key.path).values())
        name = record.get("name", "")
        if name.lower() in found:
            refusal = RefusedError(f"{name!r} is repeated", "write it once")
            reading.refuse(key.path, item, refusal)
        found[name.lower()] = record
    reading.state(key.path, ", ".join(found), tuple(found.values()), key_node)


def read_waivers(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    """State ``accept.RULE`` for each rule, and ``accept`` as a dict of them all."""
    found = {}
    pairs = reading.pairs(key.path, node, 'write rule-id: "because"')
    wrong: YamlNode
    for rule, (rule_node, value) in sorted(pairs.items()):
        path, wrong = key.path, rule_node
        try:
            path, wrong = f"{key.path}.{read_text(forms()['rule'], rule_node)}", value
            if isinstance(value, ScalarNode):
                found[rule] = {"because": read_text(forms()["text"], value)}
            else:
                found[rule] = read_record(reading, path, value, keys(key.path).values())
        except RefusedError as refusal:
            reading.refuse(path, wrong, refusal)
            continue
        reading.state(path, found[rule].get("because", ""), found[rule], rule_node)
    reading.state(key.path, "", found, key_node)


def _read_windows(reading: Reading, key: Key, key_node: YamlNode, node: YamlNode) -> None:
    from advisor.workload.windows import read_windows

    read_windows(reading, key, key_node, node)


# Kind of key -> what reads it.
GROUPS = {
    "needs": read_needs,
    "texts": read_texts,
    "named": read_named,
    "record": read_decision,
    "variants": read_variants,
    "models": read_models,
    "waivers": read_waivers,
    "windows": _read_windows,
}
