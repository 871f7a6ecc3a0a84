"""``sm-advise.lock``: the answers that people agreed to, and why an answer is another one now."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from advisor.configuration.source import seen_from
from advisor.model.errors import InputError
from advisor.text.digest import sha256
from advisor.text.quantity_format import word

if TYPE_CHECKING:
    from advisor.catalogue.price_snapshot import Prices
    from advisor.model.advice import Advice, Step

SCHEMA = "sm-advise/lock.v1"
_DECIDING = ("requests", "traffic", "dataset", "model", "needs", "prefer", "budget", "decision")

_ASKED = ("deploy", "environment", "models", "limits", "region")
_DECIDES = ("rules", "facts", "assumed", "asked")  # what moves an answer beside the prices

_SIZES = ("InstanceType", "MemorySizeInMB")

Answer = Mapping[str, object]
ANSWERS = {"option": "option", "instance_type": "instance type", "memory_mb": "memory in MB"}
"""What people agreed to: key of an answer -> how a message calls it."""


def lock_key(lock: str, file: str, name: str) -> str:
    """What a workload is known by in a lock: its file as seen from the lock's folder, its name."""
    return f"{seen_from(lock, file)}#{name}"


def answer_of(advice: Advice) -> dict[str, object]:
    """What is kept of an answer: what was chosen, and what it rests on.

    ``facts`` are as the workload writes them, ``assumed`` those that it leaves open; ``path`` are
    the questions and the ways taken, ``against`` the rules that an option breaks, with value and
    bound; ``sized`` says how the instance type, or the serverless memory, was found; ``snapshot``,
    which prices the costs rest on; ``asked`` what else chooses the plan.
    """
    from advisor.pricing.plan_cost import prices_of

    prices = prices_of(advice.region, workload=advice.workload)
    chosen = advice.chosen
    plan = None if chosen is None else chosen.plan
    settings = () if plan is None else plan.settings
    values = sorted(advice.workload.values.items())
    return {
        "option": advice.decision.option,
        "instance_type": None if plan is None else plan.usage.instance_type,
        "memory_mb": next((e.value for e in settings if e.name == "MemorySizeInMB"), None),
        "rules": advice.rules_digest,
        "prices": advice.prices_date,
        "snapshot": {
            "region": prices.region,
            "digest": _digest(prices),
            "own": prices.own,
            "discount": prices.discount,
        },
        "facts": {path: each.text for path, each in values if path.startswith(_DECIDING)},
        "asked": {
            **{path: each.text for path, each in values if path.startswith(_ASKED)},
            "limits": advice.limits,
            "region": advice.region,
        },
        "assumed": {
            fact.fact: word(fact.value)
            for fact in advice.decision.facts
            if fact.origin == "assumed"
        },
        "path": {step.question: _answered(step) for step in advice.decision.path},
        "against": {
            verdict.rule: f"{verdict.value} (bound {verdict.broken_by or verdict.bound})"
            for candidate in advice.candidates
            for verdict in candidate.verdicts
            if verdict.outcome in ("broken", "contested", "late")
        },
        "sized": next((each.because for each in settings if each.name in _SIZES), ""),
    }


@cache
def _digest(prices: Prices) -> str:
    """By which two snapshots of one date are told apart."""
    rows = [(row.component, row.key, row.price.usd) for row in prices.rows()]
    return sha256(json.dumps(rows).encode())[:12]


def _answered(step: Step) -> str:
    facts = ", ".join(f"{fact} {word(value)}" for fact, value in step.facts.items())
    return step.way + (f", by {facts}" if facts else "")


def lock_text(answers: Mapping[str, Answer]) -> str:
    """A lock file of some answers, in the order of their names."""
    table = {"schema": SCHEMA, "workloads": {name: answers[name] for name in sorted(answers)}}
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def read_lock(path: str) -> dict[str, dict[str, object]]:
    """The answers of a lock file; empty when there is none.

    Raises:
        InputError: the file is no lock file.
    """
    try:
        with open(path, encoding="utf-8") as stream:
            table: Any = json.load(stream)
        workloads: dict[str, dict[str, object]] = table["workloads"]
        known = table["schema"] == SCHEMA and all(isinstance(e, dict) for e in workloads.values())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        known, workloads = False, {}
    if not known:
        raise InputError(f"this is no {SCHEMA}", file=path, hint="Write it with check --write-lock")
    return workloads


def merged(path: str, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers of a lock file with those of a run; of files that are gone none is kept.

    A run may see some of the locked workloads only: those of the files it read are its own.

    Raises:
        InputError: there is a file of that name that is no lock file.
    """
    folder, read = os.path.dirname(path), {key.rpartition("#")[0] for key in answers}
    kept: dict[str, Answer] = {}
    for key, answer in read_lock(path).items():
        file = key.rpartition("#")[0]
        if file not in read and os.path.isfile(os.path.join(folder, file)):
            kept[key] = answer
    return {**kept, **answers}


def moved(old: Answer, new: Answer) -> dict[str, tuple[str | None, str | None]]:
    """What an answer was and is, by the key of what differs; empty when it is the same."""
    return {
        what: (_known(old[what]), _known(new.get(what)))
        for what in ANSWERS
        if what in old and old[what] != new.get(what)
    }


def _known(value: object) -> str | None:
    return None if value is None else str(value)


def told(old: Answer, new: Answer) -> str:
    """How and why an answer is another one than it was, in a line; empty when it is the same."""
    changes = [
        f"{ANSWERS[what]} was {was or 'none'}, is {now or 'none'}"
        for what, (was, now) in moved(old, new).items()
    ]
    if not changes:
        return ""
    reasons = list(reasons_of(old, new))
    if old.get("rules") != new.get("rules"):
        reasons.append("the rules have changed since")
    return "; ".join(changes) + (": " + "; ".join(reasons) if reasons else "")


def reasons_of(old: Answer, new: Answer) -> Iterator[str]:
    """What of the workload, the rules and the prices differs, as far as the answer rests on it."""
    for fact, was, now in _differing(old, new, "facts"):
        yield f"{fact} was {was or 'not stated'}, is {now or 'not stated'}"
    stated = _table(old, "facts").keys() | _table(new, "facts").keys()
    for fact, was, now in _differing(old, new, "assumed"):
        if was and now and fact not in stated:
            yield f"{fact} was assumed to be {was}, is assumed to be {now}"
    if old.get("option") != new.get("option"):
        for question, was, now in _differing(old, new, "path"):
            if was and now and was.partition(",")[0] != now.partition(",")[0]:
                yield f"the question {question} was answered {was}; it is {now}"
        for rule, was, now in _differing(old, new, "against"):
            yield f"{rule} breaks at {now}" if now else f"{rule} no longer breaks, as at {was}"
    elif old.get("sized") and old["sized"] != new.get("sized"):
        yield f"then: {old['sized']} Now: {new.get('sized') or 'not sized'}"
    yield from _moved_prices(old, new)


def _moved_prices(old: Answer, new: Answer) -> Iterator[str]:
    then, today = _priced(old), _priced(new)
    if then == today and "snapshot" in old:
        then, today = (f"{then} ({_table(side, 'snapshot').get('digest')})" for side in (old, new))
    if then != today:
        alone = all(old.get(key) == new.get(key) for key in _DECIDES)
        yield f"the prices were {then}, are {today}" + (" and alone moved it" if alone else "")


def _priced(answer: Answer) -> str:
    """What the costs of an answer rest on: ``of 2026-11-17, your own, less 12 %``."""
    held, date = _table(answer, "snapshot"), answer.get("prices")
    return (
        f"of {date or 'no date'}"
        + (", your own" if held.get("own") else "")
        + (f", less {held['discount']} %" if held.get("discount") else "")
    )


def rests_differently(old: Answer, new: Answer) -> frozenset[str]:
    """Ids of the rules, questions, facts and types that two answers rest on differently."""
    ids = {key for what in ("assumed", "path", "against") for key, *_ in _differing(old, new, what)}
    ids |= {str(side[what]) for side in (old, new) for what in ANSWERS if side.get(what)}
    return frozenset(ids)


def _differing(old: Answer, new: Answer, what: str) -> Iterator[tuple[str, str, str]]:
    """The keys of a table of both whose texts differ; an absent one is empty."""
    before, after = _table(old, what), _table(new, what)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield key, str(before.get(key) or ""), str(after.get(key) or "")


def _table(answer: Answer, what: str) -> Mapping[str, object]:
    found = answer.get(what)
    return found if isinstance(found, dict) else {}
