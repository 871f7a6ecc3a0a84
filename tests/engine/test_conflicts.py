"""Stated facts that contradict each other: found for certain only, with both places."""

from __future__ import annotations

import pytest

from advisor.engine.conflicts import conflicts, contradicted
from advisor.engine.facts import Facts
from advisor.model.workload import Finding, Measured, Stated
from advisor.rulebook.load import load
from advisor.text.quantity import parse
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
        f"model.image is in eu-west-1 ({IMAGE}), but region is us-east-1",
    ),
    # Sustained traffic rises to five times its mean: 5 an hour are the most of 1 an hour.
    "peak-above-the-bursts-of-its-pattern": (
        (
            "requests: {arrival: online}\n"
            "traffic:\n  pattern: sustained\n  peak: 6/h\n  volume: 1/h\n  active: 24 h/day\n"
        ),
        (
            "the peak is more than 5 times the mean, unusual for such traffic: traffic.peak, 6/h"
            " and traffic.volume, 1/h and traffic.active, 24 h/day and traffic.pattern, sustained"
        ),
    ),
    # 10 a second for 1 s are 10 in progress; from half of that to twice as many can be.
    "more-in-progress-than-twice-rate-times-time": (
        "requests: {arrival: online, processing: 1 s}\ntraffic: {peak: 10/s, concurrent: 21}\n",
        (
            "requests in progress are rate times time, within a factor of 2: traffic.concurrent, 21"
            " and traffic.peak, 10/s and requests.processing, 1 s"
        ),
    ),
    "fewer-in-progress-than-half-of-rate-times-time": (
        "requests: {arrival: online, processing: 1 s}\ntraffic: {peak: 10/s, concurrent: 4}\n",
        (
            "requests in progress are rate times time, within a factor of 2: traffic.concurrent, 4"
            " and traffic.peak, 10/s and requests.processing, 1 s"
        ),
    ),
    "fewer-models-listed-than-counted": (
        "requests: {arrival: online}\nmodel: {count: 3}\nmodels: [{name: a}, {name: b}]\n",
        "model.count is 3, but models lists 2",
    ),
    "more-models-counted-than-listed": (
        "requests: {arrival: online}\nmodel: {count: '>2'}\nmodels: [{name: a}, {name: b}]\n",
        "model.count is >2, but models lists 2",
    ),
    "more-models-listed-than-counted": (
        "requests: {arrival: online}\nmodel: {count: 1}\nmodels: [{name: a}, {name: b}]\n",
        "model.count is 1, but models lists 2",
    ),
    # 60 % and 41 % are 101 %.
    "shares-above-the-whole": (
        ("requests: {arrival: online}\nmodels: [{name: a, share: 60 %}, {name: b, share: 41 %}]\n"),
        "the shares of models add up to 101 %, more than 100 %",
    ),
    # Serverless starts in the start-up time of the container alone: 6 s, and 5 s are accepted.
    "zero-with-less-patience-than-a-start": (
        (
            "requests: {arrival: online, cold_start: 5 s}\n"
            "model: {startup: 6 s}\nneeds: [scale-to-zero]\n"
        ),
        (
            "needs scale-to-zero, but requests.cold_start accepts only 5 s: the first request"
            " after a pause waits for a start"
        ),
    ),
    "role-of-another-partition": (
        (
            "requests: {arrival: online}\nregion: us-east-1\n"
            "deploy: {role: 'arn:aws-cn:iam::123456789012:role/a'}\n"
        ),
        (
            "deploy.role is in the partition aws-cn (arn:aws-cn:iam::123456789012:role/a), but"
            " region is us-east-1"
        ),
    ),
    "topic-of-another-region-than-the-image": (
        (
            f"requests: {{arrival: online}}\nmodels: [{{name: a, image: {IMAGE}}}, {{name: b}}]\n"
            f"deploy:\n  topics: {{alarms: '{TOPIC}'}}\n"
        ),
        f"deploy.topics.alarms is in us-west-2 ({TOPIC}), but models is in eu-west-1",
    ),
}


# AWS refuses a thing of another place, whatever else is stated.
SEVERITY = {"image-of-another-region": "error", "topic-of-another-region-than-the-image": "error"}
SEVERITY["role-of-another-partition"] = "error"


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_names_both_facts_and_their_lines(name: str) -> None:
    text, message = CONTRADICTIONS[name]
    (finding,) = found(text)
    assert (finding.rule, finding.severity) == ("conflict", SEVERITY.get(name, "warning"))
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
    "zero-with-the-patience-of-a-start": (
        "requests: {arrival: online, cold_start: 6 s}\n"
        "model: {startup: 6 s}\nneeds: [scale-to-zero]\n"
    ),
    "zero-of-which-nothing-is-said": (
        "requests: {arrival: online}\nmodel: {startup: 6 min}\nneeds: [scale-to-zero]\n"
    ),
    "peak-at-the-bursts-of-its-pattern": (
        "requests: {arrival: online}\n"
        "traffic: {pattern: sustained, peak: 5/h, volume: 1/h, active: 24 h/day}\n"
    ),
    "peak-at-the-bursts-of-intermittent-traffic": (
        "requests: {arrival: online}\n"
        "traffic: {pattern: intermittent, peak: 1000/h, volume: 1/h, active: 24 h/day}\n"
    ),
    "twice-rate-times-time-in-progress": (
        "requests: {arrival: online, processing: 1 s}\ntraffic: {peak: 10/s, concurrent: 20}\n"
    ),
    "half-of-rate-times-time-in-progress": (
        "requests: {arrival: online, processing: 1 s}\ntraffic: {peak: 10/s, concurrent: 5}\n"
    ),
    "models-within-their-count": (
        "requests: {arrival: online}\nmodel: {count: 1..2}\nmodels: [{name: a}, {name: b}]\n"
    ),
    "shares-of-the-whole": (
        "requests: {arrival: online}\nmodels: [{name: a, share: 60 %}, {name: b, share: 40 %}]\n"
    ),
    "a-slow-tail-within-a-hundred-times": (
        "requests: {arrival: online, processing: {typical: 1 s, p99: 100 s}}\n"
    ),
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


def test_a_tail_of_more_than_a_hundred_times_is_told_apart() -> None:
    (finding,) = found("requests: {arrival: online, processing: {typical: 1 s, p99: 101 s}}\n")
    assert finding.rule == "processing-spread"
    assert finding.message.startswith(
        "requests.processing.p99, 101 s, is more than 100 times the typical time, 1 s"
    )


def test_what_was_measured_contradicts_nothing_that_the_file_says() -> None:
    text = b"name: a\nrequests: {arrival: online, processing: 2 s, answer: 1 s}\n"
    (workload,) = read_workloads(text, "workload.yaml")
    for key, expected in (("requests.processing", 0), ("model.startup", 1)):
        measured = Measured(
            jobs=(), keys=(key,), taken=None, serverless=None, tests=(), findings=()
        )
        facts = Facts(load(), workload._replace(measured=measured))
        assert len(conflicts(facts)) == expected


# All that can contradict each other, in agreement: 10 a second for 2 s are 20 in progress.
TOGETHER = """\
requests: {arrival: online, processing: 2 s, answer: 5 s, first_byte: 3 s, cold_start: 60 s}
model: {startup: 4 s, size: 1 GB, memory: 2 GB, accelerator: gpu, accelerator_memory: 24 GB}
traffic: {peak: 10/s, volume: 5/s, concurrent: 20, active: 24 h/day}
needs: [scale-to-zero]
"""


@pytest.mark.parametrize(
    ("path", "to", "kind", "broken"),
    [
        # 10 a second for 6 s are 60 in progress, three times the 20; and 6 s are more than 5 s.
        ("requests.processing", "6 s", "time", "requests.answer traffic.peak traffic.concurrent"),
        (
            "requests.answer", "1 s", "time",
            "requests.processing requests.first_byte model.startup needs.scale-to-zero",
        ),
        ("requests.first_byte", "6 s", "time", "requests.answer"),
        ("requests.first_byte", "5 s", "time", ""),
        ("model.startup", "6 s", "time", "requests.answer needs.scale-to-zero"),
        ("model.startup", "5 s", "time", ""),
        ("requests.cold_start", "1 s", "time", "needs.scale-to-zero"),
        # 4 a second are below the mean of 5, and for 2 s are 8 in progress, not 20.
        (
            "traffic.peak", "4/s", "rate",
            "requests.processing traffic.volume traffic.active traffic.concurrent",
        ),
        ("traffic.volume", "11/s", "rate", "traffic.peak traffic.active"),
        ("traffic.volume", "10/s", "rate", ""),
        ("traffic.concurrent", "41", "count", "requests.processing traffic.peak"),
        ("traffic.concurrent", "40", "count", ""),
        # All of a day within an hour are 5 x 24 = 120 a second.
        ("traffic.active", "1 h/day", "share", "traffic.peak traffic.volume"),
        ("model.size", "3 GB", "size", "model.memory"),
        ("model.memory", "900 MB", "size", "model.size"),
        ("requests.arrival", "batch", "", "requests.answer requests.first_byte"),
        ("requests.streaming", "false", "", "requests.first_byte"),
        ("model.accelerator", "none", "", "model.accelerator_memory requests.processing"),
        ("requests.payload", "3 MB", "size", ""),
    ],
)  # fmt: skip
def test_a_change_breaks_what_does_not_hold_with_it(
    path: str, to: str, kind: str, broken: str
) -> None:
    (workload,) = read_workloads(f"name: a\n{TOGETHER}".encode(), "workload.yaml")
    change = Stated(path, to, parse(to, kind) if kind else to, 0, 0)
    assert contradicted(Facts(load(), workload), [change], "real-time") == tuple(broken.split())


def test_what_was_measured_on_an_instance_is_void_on_serverless() -> None:
    text = "name: a\nrequests: {arrival: online}\nmodel: {measured_on: ml.m5.xlarge}\n"
    (workload,) = read_workloads(text.encode(), "workload.yaml")
    facts = Facts(load(), workload)
    assert contradicted(facts, [], "serverless") == ("model.measured_on",)
    assert contradicted(facts, [], "real-time") == ()
