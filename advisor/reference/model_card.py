"""One open model explained: its sizes, the types that hold it, what they carry and its cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.catalogue.models import KnownModel
from advisor.engine.measured_rows import measured_beside
from advisor.engine.model_load import Asked
from advisor.engine.model_types import fleets
from advisor.model.workload import OnType
from advisor.modelling import memory
from advisor.modelling.encoders import ENCODES
from advisor.modelling.speed import Tokens
from advisor.reference.entry import Detail, Entry, entry
from advisor.rulebook.knowledge import Knowledge, knowledge
from advisor.rulebook.load import load
from advisor.text.money_format import figure
from advisor.text.quantity_format import about
from advisor.workload.model_files import known_models

_SINCE = "0.2"
_USUAL = ("tokens-input", "tokens-output")
_PRECISIONS = ("bf16", "fp8", "int4")


def model_card(name: str) -> Entry:
    """The model of an id as an entry of the rules.

    Raises:
        InputError: no model is known by it, or several are.
    """
    found = known_models().find(name)
    title = ", ".join(dict.fromkeys((found.family, found.geometry.kind)))
    told = {"title": title, "because": "", "since": _SINCE}
    raw = {"id": found.id, "source": found.source, "as_of": found.as_of, **told}
    return entry("model", raw, "models.csv", tuple(_details(found)))


def _details(found: KnownModel) -> Iterator[Detail]:
    shape, numbers, known = found.geometry, known_models().numbers, knowledge(load().raw)
    active = shape.active_parameters
    if not shape.parameters:
        yield Detail("Weights", "those of your archive; state model.size")
        return
    some = f", {active:,} active for a token" if active != shape.parameters else ""
    yield Detail("Parameters", f"{shape.parameters:,}{some}")
    precisions = dict.fromkeys((shape.dtype, *_PRECISIONS))
    weights = {each: memory.weight_bytes(shape, each, numbers) for each in precisions}
    told = ", ".join(f"{about(size, 'size')} {each}" for each, size in weights.items())
    yield Detail("Weights", f"{told}; released in {shape.dtype}")
    if shape.context:
        yield Detail("Context", f"{shape.context:,} tokens")
    if not shape.generates:
        if shape.kind not in ENCODES:
            yield Detail("Time", "not modelled: measure one request, state requests.processing")
        return
    cache = memory.kv_bytes(shape, 1024) - shape.state_bytes
    yield Detail("Cache", f"{about(cache / 1024, 'size')} a token at 1,024 tokens")
    usual = Tokens(*(known.numbers[each] for each in _USUAL))
    asked = Asked(
        geometry=shape,
        precision=shape.dtype,
        weights=weights[shape.dtype],
        usual=usual,
        context=round(sum(usual)),
        rate=1e-6,
        flying=None,
    )
    for each in _one_of_each(fleets(asked, known_models(), known), known):
        yield Detail("On", _said(each, shape.context))
    busy = numbers["speed-in-flight"]  # as the price above
    for measured in measured_beside(known_models(), known, found.id, usual, busy).values():
        yield Detail("Measured", measured)


def _one_of_each(found: list[OnType], known: Knowledge) -> Iterable[OnType]:
    """The cheapest type with each number of each device."""
    first: dict[tuple[str, int | None], OnType] = {}
    for each in found:
        instance = known.catalogue.types[each.instance_type]
        first.setdefault((instance.accelerator_model, instance.accelerator_count), each)
    return first.values()


def _said(on: OnType, context: int) -> str:
    split = f" ({on.copies} x {on.tensor_parallel} devices)" if on.tensor_parallel > 1 else ""
    lengths = [each for each in (on.longest, context) if each]
    longest = f"{min(lengths):,} tokens" if lengths else "any length"
    usd = "" if on.usd_at_most is None else f", {figure(on.usd_at_most)} USD per 1M output tokens"
    many = f"or {on.holds:,} of 500 in and 250 out{usd}"
    return f"{on.instance_type}{split}: one request of {longest}, {many}"
