"""The facts that rules read, resolved: domains, assumptions and ordinary ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.rulebook.entries import origin
from advisor.rulebook.symbols import Symbols
from advisor.rulebook.types import (
    ANYTHING,
    INFINITY,
    UNSET,
    Admitted,
    Assumption,
    FactEntry,
    LoadRules,
    Source,
)

TYPICAL_PROCESSING = "requests.processing.typical"
TAIL_PROCESSING = "requests.processing.p99"
MEAN_PROCESSING = "requests.processing.mean"  # what load facts read; it follows from both
# Variables beside the facts of the file, in their order: the times of one request.
TIMES = {
    TYPICAL_PROCESSING: "Usual model time for one request",
    TAIL_PROCESSING: "99th percentile of the model time for one request",
    MEAN_PROCESSING: "Mean model time for one request",
}
NEEDS = "needs"
SAID = "said"  # the variable that holds, as bits, the stated facts, but no answer time in words


def fact_entries(compiled: Mapping[str, Any], symbols: Symbols) -> list[FactEntry]:
    """Every fact: stated ones, the times of a request, the needed features, derived ones."""
    done = [_fact(raw, symbols) for raw in compiled["facts"]]
    processing = done[symbols.index["requests.processing"]]
    done += [
        processing._replace(id=name, variable=symbols.index[name], title=title)
        for name, title in TIMES.items()
    ]
    nowhere = Source(because="", source="", as_of="", since="")
    done.append(_unwritten(NEEDS, symbols, "Needed features", "needs", nowhere))
    done.append(_unwritten(SAID, symbols, "Stated facts", "needs", nowhere))
    for raw in compiled["derived"]:
        entry = _unwritten(raw["id"], symbols, raw["title"], raw["kind"], origin(raw))
        sources = tuple(symbols.index[name] for name in raw["from"])
        flag: dict[str, Any] = {"high": INFINITY}
        if raw["kind"] == "flag":
            flag = {"words": (False, True), "discrete": True, "low": 0b11}
        done.append(entry._replace(**flag, ordinary=ANYTHING, derived_from=sources))
    return done


def load_rules(compiled: Mapping[str, Any], index: Mapping[str, int]) -> LoadRules:
    """How the facts of one load keep together: what the entries of ``load`` say."""
    entries = {each["id"]: each for each in compiled["load"]}
    pattern = next(each for each in compiled["facts"] if each["id"] == "traffic.pattern")
    ratios = entries["peak-to-mean"]["values"]
    active, peak, volume, concurrent = (
        index[f"traffic.{name}"] for name in ("active", "peak", "volume", "concurrent")
    )
    return LoadRules(
        active=active,
        time=index[MEAN_PROCESSING],
        peak=peak,
        volume=volume,
        concurrent=concurrent,
        pattern=index["traffic.pattern"],
        bursts=tuple(ratios.get(word, 0) for word in pattern["words"]),
        spread=entries["in-progress"]["value"],
        bits=1 << active | 1 << peak | 1 << volume | 1 << concurrent,
        places=(active, index[MEAN_PROCESSING], peak, volume, concurrent),
    )


def _unwritten(name: str, symbols: Symbols, title: str, kind: str, why: Source) -> FactEntry:
    """A fact that no file states under its own name."""
    nothing = Admitted(low=0, high=0)
    return FactEntry(
        id=name,
        variable=symbols.index[name],
        title=title,
        kind=kind,
        words=(),
        discrete=False,
        low=0,
        high=0,
        least=0,
        unfavourable_high=True,
        assume=(),
        ordinary=nothing,
        changeable=0.0,
        say_words=False,
        names={},
        derived_from=(),
        origin=why,
    )


def _fact(raw: Mapping[str, Any], symbols: Symbols) -> FactEntry:
    words: tuple[Any, ...] = ()
    if raw["kind"] == "flag":
        words = (False, True)
    elif raw["kind"] == "word":
        words = tuple(raw["words"])
    everything = (1 << len(words)) - 1
    return FactEntry(
        id=raw["id"],
        variable=symbols.index[raw["id"]],
        title=raw["title"],
        kind=raw["kind"],
        words=words,
        discrete=bool(words),
        low=everything if words else 0,
        high=0 if words else INFINITY,
        least=int(raw.get("least", 1)),
        unfavourable_high=raw.get("unfavourable") == "high",
        assume=tuple(_assumption(raw["id"], each, symbols) for each in raw["assume"]),
        ordinary=_ordinary(raw["ordinary"], everything, symbols),
        changeable=float(raw.get("changeable", 0)),
        say_words=raw.get("say") == "words",
        names={
            word.taken: word.id
            for word in symbols.words.values()
            if word.stated and word.fact == raw["id"] and raw.get("say") == "words"
        },
        derived_from=(),
        origin=origin(raw),
    )


def _ordinary(raw: Any, everything: int, symbols: Symbols) -> Admitted:
    if raw is None:
        return Admitted(low=0, high=0, words=everything) if everything else ANYTHING
    if isinstance(raw, dict):
        return symbols.bound(raw["limit"])[0]
    if isinstance(raw, int):
        return Admitted(low=0, high=0, words=raw)
    low, high = raw
    return Admitted(low=low or 0, high=INFINITY if high is None else high)


def _assumption(fact: str, raw: Mapping[str, Any], symbols: Symbols) -> Assumption:
    when = symbols.condition(raw["when"]) if "when" in raw else None
    follows = symbols.index[raw["follows"]] if "follows" in raw else -1
    value = UNSET if follows >= 0 else _assumed(fact, raw["value"], symbols)
    return Assumption(
        when=when,
        value=value,
        because=raw["because"],
        formula=raw.get("formula", ""),
        follows=follows,
        factor=raw.get("factor", 1),
        times=raw.get("times", 1),
    )


def _assumed(fact: str, value: Any, symbols: Symbols) -> int:
    """A word on a number is assumed at what is taken of it."""
    return symbols.words[fact, value].taken if isinstance(value, str) else int(value)
