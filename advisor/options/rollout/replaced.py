"""What an update of an endpoint replaces, and whether anybody asks how it does."""

from __future__ import annotations

from advisor.model.advice import Request
from advisor.model.value import Value
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance

_NEEDS = ("canary", "alarms", "notifications")
_KEYS = ("deploy.rollout", "deploy.topics.")


class Replaced(Value):
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


def asked(draft: Draft) -> bool:
    """Whether a rollout, alarms or topics are asked for."""
    stated = any(path.startswith(_KEYS) for path in draft.facts.workload.values)
    return stated or any(draft.needs(need) for need in _NEEDS)


def warn(draft: Draft, rule: str, message: str, path: str = "", fix: str = "") -> None:
    """Warn at the key, else at the line that asked for the rollout."""
    stated = path if path in draft.facts.workload.values else "deploy.rollout"
    places = (stated, "deploy.rollout.strategy", "needs.canary")
    where = next((each for each in places if each in draft.facts.workload.values), "")
    draft.find(rule, "warning", message, path=where, fix=fix)


def unguarded(draft: Draft, why: str) -> None:
    """Say of a stated rollout that the requests cannot have it, and why."""
    if any(path.startswith("deploy.rollout") for path in draft.facts.workload.values):
        warn(draft, "rollout-not-guarded", why)
