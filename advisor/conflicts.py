"""Stated facts that contradict each other, as findings that name both places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from advisor.facts import Facts
from advisor.model import Finding, Interval, Stated, Workload
from advisor.quantity import show
from advisor.rulebook.formulas import mean_rate

_TRIPLES = (
    ("requests.payload", "size"),
    ("requests.response", "size"),
    ("requests.processing", "time"),
)
_ORDER = (".typical", ".p99", ".max")


def conflicts(facts: Facts) -> tuple[Finding, ...]:
    """Contradictions among what was stated; none of them keeps an answer from being given."""
    return tuple(_all(facts))


def _all(facts: Facts) -> Iterator[Finding]:
    workload = facts.workload
    for base, _ in _TRIPLES:
        yield from _triple(workload, base)
    yield from _slower_than_answer(workload)
    yield from _first_byte(workload)
    yield from _memory_below_archive(workload)
    yield from _peak_below_mean(workload)
    yield from _zero_without_patience(facts)
    yield from _memory_without_accelerator(workload)


def _finding(workload: Workload, message: str, first: Stated, second: Stated) -> Finding:
    places = f" (lines {first.line} and {second.line})" if first.line and second.line else ""
    return Finding(
        "conflict",
        "warning",
        message + places,
        workload.file,
        first.line,
        first.column,
        "State the two so that they agree; until then the answer rests on the stricter reading.",
    )


def _above(first: Stated, second: Stated) -> bool:
    """Certainly larger: the smallest possible value of one above the largest of the other."""
    left, right = first.value, second.value
    if not isinstance(left, Interval) or not isinstance(right, Interval):
        return False
    return left.low is not None and right.high is not None and left.low > right.high


def _triple(workload: Workload, base: str) -> Iterator[Finding]:
    stated = [
        (name, item) for name in _ORDER if (item := workload.values.get(base + name)) is not None
    ]
    for (lower, first), (upper, second) in pairwise(stated):
        if _above(first, second):
            yield _finding(
                workload,
                f"{base}{lower} is {first.text}, above {base}{upper}, {second.text}",
                first,
                second,
            )


def _largest_stated(workload: Workload, base: str) -> Stated | None:
    for suffix in ("", ".typical", ".p99", ".max"):
        item = workload.values.get(base + suffix)
        if item is not None:
            return item
    return None


def _slower_than_answer(workload: Workload) -> Iterator[Finding]:
    work, answer = (
        _largest_stated(workload, "requests.processing"),
        workload.values.get("requests.answer"),
    )
    if work is not None and answer is not None and _above(work, answer):
        yield _finding(
            workload,
            f"{work.path} takes {work.text}, longer than requests.answer allows, {answer.text}",
            work,
            answer,
        )


def _first_byte(workload: Workload) -> Iterator[Finding]:
    first, answer = (
        workload.values.get("requests.first_byte"),
        workload.values.get("requests.answer"),
    )
    if first is not None and answer is not None and _above(first, answer):
        yield _finding(
            workload,
            f"requests.first_byte is {first.text}, after the whole answer, {answer.text}",
            first,
            answer,
        )


def _memory_below_archive(workload: Workload) -> Iterator[Finding]:
    memory, size = workload.values.get("model.memory"), workload.values.get("model.size")
    if memory is not None and size is not None and _above(size, memory):
        yield _finding(
            workload,
            f"model.memory is {memory.text}, below the archive it is loaded from, {size.text}",
            memory,
            size,
        )


def _peak_below_mean(workload: Workload) -> Iterator[Finding]:
    peak, volume = workload.values.get("traffic.peak"), workload.values.get("traffic.volume")
    if peak is None or volume is None or volume.value.low is None or peak.value.high is None:
        return
    mean = mean_rate(volume.value.low, 168 * 3_600_000_000)
    if mean > peak.value.high:
        rate = show(Interval(mean, mean), "rate")
        yield _finding(
            workload,
            f"traffic.peak is {peak.text}, below {rate}, the mean of traffic.volume, {volume.text}",
            peak,
            volume,
        )


def _zero_without_patience(facts: Facts) -> Iterator[Finding]:
    """At zero instances the first request waits for a start."""
    values = facts.workload.values
    need = values.get("needs.scale-to-zero")
    if need is None or need.value is not True:
        return
    answer, startup = values.get("requests.answer"), values.get("model.startup")
    if answer is not None and startup is not None and _above(startup, answer):
        yield _finding(
            facts.workload,
            f"needs scale-to-zero, but model.startup takes {startup.text} and requests.answer is"
            f" {answer.text}",
            startup,
            answer,
        )
        return
    patience = values.get("requests.cold_start")
    brief = facts.book.words["requests.cold_start", "a-serverless-start"].low
    variable = facts.book.index["requests.cold_start"]
    if patience is not None and facts.high[variable] < brief:
        yield _finding(
            facts.workload,
            f"needs scale-to-zero, but requests.cold_start accepts only {patience.text}: the first"
            " request after a pause waits for a start",
            patience,
            need,
        )


def _memory_without_accelerator(workload: Workload) -> Iterator[Finding]:
    kind, memory = (
        workload.values.get("model.accelerator"),
        workload.values.get("model.accelerator_memory"),
    )
    if kind is not None and memory is not None and kind.value == "none":
        yield _finding(
            workload,
            f"model.accelerator is none, but model.accelerator_memory is {memory.text}",
            kind,
            memory,
        )
