"""How the stated facts leave each option: limits that apply and features that are needed."""

from __future__ import annotations

from advisor.engine.facts import Facts, say
from advisor.model.advice import Verdict
from advisor.model.workload import Interval
from advisor.rulebook.formulas import UNITS
from advisor.rulebook.types import (
    CLEAR,
    CONTESTED,
    INFINITY,
    LATE,
    RULED_OUT,
    Feature,
    Limit,
    OptionEntry,
    Point,
)
from advisor.text.quantity import WHOLE, show
from advisor.text.quantity_format import about

_SHARE = {"percent": WHOLE}
_MANY_TIMES = 1_000_000  # thousandths of a percent: how many times says no more
_LONGEST = len("99999 KB")
SUPPORT = {
    "supported": "met",
    "not-applicable": "met",
    "unsupported": "broken",
    "conditional": "conditional",
    "unclear": "unclear",
}


def verdicts(option: OptionEntry, facts: Facts) -> tuple[Verdict, ...]:
    """One verdict per limit that can apply and per needed feature, in the order of the rules.

    Outcomes are those of the stated facts alone: ``met``, ``broken``, ``contested``, ``late``,
    ``unknown``;
    features also ``conditional`` and ``unclear``, which never rule an option out.
    """
    known = facts.book.verdicts
    done = []
    for limit in option.limits:
        applies = True if limit.when is None else limit.when.possible(facts.low, facts.high)
        if applies is False:
            continue
        if (
            limit.late
            and limit_at(limit, facts.point) == CLEAR
            and _outcome(limit, facts, applies) != "met"
        ):
            continue  # a start that nobody stated, and that nobody's answer rests on
        key = (limit.id, applies, *_seen(facts, limit.variable))
        verdict = known.get(key)
        if verdict is None:
            verdict = known[key] = _verdict(limit, facts, applies, *key[2:4])
        done.append(verdict)
    needed = facts.low[facts.book.needs]
    if needed:
        done += [
            _feature_verdict(feature, option.id)
            for feature in facts.book.features
            if feature.bit & needed
        ]
    for feature in facts.book.features_by_fact:
        if feature.bit & option.unsupported and not facts.is_stated(feature.fact):
            verdict = _feature_verdict(feature, option.id)
            done.append(verdict._replace(outcome="unknown", value=""))
    return tuple(done)


def limit_at(limit: Limit, point: Point) -> int:
    """What ``advisor.engine.decide.status`` would say of an option with this limit alone."""
    if limit.when is not None and not limit.when.test(point):
        return CLEAR
    value = point[limit.variable]
    low, high = (1 << value, 0) if limit.discrete else (value, value)
    if limit.bound.admits.has_all(low, high):
        return CLEAR
    if limit.late:
        return LATE
    return CONTESTED if limit.newest.admits.has_all(low, high) else RULED_OUT


def eligible(found: tuple[Verdict, ...]) -> bool | None:
    """False when something is broken, ``None`` when something is open or held against it."""
    outcomes = {verdict.outcome for verdict in found}
    if "broken" in outcomes:
        return False
    return None if outcomes & {"unknown", "contested", "late"} else True


def _outcome(limit: Limit, facts: Facts, applies: bool | None) -> str:
    low, high = facts.low[limit.variable], facts.high[limit.variable]
    in_force = limit.bound.admits.has_all(low, high)
    if in_force:
        return "met"
    if in_force is None or applies is None:
        return "unknown"
    if limit.late:
        return "late"
    newest = limit.newest.admits.has_all(low, high)
    if newest is None:
        return "unknown"
    return "contested" if newest else "broken"


def _seen(facts: Facts, variable: int) -> tuple[str, str, int, int]:
    """What a limit of a variable shows and what it is judged by, the same for every option."""
    found = facts.seen.get(variable)
    if found is None:
        value = stated_text(facts, variable)
        name = _fact_read(variable, facts, value)
        found = facts.seen[variable] = value, name, facts.low[variable], facts.high[variable]
    return found


def stated_text(facts: Facts, variable: int) -> str:
    """The stated value of a fact as written; a derived one follows. Empty where none is stated."""
    entry = facts.book.facts[variable]
    if entry.derived_from:
        return _derived_text(facts, variable)
    if not facts.stated >> variable & 1:
        return ""
    item = facts.workload.stated(entry.id)
    if item is not None:
        return item.text
    return str(say(entry, facts.point[variable]))


def _derived_text(facts: Facts, variable: int) -> str:
    entry = facts.book.facts[variable]
    low, high = facts.low[variable], facts.high[variable]
    if entry.discrete or (high >= INFINITY and low <= _SHARE.get(entry.kind, 0)):
        return ""  # nothing stated says on which side of a whole a share lies
    stated = [
        v for v in entry.derived_from if facts.stated >> v & 1 and not facts.book.facts[v].discrete
    ]
    if (
        len(stated) == 1
        and low == facts.low[stated[0]]
        and (
            # A size is that on the wire unless base64 is stated, so it is shown as it was written.
            high == facts.high[stated[0]] or entry.id.startswith("wire.")
        )
    ):
        return stated_text(facts, stated[0])
    if entry.id == "wire.payload" and not facts.stated >> entry.derived_from[0] & 1:
        return _derived_text(facts, facts.book.index["dataset.record"])
    unit = UNITS.get(entry.id, 1)
    if entry.kind == "percent" and low > _MANY_TIMES * unit:
        return f"> {about(_MANY_TIMES, entry.kind)}"  # without end where nothing is accepted
    if unit > 1 or entry.kind == "percent":
        return _load_text(low / unit, high / unit if high < INFINITY else None, entry.kind)
    text = show(Interval(low or None, None if high >= INFINITY else high), entry.kind)
    one_sided = low == high or high >= INFINITY
    if entry.kind == "size" and one_sided and len(text.removeprefix(">= ")) > _LONGEST:
        sign = "" if low == high else ">= "
        return sign + about(low, entry.kind)  # the last digits of a product say nothing
    return text


def _load_text(low: float, high: float | None, kind: str) -> str:
    """A load is a product of rate and time; three significant digits tell all there is to know."""
    if high is None:
        return f">= {about(low, kind)}"
    return about(low, kind) if low == high else f"{about(low, kind)}..{about(high, kind)}"


def _fact_read(variable: int, facts: Facts, value: str) -> str:
    """The fact that a limit looks at; of a derived one the only stated one, if it gives a value."""
    fact = facts.book.facts[variable]
    if fact.id.startswith("wire."):
        body = fact.derived_from[0]
        from_set = value and fact.id == "wire.payload" and not facts.stated >> body & 1
        return "dataset.record" if from_set else facts.book.facts[body].id
    stated = [v for v in fact.derived_from if facts.stated >> v & 1]
    return facts.book.facts[stated[0]].id if value and len(stated) == 1 else fact.id


def _verdict(limit: Limit, facts: Facts, applies: bool | None, value: str, name: str) -> Verdict:
    outcome = _outcome(limit, facts, applies)
    contested = outcome == "contested"
    shown = limit.newest if contested else limit.bound
    note = ""
    if contested:
        note = (
            f"{limit.bound.text} by {limit.bound.source} ({limit.bound.as_of}); "
            f"{limit.newest.text} by {limit.newest.source} ({limit.newest.as_of})"
        )
    elif outcome == "unknown" and value and _may_be_longer(limit, facts):
        high = facts.high[limit.variable]
        if high < INFINITY:
            note = f"{about(high, 'size')} if base64; encoding not stated"
    return Verdict(
        rule=limit.id,
        title=limit.title,
        outcome=outcome,
        fact=name,
        value=value,
        bound=shown.text,
        margin=_margin(limit, facts) if value else None,
        note=note,
        source=shown.source,
        as_of=shown.as_of,
        broken_by=limit.bound.text if contested else "",
    )


def _may_be_longer(limit: Limit, facts: Facts) -> bool:
    """Whether the limit is of what goes over the wire, and nobody said whether as base64."""
    wire = facts.book.facts[limit.variable].id.startswith("wire.")
    return wire and not facts.is_stated("requests.encoding")


def _margin(limit: Limit, facts: Facts) -> float | None:
    """How many times the value fits into the bound in force; below 1 it does not fit."""
    if limit.discrete:
        return None
    low, high = facts.low[limit.variable], facts.high[limit.variable]
    bound = limit.bound.admits
    entry = facts.book.facts[limit.variable]
    if _may_be_longer(limit, facts):
        high = min(high, max(low, facts.high[entry.derived_from[0]]))  # as it was written
    if bound.high < INFINITY:
        value = high if high < INFINITY else low
        return round(bound.high / value, 3) if value > 0 else None
    return round(low / bound.low, 3) if bound.low > 0 else None


def _feature_verdict(feature: Feature, option: str) -> Verdict:
    support = feature.support[option]
    return Verdict(
        rule=f"{option}-{feature.id}",
        title=feature.title,
        outcome=SUPPORT[support.outcome],
        fact=feature.fact or f"needs.{feature.id}",
        value="true",
        bound=support.outcome,
        margin=None,
        note=support.note,
        source=support.source,
        as_of=support.as_of,
    )
