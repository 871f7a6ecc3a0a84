"""The nearest correct spelling of a word or key, and where a misplaced key belongs."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.workload.keys import KEYS


def nearest(word: str, choices: Iterable[str], alike: float = 0.65) -> str | None:
    """The most similar choice, ``None`` when none is ``alike`` enough (0 to 1)."""
    plain = {_plain(choice): choice for choice in choices}
    if _plain(word) in plain:
        return plain[_plain(word)]
    from difflib import get_close_matches  # only once something is wrong

    close = get_close_matches(_plain(word), plain, n=1, cutoff=alike)
    return plain[close[0]] if close else None


def _plain(word: str) -> str:
    return word[:64].lower().replace("_", "").replace("-", "").replace(" ", "")


def explain_key(name: str, parent: str, siblings: Iterable[str]) -> str:
    """The hint for a key that does not exist.

    Args:
        name: the key as written.
        parent: key path of the mapping in which it stands; empty for the file itself.
        siblings: keys that this mapping takes.
    """
    siblings = tuple(siblings)
    if name == "<<":
        return "merge keys are not supported: write every key"
    if ":" in name:
        return "put a space after the colon"
    close = nearest(name, siblings)
    if close is not None and _plain(close) == _plain(name):
        return f"did you mean {close}?"
    here = parent + "." if parent else ""
    elsewhere = [key.path for key in KEYS if key.path.rpartition(".")[2] == name]
    if elsewhere:
        return f"did you mean {' or '.join(elsewhere)}?"
    if close is not None:
        return f"did you mean {here}{close}?"
    last_parts = {key.path.rpartition(".")[2]: key.path for key in KEYS}
    far = nearest(name, last_parts, alike=0.8)
    if far is not None:
        return f"did you mean {last_parts[far]}?"
    return f"{parent or 'a workload file'} takes {', '.join(siblings)}"
