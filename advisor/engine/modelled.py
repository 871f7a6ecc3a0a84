"""What a named model tells of a workload: sizes, the type it runs on, and how long a request takes.

A step before the decision. What is stated stays; the rest gets derived values, each with its
formula. An unknown shape is that of the nearest dense language model, scaled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isqrt, log
from typing import Any, Protocol

from advisor.catalogue.models import Models
from advisor.engine.measured_rows import measured_beside
from advisor.engine.model_types import (
    Asked,
    cheaper_on_device,
    cheapest_device,
    fleets,
    least_memory,
)
from advisor.model.geometry import Accelerator, Geometry
from advisor.model.value import Memo, Value
from advisor.model.workload import (
    GENERATIVE,
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
from advisor.rulebook.fact_entries import MEAN_PROCESSING
from advisor.rulebook.hardware import GPU
from advisor.rulebook.knowledge import Knowledge, knowledge
from advisor.rulebook.resolve import Rulebook
from advisor.text.quantity import KINDS, MIB
from advisor.text.quantity_format import about, number

_SECOND = _MILLION = 1_000_000
_PER_SECOND = KINDS["rate"]["/s"]
_CORES = 0.5  # of a vCPU: a core runs two threads
_COMPILING = ("tei", "triton")
_NARROW = "fp8"  # the precision that halves 16 bits at little loss
_known: dict[str, Models] = {}
_found: Memo[Any, list[OnType]] = Memo(1024)  # a list of models asks for several of each
_BODIES = ("requests.payload", "requests.response")
_TOKENS = ("requests.tokens.input", "requests.tokens.output")
_TABULAR = ("tabular", "xgboost", "sklearn", "catboost", "lightgbm")
_QUICK = "Models of tables usually take this long or less; measure it."
_ORDINARY = "meta-llama/"  # whose models are dense and alike, from 1B to 405B


class StatedFacts(Protocol):
    """What the stated facts leave, which ``advisor.engine.facts.Facts`` answers."""

    workload: Workload
    book: Rulebook
    region: str | None
    parts: tuple[Any, ...]

    def is_stated(self, fact: str) -> bool:
        """Whether the workload states it."""

    def taken(self, fact: str) -> Any:
        """The value at the assumed point."""

    def needs(self, feature: str) -> bool:
        """Whether a feature is needed."""


def _tables(facts: StatedFacts) -> Models:
    digest = facts.book.digest
    if digest not in _known:
        _known[digest] = Models(facts.book.model_tables())
    return _known[digest]


class _Model(Value):
    """The model of a workload as far as it is known."""

    name: str
    hub: str
    gated: bool
    geometry: Geometry
    named: bool  # by id or configuration; else it has a shape like that of others
    kind: str
    precision: str
    weights: int
    usual: Tokens
    shortest: Tokens  # the lower ends of ranges
    context: int
    assumed: Mapping[str, tuple[str, str]]


def modelled(facts: StatedFacts) -> Workload:
    """The workload with what its model tells, if it names one that tells something.

    Args:
        facts: of the workload as it is stated.
    """
    models, known = _tables(facts), knowledge(facts.book.raw)
    model = _model(facts, models, known)
    if model is None:
        kind = facts.workload.text("model.kind") or GENERATIVE[0]
        named = Modelled(name=f"a model of the kind {kind}", kind=kind)
        time = models.numbers["tabular-time"] if kind in _TABULAR else None
        if time is None or facts.is_stated("requests.processing"):
            return _with(facts, named, {})
        path, each = _number("requests.processing", "time", time, (0.1, 1.0), _QUICK)
        assumed = {path: (about(time, "time"), _QUICK)}
        return _with(facts, named._replace(assumed=assumed), {path: each})
    told = dict(_sizes(facts, model, models, known))
    length = max(model.context, 1)
    kept = memory.kv_bytes(model.geometry, length)
    result = Modelled(
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
    )
    if model.kind in ENCODES:
        told |= _encoding(facts, model, models, known)
        read = {path: each for path, each in model.assumed.items() if path == _TOKENS[0]}
        result = result._replace(assumed=read, written=0)
    elif model.geometry.generates and facts.workload.text("model.accelerator") in (None, GPU):
        asked = _asked(facts, model, known)
        found = _fleets(asked, facts, models, known)
        result = result._replace(assumed=model.assumed, rate=asked.rate, asked=asked)
        if found:
            told |= _times(model, asked, found[0])
            on = _beside(_measured(facts, found[0]), model, models, known)
            result = result._replace(on=on, rate=on.rate if asked.transform else asked.rate)
        elif asked.named is None:
            result = _not_held(result, facts, asked, models, known)
        else:  # the plan says that the stated type is too small
            least = least_memory(asked, models.numbers) * MIB
            because = "The weights and the least that a server takes."
            told |= [_number("model.accelerator_memory", "size", least, (1.0, 1.0), because)]
    if model.kind in GENERATIVE:
        start, told["model.startup"] = _start(facts, model, models.numbers, known, result.on)
        result = result._replace(loading_s=start.loading_most)
    return _with(facts, result, told)


def _with(facts: StatedFacts, result: Modelled, told: Mapping[str, Derived]) -> Workload:
    """The workload with what its model tells beside what is stated, and what to measure."""
    new = {path: each for path, each in told.items() if facts.workload.stated(path) is None}
    values = {**facts.workload.values, **{path: each.item for path, each in new.items()}}
    found = [*result.findings, *_conflicts(facts, told)]
    made = facts.workload._replace(values=values, modelled=result)
    if result.held and (made.untimed or "requests.processing" in result.assumed):
        found.append(_measure_it(facts, result.name, quick=not made.untimed))
    return made._replace(modelled=result._replace(derived=new, findings=tuple(found)))


def at_fleet(facts: StatedFacts, instance_type: str, count: int) -> OnType | None:
    """The model on the instances of a plan; ``None`` where no speed is modelled on the type."""
    told = facts.workload.modelled
    if told is None or told.on is None or told.on.instance_type != instance_type:
        return None
    asked = told.asked._replace(named=instance_type, count=count)
    on = _fleets(asked, facts, _tables(facts), knowledge(facts.book.raw))[0]
    return _measured(facts, on)._replace(beside=told.on.beside)


def variations(facts: StatedFacts, told: Modelled) -> Iterator[tuple[str, str, Any]]:
    """What else would carry the load: its name, and a key with a value to state."""
    if told.on is None:
        return
    models, known, asked = _tables(facts), knowledge(facts.book.raw), told.asked
    types, least = known.catalogue.types, told.given + told.written
    device = types[told.on.instance_type].accelerator_model
    for on in _fleets(asked, facts, models, known):
        if types[on.instance_type].accelerator_model != device:
            yield "another type", "deploy.instance_type", on.instance_type
            break
    if memory.weight_bytes(asked.geometry, _NARROW, models.numbers) < told.weights:
        yield f"model.precision {_NARROW}", "model.precision", _NARROW
    if least < told.context:
        yield f"model.context {least}", "model.context", Interval(least, least)


def on_type(facts: StatedFacts, instance_type: str) -> OnType | None:
    """The model on a type; ``None`` where that does not hold it, or none is modelled."""
    told = facts.workload.modelled
    if told is None or told.on is None or told.on.instance_type == instance_type:
        return None if told is None else told.on
    found = _fleets(told.asked, facts, _tables(facts), knowledge(facts.book.raw))
    return next((each for each in found if each.instance_type == instance_type), None)


def _measured(facts: StatedFacts, on: OnType) -> OnType:
    """The same with measured times, where a load test of the type gave some."""
    measured = facts.workload.measured
    taken = None if measured is None else measured.taken
    times = None if taken is None else taken.tokens
    if taken is None or times is None or taken.instance_type != on.instance_type:
        return on
    first, each = times.first_token_s, times.per_token_s
    return on._replace(
        first_token_s=first,
        first_token=(first, first),
        per_token_s=each,
        per_token=(each, each),
    )


def _beside(on: OnType, model: _Model, models: Models, known: Knowledge) -> OnType:
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
    models, on = _tables(facts), told.on
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


# -- the model -----------------------------------------------------------------------------------


def _model(facts: StatedFacts, models: Models, known: Knowledge) -> _Model | None:
    workload = facts.workload
    config, name = workload.text("model.config"), workload.text("model.id")
    stated, hub, gated = workload.interval("model.parameters"), "", False
    count = facts.taken("model.parameters") if stated is None or stated.low else None
    if config is not None or name is not None:
        if config is None:
            known_model = models.find(name or "")
            geometry, gated = known_model.geometry, known_model.gated
            name = hub = known_model.id
        else:
            geometry = workload.shapes[config]
        name, kind = name or config or "", geometry.kind
        if workload.text("model.kind") and config:
            kind = workload.text("model.kind") or kind
        precision = workload.text("model.precision") or geometry.dtype
    else:
        kind = workload.text("model.kind") or "llm"
        precision = str(facts.taken("model.precision"))
        size = workload.interval("model.size")
        if count is None and size is not None and size.low:
            count = round((size.high or size.low) / models.numbers[f"bytes-{precision}"])
        if count is None or kind not in GENERATIVE:
            return None
        geometry = _like(count, models)
        name = f"{about(count, 'count')} parameters"
    if f"bytes-{precision}" not in models.numbers:
        precision = "bf16"
    assumed: dict[str, tuple[str, str]] = {}
    usual, shortest, longest = _tokens(facts, known, assumed)
    wanted = workload.interval("model.context")
    context = wanted.high if wanted is not None else round(longest.given + longest.written)
    return _Model(
        name=name,
        hub=hub if "/" in hub else "",
        gated=gated,
        geometry=geometry,
        named="model.id" in workload.values or config is not None,
        kind=kind,
        precision=precision,
        weights=memory.weight_bytes(geometry, precision, models.numbers),
        usual=usual,
        shortest=shortest,
        context=context or 0,
        assumed=assumed,
    )


def _like(count: int, models: Models) -> Geometry:
    """The shape of the nearest dense model with as many parameters as are stated."""
    known = [models.find(each).geometry for each in models.ids if each.startswith(_ORDINARY)]
    dense = [each for each in known if each.kind == "llm" and each.experts == 1]
    nearest = min(dense, key=lambda each: abs(log(each.parameters / count)))
    return nearest._replace(
        parameters=count, active_parameters=count, vocabulary=0, context=0, artifact_bytes=0
    )


def _tokens(
    facts: StatedFacts, known: Knowledge, assumed: dict[str, tuple[str, str]]
) -> tuple[Tokens, Tokens, Tokens]:
    """Usual tokens, those of the lower ends, and the most."""
    usual, least, most = [], [], []
    for path in _TOKENS:
        stated = facts.workload.typical(path)
        if stated is None:
            constant = known.sizing[f"tokens-{path.rpartition('.')[2]}"]
            stated = Interval(constant.value, constant.value)
            assumed[path] = (f"{constant.value}", constant.origin.because)
        largest = facts.workload.stated(path)
        ends = largest.value if largest is not None else stated
        usual.append(stated.high or stated.low or 1)
        least.append(stated.low or 1)
        most.append(max(ends.high or ends.low or 1, usual[-1]))
    return Tokens(*usual), Tokens(*least), Tokens(*most)


# -- the type and the times ----------------------------------------------------------------------


def _asked(facts: StatedFacts, model: _Model, known: Knowledge) -> Asked:
    """What the load and the targets ask of a type; a stated value goes before a modelled one."""
    workload = facts.workload
    rated = any(facts.is_stated(f"traffic.{each}") for each in ("peak", "volume"))
    concurrent = None if rated else facts.taken("traffic.concurrent")
    budget, stated_time = _end(workload, "budget"), facts.is_stated("requests.processing")
    transform = workload.text("requests.arrival") == "batch"  # nobody waits for one record
    return Asked(
        geometry=model.geometry,
        precision=model.precision,
        weights=model.weights,
        usual=model.usual,
        context=model.context,
        rate=facts.taken("traffic.peak") / _PER_SECOND,
        flying=float(concurrent) if concurrent else None,
        first_byte_s=None if transform else _seconds(workload, "requests.first_byte"),
        answer_s=None if transform else _seconds(workload, "requests.answer"),
        request_s=facts.taken(MEAN_PROCESSING) / _SECOND if stated_time else None,
        at_once=_end(workload, "model.concurrency"),
        batched=workload.batched,
        device_mib=_mib(workload, "model.accelerator_memory"),
        host_mib=_mib(workload, "model.memory"),
        least=_least(facts, known),
        fast=workload.text("prefer") == "latency",
        budget_usd=None if budget is None else budget / _MILLION,
        transform=transform,
        named=workload.text("deploy.instance_type") or workload.text("model.measured_on"),
        device=workload.device,
        region=facts.region,
        engine=workload.server if model.named else "a shape like others",
    )


def _least(facts: StatedFacts, known: Knowledge) -> int:
    """Instances that availability alone asks for, inside the stated bounds."""
    workload = facts.workload
    test = workload.text("environment") == "test" and not facts.needs("multi-az")
    least = 1 if test else int(known.numbers["availability-instances"])
    return max(1, min(least, _end(workload, "deploy.instances.max") or least))


def _end(workload: Workload, path: str) -> int | None:
    """The end of a stated range that loads more; ``None`` without one."""
    stated = workload.typical(path)
    return None if stated is None else stated.high or stated.low


def _mib(workload: Workload, path: str) -> int | None:
    end = _end(workload, path)
    return None if end is None else -(-end // MIB)


def _seconds(workload: Workload, path: str) -> float | None:
    """A stated target at its stricter end; words are none."""
    stated = workload.interval(path)
    end = None if stated is None else stated.low or stated.high
    return None if end is None else end / _SECOND


def _sizes(
    facts: StatedFacts, model: _Model, models: Models, known: Knowledge
) -> Iterator[tuple[str, Derived]]:
    """What follows from the model alone: sizes and precision."""
    geometry, numbers = model.geometry, models.numbers
    count = geometry.parameters
    if model.named:
        factors = (1.0, 1.0)
        if not geometry.certain:
            factors = numbers["interval-parameters-low"], numbers["interval-parameters-high"]
        yield _number("model.parameters", "count", count, factors, f"The shape of {model.name}.")
        word = Stated("model.precision", model.precision, model.precision, 0, 0)
        because = f"The weights of {model.name} are released so."
        yield word.path, Derived(item=word, middle=None, because=because)
    each = f"{count:,} parameters in {model.precision}"
    size = -(-model.weights // MIB) * MIB
    if count and model.named:
        yield _number("model.size", "size", size, (1.0, 1.0), f"{each}.")
    if model.kind in GENERATIVE:
        gpu = Stated("model.accelerator", GPU, GPU, 0, 0)
        if model.named or {"model.kind", "model.engine"} & facts.workload.values.keys():
            because = "A language model answers too slowly on CPUs."
            yield gpu.path, Derived(item=gpu, middle=None, because=because)
    counts = (model.usual.given, model.usual.written)
    for path, source, tokens in zip(_BODIES, _TOKENS, counts, strict=True):
        text = model.kind == "llm" or (model.kind in ENCODES and path == _BODIES[0])
        if text or (model.kind != "vlm" and source not in model.assumed):
            size = tokens * known.numbers["token-bytes"]
            because = f"{tokens:,.0f} tokens of about {known.numbers['token-bytes']} bytes."
            yield _number(path, "size", size, (0.5, 2.0), because)


def _start(
    facts: StatedFacts, model: _Model, numbers: memory.Numbers, known: Knowledge, on: OnType | None
) -> tuple[StartUp, Derived]:
    """How long a start takes on the type, and of it the part that a time-out must allow."""
    image = _end(facts.workload, "model.image_size")
    packed = image or int(known.numbers["image-of-language-models"] * 1_000_000)
    devices = 1 if on is None else known.catalogue.types[on.instance_type].accelerator_count or 1
    start = start_up(model.weights, packed, numbers, devices=devices)
    low, high = (round(end) * _SECOND for end in (start.least, start.most))
    longest = _longest_start(facts)  # a start beyond it may still be shorter: the plan says so
    low = min(low, longest)
    because = "Fetch of image and weights side by side, and the rest of a start, by AWS's figures."
    item = _stated("model.startup", "time", Interval(low, high))
    middle = min(isqrt(low * high), longest)
    return start, Derived(item=item, middle=middle, because=because)


def _longest_start(facts: StatedFacts) -> int:
    """Microseconds after which AWS ends the start of a container on instances."""
    variable = facts.book.index["model.startup"]
    limits = [each for each in facts.book.limit.values() if each.variable == variable]
    return max(each.bound.admits.high for each in limits)


def _times(model: _Model, asked: Asked, on: OnType) -> Iterator[tuple[str, Derived]]:
    """What follows from the type: memory, time of a request, and what one instance carries."""
    shorter = min(low / usual for low, usual in zip(model.shortest, model.usual, strict=True))
    least, most = (end / on.modelled_s for end in on.request)
    least *= shorter
    how = f"{number(on.in_flight / on.instances)} in progress on {on.instance_type}, modelled."
    time = on.modelled_s * _SECOND
    yield _number("requests.processing", "time", time, (least, most), how)
    held = f"{model.precision} weights, one request of the context and the server."
    exact = (1.0, 1.0)
    yield _number("model.accelerator_memory", "size", on.needs_mib * MIB, exact, held)
    loads = f"While {on.instance_type} loads the weights."
    yield _number("model.memory", "size", on.host_mib * MIB, exact, loads)
    kept = f"{on.instance_type} at the most requests in progress that keep the targets, modelled."
    yield _number("model.concurrency", "count", on.concurrency // on.copies, exact, kept)
    if asked.at_once is None or asked.request_s is None:
        yield _number("model.throughput", "rate", on.highest_per_s * _PER_SECOND, exact, kept)


def _encoding(
    facts: StatedFacts, model: _Model, models: Models, known: Knowledge
) -> Iterator[tuple[str, Derived]]:
    """The time of one text: on the cheapest device that holds the model, else on one vCPU.

    Where no accelerator is stated, on what carries the peak for less.
    """
    numbers, asked = models.numbers, _asked(facts, model, known)
    compiled = facts.workload.server in _COMPILING

    def seconds(device: Accelerator | None) -> float | None:
        runs = Device(device, _CORES, compiled=compiled)
        return encoding_seconds(model.geometry, model.usual.given, 1, runs, numbers)

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
                gpu = Stated("model.accelerator", GPU, GPU, 0, 0)
                because = f"The peak costs less on {found[0]} than on CPUs."
                yield gpu.path, Derived(item=gpu, middle=None, because=because)
        if found is not None and wanted:
            where, time = found[0], faster
    if time is not None:
        factor = numbers["interval-encoder"]
        how = f"{model.usual.given:,.0f} tokens on {where}, modelled."
        ends = (1 / factor, factor)
        yield _number("requests.processing", "time", time * _SECOND, ends, how)


def _number(
    path: str, kind: str, middle: float, factors: tuple[float, float], because: str
) -> tuple[str, Derived]:
    """A derived number with three digits, as an interval around its middle."""
    exact = kind in ("size", "count")
    low, value, high = (
        max(1, round(each if exact else float(f"{each:.3g}")))
        for each in (middle * factors[0], middle, middle * factors[1])
    )
    item = _stated(path, kind, Interval(low, high))
    return path, Derived(item=item, middle=value, because=because)


def _stated(path: str, kind: str, value: Interval) -> Stated:
    ends = [about(end, kind) for end in value if end is not None]
    return Stated(path, "..".join(dict.fromkeys(ends)), value, 0, 0)


# -- what does not agree, or does not fit --------------------------------------------------------


def _fleets(asked: Asked, facts: StatedFacts, models: Models, known: Knowledge) -> list[OnType]:
    """As ``model_types.fleets``, remembered: the same load is asked for again and again."""
    key = (facts.book.digest, *asked.__dict__.values())
    if key not in _found:
        _found[key] = fleets(asked, models, known)
    return _found[key]


def _not_held(
    result: Modelled, facts: StatedFacts, asked: Asked, models: Models, known: Knowledge
) -> Modelled:
    """That no type holds the model, and what would help."""
    needed = about(least_memory(asked, models.numbers) * MIB, "size")
    fixes = []
    for precision in (
        _SMALLER[_SMALLER.index(asked.precision) + 1 :] if asked.precision in _SMALLER else ()
    ):
        weights = memory.weight_bytes(asked.geometry, precision, models.numbers)
        if _fleets(asked._replace(precision=precision, weights=weights), facts, models, known):
            fixes.append(("model.precision", precision))
            break
    least = round(asked.usual.given + asked.usual.written)
    if asked.context > least and _fleets(asked._replace(context=least), facts, models, known):
        fixes.append(("model.context", f"{least}"))
    return result._replace(held=False, lacking=needed, fixes=tuple(fixes))


_SMALLER = ("fp32", "bf16", "fp16", "fp8", "int8", "int4")


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


_CAPS = ("model.concurrency", "model.throughput", "model.memory")
"""Keys of which any number is a choice, or comes from a measurement."""


def _measure_it(facts: StatedFacts, name: str, *, quick: bool) -> Finding:
    fix = "Measure one request, and state requests.processing."
    message, severity = f"no speed is modelled for {name}", "info"
    if not quick:
        severity, message = "warning", f"{message}, so the plan has no size and no price"
        test = "--artifact inference-recommendations-job --output test/ writes a load test"
        fix = f"{fix} {test}, and --measured reads its result."
    return Finding("model-speed-unknown", severity, message, *facts.workload.place("model.id"), fix)
