"""Which model a workload names, and what of it is known before its load is looked at.

An unknown shape is that of the nearest dense language model, scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any, Protocol

from advisor.catalogue.models import Models
from advisor.model.geometry import Geometry
from advisor.model.value import Value
from advisor.model.workload import Interval, Workload
from advisor.modelling import memory
from advisor.modelling.speed import Tokens
from advisor.rulebook.knowledge import Knowledge
from advisor.rulebook.resolve import Rulebook
from advisor.text.quantity_format import about

GENERATIVE = ("llm", "vlm")
TOKENS = ("requests.tokens.input", "requests.tokens.output")
_ORDINARY = "meta-llama/"  # whose models are dense and alike, from 1B to 405B
_known: dict[str, Models] = {}


class StatedFacts(Protocol):
    """What the stated facts leave, which ``advisor.engine.facts.Facts`` answers."""

    workload: Workload
    book: Rulebook
    region: str | None

    def is_stated(self, fact: str) -> bool:
        """Whether the workload states it."""

    def taken(self, fact: str) -> Any:
        """The value at the assumed point."""

    def needs(self, feature: str) -> bool:
        """Whether a feature is needed."""


def tables(facts: StatedFacts) -> Models:
    """The models, devices and figures of the rules in use, read once."""
    digest = facts.book.digest
    if digest not in _known:
        _known[digest] = Models(facts.book.model_tables())
    return _known[digest]


class NamedModel(Value):
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


def model_of(facts: StatedFacts, models: Models, known: Knowledge) -> NamedModel | None:
    """The model as far as the workload tells it; ``None`` where that says nothing of its shape."""
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
    return NamedModel(
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
    for path in TOKENS:
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
