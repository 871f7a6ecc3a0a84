"""Whether the plan of an answer stays within what an organisation allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.gate.rules.instances import family
from advisor.gate.settings import CONCURRENCY, Organisation
from advisor.model.advice import Advice
from advisor.model.options import SERVERLESS


def beyond(advice: Advice, organisation: Organisation) -> Iterator[tuple[str, str]]:
    """Rule and message for what an answer's plan takes and the organisation does not have."""
    chosen = advice.chosen
    if chosen is None or chosen.plan is None:
        return
    facts = chosen.plan.facts
    instance_type = str(facts.get("instance_type") or "")
    allowed = organisation.families
    if instance_type and allowed and family(instance_type) not in allowed:
        yield (
            "family-not-allowed",
            f"the plan takes {instance_type}; allowed: {', '.join(allowed)}",
        )
    name = CONCURRENCY if chosen.option == SERVERLESS else instance_type
    wanted, quota = _most(chosen.option, facts), organisation.quotas.get(name)
    if quota is not None and wanted is not None and wanted > quota:
        yield "above-quota", f"the plan takes {wanted} of {name}; the account's quota is {quota}"


def _most(option: str, facts: Mapping[str, Any]) -> int | None:
    """The most instances, or requests at once, that a plan may take; ``None`` where it is open."""
    names = ("max_concurrency",) if option == SERVERLESS else ("count", "maximum", "count_high")
    found = next((facts[name] for name in names if facts.get(name) is not None), None)
    return found if isinstance(found, int) else None
