"""Whether an endpoint is released with anything around it: topics, alarms, a rollout."""

from __future__ import annotations

from typing import NamedTuple

from advisor.model import Request
from advisor.options.draft import Draft
from advisor.options.rollout_step import Fleet, find

_NEEDS = ("canary", "alarms", "notifications")
_KEYS = ("deploy.rollout", "deploy.topics.")


class Released(NamedTuple):
    """All requests in the order to run, and the most instances at a time."""

    requests: tuple[Request, ...]
    instances: int


def complete(draft: Draft, requests: tuple[Request, ...], fleet: Fleet) -> Released:
    """The requests of an endpoint and of what surrounds it; see ``surroundings.surround``."""
    stated = any(path.startswith(_KEYS) for path in draft.facts.workload.values)
    if not stated and not any(draft.needs(need) for need in _NEEDS):
        return Released(requests, fleet.most + fleet.more)
    # Most workloads ask for none of it, and start-up is a promise.
    from advisor.options.surroundings import surround

    return surround(draft, requests, fleet)


def without(draft: Draft, why: str) -> None:
    """Say of requests that nothing surrounds which stated keys they do not hold.

    Args:
        draft: the plan being made.
        why: what cannot be moved in steps, and why.
    """
    if any(path.startswith("deploy.rollout") for path in draft.facts.workload.values):
        find(draft, "rollout-not-guarded", why)
    path = "deploy.topics.alarms"
    if draft.text(path) is not None:
        message = f"the requests make no alarms here; {path} is not used"
        draft.find("topic-unused", "warning", message, path=path, fix=f"Drop {path}.")
