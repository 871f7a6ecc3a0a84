"""No fix and no change of the answer breaks another stated fact without saying which."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.engine.conflicts import conflicts
from advisor.engine.facts import Facts
from advisor.model.advice import Decision
from advisor.pipeline import advise
from advisor.rulebook.load import load
from tests.strategies import Document, documents, put, read

TOO_MUCH: tuple[Document, ...] = (
    {},
    {"requests.payload": "2 GB"},
    {"requests.processing": "3 h", "requests.answer": "10 s"},
    {"model.size": "600 GB", "model.memory": "700 GB"},
    {"requests.streaming": True, "requests.first_byte": "2 min", "model.accelerator": "gpu"},
    {"requests.streaming": True, "requests.processing": "20 min", "requests.answer": "30 s"},
)


def as_set(value: str) -> str:
    return value if value in ("true", "false") else f'"{value}"'


def contradictions(document: Document, changes: Any = ()) -> set[str]:
    workload = read(document, [(change.fact, as_set(change.to)) for change in changes])
    return {each.message for each in conflicts(Facts(load(), workload))}


@given(documents(others=("model.measured_on", "model.throughput")), st.sampled_from(TOO_MUCH))
def test_what_a_change_contradicts_is_said(document: Document, much: Document) -> None:
    for path, value in much.items():
        put(document, path, value)
    decision = advise(read(document)).decision
    before = contradictions(document)
    told: list[tuple[Any, tuple[str, ...]]]
    told = [((each,), each.breaks) for each in decision.would_change if "needs" not in each.fact]
    told += [(each.changes, each.breaks) for each in decision.fixes]
    for changes, breaks in told:
        if any(change.fact.startswith("needs.") for change in changes):
            continue
        new = " ".join(contradictions(document, changes) - before)
        for path in read(document).values:
            if path in new and all(path not in change.fact for change in changes):
                assert any(path in each or each in path for each in breaks), (changes, path)
    for first in (decision.would_change[:1], decision.fixes[:1]):
        assert not any(each.breaks for each in first)


def decided(**sections: Any) -> Decision:
    requests = {"arrival": "online", **sections.pop("requests", {})}
    return advise(read({"name": "a", "requests": requests, **sections})).decision


def breaks(decision: Decision, fact: str) -> tuple[str, ...]:
    return next(each.breaks for each in decision.would_change if each.fact == fact)


def test_work_that_outlasts_the_answer_breaks_it() -> None:
    found = decided(requests={"processing": "2 s", "answer": "10 s"})
    assert breaks(found, "requests.processing") == ("requests.answer",)  # 60 s are more than 10 s
    assert not found.would_change[0].breaks


@pytest.mark.parametrize(
    ("sections", "fact", "expected"),
    [
        # Times that were measured on a GPU do not hold on a CPU.
        (
            {
                "requests": {"processing": "200 ms", "payload": "1 MB"},
                "model": {"accelerator": "gpu", "measured_on": "ml.g5.xlarge", "size": "1 GB"},
                "traffic": {"pattern": "intermittent"},
            },
            "model.accelerator",
            ("model.measured_on", "requests.processing"),
        ),
        (
            {
                "requests": {"streaming": True, "first_byte": "1 s", "payload": "1 MB"},
                "traffic": {"pattern": "intermittent"},
            },
            "requests.streaming",
            ("requests.first_byte",),
        ),
    ],
)
def test_a_change_says_what_is_void(
    sections: Document, fact: str, expected: tuple[str, ...]
) -> None:
    assert breaks(decided(**sections), fact) == expected


def test_a_fix_that_breaks_something_says_so_and_is_not_the_first() -> None:
    # Streamed work takes 8 min at most; without a stream, later, an hour. The first part is due.
    requests = {"streaming": True, "first_byte": "2 s", "processing": "20 min"}
    found = decided(requests=requests)
    assert found.option is None
    assert found.fixes
    assert not found.fixes[0].breaks
    for fix in found.fixes:
        assert all(each in fix.advice for each in fix.breaks)
