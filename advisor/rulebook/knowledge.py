"""The figures that sizing reads, taken from the compiled rules; most are made when asked for."""

from collections.abc import Mapping
from typing import Any

from advisor.model.value import Value
from advisor.rulebook.hardware import CPU, Instance, InstanceTypes
from advisor.rulebook.lazy_mapping import OnDemand
from advisor.rulebook.types import Constant, Source


class RegionOffer(Value):
    """What one Region offers, beside its list of prices. ``None``: nothing was found on it."""

    hosting: frozenset[str] | None  # families of accelerators or Graviton, without such a list
    batch: frozenset[str] | None
    serverless_concurrency: int | None

    def has(self, instance: Instance, *, transform: bool) -> bool:
        """Whether it offers a type; true of a plain one, which only a list of prices tells of."""
        special = instance.accelerator != CPU or instance.arch == "arm64"
        families = self.batch if transform else self.hosting
        return not special or families is None or instance.family.id in families


class QuotaEntry(Value):
    """One account quota."""

    id: str
    title: str
    code: str | None
    options: tuple[str, ...]
    counts: str  # concurrency, endpoints, memory-mb or instances
    default: int | None
    default_in_region: bool  # the default is the Region's serverless concurrency
    seen: int | None  # applied on new accounts
    codes: Mapping[str, str] | None  # of a quota that each instance type has: type -> code
    origin: Source


class Knowledge(Value):
    """Constants, instance types, Regions and quotas."""

    sizing: Mapping[str, Constant]
    numbers: Mapping[str, Any]  # the values of the constants
    catalogue: InstanceTypes
    offers: Mapping[str, RegionOffer]
    quotas: tuple[QuotaEntry, ...]

    def sells(
        self, region: str | None, prices: Mapping[str, int], instance: Instance, *, transform: bool
    ) -> bool:
        """Whether a Region sells a type, as far as lists show; true where nothing is known."""
        offer = self.offers.get(region or "")
        listed = instance.type in prices or not prices
        return listed and (offer is None or offer.has(instance, transform=transform))


_made: dict[str, Knowledge] = {}


def knowledge(compiled: Mapping[str, Any]) -> Knowledge:
    """The figures of a compiled rulebook, made once for each digest."""
    digest = compiled["digest"]
    if digest not in _made:
        _made[digest] = _make(compiled)
    return _made[digest]


def _make(compiled: Mapping[str, Any]) -> Knowledge:
    sizing = {entry["id"]: _constant(entry) for entry in compiled["sizing"]}
    return Knowledge(
        sizing=sizing,
        numbers={name: constant.value for name, constant in sizing.items()},
        catalogue=InstanceTypes(compiled["instances"], compiled["families"]),
        offers=OnDemand(compiled["regions"]["regions"], _offer),
        quotas=tuple(_quota(entry) for entry in compiled["quotas"]),
    )


def _constant(raw: Mapping[str, Any]) -> Constant:
    return Constant(id=raw["id"], title=raw["title"], value=raw["value"], origin=_origin(raw))


def _offer(raw: Mapping[str, Any]) -> RegionOffer:
    hosting, batch = _families(raw.get("hosting")), _families(raw.get("batch"))
    return RegionOffer(
        hosting=hosting, batch=batch, serverless_concurrency=raw.get("serverless_concurrency")
    )


def _families(raw: Mapping[str, list[str]] | None) -> frozenset[str] | None:
    if raw is None:
        return None
    return frozenset(family for group in raw.values() for family in group)


def _quota(raw: Mapping[str, Any]) -> QuotaEntry:
    return QuotaEntry(
        id=raw["id"],
        title=raw["title"],
        code=raw.get("code"),
        options=tuple(raw["options"]),
        counts=raw["counts"],
        default=raw.get("default"),
        default_in_region="default_in_region" in raw,
        seen=raw.get("seen"),
        codes=raw.get("codes"),
        origin=_origin(raw),
    )


def _origin(raw: Mapping[str, Any]) -> Source:
    return Source(
        because=raw["because"], source=raw["source"], as_of=raw["as_of"], since=raw["since"]
    )
