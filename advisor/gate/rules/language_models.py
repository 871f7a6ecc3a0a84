"""Models judged against the type that serves them: memory, devices, context, start and network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil

from advisor.catalogue.models import KnownModel
from advisor.configuration.document import Node
from advisor.gate.rules.named_types import market_of
from advisor.gate.rules.served_models import LANGUAGE, Served, gib, served_models
from advisor.gate.rules.view import Fault, View, number_of, text_of
from advisor.modelling import memory
from advisor.modelling.start_up import start_up
from advisor.rulebook.hardware import CPU, GPU
from advisor.workload.model_files import known_models

_SMALL = 4_000_000_000  # parameters below which a processor may do
_HEALTH = "ContainerStartupHealthCheckTimeoutInSeconds"
_DOWNLOAD = "ModelDataDownloadTimeoutInSeconds"
_ROUND = 1024  # tokens to which a proposed context is rounded down
_WAYS_OUT = ("natgateway", "transitgateway")  # of a network, in the names of types of resources
_MIB = 2**20


def faults(view: View, rule: str) -> Iterator[Fault]:
    """What one of the checks finds at a resource."""
    for served in served_models(view):
        place = served.host.resource if rule == "startup-timeout-short" else served.holder
        if place is view.resource and rule == "tensor-parallel-invalid":
            yield from _impossible_degree(served)
        elif place is view.resource and served.model is not None:
            yield from _RULES[rule](served, served.model, view)


# -- memory and devices --------------------------------------------------------------------------


def _does_not_fit(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    if not served.too_large:
        return
    fit, where = served.fits[-1], served.where
    if served.degree in (each.degree for each in served.fits) and fit.degree < served.devices:
        where = f"a degree of {fit.degree} uses {fit.degree} of them, and {where}"
        where = f"{served.where}, of which it uses {fit.degree}"
    message = f"{model.id} needs {gib(fit.weights)} for its weights in {served.precision}; {where}"
    yield served.at("model", f"{message}; {_way_out(served, model, view)}")


def _way_out(served: Served, model: KnownModel, view: View) -> str:
    """The degree at which the type holds the model, else the cheapest type that does."""
    numbers, context = known_models().numbers, max(served.context, 1)
    asked = {"context": context, "numbers": numbers}
    assert served.instance is not None
    assert served.device is not None
    most = served.instance.accelerator_count or 1
    here = memory.best_fit(
        model.geometry, served.precision, served.device, devices=most, **asked
    )
    if here.fits == memory.YES:
        key = served.server.name("degree")
        more = "NumberOfAcceleratorDevicesRequired and " if here.degree > served.devices else ""
        return f"set {more}{key} to {here.degree}"
    market = market_of(view, view.region)
    sold = market.prices.per_hour("hosting", sold=True)
    found = []
    for each in market.known.catalogue.candidates(GPU):
        device = known_models().accelerator(each.accelerator_model, each.accelerator_memory_mib)
        devices = each.accelerator_count or 1
        if each.type not in sold or device is None or served.precision in each.family.lacks:
            continue
        fit = memory.best_fit(model.geometry, served.precision, device, devices=devices, **asked)
        host = memory.host_bytes(fit.weights, devices, 256 * _MIB, numbers)
        if fit.fits == memory.YES and host <= (each.memory_mib or 0) * _MIB:
            found.append((sold[each.type], each.type, fit.degree))
    if not found:
        return "no type that is sold holds it"
    _, name, degree = min(found)
    return f"the cheapest type that holds it is {name}, at a degree of {degree}"


def _tight(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    certain = not served.fits or any(each.fits == memory.YES for each in served.fits)
    if certain or served.too_large or any(_beyond_memory(served, model, view)):
        return
    context = f"a request of {served.context:,} tokens fits" if served.context else "requests fit"
    yield served.at(
        "model",
        f"the weights of {model.id} take {gib(served.fits[0].weights)} in {served.precision}, and "
        f"{served.where}; the server's own memory decides whether {context} beside them",
    )


def _beyond_memory(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    del view
    if not served.fits or served.too_large or not served.context:
        return
    most, usual = served.longest("high"), served.longest("middle") or 0
    if most is None or served.context <= most:
        return
    key = served.server.name("context")
    said = f"{key} is {served.context:,} tokens"
    if served.server.node("context") is None:
        said = f"without {key} the server takes the {served.context:,} tokens of {model.id}"
    holds = f"beside the weights {_type(served)} holds about {usual:,}, and {most:,} at the most"
    nearest = usual // _ROUND * _ROUND
    yield served.at("context", f"{said}; {holds}", str(nearest) if nearest else "")


def _beyond_model(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    del view
    most = model.geometry.context
    if not most or not model.geometry.generates or served.server.has("stretched_by"):
        return
    for role in ("context", "input"):
        found = served.server.number(role)
        if found is not None and found > most:
            key = served.server.name(role)
            message = f"{key} is {found:,} tokens; {model.id} takes {most:,}"
            yield served.at(role, message, str(most if role == "context" else most - 1))


def _impossible_degree(served: Served) -> Iterator[Fault]:
    degree, devices, key = served.degree, served.devices, served.server.name("degree")
    if served.server.node("degree") is None or degree is None or not devices:
        return
    valid = (devices,)
    geometry = served.model.geometry if served.model is not None else None
    if geometry is not None and geometry.generates:
        valid = memory.degrees(geometry, devices)
    if degree > devices:
        has = "1 device" if devices == 1 else f"{devices} devices"
        who = "the component asks for" if served.host.component else f"{_type(served)} has"
        yield served.at("degree", f"{key} is {degree}; {who} {has}", str(valid[-1]))
    elif served.model is not None and geometry is not None and degree not in valid:
        heads = f"{geometry.heads} heads and {geometry.kv_heads} of keys and values"
        possible = ", ".join(map(str, valid))
        message = f"{served.model.id} has {heads}, which {degree} devices cannot share evenly"
        yield served.at("degree", f"{message}; possible here: {possible}", str(valid[-1]))


def _unused(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    del view
    degree, devices, server = served.degree, served.devices, served.server
    pipeline, copies = server.number("pipeline") or 1, server.number("copies") or 1
    open_ones = None in (server.text("pipeline"), server.text("copies"), degree)
    if degree is None or open_ones or degree not in memory.degrees(model.geometry, devices):
        return
    if server.fills:
        copies = devices // (degree * pipeline)
    used = int(degree * pipeline * copies)
    if used < devices and not served.too_large:
        who = "the component" if served.host.component else _type(served)
        more = memory.degrees(model.geometry, devices)[-1]
        way = f"; a degree of {more} is possible" if more > degree else ""
        yield served.at("degree", f"{server.title} uses {used} of the {devices} devices of {who}{way}")


def _dtype(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    del model, view
    device, server = served.device, served.server
    if device is None or not served.devices:
        return
    word = server.text("dtype") or ""
    if server.word(word) == "bf16" and not device.flops_bf16:
        instead = "float16" if word.lower().startswith("b") and "float" in word.lower() else "fp16"
        message = f"{_type(served)} has {device.id.upper()} devices, which cannot compute in bf16"
        yield served.at("dtype", message, instead)
    if served.precision == "fp8" and not device.flops_fp8:
        message = f"{_type(served)} has {device.id.upper()} devices, which cannot compute in fp8"
        yield served.at("quantize", f"{message}: fp8 saves memory there, not time", "", "warning")


def _for_gpu(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    del view
    if model.geometry.kind not in LANGUAGE:
        return
    precision = served.precision or model.geometry.dtype
    size = gib(memory.weight_bytes(model.geometry, precision, known_models().numbers))
    severity = "warning" if model.geometry.parameters < _SMALL else "error"
    if served.instance is None:
        message = f"{model.id} has {size} of weights; a serverless endpoint has no GPU"
    elif served.instance.accelerator == CPU:
        message = f"{model.id} has {size} of weights; {served.instance.type} has no GPU"
    else:
        return
    yield served.at("model", message, severity=severity)


# -- start and network ---------------------------------------------------------------------------


def _short_timeout(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    host, numbers = served.host, known_models().numbers
    if host.resource.kind == "TransformJob" or served.instance is None:
        return
    if model.geometry.kind not in LANGUAGE:
        return
    weights = memory.weight_bytes(model.geometry, model.geometry.dtype, numbers)
    fetched, loaded = start_up(weights, 0, numbers), start_up(0, 0, numbers)
    settings = host.settings if host.settings is not None else host.place
    default = market_of(view, view.region).known.numbers["health-check-default"]
    start = fetched if served.from_hub else loaded
    what = "to fetch its weights and start" if served.from_hub else "to start"
    yield from _below(served, settings, _HEALTH, (start.least, start.most, default, what, model.id))
    if not served.from_hub:
        band = (fetched.weights_least, fetched.weights_most, None, "for its weights", model.id)
        yield from _below(served, settings, _DOWNLOAD, band)


def _below(
    served: Served,
    settings: Node,
    field: str,
    band: tuple[float, float, float | None, str, str],
) -> Iterator[Fault]:
    """A time-out below what something takes: an error below the least, a warning below the most."""
    least, most, default, what, who = band
    node = settings.get(field)
    seconds = number_of(node) if node is not None else default
    if seconds is None or seconds >= most:
        return
    takes = f"{who} takes {least:.0f} to {most:.0f} s {what}"
    said = f"{field} is {seconds:g} s" if node is not None else f"without {field}, it is {default} s"
    key = served.server.node("model")
    yield Fault(
        node or settings,
        (*served.host.path, field) if node is not None else served.host.path,
        f"{said}; {takes}",
        suggestion=str(ceil(most / 60) * 60) if node is not None and most <= 3600 else "",
        at_key=node is None,
        severity="error" if seconds < least else "warning",
        related=(key,) if key is not None else (),
    )


def _download(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    if not served.from_hub:
        return
    key = served.server.name("model")
    bodies = (served.holder.body, served.host.resource.body)
    if any((text_of(body.get("EnableNetworkIsolation")) or "").lower() == "true" for body in bodies):
        message = f"network isolation keeps the container from the Hub, where {key} is fetched"
        yield served.at("model", message, severity="error")
        return
    kinds = [kind.lower().replace("_", "") for kind in view.world.declared.values()]
    out = any(way in kind for way in _WAYS_OUT for kind in kinds)
    if not out and any(body.get("VpcConfig") is not None for body in bodies):
        message = f"the container fetches {model.id} as it starts; the VPC needs a way to the Hub"
        yield served.at("model", message)


def _gated(served: Served, model: KnownModel, view: View) -> Iterator[Fault]:
    del view
    if model.gated and served.from_hub and served.server.node("token") is None:
        token = served.server.name("token")
        message = f"the Hub asks for a token for {model.id} (as remembered), and {token} is not set"
        yield served.at("model", message)


def _type(served: Served) -> str:
    return served.instance.type if served.instance is not None else "a serverless endpoint"


_RULES: dict[str, Callable[[Served, KnownModel, View], Iterator[Fault]]] = {
    "model-does-not-fit": _does_not_fit,
    "model-fit-tight": _tight,
    "tensor-parallel-unused": _unused,
    "context-beyond-memory": _beyond_memory,
    "context-beyond-model": _beyond_model,
    "startup-timeout-short": _short_timeout,
    "dtype-unsupported": _dtype,
    "download-at-start": _download,
    "gated-model": _gated,
    "serverless-gpu-model": _for_gpu,
}
