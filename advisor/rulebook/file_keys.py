"""``keys.yaml``: what a workload file may say, with the words that other rule files list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS, WAYS
from advisor.model.workload import PARTS
from advisor.text.quantity import parse

FileKey: TypeAlias = dict[str, Any]
_LISTS = {"options": OPTIONS, "ways": WAYS}


def compile_keys(
    entries: Sequence[FileKey], words: Mapping[str, Sequence[str]]
) -> dict[str, list[FileKey]]:
    """The keys of a file under ``""``; those of one item of a list under the path of the list.

    Args:
        entries: as written.
        words: those that other files list, by fact.

    Raises:
        RulebookError: a key takes words that no file lists.
    """
    own = {each["path"]: each["words"] for each in entries if "words" in each}
    known = {**words, **own}
    found = {"": [_key(each, known) for each in entries]}
    for raw in entries:
        if "each" in raw:
            found[raw["path"]] = _parts(raw["each"], found[""], known)
    return found


def _parts(entries: Any, file: list[FileKey], known: Mapping[str, Sequence[str]]) -> list[FileKey]:
    named = {each.get("path") for each in entries}
    parts = []
    for raw in entries:
        if "like" not in raw:
            parts.append(_key(raw, known))
            continue
        below = raw["like"] + "."
        alike = (
            {**key, "path": key["path"].removeprefix(below)}
            for key in file
            if key["path"].startswith(below)
        )
        parts += [_in_list(key) for key in alike if key["path"] not in named]
    return parts


def _in_list(key: FileKey) -> FileKey:
    """A key of one model among several: a word for a size speaks of one model only."""
    return {name: each for name, each in key.items() if name != "words" or key["kind"] == "word"}


def _key(raw: FileKey, known: Mapping[str, Any]) -> FileKey:
    """The fields of ``advisor.workload.keys.Key``, without those that keep their default."""
    path, kind = raw["path"], raw["kind"]
    done = {name: value for name, value in raw.items() if name not in ("each", "split", "words")}
    words = known.get(f"{path}.{raw['short_for']}" if "short_for" in raw else path, ())
    if words and (kind != "text" or "words" in raw):
        done["words"] = list(_LISTS[words] if isinstance(words, str) else words)
    elif kind == "word":
        raise RulebookError(f"keys.yaml: {path}: no fact lists its words; write words: […]")
    if raw.get("split"):
        done["parts"] = [part[1:] for part in PARTS]
    if isinstance(raw.get("most"), str):
        done["most"] = parse(raw["most"], kind)[1]
    return done
