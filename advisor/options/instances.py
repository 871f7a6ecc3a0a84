"""The choice of an instance type: what fits first, price second."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from advisor.options.instance_cache import Found, shelf, usable_mib
from advisor.options.load import mib
from advisor.options.memory import Need
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import CPU, Instance, family_of, rank, size

# An instance type and why it was taken.
Choice: TypeAlias = tuple[Instance, str]


def choose(draft: Draft, need: Need, prices: Mapping[str, int] | None) -> Choice:
    """The type that the workload names if it may be used, else the smallest that fits.

    Among types that fit equally well the cheapest known price wins; an unknown one filters nothing.

    Args:
        draft: the plan being made; gets the findings about a type that is named and does not fit.
        need: what the type must offer.
        prices: millionths of a USD an hour by type, as far as they are known.
    """
    stated, measured = draft.text("deploy.instance_type"), draft.text("model.measured_on")
    named = None
    if stated is not None:
        named = _override(draft, need, stated)
    if measured is not None and named is None:
        named = _measured_on(draft, need, measured)
    if named is not None:
        return named
    found = _smallest(draft, need, prices)
    if found is None:
        return _largest(draft, need)
    instance, has = found
    _check_region(draft, instance, need, "region")
    return instance, f"the smallest type that fits: {need.text}; {has}"


def alternatives(draft: Draft, need: Need, prices: Mapping[str, int] | None) -> Iterator[Instance]:
    """Types that fit, the smallest first, one of each class of equal fits: the cheapest.

    With an accelerator a class is its model and number; other types of it differ in host memory and
    vCPUs, which say little of its speed. Nor is a type with more memory faster than one of general
    purpose with as many vCPUs, so it is left out where that fits.

    Args:
        draft: the plan being made.
        need: what the types must offer.
        prices: millionths of a USD an hour by type, as far as they are known.
    """
    known: Mapping[str, int] = {} if prices is None else prices
    unknown = 1 << 62
    classes: dict[tuple[object, ...], list[Instance]] = {}
    for each in draft.knowledge.catalogue.candidates(need.accelerator):
        if _suits(draft, each, need) and offered(draft, each, transform=need.transform):
            kind: tuple[object, ...] = size(each)
            if need.accelerator != CPU:
                kind = (each.accelerator_model, each.accelerator_count)
            classes.setdefault(kind, []).append(each)
    general = {equal[0].vcpu for equal in classes.values() if equal[0].family.group == "general"}
    for equal in classes.values():
        if equal[0].family.group == "memory" and equal[0].vcpu in general:
            continue
        yield min(equal, key=lambda each: (known.get(each.type, unknown), rank(each)))


def suiting(draft: Draft, need: Need) -> list[Instance]:
    """Every type that sizing may choose and that fits, smallest first.

    Those that the Region is known to lack are left out, unless nothing else fits.
    """
    found = [
        each
        for each in draft.knowledge.catalogue.candidates(need.accelerator)
        if _suits(draft, each, need)
    ]
    here = [each for each in found if offered(draft, each, transform=need.transform)]
    return here or found


def misfit(draft: Draft, instance: Instance, need: Need) -> str:
    """Why a type does not serve the need, empty when it does; unknown figures are no reason."""
    if need.transform and not instance.in_transform:
        return "batch transform does not take the type"
    if need.accelerator not in (CPU, instance.accelerator):
        return f"the type has no {_device_name(need.accelerator)}"
    if need.single_device and (instance.accelerator_count or 1) > 1:
        return "multi-model endpoints take types with one GPU only"
    if need.precision in instance.family.lacks:
        return f"its accelerator does not support {need.precision}"
    if need.accelerator != CPU and 0 < instance.accelerator_total_mib < need.accelerator_mib:
        return (
            f"{need.accelerator_text} is more than the {mib(instance.accelerator_total_mib)} "
            f"of its {instance.accelerator_count} {instance.accelerator_model}"
        )
    usable = usable_mib(draft, instance)
    if usable is not None and usable < need.host_mib:
        share = draft.number("usable-memory")
        return f"{need.host_text} is more than {share} x {mib(instance.memory_mib or 0)} of memory"
    return ""


def unknown(draft: Draft, name: str) -> tuple[str, str]:
    """That no instance type has a name, and the fix with the types that come nearest."""
    from difflib import get_close_matches  # only once something is wrong

    catalogue, family = draft.knowledge.catalogue, family_of(name)
    what = f"the instance type {name} does not exist"
    if family in catalogue.families:
        sizes = [each for each in catalogue.types if family_of(each) == family]
        return f"{what}: the family {family} has no such size", f"Write one of {', '.join(sizes)}."
    (near,) = get_close_matches(name, catalogue.types, n=1, cutoff=0)
    return f"{what}: there is no family {family}", f"Write {near}, if that is meant."


def offered(draft: Draft, instance: Instance, *, transform: bool) -> bool:
    """Whether the Region has a price for the family; true where nothing is known."""
    if instance.accelerator == CPU and instance.arch != "arm64":
        return True
    offer = draft.knowledge.offers.get(draft.facts.region or "")
    if offer is None:
        return True
    families = offer.batch if transform else offer.hosting
    return families is None or instance.family.id in families


def _override(draft: Draft, need: Need, name: str) -> Choice | None:
    path = "deploy.instance_type"
    instance = draft.knowledge.catalogue.get(name)
    if instance is None:
        what, fix = unknown(draft, name)
        message = f"{what}; the requests use the chosen type"
        draft.find("instance-unknown", "warning", message, path=path, fix=fix)
        return None
    if need.transform and not instance.in_transform:
        message = f"batch transform does not take {name}; the requests use the chosen type"
        draft.find("instance-too-small", "error", message, path=path)
        return None
    if instance.memory_mib is None:
        message = f"sm-advise has no figures for {name}, so it did not check whether the model fits"
        draft.find("instance-unknown", "warning", message, path=path)
        return instance, "stated under deploy; its memory is unknown"
    reason = misfit(draft, instance, need)
    if reason:
        draft.find("instance-too-small", "error", f"{name}: {reason}", path=path)
    _check_region(draft, instance, need, path)
    return instance, f"stated under deploy; {reason or _offered(instance)}"


def _measured_on(draft: Draft, need: Need, name: str) -> Choice | None:
    path = "model.measured_on"
    instance = draft.knowledge.catalogue.get(name)
    fix = "Measure on the plan's type, then state model.measured_on and the times."
    if instance is None:
        reason, spelling = unknown(draft, name)
        fix = f"{spelling} {fix}"
    else:
        reason = misfit(draft, instance, need)
    if instance is None or reason:
        message = f"processing was measured on {name}, which cannot be used here: {reason}"
        draft.find("measured-elsewhere", "warning", message, path=path, fix=fix)
        return None
    _check_region(draft, instance, need, path)
    fits = f"{need.text}; {_offered(instance)}" if instance.memory_mib else "figures unknown"
    return instance, f"{_because_measured(draft)}, and it fits: {fits}"


def _because_measured(draft: Draft) -> str:
    measured = draft.facts.workload.measured
    if measured is None or measured.taken is None:
        return "times are known for it alone (measured_on)"
    tested = sum(1 for each in measured.tests if each.instance_type)
    fleet = measured.taken.note
    return f"the first of {tested} types that the job {measured.taken.job.name} measured ({fleet})"


def _check_region(draft: Draft, instance: Instance, need: Need, path: str) -> None:
    if not offered(draft, instance, transform=need.transform):
        message = f"{instance.type} has no known price in {draft.facts.region}"
        fix = "Look the type up in the AWS price list of the Region before you deploy."
        draft.find("instance-region", "warning", message, path=path, fix=fix)


def _smallest(draft: Draft, need: Need, prices: Mapping[str, int] | None) -> Found | None:
    """What fits first, looked for once for all needs of a kind."""
    known = shelf(draft, prices)
    key = known.key(draft, need)
    if key not in known.found:
        found = _look(draft, need, {} if prices is None else prices)
        known.put(key, None if found is None else (found, _offered(found)))
    return known.found[key]


def _look(draft: Draft, need: Need, prices: Mapping[str, int]) -> Instance | None:
    """Drop what matters least until something fits: the Region's list, the disk, the workers."""

    def region(each: Instance) -> bool:
        return offered(draft, each, transform=need.transform)

    def disk(each: Instance) -> bool:
        return not need.local_disk or each.local_nvme is True

    def workers(each: Instance) -> bool:
        return (each.vcpu or 0) >= need.workers

    for wishes in ((workers, disk, region), (disk, region), (region,), ()):
        found = _first(draft, need, prices, wishes)
        if found is not None:
            return found
    return None


def _first(
    draft: Draft,
    need: Need,
    prices: Mapping[str, int],
    wishes: tuple[Callable[[Instance], bool], ...],
) -> Instance | None:
    equal: list[Instance] = []
    for each in draft.knowledge.catalogue.candidates(need.accelerator):
        if equal and size(each) != size(equal[0]):
            break
        if _suits(draft, each, need) and all(wish(each) for wish in wishes):
            equal.append(each)
    if not equal:
        return None
    unknown = 1 << 62
    return min(equal, key=lambda each: (prices.get(each.type, unknown), rank(each)))


def _suits(draft: Draft, instance: Instance, need: Need) -> bool:
    if (instance.arch == "arm64") != need.arm:
        return False
    if (instance.vcpu or 0) < draft.number("least-vcpus"):
        return False
    return not misfit(draft, instance, need)


def _largest(draft: Draft, need: Need) -> Choice:
    """Nothing fits: the type that comes nearest, so that the requests can be looked at."""
    candidates = [
        each
        for each in draft.knowledge.catalogue.candidates(need.accelerator)
        if each.in_transform or not need.transform
    ]
    instance = max(
        candidates, key=lambda each: (each.accelerator_total_mib, each.memory_mib or 0, each.type)
    )
    reason = misfit(draft, instance, need) or "it does not meet the workload's needs"
    fix = "Use a smaller precision or model, or state a type that fits in deploy.instance_type."
    draft.find("instance-too-small", "error", f"no type fits; {instance.type}: {reason}", fix=fix)
    return instance, f"no type fits, this one comes nearest: {reason}"


def _offered(instance: Instance) -> str:
    memory = f"{instance.vcpu} vCPUs and {mib(instance.memory_mib or 0)}"
    if not instance.accelerator_count:
        return f"{instance.type} has {memory}"
    device = mib(instance.accelerator_memory_mib) if instance.accelerator_memory_mib else "?"
    count, model = instance.accelerator_count, instance.accelerator_model.upper()
    return f"{instance.type} has {count} {model} with {device} each, {memory}"


def _device_name(accelerator: str) -> str:
    return "GPU" if accelerator == "gpu" else "Neuron device"
