"""Containers on the types that they run on, and how the models that they name fit there.

A model is known by the id that the environment writes, never by what a name looks like. What a
value that is open could turn out to be is never held against a configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from advisor.catalogue.models import KnownModel, Models
from advisor.configuration.document import Node, Path, Resource, World
from advisor.gate.rules.model_server import ModelServer, model_server
from advisor.gate.rules.predicates.component import host_of
from advisor.gate.rules.view import Fault, View, containers, number_of, text_of, variants_of
from advisor.model.geometry import Accelerator
from advisor.model.value import Value
from advisor.modelling import memory
from advisor.rulebook.hardware import GPU, Instance, InstanceTypes
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.workload.model_files import known_models

_GIB = 2**30
LANGUAGE = ("llm", "vlm")
_FITTED = (*LANGUAGE, "seq2seq", "embedding", "encoder", "reranker", "speech")
_ARTIFACTS = ("ModelDataUrl", "ModelDataSource", "ArtifactUrl", "ModelPackageName")


class Host(Value):
    """Where a container runs: a variant on a type, a component on one, or a transform job."""

    resource: Resource
    path: Path  # of what holds the start-up time-outs
    settings: Node | None  # these; the default counts where it lacks one
    place: Node  # the variant, or the component's specification
    type: Node | None = None  # what names the type; ``None`` of a serverless variant
    component: bool = False


class Served(Value):
    """A container on a host. Sizes are bytes."""

    holder: Resource  # of the container
    server: ModelServer
    host: Host
    instance: Instance | None  # ``None``: serverless
    model: KnownModel | None
    devices: int  # that the container has; 0 where it has none, or that is not known
    device: Accelerator | None
    degree: int | None  # that is set, or that the server takes; ``None`` where that is open
    precision: str = ""
    context: int = 0  # tokens of the longest request; 0 where the server chooses, or it is open
    fits: tuple[memory.Fit, ...] = ()  # at each degree that is possible; empty: not to be told
    half: bool = False  # keys and values may have eight bits

    def at(self, role: str, message: str, suggestion: str = "", severity: str = "") -> Fault:
        """A fault at the variable of a role; at that of the model where it is not set."""
        node = self.server.node(role)
        if node is None:
            role, node, suggestion = "model", self.server.node("model"), ""
        assert node is not None
        related = (self.host.type or self.host.place,)
        return Fault(
            node,
            self.server.at(role),
            message,
            suggestion=suggestion,
            severity=severity,
            related=related,
        )

    @property
    def from_hub(self) -> bool:
        """Whether the container fetches the weights from the Hugging Face Hub as it starts."""
        stored = any(self.server.container.get(each) is not None for each in _ARTIFACTS)
        return self.model is not None and not stored and not self.server.has("other_hubs")

    @property
    def where(self) -> str:
        """The type with its devices."""
        assert self.instance is not None
        assert self.device is not None
        size = gib(self.device.memory_mib * 2**20)
        if self.devices == 1:
            return f"{self.instance.type} has one device of {size}"
        return f"{self.instance.type} has {self.devices} devices of {size}"

    @property
    def too_large(self) -> bool:
        """Whether no possible degree holds the weights."""
        return bool(self.fits) and all(fit.fits == memory.NO for fit in self.fits)

    def longest(self, room: str) -> int | None:
        """Tokens of the longest request that the low, middle or high room holds."""
        assert self.model is not None
        factor = 2 if self.half else 1
        found = [
            memory.longest_tokens(self.model.geometry, getattr(fit.room, room) * factor)
            for fit in self.fits
            if fit.fits != memory.NO
        ]
        return None if None in found else max((each or 0 for each in found), default=0)


def gib(size: float) -> str:
    """Bytes in GiB, as a message writes them."""
    return f"{size / _GIB:.1f} GiB" if size < 100 * _GIB else f"{size / _GIB:.0f} GiB"


def served_models(view: View) -> tuple[Served, ...]:
    """The containers of a view's world whose server and type are known."""
    return _served(view.world, knowledge(load(overlay=view.organisation.own.overlay).raw).catalogue)


@lru_cache(maxsize=1)
def _served(world: World, catalogue: InstanceTypes) -> tuple[Served, ...]:
    found = []
    for holder, path, container, host in _pairs(world):
        server = model_server(container, path)
        if server is not None and text_of(container.get("Mode")) != "MultiModel":
            made = _on(holder, server, host, catalogue)
            if made is not None:
                found.append(made)
    return tuple(found)


def _pairs(world: World) -> Iterator[tuple[Resource, Path, Node, Host]]:
    for config in world.of_kind("EndpointConfig"):
        for path, variant in variants_of(config):
            for host in _variant(config, path, variant):
                yield from _of_model(world, variant.get("ModelName"), host)
    for job in world.of_kind("TransformJob"):
        place = job.body.get("TransformResources")
        if place is not None:
            host = Host(
                resource=job, path=(), settings=None, place=place, type=place.get("InstanceType")
            )
            yield from _of_model(world, job.body.get("ModelName"), host)
    for component in world.of_kind("InferenceComponent"):
        said, variant = component.body.get("Specification"), host_of(world, component)
        if said is None or variant is None:
            continue
        for host in _variant(component, ("Specification", "StartupParameters"), variant):
            host = host._replace(  # noqa: PLW2901
                settings=said.get("StartupParameters"), place=said, component=True
            )
            own = said.get("Container")
            if own is not None:
                yield component, ("Specification", "Container"), own, host
            yield from _of_model(world, said.get("ModelName"), host)


def _variant(resource: Resource, path: Path, variant: Node) -> Iterator[Host]:
    """A variant on its type, on each type of its pools, or without servers."""
    serverless = variant.get("ServerlessConfig")
    host = Host(resource=resource, path=path, settings=variant, place=variant)
    if serverless is not None:
        if serverless.kind == "map":
            yield host
        return
    for part in (variant, *variant.items("InstancePools")):
        if part.get("InstanceType") is not None:
            yield host._replace(type=part.get("InstanceType"))


def _of_model(
    world: World, name: Node | None, host: Host
) -> Iterator[tuple[Resource, Path, Node, Host]]:
    model = world.meant_by(name, "Model", "ModelName")
    for path, container in containers(model) if model is not None else ():
        assert model is not None
        yield model, path, container, host


def _on(
    holder: Resource, server: ModelServer, host: Host, catalogue: InstanceTypes
) -> Served | None:
    """A container on a host; ``None`` where the type is not known."""
    models = known_models()
    instance = catalogue.get(text_of(host.type) or "")
    if host.type is not None and instance is None:
        return None
    devices, device = 0, None
    if instance is not None and instance.accelerator == GPU:
        devices = instance.accelerator_count or 0
        device = models.accelerator(instance.accelerator_model, instance.accelerator_memory_mib)
        if host.component:
            wanted = number_of(
                host.place.at("ComputeResourceRequirements", "NumberOfAcceleratorDevicesRequired")
            )
            split = host.place.at("ComputeResourceRequirements", "AcceleratorPartitionType")
            devices = int(wanted) if wanted and split is None else 0
    degree = _degree(server, devices)
    made = Served(
        holder=holder,
        server=server,
        host=host,
        instance=instance,
        model=_model(server.text("model"), models),
        devices=devices,
        device=device,
        degree=degree,
    )
    return made if made.model is None else _fitted(made, made.model, models)


def _model(name: str | None, models: Models) -> KnownModel | None:
    """The model of an id, written in full or, where the Hub has no owner in it, without."""
    wanted = (name or "").lower()
    return models.find(wanted) if wanted in _ids(models) else None


@cache
def _ids(models: Models) -> frozenset[str]:
    full = [each.lower() for each in models.ids if "/" in each]
    tails = [each.rpartition("/")[2] for each in full]
    return frozenset([*full, *(each for each in tails if tails.count(each) == 1)])


def _degree(server: ModelServer, devices: int) -> int | None:
    if "degree" not in server.keys:  # noqa: SIM118
        return None if server.spills else 1
    text = server.text("degree")
    if text in ("max", "all"):
        return devices or None
    found = server.number("degree")
    return int(found) if found is not None and found == int(found) else None


def _fitted(served: Served, model: KnownModel, models: Models) -> Served:
    """How the model fits at each degree that is possible, where all that decides it is known."""
    server, geometry, device = served.server, model.geometry, served.device
    precision = server.precision(geometry.dtype)
    whole = server.text("offload") in ("", "0") and server.text("pipeline") in ("", "1")
    told = geometry.kind in _FITTED and precision and whole and not server.spills
    context = _context(server, geometry.context) if geometry.generates else 0
    if not told or not served.devices or device is None or device.link.startswith("neuron"):
        return served._replace(precision=precision or "", context=context)
    valid = memory.degrees(geometry, served.devices)
    cache_word = server.text("cache_dtype")
    half = cache_word is None or server.word(cache_word) == "fp8"
    share = server.number("memory_share")
    fits = tuple(
        memory.fit(
            geometry,
            precision or "",
            device,
            degree=each,
            context=(context // 2 if half else context) or 1,
            numbers=models.numbers,
            usable=float(share) if share is not None and 0 < share <= 1 else None,
        )
        for each in ((served.degree,) if served.degree in valid else valid)
    )
    return served._replace(precision=precision, context=context, half=half, fits=fits)


def _context(server: ModelServer, of_model: int) -> int:
    text = server.text("context")
    if text == "model":
        return of_model if server.text("backend") in ("", "vllm", "lmi-dist", "auto") else 0
    found = server.number("context")
    return int(found) if found is not None and found > 0 else 0
