"""How fast an option answers, from closed forms, or why no number can be given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from advisor.model.advice import Latency
from advisor.model.options import ASYNCHRONOUS
from advisor.model.usage import EndpointUsage, FleetUsage, JobUsage, ServerlessUsage, Traffic, Usage
from advisor.text.quantity_format import percent

# Each form imports the part of queueing that it needs: an answer needs one of them.
if TYPE_CHECKING:
    from advisor.modelling.queueing.erlang import Wait
    from advisor.modelling.queueing.service_times import ServiceTime

MEASURED = "measured"
MODELLED = "modelled"
UNKNOWN = "unknown"

# Fewer waiting requests than this do not move a 99th percentile.
_HARDLY_ANY = 0.001
_NEVER = float("inf")


def latency(option: str, usage: Usage) -> Latency:
    """Expected answer times of ``option``, one of ``advisor.model.options.OPTIONS``."""
    if isinstance(usage, JobUsage):
        return _batch_transform(usage)
    if isinstance(usage, ServerlessUsage):
        return _serverless(usage)
    return _asynchronous(usage) if option == ASYNCHRONOUS else _real_time(usage)


def _real_time(usage: FleetUsage) -> Latency:
    missing = _missing(usage.traffic, rate="traffic.peak")
    to_zero = usage.wake_s is not None
    if missing:
        return _unknown(missing, share=None if to_zero else 0.0)
    from advisor.modelling.queueing import responses

    service = _service(usage.traffic)
    waiting, reason = _queue(usage, service, usage.routing or responses.RANDOM)
    if waiting is None:
        return _unknown(reason, share=None if to_zero else 0.0)
    if to_zero:
        awake = _real_time(usage._replace(wake_s=None))
        share, wake = _asleep(usage, service)
        told = (
            f"{percent(share)} of the requests find no copy and fail; one is back after {wake:g} s."
        )
        return awake._replace(cold_start_share=round(share, 6), notes=(*awake.notes, told))
    routing = usage.routing or responses.RANDOM
    how = f"Erlang C and Allen-Cunneen, {routing} routing, {percent(waiting.probability)} wait"
    if waiting.probability <= _HARDLY_ANY:
        return _answer(usage, None, 0.0, how)
    return _answer(usage, responses.share_above(waiting, service), 0.0, how)


def _serverless(usage: ServerlessUsage) -> Latency:
    traffic = usage.traffic
    missing = _missing(traffic, mean_rate="traffic.volume")
    if missing:
        return _unknown(missing)
    from advisor.modelling.queueing import validity

    service, setup = _service(traffic), usage.cold_start_s
    load = _known(traffic.mean_rate) * service.mean_s
    reason = validity.against_cold_start_share(load, traffic.pattern)
    if reason:
        return _unknown(reason)
    shortest, longest = usage.keep_alive_s
    often, seldom = (_cold_share(usage, service, keep) for keep in (shortest, longest))

    def above(time: float) -> float:
        cold = 1.0 if setup is None else service.above(time - setup)
        return (1 - often) * service.above(time) + often * cold

    how = f"first passage times, environments kept for {shortest:g} s"
    found = _answer(usage, above, often, how)
    band = (
        f"{percent(seldom)} to {percent(often)} start cold, as environments are kept for "
        f"{longest:g} to {shortest:g} s, which SageMaker does not document."
    )
    notes = (*found.notes, band, *_refused(usage, service))
    if setup is None:
        notes = (*notes, "The cold-start time is unknown: state model.startup.")
    return found._replace(notes=notes)


def _asynchronous(usage: FleetUsage) -> Latency:
    missing = _missing(usage.traffic, rate="traffic.peak")
    if missing:
        return _unknown(missing)
    from advisor.modelling.queueing import responses

    service = _service(usage.traffic)
    waiting, reason = _queue(usage, service, responses.LEAST_OUTSTANDING_REQUESTS)
    if waiting is None:
        return _unknown(reason)
    share, delay = _asleep(usage, service)
    how = f"Erlang C on one queue, {percent(waiting.probability)} wait"
    how += f", {percent(share)} meet a fleet at zero"
    if waiting.probability <= _HARDLY_ANY and not share:
        found = _answer(usage, None, 0.0, how)
    else:
        awake = responses.share_above(waiting, service)

        def above(time: float) -> float:
            return (1 - share) * awake(time) + share * awake(time - delay)

        found = _answer(usage, above, share, how)
    return found._replace(
        notes=(*found.notes, "Upload to and download from Amazon S3 come on top.")
    )


def _batch_transform(usage: JobUsage) -> Latency:
    hours = usage.job_hours.exact
    if hours is None:
        return _unknown("the run time of a job is unknown")
    time = _milliseconds(float(hours) * 3600)
    return Latency(
        p50_ms=time,
        p99_ms=time,
        cold_start_share=0.0,
        basis=f"{MODELLED}: results are complete when the job ends",
    )


def _asleep(usage: FleetUsage, service: ServiceTime) -> tuple[float, float]:
    """Share of the requests that meet a fleet at zero, and how long it takes to wake."""
    wake, linger = usage.wake_s, usage.linger_s
    if wake is None or linger is None:
        return 0.0, 0.0
    from advisor.modelling.queueing import scale_to_zero

    rate = float(usage.traffic.mean_rate or 0.0)
    cycle = scale_to_zero.cycle(rate, service.mean_s, float(linger), float(wake))
    # Who arrives while it wakes waits too, if not as long.
    return min(1.0, cycle.wakeups_per_request * (1 + rate * float(wake))), float(wake)


def _service(traffic: Traffic) -> ServiceTime:
    """Log-normal, with the mean that all else reads; constant when there is one time."""
    from advisor.modelling.queueing import service_times

    mean, high = _known(traffic.processing_s), traffic.processing_p99_s
    if traffic.median_s is not None and high is not None:
        return service_times.lognormal(traffic.median_s, high)
    return service_times.around(mean, mean if high is None else float(high))


def _queue(usage: FleetUsage, service: ServiceTime, routing: str) -> tuple[Wait | None, str]:
    """The wait at the peak, or the reason why there is no number for it."""
    from advisor.modelling.queueing import responses, validity

    instances, workers = usage.instances, _workers(usage, service)
    rate = _known(usage.traffic.rate)
    servers = workers if routing == responses.RANDOM else instances * workers
    utilisation = rate * service.mean_s / (instances * workers)
    pattern = usage.traffic.pattern
    reason = validity.against_response_times(utilisation, service.cv2, servers, pattern)
    if reason:
        return None, reason
    return responses.fleet_wait(rate, service, instances, workers, routing), ""


def _workers(usage: FleetUsage, service: ServiceTime) -> int:
    """Requests that one instance works on at once; of a measured rate those that it implies."""
    if usage.max_rate is None:
        return usage.workers
    return max(1, int(float(usage.max_rate) * service.mean_s))  # Little's law


def _cold_share(usage: ServerlessUsage, service: ServiceTime, keep_alive_s: float) -> float:
    from advisor.modelling.queueing import cold_starts

    return cold_starts.with_setup(
        _known(usage.traffic.mean_rate),
        service.mean_s,
        keep_alive_s,
        float(usage.cold_start_s or 0.0),
        usage.provisioned,
    ).share


def _refused(usage: ServerlessUsage, service: ServiceTime) -> tuple[str, ...]:
    """What MaxConcurrency turns away at the peak, when that is worth a word."""
    most, rate = usage.max_concurrency, usage.traffic.rate
    if most is None or rate is None:
        return ()
    from advisor.modelling.queueing import erlang

    share = erlang.blocking(float(rate) * service.mean_s, most)
    if share <= _HARDLY_ANY:
        return ()
    return (
        f"At the peak {percent(share)} of the requests find {most} in progress and are refused.",
    )


def _answer(
    usage: EndpointUsage, above: Callable[[float], float] | None, cold_start_share: float, how: str
) -> Latency:
    """Quantiles of a response time; p99 only where that of the processing time is known.

    ``above`` gives P(response > seconds); without it hardly any request waits, and a response takes
    as long as its processing.
    """
    median, high = usage.traffic.median_s, usage.traffic.processing_p99_s
    typical = _known(usage.traffic.processing_s if median is None else median)
    p50 = _milliseconds(typical) if above is None else _quantile(above, 0.5, typical)
    p99: float | None = None
    notes: tuple[str, ...] = ()
    if high is None:
        notes = ("There is no p99 without requests.processing.p99.",)
    elif above is None:
        p99 = _milliseconds(max(typical, float(high)))
    else:
        p99 = _quantile(above, 0.99, max(typical, float(high)))
    if above is None and usage.measured:
        basis = f"{MEASURED}: hardly any request waits ({how})"
    elif usage.measured:
        basis = f"{MODELLED}: {how}, on measured processing times"
    else:
        basis = f"{MODELLED}: {how}, on processing times measured elsewhere"
    return Latency(
        p50_ms=p50,
        p99_ms=p99,
        cold_start_share=round(cold_start_share, 6),
        basis=basis,
        notes=notes,
    )


def _quantile(above: Callable[[float], float], share: float, start_s: float) -> float | None:
    """A quantile in milliseconds; ``None`` when more requests than that never end."""
    if above(_NEVER) > 1 - share:
        return None
    from advisor.modelling.queueing import responses

    return _milliseconds(responses.quantile(above, share, start_s))


def _milliseconds(seconds: float) -> float:
    """Rounded to three digits: more would claim what no model can."""
    return float(f"{seconds * 1000:.3g}")


def _known(number: float | None) -> float:
    """A number without which there is no latency to tell: ``_missing`` has looked."""
    assert number is not None
    return float(number)


def _missing(traffic: Traffic, **rates: str) -> str:
    """What to state where the time of a request, or a rate of the traffic, is not known."""
    needed = {"processing_s": "requests.processing", **rates}
    lacking = [fact for name, fact in needed.items() if getattr(traffic, name) is None]
    return f"{' and '.join(lacking)} must be a number" if lacking else ""


def _unknown(reason: str, share: float | None = None) -> Latency:
    return Latency(p50_ms=None, p99_ms=None, cold_start_share=share, basis=f"{UNKNOWN}: {reason}")
