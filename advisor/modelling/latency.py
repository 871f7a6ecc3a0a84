"""How fast an option answers, from closed forms, or why no number can be given.

``latency`` reads a mapping like that of ``advisor.pricing``; all keys are optional, times are
seconds, rates are per second, and where a fact is a range its unfavourable end is given:

====================  =============================================================================
key                   meaning
====================  =============================================================================
processing_s          typical time of one request
processing_p99_s      its 99th percentile; the same as processing_s when every request takes as long
measured              the times were measured on the instance type of the plan
rate                  requests at the peak
mean_rate             requests in the mean of the hours with traffic
pattern               traffic.pattern
instances, workers    in service at the peak; requests that one instance processes at once
max_rate              requests that one instance was measured to serve; wins over workers
routing               RANDOM (default) or LEAST_OUTSTANDING_REQUESTS of ``queueing.responses``
cold_start_s          serverless: from the request to a container that serves it
keep_alive_s          serverless: (low, high) time after which an idle environment is released
provisioned           serverless: provisioned concurrency
max_concurrency       serverless: requests in progress above which requests are refused
linger_s, wake_s      at zero when idle: time until release, and until service again
job_hours             batch transform: hours that one job runs
====================  =============================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from advisor.model.advice import Latency
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
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


def latency(option: str, facts: Mapping[str, Any]) -> Latency:
    """Expected answer times of ``option``, one of ``advisor.model.options.OPTIONS``."""
    return _FORMS[option](facts)


def _real_time(facts: Mapping[str, Any]) -> Latency:
    missing = _missing(facts, {"processing_s": "requests.processing", "rate": "traffic.peak"})
    to_zero = facts.get("wake_s") is not None
    if missing:
        return _unknown(missing, share=None if to_zero else 0.0)
    from advisor.modelling.queueing import responses

    service = _service(facts)
    waiting, reason = _queue(facts, service)
    if waiting is None:
        return _unknown(reason, share=None if to_zero else 0.0)
    if to_zero:
        awake = _real_time({key: facts[key] for key in facts if key != "wake_s"})
        share, wake = _asleep(facts, service)
        told = (
            f"{percent(share)} of the requests find no copy and fail; one is back after {wake:g} s."
        )
        return awake._replace(cold_start_share=round(share, 6), notes=(*awake.notes, told))
    routing = facts.get("routing") or responses.RANDOM
    how = f"Erlang C and Allen-Cunneen, {routing} routing, {percent(waiting.probability)} wait"
    if waiting.probability <= _HARDLY_ANY:
        return _answer(facts, None, 0.0, how)
    return _answer(facts, responses.share_above(waiting, service), 0.0, how)


def _serverless(facts: Mapping[str, Any]) -> Latency:
    missing = _missing(
        facts, {"processing_s": "requests.processing", "mean_rate": "traffic.volume"}
    )
    if missing:
        return _unknown(missing)
    from advisor.modelling.queueing import cold_starts, validity

    service = _service(facts)
    load = float(facts["mean_rate"]) * service.mean_s
    reason = validity.against_cold_start_share(load, facts.get("pattern"))
    if reason:
        return _unknown(reason)
    shortest, longest = facts.get("keep_alive_s", cold_starts.KEEP_ALIVE_S)
    often, seldom = (_cold_share(facts, service, keep) for keep in (shortest, longest))
    setup = facts.get("cold_start_s")

    def above(time: float) -> float:
        cold = 1.0 if setup is None else service.above(time - setup)
        return (1 - often) * service.above(time) + often * cold

    how = f"first passage times, environments kept for {shortest:g} s"
    found = _answer(facts, above, often, how)
    band = (
        f"{percent(seldom)} to {percent(often)} start cold, as environments are kept for "
        f"{longest:g} to {shortest:g} s, which SageMaker does not document."
    )
    notes = (*found.notes, band, *_refused(facts, service))
    if setup is None:
        notes = (*notes, "The cold-start time is unknown: state model.startup.")
    return found._replace(notes=notes)


def _asynchronous(facts: Mapping[str, Any]) -> Latency:
    missing = _missing(facts, {"processing_s": "requests.processing", "rate": "traffic.peak"})
    if missing:
        return _unknown(missing)
    from advisor.modelling.queueing import responses

    service = _service(facts)
    shared = {**facts, "routing": responses.LEAST_OUTSTANDING_REQUESTS}
    waiting, reason = _queue(shared, service)
    if waiting is None:
        return _unknown(reason)
    share, delay = _asleep(facts, service)
    how = f"Erlang C on one queue, {percent(waiting.probability)} wait"
    how += f", {percent(share)} meet a fleet at zero"
    if waiting.probability <= _HARDLY_ANY and not share:
        found = _answer(facts, None, 0.0, how)
    else:
        awake = responses.share_above(waiting, service)

        def above(time: float) -> float:
            return (1 - share) * awake(time) + share * awake(time - delay)

        found = _answer(facts, above, share, how)
    return found._replace(
        notes=(*found.notes, "Upload to and download from Amazon S3 come on top.")
    )


def _batch_transform(facts: Mapping[str, Any]) -> Latency:
    hours = facts.get("job_hours")
    if hours is None:
        return _unknown("the run time of a job is unknown")
    time = _milliseconds(float(hours) * 3600)
    return Latency(time, time, 0.0, f"{MODELLED}: results are complete when the job ends")


_FORMS: dict[str, Callable[[Mapping[str, Any]], Latency]] = {
    REAL_TIME: _real_time,
    SERVERLESS: _serverless,
    ASYNCHRONOUS: _asynchronous,
    BATCH_TRANSFORM: _batch_transform,
}


def _asleep(facts: Mapping[str, Any], service: ServiceTime) -> tuple[float, float]:
    """Share of the requests that meet a fleet at zero, and how long it takes to wake."""
    wake, linger = facts.get("wake_s"), facts.get("linger_s")
    if wake is None or linger is None:
        return 0.0, 0.0
    from advisor.modelling.queueing import scale_to_zero

    rate = float(facts.get("mean_rate") or 0.0)
    cycle = scale_to_zero.cycle(rate, service.mean_s, float(linger), float(wake))
    # Who arrives while it wakes waits too, if not as long.
    return min(1.0, cycle.wakeups_per_request * (1 + rate * float(wake))), float(wake)


def _service(facts: Mapping[str, Any]) -> ServiceTime:
    """Log-normal through the two stated quantiles, constant when there is one."""
    from advisor.modelling.queueing import service_times

    typical = float(facts["processing_s"])
    high = facts.get("processing_p99_s")
    return service_times.lognormal(typical, typical if high is None else float(high))


def _queue(facts: Mapping[str, Any], service: ServiceTime) -> tuple[Wait | None, str]:
    """The wait at the peak, or the reason why there is no number for it."""
    from advisor.modelling.queueing import responses, validity

    instances, workers = int(facts.get("instances", 1)), _workers(facts, service)
    routing = facts.get("routing") or responses.RANDOM
    rate = float(facts["rate"])
    servers = workers if routing == responses.RANDOM else instances * workers
    utilisation = rate * service.mean_s / (instances * workers)
    reason = validity.against_response_times(
        utilisation, service.cv2, servers, facts.get("pattern")
    )
    if reason:
        return None, reason
    return responses.fleet_wait(rate, service, instances, workers, routing), ""


def _workers(facts: Mapping[str, Any], service: ServiceTime) -> int:
    """Requests that one instance works on at once; of a measured rate those that it implies."""
    max_rate = facts.get("max_rate")
    if max_rate is None:
        return int(facts.get("workers", 1))
    from advisor.modelling.queueing import scaling

    return max(1, int(scaling.implied_workers(float(max_rate), service.mean_s)))


def _cold_share(facts: Mapping[str, Any], service: ServiceTime, keep_alive_s: float) -> float:
    from advisor.modelling.queueing import cold_starts

    return cold_starts.with_setup(
        float(facts["mean_rate"]),
        service.mean_s,
        keep_alive_s,
        float(facts.get("cold_start_s") or 0.0),
        int(facts.get("provisioned") or 0),
    ).share


def _refused(facts: Mapping[str, Any], service: ServiceTime) -> tuple[str, ...]:
    """What MaxConcurrency turns away at the peak, when that is worth a word."""
    most, rate = facts.get("max_concurrency"), facts.get("rate")
    if most is None or rate is None:
        return ()
    from advisor.modelling.queueing import erlang

    share = erlang.blocking(float(rate) * service.mean_s, int(most))
    if share <= _HARDLY_ANY:
        return ()
    return (
        f"At the peak {percent(share)} of the requests find {most} in progress and are refused.",
    )


def _answer(
    facts: Mapping[str, Any],
    above: Callable[[float], float] | None,
    cold_start_share: float,
    how: str,
) -> Latency:
    """Quantiles of a response time; p99 only where that of the processing time is known.

    ``above`` gives P(response > seconds); without it hardly any request waits, and a response takes
    as long as its processing.
    """
    typical, high = float(facts["processing_s"]), facts.get("processing_p99_s")
    p50 = _milliseconds(typical) if above is None else _quantile(above, 0.5, typical)
    p99: float | None = None
    notes: tuple[str, ...] = ()
    if high is None:
        notes = ("There is no p99 without requests.processing.p99.",)
    elif above is None:
        p99 = _milliseconds(max(typical, float(high)))
    else:
        p99 = _quantile(above, 0.99, max(typical, float(high)))
    if above is None and facts.get("measured"):
        basis = f"{MEASURED}: hardly any request waits ({how})"
    elif facts.get("measured"):
        basis = f"{MODELLED}: {how}, on measured processing times"
    else:
        basis = f"{MODELLED}: {how}, on processing times measured elsewhere"
    return Latency(p50, p99, round(cold_start_share, 6), basis, notes)


def _quantile(above: Callable[[float], float], share: float, start_s: float) -> float | None:
    """A quantile in milliseconds; ``None`` when more requests than that never end."""
    if above(_NEVER) > 1 - share:
        return None
    from advisor.modelling.queueing import responses

    return _milliseconds(responses.quantile(above, share, start_s))


def _milliseconds(seconds: float) -> float:
    """Rounded to three digits: more would claim what no model can."""
    return float(f"{seconds * 1000:.3g}")


def _missing(facts: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    lacking = [fact for key, fact in keys.items() if facts.get(key) is None]
    return f"{' and '.join(lacking)} must be a number" if lacking else ""


def _unknown(reason: str, share: float | None = None) -> Latency:
    return Latency(None, None, share, f"{UNKNOWN}: {reason}")
