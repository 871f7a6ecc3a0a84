"""Plans that are only compared, and what the options of one workload share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.facts import Facts
from advisor.model.options import ASYNCHRONOUS, OPTIONS, REAL_TIME
from advisor.model.workload import Interval
from advisor.options import plan
from advisor.options.instance_types import types_of
from advisor.options.memory import Need
from advisor.pipeline import advise
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from advisor.rulebook.types import Word
from advisor.text.quantity import show
from tests.planned import facts_of, online, value
from tests.strategies import documents, read

PRICES = {"ml.m5.large": 3, "ml.m6i.large": 2, "ml.r5.large": 2, "ml.c5.xlarge": 1}
KNOWN = knowledge(load("safe").raw)
TYPES = types_of(KNOWN, "", None, None)


@pytest.mark.parametrize("option", OPTIONS)
@given(document=documents())
def test_what_is_compared_is_what_would_be_deployed(
    option: str, document: dict[str, object]
) -> None:
    facts = Facts(load("safe"), read(document))
    compared, deployed = plan(option, facts, deploy=False), plan(option, facts)
    assert compared.usage == deployed.usage
    assert [each for each in compared.settings if each not in deployed.settings] == []
    assert set(compared.findings) <= set(deployed.findings)
    assert compared.carried <= deployed.carried
    assert (compared.requests, compared.quotas) == ((), ())
    assert deployed.requests


def test_options_of_two_workloads_can_be_planned_in_turn() -> None:
    small, large = (facts_of(online(model={"memory": size})) for size in ("1 GB", "100 GB"))
    for option in (REAL_TIME, ASYNCHRONOUS):
        assert value(plan(option, small), "InstanceType") == "ml.m5.large"
        assert value(plan(option, large), "InstanceType") == "ml.r5.4xlarge"


# -- instance types by step ------------------------------------------------------------------------


def needs() -> Iterator[Need]:
    """A need at, just above and just below everything that some type has."""
    for accelerator in ("none", "gpu", "neuron"):
        types = KNOWN.catalogue.candidates(accelerator)
        hosts = {TYPES.usable_mib(each) or 0 for each in types}
        devices = {each.accelerator_total_mib for each in types}
        for near in (-1, 0, 1):
            for host in sorted(hosts):
                yield from needs_alike(accelerator, host + near, 0)
            for device in sorted(devices):
                yield from needs_alike(accelerator, 100, device + near)


def needs_alike(accelerator: str, host: int, device: int) -> Iterator[Need]:
    """Needs that differ in one thing other than memory."""
    plain = Need(
        accelerator=accelerator,
        accelerator_mib=device,
        accelerator_text="",
        host_mib=host,
        host_text="",
        text="",
        workers=1,
        precision="fp32",
        arm=False,
        local_disk=False,
        single_device=False,
        transform=False,
    )
    yield plain
    yield plain._replace(workers=3)
    yield plain._replace(workers=200)
    yield plain._replace(precision="bf16")
    yield plain._replace(arm=True)
    yield plain._replace(local_disk=True)
    yield plain._replace(single_device=True)
    yield plain._replace(transform=True)


@pytest.mark.parametrize("prices", [{}, PRICES])
def test_remembered_types_are_those_that_would_be_found(prices: dict[str, int]) -> None:
    types = types_of(KNOWN, "", None, prices)
    for each in needs():
        found = types.fitting(each)
        assert found == types_of(KNOWN, "", None, prices).fitting(each)
        # A copy is another list of prices, for which nothing is remembered.
        assert found == types_of(KNOWN, "", None, prices.copy()).fitting(each)


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_the_step_of_a_need_tells_what_fits(first: int, second: int) -> None:
    one, other = (next(needs_alike("none", host, 0)) for host in (first, second))
    alike = TYPES.key(one) == TYPES.key(other)
    fitting = [
        {
            each.type
            for each in KNOWN.catalogue.candidates("none")
            if (TYPES.usable_mib(each) or 0) >= host
        }
        for host in (first, second)
    ]
    assert alike == (fitting[0] == fitting[1])


SIZE_WORDS = [
    word
    for word in load("safe").words.values()
    if word.stated and load("safe").fact[word.fact].kind in ("size", "count")
]


@pytest.mark.parametrize("word", SIZE_WORDS, ids=lambda word: f"{word.fact}-{word.id}")
def test_a_word_for_a_size_is_planned_at_its_usual_value(word: Word) -> None:
    for limits in ("safe", "latest"):  # the interval moves with the limit, the usual value does not
        there = load(limits).words[word.fact, word.id]
        assert there.low <= there.ordinary <= there.high
    number = show(Interval(word.ordinary, word.ordinary), load("safe").fact[word.fact].kind)

    def answer(said: str) -> tuple[str | None, list[tuple[str, object]]]:
        section, key = word.fact.split(".")
        parts = {"requests": {"payload": "10 KB"}, "traffic": {"peak": "2/s"}}
        parts[section] = {**parts.get(section, {}), key: said}
        advice = advise(facts_of(online(**parts)).workload)
        made = plan(REAL_TIME, facts_of(online(**parts)))
        return advice.decision.option, [(each.name, each.value) for each in made.settings]

    assert answer(word.id) == answer(number)
