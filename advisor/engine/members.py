"""The models of a list one by one, each as a workload of its own, and what they tell together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import fsum
from typing import Any, NamedTuple

from advisor.engine.named_model import StatedFacts, derived_item
from advisor.model.options import INFERENCE_PIPELINE
from advisor.model.workload import SAID_OF_ALL, Derived, Interval, Modelled, Stated, Workload
from advisor.rulebook.fact_entries import MEAN_PROCESSING, TYPICAL_PROCESSING
from advisor.rulebook.hardware import NEURON
from advisor.text.quantity import WHOLE

_TRAFFIC = ("traffic.peak", "traffic.volume", "traffic.concurrent")
_RECORDS = ("dataset.records", "dataset.size")
_LEFT_OUT = ("models", "deploy.hosting")
_OF_LIST = {"name", "share", "artifact"}
_TIME = "requests.processing"
_OF_ONE = {  # what bounds one instance of one model, and what tells of its size
    *(_TIME, "model.concurrency", "model.throughput"),
    *("model.parameters", "model.precision"),
}
_BILLIONTHS = 10**9


class Part(NamedTuple):
    """One model of a list."""

    name: str
    share: float  # of the requests, 0 to 1; each step of a pipeline has all of them
    facts: Any  # of a workload with this model alone and its share of the traffic


def parts(facts: StatedFacts) -> tuple[Part, ...]:
    """The models of a list; those that differ in name alone have the same facts."""
    models, steps = facts.workload.values["models"].value, facts.needs(INFERENCE_PIPELINE)
    made, known, found = type(facts), dict[str, Any](), []
    for model, own in zip(models, shares(models), strict=True):
        share = 1.0 if steps else own
        alike = {name: value for name, value in model.items() if name != "name"}
        key = f"{sorted(alike.items())} {share}"
        if key not in known:
            part = part_of(facts.workload, alike, share, among=True)
            known[key] = made(facts.book, part, facts.region)  # type: ignore[call-arg]
        found.append(Part(str(model["name"]), share, known[key]))
    return tuple(found)


def shares(models: tuple[Mapping[str, Any], ...]) -> list[float]:
    """Stated shares, of a range the larger end; what they leave is split evenly."""
    stated = [model.get("share") for model in models]
    known = [None if each is None else (each.high or each.low or 0) / WHOLE for each in stated]
    silent = known.count(None)
    left = max(0.0, 1 - fsum(each for each in known if each is not None))
    return [left / silent if each is None else each for each in known]


def part_of(
    workload: Workload,
    model: Mapping[str, Any],
    share: float,
    *,
    among: bool,
    records: bool = False,
) -> Workload:
    """The workload of one model alone.

    Args:
        workload: of all of them.
        model: what the list says of it.
        share: of the requests, 0 to 1.
        among: whether it is listed, so that ``model`` speaks of all.
        records: whether the share is one of the records, too.
    """
    workload, own = workload.as_stated, str(model.get("name", ""))
    values = {path: item for path, item in workload.values.items() if path not in _LEFT_OUT}
    _state(values, "model.count", Interval(1, 1))
    for name in SAID_OF_ALL if among else ():
        values.pop(f"model.{name}", None)
    for name in (each for each in model if each not in _OF_LIST):
        _state(values, f"model.{name}", model[name])
    if model:
        _state_artifact(values, model, own)
    for path in (*_TRAFFIC, *(_RECORDS if records else ())) if share < 1 else ():
        item = values.get(path)
        if item is not None and isinstance(item.value, Interval):
            part = round(share * _BILLIONTHS)  # rounded up, so that something is left of it
            ends = (None if e is None else min(e, -(-e * part // _BILLIONTHS)) for e in item.value)
            _state(values, path, Interval(*ends))
    stem = f"{workload.name}-{own}" if own else workload.name
    return workload._replace(name=stem, values=values)


def _state(values: dict[str, Stated], path: str, value: Any) -> None:
    old = values.get(path)
    line, column = (old.line, old.column) if old is not None else (0, 0)
    values[path] = Stated(path, str(value), value, line, column)


def _state_artifact(values: dict[str, Stated], model: Mapping[str, Any], name: str) -> None:
    """The model's own artifact, else one of its name below the prefix that all share."""
    own, shared = model.get("artifact"), values.get("model.artifact")
    if own is not None:
        _state(values, "model.artifact", own)
    elif shared is not None and shared.value.endswith("/"):
        plain = values.get("needs.uncompressed-model")
        end = "/" if plain is not None and plain.value is True else ".tar.gz"
        _state(values, "model.artifact", f"{shared.value}{name}{end}")


# -- what they tell together ---------------------------------------------------------------------


def together(facts: StatedFacts) -> Workload:
    """The workload of a list with what its models tell, if one of them tells something.

    Of sizes and starts it is the largest, since limits must hold for every model; the usual time of
    a request is the mean by share, since the load is that of all.
    """
    workload = facts.workload
    named = [(each, told) for each in facts.parts if (told := each.facts.workload.modelled)]
    if not named:
        return workload
    heavy = max(facts.parts, key=_weight)
    heaviest = heavy.facts.workload
    values, derived = {**workload.values}, dict(_largest(facts, named, _weight(heavy)[0]))
    derived |= _times(facts)
    for path in ("model.parameters", "model.precision"):  # of one model: they tell of its size
        before, own = values.pop(path, None), heaviest.values.get(path)
        if own is not None:  # one that the file states for all keeps its place
            values[path] = own if before is None or before.value != own.value else before
        if heaviest.modelled is not None and path in heaviest.modelled.derived:
            derived[path] = heaviest.modelled.derived[path]
    if workload.text("model.accelerator") == NEURON:
        derived.pop("model.accelerator", None)
    result = _of_all(named)._replace(derived=derived)
    values |= {path: each.item for path, each in derived.items()}
    return workload._replace(values=values, modelled=result)


def _weight(part: Part) -> tuple[int, str, str]:
    """What makes a model the heaviest: its weights; then an order that no list has."""
    found, told = part.facts, part.facts.workload.modelled
    known = any(found.is_stated(f"model.{each}") for each in ("size", "parameters"))
    size, kind = found.taken("model.size") if known else 0, "" if told is None else told.name
    return max(size, 0 if told is None else told.weights), kind, part.name


def _of_all(named: list[tuple[Part, Modelled]]) -> Modelled:
    """What is said of the heaviest model, or of one that no type holds, with all of them."""
    ordered = sorted(named, key=lambda pair: (not pair[1].held, *_weight(pair[0])))
    findings = dict.fromkeys(
        each
        if all(each in other.findings for _, other in named)
        else each._replace(message=f"{part.name}: {each.message}")
        for part, told in ordered
        for each in told.findings
    )
    return ordered[-1][1]._replace(
        on=None,
        asked=None,
        assumed={path: each for _, told in ordered for path, each in told.assumed.items()},
        findings=tuple(findings),
        members=tuple((part.name, told) for part, told in named),
    )


def _largest(
    facts: StatedFacts, named: list[tuple[Part, Modelled]], weights: int
) -> Iterator[tuple[str, Derived]]:
    """Of each number the largest, of weights no less than those of the heaviest; a device."""
    told = [(path, each, part.name) for part, one in named for path, each in one.derived.items()]
    stated = [facts.workload, *(part.facts.workload for part in facts.parts)]
    for path in sorted({"model.size", *(path for path, _, _ in told)} - _OF_ONE):
        ends = [own for each in stated if (own := each.interval(path)) is not None]
        of = [(each.middle or 0, name, each) for where, each, name in told if where == path]
        if path == "model.accelerator":
            yield path, of[0][2]
        elif ends:
            floor = weights if path == "model.size" else 0
            low = max(least or 0 for least, _ in ends)
            high = max(low, floor, *(end or 0 for _, end in ends))
            value = Interval(low, None if any(end is None for _, end in ends) else high)
            if facts.workload.interval(path) != value:
                middle, name, most = max(of, key=lambda one: one[:2], default=(0, "", None))
                because = "Of the heaviest model." if most is None else f"{name}: {most.because}"
                yield path, _told(path, value, max(low, floor, middle), because)


def _times(facts: StatedFacts) -> Iterator[tuple[str, Derived]]:
    """The longest time of a request and the mean by shares; of a pipeline the sum of its steps."""
    steps, told, points, longest = facts.needs(INFERENCE_PIPELINE), "", [], []
    for part in facts.parts:
        workload, middle = part.facts.workload, part.facts.taken(MEAN_PROCESSING)
        ends: tuple[int | None, ...] = (middle, middle, middle)
        own = None if workload.modelled is None else workload.modelled.derived.get(_TIME)
        if own is not None:
            ends = (own.item.value.low, own.middle or 0, own.item.value.high)
            told = max(told, own.because)
        elif workload.untimed:  # what is assumed of other models bounds nothing
            ends = (1, middle, None)
        if own is not None or workload.untimed:
            longest.append(ends)
        points.append((1 if steps else max(1, round(part.share * _BILLIONTHS)), ends))
    if told:
        weight = 1 if steps else sum(each for each, _ in points)
        of_all = [[end and end * each for end in ends] for each, ends in points]
        mean = [None if None in of else sum(of) // weight for of in zip(*of_all, strict=True)]
        ends_of = zip(*longest, strict=True)
        most = mean if steps else [None if None in of else max(of) for of in ends_of]
        several = {TYPICAL_PROCESSING: mean, f"{_TIME}.max": most}
        for path, (low, middle, high) in ({_TIME: most} if mean == most else several).items():
            yield path, _told(path, Interval(low, high), middle or 0, told)


def _told(path: str, value: Interval, middle: int, because: str) -> Derived:
    kind = "time" if path == "model.startup" or path.startswith(_TIME) else "size"
    return Derived(item=derived_item(path, kind, value), middle=middle, because=because)
