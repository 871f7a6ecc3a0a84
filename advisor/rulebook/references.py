"""Resolve references to values of other entries, which are written once.

A limit that names a field of AWS's API under ``model`` holds the field's number for everyone:
sizing, quotas and checks write ``{limit: ID}`` for the largest value and ``{tiers: ID}`` for every
value of the field; checks also write ``{constant: ID}`` for a number of the sizing. Within a text
it is ``{limit:ID}``, without the blank. Lists of Regions are written ``{regions_with: KEY}`` and
``{regions_without: KEY}``, by a key of ``regions.yaml``; ``{seen:ID}`` is what new accounts get of
a quota.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from advisor.model.errors import RulebookError

# Word of a reference -> what its name stands for.
Known: TypeAlias = Mapping[str, Callable[[str], Any]]
_IN_TEXT = re.compile(r"\{([a-z_]+):([a-z0-9_-]+)\}")


class Field(NamedTuple):
    """The bound of a limit on a field of AWS's API, in the field's own unit."""

    limit: str
    operation: str
    paths: tuple[str, ...]  # member names, joined by dots
    most: int
    tiers: tuple[int, ...]  # the only values that it takes; empty where others are taken too


def fields(options: Iterable[Mapping[str, Any]]) -> dict[str, Field]:
    """The fields that the limits of compiled options bound, by limit.

    Of several documented bounds that one is taken which names the field.
    """
    done = {}
    for option in options:
        for limit in option["limits"]:
            for documented in (limit, *limit["also"]):
                model = documented.get("model")
                if model is not None:
                    unit, paths = model["unit"], model["path"]
                    done[limit["id"]] = Field(
                        limit["id"],
                        model["operation"],
                        tuple(paths) if isinstance(paths, list) else (paths,),
                        documented["bound"]["at_most"] // unit,
                        tuple(tier // unit for tier in documented.get("tiers", ())),
                    )
    return done


def of_fields(known: Mapping[str, Field]) -> Known:
    """The values of references to fields, by limit."""

    def field(limit: str) -> Field:
        if limit not in known:
            raise RulebookError(f"no limit of a field has the id {limit!r}")
        return known[limit]

    def tiers(limit: str) -> list[int]:
        if not field(limit).tiers:
            raise RulebookError(f"the limit {limit!r} has no tiers")
        return list(field(limit).tiers)

    return {"limit": lambda limit: field(limit).most, "tiers": tiers}


def of_constants(sizing: Iterable[Mapping[str, Any]]) -> Known:
    """The values of references to the numbers of compiled sizing."""
    values = {entry["id"]: entry["value"] for entry in sizing}

    def constant(name: str) -> Any:
        if name not in values:
            raise RulebookError(f"sizing.yaml has no constant {name!r}")
        return values[name]

    return {"constant": constant}


def of_quotas(quotas: Iterable[Mapping[str, Any]]) -> Known:
    """The values of references to the quotas of new accounts."""
    values = {entry["id"]: entry["seen"] for entry in quotas if "seen" in entry}

    def seen(name: str) -> Any:
        if name not in values:
            raise RulebookError(f"quotas.yaml has no seen quota {name!r}")
        return values[name]

    return {"seen": seen}


def of_regions(regions: Mapping[str, Mapping[str, Any]]) -> Known:
    """The values of references to lists of Regions, by a key that Regions have or lack."""

    def having(key: str, has: bool) -> list[str]:
        if not any(key in offer for offer in regions.values()):
            raise RulebookError(f"regions.yaml: no Region has {key!r}")
        return [name for name, offer in regions.items() if (key in offer) is has]

    return {
        "regions_with": lambda key: having(key, True),
        "regions_without": lambda key: having(key, False),
    }


def referred(value: Any, known: Known) -> Any:
    """An entry with each known reference replaced by its value.

    Raises:
        RulebookError: a reference does not resolve.
    """
    if isinstance(value, str):
        return _IN_TEXT.sub(lambda found: _text(found, known), value) if "{" in value else value
    if isinstance(value, list):
        return [referred(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((word, name),) = value.items()
        if word in known and isinstance(name, str):
            return known[word](name)
    return {key: referred(item, known) for key, item in value.items()}


def _text(found: re.Match[str], known: Known) -> str:
    word, name = found.groups()
    if word not in known:
        return found[0]
    taken = known[word](name)
    return ", ".join(map(str, taken)) if isinstance(taken, list) else str(taken)


def shape_of(shapes: Mapping[str, Any], operation: str, path: str) -> str | None:
    """The name of a field's shape in AWS's service model; ``None`` where the model has none.

    Args:
        shapes: of ``rules/service/model.json``.
        operation: such as CreateModel.
        path: member names below the operation's input, joined by dots.
    """
    name = operation_shape(shapes, operation)
    for step in path.split("."):
        shape = shapes.get(name or "", {})
        if shape.get("type") == "list":
            shape = shapes[shape["member"]]
        name = shape.get("members", {}).get(step)
    return name


def operation_shape(shapes: Mapping[str, Any], operation: str) -> str | None:
    """The name of the shape of an operation's input; ``None`` where the model has none."""
    names = (
        f"{prefix}{operation}{suffix}"
        for prefix in ("", "sagemaker-runtime:")
        for suffix in ("Input", "Request")
    )
    return next((name for name in names if name in shapes), None)
