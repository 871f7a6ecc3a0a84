"""What ``verify`` claims of a small rulebook, compared with asking for every one of its inputs.

The rulebook of ``tests/rulebooks/small`` and many damaged copies are proved by ``verify`` and,
by the few lines below, checked at one input for every combination of cells. Both must blame the
same claims.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from advisor.engine.verify import verify
from advisor.model.options import OPTIONS
from advisor.rulebook.compile import compile_rules

SMALL = Path(__file__).resolve().parents[1] / "rulebooks" / "small"
COMPILED = compile_rules(SMALL)
HUGE = 1 << 100
NUMBERS = ("wire.payload", "requests.processing", "load.in-flight", "load.busy-share")
WORDS: dict[str, list[Any]] = {
    "requests.arrival": ["online", "batch"],
    "requests.streaming": [False, True],
    "traffic.pattern": ["sustained", "intermittent"],
    "needs.vpc": [False, True],
}
# Claims that brute force can judge; what an entry lacks is another matter.
JUDGED = ("total", "alive", "monotone", "consistent")

Rules = dict[str, Any]
Input = dict[str, Any]
Damage = Callable[[Rules], None]


# -- every input -----------------------------------------------------------------------------------


class Judged(NamedTuple):
    """One input with what the rules say of it."""

    values: Input
    path: tuple[tuple[str, bool], ...]
    leaf: Mapping[str, Any]
    broken: Mapping[str, tuple[frozenset[str], frozenset[str]]]  # in force, at the newest bounds


def judge(rules: Rules, limits: str) -> list[Judged]:
    """All inputs: of every number one value in each cell, its largest or, in the last, one more."""
    cuts = constants(rules)
    numbers = {fact: sorted({*cuts[fact], max(cuts[fact]) + 1} - {0}) for fact in NUMBERS}
    domains: dict[str, list[Any]] = {**numbers, **WORDS}
    done = []
    for each in product(*domains.values()):
        values = dict(zip(domains, each, strict=True))
        path, leaf = walk(rules, values, limits)
        broken = {
            name: (broken_by(rules, name, values, limits), broken_by(rules, name, values, "latest"))
            for name in OPTIONS
        }
        done.append(Judged(values, path, leaf, broken))
    return done


def constants(rules: Rules) -> dict[str, set[int]]:
    """Where a limit or question can change its mind: between c and c + 1."""
    cuts: dict[str, set[int]] = {fact: set() for fact in NUMBERS}
    for limit in each_limit(rules):
        for bound in (limit, *limit["also"]):
            if "at_most" in bound["bound"]:
                cuts[limit["fact"]].add(bound["bound"]["at_most"])
            if "at_least" in bound["bound"]:
                cuts[limit["fact"]].add(bound["bound"]["at_least"] - 1)
    busy = next(word for word in rules["words"] if word["id"] == "busy")
    cuts["load.busy-share"].add(busy["bounds"]["at_least"] - 1)
    return cuts


def each_limit(rules: Rules) -> Iterator[dict[str, Any]]:
    for option in rules["options"]:
        yield from option["limits"]


def walk(
    rules: Rules, values: Input, limits: str
) -> tuple[tuple[tuple[str, bool], ...], dict[str, Any]]:
    questions = {question["id"]: question for question in rules["flowchart"]["questions"]}
    target: Any = rules["flowchart"]["start"]
    path: list[tuple[str, bool]] = []
    while isinstance(target, str):
        if any(name == target for name, _ in path):
            return tuple(path), {"options": []}  # it goes in circles
        answer = holds(rules, questions[target]["when"], values, limits)
        path.append((target, answer))
        target = questions[target]["then" if answer else "otherwise"]
    return tuple(path), target


def holds(rules: Rules, condition: Any, values: Input, limits: str) -> bool:
    kind, name = condition[0], condition[1]
    if kind == "all":
        return all(holds(rules, part, values, limits) for part in name)
    if kind == "within":
        limit = next(each for each in each_limit(rules) if each["id"] == name)
        return met(rules, limit, values, limits)
    if kind == "one":
        return bool(condition[2] >> WORDS[name].index(values[name]) & 1) is condition[3]
    if kind == "need":
        return values[f"needs.{name}"] is condition[2]
    assert condition[2] == {"is": "busy"}, condition
    busy = next(word for word in rules["words"] if word["id"] == "busy")
    return bool(values[name] >= busy["bounds"]["at_least"])


def met(rules: Rules, limit: dict[str, Any], values: Input, limits: str) -> bool:
    if limit["when"] is not None and not holds(rules, limit["when"], values, limits):
        return True
    bounds = [limit]
    if limits == "latest":
        bounds = [each for each in limit["also"] if each.get("newest")] or bounds
    bound = bounds[0]["bound"]
    value = values[limit["fact"]]
    if "mask" in bound:
        return bool(bound["mask"] >> WORDS[limit["fact"]].index(value) & 1)
    return bool(bound.get("at_least", 0) <= value <= bound.get("at_most", HUGE))


def broken_by(rules: Rules, option: str, values: Input, limits: str) -> frozenset[str]:
    entry = next(each for each in rules["options"] if each["option"] == option)
    found = {limit["id"] for limit in entry["limits"] if not met(rules, limit, values, limits)}
    for feature in rules["features"]:
        needed = values[feature.get("fact") or f"needs.{feature['id']}"]
        if needed and feature["support"][option] == "unsupported":
            found.add(f"{option}-{feature['id']}")
    return frozenset(found)


# -- the claims, input by input --------------------------------------------------------------------


def mutant(name: str) -> Rules:
    """A damaged copy of the rulebook."""
    rules = copy.deepcopy(COMPILED)
    MUTANTS[name](rules)
    return rules


@cache
def blamed(name: str, limits: str) -> frozenset[str]:
    """The claims about a damaged rulebook that some input contradicts."""
    rules = mutant(name)
    inputs = judge(rules, limits)
    checks = {"total": total, "alive": alive, "monotone": monotone, "consistent": consistent}
    return frozenset(claim for claim, check in checks.items() if not check(rules, inputs))


def chosen(each: Judged) -> str | None:
    """The first clear option of the leaf, else the first that only a newer bound admits."""
    for number in (0, 1):
        for name in each.leaf["options"]:
            if not each.broken[name][number]:
                return str(name)
    return None


def total(rules: Rules, inputs: list[Judged]) -> bool:
    for each in inputs:
        explained = {*each.leaf["options"], *each.leaf.get("not", {})}
        unexplained = [
            name for name in OPTIONS if name not in explained and not each.broken[name][1]
        ]
        if not each.leaf["options"] or (chosen(each) is None and unexplained):
            return False
    return True


def alive(rules: Rules, inputs: list[Judged]) -> bool:
    answers = {step for each in inputs for step in each.path}
    names = {question["id"] for question in rules["flowchart"]["questions"]}
    if answers != {(name, way) for name in names for way in (True, False)}:
        return False
    if {chosen(each) for each in inputs} - {None} != set(OPTIONS):
        return False
    by_leaf: dict[int, set[str | None]] = {}
    for each in inputs:
        if each.leaf["options"]:  # a leaf without any is the concern of `total`
            by_leaf.setdefault(id(each.leaf), set()).add(chosen(each))
    if any(found == {None} for found in by_leaf.values()):
        return False
    alone = {
        (name, next(iter(broken)))
        for each in inputs
        for name, (_, broken) in each.broken.items()
        if len(broken) == 1
    }
    conditions = {
        (option["option"], limit["id"]) for option in rules["options"] for limit in option["limits"]
    }
    conditions |= {
        (name, f"{name}-{feature['id']}")
        for feature in rules["features"]
        for name in OPTIONS
        if feature["support"][name] == "unsupported"
    }
    return conditions <= alone


def monotone(rules: Rules, inputs: list[Judged]) -> bool:
    """Inputs come in the order of each number, so one pass per fact finds a return to usable."""
    for option in rules["options"]:
        upper = {
            limit["fact"]
            for limit in option["limits"]
            if any("at_most" in bound["bound"] for bound in (limit, *limit["also"]))
        }
        for fact in upper.intersection(NUMBERS):
            ruled_out: dict[tuple[Any, ...], bool] = {}
            for each in sorted(inputs, key=lambda each: int(each.values[fact])):
                others = tuple(value for name, value in each.values.items() if name != fact)
                broken = bool(each.broken[option["option"]][1])
                if ruled_out.get(others) and not broken:
                    return False
                ruled_out[others] = broken
    return True


def consistent(rules: Rules, inputs: list[Judged]) -> bool:
    for limit in each_limit(rules):
        newest = [each for each in limit["also"] if each.get("newest")]
        if newest and limit["bound"].get("at_most", 0) > newest[0]["bound"].get("at_most", HUGE):
            return False
    return all(any(not each.broken[name][0] for each in inputs) for name in OPTIONS)


# -- damaged rulebooks -----------------------------------------------------------------------------


def question(rules: Rules, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in rules["flowchart"]["questions"] if each["id"] == name
    )
    return found


def limit(rules: Rules, name: str) -> dict[str, Any]:
    return next(each for each in each_limit(rules) if each["id"] == name)


def swapped(name: str) -> Damage:
    def damage(rules: Rules) -> None:
        entry = question(rules, name)
        entry["then"], entry["otherwise"] = entry["otherwise"], entry["then"]

    return damage


def asked_again(name: str, other: str) -> Damage:
    def damage(rules: Rules) -> None:
        question(rules, name)["when"] = question(rules, other)["when"]

    return damage


def led_to(name: str, side: str, target: Any) -> Damage:
    def damage(rules: Rules) -> None:
        question(rules, name)[side] = target

    return damage


def without_option(name: str, side: str, option: str) -> Damage:
    def damage(rules: Rules) -> None:
        question(rules, name)[side]["options"].remove(option)

    return damage


def bounded(name: str, **bound: int) -> Damage:
    def damage(rules: Rules) -> None:
        limit(rules, name).update(bound, bound=bound)

    return damage


def also_limited(option: str, **entry: Any) -> Damage:
    def damage(rules: Rules) -> None:
        target = next(each for each in rules["options"] if each["option"] == option)
        template = copy.deepcopy(target["limits"][-1])
        template |= {"id": f"{option}-new", "also": [], "when": None} | entry | entry["bound"]
        target["limits"].append(template)

    return damage


def renewed(name: str, **bound: int) -> Damage:
    def damage(rules: Rules) -> None:
        newest = [each for each in limit(rules, name)["also"] if each.get("newest")]
        newest[0]["bound"] = bound

    return damage


def supported(feature: str, option: str, support: str) -> Damage:
    def damage(rules: Rules) -> None:
        entry = next(each for each in rules["features"] if each["id"] == feature)
        entry["support"][option] = support

    return damage


def only_contested(rules: Rules) -> None:
    """Real-time is never ruled out where its newest bounds hold, and stands before asynchronous."""
    entry = next(each for each in rules["options"] if each["option"] == "real-time")
    entry["limits"] = [entry["limits"][0], entry["limits"][1] | {"bound": {"at_most": HUGE}}]
    entry["limits"][0]["also"][0]["bound"] = {"at_most": HUGE}
    for name, side in (("synchronous", "otherwise"), ("busy", "then"), ("gaps", "otherwise")):
        question(rules, name)[side] = {"options": ["real-time", "asynchronous", "serverless"]}


QUESTIONS = ("batch", "streaming", "synchronous", "busy", "gaps")
SECOND = 1_000_000
STREAMED = ["one", "requests.streaming", 0b10, True]
MUTANTS: dict[str, Damage] = {
    "as-it-is": lambda rules: None,
    **{f"{name}-swapped": swapped(name) for name in QUESTIONS},
    **{
        f"{name}-asks-what-{other}-asks": asked_again(name, other)
        for name in QUESTIONS[1:]
        for other in QUESTIONS
        if name != other
    },
    **{
        f"{name}-leads-to-{target}": led_to(name, side, target)
        for name, side, target in (
            ("batch", "then", "streaming"),
            ("batch", "then", "busy"),
            ("streaming", "then", "gaps"),
            ("gaps", "otherwise", "batch"),
            ("gaps", "then", "gaps"),
            ("streaming", "otherwise", "gaps"),
        )
    },
    "a-leaf-without-options": led_to("gaps", "then", {"options": []}),
    "batch-without-reasons": led_to("batch", "then", {"options": ["batch-transform", "real-time"]}),
    "batch-to-itself-only": led_to("batch", "then", {"options": ["batch-transform"], "not": {}}),
    **{
        f"{name}-{side}-without-{option}": without_option(name, side, option)
        for name, side, option in (
            ("batch", "then", "batch-transform"),
            ("batch", "then", "real-time"),
            ("streaming", "then", "real-time"),
            ("streaming", "then", "serverless"),
            ("synchronous", "otherwise", "asynchronous"),
            ("synchronous", "otherwise", "real-time"),
            ("busy", "then", "real-time"),
            ("busy", "then", "asynchronous"),
            ("busy", "then", "serverless"),
            ("gaps", "then", "serverless"),
            ("gaps", "then", "real-time"),
            ("gaps", "otherwise", "real-time"),
            ("gaps", "otherwise", "asynchronous"),
        )
    },
    "tight-payload": bounded("real-time-payload", at_most=1),
    "loose-payload": bounded("real-time-payload", at_most=8),
    "looser-than-the-newest": bounded("real-time-payload", at_most=10),
    "newest-below-the-one-in-force": renewed("asynchronous-processing", at_most=3 * SECOND),
    "payload-at-least": bounded("serverless-payload", at_least=2),
    "time-at-least-too": also_limited(
        "asynchronous", fact="requests.processing", bound={"at_least": 2 * SECOND}
    ),
    "time-at-least-when-streamed": also_limited(
        "real-time", fact="requests.processing", bound={"at_least": 2 * SECOND}, when=STREAMED
    ),
    "no-time-left": also_limited(
        "serverless", fact="requests.processing", bound={"at_least": 3 * SECOND}
    ),
    "said-twice": also_limited("serverless", fact="wire.payload", bound={"at_most": 4}),
    "said-more-strictly": also_limited("serverless", fact="wire.payload", bound={"at_most": 3}),
    "never-binding": also_limited("asynchronous", fact="wire.payload", bound={"at_most": 500}),
    "never-binding-when-streamed": also_limited(
        "asynchronous", fact="wire.payload", bound={"at_most": 3}, when=STREAMED
    ),
    "asynchronous-only-where-real-time-is-contested": only_contested,
    "nobody-streams": supported("response-streaming", "real-time", "unsupported"),
    "no-network-anywhere": supported("vpc", "asynchronous", "unsupported"),
    "jobs-may-stream": supported("response-streaming", "batch-transform", "supported"),
}


@pytest.mark.parametrize("limits", ["safe", "latest"])
@pytest.mark.parametrize("name", MUTANTS)
def test_verify_blames_what_brute_force_blames(name: str, limits: str) -> None:
    problems = [each for each in verify(mutant(name), limits).problems if each.claim in JUDGED]
    assert {problem.claim for problem in problems} == blamed(name, limits), problems


def test_the_mutants_break_every_claim_and_some_break_none() -> None:
    found = [blamed(name, "safe") for name in MUTANTS]
    assert frozenset().union(*found) == set(JUDGED)
    assert frozenset() in found
