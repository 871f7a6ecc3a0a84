"""Whether an endpoint is released with anything around it: topics, alarms, a rollout."""

from __future__ import annotations

from advisor.model.advice import Request
from advisor.model.value import Value
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance

_NEEDS = ("canary", "alarms", "notifications")
_KEYS = ("deploy.rollout", "deploy.topics.")


class Fleet(Value):
    """What an update replaces."""

    instance: Instance | None  # serverless has none
    least: int  # instances when it is scaled in
    most: int  # instances at most
    shared: bool = False  # models share the instances
    variants: int = 1  # production variants
    more: int = 0  # instances of the same type that other variants have


class Released(Value):
    """All requests in the order to run, and the most instances at a time."""

    requests: tuple[Request, ...]
    instances: int


def find(draft: Draft, rule: str, message: str, path: str = "", fix: str = "") -> None:
    """Warn at the key, else at the line that asked for the rollout."""
    stated = path if path in draft.facts.workload.values else "deploy.rollout"
    places = (stated, "deploy.rollout.strategy", "needs.canary")
    where = next((each for each in places if each in draft.facts.workload.values), "")
    draft.find(rule, "warning", message, path=where, fix=fix)


def complete(draft: Draft, requests: tuple[Request, ...], fleet: Fleet) -> Released:
    """The requests of an endpoint and of what surrounds it; see ``surroundings.surround``."""
    if not asked(draft):
        return Released(requests, fleet.most + fleet.more)
    # Most workloads ask for none of it, and start-up is a promise.
    from advisor.options.surroundings import surround

    return surround(draft, requests, fleet)


def complete_components(
    draft: Draft, requests: tuple[Request, ...], instance: Instance
) -> tuple[Request, ...]:
    """The requests of an endpoint that holds components, which are updated one by one."""
    if not asked(draft):
        return requests
    _no_rollout(draft, "SageMaker updates the components of an endpoint one by one, not as a fleet")
    from advisor.options.surroundings import surround_components

    return surround_components(draft, requests, instance)


def asked(draft: Draft) -> bool:
    """Whether a rollout, alarms or topics are asked for."""
    stated = any(path.startswith(_KEYS) for path in draft.facts.workload.values)
    return stated or any(draft.needs(need) for need in _NEEDS)


def _no_rollout(draft: Draft, why: str) -> None:
    if any(path.startswith("deploy.rollout") for path in draft.facts.workload.values):
        find(draft, "rollout-not-guarded", why)


def without(draft: Draft, why: str) -> None:
    """Say of requests that nothing surrounds which stated keys they do not hold.

    Args:
        draft: the plan being made.
        why: what cannot be moved in steps, and why.
    """
    _no_rollout(draft, why)
    path = "deploy.topics.alarms"
    if draft.text(path) is not None:
        message = f"the requests create no alarms here; {path} is not used"
        draft.find("topic-unused", "warning", message, path=path, fix=f"Drop {path}.")
