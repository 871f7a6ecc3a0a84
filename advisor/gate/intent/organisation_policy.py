"""Whether the plan of an answer stays within what an organisation allows."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.gate.rules.instances import family
from advisor.gate.settings import CONCURRENCY, Organisation
from advisor.model.advice import Advice
from advisor.model.options import SERVERLESS
from advisor.model.usage import FleetUsage, ServerlessUsage, Usage


def beyond(advice: Advice, organisation: Organisation) -> Iterator[tuple[str, str]]:
    """Rule and message for what an answer's plan takes and the organisation does not have."""
    chosen = advice.chosen
    if chosen is None or chosen.plan is None:
        return
    usage = chosen.plan.usage
    instance_type = usage.instance_type or ""
    allowed = organisation.families
    if instance_type and allowed and family(instance_type) not in allowed:
        yield (
            "family-not-allowed",
            f"the plan takes {instance_type}; allowed: {', '.join(allowed)}",
        )
    name = CONCURRENCY if chosen.option == SERVERLESS else instance_type
    wanted, quota = _most(usage), organisation.quotas.get(name)
    if quota is not None and wanted is not None and wanted > quota:
        yield "above-quota", f"the plan takes {wanted} of {name}; the account's quota is {quota}"


def _most(usage: Usage) -> int | None:
    """The most instances, or requests at once, that a plan may take; ``None`` where it is open."""
    if isinstance(usage, ServerlessUsage):
        return usage.max_concurrency
    if isinstance(usage, FleetUsage) and usage.maximum is not None:
        return usage.maximum
    most = usage.count.high
    return most if isinstance(most, int) else None
