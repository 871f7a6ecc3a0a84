"""How long an endpoint waits for the download of a model, and for its container to answer."""

from __future__ import annotations

import math

from advisor.model.advice import Parameters
from advisor.options import memory
from advisor.options.load import SECOND, mib, seconds
from advisor.options.plan_builder import Draft
from advisor.text.quantity import MIB


def download(draft: Draft, done: Parameters) -> None:
    """Set only where the default start-up allowance would be used up: no default is published."""
    size = memory.archive_bytes(draft)
    if size is None:
        return
    rate, margin = draft.number("download-rate"), draft.number("timeout-margin")
    time = size / MIB / rate
    wanted = time * margin
    if wanted <= draft.number("health-check-default"):
        return
    done["ModelDataDownloadTimeoutInSeconds"] = _timeout(draft, wanted)
    because = (
        f"{mib(size / MIB)} at {rate} MB/s = {seconds(round(time))}, x {margin}, in whole minutes."
    )
    value = done["ModelDataDownloadTimeoutInSeconds"]
    draft.set("ModelDataDownloadTimeoutInSeconds", value, because, constant="download-rate")


def start_limit(draft: Draft) -> int | None:
    """Seconds that the health check waits for the container; ``None``: the default does."""
    return None if (found := _limit(draft)) is None else found[0]


def _limit(draft: Draft) -> tuple[int, str] | None:
    stated = draft.upper("model.startup")
    if stated is None:
        return None
    margin, default = draft.number("timeout-margin"), draft.number("health-check-default")
    if draft.facts.workload.is_told("model.startup"):
        margin = 1  # what is modelled is the longest start
    wanted = stated / SECOND * margin
    if wanted <= default:
        return None
    times = f" x {margin}" if margin > 1 else " at the most"
    because = f"Start of {seconds(stated / SECOND)}{times} is above the default {default} s."
    return _timeout(draft, wanted), because


def health_check(draft: Draft, done: Parameters) -> None:
    """Set only where the default is too short for the stated or modelled start."""
    found = _limit(draft)
    if found is not None:
        name = "ContainerStartupHealthCheckTimeoutInSeconds"
        done[name] = found[0]
        draft.set(name, *found, constant="health-check-default")


def _timeout(draft: Draft, wanted: float) -> int:
    least, most = draft.number("timeout-least"), draft.number("timeout-most")
    return int(min(most, max(least, math.ceil(wanted / 60) * 60)))
