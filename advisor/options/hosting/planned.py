"""The plan of several models, or of the containers of one, in the way that serves them best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from math import fsum
from typing import Any, NamedTuple

from advisor.model.advice import Invoke, Plan, Quota
from advisor.model.options import (
    BATCH_TRANSFORM,
    ENDPOINT_EACH,
    INFERENCE_COMPONENTS,
    INFERENCE_PIPELINE,
    MULTI_CONTAINER,
    REAL_TIME,
)
from advisor.model.usage import FleetUsage, Part, Usage
from advisor.modelling.queueing.scaling import whole
from advisor.options import fleet, instances, memory, real_time
from advisor.options.hosting import models as named
from advisor.options.instance_types import Types
from advisor.options.load import SECOND, counted, known, sentence
from advisor.options.plan_builder import Draft
from advisor.rulebook.fact_entries import MEAN_PROCESSING
from advisor.rulebook.hardware import CPU, GPU, Instance
from advisor.rulebook.hosting import Hosting, Inputs, Preference, WayLimit, hosting
from advisor.text.money_format import figure
from advisor.text.quantity import MIB, MONTH_HOURS

_TRITON = ("triton", "tritonserver")


class HostingInputs(NamedTuple):
    """The inputs, with the figures behind them that a plan shows."""

    inputs: Inputs
    apart: tuple[
        tuple[str, int], ...
    ]  # types and instances of an endpoint for each; real-time only
    load_text: str  # how the peak compares with them; empty where it is not known


def inputs(draft: Draft, prices: Mapping[str, int] | None) -> HostingInputs:
    """One value for everything that a rule may ask; prices as for real-time."""
    known = _load(draft, prices) if draft.option == REAL_TIME else HostingInputs({}, (), "")
    alone, types = memory.need(draft), instances.types_for(draft, prices)
    values: dict[str, Any] = {
        "option": draft.option,
        "needs": frozenset(each.id for each in draft.facts.book.features if draft.needs(each.id)),
        "models": named.count(draft),
        "frameworks": _frameworks(draft),
        "accelerator": alone.accelerator,
        "server": _server(draft),
        "streaming": draft.facts.taken("requests.streaming") is True,
        "warm": _warm(draft),
        "sizes": _sizes(draft),
        "room": _room(alone, types),
        "together": _together(draft, types),
        **known.inputs,
    }
    return known._replace(inputs={"load": "unknown", **values})


def _load(draft: Draft, prices: Mapping[str, int] | None) -> HostingInputs:
    """Whether the peak fills the instances that each model would have of its own."""
    found: Counter[str] = Counter()
    listed, count = bool(named.listed(draft)), named.count(draft)
    alone = [
        (each.draft, real_time.design(each.draft.apart(), prices)) for each in named.members(draft)
    ]
    for _, made in alone:
        found[made.instance.type] += (1 if listed else count) * made.sizes.initial
    apart = tuple(sorted(found.items()))
    measured = draft.upper("model.throughput")
    if known(draft).in_flight is None and (known(draft).peak is None or not measured):
        return HostingInputs({}, apart, "")
    together = alone if listed else [(draft, real_time.design(draft.apart(), prices))]
    busy = fsum(
        fleet.busy(each, made.work, made.capacity)[0] / fleet.planned_share(each)[0]
        for each, made in together
    )
    floor, needed = real_time.availability(draft)[0], max(1, min(fleet.MOST, whole(busy)))
    filling = needed >= count * floor
    types = " or ".join(sorted({made.instance.type for _, made in together}))
    text = (
        f"the peak takes {counted(needed, 'instance')} of {types}, and "
        f"{counted(count, 'endpoint')} would have {count} x {floor} = {count * floor}"
    )
    return HostingInputs({"load": "filling" if filling else "shared"}, apart, text)


def _frameworks(draft: Draft) -> str:
    """What the models are served with: images and kinds tell them apart as frameworks do."""
    models, told = named.listed(draft), [each.facts.workload.modelled for each in draft.facts.parts]
    if len({None if each is None else each.kind for each in told}) > 1:
        return "several"
    for part in ("framework", "image"):
        default = draft.text(f"model.{part}")
        found = {model.get(part, default) for model in models}
        if len(found - {None}) > 1:
            return "several"
    return "one" if draft.text("model.framework") or draft.text("model.image") else "unknown"


def _server(draft: Draft) -> str:
    stated = [draft.text("model.framework"), draft.text("model.image")]
    stated += [model.get(part) for model in named.listed(draft) for part in ("framework", "image")]
    texts = [text.lower() for text in stated if text is not None]
    if not texts:
        return "unknown" if draft.facts.workload.modelled is None else "other"
    return "triton" if any(name in text for text in texts for name in _TRITON) else "other"


def _warm(draft: Draft) -> bool:
    """Whether loading a model takes longer than the cold start that is accepted."""
    cold = draft.facts.interval("requests.cold_start")
    if cold is None or cold.high is None or not draft.facts.is_stated("requests.cold_start"):
        return False
    return cold.high < load_s(draft) * SECOND


def load_s(draft: Draft) -> float:
    """Seconds until the largest model is loaded from S3; its start where no size is stated."""
    size = memory.archive_bytes(draft)
    if size is None:
        stated = draft.upper("model.startup")
        return (draft.facts.taken("model.startup") if stated is None else stated) / SECOND
    return size / MIB / float(draft.number("download-rate"))


def _sizes(draft: Draft) -> str:
    sizes = [memory.need(each.draft).host_mib for each in named.members(draft)]
    uneven = max(sizes) > draft.number("uneven-sizes") * min(sizes)
    return "uneven" if uneven else "alike"


def _room(alone: memory.Need, types: Types) -> str:
    """Models that the memory of one GPU holds, on the largest type with a single one."""
    if alone.accelerator != GPU or not alone.accelerator_mib:
        return "unknown"
    single = [each for each in _sold(types, GPU) if each.accelerator_count == 1]
    most = max((each.accelerator_total_mib for each in single), default=0)
    return "several" if most >= 2 * alone.accelerator_mib else "alone"


def _together(draft: Draft, types: Types) -> str:
    """Whether all models are resident at once on the largest type."""
    found = named.members(draft)
    total = sum(memory.need(each.draft).host_mib for each in found)
    if len(found) == 1:
        total *= named.count(draft)
    most = max((types.usable_mib(each) or 0 for each in _sold(types, CPU)), default=0)
    return "fits" if total <= most else "exceeds"


def _sold(types: Types, kind: str) -> list[Instance]:
    """Types of a kind that an endpoint in the Region may run on."""
    return [e for e in types.catalogue.candidates(kind) if types.offered(e, transform=False)]


_MILLIONTHS = 1_000_000
_known: dict[str, Hosting] = {}


class Choice(NamedTuple):
    """What the rules say of one set of inputs."""

    way: str | None  # the first of the row that is not ruled out; None: none serves
    row: Preference
    number: int  # of the row, from 1
    against: Mapping[str, tuple[WayLimit, ...]]  # what rules each way out


def rules(draft: Draft) -> Hosting:
    """The rules of hosting, read once for each set of rules."""
    digest = draft.facts.book.digest
    if digest not in _known:
        _known[digest] = hosting(draft.facts.book.raw["hosting"])
    return _known[digest]


def choose(table: Hosting, inputs: Inputs) -> Choice:
    """The way that the first row which holds prefers among those that no limit rules out."""
    against = {
        name: tuple(limit for limit in way.limits if limit.when.holds(inputs))
        for name, way in table.ways.items()
    }
    for number, row in enumerate(table.preferences, start=1):
        if row.when.holds(inputs):
            way = next((name for name in row.then if not against[name]), None)
            return Choice(way, row, number, against)
    raise AssertionError("the last preference always applies: compiling makes sure of it")


def tell(
    draft: Draft,
    table: Hosting,
    known: HostingInputs,
    found: Choice,
    prices: Mapping[str, int] | None,
    costs: Mapping[str, str],
) -> None:
    """Note the way with its reason, and for every other why it lost or what it would cost.

    ``costs`` has what is known of other ways: of that of the rules, where another is taken for it.
    """
    way, row = draft.way, found.row
    stated = draft.text("deploy.hosting")
    why = row.origin.because
    if stated is not None:
        why = f"stated under deploy; the rules would take {found.way or 'none'}. {why}"
    count = counted(named.count(draft), "model")
    if way in (MULTI_CONTAINER, INFERENCE_PIPELINE):
        count = counted(len(named.containers(draft)), "container")
    load = f"; {known.load_text}" if known.load_text else ""
    title = f"{table.ways[way].title} ({count}{load})"
    because = f"{title}: {why[0].lower()}{why[1:]}"
    because += f" Question {found.number} ({row.id}): {row.asks} Yes."
    if found.way and found.way in costs:
        instead = f"{found.way}: {costs[found.way]}"
        because = f"{_instead(draft, way, known, prices)}; {instead}. {title}."
    draft.set("Hosting", way, because, source=row.origin.source)
    for name, other in table.ways.items():
        if name == way:
            continue
        reasons = found.against[name]
        if reasons:
            text = "; ".join(reason.says for reason in reasons)
            source = reasons[0].origin.source
            draft.set(f"Not {name}", "ruled out", sentence(text), source=source)
        elif name in row.then or name == ENDPOINT_EACH:
            rank = costs.get(name) or _instead(draft, name, known, prices)
            draft.set(f"Not {name}", rank, other.says)


def _instead(
    draft: Draft, name: str, known: HostingInputs, prices: Mapping[str, int] | None
) -> str:
    """What an endpoint for each model would cost; the rank of another way."""
    if name != ENDPOINT_EACH or not known.apart:
        return "ranks after it"
    fleet = " + ".join(f"{count:,} x {name}" for name, count in known.apart)
    cost = apart_usd(known, prices)
    text = f"{counted(named.count(draft), 'endpoint')}: {fleet}"
    return text if cost is None else f"{text}, {figure(cost)} USD a month"


def apart_usd(known: HostingInputs, prices: Mapping[str, int] | None) -> float | None:
    """Instances of an endpoint for each model in a month; ``None`` without every price."""
    parts = [(({} if prices is None else prices).get(name), count) for name, count in known.apart]
    if not parts or any(price is None for price, _ in parts):
        return None
    return sum((price or 0) * count for price, count in parts) * MONTH_HOURS / _MILLIONTHS


def _shared_usd(made: Usage, prices: Mapping[str, int] | None) -> float | None:
    """Instances that all models share in a month; ``None`` without a price, or where none stay."""
    if not isinstance(made, FleetUsage) or made.minimum == 0:
        return None
    price = ({} if prices is None else prices).get(made.instance_type)
    return None if price is None else made.instances * price * MONTH_HOURS / _MILLIONTHS


def complain(draft: Draft, found: Choice) -> None:
    """Findings about a way that is used although a limit is against it."""
    asked = draft.text("deploy.hosting")
    path = "deploy.hosting" if asked is not None else "model.count"
    for limit in found.against[draft.way]:
        draft.find(
            "hosting-ruled-out",
            "error",
            f"{draft.way} does not work here: {limit.says} ({limit.id})",
            path=path,
            fix="State another form in deploy.hosting, or change the fact that rules it out.",
        )
    if asked is not None and found.way not in (None, asked) and not found.against[asked]:
        draft.find(
            "hosting-differs",
            "info",
            f"the rules prefer {found.way}: {found.row.asks.lower()} yes",
            path=path,
        )


Size = Callable[..., Plan]


def planned(draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool) -> Plan:
    """The plan of an option for several models.

    Args:
        draft: the plan to make; gets the way, and says why it was taken.
        prices: millionths of a USD an hour by instance type.
        size: what plans the option for one model, or for models that share its instances.
        deploy: whether requests and what goes with them are wanted.
    """
    table = rules(draft)
    known = inputs(draft, prices)
    found = choose(table, known.inputs)
    # Where none serves, the form that was asked for is shown with what is against it.
    draft.way = draft.text("deploy.hosting") or found.way or found.row.then[0]
    fresh, way = draft.apart(), draft.way
    costs: dict[str, str] = {}
    other = next((e for e in found.row.then if e != ENDPOINT_EACH and not found.against[e]), "")
    if way == ENDPOINT_EACH == found.way and other:
        trial = draft.apart()
        trial.way = other
        if shared := _shared_usd(_planned(trial, prices, size, deploy=False).usage, prices):
            costs[other] = f"ranks after it, {figure(shared)} USD a month"
    complain(draft, found)
    tell(draft, table, known, found, prices, costs)
    if not _takes(draft.option, way):
        # What was asked for cannot be sent: the requests make what the option has instead.
        draft.way = "" if way in (MULTI_CONTAINER, INFERENCE_PIPELINE) else ENDPOINT_EACH
        way = draft.way or way
    made = _planned(draft, prices, size, deploy=deploy)
    if way == ENDPOINT_EACH or found.against[ENDPOINT_EACH]:
        return made._replace(hosting=way)
    shared, apart = _shared_usd(made.usage, prices), apart_usd(known, prices)
    named_type = draft.text("deploy.instance_type") is not None
    unfit = any(e.rule == "instance-too-small" for e in made.findings) and not named_type
    dearer = shared is not None and apart is not None and apart < shared
    if ENDPOINT_EACH in found.row.then and draft.text("deploy.hosting") is None:
        if unfit or dearer:
            costs[way] = (
                "no type holds every model" if unfit else f"{figure(shared or 0)} USD a month"
            )
            fresh.way = ENDPOINT_EACH
            tell(fresh, table, known, found, prices, costs)
            return _planned(fresh, prices, size, deploy=deploy)._replace(hosting=ENDPOINT_EACH)
    elif dearer:
        message = (
            f"instances for one endpoint per model cost {figure(apart or 0)} USD a month, "
            f"{way} costs {figure(shared or 0)}"
        )
        fix = "State deploy.hosting: endpoint-each, unless one endpoint is worth the difference."
        draft.find("hosting-cheaper", "info", message, path="models", fix=fix)
        made = made._replace(findings=(*made.findings, draft.findings[-1]))
    return made._replace(hosting=way)


def _takes(option: str, way: str) -> bool:
    """Whether requests of an option can have the form of a way."""
    if option == REAL_TIME or way == ENDPOINT_EACH:
        return True
    return (option, way) == (BATCH_TRANSFORM, INFERENCE_PIPELINE)


def _planned(draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool) -> Plan:
    if draft.way == ENDPOINT_EACH:
        return _each_alone(draft, prices, size, deploy=deploy)
    if draft.way == INFERENCE_COMPONENTS:
        from advisor.options.hosting import components

        return components.planned(draft, prices, deploy=deploy)
    return size(draft, prices, deploy=deploy)


_OF_ONE = " per "  # in the name of a quota that bounds each endpoint by itself


def _each_alone(
    draft: Draft, prices: Mapping[str, int] | None, size: Size, *, deploy: bool
) -> Plan:
    """Every model's own plan, with its own size and share; the busiest stands for latency.

    Where they have no names, the plan of one of them, many times. Arguments as for ``planned``.
    """
    draft.carry("tenant-isolation")
    listed, count = bool(named.listed(draft)), named.count(draft)
    if not listed and count > 1:
        thing = "job" if draft.option == BATCH_TRANSFORM else "endpoint"
        named.unnamed(draft, f"the {thing}", "the requests with a name, an image and an artifact")
    if not listed and (draft.option != REAL_TIME or count == 1):
        return size(draft, prices, deploy=deploy)
    members = named.members(draft)
    plans = [size(each.draft, prices, deploy=deploy) for each in members]
    busiest = max(zip(members, plans, strict=True), key=_load_and_time)
    if not listed:
        alike = f"Of {counted(count, 'model')} without names each gets an equal share of the"
        draft.set("Endpoints", count, f"{alike} traffic.")
    settings = list(draft.settings)
    for member, made in zip(members, plans, strict=True):
        before = f"{member.name}: " if listed else ""
        settings += [e._replace(name=f"{before}{e.name}") for e in made.settings]
    parts = tuple(
        Part(usage=made.usage, facts=member.draft.facts, times=named.times(draft))
        for made, member in zip(plans, members, strict=True)
    )
    return Plan(
        option=draft.option,
        settings=tuple(settings),
        requests=tuple(request for made in plans for request in made.requests),
        invoke=_invoke(draft, plans, members) if deploy and listed else plans[0].invoke,
        quotas=tuple(_times(each, 1 if listed else count) for each in _drawn(plans)),
        findings=tuple(
            dict.fromkeys((*draft.findings, *(each for made in plans for each in made.findings)))
        ),
        carried=frozenset.intersection(*(made.carried for made in plans)) | draft.carried,
        usage=busiest[1].usage._replace(parts=parts),
    )


def _load_and_time(made: tuple[named.Member, Plan]) -> tuple[float, float, str]:
    """What makes a model the one that latency reads; of equal shares the slower."""
    member = made[0]
    return member.share, member.draft.facts.taken(MEAN_PROCESSING), member.name


def _invoke(draft: Draft, plans: list[Plan], members: tuple[named.Member, ...]) -> Invoke:
    first = plans[0].invoke
    key = "TransformJobName" if draft.option == BATCH_TRANSFORM else "EndpointName"
    names = ", ".join(
        f"{member.name} at {made.invoke.parameters[key]}"
        for member, made in zip(members, plans, strict=True)
    )
    return first._replace(notes=(f"Each model has its own {key}: {names}.", *first.notes))


def _times(quota: Quota, count: int) -> Quota:
    """A quota drawn by several endpoints alike, unless it bounds each of them by itself."""
    if quota.wanted is None or _OF_ONE in quota.name:
        return quota
    return quota._replace(wanted=quota.wanted * count)


def _drawn(plans: list[Plan]) -> tuple[Quota, ...]:
    """Quotas of all plans, added up unless they bound each endpoint by itself."""
    found: dict[str, Quota] = {}
    for made in plans:
        for quota in made.quotas:
            before = found.get(quota.name)
            if before is None or quota.wanted is None or before.wanted is None:
                found[quota.name] = quota if before is None else before
            elif _OF_ONE in quota.name:
                found[quota.name] = before._replace(wanted=max(before.wanted, quota.wanted))
            else:
                found[quota.name] = before._replace(wanted=before.wanted + quota.wanted)
    return tuple(found.values())
