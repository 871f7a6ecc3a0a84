"""Serverless inference: memory step, concurrency, warm capacity where cold starts are avoided."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.model.advice import Parameters, Plan, Request
from advisor.model.usage import ServerlessUsage, between, known
from advisor.model.workload import Interval, Measurement
from advisor.options import (
    containers,
    endpoint,
    memory,
    names,
    quotas,
    rollout,
    scaling,
    schedule,
    traffic,
    variants,
)
from advisor.options import invocation as call
from advisor.options import load as loads
from advisor.options.load import SECOND, Load, load, mib, seconds, sentence
from advisor.options.plan_builder import Draft
from advisor.options.rollout.replaced import Replaced
from advisor.rulebook.fact_entries import MEAN_PROCESSING
from advisor.text.quantity_format import number, percent

_PREDICTABLE = frozenset({"sustained", "diurnal", "periodic"})


def size(draft: Draft, prices: Mapping[str, int] | None, *, deploy: bool) -> Plan:
    """The plan of a serverless endpoint; there are no instances, so ``prices`` decide nothing."""
    del prices
    work = _work(draft)
    memory_mb = _memory(draft)
    setup = _setup_s(draft)
    provisioned = _provisioned(draft, work)
    concurrency = _concurrency(draft, work, setup, provisioned)
    usage = _usage(
        draft=draft,
        work=work,
        memory_mb=memory_mb,
        concurrency=concurrency,
        provisioned=provisioned,
        setup=setup,
    )
    hours = _hours(draft, provisioned, setup)
    least = draft.number("schedule-provisioned-least")
    if hours is not None:
        usage = usage._replace(off=hours.off())
    elif draft.needs("autoscaling") and provisioned > least:
        share = draft.number("provisioned-utilisation")
        usage = usage._replace(scaled_from=least, kept_busy=share)
        draft.set(
            "DesiredProvisionedConcurrency",
            f"{least} to {provisioned}",
            f"needs.autoscaling: a policy keeps {share} of it busy.",
            constant="provisioned-utilisation",
        )
    if not deploy:
        return draft.sized(usage)
    model = containers.create_model(draft)
    serverless: Parameters = {"MemorySizeInMB": memory_mb, "MaxConcurrency": concurrency}
    if provisioned:
        serverless["ProvisionedConcurrency"] = provisioned
    config: Parameters = {
        "ProductionVariants": [
            {
                "VariantName": names.VARIANT,
                "ModelName": model.parameters["ModelName"],
                "InitialVariantWeight": 1.0,
                "ServerlessConfig": serverless,
            }
        ]
    }
    endpoint.encrypt(draft, config, None)
    variants.elsewhere(draft)
    released = rollout.complete(
        draft, endpoint.requests(draft, model, config), Replaced(instance=None, least=0, most=0)
    )
    draft.carry("autoscaling", "multi-az", "response-streaming")
    if provisioned == 0:
        draft.carry("scale-to-zero")
    invoke = call.synchronous(draft, work if _measured(draft) else loads.known(draft))
    count = memory.models(draft)
    wanted = {"concurrency": concurrency, "endpoints": count, "memory-mb": memory_mb}
    requests = released.requests + _scaled(draft, usage, hours)
    return draft.plan(requests, invoke, quotas.quotas(draft, wanted), usage)


def _measured(draft: Draft) -> Measurement | None:
    """What a load test found of a serverless endpoint."""
    measured = draft.facts.workload.measured
    return None if measured is None else measured.serverless


def _work(draft: Draft) -> Load:
    """The load, with the time of a request as it was measured on a serverless endpoint."""
    work, measured = load(draft), _measured(draft)
    if measured is None:
        return work
    time = measured.latency_s
    flying = work.in_flight
    if work.concurrent is None and work.peak is not None:
        flying = work.peak * time
    slowest = None if work.slowest_s is None else max(work.slowest_s, time)
    said = f"{seconds(time)} measured"
    return work._replace(
        processing_s=time, median_s=time, time_text=said, slowest_s=slowest, in_flight=flying
    )


def _memory(draft: Draft) -> int:
    measured = _measured(draft)
    if measured is not None and measured.memory_mb is not None:
        because = f"The size on which a load test measured {seconds(measured.latency_s)} a request."
        draft.set("MemorySizeInMB", measured.memory_mb, because)
        return measured.memory_mb
    tiers: list[int] = draft.number("serverless-memory-tiers")
    loaded, text = memory.resident_mib(draft)
    if loaded is None:
        chosen = int(draft.number("serverless-memory-default"))
        draft.set("MemorySizeInMB", chosen, sentence(text), constant="serverless-memory-default")
        return chosen
    server = draft.number("server-memory")
    wanted = loaded + server
    chosen = next((tier for tier in tiers if tier >= wanted), tiers[-1])
    because = f"{text} + {server} MB server = {mib(wanted)}"
    if wanted > chosen:
        because += f", more than the largest size, {chosen} MB"
    else:
        because += f"; the smallest size that holds it is {chosen} MB"
    draft.set("MemorySizeInMB", chosen, sentence(because), constant="serverless-memory-tiers")
    return chosen


def _setup_s(draft: Draft) -> float:
    """Cold start of one environment in seconds: measured, stated, else as measured by others."""
    measured = _measured(draft)
    if measured is not None and measured.setup_s is not None:
        return measured.setup_s
    return float(draft.facts.taken("start.serverless") / SECOND)


def _concurrency(draft: Draft, work: Load, setup: float, provisioned: int) -> int:
    least, most = (
        draft.number("serverless-concurrency-least"),
        draft.number("serverless-concurrency-most"),
    )
    flying, text = work.in_flight or 0.0, work.in_flight_text
    if _bursts(draft) and not provisioned:
        from advisor.modelling.queueing.cold_starts import after_quiet

        _, cold = after_quiet(work.peak or 0.0, work.processing_s or 0.0, setup)
        flying = max(flying, cold)
        text = (
            f"after a pause all start cold: {work.peak_text} x ({seconds(setup)} start + "
            f"{work.time_text}) = {number(flying)} in progress"
        )
    share = draft.number("serverless-throttled")
    wanted, enough = _servers(flying, share, most)
    chosen = int(max(least, provisioned, wanted))
    because = f"{text}; by Erlang's formula {chosen} throttle less than {percent(share)} of them"
    if "traffic.peak" in work.rests_on and chosen < draft.number("serverless-concurrency-default"):
        chosen = int(draft.number("serverless-concurrency-default"))
        because += f"; {chosen} leave room, as the load is not stated"
    if not enough:
        because = f"{text}; {most} is the most an endpoint may have, and the rest is throttled"
    draft.set("MaxConcurrency", chosen, sentence(because), constant="serverless-throttled")
    return chosen


def _servers(flying: float, share: float, most: int) -> tuple[int, bool]:
    """Fewest environments that turn away at most ``share``; ``most``, and false, where none do."""
    if flying * (1 - share) > most:  # more is carried than all of them can do
        return most, False
    blocked = 1.0
    for count in range(1, most + 1):
        blocked = flying * blocked / (count + flying * blocked)
        if blocked <= share:
            return count, True
    return most, False


def _bursts(draft: Draft) -> bool:
    """Whether the peak may come at once after a pause."""
    return draft.facts.taken("traffic.pattern") not in _PREDICTABLE


def _provisioned(draft: Draft, work: Load) -> int:
    """Warm environments, where cold starts are to be avoided and the traffic can be foreseen."""
    facts = draft.facts
    setup = _setup_s(draft)
    needed, zero = draft.needs("provisioned-concurrency"), draft.needs("scale-to-zero")
    avoided = facts.taken("requests.cold_start") < setup * SECOND and not zero
    foreseen = draft.text("traffic.pattern") in _PREDICTABLE
    if not (needed or facts.taken("serverless.kept-warm") or (avoided and foreseen)):
        return 0
    draft.carry("provisioned-concurrency")
    if facts.taken("serverless.kept-warm") and not needed:
        because = f"A start of about {seconds(setup)} is too late, and one takes the load."
        draft.set("ProvisionedConcurrency", 1, because, constant="provisioned-spill")
        return 1
    spill, most = draft.number("provisioned-spill"), draft.number("serverless-concurrency-most")
    count = _level(work.in_flight or 0.0, spill, most)
    exceeded = f"{count} are exceeded for less than {percent(spill)} of the time"
    because = f"{work.in_flight_text}; {exceeded}, at most {most}"
    draft.set("ProvisionedConcurrency", count, sentence(because), constant="provisioned-spill")
    return count


def _scaled(
    draft: Draft, usage: ServerlessUsage, hours: schedule.Timetable | None
) -> tuple[Request, ...]:
    """What moves the provisioned concurrency: its hours, a policy, or nothing."""
    most, least = usage.provisioned, usage.scaled_from
    if least is None:
        return schedule.scheduled(hours, scaling.environments(draft, most, most))
    target = scaling.environments(draft, least, most)
    return target, scaling.by_utilisation(draft, float(usage.kept_busy))


def _hours(draft: Draft, provisioned: int, setup: float) -> schedule.Timetable | None:
    """The hours in which more than the least is provisioned."""
    if not (provisioned and schedule.stated(draft)):
        return None
    kept = draft.number("schedule-provisioned-least")
    start = setup, f"{seconds(setup)} for a start"
    why = f"{kept} stays provisioned, which may not go to zero"
    return schedule.timetable(draft, provisioned, (kept, why), start)


def _level(flying: float, spill: float, most: int) -> int:
    """The level that is exceeded for at most ``spill`` of the time, for Poisson arrivals."""
    if flying >= most:
        return most
    from advisor.modelling.queueing.cold_starts import levels_busy

    exceeded = (level for level, busy in enumerate(levels_busy(flying, most)) if busy <= spill)
    return max(1, next(exceeded, most))


def _usage(
    draft: Draft, work: Load, memory_mb: int, concurrency: int, provisioned: int, setup: float
) -> ServerlessUsage:
    moved, measured = traffic.traffic(draft), _measured(draft) is not None
    facts = draft.facts
    time = facts.interval(MEAN_PROCESSING) if facts.is_stated("requests.processing") else None
    seconds = between(time or Interval(None, None), SECOND)
    if measured and work.processing_s is not None:
        moved = moved._replace(processing_s=work.processing_s, median_s=work.processing_s)
        seconds = known(work.processing_s)
    return ServerlessUsage(
        memory_mb=memory_mb,
        traffic=moved,
        seconds=seconds,
        max_concurrency=concurrency,
        provisioned=provisioned,
        cold_start_s=setup,
        keep_alive_s=(
            float(draft.number("serverless-keep-alive-least")),
            float(draft.number("serverless-keep-alive-most")),
        ),
        measured=measured,
    )
