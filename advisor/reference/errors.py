"""Messages of AWS: which entries of rules/errors.yaml a text is about, and the quota to ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from advisor.model.advice import quota_request
from advisor.reference.entry import Detail, Entry

_HOLE = re.compile(r"\*|\{([a-z]+)\}")


def about(text: str, errors: Sequence[Entry], quotas: Iterable[Entry]) -> tuple[Entry, ...]:
    """The errors that a text holds: that of the whole and that of each line, each once.

    Of several messages in one place the longest is meant. An error of a quota gets the command that
    asks for more of it, as far as the text says how much.

    Args:
        text: a message of AWS, or a log with several.
        errors: the entries of the kind ``error``.
        quotas: those of the kind ``quota``.
    """
    known = {each.id: each for each in quotas}
    found: dict[str, Entry] = {}
    for part in dict.fromkeys((text, *text.splitlines())):
        plain = " ".join(part.split())
        matches = [
            (weight, each, given) for each in errors for weight, given in _matches(each, plain)
        ]
        if not matches:
            continue
        _, error, given = max(matches, key=lambda match: match[0])
        behind = {name for each in found.values() for name in each.raw["behind"]}
        if not behind.issuperset(error.raw["behind"]):  # a general one adds nothing
            found[error.id] = _asking(error, given, known)
    return tuple(found.values())


def _matches(error: Entry, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """How much of a text each message of an error is, in characters, and what fills its holes."""
    low = text.lower()
    for says in error.raw["says"]:
        pieces = _HOLE.split(says)  # text, name of the hole behind it, text, …
        given: dict[str, str] = {}
        place = begin = low.find(pieces[0].lower())
        for part, hole in zip(pieces[::2], [None, *pieces[1::2]], strict=True):
            at = low.find(part.lower(), place) if place >= 0 else -1
            if at >= 0 and hole:
                given[hole] = text[place:at]
            place = at + len(part) if at >= 0 else -1
        if begin >= 0 and place >= 0:
            yield sum(map(len, pieces[::2])), given


def _asking(error: Entry, given: Mapping[str, str], quotas: Mapping[str, Entry]) -> Entry:
    """An error of a quota with the command that asks for more."""
    quota = quotas.get(error.raw.get("ask", ""))
    if quota is None:
        return error
    code = quota.raw.get("code") or quota.raw.get("codes", {}).get(given.get("type"))
    counts = [given.get(name, "") for name in ("used", "more")]
    if code is None or not all(count.isdecimal() for count in counts):
        return error
    said = quota_request(code, sum(map(int, counts)))
    return error._replace(details=(*error.details, Detail("Ask AWS", said)))
