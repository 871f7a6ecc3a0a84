"""What a misspelt word was meant to be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable


def nearest(word: str, choices: Collection[str]) -> str:
    """The choice that a word was most probably meant to be; empty when none is near.

    Case, hyphens and underscores do not count: ``memory_size_mb`` is near ``MemorySizeInMB``.
    """
    plain = _plain(word)
    allowed = 1 if len(plain) < 6 else 2
    best = ""
    for choice in choices:
        other = _plain(choice)
        if other == plain:
            return choice
        if allowed >= 0 and abs(len(other) - len(plain)) <= allowed:
            distance = edits(plain, other, allowed)
            if distance <= allowed:
                best, allowed = choice, distance - 1
    return best or _abbreviated(plain, choices) or _shortened(word, choices)


_SHORTEST = 8
"""Letters that an abbreviation keeps at the least, so that it means one word only."""


def _abbreviated(plain: str, choices: Collection[str]) -> str:
    """The one choice of which a word is the beginning, or that writes Configuration as Config."""
    config = plain.replace("configuration", "config")
    found = [
        choice
        for choice in choices
        if (len(plain) >= _SHORTEST and _plain(choice).startswith(plain))
        or ("config" in plain and _plain(choice).replace("configuration", "config") == config)
    ]
    return found[0] if len(found) == 1 else ""


def _shortened(word: str, choices: Collection[str]) -> str:
    """The one choice that has every word of a name, and words between or around them."""
    words = _words(word)
    if len(words) < 2:
        return ""
    found = [choice for choice in choices if _has_in_order(words, _words(choice))]
    return found[0] if len(found) == 1 else ""


def _words(name: str) -> list[str]:
    return [found.lower() for found in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]


def _has_in_order(words: Iterable[str], among: Iterable[str]) -> bool:
    rest = iter(among)
    return all(word in rest for word in words)


def misspelt(name: str, written: Iterable[str], known: Collection[str]) -> bool:
    """Whether a name that is missing stands among the written ones with a wrong letter.

    Args:
        name: what is missing.
        written: the names that stand there.
        known: names that are right somewhere, and so are no misspelling.
    """
    return any(other not in known and nearest(other, (name,)) for other in written)


def _plain(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()


def edits(one: str, other: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps between two words; exact up to ``most``."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if last and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
