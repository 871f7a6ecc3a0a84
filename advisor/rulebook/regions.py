"""Which known Region a misspelt code was meant to be."""

from __future__ import annotations

from collections.abc import Collection

from advisor.model.errors import InputError
from advisor.text.spelling import edits, listed

_MOST = 2  # letters of a code that may be wrong, left out, added or swapped


def meant(region: str, known: Collection[str]) -> tuple[str, ...]:
    """The known Regions that a code comes nearest to; none for a known code and a far one.

    Case and underscores do not count: ``EU_WEST_1`` is eu-west-1.
    """
    if region in known:
        return ()
    written = region.strip().lower().replace("_", "-")
    away = {each: edits(written, each, _MOST) for each in known}
    least = min(away.values(), default=_MOST + 1)
    return tuple(each for each in away if away[each] == least <= _MOST)


def misspelling(region: str, known: Collection[str]) -> tuple[str, str] | None:
    """What is wrong with a misspelt code, and the question whether another was meant."""
    near = meant(region, known)
    if not near:
        return None
    return f"{region!r} is not a Region", f"did you mean {listed(near)}?"


def require_region(
    region: str, known: Collection[str], file: str, at: tuple[int, int] = (0, 0)
) -> None:
    """Refuse a misspelt code.

    Args:
        region: the code.
        known: the codes that are none.
        file: where it stands, or the option that gave it.
        at: line and column in the file; 0 where it has none.

    Raises:
        InputError: it is one or two letters away from a known code, and not known itself.
    """
    wrong = misspelling(region, known)
    if wrong is not None:
        message, hint = wrong
        raise InputError(message, file=file, line=at[0], column=at[1], hint=hint)
