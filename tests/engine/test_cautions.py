"""What is told beside the answer: cautions for certain only, and what lies outside the four."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.engine.cautions import cautions, consider
from tests.planned import batch, facts_of, online


def said(option: str, workload: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Severity and line of each caution, by rule."""
    found, _ = cautions(facts_of(workload), option)
    return {each.rule: (each.severity, each.line) for each in found}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("6 h", False),
        ("7 h", True),
        (">7 h", True),
        ("5 h..7 h", False),  # it may be within the bound
        ("later", False),
    ],
)
def test_a_caution_needs_certainty(answer: str, expected: bool) -> None:
    found = said("asynchronous", online(requests={"answer": answer}))
    assert ("asynchronous-queue-age" in found) is expected


def test_a_caution_with_a_condition_needs_it_stated() -> None:
    """Nobody said that the format is one that cannot be split."""
    sizes = {"size": "40 GB", "files": 200}  # 205 MB an object
    rule = "batch-transform-object"
    assert rule not in said("batch-transform", batch(dataset=sizes))
    assert rule not in said("batch-transform", batch(dataset={**sizes, "format": "csv"}))
    assert rule in said("batch-transform", batch(dataset={**sizes, "format": "parquet"}))


def test_a_caution_belongs_to_its_options() -> None:
    base64 = online(requests={"encoding": "base64"})
    for option, expected in (("real-time", True), ("batch-transform", False)):
        assert ("base64-overhead" in said(option, base64)) is expected


def test_a_caution_stands_where_its_fact_was_stated() -> None:
    found, _ = cautions(facts_of(online(requests={"processing": {"max": "55 s"}})), "real-time")
    (caution,) = [each for each in found if each.rule == "client-timeout"]
    assert caution.line == 1  # JSON on one line
    assert caution.file == "workload.json"
    assert caution.fix
    assert caution.source.startswith("https://")
    derived, _ = cautions(facts_of(online(traffic={"concurrent": 11})), "serverless")
    (quota,) = [each for each in derived if each.rule == "serverless-concurrency-quota"]
    assert quota.line == 1


@pytest.mark.parametrize(
    ("way", "expected"), [("multi-model", True), ("endpoint-each", False), ("", False)]
)
def test_a_caution_of_a_way_to_host_models_is_said_of_that_way(way: str, expected: bool) -> None:
    workload = online(model={"count": 300}, needs=["data-capture"])
    found, _ = cautions(facts_of(workload), "real-time", way)
    assert ("multi-model-data-capture" in {each.rule for each in found}) is expected


def test_a_caution_names_what_to_consider() -> None:
    _, named = cautions(facts_of(batch(dataset={"format": "parquet"})), "batch-transform")
    assert named == {"processing-job"}


def ids(
    workload: dict[str, Any], *, none_fits: bool, named: frozenset[str] = frozenset()
) -> set[str]:
    return {each.id for each in consider(facts_of(workload), none_fits, named)}


def test_what_fits_outside_depends_on_whether_anything_fits_inside() -> None:
    # 2 GB: a pointer and a job help in either case, cutting and containers when nothing fits.
    huge = online(requests={"payload": "2 GB", "answer": "10 s"})
    assert ids(huge, none_fits=False) == {"s3-pointer", "aws-batch"}
    assert ids(huge, none_fits=True) == {
        "s3-pointer", "split-payload", "aws-batch", "container-service",
    }  # fmt: skip


def test_what_a_caution_named_is_listed_whatever_it_asks() -> None:
    assert ids(online(), none_fits=False) == set()
    assert ids(online(), none_fits=False, named=frozenset({"aws-batch"})) == {"aws-batch"}


def test_an_entry_carries_its_reason_and_source() -> None:
    (entry,) = consider(facts_of(batch(dataset={"format": "parquet"})), False, frozenset())
    assert (entry.id, entry.as_of) == ("processing-job", "2026-11-20")
    assert entry.because
    assert entry.source.startswith("https://docs.aws.amazon.com/")
