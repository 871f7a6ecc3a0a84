"""The compiled service model: how it is made from botocore, and what moved since it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.value import Value

OPERATIONS = {
    "EndpointConfig": ("sagemaker", "CreateEndpointConfig"),
    "Model": ("sagemaker", "CreateModel"),
    "Endpoint": ("sagemaker", "CreateEndpoint"),
    "EndpointUpdate": ("sagemaker", "UpdateEndpoint"),
    "TransformJob": ("sagemaker", "CreateTransformJob"),
    "InferenceComponent": ("sagemaker", "CreateInferenceComponent"),
    "ScalableTarget": ("application-autoscaling", "RegisterScalableTarget"),
    "ScalingPolicy": ("application-autoscaling", "PutScalingPolicy"),
    "Invocation": ("sagemaker-runtime", "InvokeEndpoint"),
    "AsyncInvocation": ("sagemaker-runtime", "InvokeEndpointAsync"),
}
"""Kind of a resource -> service and operation whose input has its shape."""


class Move(Value):
    """One difference between the compiled table and an installed botocore."""

    where: str  # ProductionVariantServerlessConfig.MaxConcurrency
    what: str  # field | required | min | max | pattern | enum | type
    compiled: str  # as the table has it; empty when the table has none
    installed: str


def compile_table() -> dict[str, Any]:
    """The shapes of ``OPERATIONS``, from the botocore that is installed.

    Returns:
        ``{"botocore": version, "kinds": {kind: shape name}, "shapes": {name: shape},
        "other_instance_types": [...]}``. A shape is ``{"type": ...}`` with, where they apply,
        ``members``, ``required``, ``member`` (of a list), ``min``, ``max``, ``pattern``, ``enum``.
    """
    import botocore
    import botocore.session

    session = botocore.session.get_session()
    shapes: dict[str, dict[str, Any]] = {}
    kinds: dict[str, str] = {}
    for kind, (service, operation) in OPERATIONS.items():
        model = session.get_service_model(service)
        shape: Any = model.operation_model(operation).input_shape
        prefix = "" if service == "sagemaker" else service + ":"
        _collect(shape, prefix, shapes)
        kinds[kind] = prefix + shape.name
    hosting = set(shapes["ProductionVariantInstanceType"]["enum"])
    return {
        "botocore": botocore.__version__,
        "kinds": kinds,
        "shapes": dict(sorted(shapes.items())),
        "other_instance_types": sorted(
            _every_instance_type(session.get_service_model("sagemaker")) - hosting
        ),
    }


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


def _every_instance_type(model: Any) -> set[str]:
    """Every ``ml.`` type that any operation of SageMaker knows."""
    found: set[str] = set()
    for name in model.shape_names:
        shape = model.shape_for(name)
        if shape.type_name == "string" and shape.enum:
            found.update(value for value in shape.enum if value.startswith("ml."))
    return found


def compare(compiled: dict[str, Any], installed: dict[str, Any]) -> tuple[Move, ...]:
    """What moved between two tables, shape by shape, in the order of the shapes' names."""
    moves: list[Move] = []
    old_shapes, new_shapes = compiled["shapes"], installed["shapes"]
    for name in sorted(old_shapes.keys() | new_shapes.keys()):
        old, new = old_shapes.get(name), new_shapes.get(name)
        if old is None or new is None:
            moves.append(
                Move(name, "shape", "" if old is None else "known", "known" if new else "")
            )
            continue
        moves.extend(_compare_members(name, old, new))
        moves.extend(
            Move(name, key, _text(old.get(key)), _text(new.get(key)))
            for key in ("type", "min", "max", "pattern")
            if old.get(key) != new.get(key)
        )
        moves.extend(_compare_sets(name, "enum", old.get("enum"), new.get("enum")))
        moves.extend(_compare_sets(name, "required", old.get("required"), new.get("required")))
    return tuple(moves)


def _compare_members(name: str, old: dict[str, Any], new: dict[str, Any]) -> list[Move]:
    before, after = old.get("members", {}), new.get("members", {})
    return [
        Move(f"{name}.{key}", "field", before.get(key, ""), after.get(key, ""))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _compare_sets(name: str, what: str, old: list[str] | None, new: list[str] | None) -> list[Move]:
    before, after = set(old or ()), set(new or ())
    return [
        Move(name, what, value if value in before else "", value if value in after else "")
        for value in sorted(before ^ after)
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def drift() -> tuple[Move, ...]:
    """What moved since the table was compiled, in the installed botocore; then limits it touches.

    Raises:
        RulebookError: a rule file cannot be read.
    """
    from advisor.gate.rulefiles import read_json_rules

    installed = compile_table()
    moves = compare(read_json_rules("service", "model.json"), installed)
    return (*moves, *limits_moved(installed))


def limits_moved(table: Mapping[str, Any]) -> tuple[Move, ...]:
    """The limits of rules/options that a table states otherwise; see rules/service/mirrors.yaml."""
    from advisor.gate.rulefiles import read_yaml_rules, rule_path

    limits = {
        limit["id"]: limit
        for name in ("batch_transform", "asynchronous", "serverless", "real_time")
        for limit in read_yaml_rules(rule_path("options", f"{name}.yaml"))["limits"]
    }
    moves: list[Move] = []
    for mirror in read_yaml_rules(rule_path("service", "mirrors.yaml"))["mirrors"]:
        limit = limits[mirror["limit"]]
        bounds = [limit, *(other for other in limit.get("also", ()) if other.get("newest"))]
        ours = str((bounds[-1] if mirror.get("newest") else bounds[0])["at_most"])
        theirs = table["shapes"].get(mirror["shape"], {}).get(mirror["bound"])
        if theirs is None or _base(f"{theirs} {_unit(mirror['unit'])}".strip()) != _base(ours):
            stated = "" if theirs is None else f"{theirs} {_unit(mirror['unit'])}".strip()
            moves.append(Move(mirror["limit"], "limit", ours, stated))
    return tuple(moves)


def _unit(text: str) -> str:
    return text.partition(" ")[2]


def _base(text: str) -> int | None:
    """A quantity in base units, whatever its unit."""
    from advisor.quantity import parse

    kind = (
        "count" if text.isdigit() else "time" if text.rsplit(maxsplit=1)[-1] in _TIMES else "size"
    )
    return parse(text, kind).high


_TIMES = ("s", "min", "h")
