"""The models, or containers, of a workload one by one, each as a workload of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.engine.facts import Facts
from advisor.model.options import BATCH_TRANSFORM, INFERENCE_PIPELINE, MULTI_CONTAINER
from advisor.model.usage import Quantity, known
from advisor.model.workload import SAID_OF_ALL, Interval, Stated, Workload
from advisor.options import memory
from advisor.options.plan_builder import Basis, Draft, once
from advisor.text.quantity import WHOLE

LEAST_CONTAINERS = 2
_TRAFFIC = ("traffic.peak", "traffic.volume", "traffic.concurrent")
_RECORDS = ("dataset.records", "dataset.size")
_LEFT_OUT = ("models", "deploy.hosting")
_OF_LIST = {"name", "share", "artifact"}


class Member(NamedTuple):
    """One model with the plan that is made of it."""

    name: str  # empty where one stands for several without names
    draft: Draft  # of a workload with this model alone and its share of the traffic
    share: float  # of the requests, 0 to 1


def listed(draft: Draft) -> tuple[Mapping[str, Any], ...]:
    """What the file says of each model, empty when it names none."""
    stated = draft.facts.workload.values.get("models")
    return stated.value if stated is not None else ()


@once
def count(draft: Draft) -> int:
    """Models that are listed, else as many as are stated."""
    return len(listed(draft)) or memory.models(draft)


def members(draft: Draft) -> tuple[Member, ...]:
    """The models that are listed; else one that stands for all of them."""
    models = listed(draft)
    if not models:
        number = count(draft)
        return (_member(draft, {}, 0, 1 / number),)
    shares = _shares(models)
    return tuple(
        _member(draft, model, number, share)
        for number, (model, share) in enumerate(zip(models, shares, strict=True), start=1)
    )


def times(draft: Draft) -> Quantity:
    """How many models one stands for."""
    stated = draft.facts.workload.interval("model.count") or Interval(1, 1)
    number = count(draft)
    if listed(draft) or stated.low == stated.high:
        return known(1 if listed(draft) else number)
    return Quantity(low=stated.low or 1, high=number)


def containers(draft: Draft) -> tuple[Member, ...]:
    """The containers of one model in their order; made up where the file lists too few.

    A model has two of them at least. Each sees every request: a pipeline runs them all, and a
    caller may name any.
    """
    models = listed(draft)
    most = draft.facts.book.limit["real-time-containers"].bound.admits.high
    if len(models) < LEAST_CONTAINERS:
        number = max(LEAST_CONTAINERS, len(models) or min(most, count(draft)))
        taken = {str(model["name"]) for model in models}
        names = (f"container-{each}" for each in range(1, number + 2))
        free = [name for name in names if name not in taken]
        models += tuple({"name": name} for name in free[: number - len(models)])
    return tuple(
        _member(draft, model, number, 1.0) for number, model in enumerate(models[:most], start=1)
    )


def _shares(models: tuple[Mapping[str, Any], ...]) -> list[float]:
    """Stated shares, of a range the larger end; what they leave is split evenly."""
    stated = [model.get("share") for model in models]
    known = [None if each is None else (each.high or each.low or 0) / WHOLE for each in stated]
    silent = known.count(None)
    left = max(0.0, 1 - sum(each for each in known if each is not None))
    return [left / silent if each is None else each for each in known]


def _member(draft: Draft, model: Mapping[str, Any], number: int, share: float) -> Member:
    """A plan to be made of one model; what it rests on is worked out once."""
    whole = draft.way in (MULTI_CONTAINER, INFERENCE_PIPELINE)  # each container sees all requests
    key = ("member", number, whole, draft.option == BATCH_TRANSFORM)
    done = draft.basis.done
    if key not in done:
        part = _part_of(draft, model, None if whole else share)
        done[key] = Basis(Facts(draft.facts.book, part, draft.facts.region), draft.knowledge)
    made = Draft(draft.option, done[key])
    made.number_of = number
    return Member(str(model.get("name", "")), made, share)


def _part_of(draft: Draft, model: Mapping[str, Any], share: float | None) -> Workload:
    """The workload of one model alone."""
    workload = draft.facts.workload
    name = str(model.get("name", ""))
    values = {path: item for path, item in workload.values.items() if path not in _LEFT_OUT}
    _state(values, "model.count", Interval(1, 1))
    if model:
        for part in SAID_OF_ALL if listed(draft) else ():
            values.pop(f"model.{part}", None)
        for part in model.keys() - _OF_LIST:
            _state(values, f"model.{part}", model[part])
        _state_artifact(values, model, name)
    if share is not None:
        _scale(values, share, records=draft.option == BATCH_TRANSFORM and "share" in model)
    stem = f"{workload.name}-{name}" if name else workload.name
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


def _scale(values: dict[str, Stated], share: float, *, records: bool) -> None:
    for path in (*_TRAFFIC, *(_RECORDS if records else ())):
        item = values.get(path)
        if item is not None and isinstance(item.value, Interval):
            low, high = (None if end is None else _part(end, share) for end in item.value)
            _state(values, path, Interval(low, high))


def _part(end: int, share: float) -> int:
    """A share of a whole number, rounded up so that something is left of it."""
    return min(end, -(-end * round(share * 10**9) // 10**9)) if share < 1 else end
