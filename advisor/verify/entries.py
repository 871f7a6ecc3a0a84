"""Claims about single entries: each has its reason and source, and each is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
    for kind in ("facts", "derived", "features", "cautions", "consider", "sizing"):
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
    return not alternatives or not {"when", "follows"} & alternatives[-1].keys()


def agrees_with_model(
    compiled: Mapping[str, Any], service: Mapping[str, Any] | None, proved: dict[str, int]
) -> Iterator[str]:
    """Bounds that name a field of AWS's API model and are not the maximum it has there.

    Args:
        compiled: the compiled rules.
        service: the table of the API model; operations that it lacks are not compared.
        proved: counts what was looked at.
    """
    shapes = service["shapes"] if service is not None else {}
    for option in compiled["options"]:
        for limit in option["limits"]:
            for bound in (limit, *limit["also"]):
                model = bound.get("model")
                if model is not None and _shape(shapes, model["operation"]) is not None:
                    proved["consistent"] += 1
                    most = _maximum(shapes, model["operation"], model["path"])
                    if most is None or bound["bound"].get("at_most") != most * model["unit"]:
                        field = f"{model['operation']} {model['path']}"
                        yield f"{limit['id']} is not the maximum of {field} in AWS's model, {most}"


def _shape(shapes: Mapping[str, Any], operation: str) -> Any:
    for prefix in ("", "sagemaker-runtime:"):
        for suffix in ("Input", "Request"):
            if prefix + operation + suffix in shapes:
                return shapes[prefix + operation + suffix]
    return None


def _maximum(shapes: Mapping[str, Any], operation: str, path: str) -> int | None:
    """The maximum of a field: of a number its value, of a list its length."""
    shape = _shape(shapes, operation)
    for name in path.split("."):
        if shape["type"] == "list":
            shape = shapes[shape["member"]]
        if name not in shape.get("members", ()):
            return None
        shape = shapes[shape["members"][name]]
    most = shape.get("max")
    return int(most) if most is not None else None


def _read(compiled: Mapping[str, Any]) -> Iterator[str]:
    """Facts that some rule compares with something, once for each rule."""
    judged = [limit for option in compiled["options"] for limit in option["limits"]]
    judged += compiled["cautions"]
    for entry in judged:
        yield entry["fact"]
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
