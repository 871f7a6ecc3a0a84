"""The instance types that there are to choose from, and what suits a need.

A type fits while its memory and its vCPUs reach the need, so a choice can only change where a need
passes what some type has. Between two such steps all needs are answered alike, and each type is
looked for once.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from advisor.model.value import Value
from advisor.options.load import mib
from advisor.options.memory import Need
from advisor.rulebook.hardware import CPU, GPU, NEURON, Instance, size
from advisor.rulebook.knowledge import Knowledge

_MOST_KNOWN = 64
_MOST_REMEMBERED = 4096

# What the types of one class have, in ascending order: MiB of the host that are planned for, MiB of
# all devices, vCPUs.
Steps: TypeAlias = tuple[list[int], list[int], list[int]]

_steps: dict[tuple[str, str], Steps] = {}  # by digest of the rules and class of types


class Fitting(Value):
    """The types that fit a need with their prices, the lowest first, all of unknown price last."""

    all: tuple[tuple[int | None, Instance], ...]
    classes: tuple[tuple[int | None, Instance], ...]  # the first with each number of vCPUs


class Types:
    """The types of one set of rules, in one Region and at one list of prices."""

    __slots__ = (
        "_digest",
        "_fallback",
        "_found",
        "_known",
        "catalogue",
        "number",
        "prices",
        "region",
    )

    def __init__(
        self, known: Knowledge, digest: str, region: str | None, prices: Mapping[str, int] | None
    ) -> None:
        """Take the types.

        Args:
            known: figures and catalogue of the rules.
            digest: of the same rules.
            region: its code.
            prices: millionths of a USD an hour of the types that the Region sells, by the list
                that is shipped; empty where there is no list. Not changed.
        """
        self.catalogue = known.catalogue
        self.region = region
        self.prices: Mapping[str, int] = {} if prices is None else prices
        self._digest = digest
        self.number = known.numbers.__getitem__
        self._known = known
        self._found: dict[tuple[object, ...], Fitting] = {}
        self._fallback: dict[tuple[object, ...], tuple[str, ...]] = {}

    def usable_mib(self, instance: Instance) -> int | None:
        """Host memory that is planned for, in MiB."""
        if instance.memory_mib is None:
            return None
        return int(instance.memory_mib * self.number("usable-memory"))

    def offered(self, instance: Instance, *, transform: bool) -> bool:
        """Whether the Region sells the type; see ``Knowledge.sells``."""
        return self._known.sells(self.region, self.prices, instance, transform=transform)

    def fitting(self, need: Need, *, newest: bool = False) -> Fitting:
        """The types to choose from.

        Of a current generation, sold in the Region, and fit for the need. What matters least is
        dropped until something fits: a vCPU for each request at once, then a local disk, and in the
        end the Region's list. Equal prices go by size, then the newer generation first; where no
        price is known, the family that most Regions sell.

        Args:
            need: what a type must offer.
            newest: only the newest generation of those without devices, if there are any.
        """
        key = (newest, *self.key(need))
        if key not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            found = self._look(need)
            plain = [each for each in found if each.accelerator == CPU] if newest else []
            latest = max((each.family.generation for each in plain), default=0)
            found = [each for each in plain if each.family.generation == latest] or found
            pairs = tuple(
                sorted(
                    ((self.prices.get(each.type), each) for each in found),
                    key=lambda pair: (pair[0] is None, pair[0] or 0, *self._order(pair[1])),
                )
            )
            # An accelerator works on one request whatever vCPUs are beside it.
            classes = {
                0 if each.accelerator != CPU else each.vcpu: (price, each)
                for price, each in reversed(pairs)
            }
            first = sorted(classes.values(), key=pairs.index)
            self._found[key] = Fitting(all=pairs, classes=tuple(first))
        return self._found[key]

    def fallback(self, need: Need, chosen: Instance) -> tuple[str, ...]:
        """Types to take where AWS has none of the chosen one, the cheapest first.

        Each carries as much: as many devices and no less of their memory, no fewer vCPUs. Each is
        of another family, since what one of a family lacks its other sizes often lack as well.
        """
        place = (chosen.type, *self.key(need))
        if place not in self._fallback:
            if len(self._fallback) >= _MOST_REMEMBERED:
                self._fallback.clear()
            most = int(self.number("instance-pools-most"))
            families: dict[str, str] = {}
            for _, each in self.fitting(need).all if chosen.vcpu else ():
                enough = each.vcpu is not None and each.vcpu >= (chosen.vcpu or 0)
                enough = enough and each.accelerator_total_mib >= chosen.accelerator_total_mib
                if enough and _form(each) == _form(chosen):
                    families.setdefault(each.family.id, each.type)
            families.pop(chosen.family.id, None)
            self._fallback[place] = tuple(families.values())[: most - 1]
        return self._fallback[place]

    def key(self, need: Need) -> tuple[object, ...]:
        """Equal for needs that the same types fit."""
        host, devices, vcpus = self._steps_of(need.accelerator)
        return (
            need.accelerator,
            need.device,
            bisect_left(host, need.host_mib),
            bisect_left(devices, need.accelerator_mib),
            bisect_left(vcpus, need.workers),
            need.precision,
            need.arm,
            need.local_disk,
            need.single_device,
            need.transform,
        )

    def cheapest(
        self,
        types: Sequence[tuple[int | None, Instance]],
        size: Callable[[Instance], tuple[float, int]],
        least: float,
    ) -> Instance:
        """The type whose fleet costs least of those that keep the targets.

        An unknown price comes after every known one, and devices or vCPUs stand for it; of equal
        fleets the smaller type is taken, then the newer.

        Args:
            types: of ``fitting``; at least one.
            size: instances or hours that a type takes, and how many targets are not kept then.
            least: amount that a fleet of any type takes.
        """
        best = types[0][1]
        lowest: tuple[Any, ...] = ()
        for price, each in types if len(types) > 1 else ():
            settled = lowest and not lowest[0] and not lowest[1]
            if settled and (price is None or price * least > lowest[2]):
                break  # what follows costs more still
            amount, missed = size(each)
            cost = amount * (price or each.accelerator_count or each.vcpu or 1)
            order = (missed, price is None, cost, *self._order(each))
            if not lowest or order < lowest:
                best, lowest = each, order
        return best

    def alternatives(self, need: Need) -> Iterator[Instance]:
        """Types that fit, of the lowest price first, one of each class that may differ in speed.

        With an accelerator a class is its model and number; other types of it differ in host memory
        and vCPUs, which say little of its speed. Without one it is the number of vCPUs, and whether
        the type is made for computing: more memory makes none faster.
        """
        seen = set()
        for _, each in self.fitting(need).all:
            kind: tuple[object, object] = (each.accelerator_model, each.accelerator_count)
            if need.accelerator == CPU:
                kind = (each.vcpu, each.family.group == "compute")
            if kind not in seen and each.accelerator == need.accelerator:
                seen.add(kind)
                yield each

    def misfit(self, instance: Instance, need: Need) -> str:
        """Why a type does not serve the need, empty when it does; unknown figures are no reason."""
        if need.transform and not instance.in_transform:
            return "batch transform does not take the type"
        if need.accelerator not in (CPU, instance.accelerator):
            return f"the type has no {_device_name(need.accelerator)}"
        if need.device not in ("", instance.accelerator_model):
            return f"its accelerator is {instance.accelerator_model}, and not {need.device}"
        if need.single_device and (instance.accelerator_count or 1) > 1:
            return "multi-model endpoints take types with one GPU only"
        if need.precision in instance.family.lacks:
            return f"its accelerator does not support {need.precision}"
        if need.accelerator != CPU and 0 < instance.accelerator_total_mib < need.accelerator_mib:
            return (
                f"{need.accelerator_text} is more than the {mib(instance.accelerator_total_mib)} "
                f"of its {instance.accelerator_count} {instance.accelerator_model}"
            )
        usable = self.usable_mib(instance)
        if usable is not None and usable < need.host_mib:
            share, memory = self.number("usable-memory"), mib(instance.memory_mib or 0)
            return f"{need.host_text} is more than {share} x {memory} of memory"
        return ""

    def lacking(self, instance: Instance, need: Need) -> str:
        """What the need asks for that the type lacks without being too small for the model."""
        if instance.vcpu is not None and instance.vcpu < need.workers:
            return (
                f"{need.workers} requests at once keep as many vCPUs busy, it has {instance.vcpu}"
            )
        if need.local_disk and instance.local_nvme is False:
            return "the model outgrows the volume of a job, and the type has no local disk"
        if instance.arch == "arm64" and not need.arm:
            return "its processor is Arm, and needs.graviton does not say that the model runs on it"
        return ""

    def _steps_of(self, accelerator: str) -> Steps:
        place = (self._digest, accelerator)
        found = _steps.get(place)
        if found is None:
            types = self._candidates(accelerator)
            found = _steps[place] = (
                sorted({self.usable_mib(each) or 0 for each in types}),
                sorted({each.accelerator_total_mib for each in types}),
                sorted({each.vcpu or 0 for each in types}),
            )
        return found

    def _candidates(self, accelerator: str) -> tuple[Instance, ...]:
        """Types of current generations; those with devices also for a model that uses none."""
        kinds = (CPU, GPU, NEURON) if accelerator == CPU else (accelerator,)
        return tuple(each for kind in kinds for each in self.catalogue.candidates(kind))

    def _look(self, need: Need) -> list[Instance]:
        found = [each for each in self._candidates(need.accelerator) if self._suits(each, need)]
        plain = [each for each in found if each.accelerator == need.accelerator]
        priced = found if self.prices else plain
        here = [each for each in priced if self.offered(each, transform=need.transform)] or plain
        for wished in (need, need._replace(workers=1)):
            if meeting := [each for each in here if not self.lacking(each, wished)]:
                return meeting
        return here

    def _order(self, instance: Instance) -> tuple[Any, ...]:
        """The smaller, then the newer where a price shows that it is sold."""
        family = instance.family
        newer = -family.generation if instance.type in self.prices else 0
        return (*size(instance), newer, family.order, instance.type)

    def _suits(self, instance: Instance, need: Need) -> bool:
        if (instance.arch == "arm64") != need.arm:
            return False
        if (instance.vcpu or 0) < self.number("least-vcpus"):
            return False
        return not self.misfit(instance, need)


_types: dict[tuple[str, str | None, int], tuple[Types, Mapping[str, int] | None]] = {}


def types_of(
    known: Knowledge, digest: str, region: str | None, prices: Mapping[str, int] | None
) -> Types:
    """The types, made once for a set of rules, a Region and a list of prices; see ``Types``."""
    place = (digest, region, id(prices))
    found = _types.get(place)
    if found is None:
        if len(_types) >= _MOST_KNOWN:
            _types.clear()
        # The list is held, so that the id by which the types are found stays its own.
        found = _types[place] = (Types(known, digest, region, prices), prices)
    return found[0]


def _form(instance: Instance) -> tuple[object, ...]:
    """What must be alike for a container and its settings to run on another type."""
    devices = instance.accelerator, instance.accelerator_count
    return (*devices, instance.arch, instance.local_nvme, instance.family.autoscaling)


def _device_name(accelerator: str) -> str:
    return "GPU" if accelerator == "gpu" else "Neuron device"
