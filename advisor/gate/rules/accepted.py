"""Whether the gate accepts what the planner emits, for every value that the rules hold as data.

Memory sizes, bounds of API fields, Regions, words, features and instance types are data: whoever
changes one changes what is emitted. Each value is put into a small workload, every option that it
leaves is planned, and the requests are judged like those of a user.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.engine.decide import status
from advisor.engine.facts import Facts
from advisor.gate.checks import load_checks
from advisor.gate.rules.judge import Judge
from advisor.gate.rules.service_walk import load_service
from advisor.model.advice import Request
from advisor.model.options import OPTIONS
from advisor.model.workload import Interval
from advisor.options import plan
from advisor.rulebook.formulas import UNITS
from advisor.rulebook.hardware import family_of
from advisor.rulebook.references import fields
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import RULED_OUT
from advisor.text.quantity import show
from advisor.workload import read_workloads
from advisor.workload.keys import keys

# What is stated so that a derived fact has a given value; ``{}`` is the value.
_STATED = {
    "model.loaded": "model: {{memory: {}}}",
    "load.in-flight": "traffic: {{concurrent: {}}}",
    "dataset.record": "dataset: {{size: {}, records: 1}}",
}
_ARRIVALS = ("online", "batch")


class Refused(NamedTuple):
    """A value whose requests the gate refuses, with the workload that emits them."""

    message: str
    workload: str


def accepted(book: Rulebook) -> tuple[int, list[Refused]]:
    """How many requests were judged, and the values of which one is refused."""
    judged: set[tuple[str, str]] = set()
    refused = []
    for what, statement in _statements(book):
        for arrival in _ARRIVALS:
            text = _workload(statement, arrival)
            for option, request, region in _emitted(book, text):
                written = json.dumps(request.parameters)
                if (region, written) in judged:
                    continue
                judged.add((region, written))
                for message in refusals(request.operation, written, region):
                    says = f"{what}: check refuses {request.operation} of {option}: {message}"
                    refused.append(Refused(says, text))
    return len(judged), refused


def _workload(statement: str, arrival: str) -> str:
    """A workload that states one thing, and what must be stated."""
    section, _, rest = statement.partition(": ")
    requests = f"requests: {{arrival: {arrival}"
    if section == "requests":
        return f"name: witness\n{requests}, {rest.removeprefix('{')}\n"
    return f"name: witness\n{requests}}}\n{statement}\n"


def _statements(book: Rulebook) -> Iterator[tuple[str, str]]:
    """What is tried, and the statement of a workload file that makes it so."""
    yield from _bounds(book)
    for region in book.raw["regions"]["regions"]:
        yield f"the Region {region}", f"region: {region}"
    for fact in book.base_facts:
        if fact.kind == "word" and fact.id in keys().keys() - {"region", "requests.arrival"}:
            for word in fact.words:
                yield f"the word {word} of {fact.id}", _stated(fact.id, word)
    for (name, _), word in book.words.items():
        if word.stated:
            yield f"the word {word.id} of {name}", _stated(name, word.id)
    for feature in book.features:
        if not feature.fact:
            yield f"the feature {feature.id}", f"needs: [{feature.id}]"
    yield from _types(book)


def _types(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Every instance type that sizing may choose."""
    chosen = {family["id"] for family in book.raw["families"] if family["choose"] == "true"}
    columns, *rows = book.raw["instances"]
    for name in (row[columns.index("instance_type")] for row in rows):
        if family_of(name) in chosen:
            yield f"the instance type {name}", f"deploy: {{instance_type: {name}}}"


def _stated(path: str, text: str) -> str:
    """One key with its section as a line of a workload file."""
    section, _, key = path.partition(".")
    return f"{section}: {{{key}: {text}}}" if key else f"{section}: {text}"


def _bounds(book: Rulebook) -> Iterator[tuple[str, str]]:
    """The least value, every size and the bounds of each limit of a field, of its stated fact."""
    raw = {each["id"]: each for option in book.raw["options"] for each in option["limits"]}
    for name in fields(book.raw["options"]):
        limit = book.limit[name]
        form = _STATED.get(limit.fact)
        if form or limit.fact in keys():
            unit = UNITS.get(limit.fact, 1)
            ends = (limit.bound.admits.high, limit.newest.admits.high)
            for value in (unit, *raw[name].get("tiers", ()), *ends):
                text = show(Interval(value // unit, value // unit), limit.kind)
                yield f"{name} at {text}", form.format(text) if form else _stated(limit.fact, text)


def _emitted(book: Rulebook, text: str) -> Iterator[tuple[str, Request, str]]:
    """The requests of every option that a workload leaves, with its name and the Region."""
    (workload,) = read_workloads(text.encode(), "witness.yaml")
    facts = Facts(book, workload)
    for name in OPTIONS:
        if status(book.option[name], book.needs, facts.point) != RULED_OUT:
            for request in plan(name, facts).requests:
                yield name, request, facts.region or ""


def refusals(operation: str, written: str, region: str) -> Iterator[str]:
    """Rule and message of each error that the gate finds in one request.

    Args:
        operation: such as CreateModel.
        written: its parameters as JSON.
        region: where it is sent; empty when that is not certain.
    """
    service = load_service()
    judge = Judge(checks=load_checks(), service=service, region=region)
    document = read_configuration(
        SourceText(f"{operation}.json", written), service, region
    ).document
    for finding in judge.findings(document) if document is not None else ():
        if finding.severity == "error":
            yield f"{finding.rule}: {finding.message}"
