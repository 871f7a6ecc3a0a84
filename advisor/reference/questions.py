"""The questions of `init`, from rules/questions.yaml; and which keys a typed answer may be for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from advisor.configuration.rulefiles import read_yaml_rules, rule_path
from advisor.workload.keys import Key, keys

_NEEDS = "needs"
_BETWEEN = re.compile(r"[,\s]+(?:and\s+)?")


class Choice(NamedTuple):
    """A numbered answer."""

    key: str
    value: str  # as the workload file takes it
    says: str

    def is_said_by(self, text: str) -> bool:
        """Whether a text in lower case is how it begins, or a word of it."""
        own = self.says.lower()
        is_word = text[:1].isalpha()  # a number without its unit is none of the words
        return is_word and (own.startswith(text) or text in re.findall(r"\w+", own))


class Question(NamedTuple):
    """What is asked, and what an answer may be."""

    asks: str
    takes: Mapping[str, str]  # key path -> pattern of the answers that are for it
    choices: tuple[Choice, ...] = ()
    because: str = ""
    first: bool = False
    arrival: str = ""  # only where requests arrive this way
    about_one: Collection[str] = ()  # only once one of these keys has been answered
    unless: Collection[str] = ()  # not once one of these has

    def is_for(self, answers: Mapping[str, str]) -> bool:
        """Whether the question makes sense after some answers."""
        same = self.arrival in ("", answers.get("requests.arrival"))
        about = not self.about_one or not answers.keys().isdisjoint(self.about_one)
        return same and about and answers.keys().isdisjoint(self.unless)

    @property
    def example(self) -> str:
        """A value that the first key takes."""
        key = next(self._keys())
        return key.example or " or ".join(key.words or ("true", "false"))

    @property
    def explained(self) -> str:
        """The meaning of the keys, each with an example, and why it is asked."""
        meant = (f"{k.about} Example: {k.example}." if k.example else k.about for k in self._keys())
        return " ".join((*meant, self.because)).rstrip()

    def meant(self, typed: str) -> Iterator[tuple[str, str]]:
        """The keys that an answer may be for, each with its value, the likeliest first."""
        numbers = {str(number): each for number, each in enumerate(self.choices, 1)}
        if _NEEDS in self.takes:
            names = (numbers[e].value if e in numbers else e for e in _BETWEEN.split(typed))
            yield _NEEDS, ", ".join(each for each in names if each.lower() not in ("no", "none"))
        elif typed in numbers:
            yield numbers[typed][:2]
        else:
            text = typed.lower()
            yield from ((key, typed) for key, part in self.takes.items() if re.search(part, text))
            said = [each[:2] for each in self.choices if each.is_said_by(text)]
            yield from said if len(said) == 1 else ()

    def among(self, values: Collection[str]) -> Question:
        """The same question with some of its choices."""
        return self._replace(choices=tuple(e for e in self.choices if e.value in values))

    def _keys(self) -> Iterator[Key]:
        return (keys()[path] for path in self.takes)


@cache
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml_rules(rule_path("questions.yaml"))
    return found


def words(name: str) -> Any:
    """A setting of the file: ``skips`` or ``follow_ups``."""
    return _file()[name]


@cache
def questions() -> tuple[Question, ...]:
    """The questions in the order of the file."""
    return tuple(_question(dict(each)) for each in _file()["questions"])


def _question(entry: dict[str, Any]) -> Question:
    own = next(iter(entry["takes"]))
    choices = (Choice(**{"key": own, **each}) for each in entry.pop("choices", ()))
    return Question(choices=tuple(choices), **entry)


def question_of(
    fact: str, answers: Mapping[str, str], done: Collection[Question]
) -> Question | None:
    """How to ask for a fact; ``None`` where that was done, or nobody is asked for it."""
    asking = [each for each in questions() if fact in each.takes and each not in done]
    left = [each for each in asking if each.is_for(answers)]
    return min(left, key=lambda each: [*each.takes].index(fact), default=None)
