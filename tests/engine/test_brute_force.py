"""A small rulebook with tiny bounds, answered by hand for every cell and compared with the engine.

``by_hand`` is the whole rulebook of ``tests/rulebooks/small`` as one plain function. Whatever the
engine says of neighbours is compared with asking that function for every value of a grid, on which
each cell of each fact has its first and its last value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.engine.sensitivity import MOST_FIXES, decisive_unknowns, fixes, would_change
from advisor.model.workload import Workload
from advisor.rulebook.compile import compile_rules
from advisor.rulebook.resolve import resolve
from advisor.text.quantity import parse
from advisor.workload import read_workloads

SMALL = Path(__file__).resolve().parents[1] / "rulebooks" / "small"
COMPILED = compile_rules(SMALL)
BOOKS = {limits: resolve(COMPILED, limits) for limits in ("safe", "latest")}

Stated = dict[
    str, Any
]  # key path -> value: bytes, seconds, calls an hour, hours a day, words, flags

# Every fact that decides, with its grid: both ends of each cell, for whatever the others are.
GRID: dict[str, tuple[Any, ...]] = {
    "requests.arrival": ("online", "batch"),
    # Bounds 4, 6, 9 and 12; in base64 a third more, in whole threes: 3, 3, 6 and 9.
    "requests.payload": (1, 3, 4, 5, 6, 7, 9, 10, 12, 13, 100),
    "requests.encoding": ("binary", "base64"),
    # Bounds 2, 3, 4, 8 and 9 s; busy from 1440 call seconds an hour: 0.96, 1 and 3.6 s at 1500,
    # 1440 and 400 an hour; two in flight at 4.8 and 5 s for those.
    "requests.processing": (
        "0.1", "0.95", "0.96", "0.99", 1, "1.01", 2, "2.01", 3, "3.01", "3.59", "3.6", 4, "4.01", 8,
        "8.01", 9, "9.01", 30,
    ),
    "requests.streaming": (False, True),
    "traffic.pattern": ("sustained", "intermittent"),
    # Rare up to 10; busy from 1440 by 1 s, 720 by 2 s, 1500 by 0.96 s, 480 by 3 s, 288 by 5 s, 160
    # by 9 s; two in flight at 7200 by 1 s, 3600 by 2 s; in one hour a day at a 24th of that.
    "traffic.volume": (
        1, 10, 11, 20, 159, 160, 161, 287, 288, 300, 301, 400, 480, 481, 719, 720, 1439, 1440, 3600,
        3601, 7200, 7201, 72_000, 72_001, 100_000,
    ),
    # Two in flight: 10, 400 and 1500 calls an hour of 0.96 s at 0.032, 1.28 and 4.8 hours a day.
    "traffic.active": ("0.0001", "0.03", "0.04", 1, 2, 4, 5, 24),
    "needs.vpc": (True,),
}  # fmt: skip
UNITS = {
    "requests.payload": "{} B",
    "requests.processing": "{} s",
    "traffic.volume": "{}/h",
    "traffic.active": "{} h/day",
}
# How hard a change is, as tests/rulebooks/small/assumptions.yaml says; the rest nobody can change.
CHANGEABLE = {
    "requests.arrival", "requests.payload", "requests.encoding", "requests.processing",
    "requests.streaming", "needs.vpc",
}  # fmt: skip


# -- the rulebook by hand --------------------------------------------------------------------------


def by_hand(stated: Mapping[str, Any], limits: str = "safe") -> str | None:
    """The answer of the small rulebook."""
    get = stated.get
    payload, time = get("requests.payload", 3), Fraction(get("requests.processing", 1))
    wire = ceil(payload / 3) * 4 if get("requests.encoding") == "base64" else payload
    streaming, volume = get("requests.streaming", False), get("traffic.volume", 20)
    rare = "traffic.volume" in stated and volume <= 10
    pattern = get("traffic.pattern", "intermittent" if rare else "sustained")
    # Calls a second: at least the mean while there is traffic.
    peak = volume * 24 / (Fraction(get("traffic.active", 24)) * 3600)
    vpc = get("needs.vpc", False)
    batch = get("requests.arrival") == "batch"

    longest = 3 if streaming else 2
    newer = limits == "latest"
    within = wire <= (9 if newer else 6) and (streaming or time <= 2)
    status = {
        "batch-transform": (batch and time <= 9 and not streaming,) * 2,
        "asynchronous": (
            wire <= 12 and time <= (8 if newer else 4) and not streaming,
            wire <= 12 and time <= 8 and not streaming,
        ),
        "serverless": (wire <= 4 and time <= 2 and peak * time <= 2 and not vpc,) * 2,
        "real-time": (
            wire <= (9 if newer else 6) and time <= longest,
            wire <= 9 and time <= longest,
        ),
    }
    if batch:
        leaf = ["batch-transform", "real-time"]
    elif streaming:
        leaf = ["real-time", "serverless"]
    elif not within:
        leaf = ["asynchronous", "real-time"]
    elif volume * time >= 1440:  # 40 % of the 3600 seconds of an hour
        leaf = ["real-time", "asynchronous", "serverless"]
    elif pattern == "intermittent":
        leaf = ["serverless", "real-time", "asynchronous"]
    else:
        leaf = ["real-time", "serverless", "asynchronous"]
    clear = [name for name in leaf if status[name][0]]
    contested = [name for name in leaf if status[name][1]]
    return next(iter(clear or contested), None)


def text(path: str, value: Any) -> str:
    """A value as the workload file states it."""
    if isinstance(value, bool):
        return str(value).lower()
    return UNITS.get(path, "{}").format(value)


def workload(stated: Stated, *changes: tuple[str, str]) -> Workload:
    """What is stated as a file, through the real reader."""
    settings = [(path, text(path, value)) for path, value in stated.items()]
    features = ("vpc",)
    (read,) = read_workloads(b"name: small", "small.yaml", [*settings, *changes], features)
    return read


def around(stated: Stated, limits: str = "safe") -> Neighbourhood:
    return Neighbourhood(Facts(BOOKS[limits], workload(stated)))


def every_workload(step: int) -> Iterator[Stated]:
    """Of all combinations of some values of each fact, or silence, each ``step``-th."""
    some: dict[str, tuple[Any, ...]] = {
        "requests.payload": (3, 5, 7, 10, 13),
        "requests.encoding": ("base64",),
        "requests.processing": ("0.96", "2.01", "3.6", 8, 30),
        "requests.streaming": (False, True),
        "traffic.pattern": ("intermittent",),
        "traffic.volume": (10, 400, 1500),
        "traffic.active": (1,),
        "needs.vpc": (True,),
    }
    silent = object()
    choices = [GRID["requests.arrival"], *((silent, *values) for values in some.values())]
    for number, values in enumerate(product(*choices)):
        if number % step == 0:
            pairs = zip(("requests.arrival", *some), values, strict=True)
            yield {path: value for path, value in pairs if value is not silent}


# -- the answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", ["safe", "latest"])
def test_every_cell_gets_the_answer_found_by_hand(limits: str) -> None:
    seen = set()
    for stated in every_workload(7):
        answer = by_hand(stated, limits)
        assert around(stated, limits).option == answer, stated
        seen.add(answer)
    assert seen == {"batch-transform", "asynchronous", "serverless", "real-time", None}


# -- neighbours ------------------------------------------------------------------------------------


def answers(stated: Stated, path: str) -> dict[Any, str | None]:
    """The answer by hand at every value of one fact."""
    return {value: by_hand({**stated, path: value}) for value in GRID[path]}


def base(path: str, value: Any) -> int:
    """A value of the grid in base units."""
    kind = BOOKS["safe"].fact[path].kind
    low = parse(text(path, value), kind).low
    assert low is not None
    return low


def lies_in(path: str, value: Any, shown: str) -> bool:
    """Whether a value of the grid is what a text of the engine stands for, or among it."""
    fact = BOOKS["safe"].fact[path]
    if fact.discrete:
        return text(path, value) == shown
    low, high = parse(shown, fact.kind)
    return (low or 0) <= base(path, value) and (high is None or base(path, value) <= high)


def unstated(stated: Stated) -> list[str]:
    return [path for path in GRID if path not in stated and not path.startswith("needs.")]


def test_decisive_unknowns_are_those_found_by_hand() -> None:
    decisive = 0
    for stated in every_workload(11):
        here = around(stated)
        listed = {unknown.fact: unknown for unknown in decisive_unknowns(here)}
        for path in unstated(stated):
            found = answers(stated, path)
            differs = set(found.values()) != {here.option}
            if not differs and path in listed:
                # The grid is fine enough: what the engine lists differs on it.
                raise AssertionError((stated, path, listed[path]))
            if differs:
                decisive += 1
                assert path in listed, (stated, path, found)
                check_outcomes(stated, path, listed[path].outcomes, found)
    assert decisive > 500


def check_outcomes(
    stated: Stated, path: str, outcomes: Mapping[str, str | None], found: Mapping[Any, str | None]
) -> None:
    """The narrowest text that holds a value names its answer, and every answer is named."""
    assert set(outcomes.values()) == set(found.values()), (stated, path)
    for value, answer in found.items():
        # One-sided texts overlap; the last that holds the value is the one of its cell.
        texts = [shown for shown in outcomes if lies_in(path, value, shown)]
        assert texts, (stated, path, value)
        last = texts[-1] if not texts[-1].startswith("<") else texts[0]
        assert outcomes[last] == answer, (stated, path, value, outcomes)


def test_what_would_change_is_what_changes_by_hand() -> None:
    for stated in every_workload(11):
        here = around(stated)
        changes = {change.fact: change for change in would_change(here)}
        for path, value in stated.items():
            if path == "needs.vpc":
                without = {key: each for key, each in stated.items() if key != path}
                expected = by_hand(without)
                assert (path in changes) == (expected != here.option), stated
                continue
            found = answers(stated, path)
            others = [each for each, answer in found.items() if answer != here.option]
            assert (path in changes) == bool(others), (stated, path, found)
            if others:
                change = changes[path]
                at = nearest(path, value, others, change.to)
                assert found[at] == change.option, (stated, change)
        assert not changes.keys() - stated.keys()


def nearest(path: str, value: Any, others: list[Any], shown: str) -> Any:
    """The first value beyond the stated one that changes the answer, on the side that is shown."""
    if BOOKS["safe"].fact[path].discrete:
        return next(each for each in others if lies_in(path, each, shown))
    here = base(path, value)
    low, high = parse(shown, BOOKS["safe"].fact[path].kind)
    upward = high is None or (low is not None and low > here)
    side = [each for each in others if (base(path, each) > here) is upward]
    first = min(side, key=lambda each: abs(base(path, each) - here))
    assert lies_in(path, first, shown), (path, value, first, shown)
    # What lies on the other side is further, by the ratio.
    edge = low if upward else high
    assert edge is not None
    ratio = max(edge, here) / min(edge, here)
    for each in others:
        if (base(path, each) > here) is not upward:
            other = max(base(path, each), here) / min(base(path, each), here)
            assert other >= ratio, (path, value, shown, each)
    return first


def test_fixes_are_the_smallest_changes_found_by_hand() -> None:
    sizes = set()
    for stated in every_workload(11):
        here = around(stated)
        if here.option is not None:
            assert by_hand(stated) is not None
            continue
        given = {
            (frozenset(change.fact for change in fix.changes), fix.option) for fix in fixes(here)
        }
        expected = smallest_changes(stated)
        size = min((len(facts) for facts, _ in expected), default=0)
        sizes.add(size)
        # Facts outside the grid can help as well: fewer requests in flight, say.
        inside = {(facts, option) for facts, option in given if facts <= CHANGEABLE}
        assert inside <= expected, (stated, inside, expected)
        assert {len(facts) for facts, _ in given} == ({size} if size else set()), stated
        if len(given) < MOST_FIXES:
            assert {facts for facts, _ in expected} == {facts for facts, _ in inside}, stated
    assert sizes == {1, 2}


def smallest_changes(stated: Stated) -> set[tuple[frozenset[str], str | None]]:
    """All changes of one fact that give an answer, else of two."""
    for size in (1, 2):
        found: set[tuple[frozenset[str], str | None]] = set()
        for paths in combinations(sorted(CHANGEABLE), size):
            if "needs.vpc" in paths and "needs.vpc" not in stated:
                continue
            grids = [(False,) if path == "needs.vpc" else GRID[path] for path in paths]
            for values in product(*grids):
                answer = by_hand({**stated, **dict(zip(paths, values, strict=True))})
                if answer is not None:
                    found.add((frozenset(paths), answer))
        if found:
            return found
    return set()


@pytest.mark.parametrize("path", ["requests.payload", "requests.processing", "traffic.volume"])
def test_the_grid_has_values_on_both_sides_of_every_constant(path: str) -> None:
    """For the rules' own constants; those solved from them stand beside the grid."""
    book = BOOKS["safe"]
    grid = [base(path, value) for value in GRID[path]]
    read = {book.index[path], book.index.get(f"wire.{path.partition('.')[2]}", -1)}
    cuts = [cut for variable, each in book.cuts.items() if variable in read for cut in each]
    assert cuts
    for cut in cuts:
        assert min(grid) <= cut < max(grid)
