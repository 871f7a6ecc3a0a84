"""What follows from a container's variables and the type that it runs on: ``Served`` of a check.

A model is known by the id that a variable writes, never by what a name looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import ceil
from typing import Any, NamedTuple

from advisor.catalogue.models import KnownModel
from advisor.configuration.document import Node
from advisor.gate.rules.facts import FactSheet, Home, Place, homes, whole
from advisor.gate.rules.model_server import ModelServer, count_of, model_server, precision_of
from advisor.gate.rules.named_types import market_of
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
_NO_COUNT = re.compile(r"0+|-(?!1$)\d+")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")  # of an owner; paths begin otherwise
_SERVER = 256 * _MIB  # bytes of host memory that a server takes besides weights


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


def served_models(view: View) -> Iterator[Served]:
    """Every container of a world on each of its types, as far as server and type are known."""
    market = market_of(view, view.region)
    for home in homes(view):
        servers = [
            (whole(home.owner).inner(node, *path), model_server(node))
            for path, node in containers(home.owner)
        ]
        for host in _types(home, market) if home.place.resource.kind == "EndpointConfig" else ():
            for place, server in servers:
                if server is not None:
                    served = Served(place, server, host, market)
                    served.tell(view)
                    yield served


def _types(home: Home, market: Market) -> Iterator[Host]:
    """A variant on its type, on each type of its pools, or serverless."""
    variant = home.place
    host = Host(variant, home.settings, None, home.needs)
    serverless = variant.node.get("ServerlessConfig")
    if serverless is not None and serverless.kind == "map":
        yield host._replace(type=variant._replace(node=serverless))
    for part in (variant.node, *variant.node.items("InstancePools")):
        node = part.get("InstanceType")
        instance = market.known.catalogue.get(text_of(node) or "")
        if node is not None and instance is not None:
            yield host._replace(type=variant._replace(node=node), instance=instance)


class Served(FactSheet):
    """A container on one type."""

    def __init__(self, container: Place, server: ModelServer, host: Host, market: Market) -> None:
        super().__init__()
        self.container, self.holder = container, container.resource
        self.server, self.host, self.market = server, host, market
        self.model: KnownModel | None = None
        self.precision: str | None = None
        self.valid: tuple[int, ...] = ()  # degrees at which the devices can share the model
        self.context = 0  # tokens of the longest request; 0 where the server chooses, or it is open
        text = server.text("degree")
        self.degree = host.devices if text in ("max", "all") else count_of(text)
        if "degree" not in server.engine["keys"] and not server.engine.get("spills"):
            self.degree = 1

    def put(self, place: Place | str, **facts: str | int | None) -> None:
        """Add facts of a place, or of the variable of a role, else that of the model."""
        if isinstance(place, str):
            name = self.server.name(place if self.server.is_set(place) else "model")
            node = self.server.variables.get(name, self.server.container)
            place = self.container.inner(node, "Environment", name)
        self.state(place, **facts)

    def tell(self, view: View) -> None:
        """Add all facts that are known."""
        server, models, own = self.server, known_models(), self.host.instance
        name = "a serverless endpoint" if own is None else own.type
        self.put(self.host.type, Type=name, Gpu=own is not None and own.accelerator != CPU)
        self._counts()
        wanted, device = server.text("model") or "", None
        if wanted.lower() in {each.lower() for each in models.ids}:
            self.model = models.find(wanted.lower())
        self._network(view, wanted)
        if self.host.devices and own is not None:
            device = models.accelerator(own.accelerator_model, own.accelerator_memory_mib)
            self._devices(device)
        if self.model is None:
            return
        geometry = self.model.geometry
        self.precision = server.precision(geometry.dtype)
        weights = memory.weight_bytes(geometry, self.precision or geometry.dtype, models.numbers)
        self.put("model", Model=self.model.id, Kind=geometry.kind, Parameters=geometry.parameters)
        self.put("model", Precision=self.precision, Weights=_gib(weights))
        self._start(self.model)
        self._context(self.model)
        if device is not None and self.precision is not None:
            self._computing(device)
            whole = server.text("offload") in ("", "0") and server.text("pipeline") in ("", "1")
            if geometry.kind in _FITTED and whole and not server.engine.get("spills"):
                self._memory(self.model, device)

    def _counts(self) -> None:
        """A variable that counts, and holds nothing or less; some releases choose at -1."""
        for role, key in self.server.engine["keys"].items():
            text = self.server.text(role) or ""
            if key.get("unit", "GB") != "GB" and _NO_COUNT.fullmatch(text):
                self.put(role, Counts=False, CountName=self.server.name(role), Count=text)

    def _devices(self, device: Accelerator | None) -> None:
        server, devices, degree = self.server, self.host.devices, self.degree
        size = f" of {_gib(device.memory_mib * _MIB)}" if device is not None else ""
        size += " for a copy" if self.host.needs is not None else ""
        has = f"{devices} devices{size}" if devices > 1 else f"one device{size}"
        self.put(self.host.type, Devices=devices, Has=has)
        allows = f"a degree is at most {devices}"
        self.valid = valid = tuple(range(1, devices + 1))
        if self.model is not None and self.model.geometry.generates:
            self.valid = valid = memory.degrees(self.model.geometry, devices)
            even = memory.degrees(self.model.geometry, max(devices, _DEGREES))
            allows = f"{self.model.id} can be split over {', '.join(map(str, even))} of them"
        if degree is None:
            return
        self.put("degree", Shares=degree in valid, Allows=allows, Server=server.engine["title"])
        if server.is_set("degree"):
            self.put("degree", DegreeName=server.name("degree"), Degree=degree, Best=valid[-1])
        groups, copies = server.count("pipeline", 1), server.count("copies", 1)
        if degree in valid and groups and copies:
            if server.engine.get("fills"):
                copies = max(1, devices // (degree * groups))
            self.put("degree", Used=degree * groups * copies)

    def _network(self, view: View, wanted: str) -> None:
        bodies = (self.holder.body, self.host.type.resource.body)
        stored = [each for each in _STORED if self.server.container.get(each) is not None]
        kinds = [kind.lower().replace("_", "") for kind in view.world.declared.values()]
        out = any(way in kind for way in _WAYS_OUT for kind in kinds)
        closed = [(text_of(body.get("EnableNetworkIsolation")) or "").lower() for body in bodies]
        inside = any(body.get("VpcConfig") is not None for body in bodies) and not out
        network = "isolated" if "true" in closed else "a VPC" if inside else "open"
        named = self.model is not None or _HUB_ID.fullmatch(wanted) is not None
        hub = named and not stored and not self.server.has("other_hubs")
        self.put("model", Hub=hub, Wanted=wanted, Stored=" ".join(stored), Network=network)
        self.put("model", Gated=self.model.gated if self.model is not None else None)
        self.put("model", TokenName=self.server.name("token"), Token=self.server.is_set("token"))

    def _start(self, model: KnownModel) -> None:
        """The time-out that is too short, if one is; else that of the health check."""
        settings, numbers = self.host.settings, known_models().numbers
        weights = memory.weight_bytes(model.geometry, model.geometry.dtype, numbers)
        stored, host = self.facts["Stored"].value, self.host.instance
        devices = 0 if host is None else host.accelerator_count or 0
        whole = start_up(weights, 0, numbers, devices=devices)
        start = start_up(0, 0, numbers) if stored else whole
        default = self.market.known.numbers["health-check-default"]
        for name, least, most, absent in (
            (_HEALTH, start.least, start.most, default),
            (_DOWNLOAD, whole.weights_least, whole.weights_most, None),
        )[: 1 + ("ModelDataSource" in stored) if self.host.instance is not None else 0]:
            node, place, said = settings.node.get(name), settings, f"the default of {name}"
            seconds = absent if node is None else count_of(text_of(node))
            if seconds is None or ("Timeout" in self.facts and seconds >= most):
                continue
            if node is not None:
                place, said = settings.inner(node, name), name
                longer = min(ceil(most / 60) * 60, _MOST_S)
                self.put(place, Longer=longer if longer > seconds else None)
            self.put(place, Timeout=seconds, TimeoutName=said)
            self.put(place, Least=int(least), Longest=min(ceil(most), _MOST_S))

    def _context(self, model: KnownModel) -> None:
        server, own = self.server, model.geometry.context
        name, backend = server.name("context"), server.text("backend")
        if model.geometry.generates and server.text("context") != "model":
            self.context = server.count("context") or 0
        elif model.geometry.generates and backend in ("", "vllm", "lmi-dist", "auto"):
            self.context = own
        said = name if server.is_set("context") else f"without {name} the context"
        fits = f"a request of {self.context} tokens fits" if self.context else "requests fit"
        self.put("context", Context=self.context, ContextName=said, Request=fits)
        self.put("context", Own=None if server.has("stretched_by") else own or None)

    def _computing(self, device: Accelerator) -> None:
        dtype = self.server.text("dtype") or ""
        if precision_of(dtype) == "bf16" and not device.flops_bf16:
            narrow = "float16" if "float" in dtype.lower() else "fp16"
            self.put("dtype", Lacks="bf16", Instead=narrow)
        elif self.precision == "fp8" and not device.flops_fp8:
            self.put("quantize", Lacks="fp8")

    def _memory(self, model: KnownModel, device: Accelerator) -> None:
        server, geometry, devices = self.server, model.geometry, self.host.devices
        word, has = server.text("cache_dtype"), self.facts["Has"].value
        packed = 2 if word is None or precision_of(word) == "fp8" else 1  # tokens in as many bytes
        more = {"context": self.context // packed or 1, "usable": server.share("memory_share")}
        if self.degree in self.valid:
            more["degree"] = self.degree
            has += f", of which it uses {self.degree}" if self.degree != devices else ""
        else:  # a model that does not generate may share all: its heads may be not known
            more["devices" if geometry.generates else "degree"] = devices
        fit = self._fit(model, device, **more)
        self.put("model", Fits=fit.fits, Has=has)
        if fit.fits == memory.NO:
            self.put("model", Remedy=self._remedy(model))
            return
        most = memory.longest_tokens(geometry, fit.room.high * packed)
        usual = memory.longest_tokens(geometry, fit.room.middle * packed)
        self.put("context", Most=self.context if most is None else most, Usual=usual)
        if server.is_set("context"):
            self.put("context", Nearest=(usual or 0) // _ROUND * _ROUND or None)

    def _fit(self, model: KnownModel, device: Accelerator, **more: Any) -> memory.Fit:
        """The fit at a degree that is given, else at the best one of ``devices``."""
        fit: Callable[..., memory.Fit] = memory.fit if "degree" in more else memory.best_fit
        more = {"context": self.context or 1, "numbers": known_models().numbers, **more}
        return fit(model.geometry, self.precision or "", device, **more)

    def _remedy(self, model: KnownModel) -> str:
        """The degree at which the type holds the model, else the cheapest type that does."""
        sold, models, found = self.market.prices.per_hour("hosting", sold=True), known_models(), []
        for each in (self.host.instance, *self.market.known.catalogue.candidates(GPU)):
            assert each is not None
            device = models.accelerator(each.accelerator_model, each.accelerator_memory_mib)
            devices, price = each.accelerator_count or 1, sold.get(each.type)
            if device is None or each.arch == "arm64" or self.precision in each.family.lacks:
                continue
            fit = self._fit(model, device, devices=devices)
            if fit.fits == memory.YES and each is self.host.instance:
                more = fit.degree > self.host.devices
                name = "NumberOfAcceleratorDevicesRequired and " * more + self.server.name("degree")
                return f"set {name} to {fit.degree}"
            host = memory.host_bytes(fit.weights, devices, _SERVER, models.numbers)
            if fit.fits == memory.YES and price and host <= (each.memory_mib or 0) * _MIB:
                found.append((price, each.type, fit.degree))
        if not found:
            return "no type that is sold holds it"
        return "the cheapest type that holds it is {1}, at a degree of {2}".format(*min(found))


def _gib(size: float) -> str:
    return f"{size / 2**30:.1f} GiB" if size < 100 * 2**30 else f"{size / 2**30:.0f} GiB"
