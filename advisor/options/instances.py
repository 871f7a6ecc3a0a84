"""The choice of an instance type: what fits first, price second."""

from collections.abc import Mapping

from advisor.model.value import Value
from advisor.model.workload import Measured
from advisor.options.instance_types import Types, types_of
from advisor.options.load import mib, sentence
from advisor.options.memory import Need
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance

_STATED, _MEASURED_ON = "deploy.instance_type", "model.measured_on"


class NamedTypes(Value):
    """The types that a workload names."""

    stated: str | None  # deploy.instance_type
    measured_on: str | None
    measured: Measured | None  # what load tests found


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


def choose(types: Types, named: NamedTypes, need: Need) -> TypeChoice:
    """The type that the workload names if it may be used, else the smallest that fits.

    Among types that fit equally well the cheapest known price wins; an unknown one filters nothing.
    """
    remarks: tuple[Remark, ...] = ()
    if named.stated is not None:
        found, remarks = _override(types, need, named.stated)
        if found is not None:
            return found
    if named.measured_on is not None:
        found, more = _measured_on(types, need, named)
        if found is not None:
            return found._replace(remarks=remarks + found.remarks)
        remarks += more
    smallest = types.smallest(need)
    if smallest is None:
        nearest = _largest(types, need)
        return nearest._replace(remarks=remarks + nearest.remarks)
    because = f"the smallest type that fits: {need.text}; {_has(smallest)}"
    return TypeChoice(
        instance=smallest,
        because=because,
        remarks=remarks + _region(types, smallest, need, "region"),
    )


def choice(draft: Draft, need: Need, prices: Mapping[str, int] | None) -> TypeChoice:
    """The choice for a plan; ``prices`` are millionths of a USD an hour by type, where known."""
    measured = draft.facts.workload.measured
    named = NamedTypes(
        stated=draft.text(_STATED), measured_on=draft.text(_MEASURED_ON), measured=measured
    )
    return choose(types_for(draft, prices), named, need)


def types_for(draft: Draft, prices: Mapping[str, int] | None) -> Types:
    """The types that a plan may run on."""
    facts = draft.facts
    return types_of(draft.knowledge, facts.book.digest, facts.region, prices)


def note(draft: Draft, found: TypeChoice) -> Instance:
    """The type of a choice, noted in a plan with its reason and what there is to say about it."""
    for each in found.remarks:
        draft.find(each.rule, each.severity, each.message, path=each.path, fix=each.fix)
    draft.set("InstanceType", found.instance.type, sentence(found.because))
    return found.instance


def _override(types: Types, need: Need, name: str) -> tuple[TypeChoice | None, tuple[Remark, ...]]:
    """The stated type; ``None`` where it cannot stand in a request, with the reason."""
    instance = types.catalogue.get(name)
    if instance is None:  # advisor.options.named_types says so
        return None, ()
    if need.transform and not instance.in_transform:
        message = f"batch transform does not take {name}; the requests use the chosen type"
        return None, (
            Remark(rule="instance-too-small", severity="error", message=message, path=_STATED),
        )
    if instance.memory_mib is None:
        message = f"sm-advise has no figures for {name}, so it did not check whether the model fits"
        remark = Remark(rule="instance-unknown", severity="warning", message=message, path=_STATED)
        return TypeChoice(
            instance=instance,
            because="stated under deploy; its memory is unknown",
            remarks=(remark,),
        ), ()
    reason = types.misfit(instance, need)
    remark = Remark(
        rule="instance-too-small", severity="error", message=f"{name}: {reason}", path=_STATED
    )
    return TypeChoice(
        instance=instance,
        because=f"stated under deploy; {reason or _has(instance)}",
        remarks=(remark,) if reason else (),
    ), ()


def _measured_on(
    types: Types, need: Need, named: NamedTypes
) -> tuple[TypeChoice | None, tuple[Remark, ...]]:
    """The type on which times were measured; ``None`` where it cannot be used, with the reason."""
    name = named.measured_on or ""
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
    because = f"{_because_measured(named.measured)}, and it fits: {fits}"
    return TypeChoice(instance=instance, because=because), ()


def _because_measured(measured: Measured | None) -> str:
    if measured is None or measured.taken is None:
        return "times are known for it alone (measured_on)"
    tested = sum(1 for each in measured.tests if each.instance_type)
    fleet = measured.taken.note
    return f"the first of {tested} types that the job {measured.taken.job.name} measured ({fleet})"


def _region(types: Types, instance: Instance, need: Need, path: str) -> tuple[Remark, ...]:
    if types.offered(instance, transform=need.transform):
        return ()
    message = f"{instance.type} has no known price in {types.region}"
    fix = "Look the type up in the AWS price list of the Region before you deploy."
    return (
        Remark(rule="instance-region", severity="warning", message=message, path=path, fix=fix),
    )


def _largest(types: Types, need: Need) -> TypeChoice:
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
    return TypeChoice(
        instance=instance,
        because=f"no type fits, this one comes nearest: {reason}",
        remarks=(remark,),
    )


def _has(instance: Instance) -> str:
    memory = f"{instance.vcpu} vCPUs and {mib(instance.memory_mib or 0)}"
    if not instance.accelerator_count:
        return f"{instance.type} has {memory}"
    device = mib(instance.accelerator_memory_mib) if instance.accelerator_memory_mib else "?"
    count, model = instance.accelerator_count, instance.accelerator_model.upper()
    return f"{instance.type} has {count} {model} with {device} each, {memory}"
