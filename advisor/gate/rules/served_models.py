"""What follows from a container's variables and the type that it runs on: ``Served`` of a check.

A model is known by the id that a variable writes, never by what a name looks like. A fact that an
open value decides is left out, so that no condition on it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any, NamedTuple

from advisor.catalogue.models import KnownModel
from advisor.configuration.document import Node, Path, Resource, World
from advisor.gate.rules.model_server import ModelServer, count_of, model_server, precision_of
from advisor.gate.rules.named_types import market_of
from advisor.gate.rules.predicates.component import config_of, host_of
from advisor.gate.rules.view import View, containers, text_of
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
_SERVER = 256 * _MIB  # bytes of host memory that a server takes besides weights


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
        wanted = count_of(text_of(self.needs.get("NumberOfAcceleratorDevicesRequired")))
        return wanted if wanted and self.needs.get("AcceleratorPartitionType") is None else 0


class Served:
    """A container on one type, and its facts."""

    def __init__(self, container: Place, server: ModelServer, host: Host) -> None:
        self.holder, self.path, _ = container
        self.server, self.host = server, host
        self.places: dict[str, Place] = {}
        self.facts: dict[str, Node] = {}

    @property
    def degree(self) -> int | None:
        """Devices of one copy; ``None`` where that is open."""
        if "degree" not in self.server.engine["keys"]:
            return None if self.server.engine.get("spills") else 1
        if self.server.text("degree") in ("max", "all"):
            return self.host.devices
        return self.server.count("degree")

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
    own, device = host.instance, None
    name = "a serverless endpoint" if own is None else own.type
    served.put(host.type, Type=name, Gpu=own is not None and own.accelerator != CPU)
    wanted = (server.text("model") or "").lower()
    model = models.find(wanted) if wanted in {each.lower() for each in models.ids} else None
    if host.devices and own is not None:
        device = models.accelerator(own.accelerator_model, own.accelerator_memory_mib)
        _tell_devices(served, model, device)
    if model is None:
        return
    place, geometry = served.variable("model"), model.geometry
    precision = server.precision(geometry.dtype)
    weights = memory.weight_bytes(geometry, precision or geometry.dtype, models.numbers)
    served.put(place, Model=model.id, Kind=geometry.kind, Parameters=geometry.parameters)
    served.put(place, Precision=precision, Weights=_gib(weights))
    _tell_network(served, model, view)
    if own is not None:
        _tell_start(served, model, market)
    context = _tell_context(served, model)
    if device is not None and precision is not None:
        _tell_precision(served, precision, device)
        if geometry.kind in _FITTED and not server.engine.get("spills"):
            _tell_memory(served, Load(model, precision, context), device, market)


def _tell_devices(served: Served, model: KnownModel | None, device: Accelerator | None) -> None:
    server, devices, degree = served.server, served.host.devices, served.degree
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
    groups, copies = (
        1 if server.text(each) == "" else server.count(each) for each in ("pipeline", "copies")
    )
    if degree in valid and groups and copies:
        copies = devices // (degree * groups) if server.engine.get("fills") else copies
        served.put(place, Used=degree * groups * copies)


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
    bands = [(_HEALTH, start.least, start.most, market.known.numbers["health-check-default"])]
    if stored:
        bands.append((_DOWNLOAD, whole.weights_least, whole.weights_most, None))
    for name, least, most, absent in bands:
        node, place, longer = settings.node.get(name), settings, ceil(most / 60) * 60
        seconds = absent if node is None else count_of(text_of(node))
        if seconds is None or ("Timeout" in served.facts and seconds >= most):
            continue
        if node is None:
            name = f"the default of {name}"  # noqa: PLW2901
        else:
            place = Place(settings.resource, (*settings.path, name), node)
            served.put(place, Longer=longer if longer <= _MOST_S else None)
        served.put(place, Timeout=seconds, TimeoutName=name)
        served.put(place, Least=int(least), Longest=min(ceil(most), _MOST_S))


def _tell_precision(served: Served, precision: str, device: Accelerator) -> None:
    dtype = served.server.text("dtype") or ""
    if precision_of(dtype) == "bf16" and not device.flops_bf16:
        narrow = "float16" if "float" in dtype.lower() else "fp16"
        served.put(served.variable("dtype"), Lacks="bf16", Instead=narrow)
    elif precision == "fp8" and not device.flops_fp8:
        served.put(served.variable("quantize"), Lacks="fp8")


def _tell_context(served: Served, model: KnownModel) -> int:
    """Add the tokens of the longest request; 0 where the server chooses, or that is open."""
    server, geometry = served.server, model.geometry
    context, place, name = 0, served.variable("context"), server.name("context")
    if geometry.generates and server.text("context") != "model":
        context = server.count("context") or 0
    elif geometry.generates and server.text("backend") in ("", "vllm", "lmi-dist", "auto"):
        context = geometry.context
    own = None if server.has("stretched_by") else geometry.context or None
    said = name if name in place.path else f"without {name} the context"
    served.put(place, Context=context, ContextName=said, Own=own)
    served.put(place, Request=f"a request of {context} tokens fits" if context else "requests fit")
    return context


class Load(NamedTuple):
    """What must fit."""

    model: KnownModel
    precision: str
    context: int  # tokens of the longest request; 0 where it is not known

    def fit(self, device: Accelerator, devices: int, **more: Any) -> memory.Fit:
        """The fit at a degree that is given, or at the best one."""
        given = (self.model.geometry, self.precision, device)
        more = {"context": self.context or 1, "numbers": known_models().numbers, **more}
        if "degree" in more:
            return memory.fit(*given, **more)
        return memory.best_fit(*given, devices=devices, **more)


def _tell_memory(served: Served, load: Load, device: Accelerator, market: Market) -> None:
    server, geometry, devices = served.server, load.model.geometry, served.host.devices
    if server.text("offload") not in ("", "0") or server.text("pipeline") not in ("", "1"):
        return
    word = server.text("cache_dtype")
    packed = 2 if word is None or precision_of(word) == "fp8" else 1  # tokens in the same bytes
    more = {"context": load.context // packed or 1, "usable": server.share("memory_share")}
    has, set_ = served.facts["Has"].value, served.degree in memory.degrees(geometry, devices)
    if set_ and served.degree != devices:
        has = f"{has}, of which it uses {served.degree}"
    fit = load.fit(device, devices, **more, **({"degree": served.degree} if set_ else {}))
    served.put(served.variable("model"), Fits=fit.fits, Has=has)
    if fit.fits == memory.NO:
        served.put(served.variable("model"), Remedy=_remedy(served, load, market))
        return
    rooms = (fit.room.high * packed, fit.room.middle * packed)
    most, usual = (memory.longest_tokens(geometry, room) for room in rooms)
    place = served.variable("context")
    served.put(place, Most=load.context if most is None else most, Usual=usual)
    if server.name("context") in place.path:
        served.put(place, Nearest=(usual or 0) // _ROUND * _ROUND or None)


def _remedy(served: Served, load: Load, market: Market) -> str:
    """The degree at which the type holds the model, else the cheapest type that does."""
    sold, models, found = market.prices.per_hour("hosting", sold=True), known_models(), []
    own = served.host.instance
    for each in (own, *market.known.catalogue.candidates(GPU)):
        assert each is not None
        device = models.accelerator(each.accelerator_model, each.accelerator_memory_mib)
        devices, price = each.accelerator_count or 1, sold.get(each.type)
        if device is None or load.precision in each.family.lacks:
            continue
        fit = load.fit(device, devices)
        if fit.fits == memory.YES and each is own:
            more = "NumberOfAcceleratorDevicesRequired and " * (fit.degree > served.host.devices)
            return f"set {more}{served.server.name('degree')} to {fit.degree}"
        host = memory.host_bytes(fit.weights, devices, _SERVER, models.numbers)
        if fit.fits == memory.YES and price and host <= (each.memory_mib or 0) * _MIB:
            found.append((price, each.type, fit.degree))
    if not found:
        return "no type that is sold holds it"
    _, name, degree = min(found)
    return f"the cheapest type that holds it is {name}, at a degree of {degree}"


def _gib(size: float) -> str:
    return f"{size / 2**30:.1f} GiB" if size < 100 * 2**30 else f"{size / 2**30:.0f} GiB"
