"""What follows from a container's variables and the type that it runs on: ``Served`` of a check.

A model is known by the id that a variable writes, never by what a name looks like. A fact that an
open value decides is left out, so that no condition on it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import ceil
from typing import NamedTuple

from advisor.catalogue.models import KnownModel
from advisor.configuration.document import Node, Path, Resource, World
from advisor.gate.rules.model_server import ModelServer, model_server, precision_of
from advisor.gate.rules.named_types import market_of
from advisor.gate.rules.predicates.component import config_of, host_of
from advisor.gate.rules.view import View, containers, number_of, text_of
from advisor.model.geometry import Accelerator
from advisor.modelling import memory
from advisor.modelling.start_up import start_up
from advisor.options.named_types import Market
from advisor.rulebook.hardware import CPU, GPU, Instance
from advisor.workload.model_files import known_models

_FITTED = ("llm", "vlm", "seq2seq", "embedding", "encoder", "reranker", "speech")
_STORED = ("ModelDataUrl", "ModelDataSource", "ArtifactUrl", "ModelPackageName")
_WAYS_OUT = ("natgateway", "transitgateway")  # of a network, in the names of types of resources
_HEALTH = "ContainerStartupHealthCheckTimeoutInSeconds"
_DOWNLOAD = "ModelDataDownloadTimeoutInSeconds"
_MOST_S = 3600  # that such a time-out takes
_ROUND = 1024  # tokens to which a proposed context is rounded down
_DEGREES = 8  # devices of the largest types
_MIB = 2**20


class Place(NamedTuple):
    """Where a fact comes from."""

    resource: Resource
    path: Path
    node: Node


class Host(NamedTuple):
    """What a container runs on."""

    type: Place  # the instance type of a configuration, or the serverless variant
    settings: Place  # what holds the time-outs, or would
    instance: Instance | None  # ``None``: serverless
    needs: Node | None = None  # what a component asks for

    @property
    def devices(self) -> int:
        """GPUs that the container has; 0 where it has none, or that is not known."""
        if self.instance is None or self.instance.accelerator != GPU:
            return 0
        if self.needs is None:
            return self.instance.accelerator_count or 0
        whole = self.needs.get("AcceleratorPartitionType") is None
        wanted = number_of(self.needs.get("NumberOfAcceleratorDevicesRequired"))
        return int(wanted) if wanted and whole else 0


class Served:
    """A container on one type, and its facts."""

    def __init__(self, container: Place, server: ModelServer, host: Host) -> None:
        self.holder, self.path, _ = container
        self.server, self.host = server, host
        self.places: dict[str, Place] = {}
        self.facts: dict[str, Node] = {}

    def put(self, place: Place, **facts: str | int | None) -> None:
        """Add facts of a place; those that are ``None`` are not known."""
        for name, value in facts.items():
            if value is not None:
                self.places[name] = place
                self.facts[name] = place.node._replace(kind="scalar", value=value)

    def variable(self, role: str) -> Place:
        """The variable of a role; that of the model where it is not set."""
        name, variables = self.server.name(role), self.server.variables
        if name not in variables:
            name = self.server.name("model")
        path = (*self.path, "Environment", name)
        return Place(self.holder, path, variables.get(name, self.server.container))


_last: list[tuple[World, dict[str, list[Served]]]] = []


def served_models(view: View) -> list[Served]:
    """What a view's resource has a part in, as far as server and type are known."""
    if not _last or _last[0][0] is not view.world:
        found: dict[str, list[Served]] = {}
        market = market_of(view, view.region)
        for each in _served(view, market):
            _tell(each, view, market)
            for address in {each.holder.address, each.host.settings.resource.address}:
                found.setdefault(address, []).append(each)
        _last[:] = [(view.world, found)]
    return _last[0][1].get(view.resource.address, [])


# -- what runs where -----------------------------------------------------------------------------


def _served(view: View, market: Market) -> Iterator[Served]:
    for config in view.world.of_kind("EndpointConfig"):
        for path, variant in view.variants(config):
            place = Place(config, path, variant)
            for host in _hosts(place, place, market):
                yield from _of_model(view, variant, host)
    for component in view.world.of_kind("InferenceComponent"):
        inner, said = view._replace(resource=component), component.body.get("Specification")
        home, host_node = config_of(inner), host_of(inner)
        if said is None or home is None or host_node is None:
            continue
        settings = Place(component, ("Specification",), said)
        times = said.get("StartupParameters")
        if times is not None:
            settings = Place(component, ("Specification", "StartupParameters"), times)
        for bare in _hosts(Place(home, (), host_node), settings, market):
            host = bare._replace(needs=said.get("ComputeResourceRequirements") or said)
            inline = Place(component, ("Specification", "Container"), said.get("Container") or said)
            server = model_server(inline.node)
            if server is not None:
                yield Served(inline, server, host)
            yield from _of_model(view, said, host)


def _hosts(variant: Place, settings: Place, market: Market) -> Iterator[Host]:
    """A variant on its type, on each type of its pools, or serverless."""
    serverless = variant.node.get("ServerlessConfig")
    if serverless is not None and serverless.kind == "map":
        yield Host(variant._replace(node=serverless), settings, None)
    for part in (variant.node, *variant.node.items("InstancePools")):
        node = part.get("InstanceType")
        instance = market.known.catalogue.get(text_of(node) or "")
        if node is not None and instance is not None:
            yield Host(variant._replace(node=node), settings, instance)


def _of_model(view: View, holder: Node, host: Host) -> Iterator[Served]:
    model = view.world.meant_by(holder.get("ModelName"), "Model", "ModelName")
    if model is not None:
        for path, container in containers(model):
            server = model_server(container)
            if server is not None:
                yield Served(Place(model, path, container), server, host)


# -- what follows --------------------------------------------------------------------------------


def _tell(served: Served, view: View, market: Market) -> None:
    """Add all facts that are known."""
    server, host, models = served.server, served.host, known_models()
    gpu = host.instance is not None and host.instance.accelerator != CPU
    name = "a serverless endpoint" if host.instance is None else host.instance.type
    served.put(host.type, Type=name, Gpu=gpu)
    wanted = (server.text("model") or "").lower()
    model = models.find(wanted) if wanted in {each.lower() for each in models.ids} else None
    device = None
    if host.devices and host.instance is not None:
        device = models.accelerator(
            host.instance.accelerator_model, host.instance.accelerator_memory_mib
        )
        _tell_devices(served, model, device)
    if model is None:
        return
    place, geometry = served.variable("model"), model.geometry
    precision = server.precision(geometry.dtype)
    weights = memory.weight_bytes(geometry, precision or geometry.dtype, models.numbers)
    served.put(place, Model=model.id, Kind=geometry.kind, Parameters=geometry.parameters)
    served.put(place, Precision=precision, Weights=_gib(weights))
    _tell_network(served, model, view)
    _tell_start(served, model, market)
    if device is not None and precision is not None:
        _tell_precision(served, precision, device)
        if geometry.kind in _FITTED and not server.engine.get("spills"):
            _tell_memory(served, model, precision, device, market)


def _tell_devices(served: Served, model: KnownModel | None, device: Accelerator | None) -> None:
    server, devices, degree = served.server, served.host.devices, _degree(served)
    each = f" of {_gib(device.memory_mib * _MIB)}" if device is not None else ""
    has = f"{devices} devices{each}" if devices > 1 else f"one device{each}"
    served.put(served.host.type, Devices=devices, Has=has)
    if degree is None:
        return
    valid, allows = tuple(range(1, devices + 1)), f"a degree is at most {devices}"
    if model is not None and model.geometry.generates:
        valid = memory.degrees(model.geometry, devices)
        even = memory.degrees(model.geometry, max(devices, _DEGREES))
        allows = f"{model.id} can be split over {', '.join(map(str, even))} of them"
    name, place = server.name("degree"), served.variable("degree")
    served.put(place, Degree=degree, DegreeName=name, Shares=degree in valid, Allows=allows)
    served.put(place, Server=server.engine["title"], Best=valid[-1] if name in place.path else None)
    pipeline, copies = server.text("pipeline") or "1", server.text("copies") or "1"
    if degree in valid and (pipeline + copies).isdecimal():
        each_takes = degree * int(pipeline)
        fills = devices // each_takes if server.engine.get("fills") and each_takes else int(copies)
        served.put(place, Used=each_takes * fills)


def _degree(served: Served) -> int | None:
    """Devices of one copy; ``None`` where that is open."""
    if "degree" not in served.server.engine["keys"]:
        return None if served.server.engine.get("spills") else 1
    if served.server.text("degree") in ("max", "all"):
        return served.host.devices
    return served.server.count("degree")


def _tell_network(served: Served, model: KnownModel, view: View) -> None:
    server, bodies = served.server, (served.holder.body, served.host.type.resource.body)
    stored = any(server.container.get(each) is not None for each in _STORED)
    kinds = [kind.lower().replace("_", "") for kind in view.world.declared.values()]
    out = any(way in kind for way in _WAYS_OUT for kind in kinds)
    closed = [text_of(body.get("EnableNetworkIsolation")) or "" for body in bodies]
    inside = any(body.get("VpcConfig") is not None for body in bodies) and not out
    network = "isolated" if "true" in map(str.lower, closed) else "a VPC" if inside else "open"
    place, token = served.variable("model"), server.name("token")
    served.put(place, Hub=not stored and not server.has("other_hubs"), Stored=stored)
    served.put(place, Network=network, Gated=model.gated, TokenName=token)
    served.put(place, Token=token in server.variables)


def _tell_start(served: Served, model: KnownModel, market: Market) -> None:
    """The time-out that is too short, if one is; else that of the health check."""
    settings, numbers = served.host.settings, known_models().numbers
    weights = memory.weight_bytes(model.geometry, model.geometry.dtype, numbers)
    whole, stored = start_up(weights, 0, numbers), served.facts["Stored"].value
    start = start_up(0, 0, numbers) if stored else whole
    default = market.known.numbers["health-check-default"]
    bands = [(_HEALTH, start.least, start.most, default)]
    if stored:
        bands.append((_DOWNLOAD, whole.weights_least, whole.weights_most, None))
    for name, least, most, absent in bands if served.host.instance is not None else ():
        node = settings.node.get(name)
        seconds = absent if node is None else number_of(node)
        if seconds is None or ("Timeout" in served.facts and seconds >= most):
            continue
        place, longer = settings, ceil(most / 60) * 60
        if node is not None:
            place = Place(settings.resource, (*settings.path, name), node)
        suggested = longer if node is not None and longer <= _MOST_S else None
        said = name if node is not None else f"the default of {name}"
        served.put(place, Timeout=int(seconds), TimeoutName=said, Longer=suggested)
        served.put(place, Least=int(least), Longest=min(ceil(most), _MOST_S))


def _tell_precision(served: Served, precision: str, device: Accelerator) -> None:
    dtype = served.server.text("dtype") or ""
    if precision_of(dtype) == "bf16" and not device.flops_bf16:
        narrow = "float16" if "float" in dtype.lower() else "fp16"
        served.put(served.variable("dtype"), Lacks="bf16", Instead=narrow)
    elif precision == "fp8" and not device.flops_fp8:
        served.put(served.variable("quantize"), Lacks="fp8")


def _tell_memory(
    served: Served, model: KnownModel, precision: str, device: Accelerator, market: Market
) -> None:
    server, geometry, numbers = served.server, model.geometry, known_models().numbers
    if server.text("offload") not in ("", "0") or server.text("pipeline") not in ("", "1"):
        return
    context = _context(server, geometry.context) if geometry.generates else 0
    word = server.text("cache_dtype")
    packed = 2 if word is None or precision_of(word) == "fp8" else 1  # tokens in the same bytes
    fits = partial(
        memory.fit,
        geometry,
        precision,
        device,
        context=context // packed or 1,
        numbers=numbers,
        usable=server.share("memory_share"),
    )
    valid, degree = memory.degrees(geometry, served.host.devices), _degree(served)
    found = [fits(degree=each) for each in ((degree,) if degree in valid else valid)]
    best = min(
        found,
        key=lambda fit: (
            (memory.YES, memory.OPEN).index(fit.fits) if fit.fits != memory.NO else 2,
            -fit.room.high,
        ),
    )
    model_at, has = served.variable("model"), served.facts["Has"].value
    if len(found) == 1 and best.degree < served.host.devices:
        has = f"{has}, of which it uses {best.degree}"
    served.put(model_at, Fits=best.fits, Has=has)
    if best.fits == memory.NO:
        served.put(model_at, Remedy=_remedy(served, model, precision, max(context, 1), market))
        return
    most = memory.longest_tokens(geometry, max(fit.room.high for fit in found) * packed)
    usual = memory.longest_tokens(geometry, best.room.middle * packed)
    place, name = served.variable("context"), server.name("context")
    is_set = name in place.path
    nearest = (usual or 0) // _ROUND * _ROUND if is_set else 0
    request = f"a request of {context} tokens fits" if context else "requests fit"
    own = None if server.has("stretched_by") else geometry.context
    served.put(
        place, Context=context, ContextName=name if is_set else f"without {name} the context"
    )
    served.put(place, Usual=usual, Most=context if most is None else most, Nearest=nearest or None)
    served.put(place, Request=request, Own=own or None)


def _context(server: ModelServer, of_model: int) -> int:
    """Tokens of the longest request; 0 where the server chooses, or that is open."""
    if server.text("context") != "model":
        return server.count("context") or 0
    return of_model if server.text("backend") in ("", "vllm", "lmi-dist", "auto") else 0


def _remedy(served: Served, model: KnownModel, precision: str, context: int, market: Market) -> str:
    """The degree at which the type holds the model, else the cheapest type that does."""
    models, found = known_models(), []
    sold = market.prices.per_hour("hosting", sold=True)
    own = served.host.instance
    for each in (own, *market.known.catalogue.candidates(GPU)):
        assert each is not None
        device = models.accelerator(each.accelerator_model, each.accelerator_memory_mib)
        devices = each.accelerator_count or 1
        if (
            device is None
            or precision in each.family.lacks
            or (each is not own and each.type not in sold)
        ):
            continue
        fit = memory.best_fit(
            model.geometry,
            precision,
            device,
            devices=devices,
            context=context,
            numbers=models.numbers,
        )
        host = memory.host_bytes(fit.weights, devices, 256 * _MIB, models.numbers)
        if fit.fits == memory.YES and each is own:
            more = (
                ""
                if fit.degree <= served.host.devices
                else "NumberOfAcceleratorDevicesRequired and "
            )
            return f"set {more}{served.server.name('degree')} to {fit.degree}"
        if fit.fits == memory.YES and host <= (each.memory_mib or 0) * _MIB:
            found.append((sold[each.type], each.type, fit.degree))
    if not found:
        return "no type that is sold holds it"
    _, name, degree = min(found)
    return f"the cheapest type that holds it is {name}, at a degree of {degree}"


def _gib(size: float) -> str:
    return f"{size / 2**30:.1f} GiB" if size < 100 * 2**30 else f"{size / 2**30:.0f} GiB"
