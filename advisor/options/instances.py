"""The choice of an instance type: of those that fit, the one of the cheapest fleet."""

from collections.abc import Callable, Iterator, Mapping

from advisor.model.value import Value
from advisor.model.workload import Measured
from advisor.options.instance_types import Types, types_of
from advisor.options.load import counted, mib, sentence
from advisor.options.memory import Need
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import CPU, Instance
from advisor.text.quantity import MIB

_TIMES = ("requests.processing", "model.throughput")
_STATED, _MEASURED_ON = "deploy.instance_type", "model.measured_on"


class Remark(Value):
    """A finding about a type, before it has its place in the file."""

    rule: str
    severity: str
    message: str
    path: str = ""  # of the key that it is about
    fix: str = ""


class TypeChoice(Value):
    """An instance type, why it was taken, and what there is to say about those that are named."""

    instance: Instance
    because: str
    remarks: tuple[Remark, ...] = ()
    fallback: tuple[str, ...] = ()  # types for the time when AWS has none of it, in order


def choice(
    draft: Draft,
    need: Need,
    prices: Mapping[str, int] | None,
    size: Callable[[Draft, Instance], tuple[float, bool]],
    *,
    every: bool = False,
    least: float = 1,
) -> TypeChoice:
    """The type that the workload names if it may be used, else the one of the cheapest fleet.

    Args:
        draft: the plan; nothing is noted in it.
        need: what a type must offer.
        prices: millionths of a USD an hour of the types that the Region sells, by the shipped list.
        size: what the plan takes of a type, in instances or their hours, and whether that is in
            time; what it finds against the type counts as a target that is not kept.
        every: whether more than the requests at once of a type tells what the plan takes of it.
        least: amount that the plan takes of any type.
    """
    types = types_for(draft, prices)
    found = _choice(draft, need, types, size, every=every, least=least)
    return found._replace(fallback=types.fallback(need, found.instance))


def _choice(
    draft: Draft,
    need: Need,
    types: Types,
    size: Callable[[Draft, Instance], tuple[float, bool]],
    *,
    every: bool,
    least: float,
) -> TypeChoice:
    remarks: tuple[Remark, ...] = ()
    for named in (_override, _modelled, _measured_on):
        found, more = named(draft, types, need)
        remarks += more
        if found is not None:
            return found._replace(remarks=remarks + found.remarks)

    def sized(instance: Instance) -> tuple[float, int]:
        apart = draft.apart()
        amount, kept = size(apart, instance)
        return amount, len(apart.findings) + (not kept)

    fast, among, why = draft.text("prefer") == "latency", "that fit", ""
    fitting = types.fitting(need, newest=fast)
    if not fitting.all:
        return _largest(types, need, remarks)
    compared = fitting.all if every else fitting.classes
    if draft.upper("model.concurrency") and not every:
        compared = fitting.all[:1]  # fleets of all types are equally large
    instance = types.cheapest(compared, sized, least)
    if fast:
        among = "of the newest generation that fit" if need.accelerator == CPU else among
        why = "; prefer: latency, but no speeds of types are known here"
    if draft.text(_MEASURED_ON) is None and any(
        path.startswith(_TIMES) for path in draft.facts.workload.values
    ):
        why += "; the stated times are taken to hold on it"
    what = "the cheapest fleet" if instance.type in types.prices else "the smallest"
    many = f"{what} of {counted(len(fitting.all), 'type')} {among}"
    if not types.offered(instance, transform=need.transform):
        remarks += (_not_sold(types, instance, need),)
    because = f"{many}: {need.text}; {_has(instance)}{why}"
    return TypeChoice(instance=instance, because=because, remarks=remarks)


def types_for(draft: Draft, prices: Mapping[str, int] | None) -> Types:
    """The types that a plan may run on."""
    facts = draft.facts
    return types_of(draft.knowledge, facts.book.digest, facts.region, prices)


def note(draft: Draft, found: TypeChoice) -> Instance:
    """The type of a choice, noted in a plan with its reason and what there is to say about it."""
    for each in found.remarks:
        draft.find(each.rule, each.severity, each.message, path=each.path, fix=each.fix)
    draft.set("InstanceType", found.instance.type, sentence(found.because))
    draft.fallback = found.fallback
    return found.instance


def _override(
    draft: Draft, types: Types, need: Need
) -> tuple[TypeChoice | None, tuple[Remark, ...]]:
    """The stated type; ``None`` where it cannot stand in a request, with the reason."""
    name = draft.text(_STATED) or ""
    instance = types.catalogue.get(name)
    if instance is None:  # advisor.options.named_types says so where one is named
        return None, ()
    if need.transform and not instance.in_transform:
        message = f"batch transform does not take {name}; the requests use the chosen type"
        return None, (
            Remark(rule="instance-too-small", severity="error", message=message, path=_STATED),
        )
    if instance.memory_mib is None:
        message = f"sm-advise has no figures for {name}, so it did not check whether the model fits"
        remark = Remark(rule="instance-unknown", severity="warning", message=message, path=_STATED)
        because = "stated under deploy; its memory is unknown"
        return TypeChoice(instance=instance, because=because, remarks=(remark,)), ()
    reason = types.misfit(instance, need)
    because = f"stated under deploy; {reason or _has(instance)}"
    remarks = tuple(_against(draft, types, need, instance))
    return TypeChoice(instance=instance, because=because, remarks=remarks), ()


def _against(draft: Draft, types: Types, need: Need, instance: Instance) -> Iterator[Remark]:
    """What speaks against a stated type; nothing that times measured on it would have shown."""
    reason, severity = types.misfit(instance, need), "error"
    measured_on = draft.text(_MEASURED_ON)
    if not reason and measured_on != instance.type:
        reason, severity = types.lacking(instance, need), "warning"
    told = draft.facts.workload.modelled
    if reason:
        message = f"{instance.type}: {reason}"
        fix = "" if told is None or not told.fixes else "State {}: {}.".format(*told.fixes[0])
        yield Remark(
            rule="instance-too-small",
            severity=severity,
            message=message,
            path=_STATED,
            fix=fix,
        )
    yield from _of_model(draft)
    if measured_on not in (None, instance.type):
        message = f"times were measured on {measured_on}, and the plan takes {instance.type}"
        yield Remark(
            rule="measured-elsewhere", severity="warning", message=message, path=_MEASURED_ON
        )


def _modelled(
    draft: Draft, types: Types, need: Need
) -> tuple[TypeChoice | None, tuple[Remark, ...]]:
    """The type that the model was placed on before the decision; ``None`` without a model."""
    told = draft.facts.workload.modelled
    on = None if told is None else told.on
    if told is None or on is None or draft.text(_MEASURED_ON) is not None:
        return None, ()
    instance = types.catalogue.types[on.instance_type]
    if need.transform and not instance.in_transform:
        return None, ()
    split = f" on {on.tensor_parallel} devices" if on.tensor_parallel > 1 else ""
    several = f", {on.copies} copies an instance" if on.copies > 1 else ""
    weights = f"{mib(told.weights / MIB)} {told.precision}"
    what = "the cheapest fleet"
    if told.asked.fast or not on.kept:
        what = "the fastest " + ("within the budget" if told.asked.budget_usd else "for its price")
    because = f"{what} of the types that hold {weights}{split}{several}; {_has(instance)}"
    return TypeChoice(instance=instance, because=because, remarks=tuple(_of_model(draft))), ()


def _of_model(draft: Draft) -> Iterator[Remark]:
    """What there is to say of the model on its type."""
    told = draft.facts.workload.modelled
    on = None if told is None else told.on
    if told is None or on is None:
        return
    held = f"{mib(told.weights / MIB)} {told.precision} may not fit on {on.instance_type}"
    tight = f"{held} with requests of {told.context:,} tokens"
    slow = f"the devices of {on.instance_type} do not compute in fp8, and unpack it for each step"
    for said, rule, message, fix in (
        (not on.certain, "model-fit-tight", tight, "Try it, or use a smaller precision."),
        (on.unpacked, "dtype-unsupported", slow, "Take a type with newer devices, or int4."),
    ):
        if said:
            yield Remark(rule=rule, severity="warning", message=message, fix=fix)


def _measured_on(
    draft: Draft, types: Types, need: Need
) -> tuple[TypeChoice | None, tuple[Remark, ...]]:
    """The type on which times were measured; ``None`` where it cannot be used, with the reason."""
    name = draft.text(_MEASURED_ON)
    if name is None:
        return None, ()
    instance = types.catalogue.get(name)
    fix = "Measure on the plan's type, then state model.measured_on and the times."
    reason = types.misfit(instance, need) if instance is not None else "there is no such type"
    if instance is None or reason:
        message = f"processing was measured on {name}, which cannot be used here: {reason}"
        return None, (
            Remark(
                rule="measured-elsewhere",
                severity="warning",
                message=message,
                path=_MEASURED_ON,
                fix=fix,
            ),
        )
    fits = f"{need.text}; {_has(instance)}" if instance.memory_mib else "figures unknown"
    because = f"{_because_measured(draft.facts.workload.measured)}, and it fits: {fits}"
    return TypeChoice(instance=instance, because=because), ()


def _because_measured(measured: Measured | None) -> str:
    if measured is None or measured.taken is None:
        return "times are known for it alone (measured_on)"
    tested = sum(1 for each in measured.tests if each.instance_type)
    fleet = measured.taken.note
    return f"the first of {tested} types that the job {measured.taken.job.name} measured ({fleet})"


def _not_sold(types: Types, instance: Instance, need: Need) -> Remark:
    message = f"no type that fits is sold in {types.region}, the plan takes {instance.type}; needed"
    fix = "Take another Region, or a smaller model."
    return Remark(
        rule="instance-region",
        severity="warning",
        message=f"{message}: {need.text}",
        path="region",
        fix=fix,
    )


def _largest(types: Types, need: Need, remarks: tuple[Remark, ...]) -> TypeChoice:
    """Nothing fits: the type that comes nearest, so that the requests can be looked at."""
    candidates = [
        each
        for each in types.catalogue.candidates(need.accelerator)
        if each.in_transform or not need.transform
    ]
    instance = max(
        candidates, key=lambda each: (each.accelerator_total_mib, each.memory_mib or 0, each.type)
    )
    reason = types.misfit(instance, need) or "it does not meet the workload's needs"
    fix = "Use a smaller precision or model, or state a type that fits in deploy.instance_type."
    message = f"no type fits; {instance.type}: {reason}"
    remark = Remark(rule="instance-too-small", severity="error", message=message, fix=fix)
    because = f"no type fits, this one comes nearest: {reason}"
    return TypeChoice(instance=instance, because=because, remarks=(*remarks, remark))


def _has(instance: Instance) -> str:
    memory = f"{instance.vcpu} vCPUs and {mib(instance.memory_mib or 0)}"
    if not instance.accelerator_count:
        return f"{instance.type} has {memory}"
    device = mib(instance.accelerator_memory_mib) if instance.accelerator_memory_mib else "?"
    count, model = instance.accelerator_count, instance.accelerator_model.upper()
    return f"{instance.type} has {count} {model} with {device} each, {memory}"
