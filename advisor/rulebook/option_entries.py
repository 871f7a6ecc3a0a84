"""Options with their limits, and the questions of the flowchart, resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.model.errors import RulebookError
from advisor.rulebook.cells import form_cuts, limit_cuts, merge_cuts
from advisor.rulebook.entries import bound, checks, leaf, origin
from advisor.rulebook.symbols import Symbols
from advisor.rulebook.types import FactEntry, Leaf, Limit, OptionEntry, Question


def option_entry(
    raw: Mapping[str, Any], symbols: Symbols, facts: Mapping[str, FactEntry]
) -> OptionEntry:
    """One option with its limits, and the tables that judging it reads."""
    limits = tuple(_limit(each, raw["option"], symbols, facts) for each in raw["limits"])
    unsupported = 0
    variables = {symbols.index["needs"]}
    for feature in symbols.features:
        if feature.support[raw["option"]].outcome == "unsupported":
            unsupported |= feature.bit
            if feature.fact:
                variables.add(symbols.index[feature.fact])
    for limit in limits:
        variables |= limit.reads
    return OptionEntry(
        id=raw["option"],
        title=raw["title"],
        summary=raw["summary"],
        limits=limits,
        unsupported=unsupported,
        **checks(limits),
        start=symbols.index[raw["start"]] if "start" in raw else -1,
        variables=frozenset(variables),
        cuts=merge_cuts([limit_cuts(limit) for limit in limits]),
        origin=origin(raw),
    )


def _limit(
    raw: Mapping[str, Any], option: str, symbols: Symbols, facts: Mapping[str, FactEntry]
) -> Limit:
    fact = facts.get(raw["fact"])
    discrete = fact is not None and fact.discrete
    documented = [bound(raw, raw)] + [bound(each, raw) for each in raw["also"]]
    newest = next((each for each in documented if each.newest), documented[0])
    in_force = newest if symbols.limits == "latest" else documented[0]
    return Limit(
        id=raw["id"],
        option=option,
        title=raw["title"],
        fact=raw["fact"],
        variable=symbols.index[raw["fact"]],
        kind=raw["kind"],
        discrete=discrete,
        bound=in_force,
        newest=newest,
        also=tuple(each for each in documented if each is not in_force),
        when=symbols.condition(raw["when"]) if raw["when"] else None,
        late=raw.get("broken") == "late",
        origin=origin(raw),
        fix=raw.get("fix", ""),
        fix_source=raw.get("fix_source", ""),
    )


def questions(raw: Mapping[str, Any], symbols: Symbols) -> dict[str, Question]:
    """The flowchart's questions by id.

    Raises:
        RulebookError: one leads to a question or an option that does not exist.
    """
    done: dict[str, Question] = {}
    names = {each["id"] for each in raw["questions"]}
    for each in raw["questions"]:
        when = symbols.condition(each["when"])
        branches: list[str | Leaf] = []
        for side in ("then", "otherwise"):
            target = each[side]
            if isinstance(target, str):
                if target not in names:
                    raise RulebookError(f"flowchart.yaml: the question {target!r} does not exist")
                branches.append(target)
            else:
                branches.append(leaf(f"{each['id']}-{side}", target))
        done[each["id"]] = Question(
            id=each["id"],
            asks=each["asks"],
            faq=bool(each.get("faq")),
            when=when,
            then=branches[0],
            otherwise=branches[1],
            cuts=merge_cuts([form_cuts(when.form)]),
            origin=origin(each),
        )
    return done
