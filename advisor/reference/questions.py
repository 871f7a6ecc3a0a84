"""The questions of `init`, from rules/questions.yaml; and which keys a typed answer may be for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from advisor.configuration.rulefiles import read_yaml_rules, rule_path
from advisor.text.quantity import KINDS
from advisor.workload.keys import Key, keys


class Choice(NamedTuple):
    """A numbered answer."""

    key: str
    value: str  # as the workload file takes it
    says: str


class Question(NamedTuple):
    """What is asked, and what an answer may be."""

    asks: str
    takes: Mapping[str, str]  # key path -> pattern of the answers that are for it
    choices: tuple[Choice, ...] = ()
    because: str = ""
    first: bool = False
    arrival: str = ""  # only where requests arrive this way
    about_one: tuple[str, ...] = ()  # only once one of these keys has been answered

    def is_for(self, answers: Mapping[str, str]) -> bool:
        """Whether the question makes sense after some answers."""
        same = self.arrival in ("", answers.get("requests.arrival"))
        return (
            bool(self.takes)
            and same
            and (not self.about_one or not answers.keys().isdisjoint(self.about_one))
        )

    @property
    def example(self) -> str:
        """A value that the first key takes."""
        return next(iter(self._keys())).example

    @property
    def explained(self) -> str:
        """The meaning of the keys, each with an example, and why it is asked."""
        meant = (f"{k.about} Example: {k.example}." if k.example else k.about for k in self._keys())
        return " ".join((*meant, self.because)).rstrip()

    def meant(self, typed: str) -> Iterator[tuple[str, str]]:
        """The keys that an answer may be for, each with its value, the likeliest first."""
        numbers = {str(number): each for number, each in enumerate(self.choices, 1)}
        if typed in numbers:
            yield numbers[typed][:2]
            return
        for key, part in self.takes.items():
            if re.search(part, typed, re.IGNORECASE):
                yield key, typed
        said = [each for each in self.choices if each.says.lower().startswith(typed.lower())]
        if len(said) == 1:
            yield said[0][:2]

    def _keys(self) -> list[Key]:
        return [keys()[path] for path in self.takes]


def questions() -> tuple[Question, ...]:
    """The questions in the order of the file."""
    return _read()[0]


def words(name: str) -> Any:
    """A setting of the file: ``skips``, ``hedges`` or ``follow_ups``."""
    return _read()[1][name]


def question_of(
    fact: str, answers: Mapping[str, str], done: Collection[Question]
) -> Question | None:
    """How to ask for a fact; ``None`` where that was done, or no key of the file takes it."""
    fitting = [each for each in questions() if fact in each.takes and each.is_for(answers)]
    left = [each for each in fitting if each not in done]
    if fitting or fact not in keys():
        return min(left, key=lambda each: [*each.takes].index(fact), default=None)
    key = keys()[fact]
    if key.kind not in (*KINDS, "word", "flag", "text"):
        return None
    listed = key.words or (("true", "false") if key.kind == "flag" else ())
    return Question(key.about, {fact: ""}, tuple(Choice(fact, each, each) for each in listed))


@cache
def _read() -> tuple[tuple[Question, ...], Mapping[str, Any]]:
    file = read_yaml_rules(rule_path("questions.yaml"))
    return tuple(map(_question, file["questions"])), file


def _question(entry: Mapping[str, Any]) -> Question:
    takes = {each["key"]: each.get("where", "") for each in entry["takes"]}
    own = next(iter(takes))
    return Question(
        asks=entry["asks"],
        takes={key: pattern for key, pattern in takes.items() if key in keys()},
        choices=tuple(
            Choice(each.get("key", own), each["value"], each["says"])
            for each in entry.get("choices", ())
        ),
        because=entry["because"],
        first=entry.get("first", False),
        arrival=entry.get("for", ""),
        about_one=tuple(entry.get("about_one", ())),
    )
