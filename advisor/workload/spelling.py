"""What was meant by a key that does not exist, and where a misplaced key belongs."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.text.spelling import likely, plain
from advisor.workload.keys import KEYS


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
    close = likely(name, siblings)
    if close is not None and plain(close) == plain(name):
        return f"did you mean {close}?"
    here = parent + "." if parent else ""
    elsewhere = [key.path for key in KEYS if key.path.rpartition(".")[2] == name]
    if elsewhere:
        return f"did you mean {' or '.join(elsewhere)}?"
    if close is not None:
        return f"did you mean {here}{close}?"
    last_parts = {key.path.rpartition(".")[2]: key.path for key in KEYS}
    far = likely(name, last_parts, alike=0.8)
    if far is not None:
        return f"did you mean {last_parts[far]}?"
    return f"{parent or 'a workload file'} takes {', '.join(siblings)}"
