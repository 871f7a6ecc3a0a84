"""Which model a workload names, and what of it is known before its load is looked at.

An unknown shape is that of the nearest dense language model, scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any, Protocol, Self

from advisor.catalogue.models import Models
from advisor.model.geometry import Geometry
from advisor.model.value import Value
from advisor.model.workload import GENERATIVE, Interval, Stated, Workload
from advisor.modelling import memory
from advisor.modelling.encoders import ENCODES
from advisor.modelling.speed import Tokens
from advisor.rulebook.knowledge import Knowledge
from advisor.rulebook.resolve import Rulebook
from advisor.text.quantity import largest
from advisor.text.quantity_format import about

EMBEDDING = "embedding"
TOKENS = ("requests.tokens.input", "requests.tokens.output")
_ORDINARY = "meta-llama/"  # whose models are dense and alike, from 1B to 405B
_RELEASED = "bf16"  # of nearly all open models
_known: dict[str, Models] = {}


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

    def with_word(self, path: str, word: str) -> Self:
        """The same where a word is stated as well, without what a model tells."""


def derived_item(path: str, kind: str, value: Interval) -> Stated:
    """What is derived of a key, in the base unit of its kind, as a file would state it."""
    value = Interval(*(end if end is None else min(end, largest(kind)) for end in value))
    said = "..".join(dict.fromkeys(about(end, kind) for end in value if end is not None))
    return Stated(path, said if value.high is not None else f">= {said}", value, 0, 0)


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
    assumed: Mapping[str, tuple[str, str]]  # key path -> value and reason

    def because(self, path: str, otherwise: str) -> str:
        """Why a value is taken: as it is assumed, else for another reason."""
        return self.assumed[path][1] if path in self.assumed else otherwise

    def tells(self, path: str) -> bool:
        """Whether a figure of the model follows from its name, or from an assumption."""
        return self.named or path in self.assumed


def model_of(facts: StatedFacts, models: Models, known: Knowledge) -> NamedModel | None:
    """The model as far as the workload tells it; ``None`` where that says nothing of its shape."""
    workload = facts.workload
    config, name = workload.text("model.config"), workload.text("model.id")
    count, hub, gated = facts.taken("model.parameters"), "", False
    assumed: dict[str, tuple[str, str]] = {}
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
        kind = workload.text("model.kind") or (EMBEDDING if workload.server == "tei" else "llm")
        size, precision = workload.interval("model.size"), str(facts.taken("model.precision"))
        told = facts.is_stated("model.precision") or (size and count)
        if count is None and size is None and kind in GENERATIVE:
            count = facts.book.words["model.parameters", "large"].ordinary
            because = "Nothing tells which model it is: open ones of 7 to 8 billion are usual."
            assumed["model.parameters"] = (about(count, "count"), because)
        if kind in GENERATIVE and not told and precision != _RELEASED:
            precision = _RELEASED
            assumed["model.precision"] = (precision, "Language models are released in 16 bits.")
        if count is None and size is not None:
            weights = size.high or size.low or 1
            count = max(1, round(weights / models.numbers[f"bytes-{precision}"]))
        if count is None or kind not in (*GENERATIVE, *ENCODES):
            return None
        geometry = _like(count, kind, models)
        name = f"{about(count, 'count')} parameters"
    if f"bytes-{precision}" not in models.numbers:
        precision = _RELEASED
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


def _like(count: int, kind: str, models: Models) -> Geometry:
    """The shape of the nearest dense model of a kind, with as many parameters as are stated."""
    owner, kind = (_ORDINARY, "llm") if kind in GENERATIVE else ("", kind)
    known = [models.find(each).geometry for each in models.ids if each.startswith(owner)]
    dense = [each for each in known if each.kind == kind and each.experts == 1]
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
        longest = facts.workload.stated(path)
        ends = longest.value if longest is not None else stated
        usual.append(stated.high or stated.low or 1)
        least.append(stated.low or 1)
        most.append(max(ends.high or ends.low or 1, usual[-1]))
    return Tokens(*usual), Tokens(*least), Tokens(*most)
