"""Texts that are names of a list: Regions, time zones and frameworks, as people call them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

from advisor.rulebook.load import known_regions
from advisor.rulebook.regions import misspelling
from advisor.text.spelling import edits, likely, listed, plain
from advisor.workload.familiar import meanings, only_meaning, rewritten
from advisor.workload.forms import Form, RefusedError, fits, shown
from advisor.workload.keys import keys

_SURE, _SHORT = 6, 3  # letters of a name of which two may be wrong, and none
_VERSION = re.compile(r"(.*?)(?:(?<![ =@:v-])[ =@:v-]+(?=\d)|(?<!\d)(?=\d+\.))(\d[\w.+-]*)")


def _region(form: Form, text: str) -> str:
    known = known_regions()
    for written in (text, rewritten(text, form.name)):
        same = [each for each in known if plain(each) == plain(written)]
        if same:
            return same[0]
        meant = only_meaning(written, form.name)
        if meant:
            return meant
    wrong = misspelling(text, known)
    if wrong is not None:
        raise RefusedError(*wrong)
    if not fits(form, text):
        raise RefusedError(f"{shown(text)} is not a Region", f"write {form.says}")
    return text


def _zone(form: Form, text: str) -> str:
    """A time zone of this machine's list; without a list, any name is taken."""
    from zoneinfo import available_timezones

    if fits(form, text) and _is_zone(text):
        return text
    tidy = rewritten(text, form.name) or text
    meant = only_meaning(text.rpartition("/")[2], form.name) or tidy
    if _is_zone(meant):
        return meant
    known = sorted(available_timezones())  # takes as long as all the rest of an answer
    if not known and fits(form, text):
        return text
    same = [each for each in known if plain(tidy) in (plain(each), plain(each.rpartition("/")[2]))]
    if len(same) == 1:
        return same[0]
    close = same or [each for each in (likely(text, known, alike=0.8),) if each]
    hint = f"did you mean {listed(tuple(close))}?" if close else "write one such as Europe/Berlin"
    raise RefusedError(f"{shown(text)} is not a time zone", hint)


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    with suppress(ZoneInfoNotFoundError, OSError, ValueError):
        return name[:1].isupper() and bool(ZoneInfo(name).key)
    return False


def _framework(form: Form, text: str) -> str:
    """The usual name of a framework, with the version that was written; any other text as it is."""
    if not fits(form, text):
        raise RefusedError(f"{shown(text)} is not accepted", f"write {form.says}")
    found = _VERSION.fullmatch(text)
    name, version = found.groups() if found else (text, "")
    usual = keys()["model.framework"].words
    same = [each for each in usual if plain(each) == plain(name)] or meanings(name, form.name)
    if same:
        return f"{same[0]} {version}".rstrip()
    wrong = 2 if len(name) >= _SURE else 1 if len(name) > _SHORT else 0
    near = [each for each in usual if edits(plain(name), plain(each), wrong) <= wrong]
    if near:
        hint = f"did you mean {listed(tuple(near))}? Write framework: {near[0]}"
        raise RefusedError(f"{shown(text)} is no known framework", hint)
    return text


# Form -> what reads a text of it.
READERS: Mapping[str, Callable[[Form, str], str]] = {
    "region": _region,
    "timezone": _zone,
    "framework": _framework,
}
