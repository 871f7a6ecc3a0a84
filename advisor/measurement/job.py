"""The load tests that are worth running for an answer: of its instances, and of serverless."""

# No `from __future__ import annotations` here: NamedTuple compiles annotations that are texts.
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from advisor.configuration.rulefiles import read_json_rules
from advisor.engine.facts import Facts
from advisor.model.advice import Advice, Candidate, Plan
from advisor.model.errors import InputError
from advisor.model.options import REAL_TIME, SERVERLESS
from advisor.model.usage import Usage
from advisor.options import benchmark, load_test, memory, plan
from advisor.options.plan_builder import Basis, Draft
from advisor.pricing.plan_cost import listed, prices_of
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import book_for

_BY_HAND = (
    "Load your own endpoint instead, and state the result: model.measured_on, "
    "model.throughput and requests.processing."
)


class LoadTest(NamedTuple):
    """One job with the model that it needs, as a plan whose settings give the reasons."""

    option: str  # real-time or serverless, the two that a job measures
    plan: Plan


class LoadTests(NamedTuple):
    """What to run, and what it leaves open."""

    tests: tuple[LoadTest, ...]
    notes: tuple[str, ...]


def load_tests(advice: Advice) -> LoadTests:
    """The load tests for an answer; instances and serverless take a job each.

    Raises:
        InputError: neither kind of endpoint can take the workload's requests.
    """
    facts = Facts(book_for(advice.workload, advice.limits), advice.workload, advice.region)
    prices = listed(REAL_TIME, prices_of(facts.region, workload=advice.workload).shipped)
    basis = Basis(facts, knowledge(facts.book.raw))
    tests = []
    for option in (REAL_TIME, SERVERLESS):
        if not _against(advice, option):
            sized = plan(option, facts, prices, deploy=False).usage
            if option == REAL_TIME:
                sized = sized._replace(instance_type=_instance_type(advice))
            tests.append(LoadTest(option, _job(Draft(option, basis), sized, prices)))
    if not tests:
        raise InputError(
            f"no load test measures {advice.workload.name}: {_against(advice, REAL_TIME)}",
            file=advice.workload.file,
            hint=_BY_HAND,
        )
    return LoadTests(tuple(tests), tuple(_notes(advice, Draft(REAL_TIME, basis))))


def _job(draft: Draft, sized: Usage, prices: Mapping[str, int] | None) -> Plan:
    """A benchmark where the model writes tokens on a GPU, else the classic job."""
    told = draft.facts.workload.modelled
    if draft.option == SERVERLESS or told is None or told.on is None:
        return load_test.plan(draft, sized, prices, _rules()["frameworks"])
    return benchmark.plan(draft, told, told.on, sized)


def _rules() -> Mapping[str, Any]:
    return read_json_rules("service", "load_tests.json")  # type: ignore[no-any-return]


def _against(advice: Advice, option: str) -> str:
    """Why an option's endpoint is not measured, empty when it is.

    A feature that real-time inference lacks does not keep the container of another option from
    being measured with it.
    """
    found = next(each for each in advice.candidates if each.option == option)
    broken = ", ".join(_broken(found))
    if option == REAL_TIME and broken:
        return f"a job calls InvokeEndpoint, and {broken}"
    on_instances = option == REAL_TIME and advice.decision.option != SERVERLESS
    if on_instances or advice.decision.option == option:
        return ""
    listed = found.status != "ruled-out" and option in advice.decision.leaf_options
    return "" if listed else f"{option} is not among the answers"


def _broken(candidate: Candidate) -> Iterator[str]:
    for verdict in candidate.verdicts:
        if verdict.outcome == "broken" and not verdict.fact.startswith("needs."):
            title = f"{verdict.title[0].lower()}{verdict.title[1:]}"
            yield f"{title} of {verdict.value} is beyond the limit, {verdict.bound}"


def _instance_type(advice: Advice) -> str:
    """The type of the answer, or of real-time inference beside a serverless one."""
    made = {each.option: each.plan.usage for each in advice.candidates if each.plan is not None}
    option = advice.decision.option
    found = made[REAL_TIME if option in (None, SERVERLESS) else option].instance_type
    assert found is not None
    return found


def _notes(advice: Advice, draft: Draft) -> Iterator[str]:
    option = advice.decision.option
    rules = _rules()
    if option in rules["other_way"]:
        yield rules["other_way"][option]
    alone = [note for need, note in rules["not_shown"].items() if draft.needs(need)]
    yield from alone
    if memory.models(draft) > 1 and not alone:
        yield (
            f"One of {memory.models(draft)} models is measured, alone on its endpoint: loading it "
            "when it is first called, and what the others take, are not."
        )
    told = draft.facts.workload.modelled
    if draft.facts.taken("requests.streaming") is True and (told is None or told.on is None):
        yield "Whole answers are measured, not the time to their first part."
