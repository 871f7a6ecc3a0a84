"""The plan of several models, or of the containers of one, in the way that serves them best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from advisor.model.advice import Invoke, Plan, Quota
from advisor.model.options import (
    BATCH_TRANSFORM,
    ENDPOINT_EACH,
    INFERENCE_COMPONENTS,
    INFERENCE_PIPELINE,
    MULTI_CONTAINER,
    REAL_TIME,
)
from advisor.model.usage import Part
from advisor.options.hosting import choice
from advisor.options.hosting import models as named
from advisor.options.hosting.choice import inputs
from advisor.options.load import counted
from advisor.options.plan_builder import Draft

Size = Callable[..., Plan]


def planned(draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool) -> Plan:
    """The plan of an option for several models.

    Args:
        draft: the plan to make; gets the way, and says why it was taken.
        prices: millionths of a USD an hour by instance type.
        size: what plans the option for one model, or for models that share its instances.
        deploy: whether requests and what goes with them are wanted.
    """
    table = choice.rules(draft)
    known = inputs(draft, prices)
    found = choice.choose(table, known.inputs)
    # Where none serves, the form that was asked for is shown with what is against it.
    draft.way = draft.text("deploy.hosting") or found.way or found.row.then[0]
    choice.complain(draft, found)
    choice.tell(draft, table, known, found, prices)
    way = draft.way
    if not _takes(draft.option, way):
        # What was asked for cannot be sent: the requests make what the option has instead.
        draft.way = "" if way in (MULTI_CONTAINER, INFERENCE_PIPELINE) else ENDPOINT_EACH
        way = draft.way or way
    made = _planned(draft, prices, size, deploy=deploy)
    found_more = len(draft.findings)
    if way != ENDPOINT_EACH and not found.against[ENDPOINT_EACH]:
        choice.compare(draft, known, made.usage, prices)
    findings = made.findings + tuple(draft.findings[found_more:])
    return made._replace(hosting=way, findings=findings)


def _takes(option: str, way: str) -> bool:
    """Whether requests of an option can have the form of a way."""
    if option == REAL_TIME or way == ENDPOINT_EACH:
        return True
    return (option, way) == (BATCH_TRANSFORM, INFERENCE_PIPELINE)


def _planned(draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool) -> Plan:
    if draft.way == ENDPOINT_EACH:
        return _each_alone(draft, prices, size, deploy=deploy)
    if draft.way == INFERENCE_COMPONENTS:
        from advisor.options.hosting import components

        return components.planned(draft, prices, deploy=deploy)
    return size(draft, prices, deploy=deploy)


_OF_ONE = " per "  # in the name of a quota that bounds each endpoint by itself


def _each_alone(
    draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool
) -> Plan:
    """The plan of all models; arguments as for ``planned``."""
    draft.carry("tenant-isolation")
    if named.listed(draft):
        return _of_all(draft, prices, size, deploy=deploy)
    count = named.count(draft)
    if count > 1:
        _say_unnamed(draft, count)
    if draft.option == REAL_TIME and count > 1:
        return _of_one(draft, size(named.members(draft)[0].draft, prices, deploy=deploy), count)
    return size(draft, prices, deploy=deploy)


def _say_unnamed(draft: Draft, count: int) -> None:
    thing = "job" if draft.option == BATCH_TRANSFORM else "endpoint"
    draft.find(
        "models-not-named",
        "info",
        f"the requests create the {thing} of one model, but there are {count:,}",
        path="model.count",
        fix="List the models by name under models, or repeat the requests with a name, an image "
        "and an artifact for each.",
    )


def _of_one(draft: Draft, made: Plan, count: int) -> Plan:
    """The plan of one model among many without names: it has an equal share of the traffic."""
    member = named.members(draft)[0].draft
    because = f"Of {counted(count, 'model')} without names each gets an equal share of the traffic."
    draft.set("Endpoints", count, because)
    part = Part(usage=made.usage, facts=member.facts, times=named.times(draft))
    return made._replace(
        settings=draft.settings + made.settings,
        findings=_once((*draft.findings, *made.findings)),
        quotas=tuple(_times(quota, count) for quota in made.quotas),
        carried=made.carried | draft.carried,
        usage=made.usage._replace(parts=(part,)),
    )


def _of_all(draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool) -> Plan:
    """Every model's own plan, with its own size and share; the busiest stands for latency."""
    members = named.members(draft)
    plans = [size(each.draft, prices, deploy=deploy) for each in members]
    busiest = max(range(len(plans)), key=lambda number: members[number].share)
    settings = list(draft.settings)
    for member, made in zip(members, plans, strict=True):
        settings += [e._replace(name=f"{member.name}: {e.name}") for e in made.settings]
    carried = frozenset.intersection(*(made.carried for made in plans))
    parts = tuple(
        Part(usage=made.usage, facts=member.draft.facts)
        for made, member in zip(plans, members, strict=True)
    )
    return Plan(
        option=draft.option,
        settings=tuple(settings),
        requests=tuple(request for made in plans for request in made.requests),
        invoke=_invoke(draft, plans, members) if deploy else plans[0].invoke,
        quotas=_drawn(plans),
        findings=_once((*draft.findings, *(each for made in plans for each in made.findings))),
        carried=carried | draft.carried,
        usage=plans[busiest].usage._replace(parts=parts),
    )


def _invoke(draft: Draft, plans: list[Plan], members: tuple[named.Member, ...]) -> Invoke:
    first = plans[0].invoke
    key = "TransformJobName" if draft.option == BATCH_TRANSFORM else "EndpointName"
    names = ", ".join(
        f"{member.name} at {made.invoke.parameters[key]}"
        for member, made in zip(members, plans, strict=True)
    )
    return first._replace(notes=(f"Each model has its own {key}: {names}.", *first.notes))


def _times(quota: Quota, count: int) -> Quota:
    """A quota drawn by several endpoints alike, unless it bounds each of them by itself."""
    if quota.wanted is None or _OF_ONE in quota.name:
        return quota
    return quota._replace(wanted=quota.wanted * count)


def _drawn(plans: list[Plan]) -> tuple[Quota, ...]:
    """Quotas of all plans, added up unless they bound each endpoint by itself."""
    found: dict[str, Quota] = {}
    for made in plans:
        for quota in made.quotas:
            before = found.get(quota.name)
            if before is None or quota.wanted is None or before.wanted is None:
                found[quota.name] = quota if before is None else before
            elif _OF_ONE in quota.name:
                found[quota.name] = before._replace(wanted=max(before.wanted, quota.wanted))
            else:
                found[quota.name] = before._replace(wanted=before.wanted + quota.wanted)
    return tuple(found.values())


def _once(findings: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(findings))
