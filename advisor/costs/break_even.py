"""Where two ways to serve cost the same, in closed form; ``advisor.crossing`` finds all others."""

from __future__ import annotations

from decimal import Decimal

from advisor.costs.lines import BYTES_PER_GB
from advisor.costs.money import Number, decimal, product, quotient, total_of

_SECONDS_PER_HOUR = Decimal(3600)


def serverless_request(
    usd_per_second: Number, seconds: Number, usd_per_gb: Number, data_bytes: Number
) -> Decimal:
    """USD for one on-demand request.

    Args:
        usd_per_second: at the memory size.
        seconds: billed for one request.
        usd_per_gb: of data in and out.
        data_bytes: of request and response together.
    """
    compute = product(decimal(usd_per_second), decimal(seconds))
    data = quotient(product(decimal(usd_per_gb), decimal(data_bytes)), BYTES_PER_GB)
    return total_of((compute, data))


def volume(fleet_usd: Number, request_usd: Number) -> Decimal:
    """Requests a month at which serverless costs as much as a fleet.

    It means something only while the fleet can carry them.
    """
    return quotient(decimal(fleet_usd), decimal(request_usd))


def busy_seconds(fleet_usd: Number, usd_per_second: Number) -> Decimal:
    """Busy seconds a month at which serverless costs as much as a fleet, data left aside."""
    return quotient(decimal(fleet_usd), decimal(usd_per_second))


def busy_share(usd_per_hour: Number, usd_per_second: Number, environments: int = 1) -> Decimal:
    """Share of the time for which an environment may be busy before an instance is cheaper.

    Args:
        usd_per_hour: of one instance.
        usd_per_second: of one environment.
        environments: that one instance replaces.
    """
    environment_hour = product(decimal(usd_per_second), _SECONDS_PER_HOUR)
    return quotient(decimal(usd_per_hour), product(environment_hour, Decimal(environments)))


def provisioning_threshold(kept_warm: Number, on_demand: Number, running: Number) -> Decimal | None:
    """Busy share of a level above which provisioning it is cheaper; ``None`` when it never is.

    Args:
        kept_warm: USD per second of provisioned concurrency (usage).
        on_demand: USD per second of a request on demand.
        running: USD per second of a request on provisioned concurrency (duration).
    """
    saved = total_of((decimal(on_demand), decimal(running).copy_negate()))
    return quotient(decimal(kept_warm), saved) if saved > 0 else None


def batch_is_cheaper(
    *,
    runs: Number,
    instances: int,
    start_s: Number,
    rate: Number,
    records: Number,
    wake_s: Number,
    linger_s: Number,
) -> bool:
    """Whether ``runs`` transform jobs take fewer instance seconds than one asynchronous instance.

    Args:
        runs: a month; each brings ``records`` to either option.
        instances: of one job.
        start_s: of a job, paid by every instance.
        rate: records per second of one instance, the same for both options.
        records: of one run.
        wake_s: start of the asynchronous endpoint, paid once a run.
        linger_s: before it is released again.
    """
    work = quotient(decimal(records), decimal(rate))
    job = total_of((product(Decimal(instances), decimal(start_s)), work))
    burst = total_of((decimal(wake_s), work, decimal(linger_s)))
    return product(decimal(runs), job) < product(decimal(runs), burst)
