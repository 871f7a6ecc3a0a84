"""The compiled service model: how it is made from botocore, and what moved since it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.configuration.api.service import OPERATIONS
from advisor.model.errors import not_installed


class Move(NamedTuple):
    """One difference between the compiled table and an installed botocore."""

    where: str  # ProductionVariantServerlessConfig.MaxConcurrency, sagemaker.CreateEndpoint
    what: str  # field | required | min | max | pattern | enum | type | shape | operation | limit
    compiled: str  # as the table has it; empty when the table has none
    installed: str

    def __str__(self) -> str:
        if self.what == "operation":
            return f"{self.where}: {'gone' if self.compiled else 'new'} operation"
        return f"{self.where}: {self.what}: {self.compiled or '-'} -> {self.installed or '-'}"


def compile_table() -> dict[str, Any]:
    """The shapes of ``OPERATIONS``, from the botocore that is installed.

    Returns:
        ``{"botocore": version, "kinds": {kind: shape name}, "answers": {kind: [field of what
        Describe answers]}, "shapes": {name: shape}, "other_instance_types": [...]}``. A shape is
        ``{"type": ...}`` with, where they apply, ``members``, ``required``, ``member`` (of a list),
        ``min``, ``max``, ``pattern``, ``enum``.

    Raises:
        InputError: botocore is not installed.
    """
    version, session = _installed()
    shapes: dict[str, dict[str, Any]] = {}
    kinds: dict[str, str] = {}
    answers: dict[str, list[str]] = {}
    for kind, (service, operation) in OPERATIONS.items():
        model = session.get_service_model(service)
        shape: Any = model.operation_model(operation).input_shape
        prefix = "" if service == "sagemaker" else service + ":"
        _collect(shape, prefix, shapes)
        kinds[kind] = prefix + shape.name
        described = operation.replace("Create", "Describe", 1)
        if described != operation and described in model.operation_names:
            answers[kind] = sorted(model.operation_model(described).output_shape.members)
    hosting = set(shapes["ProductionVariantInstanceType"]["enum"])
    model = session.get_service_model("sagemaker")
    enums = (getattr(model.shape_for(name), "enum", None) or () for name in model.shape_names)
    every = {value for enum in enums for value in enum if value.startswith("ml.")}
    return {
        "botocore": version,
        "kinds": kinds,
        "answers": answers,
        "shapes": dict(sorted(shapes.items())),
        "other_instance_types": sorted(every - hosting),
    }


def compile_operations(about: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The operations about inference, by service, of the botocore that is installed.

    Args:
        about: service -> patterns; an operation is about inference where its name has one.

    Raises:
        InputError: botocore is not installed.
    """
    _, session = _installed()
    return {
        service: [
            name
            for name in sorted(session.get_service_model(service).operation_names)
            if any(re.search(pattern, name) for pattern in patterns)
        ]
        for service, patterns in about.items()
    }


def _installed() -> tuple[str, Any]:
    """Version and a session of the botocore that is installed."""
    try:
        import botocore
        import botocore.session
    except ImportError:
        raise not_installed("botocore", "rules verify --drift") from None
    return botocore.__version__, botocore.session.get_session()


def _collect(shape: Any, prefix: str, into: dict[str, dict[str, Any]]) -> None:
    """Add one botocore shape, and all it consists of, to the table."""
    name = prefix + shape.name
    if name in into:
        return
    entry: dict[str, Any] = {"type": shape.type_name}
    into[name] = entry
    entry.update({key: shape.metadata[key] for key in ("min", "max") if key in shape.metadata})
    if shape.type_name == "structure":
        entry["members"] = {key: prefix + value.name for key, value in shape.members.items()}
        entry["required"] = list(shape.required_members)
        for value in shape.members.values():
            _collect(value, prefix, into)
    elif shape.type_name == "list":
        entry["member"] = prefix + shape.member.name
        _collect(shape.member, prefix, into)
    elif shape.type_name == "map":
        entry["key"], entry["value"] = prefix + shape.key.name, prefix + shape.value.name
        _collect(shape.key, prefix, into)
        _collect(shape.value, prefix, into)
    elif shape.type_name == "string":
        if shape.metadata.get("pattern") not in (None, ".*"):
            entry["pattern"] = shape.metadata["pattern"]
        if shape.enum:
            entry["enum"] = list(shape.enum)


def compare(compiled: dict[str, Any], installed: dict[str, Any]) -> tuple[Move, ...]:
    """What moved between two tables, shape by shape, in the order of the shapes' names."""
    moves: list[Move] = []
    old_shapes, new_shapes = compiled["shapes"], installed["shapes"]
    for name in sorted(old_shapes.keys() | new_shapes.keys()):
        old, new = old_shapes.get(name), new_shapes.get(name)
        if old is None or new is None:
            was, now = ("" if each is None else "known" for each in (old, new))
            moves.append(Move(name, "shape", was, now))
            continue
        members = (each.get("members", {}) for each in (old, new))
        moves.extend(_compare_members(name, "field", *members))
        moves.extend(
            Move(name, key, _text(old.get(key)), _text(new.get(key)))
            for key in ("type", "min", "max", "pattern")
            if old.get(key) != new.get(key)
        )
        moves.extend(_compare_sets(name, "enum", old.get("enum"), new.get("enum")))
        moves.extend(_compare_sets(name, "required", old.get("required"), new.get("required")))
    return tuple(moves)


def compare_operations(
    known: Mapping[str, list[str]], installed: Mapping[str, list[str]]
) -> tuple[Move, ...]:
    """The operations that are new, and those that are gone."""
    return tuple(
        move._replace(where=f"{service}.{move.compiled or move.installed}")
        for service, names in known.items()
        for move in _compare_sets(service, "operation", names, installed.get(service))
    )


def _compare_members(
    name: str, what: str, old: Mapping[str, str], new: Mapping[str, str]
) -> list[Move]:
    keys = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    return [Move(f"{name}.{k}", what, old.get(k, ""), new.get(k, "")) for k in keys]


def _compare_sets(name: str, what: str, old: list[str] | None, new: list[str] | None) -> list[Move]:
    before, after = ({value: value for value in each or ()} for each in (old, new))
    return [move._replace(where=name) for move in _compare_members(name, what, before, after)]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def drift() -> tuple[Move, ...]:
    """What moved since the tables were compiled, in the installed botocore; then limits it touches.

    Raises:
        InputError: botocore is not installed.
        RulebookError: a rule file cannot be read.
    """
    from advisor.configuration.rulefiles import read_json_rules

    installed = compile_table()
    operations = read_json_rules("service", "operations.json")
    return (
        *compare(read_json_rules("service", "model.json"), installed),
        *compare_operations(operations["known"], compile_operations(operations["about"])),
        *limits_moved(installed),
    )


def limits_moved(table: Mapping[str, Any]) -> tuple[Move, ...]:
    """The fields that a limit of rules/options bounds and a table ends elsewhere."""
    from advisor.rulebook.cache import rules_directory
    from advisor.rulebook.load import compiled
    from advisor.rulebook.references import fields, shape_of

    known = fields(compiled(rules_directory())["options"])
    ends = (
        (each, table["shapes"].get(shape_of(table["shapes"], each.operation, path), {}))
        for each in known.values()
        for path in each.paths
    )
    return tuple(
        Move(each.limit, "limit", str(each.most), _text(shape["max"]))
        for each, shape in ends
        if shape.get("max", each.most) != each.most
    )
