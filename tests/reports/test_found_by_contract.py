"""Kinds of files whose answers once contradicted themselves: what must be printed, and what not."""

from __future__ import annotations

import pytest

from tests.contract import answer_to

KINDS = [
    (
        # Encoding is assumed to be binary, so the body on the wire is the stated 30 MB, not 40 MB.
        "one encoding",
        "requests: {arrival: online, payload: 30 MB}\nmodel: {size: 900 MB}",
        "Request body on the wire: 30 MB.",
        "40 MB",
    ),
    (
        # 12 a week peak at 12,000 a week; 40 in progress / 12,000/week = 2,016 s of work.
        "a time-out for work that follows",
        "requests: {arrival: online}\ntraffic: {volume: 12/week, concurrent: 40}",
        "InvocationTimeoutSeconds 3600: A request takes 33.6 min assumed",
        "900 s is the default",
    ),
    (
        # 40 in progress / (5 x 9,000 / 86,400 s) = 76.8 s, longer than the 60 s of most calls.
        "a client that waits for work that follows",
        "requests: {arrival: online, streaming: true}\ntraffic: {volume: 9000/day, concurrent: 40}",
        "client timeout 87 s",
        "client timeout 70 s",
    ),
    (
        # 900 GB / 50,000 records = 18.4 MB in each, and an object holds at least one.
        "an object that is not split",
        (
            "requests: {arrival: batch, processing: 150 ms}\n"
            "dataset: {size: 900 GB, records: 50k, format: other}"
        ),
        "MaxPayloadInMB 21: One record has 18.4 MB",
        "MaxPayloadInMB 6",
    ),
    (
        # bf16 is assumed of billions of parameters, and a T4 does not compute in it.
        "a type that computes as assumed",
        "requests: {arrival: online}\nmodel: {parameters: 1.5B}",
        "InstanceType ml.g6.xlarge",
        "InstanceType ml.g4dn",
    ),
    (
        # At half a byte each 8 billion take 3.73 GB, which is within 6 GB: at two they do not.
        "a bound is broken by the value shown",
        "requests: {arrival: online}\nmodel: {parameters: 8B}",
        "assumed 15259 MB",
        ">= 3.73 GB",
    ),
    (
        # A start of 6.25 min is held against the accepted 30 s, not against 100 %.
        "a start beside what is accepted",
        (
            "requests: {arrival: online, cold_start: 30 s}\ntraffic: {volume: 100/day}\n"
            "model: {accelerator: gpu}\nneeds: [scale-to-zero]"
        ),
        "a start takes about 6.25 min, requests.cold_start is 30 s",
        "100 %",
    ),
    (
        # A usual time within the answer, and a 99th percentile beyond it.
        "a tail beyond the answer",
        (
            "requests: {arrival: online, processing: {typical: 300 ms, p99: 2 s}, answer: 1 s}\n"
            "traffic: {peak: 10/s}"
        ),
        "requests.processing.p99 is 2 s, longer than requests.answer, 1 s",
        "answer-missed",
    ),
    (
        # Nobody said how often the five million records come.
        "no requests without runs",
        "requests: {arrival: batch, processing: 2 s}\ndataset: {records: 5M, deadline: 20 d}",
        ">= 148.92",
        "about",
    ),
    (
        # The default leaves room; the assumed 1/min x 100 ms needs fewer.
        "a concurrency that says what it rests on",
        "requests: {arrival: online}\ntraffic: {pattern: spiky}",
        "5 leave room, as the load is not stated",
        "Neither peak, volume",
    ),
    (
        # 50 a year: one at once is the least that can be stated, and says nothing of days of work.
        "one at once",
        "requests: {arrival: online}\ntraffic: {volume: 50/year, concurrent: 1}",
        "found: serverless",
        "assumed 7",
    ),
    (
        # 60 GB in fewer than 615 records are more than 100 MB each; in more they fit.
        "where another answer ends",
        "requests: {arrival: batch}\ndataset: {size: 60 GB, runs: 1/day}",
        "> 59 -> asynchronous; > 614 -> batch-transform",
        "not sized, about",
    ),
    (
        "an error in the first line",
        (
            "requests: {arrival: online, processing: 200 ms}\ntraffic: {peak: 100/s}\n"
            "budget: 50 USD/month"
        ),
        "/month, 1 error, p99",
        "1 warning",
    ),
]


@pytest.mark.parametrize(
    ("kind", "workload", "said", "not_said"), KINDS, ids=lambda text: text[:30]
)
def test_what_is_said_agrees(kind: str, workload: str, said: str, not_said: str) -> None:
    text = answer_to(f"name: found\n{workload}\n".encode(), verbose=True).text
    found = " ".join(text.split())
    assert said in found, kind
    assert not_said not in found, kind


def test_no_cost_is_asked_at_a_value_that_contradicts_a_stated_one() -> None:
    """Work of 55 s does not answer within 1 s, so that is no value of an unstated answer."""
    text = b"name: slow\nrequests: {arrival: online, processing: 55 s}\ntraffic: {volume: 1k/day}\n"
    found = answer_to(text, weigh=True).json["cost_unknowns"]
    tried = [each["value"] for one in found if one["fact"] == "requests.answer"
             for each in one["outcomes"]]  # fmt: skip
    assert found
    assert "1 s" not in tried


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    """Which precision fits follows from the parameters, which two such files do not share."""
    texts = [
        f"name: m\nrequests: {{arrival: online}}\nmodel: {{parameters: {count}}}\n".encode()
        for count in ("8B", "250B")
    ]
    alone = [answer_to(each).json["decisive_unknowns"] for each in texts]
    again = [answer_to(each).json["decisive_unknowns"] for each in reversed(texts)]
    assert alone == again[::-1]
