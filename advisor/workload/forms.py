"""Texts with a syntax: names, addresses and dates that AWS's requests carry as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from advisor.model.errors import RulebookError
from advisor.model.value import Value
from advisor.rulebook.cache import read_object, rules_directory
from advisor.text.places import UNSEEN

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


@cache
def forms() -> Mapping[str, Form]:
    """The forms of rules/service/forms.json by name; read once.

    Raises:
        RulebookError: the file cannot be read.
    """
    path = os.path.join(rules_directory(), "service", "forms.json")
    found = read_object(path)
    if found is None:
        raise RulebookError(f"{path}: this is no list of forms")
    made = {name: Form(name=name, **entry) for name, entry in found["forms"].items()}
    return {name: form._replace(pattern=_spelt(form.pattern)) for name, form in made.items()}


def _spelt(pattern: str) -> str:
    return pattern.replace("{letters}", LETTERS).replace("{unseen}", UNSEEN)
