"""What a model needs of a device's memory, what is left for requests, and how it can be split.

The numbers are those of ``rules/models.yaml``, by id. Sizes are bytes, lengths are tokens.
"""

from collections.abc import Mapping
from functools import partial
from typing import TypeAlias

from advisor.model.geometry import Accelerator, Geometry
from advisor.model.value import Value

Numbers: TypeAlias = Mapping[str, float]

_GIB, _MIB = 2**30, 2**20
_KV_BYTES = 2  # servers keep the cache in 16 bits unless they are told otherwise
FOUR_BIT = ("mxfp4", "int4", "fp4")
YES, NO, OPEN = "yes", "no", "open"


class Room(Value):
    """Memory for keys and values on all devices of one copy; negative where weights do not fit."""

    low: int  # what is certain
    middle: int
    high: int  # what is not impossible


class Fit(Value):
    """Whether one copy of a model fits on some devices, and what is left for its requests."""

    fits: str  # yes, no or open
    degree: int  # devices of one copy
    weights: int  # of one copy, on all its devices
    context: int  # tokens of the longest request that must fit
    room: Room
    split: int  # ways in which keys and values are divided; the other devices hold copies
    request_bytes: int  # keys, values and state of one request of the context, undivided


def weight_bytes(geometry: Geometry, precision: str, numbers: Numbers) -> int:
    """Bytes of the weights: as they are stored where that is their precision, else computed.

    Four bits are those of the experts alone where there are experts.
    """
    if precision == geometry.dtype and geometry.artifact_bytes:
        return geometry.artifact_bytes
    each = numbers[f"bytes-{precision}"]
    if precision in FOUR_BIT and geometry.expert_parameters:
        others = geometry.parameters - geometry.expert_parameters
        return round(others * numbers["bytes-bf16"] + geometry.expert_parameters * each)
    return round(geometry.parameters * each)


def kv_bytes(geometry: Geometry, tokens: float) -> float:
    """Bytes that one request of some tokens keeps, on all devices together and undivided."""
    full = geometry.full_layers * geometry.kv_elements * tokens
    windows = geometry.window_layers * geometry.window_elements * min(tokens, geometry.window)
    return _KV_BYTES * (full + windows) + geometry.state_bytes


def longest_tokens(geometry: Geometry, room: float) -> int | None:
    """Tokens of the longest single request whose cache a room holds; ``None``: any length."""
    left = room - geometry.state_bytes
    slow = _KV_BYTES * geometry.full_layers * geometry.kv_elements
    fast = slow + _KV_BYTES * geometry.window_layers * geometry.window_elements
    if left < 0:
        return 0
    if fast and left < fast * geometry.window:
        return int(left // fast)
    beyond = left - (fast - slow) * geometry.window
    return int(beyond // slow) if slow else None


def degrees(geometry: Geometry, devices: int) -> tuple[int, ...]:
    """Valid parallel degrees up to a number of devices, the smallest first.

    Heads are divided evenly; keys and values are divided or copied evenly, and a latent is always
    copied.
    """
    heads, kv = geometry.heads, geometry.kv_heads
    if not heads or not geometry.generates:
        return (1,)
    return tuple(
        degree
        for degree in range(1, devices + 1)
        if heads % degree == 0
        and (geometry.latent or not kv or kv % degree == 0 or degree % kv == 0)
    )


def kv_split(geometry: Geometry, degree: int) -> int:
    """Into how many parts the devices of one copy divide keys and values."""
    return 1 if geometry.latent else max(1, min(degree, geometry.kv_heads))


def fit(
    geometry: Geometry,
    precision: str,
    accelerator: Accelerator,
    *,
    degree: int,
    context: int,
    numbers: Numbers,
    usable: float | None = None,
) -> Fit:
    """Whether one copy fits on ``degree`` devices with one request of ``context`` tokens.

    Args:
        geometry: of the model.
        precision: of its weights.
        accelerator: each device.
        degree: a valid one.
        context: tokens of the longest request, input and output.
        numbers: those of ``rules/models.yaml``.
        usable: share of device memory that the server takes, where it is stated.
    """
    weights = weight_bytes(geometry, precision, numbers)
    memory = accelerator.memory_mib * _MIB
    spare = max(numbers["memory-engine-most"] * _GIB, numbers["memory-engine-share"] * memory)
    share = numbers["memory-usable"] if usable is None else usable
    most = numbers["memory-usable-most"] if usable is None else usable
    low = share * memory - weights / degree - spare
    middle = share * memory - weights / degree - numbers["memory-engine"] * _GIB
    high = most * memory - weights / degree - numbers["memory-engine-least"] * _GIB
    split = kv_split(geometry, degree)
    needed = kv_bytes(geometry, context)
    return Fit(
        fits=NO if high < 0 else YES if low * split >= needed and low >= 0 else OPEN,
        degree=degree,
        weights=weights,
        context=context,
        room=Room(low=int(low * split), middle=int(middle * split), high=int(high * split)),
        split=split,
        request_bytes=round(needed),
    )


def best_fit(
    geometry: Geometry,
    precision: str,
    accelerator: Accelerator,
    *,
    devices: int,
    context: int,
    numbers: Numbers,
    usable: float | None = None,
) -> Fit:
    """The fit at the smallest degree that holds the model, else at the one that comes nearest."""
    order = (YES, OPEN, NO)
    at = partial(fit, geometry, precision, accelerator, context=context, numbers=numbers)
    found = [at(degree=each, usable=usable) for each in degrees(geometry, devices)]
    # Where nothing is certain, the larger degree: it leaves more room.
    first = {each.degree: each.degree if each.fits == YES else -each.degree for each in found}
    return min(found, key=lambda each: (order.index(each.fits), first[each.degree]))


def in_flight_limit(geometry: Geometry, tokens: float, room: float, most: float) -> float:
    """Requests of some tokens each that a room holds at once, and ``most`` that a server takes."""
    each = kv_bytes(geometry, tokens)
    return min(most, max(room, 0.0) / each) if each else most


def host_bytes(weights: int, devices: int, server: int, numbers: Numbers) -> int:
    """Host memory without which the weights cannot be loaded.

    Args:
        weights: bytes of one copy.
        devices: of the instance; with several each rank loads its part.
        server: bytes of the model server besides them.
        numbers: those of ``rules/models.yaml``.
    """
    if devices > 1:
        return round(numbers["host-copies-several"] * weights)
    return round(numbers["host-copies"] * weights) + server
