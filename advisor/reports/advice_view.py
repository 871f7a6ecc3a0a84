"""The parts of an ``Advice`` that a person reads first; reports for people share them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from os.path import commonprefix
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from advisor.model.advice import Advice, Candidate, Cost, CostUnknown, DecisiveUnknown, Verdict
from advisor.model.usage import FleetUsage
from advisor.model.workload import Finding
from advisor.text.money_format import a_month, money
from advisor.text.quantity_format import word

SEVERITIES = ("error", "warning", "info")


class Rests(NamedTuple):
    """A fact that nobody stated and that decides something."""

    fact: str
    value: str  # as a workload file would write it; empty where it has none
    decides: tuple[str, ...]  # price, size, option


def spoken(option: str | None) -> str:
    """An option within a sentence."""
    return "none fits" if option is None else option.replace("batch-transform", "batch transform")


def fewer_instances(advice: Advice, other: Candidate) -> str:
    """How many instances another fleet has where it has fewer; empty where they are alike."""
    fleets = [
        each.plan.usage.instances
        for each in (advice.chosen, other)
        if each is not None and each.plan is not None and isinstance(each.plan.usage, FleetUsage)
    ]
    if len(fleets) < 2 or fleets[1] >= fleets[0]:
        return ""
    return f"{fleets[1]} instance{'s'[: fleets[1] != 1]}, not {fleets[0]}"


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(each) in "WF" else not combining(each) for each in text)


def rests_on(advice: Advice) -> tuple[Rests, ...]:
    """The facts that price, size or option rest on and nobody stated, those of the price first."""
    chosen = advice.chosen
    cost, plan = (None, None) if chosen is None else (chosen.cost, chosen.plan)
    unknowns = plausible(advice)
    weighed = advice.cost_unknowns or ()
    priced = [*(() if cost is None else cost.estimate_rests_on), *(each.fact for each in weighed)]
    values = {fact.fact: word(fact.value) for fact in advice.decision.facts}
    values |= {each.fact: each.assumed for each in weighed if each.assumed}
    values |= {each.fact: each.assumed for each in unknowns if each.assumed}
    decides: dict[str, dict[str, None]] = {}
    for what, facts in (
        ("price", priced),
        ("size", () if plan is None else plan.rests_on),
        ("option", [each.fact for each in unknowns]),
    ):
        for fact in facts:
            decides.setdefault(fact, {})[what] = None
    return tuple(Rests(fact, values.get(fact, ""), tuple(by)) for fact, by in decides.items())


def decided(advice: Advice) -> str:
    """Who decided and why; empty without a human's decision."""
    decision = advice.workload.mapping("decision")
    if not decision:
        return ""
    by = f" by {decision['by']}" if "by" in decision else ""
    until = f" until {decision['until']}" if "until" in decision else ""
    return f"Decided{by}{until}: {decision.get('because', 'no reason given')}"


def unstated(candidate: Candidate) -> tuple[Verdict, ...]:
    """The limits of an option on which the stated facts leave a doubt."""
    return tuple(verdict for verdict in candidate.verdicts if verdict.outcome == "unknown")


def room(verdict: Verdict) -> str:
    """The margin as a factor: 3x fits three times; below 1x it does not fit."""
    if verdict.margin is None:
        return ""
    if verdict.margin >= 1000:
        return ">1000x"
    return f"{verdict.margin:.2g}x" if verdict.margin < 100 else f"{verdict.margin:.0f}x"


def beside_cost(cost: Cost) -> Iterator[str]:
    """What a cost rests on, and what the same plan costs all month, and in the hours alone."""
    if text := _grounds(cost):
        yield text
    if cost.always_on is not None:
        yield f"Always on: {a_month(cost.always_on)}. {cost.always_on.note}"
    less = cost.part_time
    if less is not None:
        hours = "-".join(f"{float(end):.4g}" for end in less.hours.split(".."))
        yield f"In its {hours} h a month alone: {a_month(less)}. {less.note}"


def _grounds(cost: Cost) -> str:
    """The facts behind an estimate or an open cost; empty where the cost is one number."""
    if cost.usd_estimate is not None:
        return f"The estimate rests on {', '.join(cost.estimate_rests_on)}."
    missing = [item.name for item in cost.items if item.unit_price_usd is None]
    if missing:
        return f"No price is known for {', '.join(missing)}."
    if cost.usd_high is None:
        return f"{cost.widest} has no upper bound." if cost.widest else ""
    return f"{cost.widest} widens the range most." if cost.widest else ""


def priced(unknown: CostUnknown) -> str:
    """What an unstated fact does to size and cost: 10 ms: 99.50 on 8 x ml.m5.large; 1 s: …."""
    ways = (
        f"{each.value}: {money(each.cost)}" + (f" on {each.runs_on}" if each.runs_on else "")
        for each in unknown.outcomes
    )
    return "; ".join(ways)


def plausible(advice: Advice) -> tuple[DecisiveUnknown, ...]:
    """Unstated facts whose ordinary values would change the answer."""
    return tuple(unknown for unknown in advice.decision.unknowns if not unknown.remote)


def others(advice: Advice, unknown: DecisiveUnknown) -> tuple[tuple[str, str | None], ...]:
    """The values of a decisive unknown that lead away from the answer, with where they lead.

    And where one such range ends: above 59 another option, above 614 the answer again.
    """
    found: list[tuple[str, str | None]] = []
    for value, option in unknown.outcomes.items():
        ends = bool(found) and value.startswith(">") and found[-1][1] != option
        again = bool(found) and value.startswith(">") and found[-1][1] == option
        if ends or (option != advice.decision.rules_option and not again):
            found.append((value, option))
    return tuple(found)


def dated(advice: Advice) -> bool:
    """Whether the day on which the answer was asked for could have changed it."""
    return bool(advice.workload.mapping("decision") or advice.workload.mapping("accept"))


def by_rule(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Findings of one rule and severity together, in the order in which they come."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(finding)
    return [tuple(group) for group in groups.values()]


def counted(findings: Iterable[Finding]) -> str:
    """``1 error, 2 warnings``: how many of each severity; empty without findings."""
    each = [finding.severity for finding in findings]
    parts = []
    for severity in SEVERITIES:
        number = each.count(severity)
        if number:
            plural = "s" if number > 1 and severity != "info" else ""
            parts.append(f"{number} {severity}{plural}")
    return ", ".join(parts)


def merged(texts: Sequence[str]) -> str:
    """Sentences that differ in one place as one: ``State a, b in the file``."""
    rows = [text.split(" ") for text in dict.fromkeys(texts)]
    start = len(commonprefix(rows))  # noqa: RUF071 - of words, not of paths
    ends = [row[start:][::-1] for row in rows]
    end = len(commonprefix(ends))  # noqa: RUF071 - as above
    middles = [" ".join(row[start : len(row) - end]) for row in rows]
    if len(rows) < 2 or not start or not all(middles):
        return " ".join(map(" ".join, rows))
    return " ".join([*rows[0][:start], ", ".join(middles), *rows[0][len(rows[0]) - end :]])


def sources_read(advice: Advice) -> tuple[str, str]:
    """The oldest and the newest date of a source that the answer rests on."""
    dates = [step.as_of for step in advice.decision.path]
    dates += [verdict.as_of for each in advice.candidates for verdict in each.verdicts]
    return min(dates), max(dates)
