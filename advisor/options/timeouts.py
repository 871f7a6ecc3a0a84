"""How long an endpoint waits for the download of a model, and for its container to answer."""

from __future__ import annotations

import math

from advisor.model.advice import Parameters
from advisor.options import memory
from advisor.options.load import SECOND, mib, seconds
from advisor.options.plan_builder import Draft
from advisor.text.quantity import MIB

_DOWNLOAD = "ModelDataDownloadTimeoutInSeconds"
_HEALTH = "ContainerStartupHealthCheckTimeoutInSeconds"


def download(draft: Draft, done: Parameters) -> None:
    """Set only where the default start-up allowance would be used up: no default is published."""
    size = memory.archive_bytes(draft)
    if size is None:
        return
    rate, margin = draft.number("download-rate"), draft.number("timeout-margin")
    time = size / MIB / rate
    if time * margin <= draft.number("health-check-default"):
        return
    _within(draft, f"the download of {mib(size / MIB)}", time)
    done[_DOWNLOAD] = _timeout(draft, time * margin)
    because = (
        f"{mib(size / MIB)} at {rate} MB/s = {seconds(round(time))}, x {margin}, in whole minutes."
    )
    draft.set(_DOWNLOAD, done[_DOWNLOAD], because, constant="download-rate")


def start_limit(draft: Draft, *, fetches: bool) -> int | None:
    """Seconds that the health check waits for the container; ``None``: the default does."""
    time, margin = _start_s(draft, fetches=fetches)
    wanted = time * margin
    return _timeout(draft, wanted) if wanted > draft.number("health-check-default") else None


def _start_s(draft: Draft, *, fetches: bool) -> tuple[float, int]:
    """Seconds of a start as the health check sees it, and their margin.

    What is modelled is the longest one. Weights in S3 are there before the container starts, and
    have a clock of their own; those of the Hub are fetched inside of it.
    """
    stated, told = draft.upper("model.startup"), draft.facts.workload.modelled
    if told is not None and draft.facts.workload.is_told("model.startup"):
        return (stated or 0) / SECOND if fetches else told.loading_s, 1
    return (stated or 0) / SECOND, draft.number("timeout-margin")


def health_check(draft: Draft, done: Parameters, *, fetches: bool) -> None:
    """Set only where the default is too short for the stated or modelled start.

    Args:
        draft: the plan being made.
        done: the variant so far.
        fetches: whether the container fetches the weights.
    """
    limit = start_limit(draft, fetches=fetches)
    if limit is None:
        return
    time, margin = _start_s(draft, fetches=fetches)
    _within(draft, "the start of the container", time)
    done[_HEALTH] = limit
    default = draft.number("health-check-default")
    times = f" x {margin}" if margin > 1 else " at the most"
    because = f"Start of {seconds(round(time))}{times} is above the default {default} s."
    draft.set(_HEALTH, limit, because, constant="health-check-default")


def _within(draft: Draft, what: str, time: float) -> None:
    """Say it where AWS may end a start before it is done."""
    most = draft.number("timeout-most")
    if time > most:
        draft.find(
            "start-beyond-limit",
            "warning",
            f"{what} may take {seconds(round(time))}, and AWS ends it after {seconds(most)}",
            path="model.startup",
            fix="Take instances that fetch faster, or weights of fewer bits, and measure a start.",
        )


def _timeout(draft: Draft, wanted: float) -> int:
    least, most = draft.number("timeout-least"), draft.number("timeout-most")
    return int(min(most, max(least, math.ceil(wanted / 60) * 60)))
