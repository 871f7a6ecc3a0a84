"""What a misspelt word was meant to be: a name of an API, or a word of a workload file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

_MOST_LETTERS = 64  # of a word, which are compared with every choice


def likely(word: str, choices: Iterable[str], alike: float = 0.65) -> str | None:
    """The choice that shares most letters with a word that a person wrote from memory.

    Args:
        word: as it was written.
        choices: keys or words of a workload file.
        alike: the share of letters, from 0 to 1, below which the answer is ``None``.
    """
    known = {plain(choice): choice for choice in choices}
    meant = plain(word[:_MOST_LETTERS])
    if meant in known:
        return known[meant]
    from difflib import get_close_matches  # only once something is wrong

    close = get_close_matches(meant, known, n=1, cutoff=alike)
    return known[close[0]] if close else None


def nearest(word: str, choices: Collection[str]) -> str:
    """The choice that a word was most probably meant to be; empty when none is near.

    Case, hyphens and underscores do not count: ``memory_size_mb`` is near ``MemorySizeInMB``.
    """
    meant = plain(word)
    allowed = 1 if len(meant) < 6 else 2
    best = ""
    for choice in choices:
        other = plain(choice)
        if other == meant:
            return choice
        if allowed >= 0 and abs(len(other) - len(meant)) <= allowed:
            distance = edits(meant, other, allowed)
            if distance <= allowed:
                best, allowed = choice, distance - 1
    return best or _abbreviated(meant, choices) or _shortened(word, choices)


_SHORTEST = 8
"""Letters that an abbreviation keeps at the least, so that it means one word only."""


def _abbreviated(meant: str, choices: Collection[str]) -> str:
    """The one choice that begins with a word, or that writes Configuration as Config."""
    config = meant.replace("configuration", "config")
    found = [
        choice
        for choice in choices
        if (len(meant) >= _SHORTEST and plain(choice).startswith(meant))
        or ("config" in meant and plain(choice).replace("configuration", "config") == config)
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
    """Whether a missing name is misspelt among the written ones.

    Args:
        name: what is missing.
        written: the names in the file.
        known: names that are right somewhere, and so are no misspelling.
    """
    return any(other not in known and nearest(other, (name,)) for other in written)


def plain(word: str) -> str:
    """A word without what people get wrong most: case, hyphens, underscores and blanks."""
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")


def listed(words: tuple[str, ...]) -> str:
    """Words as a person would list them: ``a, b or c``."""
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


@lru_cache(maxsize=16_384)  # a file repeats its slips, and the parts of types repeat theirs
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
