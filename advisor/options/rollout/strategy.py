"""How an update replaces what runs, and what surrounds it: the rollout, its alarms and topics."""

from __future__ import annotations

import math
from typing import NamedTuple

from advisor.model.advice import Parameters, Request
from advisor.model.options import SERVERLESS
from advisor.options import alarms, endpoint, topics
from advisor.options.load import SECOND, counted, known, per_second, seconds
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Released, Replaced, warn
from advisor.rulebook.hardware import CPU, Instance
from advisor.text.quantity_format import number

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
    constant, usual = "rollout-batch", draft.number("rollout-batch")
    if strategy == CANARY:
        constant, usual = "rollout-canary", draft.number("rollout-canary")
    stated = draft.text("deploy.rollout.step")
    if stated is not None and "instance" in stated:
        step, because = _counted(draft, int(stated.split()[0]), fleet, low, high)
    else:
        share = int(usual if stated is None else stated.rstrip(" %"))
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


class Timing(NamedTuple):
    """Seconds."""

    wait: int
    terminate: int
    limit: int


def timing_of(draft: Draft, strategy: str, steps: int) -> Timing:
    """Waits, and the time limit that leaves room for them and for the starts."""
    wait = _wait(draft, "wait", draft.number("rollout-wait")) if steps else 0
    terminate = 0
    if strategy != ROLLING:
        terminate = _wait(draft, "terminate_wait", draft.number("rollout-terminate"))
    elif "deploy.rollout.terminate_wait" in draft.facts.workload.values:
        message = "a rolling update ends the old instances batch by batch and has no terminate_wait"
        warn(draft, "rollout-adjusted", message, "deploy.rollout.terminate_wait")
    starts = steps if strategy == ROLLING else 1
    wait = _fitting(draft, wait, terminate, steps, starts)
    if steps:
        reason = "" if "deploy.rollout.wait" in draft.facts.workload.values else "rollout-wait"
        draft.set("WaitIntervalInSeconds", wait, "Between two steps.", constant=reason)
    if strategy != ROLLING:
        stated = "deploy.rollout.terminate_wait" in draft.facts.workload.values
        because = "The old fleet stands by after the last step."
        constant = "" if stated else "rollout-terminate"
        draft.set("TerminationWaitInSeconds", terminate, because, constant=constant)
    return Timing(wait, terminate, _limit(draft, wait, terminate, steps, starts))


def _wait(draft: Draft, key: str, usual: int) -> int:
    path = f"deploy.rollout.{key}"
    stated = draft.upper(path)
    if stated is None:
        return int(usual)
    wanted_s, most = math.ceil(stated / SECOND), int(draft.number("rollout-wait-most"))
    if wanted_s > most:
        message = f"{path} is at most {seconds(most)}, which is set"
        warn(draft, "rollout-adjusted", message, path)
    return min(wanted_s, most)


def _start_s(draft: Draft) -> float:
    """From the update to containers that answer."""
    machine = 0 if draft.option == SERVERLESS else draft.number("instance-start")
    return float(machine + endpoint.start_s(draft))


def _fitting(draft: Draft, wait: int, terminate: int, steps: int, starts: int) -> int:
    """The wait, shortened where the steps would outlast the longest time limit."""
    room = draft.number("rollout-timeout-most") - starts * _start_s(draft) - terminate
    if not steps or steps * wait < room:
        return wait
    short = max(0, -int(-room // steps) - 1)
    message = (
        f"{steps} steps of {seconds(wait)} are more than the "
        f"{seconds(draft.number('rollout-timeout-most'))} that an update may take; "
        f"{seconds(short)} are set"
    )
    warn(draft, "rollout-adjusted", message, "deploy.rollout.wait")
    return short


def seen(draft: Draft, wait: int, share: float) -> None:
    """Warn of a step that is over before an alarm can go off, or that sees too few requests.

    Args:
        draft: the plan being made.
        wait: seconds after the step.
        share: of the traffic that the step takes.
    """
    needed = draft.number("alarm-period") * draft.number("rollback-periods")
    own = "deploy.rollout.alarms" not in draft.facts.workload.values
    if wait < needed and own:
        message = f"a wait of {seconds(wait)} ends before an alarm can: it looks at {needed} s"
        warn(draft, "rollout-unseen", message, "deploy.rollout.wait")
    work = known(draft)
    rate = work.mean if work.mean is not None else work.peak
    enough = 1 / draft.number("alarm-error-share")
    if rate is None or rate * wait * share >= enough:
        return
    message = (
        f"a wait of {seconds(wait)} brings {number(rate * wait * share)} requests to the first "
        f"step: {per_second(rate)} x {round(100 * share)} %; below {number(enough)} of them one "
        "failure decides, or nothing does"
    )
    warn(draft, "rollout-unseen", message, "deploy.rollout.wait")


def _limit(draft: Draft, wait: int, terminate: int, steps: int, starts: int) -> int:
    margin, start = draft.number("timeout-margin"), _start_s(draft)
    least, most = draft.number("rollout-timeout-least"), draft.number("rollout-timeout-most")
    waits = steps * wait + terminate
    limit = int(min(most, max(least, math.ceil((starts * start * margin + waits) / 60) * 60)))
    stated = draft.upper("deploy.rollout.timeout")
    times = f"{starts} x " if starts > 1 else ""
    because = (
        f"{times}{seconds(start)} for the start x {margin}, and {seconds(waits)} of waits, in "
        f"whole minutes, {least} to {most} s."
    )
    if stated is not None:
        asked = stated // SECOND
        if max(least, starts * start + waits) <= asked <= most:
            limit, because = int(asked), "As stated; above the waits and the start."
        else:
            message = (
                f"deploy.rollout.timeout of {seconds(asked)} is not within {least} to {most} s and "
                f"above the {seconds(starts * start + waits)} of start and waits; "
                f"{seconds(limit)} are set"
            )
            warn(draft, "rollout-adjusted", message, "deploy.rollout.timeout")
    draft.set("MaximumExecutionTimeoutInSeconds", limit, because)
    return limit


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


def surround(draft: Draft, requests: tuple[Request, ...], fleet: Replaced) -> Released:
    """The requests of an endpoint with topics, alarms and the rollout of its updates.

    An alarm exists before the endpoint names it; one that only tells people comes after.

    Args:
        draft: the plan being made.
        requests: among others CreateEndpointConfig and right after it CreateEndpoint.
        fleet: what an update replaces.
    """
    position = [each.operation for each in requests].index("CreateEndpoint")
    models, after = requests[: position - 1], requests[position + 1 :]
    config, create = requests[position - 1 : position + 1]
    variants = tuple(
        each["VariantName"] for each in config.parameters.get("ProductionVariants", ())
    )
    telling = alarms.operating(draft, fleet.instance, variants)
    rolled = plan(draft, fleet)
    watching: tuple[Request, ...] = ()
    instances = fleet.most + fleet.more
    if rolled is not None:
        names = draft.facts.workload.items("deploy.rollout.alarms")
        if not names:
            config_name = config.parameters["EndpointConfigName"]
            watching = alarms.rollback(draft, config_name, variants)
            names = tuple(each.parameters["AlarmName"] for each in watching)
        create = _guarded(draft, create, rolled, names)
        if fleet.instance is not None:
            instances = instances_during(draft, rolled, fleet)
        if rolled.strategy in (CANARY, LINEAR, ROLLING):
            draft.carry("canary")
    results = topics.results(draft) if "AsyncInferenceConfig" in config.parameters else ()
    made = topics.requests(draft, [*results, *(["alarms"] if telling else [])])
    topics.unused(draft)
    return Released(
        requests=(*models, *made, config, *watching, create, *after, *telling), instances=instances
    )


def surround_components(
    draft: Draft, requests: tuple[Request, ...], instance: Instance
) -> tuple[Request, ...]:
    """The requests of an endpoint that holds components, with alarms on each and their topic."""
    made = (each.parameters for each in requests if each.operation == "CreateInferenceComponent")
    names = tuple(each["InferenceComponentName"] for each in made)
    telling = alarms.of_components(draft, instance, names)
    topics.unused(draft)
    return (*requests, *topics.requests(draft, ["alarms"] if telling else []), *telling)


def _guarded(draft: Draft, create: Request, rolled: Rollout, names: tuple[str, ...]) -> Request:
    """CreateEndpoint with the deployment configuration that later updates take over."""
    draft.set(
        "AutoRollbackConfiguration",
        ", ".join(names),
        "An update rolls back when one of these alarms goes off. The execution role must be "
        "allowed cloudwatch:DescribeAlarms.",
    )
    deployment = {
        **policy(rolled),
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in names]},
    }
    tags = {key: value for key, value in create.parameters.items() if key == "Tags"}
    named = {key: value for key, value in create.parameters.items() if key != "Tags"}
    return create._replace(parameters={**named, "DeploymentConfig": deployment, **tags})
