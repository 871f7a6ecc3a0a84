"""How many instances an endpoint has for availability alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.engine.named_model import StatedFacts

# The traffic of these patterns pauses, and an instance lost in a pause is replaced unseen.
_WITH_GAPS = frozenset({"intermittent"})


def availability(facts: StatedFacts, two: int) -> tuple[int, str]:
    """Instances for availability alone, with the reason.

    Args:
        facts: of the workload.
        two: instances that run in two Availability Zones.
    """
    stated = facts.workload.text("environment")
    if facts.needs("multi-az"):
        return two, f"multi-az: {two} instances run in two Availability Zones"
    if stated == "test":
        return 1, "one instance for a test environment"
    if stated is None and facts.taken("traffic.pattern") in _WITH_GAPS:
        return (
            1,
            "one instance: the traffic has long gaps, and environment: production is not stated",
        )
    taken = "in production" if stated else "as for production, because no environment is stated"
    return two, f"{two} instances {taken}, in two Availability Zones"
