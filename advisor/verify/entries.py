"""Claims about single entries: each has its reason and source, and each is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from advisor.verify.space import Space

_REQUIRED = ("because", "source", "as_of", "since")


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
            newer = [other for other in limit["also"] if other.get("newest")]
            sources = {limit.get("source"), *(other.get("source") for other in newer)}
            if newer and len(sources - {None}) < 2:
                yield f"{limit['id']} is contested, but only one source is named"


def used(space: Space, compiled: Mapping[str, Any]) -> Iterator[str]:
    """Facts that nothing reads, and conditional assumptions that may find no alternative."""
    read = set(_read(compiled))
    for derived in compiled["derived"]:
        if derived["id"] not in read:
            yield f"the derived fact {derived['id']} is read by nothing"
        read.update(derived["from"])
    for fact in compiled["facts"]:
        if fact["id"] not in read:
            yield f"the fact {fact['id']} is read by nothing"
        alternatives = fact["assume"]
        if alternatives and ("when" in alternatives[-1] or "follows" in alternatives[-1]):
            yield f"{fact['id']}: the last alternative of its assumption has a condition"


def _read(compiled: Mapping[str, Any]) -> Iterator[str]:
    for question in compiled["flowchart"]["questions"]:
        yield from _facts_of(question["when"], compiled)
    for option in compiled["options"]:
        for limit in option["limits"]:
            yield limit["fact"]
            yield from _facts_of(limit["when"], compiled)
    for caution in compiled["cautions"]:
        yield caution["fact"]
        yield from _facts_of(caution["when"], compiled)
    for outside in compiled["consider"]:
        yield from _facts_of(outside["when"], compiled)
    for fact in compiled["facts"]:
        for alternative in fact["assume"]:
            yield from _facts_of(alternative.get("when"), compiled)
            if "follows" in alternative:  # its formula reads the active time as well
                yield from (alternative["follows"], "traffic.active")


def _facts_of(condition: Any, compiled: Mapping[str, Any]) -> Iterable[str]:
    if not condition:
        return
    if condition[0] in ("all", "any"):
        for part in condition[1]:
            yield from _facts_of(part, compiled)
    elif condition[0] not in ("within", "need"):
        yield condition[1]
