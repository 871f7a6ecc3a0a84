"""What a named model tells of a workload: sizes, the type it runs on, and how long a request takes.

A step before the decision. What is stated stays; the rest gets derived values, each with its
formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isqrt

from advisor.catalogue.models import Models
from advisor.engine.measured_rows import measured_beside
from advisor.engine.model_choices import as_measured, fleets_of, not_held
from advisor.engine.model_load import Asked, asked_of, stated_end
from advisor.engine.model_types import cheaper_on_device, cheapest_device, least_memory
from advisor.engine.named_model import (
    EMBEDDING,
    TOKENS,
    NamedModel,
    StatedFacts,
    derived_item,
    model_of,
    tables,
)
from advisor.model.geometry import Accelerator
from advisor.model.workload import (
    GENERATIVE,
    LANGUAGE_SERVERS,
    Derived,
    Finding,
    Interval,
    Modelled,
    OnType,
    Stated,
    TokenTimes,
    Workload,
)
from advisor.modelling import memory
from advisor.modelling.encoders import ENCODES, Device, encoding_seconds
from advisor.modelling.speed import Copy, Tokens
from advisor.modelling.start_up import StartUp, start_up
from advisor.rulebook.hardware import CPU, GPU, NEURON
from advisor.rulebook.knowledge import Knowledge, knowledge
from advisor.text.quantity import KINDS, MIB, largest
from advisor.text.quantity_format import about, number

_SECOND, _GIGA = 1_000_000, 1e9
_PER_SECOND = KINDS["rate"]["/s"]
_CORES = 0.5  # of a vCPU: a core runs two threads
_COMPILING = ("tei", "triton")
_TIME, _PRECISION = "requests.processing", "model.precision"
_BODIES = ("requests.payload", "requests.response")
_FILES = {  # kinds of which tokens do not tell the size of a body
    "requests.payload": ("vlm", "speech", "vision"),
    "requests.response": ("vlm", "diffusion", "vision"),
}
_TABULAR = ("tabular", "xgboost", "sklearn", "catboost", "lightgbm")
_QUICK = "Models of tables usually take this long or less; measure it."
_ON_DEVICES = (*GENERATIVE, "diffusion", "speech")
_TOO_SLOW = "A model of this kind answers too slowly on CPUs."
_CAPS = ("model.concurrency", "model.throughput", "model.memory")
"""Keys of which any number is a choice, or comes from a measurement."""


def modelled(facts: StatedFacts) -> Workload:
    """The workload with what its model tells, if it names one that tells something.

    Args:
        facts: of the workload as it is stated.
    """
    models, known = tables(facts), knowledge(facts.book.raw)
    model = model_of(facts, models, known)
    if model is None:
        return _of_a_kind(facts, models)
    told = dict(_sizes(facts, model, models, known))
    result = _of(facts, model)
    if model.kind in ENCODES:
        told |= _encoding(facts, model, models, known)
        read = {path: each for path, each in model.assumed.items() if path == TOKENS[0]}
        runs_in, why = model.precision, told.get(_PRECISION)
        if why is not None and why.item.value != runs_in:
            runs_in = why.item.value
            read[_PRECISION] = runs_in, why.because
        weights = memory.weight_bytes(model.geometry, runs_in, models.numbers)
        made = {"precision": runs_in, "weights": weights, "written": 0}
        result = result._replace(assumed=read, **made)
    elif model.geometry.generates and _device(facts, known) != GPU:
        told |= _untimed(facts, model, models, known)
    elif model.geometry.generates:
        asked = asked_of(facts, model, known)
        found = fleets_of(facts, asked)
        result = result._replace(assumed=model.assumed, asked=asked)
        if found:
            told |= _times(model, asked, found[0])
            on = _beside(as_measured(facts, found[0]), model, models, known)
            result = result._replace(on=on)
        elif asked.named is None:
            result = not_held(facts, asked, result)
        else:  # the plan says that the stated type is too small
            least = least_memory(asked, models.numbers) * MIB
            because = "The weights and the least that a server takes."
            told |= [_number("model.accelerator_memory", "size", least, (1.0, 1.0), because)]
            told |= _untimed(facts, model, models, known)
            others = fleets_of(facts, asked._replace(named=None))
            types = tuple(("deploy.instance_type", on.instance_type) for on in others[:1])
            result = result._replace(fixes=types)
    if model.kind in GENERATIVE:
        start, told["model.startup"] = _start(facts, model, models, known, result.on)
        result = result._replace(loading_s=start.loading_most)
    if "model.parameters" in model.assumed:
        told = {path: _open(each) for path, each in told.items()}
    return _with(facts, result, told)


def _of_a_kind(facts: StatedFacts, models: Models) -> Workload:
    """What is known where the workload tells no more of its model than the kind."""
    kind, told = facts.workload.text("model.kind") or EMBEDDING, dict[str, Derived]()
    result = Modelled(name=f"a model of the kind {kind}", kind=kind)
    if kind in _ON_DEVICES:
        told |= [_word("model.accelerator", GPU, _TOO_SLOW)]
    if kind in _TABULAR and not facts.is_stated(_TIME):
        time = models.numbers["tabular-time"]
        told |= [_number(_TIME, "time", time, (0.1, 1.0), _QUICK)]
        result = result._replace(assumed={_TIME: (about(time, "time"), _QUICK)})
    return _with(facts, result, told)


def _with(facts: StatedFacts, result: Modelled, told: Mapping[str, Derived]) -> Workload:
    """The workload with what its model tells beside what is stated, and what to measure."""
    new = {path: each for path, each in told.items() if facts.workload.stated(path) is None}
    values = {**facts.workload.values, **{path: each.item for path, each in new.items()}}
    result = result._replace(derived=new)
    found = [*result.findings, *_conflicts(facts, told)]
    made = facts.workload._replace(values=values, modelled=result)
    if result.held and (made.untimed or _TIME in result.assumed):
        found.append(_measure_it(facts, result.name, quick=not made.untimed))
    return made._replace(modelled=result._replace(findings=tuple(found)))


def _of(facts: StatedFacts, model: NamedModel) -> Modelled:
    """What is known of the model before its type and its times."""
    length = max(model.context, 1)
    kept = memory.kv_bytes(model.geometry, length)
    return Modelled(
        name=model.name,
        kind=model.kind,
        precision=model.precision,
        released=model.geometry.dtype,
        hub=model.hub,
        gated=model.gated,
        weights=model.weights,
        kv_per_token=round((kept - model.geometry.state_bytes) / length),
        context=model.context,
        given=round(model.usual.given),
        written=round(model.usual.written),
        findings=tuple(_unnamed(facts, model)),
    )


def _beside(on: OnType, model: NamedModel, models: Models, known: Knowledge) -> OnType:
    """The same with the nearest load that others measured of the model on the type."""
    of_copy = on.in_flight / on.instances / on.copies
    near = measured_beside(models, known, model.hub, model.usual, of_copy)
    kind = (on.instance_type, model.precision, f"{on.tensor_parallel}")
    return on._replace(beside=near.get(kind, ""))


def predicted(facts: StatedFacts, measured: TokenTimes) -> TokenTimes | None:
    """What is modelled of a measured load, on an instance of the type that the model is on."""
    told = facts.workload.modelled
    if told is None or told.on is None or not told.asked.geometry.generates:
        return None
    models, on = tables(facts), told.on
    instance = knowledge(facts.book.raw).catalogue.types[on.instance_type]
    device = models.accelerator(instance.accelerator_model, instance.accelerator_memory_mib)
    if device is None:
        return None
    asked, degree = told.asked, on.tensor_parallel
    shape = (asked.geometry, asked.precision)
    copy = Copy(*shape, device, degree, models.numbers, engine=asked.engine)
    of_one = max(1.0, measured.in_flight / on.copies)
    run = copy.running(Tokens(measured.given, measured.written), of_one)
    return measured._replace(
        per_second=run.rate * on.copies,
        request_s=run.request,
        first_token_s=run.first_token,
        per_token_s=run.per_token,
    )


def _sizes(
    facts: StatedFacts, model: NamedModel, models: Models, known: Knowledge
) -> Iterator[tuple[str, Derived]]:
    """What follows from the model alone: sizes and precision."""
    geometry, numbers = model.geometry, models.numbers
    count = geometry.parameters
    factors = (1.0, 1.0)
    if not geometry.certain:
        factors = numbers["interval-parameters-low"], numbers["interval-parameters-high"]
    if model.tells("model.parameters"):
        because = model.because("model.parameters", f"The shape of {model.name}.")
        yield _number("model.parameters", "count", count, factors, because)
    if model.tells(_PRECISION):
        because = model.because(_PRECISION, f"The weights of {model.name} are released so.")
        yield _word(_PRECISION, model.precision, because)
    each = f"{count:,} parameters in {model.precision}"
    size = -(-model.weights // MIB) * MIB
    if count and model.named:
        yield _number("model.size", "size", size, (1.0, 1.0), f"{each}.")
    if model.kind in _ON_DEVICES:
        runs_on = _device(facts, known)
        if model.named or facts.taken("model.accelerator") != runs_on:
            yield _word("model.accelerator", runs_on, _TOO_SLOW)
    counts = (model.usual.given, model.usual.written)
    for path, source, tokens in zip(_BODIES, TOKENS, counts, strict=True):
        text = model.kind == "llm" or (model.kind in ENCODES and path == _BODIES[0])
        file = model.kind in _FILES[path]  # whatever its tokens
        if text or not (file or source in model.assumed):
            size = tokens * known.numbers["token-bytes"]
            because = f"{tokens:,.0f} tokens of about {known.numbers['token-bytes']} bytes."
            yield _number(path, "size", size, (0.5, 2.0), because)


def _start(
    facts: StatedFacts, model: NamedModel, models: Models, known: Knowledge, on: OnType | None
) -> tuple[StartUp, Derived]:
    """How long a start takes on the type, and of it the part that a time-out must allow."""
    image = stated_end(facts.workload, "model.image_size")
    packed = image or int(known.numbers["image-of-language-models"] * 1_000_000)
    devices = 1 if on is None else known.catalogue.types[on.instance_type].accelerator_count or 1
    start = start_up(model.weights, packed, models.numbers, devices=devices)
    low, high = (round(end) * _SECOND for end in (start.least, start.most))
    longest = _longest_start(facts)  # a start beyond it may still be shorter: the plan says so
    low = min(low, longest)
    because = "Fetch of image and weights side by side, and the rest of a start, by AWS's figures."
    item = derived_item("model.startup", "time", Interval(low, high))
    middle = min(isqrt(low * high), longest)
    return start, Derived(item=item, middle=middle, because=because)


def _longest_start(facts: StatedFacts) -> int:
    """Microseconds after which AWS ends the start of a container on instances."""
    variable = facts.book.index["model.startup"]
    limits = [each for each in facts.book.limit.values() if each.variable == variable]
    return max(each.bound.admits.high for each in limits)


def _times(model: NamedModel, asked: Asked, on: OnType) -> Iterator[tuple[str, Derived]]:
    """What follows from the type: memory, time of a request, and what one instance carries."""
    shorter = min(low / usual for low, usual in zip(model.shortest, model.usual, strict=True))
    least, most = (end / on.modelled_s for end in on.request)
    least *= shorter
    how = f"{number(on.in_flight / on.instances)} in progress on {on.instance_type}, modelled."
    time = on.modelled_s * _SECOND
    yield _number(_TIME, "time", time, (least, most), how)
    held = f"{model.precision} weights, one request of the context and the server."
    exact = (1.0, 1.0)
    yield _number("model.accelerator_memory", "size", on.needs_mib * MIB, exact, held)
    loads = f"While {on.instance_type} loads the weights."
    yield _number("model.memory", "size", on.host_mib * MIB, exact, loads)
    kept = f"{on.instance_type} at the most requests in progress that keep the targets, modelled."
    yield _number("model.concurrency", "count", on.concurrency // on.copies, exact, kept)
    if asked.at_once is None or asked.request_s is None:
        yield _number("model.throughput", "rate", on.highest_per_s * _PER_SECOND, exact, kept)


def _device(facts: StatedFacts, known: Knowledge) -> str:
    """What a language model runs on: as stated, else of the kind of the stated type, else a GPU."""
    named = known.catalogue.get(facts.workload.text("deploy.instance_type") or "")
    compiled = named is not None and named.accelerator == NEURON
    return facts.workload.text("model.accelerator") or (NEURON if compiled else GPU)


def _untimed(
    facts: StatedFacts, model: NamedModel, models: Models, known: Knowledge
) -> Iterator[tuple[str, Derived]]:
    """What follows where no speed is modelled: reading the weights takes some time at the least."""
    geometry, runs_on = model.geometry, _device(facts, known)
    rates = [models.numbers["host-bandwidth"] * _GIGA]
    if runs_on != CPU:
        needed = model.weights * known.numbers["accelerator-overhead"] / MIB
        found = [
            (each.accelerator_total_mib, (each.accelerator_count or 1) * device.bandwidth)
            for each in known.catalogue.candidates(runs_on)
            if (device := models.accelerator(each.accelerator_model, each.accelerator_memory_mib))
        ]
        rates = [rate for memory, rate in found if memory >= needed] or [max(found)[1]]
    active = geometry.active_parameters / max(geometry.parameters, 1)
    time = max(model.usual.written, 1) * model.weights * active * _SECOND / min(rates)
    because = f"Its weights are read for each of {model.usual.written:,.0f} tokens: measure it."
    exact, faster = (1.0, 1.0), (min(rates) / max(rates), 1.0)
    path, told = _number(_TIME, "time", time, faster, because)
    yield path, told._replace(item=derived_item(path, "time", Interval(told.item.value.low, None)))
    loads = "Two copies of the weights while they are loaded."
    yield _number("model.memory", "size", 2 * model.weights, exact, loads)
    one = "Requests at once share the rate at which the weights are read."
    yield _number("model.concurrency", "count", 1, exact, one)


def _encoding(
    facts: StatedFacts, model: NamedModel, models: Models, known: Knowledge
) -> Iterator[tuple[str, Derived]]:
    """The time of one text: on the cheapest device that holds the model, else on one vCPU.

    Where no accelerator is stated, on what carries the peak for less. Servers of texts run weights
    of 32 bits in fewer on a device, unless the precision is stated.
    """
    numbers, asked = models.numbers, asked_of(facts, model, known)
    server, halved, runs_in = facts.workload.server, known.sizing["encoder-bits"], model.precision
    if facts.workload.text(_PRECISION) is None and server in ("", *_COMPILING, *LANGUAGE_SERVERS):
        runs_in = f"fp{halved.value}" if runs_in == "fp32" else runs_in
    shape = model.geometry._replace(dtype=runs_in)

    def seconds(device: Accelerator | None) -> float | None:
        runs = Device(device, _CORES, compiled=server in _COMPILING)
        return encoding_seconds(shape, model.usual.given, 1, runs, numbers)

    where, time = "one vCPU", seconds(None)
    wanted = facts.taken("model.accelerator") == GPU
    if wanted or not facts.is_stated("model.accelerator"):
        found = cheapest_device(asked, models, known)
        if found is None and wanted:
            return
        faster = None if found is None else seconds(found[1])
        if found is not None and faster is not None and time is not None and not wanted:
            wanted = cheaper_on_device(asked, known, time, found[0], faster)
            if wanted:
                because = f"The peak costs less on {found[0]} than on CPUs."
                yield _word("model.accelerator", GPU, because)
        if found is not None and wanted:
            where, time = found[0], faster
            if runs_in != model.precision:
                yield _word(_PRECISION, runs_in, halved.origin.because)
    if time is not None:
        factor = numbers["interval-encoder"]
        how = f"{model.usual.given:,.0f} tokens on {where}, modelled."
        ends = (1 / factor, factor)
        yield _number(_TIME, "time", time * _SECOND, ends, how)


def _number(
    path: str, kind: str, middle: float, factors: tuple[float, float], because: str
) -> tuple[str, Derived]:
    """A derived number with three digits, as an interval around its middle."""
    exact = kind in ("size", "count")
    low, value, high = (
        max(1, min(round(each if exact else float(f"{each:.3g}")), largest(kind)))
        for each in (middle * factors[0], middle, middle * factors[1])
    )
    item = derived_item(path, kind, Interval(low, high))
    return path, Derived(item=item, middle=value, because=because)


def _word(path: str, word: str, because: str) -> tuple[str, Derived]:
    return path, Derived(item=Stated(path, word, word, 0, 0), middle=None, because=because)


def _open(told: Derived) -> Derived:
    """The same of a model that is assumed: what is taken breaks nothing, since less is possible."""
    if told.middle is None:
        return told
    high = None if told.item.value.high is None else told.middle
    return told._replace(item=told.item._replace(value=Interval(1, high)))


def _conflicts(facts: StatedFacts, told: Mapping[str, Derived]) -> Iterator[Finding]:
    """Stated numbers outside of what the model tells; the stated ones count."""
    near, measured = facts.book.near, facts.workload.measured
    for path, each in told.items():
        stated, own = facts.workload.stated(path), each.item.value
        if path in _CAPS or stated is None or not isinstance(stated.value, Interval):
            continue
        if measured is not None and stated.path in measured.keys:
            continue  # the two are printed side by side
        if own.low is None or own.high is None:
            continue
        low, high = stated.value
        if (low or 0) > own.high * near or (high is not None and high * near < own.low):
            message = f"{stated.path} is {stated.text}, but the model tells {each.item.text}"
            fix = "Correct it, or keep it if it was measured: what is stated counts."
            place = (facts.workload.file, stated.line, stated.column)
            yield Finding(
                "conflict", "warning", f"{message} ({each.because.rstrip('.')})", *place, fix
            )


def _unnamed(facts: StatedFacts, model: NamedModel) -> Iterator[Finding]:
    """That nothing tells which model it is."""
    if "model.parameters" in model.assumed:
        message = f"nothing tells which language model it is: {model.name} are assumed"
        fix = "State model.id, or model.parameters."
        yield Finding("model-unnamed", "warning", message, *facts.workload.place("model.kind"), fix)


def _measure_it(facts: StatedFacts, name: str, *, quick: bool) -> Finding:
    fix = "Measure one request, and state requests.processing."
    message, severity = f"no speed is modelled for {name}", "info"
    if not quick:
        severity, message = "warning", f"{message}, so the plan has no size and no price"
        test = "--artifact inference-recommendations-job --output test/ writes a load test"
        fix = f"{fix} {test}, and --measured reads its result."
    return Finding("model-speed-unknown", severity, message, *facts.workload.place("model.id"), fix)
