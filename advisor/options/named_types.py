"""Types that a workload or a configuration names: does the API have them, are they sold?"""

import re
from collections.abc import Callable, Collection, Iterator
from operator import ge

from advisor.catalogue.price_snapshot import Prices
from advisor.model.value import Value
from advisor.model.workload import Finding, Interval, Stated, Workload
from advisor.rulebook.hardware import CPU, Instance, family_of
from advisor.rulebook.knowledge import Knowledge
from advisor.text.spelling import edits

_KEYS = ("instance_type", "measured_on")  # last part of the keys that name a type
_FORM = re.compile(r"ml\.([a-z]{1,12})[a-z0-9-]{0,12}\.([a-z0-9-]{1,12})")
_MULTIPLES = {"medium": 0.25, "large": 0.5, "xlarge": 1.0, "metal": 1000.0}  # of an xlarge
_FAR = 3  # edits from which on a text is not taken for a type
_ALL = 32  # edits between two families at the most


class Market(Value):
    """What a type is asked of: the API's list, and what a Region sells."""

    known: Knowledge  # types of hosting, with those of batch transform marked
    others: Callable[[], Collection[str]]  # types that only other operations of SageMaker take
    prices: Prices  # of the Region
    transform: bool  # asked for batch transform, not for hosting

    @property
    def where(self) -> str:
        """Words for what the type is to do."""
        return "batch transform" if self.transform else "hosting"

    def types(self) -> Iterator[Instance]:
        """Every type of the API's list."""
        for each in self.known.catalogue.types.values():
            if each.in_transform or not self.transform:
                yield each

    def sells(self, instance: Instance) -> bool | None:
        """Whether the list that is shipped has the type; ``None`` where nothing tells."""
        found, offer = self.prices.sold(instance.type), self.known.offers.get(self.prices.region)
        plain = instance.accelerator == CPU and instance.arch != "arm64"
        if plain or offer is None or found is False:
            return found
        families = offer.batch if self.transform else offer.hosting if found is None else None
        return found if families is None else instance.family.id in families


class Opinion(Value):
    """What is wrong with a type that is named."""

    severity: str
    message: str
    nearest: str  # type to write instead; empty where none comes near


def misnamed(name: str, market: Market) -> Opinion | None:
    """What is wrong with a type that the API does not take; ``None`` for one that it takes.

    An error where the API knows the family or the type, so that it is certain to refuse; else a
    warning, because a newer API may have the family.
    """
    instance = market.known.catalogue.get(name)
    if instance is not None and (instance.in_transform or not market.transform):
        return None
    where, severity, near = market.where, "error", _nearest(name, market)
    form, family = _FORM.fullmatch(name), family_of(name)
    if f"ml.{name}" == near:
        message = f"{name} is the EC2 name; SageMaker's begins with ml."
    elif form is None:
        message = f"{name!r} is no instance type"
    elif instance is not None or name in market.others():
        message = f"{name} exists, but not for {where}"
    elif sizes := [each.type for each in market.types() if each.family.id == family]:
        has = ", ".join(each.split(".")[2] for each in sizes)
        message = f"the family {family} has no size {form[2]} in {where}; it has {has}"
    elif family in map(family_of, (*market.known.catalogue.types, *market.others())):
        message = f"{where} does not take the family {family}"
    else:
        message = f"{name} is not in the API's list for {where}, where {near} comes nearest"
        severity = "warning"
    return Opinion(severity=severity, message=message, nearest=near)


def unsold(name: str, market: Market) -> Opinion | None:
    """That the Region's list lacks a type; ``None`` where it has it, or where there is no list.

    The nearest type that is sold has at least as many vCPUs, as much memory and as many devices of
    as much memory; of those the same device goes first, then the cheapest by the list.
    """
    instance = market.known.catalogue.get(name)
    if instance is None or market.sells(instance) is not False:
        return None
    hourly = market.prices.per_hour("hosting")
    sold = [each for each in market.types() if _stands_for(each, instance) and market.sells(each)]
    enough = [each for each in sold if all(map(ge, _figures(each), _figures(instance)))]
    model = instance.accelerator_model
    near, found = "", "nor one like it"
    if enough:
        near = min((e.accelerator_model != model, hourly.get(e.type, 0), e.type) for e in enough)[2]
        found = f"the nearest that it has is {near}"
    elif sold:
        near = max(sold, key=lambda each: (_figures(each), each.type)).type
        found = f"the largest like it is {near}"
    region, where = market.prices.region, market.where
    message = f"the price list has no {name} for {where} in {region}; {found}"
    if instance.family.training_plans:
        message += f"; training plans reserve {instance.family.id}"
    return Opinion(severity="warning", message=message, nearest=near)


def type_findings(workload: Workload, market: Market) -> Iterator[Finding]:
    """What is wrong with the types that a workload names; without a Region, not what is sold."""
    for stated in workload.values.values():
        for name in _named(stated):
            place = workload.place(stated.path)
            opinion = misnamed(name, market._replace(transform=False))
            if opinion is not None:
                fix = f"Write {opinion.nearest}, if that is meant. A plan takes another type."
                yield Finding("instance-unknown", opinion.severity, opinion.message, *place, fix)
            elif "region" in workload.values and (opinion := unsold(name, market)) is not None:
                fix = "The list is not the service: ask AWS, or take a type that it has."
                yield Finding("instance-region", opinion.severity, opinion.message, *place, fix)


def _named(stated: Stated) -> Iterator[str]:
    """The types in the value of a key, also of the entries of a list."""
    if stated.path.endswith(_KEYS):
        yield str(stated.value)
    elif isinstance(stated.value, tuple) and not isinstance(stated.value, Interval):
        for entry in stated.value:
            if isinstance(entry, dict):
                yield from (str(entry[key]) for key in entry if key.endswith(_KEYS))


def _stands_for(instance: Instance, wanted: Instance) -> bool:
    """Whether a type is of the kind of another, and none that only a wish may choose."""
    if instance.family == wanted.family:
        return True
    alike = (instance.arch, instance.accelerator) == (wanted.arch, wanted.accelerator)
    return alike and instance.family.choose and wanted.memory_mib is not None


def _figures(instance: Instance) -> tuple[int, ...]:
    """MiB of all devices and of one, vCPUs and MiB of the host; 0 for what is not known."""
    device, vcpu, host = instance.accelerator_memory_mib, instance.vcpu, instance.memory_mib
    return instance.accelerator_total_mib, device or 0, vcpu or 0, host or 0


def _nearest(name: str, market: Market) -> str:
    """The type that a name comes nearest to: the family first, then the size."""
    written = name.lower().replace("_", ".")
    if not written.startswith("ml."):
        written = "ml." + written.removeprefix("ml").lstrip(".-")
    form = _FORM.fullmatch(written)
    if form is None:
        away = {each.type: edits(written, each.type, _FAR) for each in market.types()}
        best = min(away, key=lambda each: away[each])
        return best if away[best] < _FAR else ""
    family, letters, size = family_of(written), form[1], form[2]
    families = market.known.catalogue.families

    def apart(kind: str) -> tuple[bool, bool, int]:
        other = re.match(letters + r"\d", kind) is None
        return kind != family, not families[kind].choose, edits(family, kind, _ALL) + other

    ranks = {kind: apart(kind) for kind in families}
    nearest = min(ranks[each.family.id] for each in market.types())
    order = {kind: index for index, (kind, rank) in enumerate(ranks.items()) if rank == nearest}
    return min(
        (each for each in market.types() if each.family.id in order),
        key=lambda each: (
            market.sells(each) is False,
            order[each.family.id],
            *_between(size, each.type.split(".")[2]),
        ),
    ).type


def _between(wanted: str, size: str) -> tuple[bool, float]:
    """How far a size is from the wanted one, a smaller one last; letters where it is none."""
    asked, has = _multiple(wanted), _multiple(size)
    if asked is None or has is None:
        return False, edits(wanted, size, _ALL)
    return has < asked, abs(has - asked)


def _multiple(size: str) -> float | None:
    digits = size.removesuffix("xlarge")
    return float(digits) if digits.isascii() and digits.isdigit() else _MULTIPLES.get(size)
