"""The requests of an endpoint in; with topics, alarms and the rollout of its updates out."""

from __future__ import annotations

from advisor.model.advice import Request
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Released, Replaced, asked, unguarded
from advisor.rulebook.hardware import Instance

# Most workloads ask for none of it: what makes it is loaded where it is asked for, which saves an
# answer 1.1 of its 90 ms of processor time.


def complete(draft: Draft, requests: tuple[Request, ...], fleet: Replaced) -> Released:
    """The requests of an endpoint and of what surrounds it; see ``release.surround``."""
    if not asked(draft):
        return Released(requests=requests, instances=fleet.most + fleet.more)
    from advisor.options.rollout.strategy import surround

    return surround(draft, requests, fleet)


def complete_components(
    draft: Draft, requests: tuple[Request, ...], instance: Instance
) -> tuple[Request, ...]:
    """The requests of an endpoint that holds components, which are updated one by one."""
    if not asked(draft):
        return requests
    unguarded(draft, "SageMaker updates the components of an endpoint one by one, not as a fleet")
    from advisor.options.rollout.strategy import surround_components

    return surround_components(draft, requests, instance)


def without(draft: Draft, why: str) -> None:
    """Say of requests that nothing surrounds which stated keys they do not hold.

    Args:
        draft: the plan being made.
        why: what cannot be moved in steps, and why.
    """
    unguarded(draft, why)
    path = "deploy.topics.alarms"
    if draft.text(path) is not None:
        message = f"the requests create no alarms here; {path} is not used"
        draft.find("topic-unused", "warning", message, path=path, fix=f"Drop {path}.")
