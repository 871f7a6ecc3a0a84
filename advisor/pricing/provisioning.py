"""What provisioned concurrency pays for: levels that are busy enough, and warm starts."""

from __future__ import annotations

from decimal import Decimal

from advisor.catalogue.price_snapshot import Prices
from advisor.model.usage import Number, ServerlessUsage
from advisor.modelling.queueing.cold_starts import provisioned_levels
from advisor.pricing.amounts import decimal, quotient, total_of
from advisor.text.quantity import MONTH_HOURS
from advisor.text.quantity_format import percent


def provisioning_threshold(kept_warm: Number, on_demand: Number, running: Number) -> Decimal | None:
    """Busy share of a level above which provisioning it is cheaper; ``None`` when it never is.

    Args:
        kept_warm: USD per second of provisioned concurrency (usage).
        on_demand: USD per second of a request on demand.
        running: USD per second of a request on provisioned concurrency (duration).
    """
    saved = total_of((decimal(on_demand), decimal(running).copy_negate()))
    return quotient(decimal(kept_warm), saved) if saved > 0 else None


def provisioning_note(usage: ServerlessUsage, prices: Prices) -> str:
    """How many of the provisioned environments cost less than requests on demand would.

    The marginal rule: a level is worth its price while it is busy for more than idle / (on demand -
    running) of the time. Empty where a price or the load is not known.
    """
    memory = str(usage.memory_mb)
    kept_warm, running, on_demand = (
        prices.lookup(component, memory)
        for component in (
            "provisioned-concurrency-usage",
            "provisioned-concurrency-duration",
            "serverless",
        )
    )
    requests, seconds = usage.traffic.requests.exact, usage.seconds.exact
    if kept_warm is None or running is None or on_demand is None:
        return ""
    if requests is None or seconds is None:
        return ""
    threshold = provisioning_threshold(kept_warm.usd, on_demand.usd, running.usd)
    active_s = MONTH_HOURS * 3600 * float(usage.traffic.active_share)
    load, count = float(requests) * float(seconds) / active_s, usage.provisioned
    worth = 0
    if threshold is not None:
        worth = min(count, provisioned_levels(load, float(threshold)))
    share = (
        "" if threshold is None else f", busy for more than {percent(float(threshold))} of the time"
    )
    return (
        f"Of {count} provisioned, {worth} cost less than on demand{share}; what more they cost is"
        " the price of warm starts."
    )
