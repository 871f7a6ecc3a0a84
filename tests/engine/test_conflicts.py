"""Stated facts that contradict each other: found for certain only, with both places."""

from __future__ import annotations

import pytest

from advisor.engine.conflicts import conflicts
from advisor.engine.facts import Facts
from advisor.model.workload import Finding
from advisor.rulebook.load import load
from advisor.workload import read_workloads


def found(text: str) -> tuple[Finding, ...]:
    (workload,) = read_workloads(f"name: a\n{text}".encode(), "workload.yaml")
    return conflicts(Facts(load(), workload))


IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
TOPIC = "arn:aws:sns:us-west-2:123456789012:fraud"
CONTRADICTIONS = {
    "typical-above-max": (
        "requests:\n  arrival: online\n  payload: {typical: 3 MB, max: 2 MB}\n",
        "requests.payload.typical is 3 MB, above requests.payload.max, 2 MB",
    ),
    "typical-above-p99": (
        "requests:\n  arrival: online\n  processing: {typical: 3 s, p99: 2 s, max: 9 s}\n",
        "requests.processing.typical is 3 s, above requests.processing.p99, 2 s",
    ),
    "p99-above-max": (
        "requests:\n  arrival: online\n  response: {p99: 3 MB, max: 2 MB}\n",
        "requests.response.p99 is 3 MB, above requests.response.max, 2 MB",
    ),
    "work-longer-than-the-answer-may-take": (
        "requests:\n  arrival: online\n  processing: 2 s\n  answer: 1 s\n",
        "requests.processing is 2 s, longer than requests.answer, 1 s",
    ),
    "even-the-usual-work-is-too-long": (
        "requests:\n  arrival: online\n  processing: {typical: 2 s, max: 5 s}\n  answer: 1 s\n",
        "requests.processing.typical is 2 s, longer than requests.answer, 1 s",
    ),
    # More than a minute against a second at most.
    "words": (
        "requests:\n  arrival: online\n  processing: long\n  answer: interactive\n",
        "requests.processing is long, longer than requests.answer, interactive",
    ),
    "first-byte-after-the-answer": (
        "requests:\n  arrival: online\n  first_byte: 5 s\n  answer: 2 s\n",
        "requests.first_byte is 5 s, longer than requests.answer, 2 s",
    ),
    "memory-below-the-archive": (
        "requests: {arrival: online}\nmodel:\n  memory: 1 GB\n  size: 2 GB\n",
        "model.memory is 1 GB, below model.size, 2 GB",
    ),
    # 3,600 an hour are one a second on average.
    "peak-below-the-mean": (
        "requests: {arrival: online}\ntraffic:\n  peak: 59/min\n  volume: 3600/h\n",
        "the peak is below the mean of the volume: traffic.peak, 59/min and traffic.volume, 3600/h",
    ),
    # Seven hours on seven days are 49 h a week.
    "more-time-than-the-windows-cover": (
        "requests: {arrival: online}\ntraffic:\n  active: 51 h/week\n  windows: [{hours: 8-15}]\n",
        "traffic.active is 51 h/week, but traffic.windows cover only 7 h/day",
    ),
    "zero-with-an-answer-sooner-than-a-start": (
        (
            "requests: {arrival: online, answer: 9 s}\n"
            "model: {startup: 2 min}\n"
            "needs: [scale-to-zero]\n"
        ),
        "needs scale-to-zero, but model.startup takes 2 min and requests.answer is 9 s",
    ),
    "zero-without-patience": (
        "requests:\n  arrival: online\n  cold_start: avoid\nneeds: [scale-to-zero]\n",
        (
            "needs scale-to-zero, but requests.cold_start accepts only avoid: the first request"
            " after a pause waits for a start"
        ),
    ),
    "memory-of-no-accelerator": (
        "requests: {arrival: online}\nmodel:\n  accelerator: none\n  accelerator_memory: 8 GB\n",
        "model.accelerator is none, but model.accelerator_memory is 8 GB",
    ),
    "image-of-another-region": (
        f"requests: {{arrival: online}}\nregion: us-east-1\nmodel: {{image: {IMAGE}}}\n",
        f"model.image is in eu-west-1 ({IMAGE}), but region is in us-east-1",
    ),
    "topic-of-another-region-than-the-image": (
        (
            f"requests: {{arrival: online}}\nmodels: [{{name: a, image: {IMAGE}}}, {{name: b}}]\n"
            f"deploy:\n  topics: {{alarms: '{TOPIC}'}}\n"
        ),
        f"deploy.topics.alarms is in us-west-2 ({TOPIC}), but models is in eu-west-1",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_names_both_facts_and_their_lines(name: str) -> None:
    text, message = CONTRADICTIONS[name]
    (finding,) = found(text)
    assert (finding.rule, finding.severity) == ("conflict", "warning")
    said, _, lines = finding.message.rpartition(" (lines ")
    assert said == message
    assert str(finding.line) in lines
    assert finding.file == "workload.yaml"
    assert finding.fix


# What touches is no contradiction, and neither is what may still agree.
AGREEMENTS = {
    "places-of-one-region": (
        f"requests: {{arrival: online}}\nregion: us-west-2\nneeds: [kms]\ndeploy:\n"
        f"  topics: {{alarms: '{TOPIC}'}}\n  kms_key: alias/ml\n  tags: {{image: {IMAGE}}}\n"
        "  role: arn:aws:iam::123456789012:role/sm\n"
    ),
    "equal": "requests:\n  arrival: online\n  payload: {typical: 2 MB, max: 2 MB}\n",
    "ranges-that-overlap": (
        "requests:\n  arrival: online\n  payload: {typical: 1 MB..3 MB, max: 2 MB}\n"
    ),
    "open-range": "requests:\n  arrival: online\n  processing: '>1 s'\n  answer: 5 s\n",
    "words": "requests:\n  arrival: online\n  processing: short\n  answer: interactive\n",
    "as-long-as-the-answer": "requests:\n  arrival: online\n  processing: 1 s\n  answer: 1 s\n",
    "only-the-largest-is-too-long": (
        "requests:\n  arrival: online\n  processing: {typical: 1 s, max: 9 s}\n  answer: 2 s\n"
    ),
    "memory-of-the-archive": "requests: {arrival: online}\nmodel: {memory: 2 GB, size: 2 GB}\n",
    "peak-at-the-mean": "requests: {arrival: online}\ntraffic: {peak: 1/s, volume: 3600/h}\n",
    "peak-that-may-reach-it": (
        "requests: {arrival: online}\ntraffic: {peak: '>10/min', volume: 3600/h}\n"
    ),
    "time-within-the-windows": (
        "requests: {arrival: online}\ntraffic: {active: 7 h/day, windows: [{hours: 8-15}]}\n"
    ),
    "time-of-the-windows": "requests: {arrival: online}\ntraffic: {windows: business hours}\n",
    "zero-with-patience": (
        "requests: {arrival: online, cold_start: tolerated}\nneeds: [scale-to-zero]\n"
    ),
    "no-zero-and-no-patience": "requests: {arrival: online, cold_start: avoid}\nneeds: [vpc]\n",
    "zero-not-needed-after-all": (
        "requests: {arrival: online, cold_start: avoid}\nneeds: {scale-to-zero: false}\n"
    ),
    "accelerator-memory": (
        "requests: {arrival: online}\nmodel: {accelerator: gpu, accelerator_memory: 8 GB}\n"
    ),
}


@pytest.mark.parametrize("name", AGREEMENTS)
def test_what_may_agree_is_no_contradiction(name: str) -> None:
    assert found(AGREEMENTS[name]) == ()


def test_each_contradiction_is_told() -> None:
    text = (
        "requests: {arrival: online, processing: {typical: 9 s, max: 8 s}, answer: 2 s}\n"
        "model: {memory: 1 GB, size: 2 GB}\n"
    )
    assert len(found(text)) == 3


def test_a_fact_from_an_option_has_no_line_to_name() -> None:
    (workload,) = read_workloads(
        b"name: a\nrequests: {arrival: online, answer: 1 s}\n",
        "workload.yaml",
        [("requests.processing", "2 s")],
    )
    (finding,) = conflicts(Facts(load(), workload))
    assert "lines" not in finding.message
