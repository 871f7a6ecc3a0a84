"""What was meant by a key that does not exist, and where a misplaced key belongs."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.text.spelling import likely, plain
from advisor.workload.keys import keys

_MOST_PASTED = 40  # characters of a value that a hint repeats


def explain_key(name: str, parent: str, siblings: Iterable[str], value: str = "") -> str:
    """The hint for a key that does not exist.

    Args:
        name: the key as written.
        parent: key path of the mapping in which it stands; empty for the file itself.
        siblings: keys that this mapping takes.
        value: of the key, where it is a single one: the hint has the line to paste.
    """
    siblings = tuple(siblings)
    if name == "<<":
        return "merge keys are not supported: write every key"
    if ":" in name:
        return "put a space after the colon"
    close = likely(name, siblings)
    here = parent + "." if parent else ""
    if close is not None and plain(close) == plain(name):
        return f"did you mean {close}?{_line(close, value)}"
    elsewhere = [path for path in keys() if path.rpartition(".")[2] == name]
    if elsewhere:
        line = _line(elsewhere[0], value) if len(elsewhere) == 1 else ""
        return f"did you mean {' or '.join(elsewhere)}?{line}"
    if close is not None:
        return f"did you mean {here}{close}?{_line(close, value)}"
    last_parts = {path.rpartition(".")[2]: path for path in keys()}
    far = likely(name, last_parts, alike=0.8)
    if far is not None:
        return f"did you mean {last_parts[far]}?{_line(last_parts[far], value)}"
    return f"{parent or 'a workload file'} takes {', '.join(siblings)}"


def _line(path: str, value: str) -> str:
    """The line to paste: a key of this mapping, or one of another section in the short form."""
    if not value or len(value) > _MOST_PASTED or value != value.strip():
        return ""
    *sections, last = path.split(".")
    line = f"{last}: {value}"
    for section in reversed(sections):
        line = f"{section}: {{{line}}}"
    return f" Write {line}"
