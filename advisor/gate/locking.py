"""``sm-advise.lock``: the answers that people agreed to, and why an answer is another one now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from advisor.errors import InputError

if TYPE_CHECKING:
    from advisor.model import Advice

SCHEMA = "sm-advise/lock.v1"


def answer_of(advice: Advice) -> dict[str, object]:
    """What is kept of an answer: option, instance type, the rules, and what the workload said."""
    chosen = advice.chosen
    facts: Mapping[str, Any] = chosen.plan.facts if chosen is not None and chosen.plan else {}
    return {
        "option": advice.decision.option,
        "instance_type": facts.get("instance_type"),
        "rules": advice.rules_digest,
        "facts": {
            path: stated.text
            for path, stated in sorted(advice.workload.values.items())
            if path.startswith(
                ("requests", "traffic", "dataset", "model", "needs", "prefer", "budget")
            )
        },
    }


def lock_text(answers: Mapping[str, Mapping[str, object]]) -> str:
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
        if table["schema"] != SCHEMA:
            raise InputError(f"this is no {SCHEMA}", file=path)
        workloads: dict[str, dict[str, object]] = table["workloads"]
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"this is no {SCHEMA}", file=path) from None
    return workloads


def moved(old: Mapping[str, object], new: Mapping[str, object], advice: Advice) -> str:
    """Why an answer is another one than was locked; empty when it is the same."""
    changes = [
        f"{what.replace('_', ' ')} was {old.get(what) or 'none'}, is {new.get(what) or 'none'}"
        for what in ("option", "instance_type")
        if old.get(what) != new.get(what)
    ]
    if not changes:
        return ""
    reasons = _facts_moved(old, new)
    reasons += _rules_against(str(old.get("option")), advice)
    if old.get("rules") != new.get("rules"):
        reasons.append("the rules are newer than the lock")
    return "; ".join(changes) + (": " + "; ".join(reasons) if reasons else "")


def _facts_moved(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    before, after = old.get("facts"), new.get("facts")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [
        f"{path} was {before.get(path, 'not stated')}, is {after.get(path, 'not stated')}"
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def _rules_against(option: str, advice: Advice) -> list[str]:
    """The rules that the locked option breaks now."""
    for candidate in advice.candidates:
        if candidate.option == option:
            return [
                f"{verdict.rule} breaks at {verdict.value} (bound {verdict.bound})"
                for verdict in candidate.verdicts
                if verdict.outcome in ("broken", "contested")
            ]
    return []
