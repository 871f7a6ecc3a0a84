"""The types that carry the load of a model, what else would, and what would make one hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.engine.model_load import Asked
from advisor.engine.model_types import fleets, least_memory
from advisor.engine.named_model import StatedFacts, tables
from advisor.model.value import Memo
from advisor.model.workload import Interval, Modelled, OnType
from advisor.modelling import memory
from advisor.rulebook.knowledge import knowledge
from advisor.text.quantity import MIB
from advisor.text.quantity_format import about

_NARROW = "fp8"  # the precision that halves 16 bits at little loss
_SMALLER = ("fp32", "bf16", "fp16", "fp8", "int8", "int4")
_found: Memo[Any, list[OnType]] = Memo(1024)  # a list of models asks for several of each


def fleets_of(facts: StatedFacts, asked: Asked) -> list[OnType]:
    """As ``model_types.fleets``, remembered: the same load is asked for again and again."""
    key = (facts.book.digest, *asked.__dict__.values())
    if key not in _found:
        _found[key] = fleets(asked, tables(facts), knowledge(facts.book.raw))
    return _found[key]


def at_fleet(facts: StatedFacts, instance_type: str, count: int) -> OnType | None:
    """The model on the instances of a plan; ``None`` where no speed is modelled on the type."""
    told = facts.workload.modelled
    if told is None or told.on is None or told.on.instance_type != instance_type:
        return None
    asked = told.asked._replace(named=instance_type, count=count)
    return as_measured(facts, fleets_of(facts, asked)[0])._replace(beside=told.on.beside)


def variations(facts: StatedFacts, told: Modelled) -> Iterator[tuple[str, str, Any]]:
    """What else would carry the load: its name, and a key with a value to state."""
    if told.on is None:
        return
    types, asked = knowledge(facts.book.raw).catalogue.types, told.asked
    least, device = told.given + told.written, types[told.on.instance_type].accelerator_model
    for on in fleets_of(facts, asked):
        if types[on.instance_type].accelerator_model != device:
            yield "another type", "deploy.instance_type", on.instance_type
            break
    if memory.weight_bytes(asked.geometry, _NARROW, tables(facts).numbers) < told.weights:
        yield f"model.precision {_NARROW}", "model.precision", _NARROW
    if least < told.context:
        yield f"model.context {least}", "model.context", Interval(least, least)


def on_type(facts: StatedFacts, instance_type: str) -> OnType | None:
    """The model on a type; ``None`` where that does not hold it, or none is modelled."""
    told = facts.workload.modelled
    if told is None or told.on is None or told.on.instance_type == instance_type:
        return None if told is None else told.on
    found = fleets_of(facts, told.asked)
    return next((each for each in found if each.instance_type == instance_type), None)


def as_measured(facts: StatedFacts, on: OnType) -> OnType:
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


def not_held(facts: StatedFacts, asked: Asked, result: Modelled) -> Modelled:
    """That no type holds the model, and what would help."""
    numbers, fixes = tables(facts).numbers, []
    needed, here = about(least_memory(asked, numbers) * MIB, "size"), (asked.region or "")[:2]
    sold = f"no type that is sold{here and f' in {asked.region}'} has"
    needed = f"{sold} {needed} for a copy in {asked.precision}"
    known = asked.precision in _SMALLER
    for precision in _SMALLER[_SMALLER.index(asked.precision) + 1 :] if known else ():
        weights = memory.weight_bytes(asked.geometry, precision, numbers)
        if fleets_of(facts, asked._replace(precision=precision, weights=weights)):
            fixes.append(("model.precision", precision))
            break
    least = round(asked.usual.given + asked.usual.written)
    if asked.context > least and fleets_of(facts, asked._replace(context=least)):
        fixes.append(("model.context", f"{least}"))
    regions = sorted(knowledge(facts.book.raw).offers, key=lambda each: (each[:2] != here, each))
    for region in regions if here else ():
        if elsewhere := fleets_of(facts, asked._replace(region=region)):
            needed += f"; {region} sells {elsewhere[0].instance_type}"
            fixes.append(("region", region))
            break
    return result._replace(held=False, lacking=needed, fixes=tuple(fixes))
