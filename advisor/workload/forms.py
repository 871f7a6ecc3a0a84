"""Texts with a syntax: names, addresses and dates that AWS's requests carry as they are."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from advisor.model.errors import RulebookError
from advisor.model.value import Value
from advisor.rulebook.cache import read_object, rules_directory
from advisor.text.places import UNSEEN, UNSEEN_ASCII

MOST_SHOWN = 60  # characters of a text that a message repeats

# Letters that AWS's pattern for tags (\p{L}) admits, written so that JSON Schema and Python agree
# on them: Latin, Greek, Cyrillic, kana, Han and Hangul.
LETTERS = (
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0388-\u038a\u038e-\u03a1\u03a3-\u03f5"
    r"\u0400-\u0481\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3"
)


class Form(Value):
    """A text with a syntax: what AWS's service model accepts, or stricter where that is vague."""

    name: str
    pattern: str
    shortest: int  # characters
    longest: int
    says: str
    quoted: bool = True  # an unquoted number or boolean is refused, as editors do
    names: str = "reference"  # form of the names, where such texts have free ones
    guarded: bool = False  # secrets are refused, and no message repeats a value


@cache
def service_table(name: str) -> dict[str, Any]:
    """A file of rules/service; read once.

    Raises:
        RulebookError: it cannot be read.
    """
    path = os.path.join(rules_directory(), "service", name)
    found = read_object(path)
    if found is None:
        raise RulebookError(f"{path}: this is no table")
    return found


@cache
def forms() -> Mapping[str, Form]:
    """The forms of rules/service/forms.json by name; read once.

    Raises:
        RulebookError: the file cannot be read.
    """
    entries = service_table("forms.json")["forms"].items()
    made = {name: Form(name=name, **entry) for name, entry in entries}
    return {name: form._replace(pattern=_spelt(form.pattern)) for name, form in made.items()}


def _spelt(pattern: str) -> str:
    return pattern.replace("{letters}", LETTERS).replace("{unseen}", UNSEEN)


def fits(form: Form, text: str) -> bool:
    """Whether a text has a form, and a date is in the calendar."""
    return (
        form.shortest <= len(text) <= form.longest
        and _matcher(form.pattern, text.isascii())(text) is not None
        and _exists(form, text)
    )


@cache
def _matcher(pattern: str, ascii_only: bool) -> Callable[[str], re.Match[str] | None]:
    # A class with letters or signs of all scripts takes a part of a millisecond to compile.
    if ascii_only:
        pattern = pattern.replace(LETTERS, "A-Za-z").replace(UNSEEN, UNSEEN_ASCII)
    return re.compile(pattern).fullmatch


def _exists(form: Form, text: str) -> bool:
    """Whether the calendar has a date; true for any other text."""
    if form is not forms()["date"]:
        return True
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class RefusedError(ValueError):
    """A value that its key does not take.

    Args:
        problem: what is wrong with it, without a final stop.
        hint: what to write instead.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


def shown(text: str) -> str:
    """A text from a file as messages quote it: on one line and not too long."""
    return repr(text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…")
