"""The waits of an update, and the time limit that leaves room for them and for the starts."""

from __future__ import annotations

import math
from typing import NamedTuple

from advisor.model.options import SERVERLESS
from advisor.options import endpoint
from advisor.options.load import SECOND, known, number, per_second, seconds
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import warn
from advisor.options.rollout.step import ROLLING


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
