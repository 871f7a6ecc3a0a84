"""Whether what is wrong with a plan is wrong at every value that the stated facts leave possible.

Sizing takes one value of each fact: of a range the end that needs more, of an unstated fact what is
assumed. What needs least shows whether an error rests on that: the same plan is made of it, on
every accelerator, and of every option that no stated fact rules out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from advisor.engine.facts import Facts
from advisor.model.workload import Finding, Interval, Stated
from advisor.options import plan
from advisor.rulebook.hardware import CPU, GPU, NEURON

_EXACT = ("model.parameters", "model.precision", "model.accelerator")  # as a model's name tells
_FIX = "State {}; the finding is an error where no other value helps."


def weigh(found: Finding, facts: Facts, option: str, possible: Sequence[str]) -> Finding:
    """A finding of a plan; an error that another possible value would not raise as a warning.

    Args:
        found: of the plan.
        facts: that it was made of.
        option: that it was made for.
        possible: the options that no stated fact rules out.
    """
    if found.severity != "error":
        return found
    for made, named in _least(facts):
        for other in (option, *(each for each in possible if each != option)):
            if all(each.rule != found.rule for each in plan(other, made, deploy=False).findings):
                rests = list(named) if other == option else [f"the choice of {option}", *named]
                assumed = " and ".join(rests) or "what is not stated"
                message = f"{found.message}; this assumes {assumed}"
                rest = _FIX.format(" and ".join(named) or "more of the facts")
                fix = f"{found.fix} {rest}" if found.fix and named else found.fix or rest
                return found._replace(severity="warning", message=message, fix=fix)
    return found


def _least(facts: Facts) -> Iterator[tuple[Facts, tuple[str, ...]]]:
    """The workload as it needs least, with the facts that were taken otherwise."""
    workload, told = facts.workload.as_stated, facts.workload.modelled
    exact = [path for path in _EXACT if told and path in told.derived and path not in told.assumed]
    said = {**workload.values, **{path: facts.workload.values[path] for path in exact}}
    stated = {
        path[len("model.") :]: item.value if of is None or of.discrete else facts.interval(path)
        for path, item in said.items()
        if path.startswith("model.")
        for of in (facts.book.fact.get(path),)
    }
    streams = workload.flag("requests.streaming")
    for accelerator, streaming in product(
        _accelerators(facts, stated), (False, True) if streams is None else (streams,)
    ):
        model, named = _of_model(stated, accelerator, facts)
        if streaming != facts.taken("requests.streaming"):
            named.append("requests.streaming")
        values = {k: v for k, v in workload.values.items() if not k.startswith("model.")}
        every = {f"model.{name}": value for name, value in model.items()}
        every["requests.streaming"] = streaming
        if "models" in values:
            every["models"] = tuple(
                {**each, **_of_model({**stated, **each}, accelerator, facts)[0]}
                for each in values["models"].value
            )
        values |= {path: Stated(path, str(value), value, 0, 0) for path, value in every.items()}
        made = workload._replace(values=values)
        yield Facts(facts.book, made, facts.region), tuple(named)


def _accelerators(facts: Facts, stated: Mapping[str, Any]) -> tuple[str, ...]:
    """Those that the model may run on, what is assumed first."""
    if "accelerator" in stated:
        return (stated["accelerator"],)
    if "accelerator_memory" in stated:
        return (GPU,)
    taken = facts.taken("model.accelerator")
    return (taken, *(each for each in (CPU, GPU, NEURON) if each != taken))


def _of_model(
    stated: Mapping[str, Any], accelerator: str, facts: Facts
) -> tuple[dict[str, Any], list[str]]:
    """What is said of a model with the least of each range, and memory for its weights alone."""
    model: dict[str, Any] = {}
    named = []
    for name, value in stated.items():
        model[name] = value
        if isinstance(value, Interval):
            least = value.low or 1
            model[name] = Interval(least, least)
            if value != model[name]:
                named.append(f"model.{name}")
    count = model.pop("parameters", None)
    size = model["size"].low if "size" in model else 1
    bits = facts.book.bits
    precision = model.setdefault("precision", min(bits, key=bits.__getitem__))
    if "precision" not in stated and (count is not None or accelerator != CPU):
        named.append("model.precision")
    if count is not None:
        size = max(size, -(-count.low * bits[precision] // 8))
        model["size"] = Interval(size, size)
    for name in ("memory", *(() if accelerator == CPU else ("accelerator_memory",))):
        if name not in model:
            model[name] = Interval(size, size)
            named.append(f"model.{name}")
    if "accelerator" not in stated and accelerator != facts.taken("model.accelerator"):
        named.append("model.accelerator")
    model["accelerator"] = accelerator
    return model, named
