"""Claims about single entries: each has its reason and source, and each is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.rulebook.references import Field, fields, operation_shape, shape_of

_OF_A_BOUND = ("because", "source", "as_of")
_REQUIRED = (*_OF_A_BOUND, "since")


def entries(compiled: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every rule entry with the name a reader knows it by."""
    for option in compiled["options"]:
        yield option["option"], option
        for limit in option["limits"]:
            yield limit["id"], limit
    for question in compiled["flowchart"]["questions"]:
        yield question["id"], question
    for word in compiled["words"]:
        yield f"{word['fact']} {word['id']}", word
    for kind in ("facts", "derived", "load", "features", "cautions", "consider", "sizing"):
        for entry in compiled[kind]:
            yield entry["id"], entry


def sourced(compiled: Mapping[str, Any], proved: dict[str, int]) -> Iterator[str]:
    """Entries without a reason, source, date or release; contested limits with a single source."""
    for name, entry in entries(compiled):
        proved["sourced"] += 1
        for key in _REQUIRED:
            if not entry.get(key):
                yield f"{name} has no {key}"
        if not (entry.get("title") or entry.get("asks")):
            yield f"{name} has no title"
    for option in compiled["options"]:
        for limit in option["limits"]:
            yield from _other_bounds(limit)


def _other_bounds(limit: Mapping[str, Any]) -> Iterator[str]:
    for other in limit["also"]:
        for key in _OF_A_BOUND:
            if not other.get(key):
                yield f"another bound of {limit['id']} has no {key}"
    newer = [other for other in limit["also"] if other.get("newest")]
    sources = {limit.get("source"), *(other.get("source") for other in newer)}
    if newer and len(sources - {None}) < 2:
        yield f"{limit['id']} is contested, but only one source is named"


def used(compiled: Mapping[str, Any]) -> Iterator[str]:
    """Facts that nothing reads, and conditional assumptions that may find no alternative."""
    read = set(_read(compiled))
    for derived in compiled["derived"]:
        if derived["id"] not in read:
            yield f"the derived fact {derived['id']} is read by nothing"
        read.update(derived["from"])
    for fact in compiled["facts"]:
        if fact["id"] not in read:
            yield f"the fact {fact['id']} is read by nothing"
        if not unconditional(fact):
            yield f"{fact['id']}: the last alternative of its assumption has a condition"


def unconditional(fact: Mapping[str, Any]) -> bool:
    """Whether a fact has a value to take, or none at all, whatever is stated of others."""
    alternatives = fact["assume"]
    return not alternatives or "when" not in alternatives[-1]


def agrees_with_model(
    compiled: Mapping[str, Any], service: Mapping[str, Any] | None, proved: dict[str, int]
) -> Iterator[tuple[str, bool]]:
    """Limits of fields of AWS's API that its service model does not have, or ends elsewhere.

    Args:
        compiled: the compiled rules.
        service: the table of the service model; operations that it lacks are not compared.
        proved: counts what was looked at.

    Yields:
        What to tell, and whether it is a problem: a field that does not exist is one; where the
        numbers differ the limit holds, also in ``check``.
    """
    shapes = service["shapes"] if service is not None else {}
    ends: dict[tuple[str, str], Field] = {}
    for each in fields(compiled["options"]).values():
        for path in each.paths:
            other = ends.setdefault((each.operation, path), each)
            if other.most != each.most:
                yield f"{each.limit} and {other.limit} end {path} at different values", True
        if operation_shape(shapes, each.operation) is None:
            continue
        for path in each.paths:
            proved["consistent"] += 1
            field = f"{each.operation} {path}"
            shape = shape_of(shapes, each.operation, path)
            if shape is None:
                yield f"{each.limit}: AWS's service model has no field {field}", True
            elif shapes[shape].get("max", each.most) != each.most:
                said = f"{field} ends at {shapes[shape]['max']} in AWS's service model"
                yield f"{each.limit}: {said}; the limit, {each.most}, is used", False


def types_beyond_model(
    compiled: Mapping[str, Any], service: Mapping[str, Any] | None
) -> Iterator[str]:
    """Instance types of the rules that AWS's service model does not list; ``check`` takes them."""
    known = (service or {"shapes": {}})["shapes"].get("ProductionVariantInstanceType", {})
    columns, *rows = compiled["instances"]
    name = columns.index("instance_type") if columns else 0
    for row in rows if known else ():
        if row[name] not in known["enum"]:
            yield f"instances.csv: {row[name]} is not in AWS's service model; it is accepted"


def _read(compiled: Mapping[str, Any]) -> Iterator[str]:
    """Facts that some rule compares with something, once for each rule."""
    judged = [limit for option in compiled["options"] for limit in option["limits"]]
    judged += compiled["cautions"]
    yield from (entry["fact"] for entry in judged)
    yield from (option["start"] for option in compiled["options"] if "start" in option)
    for feature in compiled["features"]:
        if "fact" in feature:
            yield feature["fact"]
    alternatives = [each for fact in compiled["facts"] for each in fact["assume"]]
    for alternative in alternatives:
        if "follows" in alternative:  # its formula reads the active time as well
            yield from (alternative["follows"], "traffic.active")
    conditional = [*compiled["flowchart"]["questions"], *judged, *compiled["consider"]]
    for entry in (*conditional, *alternatives):
        yield from _facts_of(entry.get("when"))


def _facts_of(condition: Any) -> Iterator[str]:
    if not condition:
        return
    if condition[0] in ("all", "any"):
        for part in condition[1]:
            yield from _facts_of(part)
    elif condition[0] not in ("within", "need"):
        yield condition[1]
