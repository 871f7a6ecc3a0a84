"""What the load and the targets of a workload ask of the type that its model runs on."""

from __future__ import annotations

from advisor.engine.availability import availability
from advisor.engine.named_model import NamedModel, StatedFacts
from advisor.model.geometry import Geometry
from advisor.model.value import Value
from advisor.model.workload import Workload
from advisor.modelling.speed import Tokens
from advisor.rulebook.fact_entries import MEAN_PROCESSING
from advisor.rulebook.hardware import GPU
from advisor.rulebook.knowledge import Knowledge
from advisor.text.quantity import KINDS, MIB, WEEK

_SECOND = _MILLION = 1_000_000
_PER_SECOND = KINDS["rate"]["/s"]


class Asked(Value):
    """What a model must do, as far as the choice of its type reads it."""

    geometry: Geometry
    precision: str
    weights: int  # bytes
    usual: Tokens
    context: int  # tokens of the longest request
    rate: float  # requests a second at the peak; beside ``flying`` what is stated alone
    flying: float | None  # stated requests in progress at the peak
    first_byte_s: float | None = None
    answer_s: float | None = None
    request_s: float | None = None  # stated time of one request, which wins
    at_once: int | None = None  # stated requests that one copy takes
    batched: bool = False  # these were measured, as requests that are batched
    device_mib: int | None = None  # stated memory of all devices, which wins
    host_mib: int | None = None
    least: int = 1  # instances of any fleet
    count: int | None = None  # instances of the plan, where there is one
    fast: bool = False  # a faster one is worth a higher price
    budget_usd: float | None = None  # a month
    transform: bool = False  # records of a job, whose rate is what its instances take
    named: str | None = None  # the one type that is stated
    device: str = ""  # the one accelerator that is stated, as instances.csv calls it
    region: str | None = None
    engine: str = ""  # the server; any without measured rows makes intervals wider


def asked_of(facts: StatedFacts, model: NamedModel, known: Knowledge) -> Asked:
    """What the load and the targets ask of a type; a stated value goes before a modelled one."""
    workload = facts.workload
    concurrent = facts.taken("traffic.concurrent")
    budget, stated_time = stated_end(workload, "budget"), facts.is_stated("requests.processing")
    transform = workload.text("requests.arrival") == "batch"  # nobody waits for one record
    return Asked(
        geometry=model.geometry,
        precision=model.precision,
        weights=model.weights,
        usual=model.usual,
        context=model.context,
        rate=_rate(facts, concurrent is not None) / _PER_SECOND,
        flying=float(concurrent) if concurrent else None,
        first_byte_s=None if transform else _seconds(workload, "requests.first_byte"),
        answer_s=None if transform else _seconds(workload, "requests.answer"),
        request_s=facts.taken(MEAN_PROCESSING) / _SECOND if stated_time else None,
        at_once=stated_end(workload, "model.concurrency"),
        batched=workload.batched,
        device_mib=_mib(workload, "model.accelerator_memory"),
        host_mib=_mib(workload, "model.memory"),
        least=_least(facts, model, known),
        fast=workload.text("prefer") == "latency",
        budget_usd=None if budget is None else budget / _MILLION,
        transform=transform,
        named=workload.text("deploy.instance_type") or workload.text("model.measured_on"),
        device=workload.device,
        region=facts.region,
        engine=workload.server if model.named else "a shape like others",
    )


def _rate(facts: StatedFacts, concurrent: bool) -> float:
    """The rate at the peak; beside requests in progress, which tell it, the least that is stated.

    In the unit of the fact.
    """
    if not concurrent or facts.is_stated("traffic.peak"):
        return float(facts.taken("traffic.peak"))
    if facts.is_stated("traffic.volume"):
        return float(facts.taken("traffic.volume") * WEEK / facts.taken("traffic.active"))
    return 0.0


def _least(facts: StatedFacts, model: NamedModel, known: Knowledge) -> int:
    """Instances that availability alone asks for, inside the stated bounds."""
    if model.geometry.generates and not facts.is_stated("model.accelerator"):
        facts = facts.with_word("model.accelerator", GPU)  # which tells of the traffic
    least, _ = availability(facts, known.numbers["availability-instances"])
    return max(1, min(least, stated_end(facts.workload, "deploy.instances.max") or least))


def stated_end(workload: Workload, path: str) -> int | None:
    """The end of a stated range that loads more; ``None`` without one."""
    stated = workload.typical(path)
    return None if stated is None else stated.high or stated.low


def _mib(workload: Workload, path: str) -> int | None:
    end = stated_end(workload, path)
    return None if end is None else -(-end // MIB)


def _seconds(workload: Workload, path: str) -> float | None:
    """A stated target at its stricter end; words are none."""
    stated = workload.interval(path)
    end = None if stated is None else stated.low or stated.high
    return None if end is None else end / _SECOND
