"""Whether an endpoint is released with anything around it: topics, alarms, a rollout."""

from __future__ import annotations

from typing import NamedTuple

from advisor.model import Request
from advisor.options.draft import Draft
from advisor.options.rollout_step import Fleet, find
from advisor.rulebook.hardware import Instance

_NEEDS = ("canary", "alarms", "notifications")
_KEYS = ("deploy.rollout", "deploy.topics.")


class Released(NamedTuple):
    """All requests in the order to run, and the most instances at a time."""

    requests: tuple[Request, ...]
    instances: int


def complete(draft: Draft, requests: tuple[Request, ...], fleet: Fleet) -> Released:
    """The requests of an endpoint and of what surrounds it; see ``surroundings.surround``."""
    if not _asked(draft):
        return Released(requests, fleet.most + fleet.more)
    # Most workloads ask for none of it, and start-up is a promise.
    from advisor.options.surroundings import surround

    return surround(draft, requests, fleet)


def complete_components(
    draft: Draft, requests: tuple[Request, ...], instance: Instance
) -> tuple[Request, ...]:
    """The requests of an endpoint that holds components, which are updated one by one."""
    if not _asked(draft):
        return requests
    _no_rollout(draft, "the components of an endpoint are updated one by one, not as a fleet")
    from advisor.options.surroundings import surround_components

    return surround_components(draft, requests, instance)


def _asked(draft: Draft) -> bool:
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
        message = f"the requests make no alarms here; {path} is not used"
        draft.find("topic-unused", "warning", message, path=path, fix=f"Drop {path}.")
