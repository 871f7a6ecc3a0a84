"""The models, or containers, of a workload one by one, each as a workload of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.engine.facts import Facts
from advisor.engine.members import part_of, shares
from advisor.model.options import BATCH_TRANSFORM, INFERENCE_PIPELINE, MULTI_CONTAINER
from advisor.model.usage import Quantity, known
from advisor.model.workload import Interval, Stated
from advisor.options import memory
from advisor.options.plan_builder import Basis, Draft, once

LEAST_CONTAINERS = 2


class Member(NamedTuple):
    """One model with the plan that is made of it."""

    name: str  # empty where one stands for several without names
    draft: Draft  # of a workload with this model alone and its share of the traffic
    share: float  # of the requests, 0 to 1


def listed(draft: Draft) -> tuple[Mapping[str, Any], ...]:
    """What the file says of each model, empty when it names none."""
    stated = draft.facts.workload.values.get("models")
    return stated.value if stated is not None else ()


@once
def count(draft: Draft) -> int:
    """Models that are listed, else as many as are stated."""
    return len(listed(draft)) or memory.models(draft)


def members(draft: Draft) -> tuple[Member, ...]:
    """The models that are listed; else one that stands for all of them."""
    models = listed(draft)
    if not models:
        number = count(draft)
        return (_member(draft, {}, 0, 1 / number),)
    return tuple(
        _member(draft, model, number, share)
        for number, (model, share) in enumerate(zip(models, shares(models), strict=True), start=1)
    )


def unnamed(draft: Draft, made: str, again: str) -> None:
    """Say that the requests make what one of several models without names needs."""
    draft.find(
        "models-not-named",
        "info",
        f"the requests create {made} of one model, but there are {count(draft):,}",
        path="model.count",
        fix=f"List the models by name under models, or repeat {again} for each.",
    )


def placed(member: Member, instance_type: str) -> Member:
    """The same on a type that holds several models: what is modelled is that of this type."""
    facts, stated = member.draft.facts, member.draft.facts.workload.as_stated
    told, path = facts.workload.modelled, "deploy.instance_type"
    if told is None or told.on is None or told.on.instance_type == instance_type:
        return member
    values = {**stated.values, path: Stated(path, instance_type, instance_type, 0, 0)}
    here = Facts(facts.book, stated._replace(values=values), facts.region)
    draft = Draft(member.draft.option, Basis(here, member.draft.knowledge))
    draft.number_of = member.draft.number_of
    return member._replace(draft=draft)


def times(draft: Draft) -> Quantity:
    """How many models one stands for."""
    stated = draft.facts.workload.interval("model.count") or Interval(1, 1)
    number = count(draft)
    if listed(draft) or stated.low == stated.high:
        return known(1 if listed(draft) else number)
    return Quantity(low=stated.low or 1, high=number)


def containers(draft: Draft) -> tuple[Member, ...]:
    """The containers of one model in their order; made up where the file lists too few.

    A model has two of them at least. Each sees every request: a pipeline runs them all, and a
    caller may name any.
    """
    models = listed(draft)
    most = draft.facts.book.limit["real-time-containers"].bound.admits.high
    if len(models) < LEAST_CONTAINERS:
        number = max(LEAST_CONTAINERS, len(models) or min(most, count(draft)))
        taken = {str(model["name"]) for model in models}
        names = (f"container-{each}" for each in range(1, number + 2))
        free = [name for name in names if name not in taken]
        models += tuple({"name": name} for name in free[: number - len(models)])
    return tuple(
        _member(draft, model, number, 1.0) for number, model in enumerate(models[:most], start=1)
    )


def _member(draft: Draft, model: Mapping[str, Any], number: int, share: float) -> Member:
    """A plan to be made of one model; what it rests on is worked out once."""
    whole = draft.way in (MULTI_CONTAINER, INFERENCE_PIPELINE)  # each container sees all requests
    key = ("member", number, whole, draft.option == BATCH_TRANSFORM)
    done = draft.basis.done
    if key not in done:
        batch, workload = draft.option == BATCH_TRANSFORM and "share" in model, draft.facts.workload
        part = part_of(
            workload, model, 1.0 if whole else share, among=bool(listed(draft)), records=batch
        )
        done[key] = Basis(Facts(draft.facts.book, part, draft.facts.region), draft.knowledge)
    made = Draft(draft.option, done[key])
    made.number_of = number
    return Member(str(model.get("name", "")), made, share)
