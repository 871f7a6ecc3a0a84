"""On which instance type a model runs: of those that hold it, the one of the cheapest fleet.

The list that is shipped with the program decides, so that an answer is the same everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from math import ceil, log

from advisor.catalogue.models import Models
from advisor.catalogue.price_snapshot import shipped
from advisor.engine.model_load import Asked
from advisor.model.geometry import Accelerator
from advisor.model.value import Value
from advisor.model.workload import OnType
from advisor.modelling import memory
from advisor.modelling.speed import Copy, Running
from advisor.rulebook.cache import rules_directory
from advisor.rulebook.hardware import CPU, GPU, Instance, size
from advisor.rulebook.knowledge import Knowledge
from advisor.text.quantity import MIB, MONTH_HOURS

_COMPILED = "neuronlink"  # joins devices whose speed is not modelled
_MILLION = 1e6
_HOUR_S = 3600


def fleets(asked: Asked, models: Models, known: Knowledge) -> list[OnType]:
    """The model on every type that holds it, the one to take first.

    Those that keep the targets go before others, then those that hold it for certain, then those
    that compute in its precision, then the cheapest fleet by a known price, then the smaller and
    the newer type.
    """
    prices, doubling = _prices(asked), log(2, known.numbers["price-of-half-the-time"])
    found = []
    for instance, device in _candidates(asked, models, known, prices):
        compiled = device.link.startswith(_COMPILED)
        if compiled or _host_mib(asked, instance, known, models.numbers) is None:
            continue
        made = _on(asked, instance, device, models.numbers, known, prices.get(instance.type))
        if made is not None:
            each = 1 / made.highest_per_s if asked.transform else made.instances
            cost = (made.usd_hour or 0.0) * each
            first = (not made.kept, not made.certain, made.unpacked)
            amount = (made.usd_hour is None, cost)
            dear = asked.budget_usd is not None and cost * MONTH_HOURS > asked.budget_usd
            weigh = asked.fast or not made.kept  # a time that nothing keeps is wanted as short
            worth = made.request_s if asked.budget_usd else made.request_s * cost**doubling
            worth = cost if dear else worth  # nothing that fast is paid for
            order = (made.usd_hour is None, dear, worth, cost) if weigh else amount
            newer = -instance.family.generation
            found.append(((*first, *order, *size(instance), newer, instance.type), made))
    return [made for _, made in sorted(found, key=lambda pair: pair[0])]


def cheapest_device(
    asked: Asked, models: Models, known: Knowledge
) -> tuple[str, Accelerator] | None:
    """The type of the lowest price with one device that holds the weights, and that device."""
    prices = _prices(asked)
    least = asked.weights * known.numbers["accelerator-overhead"] / MIB
    found = [
        ((each.type not in prices, prices.get(each.type, 0), *size(each), each.type), device)
        for each, device in _candidates(asked, models, known, prices)
        if least <= device.memory_mib
    ]
    order, device = min(found, key=lambda pair: pair[0], default=((), None))
    return None if device is None else (str(order[-1]), device)


def cheaper_on_device(
    asked: Asked, known: Knowledge, on_cpu_s: float, device_type: str, on_device_s: float
) -> bool:
    """Whether the peak costs less on instances with a device than on any with CPUs alone.

    A job is paid for the time that its records take.

    Args:
        asked: the model and its load.
        known: figures and catalogue of the rules.
        on_cpu_s: seconds of a request on one vCPU.
        device_type: the type with one device.
        on_device_s: seconds of a request on the device.
    """
    prices, share = _prices(asked), known.numbers["safety-factor"]

    def fleet(price: int, seconds: float, at_once: int) -> float:
        if asked.transform:
            return price * seconds / at_once
        number: int = ceil(max(asked.rate * seconds, asked.flying or 0) / (at_once * share))
        return max(asked.least, number) * price

    least = 2 * asked.weights / MIB / known.numbers["usable-memory"]
    on_cpu = [
        fleet(prices[each.type], on_cpu_s, each.vcpu or 1)
        for each in known.catalogue.candidates(CPU)
        if each.type in prices and each.arch != "arm64" and (each.memory_mib or 0) >= least
    ]
    price = prices.get(device_type)
    return bool(on_cpu) and price is not None and fleet(price, on_device_s, 1) < min(on_cpu)


def least_memory(asked: Asked, numbers: Mapping[str, float]) -> int:
    """MiB of the devices of one copy, all together, without which no type holds the model."""
    share, engine = numbers["memory-usable-most"], numbers["memory-engine-least"] * 1024
    return ceil((asked.weights / MIB + engine) / share)


def _prices(asked: Asked) -> Mapping[str, int]:
    folder = os.path.join(rules_directory(), "prices")
    component = "batch-transform" if asked.transform else "hosting"
    return shipped(asked.region, folder).per_hour(component, sold=True)


def _candidates(
    asked: Asked, models: Models, known: Knowledge, prices: Mapping[str, int]
) -> Iterator[tuple[Instance, Accelerator]]:
    """The stated type, else those of current generations that the Region sells; their devices."""
    catalogue = known.catalogue
    named = None if asked.named is None else catalogue.get(asked.named)
    for each in catalogue.candidates(GPU) if asked.named is None else filter(None, [named]):
        device = models.accelerator(each.accelerator_model, each.accelerator_memory_mib)
        wanted = asked.precision not in each.family.lacks and each.arch != "arm64"
        wanted = wanted and asked.device in ("", each.accelerator_model)
        wanted = wanted and (each.in_transform or not asked.transform)
        wanted = wanted and known.sells(asked.region, prices, each, transform=asked.transform)
        if device is not None and (wanted if named is None else each.accelerator == GPU):
            yield each, device


def _host_mib(
    asked: Asked, instance: Instance, known: Knowledge, numbers: Mapping[str, float]
) -> int | None:
    """MiB of the host that loading takes besides the server; ``None`` where it has too few.

    No more than is planned for of its memory. What is stated wins over what is modelled.
    """
    server, has = int(known.numbers["server-memory"]), instance.memory_mib
    devices = instance.accelerator_count or 1
    loading = -(-memory.host_bytes(asked.weights, devices, server * MIB, numbers) // MIB)
    if has is None:
        return loading
    usable = int(has * known.numbers["usable-memory"])
    stated = None if asked.host_mib is None else asked.host_mib + server
    if loading > has if stated is None else stated > usable:
        return None
    return max(min(loading, usable) - server, -(-asked.weights // MIB))


def _on(
    asked: Asked,
    instance: Instance,
    device: Accelerator,
    numbers: Mapping[str, float],
    known: Knowledge,
    price: int | None,
) -> OnType | None:
    """At the smallest degree that keeps the targets on the fewest instances, else that holds it."""
    found: list[tuple[tuple[bool, bool, int], _Split, OnType]] = []
    for degree in memory.degrees(asked.geometry, instance.accelerator_count or 1):
        fit = memory.fit(
            asked.geometry,
            asked.precision,
            device,
            degree=degree,
            context=asked.context,
            numbers=numbers,
        )
        fits = fit.fits
        if asked.device_mib is not None:
            fits = memory.YES if asked.device_mib <= degree * device.memory_mib else memory.NO
        if fits == memory.NO:
            continue
        copy = Copy(asked.geometry, asked.precision, device, degree, numbers, engine=asked.engine)
        room = fit.room.middle if fits == memory.YES else fit.room.high
        split = _Split(copy=copy, fit=fit, room=room, certain=fits == memory.YES)
        made = _loaded(asked._replace(count=None), instance, split, known, price)
        good = made.kept and made.certain
        found.append(((not made.kept, not made.certain, made.instances * good), split, made))
        if good and made.instances <= asked.least:
            break
    if not found:
        return None
    _, split, made = min(found, key=lambda each: each[0])
    return _loaded(asked, instance, split, known, price) if asked.count else made


class _Split(Value):
    """One copy on its devices, and the room that it leaves for requests."""

    copy: Copy
    fit: memory.Fit
    room: int
    certain: bool

    @property
    def needs_mib(self) -> int:
        """Memory of its devices, all together: for the weights, one request and the server."""
        has = self.copy.degree * self.copy.accelerator.memory_mib
        spare = (self.fit.room.low - self.fit.request_bytes) * self.copy.degree // self.fit.split
        return min(has, has - spare // MIB) if self.certain else has


def _loaded(
    asked: Asked, instance: Instance, split: _Split, known: Knowledge, price: int | None
) -> OnType:
    """The copies of a type under the load of the workload."""
    copy, copies = split.copy, (instance.accelerator_count or 1) // split.copy.degree
    most_of_server = asked.at_once or copy.numbers["speed-in-flight"]
    if asked.transform:  # each request of a job takes one of these megabytes at the least
        most_of_server = min(most_of_server, known.numbers["batch-payload-product"] // copies)
    length = asked.usual.given + asked.usual.written
    limit = memory.in_flight_limit(asked.geometry, length, split.room, most_of_server)
    holds, alone = max(1.0, limit), copy.running(asked.usual, 1)
    wanted = (asked.first_byte_s, alone.first_token), (asked.answer_s, alone.request)
    # One that nothing keeps bounds nothing.
    within = [most if most is None or took <= most else None for most, took in wanted]
    most = copy.fullest(asked.usual, holds, *within) or alone
    highest = copies * (most.in_flight / asked.request_s if asked.request_s else most.rate)
    name = "safety-factor" if asked.at_once and not asked.batched else "batching-share"
    flying = asked.flying or 0.0
    needed = max(asked.rate / highest, flying / (copies * most.in_flight)) / known.numbers[name]
    instances = asked.count or max(asked.least, ceil(round(needed, 9)))
    at_load = _at_load(asked, copy, instances * copies, most)
    if asked.transform:  # a job keeps its instances full; its deadline tells how many there are
        instances, at_load = asked.count or 1, most
    request = asked.request_s or at_load.request
    usd = None if price is None else price / _MILLION
    rate = highest * instances if asked.transform else max(asked.rate, flying / request)
    return OnType(
        instance_type=instance.type,
        tensor_parallel=copy.degree,
        copies=copies,
        certain=split.certain,
        unpacked=asked.precision == "fp8" and not copy.accelerator.flops_fp8,
        kept=within == [asked.first_byte_s, asked.answer_s],
        longest=memory.longest_tokens(asked.geometry, split.room),
        holds=int(holds * copies),
        concurrency=int(most.in_flight * copies),
        instances=instances,
        rate=rate,
        in_flight=rate * request,
        first_token_s=at_load.first_token,
        per_token_s=at_load.per_token,
        request_s=request,
        modelled_s=at_load.request,
        first_token=copy.interval(at_load.first_token, "first-token"),
        per_token=copy.interval(at_load.per_token, "token"),
        request=copy.interval(at_load.request, "token"),
        needs_mib=split.needs_mib,
        host_mib=_host_mib(asked, instance, known, copy.numbers) or 0,
        sure_context=memory.longest_tokens(asked.geometry, split.fit.room.low) or asked.context,
        highest_per_s=highest,
        usd_hour=usd,
        usd_at_load=_per_million(usd, instances, rate * asked.usual.written),
        usd_at_most=_per_million(usd, 1, highest * asked.usual.written),
    )


def _at_load(asked: Asked, copy: Copy, copies: int, most: Running) -> Running:
    """One of the copies where the requests in flight settle, no more of them than it may have."""
    settled = copy.settled(asked.usual, asked.rate / copies, most.in_flight) or most
    flying = (asked.flying or 0.0) / copies
    if flying <= settled.in_flight:
        return settled
    return copy.running(asked.usual, min(max(1.0, flying), most.in_flight))


def _per_million(usd: float | None, instances: int, tokens_s: float) -> float | None:
    """USD of a million tokens, of instances that write so many a second together."""
    if usd is None or not tokens_s:
        return None
    return usd * instances / (tokens_s * _HOUR_S) * _MILLION
