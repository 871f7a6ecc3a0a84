"""Findings about stated facts that contradict each other; each names both places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from advisor.catalogue.regions import AT_HOME, named_places, partition_of
from advisor.engine import one_load
from advisor.engine.facts import Facts
from advisor.model.options import SERVERLESS
from advisor.model.workload import (
    LARGEST_FIRST,
    PARTS,
    Finding,
    Interval,
    Stated,
    Workload,
)
from advisor.rulebook.types import INFINITY
from advisor.text.quantity import WHOLE, show, time_covered

_TRIPLES = ("requests.payload", "requests.response", "requests.processing")
# Facts of which the first must not be above the second, and what to say when it is: the larger as
# `first`, the smaller as `second`, both as they were written.
_ORDERED = (
    (
        ("requests.processing", *("requests.processing" + part for part in PARTS)),
        "requests.answer",
        "{first.path} is {first.text}, longer than requests.answer, {second.text}",
    ),
    (
        ("requests.first_byte",),
        "requests.answer",
        "requests.first_byte is {first.text}, longer than requests.answer, {second.text}",
    ),
    (
        ("model.size",),
        "model.memory",
        "model.memory is {second.text}, below model.size, {first.text}",
    ),
)
# What keeps a load together, what to say where stated facts break it, and which ones.
_LOAD: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (
        one_load.MEAN_WITHIN_PEAK,
        "the peak is below the mean of the volume: {said}",
        ("traffic.peak", "traffic.volume", "traffic.active"),
    ),
    (
        one_load.PEAK_WITHIN_BURST,
        "the peak is more than {limit} times the mean, unusual for such traffic: {said}",
        ("traffic.peak", "traffic.volume", "traffic.active", "traffic.pattern"),
    ),
    (
        one_load.IN_PROGRESS,
        "requests in progress are rate times time, within a factor of {spread}: {said}",
        ("traffic.concurrent", "traffic.peak", "requests.processing"),
    ),
)


def conflicts(facts: Facts) -> tuple[Finding, ...]:
    """Contradictions among stated facts; none of them prevents an answer."""
    workload = facts.workload
    return (
        *_among_facts(facts),
        *_memory_without_accelerator(workload),
        *_listed_models(workload),
        *_other_regions(workload),
        *_unknown_region(facts),
    )


def _among_facts(facts: Facts) -> Iterator[Finding]:
    """Contradictions of facts that rules read, those of ``_TOGETHER`` among them."""
    for base in _TRIPLES:
        yield from _triple(facts, base)
    for larger, smaller, message in _ORDERED:
        yield from _out_of_order(facts, larger, smaller, message)
    yield from _load(facts)
    yield from _beyond_windows(facts.workload)
    yield from _zero_without_patience(facts)


# What is said of another fact is void once a fact is changed at all: its partners below. Others are
# contradicted by some values only, and `conflicts` tells.
_VOID: Mapping[str, tuple[str, ...]] = {
    "requests.arrival": ("requests.answer", "requests.first_byte"),
    "requests.streaming": ("requests.first_byte",),
    "model.accelerator": (
        "model.accelerator_memory",
        "model.measured_on",
        "requests.processing",
        "model.throughput",
    ),
}
# Facts that may contradict each other; the parts of one quantity may as well.
_TOGETHER = (
    {"requests.processing", "requests.answer", "requests.first_byte", "model.startup"},
    {"requests.cold_start", "needs.scale-to-zero"},
    {"traffic.peak", "traffic.volume", "traffic.active", "traffic.concurrent"},
    {"requests.processing", "traffic.peak", "traffic.concurrent"},
    {"model.size", "model.memory"},
)


def contradicted(facts: Facts, changes: Sequence[Stated], option: str | None) -> tuple[str, ...]:
    """The other stated facts that do not hold with some changes: contradicted, or void.

    Times that were measured on an instance are void on other hardware.

    Args:
        facts: of the workload.
        changes: what is stated instead.
        option: the answer with the changes.
    """
    workload = facts.workload
    found = [each for change in changes for each in _VOID.get(change.path, ())]
    if option == SERVERLESS:
        found.append("model.measured_on")
    broken = [stated.path for each in found if (stated := workload.stated(each)) is not None]
    changed = {each.path: each for each in changes}
    if any(_speaks_of_another(workload, path) for path in changed):
        moved = Facts(facts.book, workload._replace(values={**workload.values, **changed}))
        known = {each.message for each in _among_facts(facts)}
        messages = (each.message for each in _among_facts(moved))
        new = " ".join(each for each in messages if each not in known)
        named = {word.strip(".,:;()") for word in new.split()}
        needs = {f"needs.{name}" for name in named if f"needs {name}" in new}
        broken += [path for path in workload.values if path in named | needs]
    return tuple(dict.fromkeys(each for each in broken if each not in changed))


def _speaks_of_another(workload: Workload, path: str) -> bool:
    """Whether another stated fact may contradict a value of a key."""
    if path.endswith(PARTS):
        return True
    return any(
        path in group and any(workload.stated(other) for other in group if other != path)
        for group in _TOGETHER
    )


def _finding(workload: Workload, message: str, first: Stated, second: Stated) -> Finding:
    places = f" (lines {first.line} and {second.line})" if first.line and second.line else ""
    return Finding(
        rule="conflict",
        severity="warning",
        message=message + places,
        file=workload.file,
        line=first.line,
        column=first.column,
        fix="Change one of the two so that they agree. Until then the stricter one counts.",
    )


def _above(facts: Facts, first: Stated, second: Stated) -> bool:
    """Whether the smallest possible value of one is above the largest of the other."""
    left, right = _range(facts, first), _range(facts, second)
    return left.low is not None and right.high is not None and left.low > right.high


def _range(facts: Facts, item: Stated) -> Interval:
    """A quantity as it was read, a word as the interval it stands for."""
    if isinstance(item.value, Interval):
        return item.value
    fact = item.path.rpartition(".")[0] if item.path.endswith(PARTS) else item.path
    word = facts.book.words[fact, item.value]
    return Interval(word.low, None if word.high >= INFINITY else word.high)


def _triple(facts: Facts, base: str) -> Iterator[Finding]:
    workload = facts.workload
    stated = [
        (name, item) for name in PARTS if (item := workload.values.get(base + name)) is not None
    ]
    for (lower, first), (upper, second) in pairwise(stated):
        if _above(facts, first, second):
            yield _finding(
                workload,
                f"{base}{lower} is {first.text}, above {base}{upper}, {second.text}",
                first,
                second,
            )


def _out_of_order(
    facts: Facts, larger: tuple[str, ...], smaller: str, message: str
) -> Iterator[Finding]:
    """Of several ways to state the larger fact any counts, a largest one only where it is alone.

    A measured one is no contradiction of the file's; `measured-slow` tells of it.
    """
    workload = facts.workload
    ways = [item for path in larger if (item := workload.values.get(path))]
    second = workload.values.get(smaller)
    usual = [each for each in ways if not each.path.endswith(LARGEST_FIRST[1])] or ways
    first = next((each for each in usual if second and _above(facts, each, second)), None)
    if workload.measured is not None and first is not None and first.path in workload.measured.keys:
        return
    if first is not None and second is not None and not workload.is_told(first.path):
        yield _finding(workload, message.format(first=first, second=second), first, second)


def _load(facts: Facts) -> Iterator[Finding]:
    """What was dropped because the stated facts of the load leave nothing of it."""
    rules = facts.book.load
    for bit, message, names in _LOAD:
        if facts.dropped & bit:
            read = dict.fromkeys(names)
            if not facts.is_stated("traffic.peak"):  # its bounds come from requests in progress
                read |= dict.fromkeys(("traffic.concurrent", "requests.processing"))
            stated = [each for name in read if (each := facts.workload.stated(name)) is not None]
            said = " and ".join(f"{each.path}, {each.text}" for each in stated)
            limit = rules.bursts[facts.point[rules.pattern]]
            text = message.format(said=said, limit=limit, spread=rules.spread)
            yield _finding(facts.workload, text, stated[0], stated[-1])
    values = facts.workload.values
    usual, tail = (values.get("requests.processing" + part) for part in PARTS[:2])
    if usual is not None and tail is not None:
        from advisor.modelling.queueing.service_times import WIDEST

        low, high = facts.point[facts.book.typical_processing], facts.point[facts.book.tail]
        if high > low * WIDEST:
            message = f"{tail.path}, {tail.text}, is more than {WIDEST} times the typical time"
            yield _finding(facts.workload, f"{message}, {usual.text}", tail, usual)._replace(
                rule="processing-spread",
                fix=f"The mean is taken at {WIDEST} times. State both, measured on one machine.",
            )


def _beyond_windows(workload: Workload) -> Iterator[Finding]:
    """More time with traffic than the windows cover; where it follows from them, it is the same."""
    windows, active = workload.values.get("traffic.windows"), workload.values.get("traffic.active")
    if windows is None or active is None or not windows.value:
        return
    covered = time_covered(windows.value)
    if (active.value.low or 0) > covered:
        time = show(Interval(covered, covered), "share")
        message = f"traffic.active is {active.text}, but traffic.windows cover only {time}"
        yield _finding(workload, message, active, windows)


def _zero_without_patience(facts: Facts) -> Iterator[Finding]:
    """At zero instances the first request waits for a start."""
    values = facts.workload.values
    need = values.get("needs.scale-to-zero")
    if need is None or need.value is not True:
        return
    answer, startup = values.get("requests.answer"), values.get("model.startup")
    if answer is not None and startup is not None and _above(facts, startup, answer):
        yield _finding(
            facts.workload,
            f"needs scale-to-zero, but model.startup takes {startup.text} and requests.answer is"
            f" {answer.text}",
            startup,
            answer,
        )
        return
    patience = values.get("requests.cold_start")
    if patience is not None and facts.point[facts.book.index["wait.serverless"]] > WHOLE:
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


def _listed_models(workload: Workload) -> Iterator[Finding]:
    """Compare the list with the count of models, and the sum of shares with 100 %."""
    listed = workload.values.get("models")
    if listed is None:
        return
    number, count = len(listed.value), workload.values["model.count"]
    low, high = count.value
    if (low or 0) > number or (high is not None and high < number):
        message = f"model.count is {count.text}, but models lists {number}"
        yield _finding(workload, message, count, listed)
    shares = [model["share"].low or 0 for model in listed.value if "share" in model]
    if sum(shares) > WHOLE:
        total = show(Interval(sum(shares), sum(shares)), "percent")
        message = f"the shares of models add up to {total}, more than 100 %"
        yield _finding(workload, message, listed, listed)


def _other_regions(workload: Workload) -> Iterator[Finding]:
    """Compare images, topics and keys with the Region, and every ARN with its partition.

    Where no Region is stated the first address that names one counts.
    """
    home = workload.values.get("region")
    region = home.value if home is not None else ""
    partition, first = partition_of(region) if home is not None else "", home
    for stated, text, place in named_places(workload.values.values()):
        at_home = place.region if place.service in AT_HOME else ""
        if home is None and at_home:
            home, region = stated, place.region
        if first is None:
            first, partition = stated, place.partition
        if place.partition != partition:
            said = f"{stated.path} is in the partition {place.partition} ({text})"
            yield _elsewhere(workload, said, stated, first, partition)
        elif home is not None and at_home not in ("", region):
            said = f"{stated.path} is in {place.region} ({text})"
            yield _elsewhere(workload, said, stated, home, region)


def _elsewhere(workload: Workload, said: str, stated: Stated, home: Stated, place: str) -> Finding:
    """AWS refuses what is in another place, as ``sm-advise check`` says of the requests."""
    of = home.value if home.path == "region" else f"in {place}"
    found = _finding(workload, f"{said}, but {home.path} is {of}", stated, home)
    return found._replace(severity="error", fix="Name things of one Region, or another Region.")


def _unknown_region(facts: Facts) -> Iterator[Finding]:
    """Say of a Region that the rules do not name what is not known of it."""
    region = facts.region
    if region is not None and region not in facts.book.raw["regions"]["regions"]:
        yield Finding(
            "region-unknown",
            "warning",
            f"{region} is not a Region that sm-advise knows; its prices and what is sold there"
            " are unknown",
            *facts.workload.place("region"),
            "Correct region, or look up there what the plan needs before you deploy.",
        )
