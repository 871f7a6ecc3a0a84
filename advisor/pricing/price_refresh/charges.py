"""Which products of the Price List are charges of the four options, by component and usage type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

_NOTHING = {"", "na", "n/a"}


class Charge(NamedTuple):
    """One kind of charge: how its products are recognised, and what its prices are called."""

    component: str  # of the snapshot
    usage_type: re.Pattern[str]  # the whole usage type; its group is the key
    attributes: Mapping[str, str]  # must agree wherever a product has them
    key: str  # instance-type | memory-gb | direction | volume
    units: frozenset[str]


class PriceList(NamedTuple):
    """The description of the Price List: ``rules/prices/price-list.json``."""

    service: str
    index_url: str
    charges: tuple[Charge, ...]


class PricePlace(NamedTuple):
    """The place of a price in a snapshot, and its accepted units."""

    component: str
    key: str
    units: frozenset[str]


def load(rules: Path) -> PriceList:
    """Read ``price-list.json`` from the folder of the shipped prices."""
    import json

    document = json.loads((rules / "price-list.json").read_bytes())
    charges = tuple(
        Charge(
            component=entry["component"],
            usage_type=re.compile(entry["usage_type"]),
            attributes=entry["attributes"],
            key=entry["key"],
            units=frozenset(document["keys"][entry["key"]]["units"]),
        )
        for entry in document["charges"]
    )
    return PriceList(document["service"], document["index_url"], charges)


def normalised(name: str) -> str:
    """An attribute's name without what differs between JSON, CSV and time: regioncode."""
    return "".join(character for character in name if character.isalnum()).lower()


def place(
    attributes: Mapping[str, Any], region: str, charges: tuple[Charge, ...]
) -> PricePlace | None:
    """Where a product's price belongs; ``None`` for what no option is charged for.

    Hardware attributes are not looked at: some are wrong, and none is needed. ``instanceType`` is
    not either, because it carries suffixes; ``instanceName`` and the usage type must agree.
    """
    for name, wanted in (("locationtype", "AWS Region"), ("regioncode", region)):
        if not _is_blank(attributes.get(name)) and attributes[name] != wanted:
            return None
    usage_type = attributes.get("usagetype")
    if not isinstance(usage_type, str):
        return None
    for charge in charges:
        found = charge.usage_type.fullmatch(usage_type)
        if found is not None and _agrees(attributes, charge):
            key = _key(charge, found[1], attributes)
            return None if key is None else PricePlace(charge.component, key, charge.units)
    return None


def _agrees(attributes: Mapping[str, Any], charge: Charge) -> bool:
    return all(
        str(attributes[name]).lower() == value.lower()
        for name, value in charge.attributes.items()
        if not _is_blank(attributes.get(name))
    )


def _key(charge: Charge, found: str, attributes: Mapping[str, Any]) -> str | None:
    if charge.key == "memory-gb":
        return str(int(found) * 1024)
    if charge.key == "instance-type":
        name = attributes.get("instancename")
        return found if _is_blank(name) or name == found else None
    return found.lower()


def _is_blank(value: Any) -> bool:
    return value is None or str(value).lower() in _NOTHING
