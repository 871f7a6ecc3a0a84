"""The part of a fleet that an update moves at once: within AWS's bounds, in whole instances."""

from __future__ import annotations

import math
from typing import NamedTuple

from advisor.model.advice import Parameters
from advisor.options.load import counted, number
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Replaced, warn

ALL_AT_ONCE, CANARY, LINEAR, ROLLING = "all-at-once", "canary", "linear", "rolling"
SIZES = {CANARY: "CanarySize", LINEAR: "LinearStepSize", ROLLING: "MaximumBatchSize"}


class RolloutStep(NamedTuple):
    """The part of the fleet that moves at once."""

    size: Parameters  # CapacitySize
    instances: int  # of the largest fleet
    steps: int  # that the whole fleet takes


def step_of(draft: Draft, strategy: str, fleet: Replaced) -> RolloutStep:
    """The stated step, else our own, inside the bounds and in whole instances."""
    low, high = _bounds(draft, strategy)
    constant = "rollout-canary" if strategy == CANARY else "rollout-batch"
    stated = draft.text("deploy.rollout.step")
    if stated is not None and "instance" in stated:
        step, because = _counted(draft, int(stated.split()[0]), fleet, low, high)
    else:
        share = _usual(draft, strategy) if stated is None else int(stated.rstrip(" %"))
        within = min(high, max(low, share))
        if within != share:
            message = f"{strategy} takes {low} to {high} %, not {share} %; {within} % are set"
            warn(draft, "rollout-adjusted", message, "deploy.rollout.step")
        step, because = _shared(within, fleet, high)
    if strategy == CANARY:
        step = step._replace(steps=2)
    unit = "%" if step.size["Type"] == "CAPACITY_PERCENT" else "of the instances"
    told = "" if stated is not None else constant
    draft.set(SIZES[strategy], f"{step.size['Value']} {unit}", because, constant=told)
    return step


def _usual(draft: Draft, strategy: str) -> int:
    """Percent of the instances that a step has where none is stated."""
    usual = draft.number("rollout-batch")
    return int(draft.number("rollout-canary") if strategy == CANARY else usual)


def _bounds(draft: Draft, strategy: str) -> tuple[int, int]:
    """Percent of the instances that a step may have."""
    if strategy == CANARY:
        return 1, draft.number("rollout-canary-most")
    if strategy == LINEAR:
        return draft.number("rollout-linear-least"), draft.number("rollout-linear-most")
    return draft.number("rollout-rolling-least"), draft.number("rollout-rolling-most")


def _shared(share: int, fleet: Replaced, high: int) -> tuple[RolloutStep, str]:
    """A step of a percentage: at least one instance of the smallest fleet."""
    if fleet.least < fleet.most:
        taken = max(share, math.ceil(100 / fleet.least))
        held = math.ceil(fleet.most * taken / 100)
        because = f"{share} % of the fleet"
        if taken > share:
            because += f"; one of {fleet.least} instances, when it is scaled in, is {taken} %"
        return RolloutStep(_percent(taken), held, math.ceil(100 / taken)), f"{because}."
    exact = fleet.most * share / 100
    if exact.is_integer():
        because = f"{share} % of {fleet.most} instances = {exact:g}."
        return RolloutStep(_percent(share), int(exact), math.ceil(100 / share)), because
    whole = min(math.ceil(exact), fleet.most * high // 100)
    because = (
        f"{share} % of {fleet.most} instances = {number(exact)}; {whole} in whole instances, "
        f"{round(100 * whole / fleet.most)} %."
    )
    return RolloutStep(_count(whole), whole, math.ceil(fleet.most / whole)), because


def _counted(
    draft: Draft, stated: int, fleet: Replaced, low: int, high: int
) -> tuple[RolloutStep, str]:
    """A step of a number of instances that is within the bounds whatever the fleet's size."""
    path = "deploy.rollout.step"
    least = max(1, math.ceil(fleet.most * low / 100))
    most = fleet.least * high // 100
    if least > most:
        share = min(high, max(low, math.ceil(100 * stated / fleet.least)))
        step, because = _shared(share, fleet, high)
        message = (
            f"no number of instances is {low} to {high} % of {fleet.least} and of {fleet.most}; "
            f"{step.size['Value']} % are set"
        )
        warn(draft, "rollout-adjusted", message, path)
        return step, because
    taken = min(most, max(least, stated))
    if taken != stated:
        message = f"a step is {least} to {most} instances here, not {stated}; {taken} are set"
        warn(draft, "rollout-adjusted", message, path)
    because = f"{counted(taken, 'instance')} of {fleet.least} to {fleet.most}, as stated."
    return RolloutStep(_count(taken), taken, math.ceil(fleet.most / taken)), because


def _percent(value: int) -> Parameters:
    return {"Type": "CAPACITY_PERCENT", "Value": int(value)}


def _count(value: int) -> Parameters:
    return {"Type": "INSTANCE_COUNT", "Value": int(value)}
