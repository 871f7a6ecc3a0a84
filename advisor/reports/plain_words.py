"""The plain words of rules for what an answer names by id: facts, reasons, findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from advisor.engine.standing import CHOSEN, bound
from advisor.model.advice import Advice, Candidate, Reason, Step
from advisor.rulebook.load import book_for
from advisor.text.quantity_format import few_digits, word

KEY = re.compile(r"\b(?:[a-z]+\.[a-z_-]+(?:\.(?:typical|p99|max))?|region|prefer)\b")
_PARTS = {"typical": "typical ", "p99": "p99 of the ", "max": "largest "}


class Words:
    """Words from the rulebook of one answer. No id and no key path is among them."""

    def __init__(self, advice: Advice) -> None:
        book = book_for(advice.workload, advice.limits)
        raw = book.raw
        self._kinds = {name: fact.kind for name, fact in book.fact.items() if not fact.discrete}
        self._limit_kinds = {
            name: limit.kind for name, limit in book.limit.items() if not limit.discrete
        }
        self._titles: dict[str, str] = {
            **raw["findings"],
            **{each["id"]: each["title"] for each in raw["cautions"]},
        }
        self.unchecked: dict[str, str] = {
            each["id"]: each["assumes"] for each in raw["cautions"] if "assumes" in each
        }
        self._facts: dict[str, str] = {
            **{each["id"]: each["short"] for each in raw["facts"]},
            **{each["id"]: lowered(each["title"]) for each in raw["derived"]},
            **{f"needs.{each['id']}": each["short"] for each in raw["features"]},
        }
        self._limits: dict[str, str] = {
            limit["id"]: limit["short"]
            for option in raw["options"]
            for limit in option["limits"]
            if "short" in limit
        }
        self._assumed = {each.fact: word(each.assumed) for each in advice.decision.unknowns}
        self._questions = {each["id"]: each for each in raw["flowchart"]["questions"]}

    def fact(self, path: str) -> str:
        """A fact in a few words: model time, largest request."""
        base, _, part = path.rpartition(".")
        if part in _PARTS:
            return _PARTS[part] + self.fact(base)
        return self._facts.get(path) or path.rpartition(".")[2].replace("_", " ")

    def value(self, path: str, value: object) -> str:
        """A fact with its value: model time 100 ms, no streaming."""
        text, name = self.short(path, word(value)), self.fact(path)
        if text in ("true", "false"):
            return name if text == "true" else f"no {name}"
        return f"{name} {text}"

    def short(self, path: str, value: str) -> str:
        """A value of a fact in a few digits."""
        base, _, part = path.rpartition(".")
        kind = self._kinds.get(base if part in _PARTS else path)
        return few_digits(value, kind) if kind else value

    def plain(self, text: str) -> str:
        """A text with the words of facts in place of their key paths."""
        return KEY.sub(lambda key: self.fact(key[0]) if self._known(key[0]) else key[0], text)

    def _known(self, path: str) -> bool:
        base, _, part = path.rpartition(".")
        return (base if part in _PARTS else path) in self._facts

    def finding(self, rule: str, message: str) -> str:
        """What a finding is about."""
        return self._titles.get(rule) or self.plain(message.partition(". ")[0].rstrip("."))

    def leaf(self, step: Step) -> Mapping[str, Any]:
        """The end of the flowchart to which a question led."""
        found = self._questions[step.question]["then" if step.taken else "otherwise"]
        return found if isinstance(found, dict) else {}

    def reasons(self, candidate: Candidate, steps: Iterable[Step]) -> list[str]:
        """Every reason of a standing as a phrase; values that would choose it are told in one."""
        asked = {each.question: each for each in steps}
        choosing: list[str] = []
        done = []
        for each in candidate.standing.reasons:
            if each.kind == "fact":
                choosing.append(self.fact(each.rule))
            else:
                done.append(self._reason(each, candidate, asked))
        if choosing:
            done.insert(0, f"wins by another {', '.join(choosing)}")
        return [each for each in dict.fromkeys(done) if each]

    def _reason(self, reason: Reason, candidate: Candidate, asked: Mapping[str, Step]) -> str:
        verdict = reason.verdict
        if reason.kind == "question":
            if candidate.standing.standing == CHOSEN:
                return ""
            leaf = self.leaf(asked[reason.rule])
            short: Mapping[str, str] = {**leaf.get("not", {}), **leaf.get("lower", {})}
            return lowered(short.get(candidate.option, reason.text).rstrip("."))
        if reason.kind == "need" and verdict is not None:
            assumed = " (assumed)" if reason.assumed else ""
            return f"no {self.fact('needs.' + verdict.rule[len(candidate.option) + 1 :])}{assumed}"
        if reason.kind == "limit" and verdict is not None:
            if verdict.rule in self._limits:
                return self._limits[verdict.rule]
            kind = self._limit_kinds.get(verdict.rule)
            value = few_digits(reason.value, kind) if kind else reason.value
            return lowered(f"{verdict.title} {value}, limit {bound(verdict)}")
        if reason.kind == "decision":
            chosen = candidate.standing.standing == CHOSEN
            return "as decided" if chosen else "the rules would choose it"
        what, comma, wanted = self.plain(reason.text).partition(", ")
        return lowered(what) + (f" ({wanted.replace(' is ', ' ')})" if comma else "")

    def conditions(self, candidate: Candidate) -> Iterator[str]:
        """Values of unstated facts with which an option would be chosen."""
        for each in candidate.standing.reasons:
            if each.kind == "fact":
                value = each.value.partition(" or ")[0]
                stated = " stated" if value == self._assumed.get(each.rule) else ""
                yield f"wins with {self.value(each.rule, value)}{stated}"


def lowered(text: str) -> str:
    """A title within a sentence: its first letter is small, unless it begins a name."""
    name = text[1:2].isupper() or any(map(str.isupper, text.partition(" ")[0][1:]))
    return text if name else text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """The beginning of a sentence."""
    return text[:1].upper() + text[1:]
