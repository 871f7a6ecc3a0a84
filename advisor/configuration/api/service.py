"""The service's own model of a request: shapes with fields, types, bounds, patterns and values.

The table is compiled from botocore (``advisor.configuration.api.drift``) and ships as data, so that
a check does not load botocore.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from advisor.configuration.rulefiles import of_dialects, read_json_rules
from advisor.rulebook.references import shape_of

Shape = dict[str, Any]

OPERATIONS: Mapping[str, tuple[str, str]] = of_dialects("operations")
"""Kind of a resource -> service and operation whose input has its shape."""

SCALING = ("ScalableTarget", "ScalingPolicy", "ScheduledAction")
"""Kinds that other services have too."""


class ServiceModel:
    """The compiled table."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.version: str = table["botocore"]
        self.kinds: dict[str, str] = table["kinds"]
        self.shapes: dict[str, Shape] = table["shapes"]
        self.other_instance_types = frozenset(table["other_instance_types"])

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields of all shapes."""
        return frozenset(
            name for shape in self.shapes.values() for name in shape.get("members", ())
        )

    def enum(self, name: str) -> list[str]:
        """The values of an enumeration."""
        values: list[str] = self.shapes[name]["enum"]
        return values


def service_model(bounded: Iterable[Sequence[Any]]) -> ServiceModel:
    """The table that ships with the rules; where a limit names another end, the limit holds.

    Args:
        bounded: operation, path and largest value of each field that a limit bounds.
    """
    table = read_json_rules("service", "model.json")
    shapes = dict(table["shapes"])
    for operation, path, most in bounded:
        name = shape_of(shapes, operation, path)
        if name is not None and "max" in shapes[name]:
            shapes[name] = {**shapes[name], "max": most}
    return ServiceModel({**table, "shapes": shapes})
