"""How an update replaces what runs: the strategy that the endpoint can have, as a policy."""

from __future__ import annotations

from typing import NamedTuple

from advisor.model.advice import Parameters
from advisor.model.options import SERVERLESS
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Replaced, warn
from advisor.options.rollout.step import (
    ALL_AT_ONCE,
    CANARY,
    LINEAR,
    ROLLING,
    SIZES,
    RolloutStep,
    step_of,
)
from advisor.options.rollout.timing import Timing, seen, timing_of
from advisor.rulebook.hardware import CPU

_MEANS = {
    ALL_AT_ONCE: "All traffic moves at once to a new fleet, and back when an alarm goes off.",
    CANARY: "A part of a new fleet takes traffic first, the rest after the wait.",
    LINEAR: "Traffic moves to a new fleet step by step, with a wait after each.",
    ROLLING: "Instances are replaced batch by batch, with a wait after each.",
}
_KEYS = ("strategy", "step", "wait", "terminate_wait", "timeout", "alarms")


class Rollout(NamedTuple):
    """A strategy with everything that its policy says."""

    strategy: str
    step: RolloutStep | None  # all at once has none
    timing: Timing


def wanted(draft: Draft) -> str | None:
    """The strategy that is asked for: stated, else a canary where one is needed."""
    stated = draft.text("deploy.rollout") or draft.text("deploy.rollout.strategy")
    values = draft.facts.workload.values
    if stated is None and any(f"deploy.rollout.{key}" in values for key in _KEYS):
        return CANARY
    return stated or (CANARY if draft.needs("canary") else None)


def plan(draft: Draft, fleet: Replaced) -> Rollout | None:
    """The rollout of an endpoint; ``None`` where none is asked for, or none is possible."""
    asked = wanted(draft)
    strategy = _allowed(draft, asked, fleet) if asked is not None else None
    if strategy is None:
        return None
    draft.set("Rollout", strategy, _MEANS[strategy])
    if strategy == ALL_AT_ONCE:
        if strategy == asked:
            _unused(draft)
        return Rollout(strategy, None, timing_of(draft, strategy, 0))
    step = step_of(draft, strategy, fleet)
    timing = timing_of(draft, strategy, step.steps)
    seen(draft, timing.wait, step.instances / fleet.most)
    return Rollout(strategy, step, timing)


def _unused(draft: Draft) -> None:
    """Say of stated steps and waits that traffic which moves at once has none."""
    for path in ("deploy.rollout.step", "deploy.rollout.wait"):
        if path in draft.facts.workload.values:
            message = f"all-at-once has one step and no wait; {path} is not used"
            fix = f"Remove {path}, or state another deploy.rollout.strategy."
            warn(draft, "rollout-adjusted", message, path, fix)


def policy(rollout: Rollout) -> Parameters:
    """The part of DeploymentConfig that holds the strategy."""
    timing, step = rollout.timing, rollout.step
    if rollout.strategy == ROLLING:
        assert step is not None
        return {
            "RollingUpdatePolicy": {
                "MaximumBatchSize": step.size,
                "WaitIntervalInSeconds": timing.wait,
                "MaximumExecutionTimeoutInSeconds": timing.limit,
                "RollbackMaximumBatchSize": dict(step.size),
            }
        }
    traffic: Parameters = {"Type": rollout.strategy.upper().replace("-", "_")}
    if step is not None:
        traffic[SIZES[rollout.strategy]] = step.size
    traffic["WaitIntervalInSeconds"] = timing.wait
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": traffic,
            "TerminationWaitInSeconds": timing.terminate,
            "MaximumExecutionTimeoutInSeconds": timing.limit,
        }
    }


def instances_during(draft: Draft, rollout: Rollout, fleet: Replaced) -> int:
    """Instances while an update runs: both fleets, or one and a batch."""
    most = fleet.most + fleet.more
    if rollout.strategy == ROLLING:
        assert rollout.step is not None
        total = most + rollout.step.instances
        because = (
            f"{most} + a batch of {rollout.step.instances}, also when it is rolled back: a batch "
            "is ready before the old one ends."
        )
    else:
        total = 2 * most
        because = f"2 x {most}: the new fleet is complete before the old one ends."
        if fleet.most > 1 and fleet.variants == 1:
            because += " A rolling update takes one batch more instead"
            if fleet.instance is not None and fleet.instance.accelerator != CPU:
                because += ", which AWS advises for accelerated types in high demand"
            because += "."
    draft.set("Instances during an update", total, because)
    return total


def _allowed(draft: Draft, asked: str, fleet: Replaced) -> str | None:
    """The strategy that the endpoint can have; findings say why it is another one."""
    excluded = _excluded(draft, fleet)
    if excluded:
        fix = "Test the new version on its own endpoint first."
        warn(draft, "rollout-not-guarded", f"{excluded}; {asked} is not set", fix=fix)
        return None
    if draft.option == SERVERLESS and asked != ALL_AT_ONCE:
        message = f"an update of a serverless endpoint moves all traffic at once, not {asked}"
        warn(draft, "rollout-not-guarded", message, fix="Choose an option with instances.")
        return ALL_AT_ONCE
    if asked != ALL_AT_ONCE and fleet.least < 2:
        whose = "the fleet" if fleet.variants == 1 else "a variant"
        held = f"{whose} may have {fleet.least or 'no'} instance" + "s" * (fleet.least == 0)
        fix = "State deploy.instances: {min: 2}."
        if fleet.variants > 1:
            fix = f"{fix[:-1]}, and a larger weight for variants of one instance."
        warn(draft, "rollout-indivisible", f"{held}, which {asked} cannot divide", fix=fix)
        return ALL_AT_ONCE
    if asked == ROLLING and fleet.variants > 1:
        message = "a rolling update excludes several variants; linear steps are set instead"
        warn(draft, "rollout-adjusted", message)
        return LINEAR
    return asked


def _excluded(draft: Draft, fleet: Replaced) -> str:
    """What keeps deployment guardrails away, if anything."""
    if fleet.shared:
        return "deployment guardrails are not offered for multi-model endpoints"
    if draft.needs("marketplace-model"):
        return "deployment guardrails exclude Marketplace containers"
    if fleet.instance is not None and fleet.instance.type.startswith("ml.inf1."):
        return f"deployment guardrails exclude Inferentia 1 ({fleet.instance.type})"
    return ""
