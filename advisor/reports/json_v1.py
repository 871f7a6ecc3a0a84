"""``--format json``: the promise ``sm-advise/advice.v1``, one object, or an array of several.

Built from the model on purpose, key by key; adding a field to a type changes nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from advisor import __version__
from advisor.model.advice import Advice, Candidate, Cost, OtherHours, Plan
from advisor.reports import Context
from advisor.reports.json_parts import (
    array,
    cost_item,
    cost_unknown,
    encode,
    fact,
    finding,
    fix,
    latency,
    measured,
    money,
    quota,
    reason,
    rest_of_cost,
    setting,
    step,
    unknown,
    verdict,
)

SCHEMA = "sm-advise/advice.v1"


def render(advices: Sequence[Advice], context: Context) -> str:
    """One object for one workload, an array for several; a line for each part, so that it reads."""
    texts = ["{\n" + ",\n".join(members(advice)) + "\n}" for advice in advices]
    if len(texts) == 1:
        return texts[0] + "\n"
    return "[\n" + ",\n".join(texts) + "\n]\n"


def members(advice: Advice, line: str = "\n") -> Iterable[str]:
    """The object's members as ``"key": value``, in the order of the contract.

    Args:
        advice: what is written.
        line: what ends a line within a member; nothing leaves it on one line.
    """
    yield f'"schema": "{SCHEMA}"'
    yield from _inputs(advice)
    yield from _answer(advice, line)
    yield '"fixes": ' + encode([fix(each) for each in advice.decision.fixes])
    yield '"consider": ' + encode([each._asdict() for each in advice.consider])
    yield '"findings": ' + encode([finding(each) for each in advice.findings])
    yield '"accepted": ' + encode([finding(each) for each in advice.accepted])
    chosen = advice.chosen
    yield from _deployment(chosen.plan if chosen is not None else None, line)


def _inputs(advice: Advice) -> Iterable[str]:
    """The inputs of the answer."""
    workload = advice.workload
    yield f'"tool": {{"version": "{__version__}", "rules": "{advice.rules_digest}"}}'
    yield '"workload": ' + encode(
        {
            "name": workload.name,
            "file": workload.file,
            "owner": workload.text("owner"),
            "sha256": workload.sha256,
        }
    )
    if workload.measured is not None:
        yield '"measured": ' + encode(measured(workload.measured))
    if advice.model is not None:
        from advisor.reports import model_block  # most workloads name none

        yield '"model": ' + encode(model_block.member(advice.model))
    yield '"inputs": ' + encode(
        {
            "limits": advice.limits,
            "region": advice.region,
            "prices": advice.prices_date,
            "set": dict(advice.changes),
            "as_of": advice.as_of or None,
            **workload.settings.as_inputs(),
        }
    )


def _answer(advice: Advice, line: str) -> Iterable[str]:
    """The answer, how it came about, and what would move it."""
    decision, plan = advice.decision, None if advice.chosen is None else advice.chosen.plan
    each_on_a_line = f",{line} "
    yield '"facts": ' + array(map(fact, decision.facts), each_on_a_line)
    yield '"recommendation": ' + encode(
        {
            "option": decision.option,
            "status": decision.status,
            "summary": advice.summary,
            "rules_option": decision.rules_option,
            "contested": decision.contested,
            "sized": None if plan is None else plan.sized,
            "sized_rests_on": [] if plan is None else plan.rests_on,
        }
    )
    yield '"path": ' + array(map(step, (*decision.path, *decision.not_asked)), each_on_a_line)
    options = [_option(each, decision.option, line) for each in advice.candidates]
    yield '"options": ' + array(options, each_on_a_line)
    yield '"decisive_unknowns": ' + array(map(unknown, decision.unknowns), each_on_a_line)
    weighed = advice.cost_unknowns
    found = "null" if weighed is None else array(map(cost_unknown, weighed), each_on_a_line)
    yield '"cost_unknowns": ' + found
    yield '"would_change": ' + encode([each._asdict() for each in decision.would_change])


def _deployment(plan: Plan | None, line: str) -> Iterable[str]:
    """Quotas, the caller's contract and the requests of the chosen option."""
    if plan is None:
        yield '"quotas": []'
        yield '"fallback_types": []'
        yield '"invoke": null'
        yield '"requests": []'
        return
    yield '"quotas": ' + array(map(quota, plan.quotas), f",{line} ")
    yield '"fallback_types": ' + encode(plan.fallback_types)
    yield '"invoke": ' + encode(
        {
            "operation": plan.invoke.operation,
            "parameters": plan.invoke.parameters,
            "client_timeout_s": plan.invoke.client_timeout_s,
            "notes": plan.invoke.notes,
        }
    )
    requests = [
        {
            "service": request.service,
            "operation": request.operation,
            "parameters": request.parameters,
        }
        for request in plan.requests
    ]
    yield '"requests": ' + encode(requests)


def _option(candidate: Candidate, chosen: str | None, line: str) -> str:
    each_on_a_line = f",{line} "
    head = encode(
        {
            "option": candidate.option,
            "title": candidate.title,
            "eligible": candidate.eligible,
            "status": candidate.status,
            "chosen": candidate.option == chosen,
            "standing": candidate.standing.standing,
        }
    )
    return (
        f'{head[:-1]}, "reasons": {array(map(reason, candidate.standing.reasons))},{line}'
        f'  "verdicts": {array(map(verdict, candidate.verdicts), each_on_a_line)},{line}'
        f'  "plan": {_plan(candidate.plan, each_on_a_line)},{line}'
        f'  "monthly_cost": {_cost(candidate.cost)},{line}'
        f'  "latency": {"null" if candidate.latency is None else latency(candidate.latency)}}}'
    )


def _plan(plan: Plan | None, separator: str) -> str:
    if plan is None:
        return "null"
    return f'{{"settings": {array(map(setting, plan.settings), separator)}}}'


def _cost(cost: Cost | None) -> str:
    if cost is None:
        return "null"
    others = _other("part_time", cost.part_time) + _other("always_on", cost.always_on)
    return f"{{{_amounts(cost)}, {rest_of_cost(cost)}, {others}{_items(cost)}}}"


def _other(key: str, cost: OtherHours | None) -> str:
    if cost is None:
        return ""
    said = encode({"hours": cost.hours, "note": cost.note})
    return f'"{key}": {said[:-1]}, {_amounts(cost)}, {_items(cost)}}}, '


def _amounts(cost: Cost | OtherHours) -> str:
    return (
        f'"usd_low": {money(cost.usd_low)}, "usd_high": {money(cost.usd_high)}, '
        f'"usd_estimate": {money(cost.usd_estimate)}'
    )


def _items(cost: Cost | OtherHours) -> str:
    return f'"items": {array(map(cost_item, cost.items))}'
