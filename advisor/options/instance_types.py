"""The instance types that there are to choose from, and what suits a need.

A type fits while its memory and its vCPUs reach the need, so a choice can only change where a need
passes what some type has. Between two such steps all needs are answered alike, and each type is
looked for once.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from advisor.options.load import mib
from advisor.options.memory import Need
from advisor.rulebook.hardware import CPU, Instance, rank, size
from advisor.rulebook.knowledge import Knowledge

_MOST_KNOWN = 64
_MOST_REMEMBERED = 4096
_NO_PRICE = 1 << 62  # an unknown price orders after every known one

# What the types of one class have, in ascending order: MiB of the host that are planned for, MiB of
# all devices, vCPUs.
Steps: TypeAlias = tuple[list[int], list[int], list[int]]

_steps: dict[tuple[str, str], Steps] = {}  # by digest of the rules and class of types


class Types:
    """The types of one set of rules, in one Region and at one list of prices."""

    __slots__ = ("_digest", "_found", "_offer", "catalogue", "number", "prices", "region")

    def __init__(
        self, known: Knowledge, digest: str, region: str | None, prices: Mapping[str, int] | None
    ) -> None:
        """Take the types.

        Args:
            known: figures and catalogue of the rules.
            digest: of the same rules.
            region: its code.
            prices: millionths of a USD an hour by type, as far as they are known; not changed.
        """
        self.catalogue = known.catalogue
        self.region = region
        self.prices: Mapping[str, int] = {} if prices is None else prices
        self._digest = digest
        self.number = known.numbers.__getitem__
        self._offer = known.offers.get(region or "")
        self._found: dict[tuple[object, ...], Instance | None] = {}

    def usable_mib(self, instance: Instance) -> int | None:
        """Host memory that is planned for, in MiB."""
        if instance.memory_mib is None:
            return None
        return int(instance.memory_mib * self.number("usable-memory"))

    def offered(self, instance: Instance, *, transform: bool) -> bool:
        """Whether the Region has a price for the family; true where nothing is known."""
        if instance.accelerator == CPU and instance.arch != "arm64":
            return True
        if self._offer is None:
            return True
        families = self._offer.batch if transform else self._offer.hosting
        return families is None or instance.family.id in families

    def smallest(self, need: Need) -> Instance | None:
        """The smallest type that fits; of equal fits the one of the cheapest known price."""
        key = self.key(need)
        if key not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[key] = self._look(need)
        return self._found[key]

    def key(self, need: Need) -> tuple[object, ...]:
        """Equal for needs that lead to the same type."""
        host, devices, vcpus = self._steps_of(need.accelerator)
        return (
            need.accelerator,
            bisect_left(host, need.host_mib),
            bisect_left(devices, need.accelerator_mib),
            bisect_left(vcpus, need.workers),
            need.precision,
            need.arm,
            need.local_disk,
            need.single_device,
            need.transform,
        )

    def alternatives(self, need: Need) -> Iterator[Instance]:
        """Types that fit, the smallest first, one of each class of equal fits: the cheapest.

        With an accelerator a class is its model and number; other types of it differ in host memory
        and vCPUs, which say little of its speed. Nor is a type with more memory faster than one of
        general purpose with as many vCPUs, so it is left out where that fits.
        """
        classes: dict[tuple[object, ...], list[Instance]] = {}
        for each in self.catalogue.candidates(need.accelerator):
            if self._suits(each, need) and self.offered(each, transform=need.transform):
                kind: tuple[object, ...] = size(each)
                if need.accelerator != CPU:
                    kind = (each.accelerator_model, each.accelerator_count)
                classes.setdefault(kind, []).append(each)
        firsts = [equal[0] for equal in classes.values()]
        general = {each.vcpu for each in firsts if each.family.group == "general"}
        for equal in classes.values():
            if equal[0].family.group == "memory" and equal[0].vcpu in general:
                continue
            yield self._cheapest(equal)

    def suiting(self, need: Need) -> list[Instance]:
        """Every type that sizing may choose and that fits, smallest first.

        Those that the Region is known to lack are left out, unless nothing else fits.
        """
        candidates = self.catalogue.candidates(need.accelerator)
        found = [each for each in candidates if self._suits(each, need)]
        here = [each for each in found if self.offered(each, transform=need.transform)]
        return here or found

    def misfit(self, instance: Instance, need: Need) -> str:
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
        usable = self.usable_mib(instance)
        if usable is not None and usable < need.host_mib:
            share, memory = self.number("usable-memory"), mib(instance.memory_mib or 0)
            return f"{need.host_text} is more than {share} x {memory} of memory"
        return ""

    def _steps_of(self, accelerator: str) -> Steps:
        place = (self._digest, accelerator)
        found = _steps.get(place)
        if found is None:
            types = self.catalogue.candidates(accelerator)
            found = _steps[place] = (
                sorted({self.usable_mib(each) or 0 for each in types}),
                sorted({each.accelerator_total_mib for each in types}),
                sorted({each.vcpu or 0 for each in types}),
            )
        return found

    def _look(self, need: Need) -> Instance | None:
        """Drop what matters least until something fits: Region's list, then disk, then workers."""

        def region(each: Instance) -> bool:
            return self.offered(each, transform=need.transform)

        def disk(each: Instance) -> bool:
            return not need.local_disk or each.local_nvme is True

        def workers(each: Instance) -> bool:
            return (each.vcpu or 0) >= need.workers

        for wishes in ((workers, disk, region), (disk, region), (region,), ()):
            found = self._first(need, wishes)
            if found is not None:
                return found
        return None

    def _first(self, need: Need, wishes: tuple[Callable[[Instance], bool], ...]) -> Instance | None:
        equal: list[Instance] = []
        for each in self.catalogue.candidates(need.accelerator):
            if equal and size(each) != size(equal[0]):
                break
            if self._suits(each, need) and all(wish(each) for wish in wishes):
                equal.append(each)
        return self._cheapest(equal) if equal else None

    def _cheapest(self, equal: list[Instance]) -> Instance:
        prices = self.prices
        return min(equal, key=lambda each: (prices.get(each.type, _NO_PRICE), rank(each)))

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


def _device_name(accelerator: str) -> str:
    return "GPU" if accelerator == "gpu" else "Neuron device"
