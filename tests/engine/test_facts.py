"""Facts: what a workload leaves possible, and the one point that is taken of it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts, say
from advisor.model.workload import Interval
from advisor.rulebook.load import load
from advisor.rulebook.resolve import resolve
from advisor.rulebook.types import INFINITY, UNSET
from advisor.text.quantity import RATE_PER_MONTH, show
from tests.planned import batch, facts_of, online
from tests.strategies import Document, documents, read

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
MS, SECOND = 1000, 1_000_000
MINUTE = 60 * SECOND
PER_SECOND = RATE_PER_MONTH * 730 * 3600


def taken(fact: str, **parts: Any) -> Any:
    return facts_of(online(**parts)).taken(fact)


# -- of a range one value --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2 MB", 2 * MB),
        ("2 MB..5 MB", 5 * MB),  # large is the bad end of a payload
        (">2 MB", 2 * MB + 1),  # next to the bound
        (">=2 MB", 2 * MB),
        ("<=5 MB", 5 * MB),
        ("<5 MB", 5 * MB - 1),
        ("small", 100 * KB),  # its ordinary value
        ("large", 50 * MB),  # the usual one beyond a synchronous call
    ],
)
def test_a_payload_is_taken_at_its_bad_end(stated: str, expected: int) -> None:
    assert taken("requests.payload", requests={"payload": stated}) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("1 s..5 s", SECOND),  # soon is the bad end of an answer
        ("interactive", SECOND),
        ("relaxed", 30 * SECOND),
        ("later", 60 * MINUTE),
        (">2 min", 2 * MINUTE + 1),
    ],
)
def test_an_answer_is_taken_at_its_bad_end(stated: str, expected: int) -> None:
    assert taken("requests.answer", requests={"answer": stated}) == expected


def test_a_word_moves_with_the_limit_it_is_tied_to() -> None:
    large = online(requests={"payload": "large"})
    for limits, most in (("safe", 6 * MB), ("latest", 25 * MB)):
        assert facts_of(large, limits).interval("requests.payload") == Interval(most + 1, None)
        assert facts_of(large, limits).taken("requests.payload") == 50 * MB


# -- typical, p99, max -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "largest", "typical"),
    [
        ({"typical": "1 s", "p99": "2 s", "max": "4 s"}, 4 * SECOND, SECOND),
        ({"typical": "1 s", "p99": "2 s"}, 2 * SECOND, SECOND),
        ({"p99": "2 s", "max": "4 s"}, 4 * SECOND, 2 * SECOND),
        ({"typical": "1 s"}, SECOND, SECOND),
        ({"max": "4 s"}, 4 * SECOND, 4 * SECOND),
        ("3 s", 3 * SECOND, 3 * SECOND),
    ],
)
def test_limits_read_the_largest_and_loads_the_most_usual(
    stated: Any, largest: int, typical: int
) -> None:
    facts = facts_of(online(requests={"processing": stated}))
    assert facts.taken("requests.processing") == largest
    assert facts.taken("requests.processing.typical") == typical
    assert facts.largest("requests.processing") == Interval(largest, largest)
    assert facts.typical("requests.processing") == Interval(typical, typical)


def test_of_a_payload_the_largest_counts() -> None:
    facts = facts_of(online(requests={"payload": {"typical": "20 KB", "max": "2 MB"}}))
    assert facts.taken("wire.payload") == 2 * MB
    assert facts.typical("requests.payload") == Interval(20 * KB, 20 * KB)


def test_a_word_is_the_range_it_stands_for() -> None:
    facts = facts_of(online(requests={"processing": "long", "payload": "small"}))
    assert facts.largest("requests.processing") == Interval(MINUTE + 1, None)
    assert facts.typical("requests.payload") == Interval(0, 4 * MB)


# -- what is assumed -------------------------------------------------------------------------------


def test_silence_takes_what_the_rules_assume() -> None:
    facts = facts_of(online())
    assert facts.taken("requests.payload") == MB
    assert facts.taken("requests.processing") == 100 * MS
    assert facts.taken("requests.processing.typical") == 100 * MS
    assert facts.taken("requests.streaming") is False
    assert facts.taken("model.accelerator") == "none"
    assert facts.taken("region") == "us-east-1"
    assert facts.taken("traffic.pattern") == "sustained"
    assert facts.taken("traffic.concurrent") is None
    assert not facts.is_stated("requests.payload")
    assert facts.interval("requests.payload") is None


@pytest.mark.parametrize(
    ("parts", "pattern"),
    [
        ({"traffic": {"active": "8 h/day"}}, "periodic"),
        ({"traffic": {"volume": "1/min"}}, "sustained"),
        ({"traffic": {"volume": "59/h"}}, "intermittent"),
        ({"traffic": {"peak": "10/s"}}, "sustained"),
        # Someone waits, so capacity is kept ready, whatever is preferred.
        ({"requests": {"answer": "interactive"}, "prefer": "cost"}, "sustained"),
        ({"model": {"accelerator": "gpu"}, "prefer": "cost"}, "sustained"),
        ({"prefer": "cost"}, "intermittent"),
        ({"requests": {"cold_start": "tolerated"}}, "intermittent"),
        ({"needs": ["scale-to-zero"]}, "intermittent"),
        ({"prefer": "latency"}, "sustained"),
        # A range on both sides of what a condition asks does not satisfy it for certain.
        ({"traffic": {"active": "8 h/day..20 h/day"}}, "sustained"),
    ],
)
def test_an_assumption_depends_on_stated_facts(parts: dict[str, Any], pattern: str) -> None:
    assert taken("traffic.pattern", **parts) == pattern


def test_an_assumption_never_depends_on_another() -> None:
    """A cold start is assumed to be tolerated; only one that is stated leads to gaps."""
    facts = facts_of(online())
    assert facts.taken("requests.cold_start") == 120 * MINUTE
    assert facts.taken("traffic.pattern") == "sustained"


def test_a_peak_follows_from_a_stated_volume() -> None:
    # 2M a month are 2,739.7 an hour; within 8 of 24 hours 8,219.2 an hour or 2.283 a second, and
    # three times of that at the peak.
    facts = facts_of(online(traffic={"volume": "2M/month", "active": "8 h/day"}))
    assert facts.taken("traffic.peak") / PER_SECOND == pytest.approx(2e6 / 730 * 3 / 3600 * 3)
    assert facts.taken("traffic.peak") == 2_000_000 * RATE_PER_MONTH * 3 * 3
    assert taken("traffic.peak") == PER_SECOND // 60  # of the assumed 20/h
    assert taken("traffic.peak", traffic={"volume": "2M/month", "peak": "9/s"}) == 9 * PER_SECOND


# -- what follows ----------------------------------------------------------------------------------


def test_derived_facts_come_from_the_stated_ones() -> None:
    facts = facts_of(
        online(
            requests={"payload": "3 MB", "encoding": "base64", "processing": "500 ms"},
            traffic={"peak": "20/s"},
            model={
                "size": "1 GB",
                "memory": "2 GB",
                "disk": "500 MB",
                "parameters": "2B",
                "precision": "fp32",
            },
        )
    )
    assert facts.taken("wire.payload") == 4 * MB  # a third more
    assert facts.interval("load.in-flight") == Interval(10, 10)  # 20/s of half a second
    # 2 billion parameters in fp32 are 8,000,000,000 bytes, more than the stated memory.
    assert facts.taken("model.loaded") == 8 * 10**9
    assert facts.taken("model.unpacked") == GB + 500 * MB


def test_a_record_is_a_part_of_the_data_set() -> None:
    described = batch(dataset={"size": "40 GB", "records": "10M", "files": 200})
    # 42,949,672,960 bytes in 10,000,000 records and 200 objects, rounded up.
    assert facts_of(described).taken("dataset.record") == 4295
    assert facts_of(described).taken("dataset.object") == 214_748_365
    assert facts_of(batch(requests={"payload": "2 MB"})).taken("dataset.record") == 2 * MB


def test_a_range_of_requests_in_progress_is_rounded_outward() -> None:
    facts = facts_of(online(requests={"processing": "300 ms"}, traffic={"peak": "5/s..10/s"}))
    assert facts.interval("load.in-flight") == Interval(1, 3)  # 1.5 to 3


def test_a_need_is_asked_for_by_name_or_by_a_fact() -> None:
    facts = facts_of(online(needs=["vpc"], requests={"streaming": True}))
    assert facts.needs("vpc")
    assert facts.needs("response-streaming")
    assert not facts.needs("kms")
    assert not facts_of(online(needs={"vpc": False})).needs("vpc")


# -- Regions ---------------------------------------------------------------------------------------


def test_a_region_from_outside_takes_the_place_of_the_files() -> None:
    workload = read({"name": "a", "requests": {"arrival": "online"}, "region": "eu-west-1"})
    assert Facts(load(), workload).taken("region") == "eu-west-1"
    facts = Facts(load(), workload, "me-central-1")
    assert facts.taken("region") == facts.region == facts.word("region") == "me-central-1"
    assert facts.workload.values["region"].line == 0
    assert workload.values["region"].value == "eu-west-1"


def test_a_region_that_no_list_names_is_one_without_serverless() -> None:
    facts = facts_of({**online(), "region": "xx-fake-1"})
    assert facts.is_stated("region")
    assert facts.taken("region") == "elsewhere"
    assert facts.region == "xx-fake-1"
    limit = facts.book.limit["serverless-region"]
    assert not limit.bound.admits.has(facts.point[limit.variable])


# -- a neighbour is what its file would be ---------------------------------------------------------


@given(documents(others=()), st.data())
def test_a_moved_point_is_that_of_the_changed_file(document: Document, data: st.DataObject) -> None:
    facts = Facts(load(), read(document))
    handles = list(Neighbourhood(facts).handles())
    handle = data.draw(st.sampled_from(handles))
    fact = handle.fact
    if fact.discrete:
        number = data.draw(st.integers(0, len(fact.words) - 1))
        if fact.words[number] == "elsewhere":
            return
        low, high, text = 1 << number, 0, json.dumps(fact.words[number])
    else:
        low = data.draw(st.integers(fact.least, 10**9))
        high = low if data.draw(st.booleans()) else INFINITY
        text = show(Interval(low, None if high == INFINITY else high), fact.kind)
    moved = facts.moved(dict.fromkeys(handle.variables, (low, high)))
    assert moved == Facts(load(), read(document, [(handle.id, text)])).point


def test_a_value_is_said_as_the_file_would_write_it() -> None:
    book = load()
    assert say(book.fact["requests.payload"], 4 * MB) == "4 MB"
    assert say(book.fact["requests.streaming"], 1) is True
    assert say(book.fact["traffic.pattern"], 3) == "intermittent"
    assert say(book.fact["traffic.concurrent"], UNSET) is None
    assert facts_of(online()).text(book.index["requests.payload"]) == "1 MB"


def test_what_no_rule_reads_is_asked_for_as_it_was_stated() -> None:
    facts = facts_of(online(model={"throughput": "900/s"}))
    assert facts.interval("model.throughput") == Interval(900 * PER_SECOND, 900 * PER_SECOND)
    assert facts.interval("model.concurrency") is None
    assert facts.book.limits == "safe"


def test_an_assumption_without_an_alternative_is_a_bug_that_the_verifier_finds() -> None:
    rules = copy.deepcopy(load().raw)
    entry = next(each for each in rules["facts"] if each["id"] == "traffic.pattern")
    entry["assume"].pop()
    with pytest.raises(AssertionError, match="no unconditional assumption"):
        Facts(resolve(rules, "safe"), read({"name": "a", "requests": {"arrival": "online"}}))
