"""What was meant by a key that does not exist, and where a misplaced key or value belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from advisor.text.quantity import KINDS
from advisor.text.spelling import likely, listed, plain
from advisor.text.yaml_reader import text_node
from advisor.workload.familiar import meanings, rewritten, spellings
from advisor.workload.forms import RefusedError, fits, forms
from advisor.workload.keys import keys
from advisor.workload.values import scalar

_MOST_PASTED = 40  # characters of a value that a hint repeats
_MOST_LINES, _FEW = 2, 4
_NOISE = re.compile("^(?:max(?:imum)?|num(?:berof)?|total|expected|required|target)")
_LAST_WORD = re.compile("([A-Za-z0-9_-]+?)(?:[_-]|(?<=[a-z])(?=[A-Z]))([A-Za-z]+)")
_SINGLE = (*KINDS, "word", "flag", "text")  # kinds of key that take one value
_TOLD_APART = ("instance", "framework", "role", "artifact")  # forms that tell what a text is


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
    if name[:1].isdigit():
        return "write no comma within a number, or put the value in quotes"
    part = spellings()["parts"].get(plain(name))
    close = part if part in siblings else likely(name, siblings)
    name, value = _without_unit(name, value)
    here = parent + "." if parent else ""
    if close is not None and plain(close) in (plain(name), plain(name).removesuffix("s"), part):
        return _lines([here + close], parent, value, close)
    other = parent and spellings()["read"].get(parent, {}).get(plain(name))
    meant = [here + other] if other else _meant(name)
    if meant:
        return _lines(meant, parent, value)
    if close is not None:
        return _lines([here + close], parent, value)
    last_parts = {path.rpartition(".")[2]: path for path in keys()}
    far = likely(name, last_parts, alike=0.8)
    if far is not None:
        return _lines([last_parts[far]], parent, value)
    return f"{parent or 'a workload file'} takes {', '.join(siblings)}"


def explain_value(path: str, value: str) -> str:
    """The hint for a section that has one value; empty where no key of it takes that value."""
    known = [each for each, key in keys().items() if key.kind in (*KINDS, "word")]
    known += [each for each, key in keys().items() if key.form in _TOLD_APART]
    fit = [each for each in known if takes(each, value)]
    below = [each for each in fit if each.startswith(f"{path}.")]
    if not below and len(fit) > _FEW:
        return ""
    return _lines((below or fit)[:_MOST_LINES], "", value) if fit else ""


def _without_unit(name: str, value: str) -> tuple[str, str]:
    """``latency_ms: 200`` as ``latency: 200 ms``; any other key and value as they are."""
    found = _LAST_WORD.fullmatch(name)
    unit = spellings()["endings"].get(found[2].lower()) if found else None
    is_number = value.replace(".", "", 1).isdigit()
    return (found[1], f"{value} {unit}") if found and unit and is_number else (name, value)


def _meant(name: str) -> list[str]:
    """Keys, or keys with what to write: of another name, of the same, or with its section."""
    written, table = plain(name), spellings()["keys"]
    bare = _NOISE.sub("", written)
    tried = (written, written.removesuffix("s"), bare, bare.removesuffix("s"))
    other: list[str] = next((table[each] for each in tried if each in table), [])
    return (
        [each for each in other if each.partition(": ")[0] in keys()]
        or [path for path in keys() if path.rpartition(".")[2] == name]
        or [path for path in keys() if plain(path.replace(".", "")) == written]
        or [path for path in keys() if plain(path.rpartition(".")[2]) in tried]
    )


def _lines(meant: Iterable[str], parent: str, value: str, called: str = "") -> str:
    """The question and the lines to paste: of the keys that take the value, where any does."""
    found: dict[str, str] = {}
    for each in meant:
        path, text = _with_value(each, value)
        found[path] = found.get(path) or text
    below = {path: text for path, text in found.items() if parent and path.startswith(f"{parent}.")}
    fit = {path: text for path, text in (below or found).items() if text}
    named = fit or below or found
    lines = [_line(path, parent, text) for path, text in named.items()]
    question = f"did you mean {called or listed(tuple(named))}?"
    if not all(lines) or not (value or len(named) > 1):
        return question
    return f"{question} Write {'' if fit else 'it like '}{' or '.join(lines)}"


def _with_value(meant: str, value: str) -> tuple[str, str]:
    """A key and what to write for it: the value if it takes it, else what the table says."""
    path, _, template = meant.partition(": ")
    if template and "{}" not in template:
        return path, "" if meanings(value, "flag") == ("false",) else template
    written = (value, template.format(value)) if template else (value,)
    return path, next((each for each in written if takes(path, each)), "")


def takes(path: str, value: str) -> bool:
    """Whether a key takes a value; a key of one item of a list counts as one that does."""
    key = keys().get(path)
    if key is None or not value or len(value) > _MOST_PASTED or value != value.strip():
        return key is None and bool(value)
    if key.form == "framework":  # which takes any text
        return plain(value) in map(plain, key.words) or bool(meanings(value, key.form))
    if key.kind == "windows":
        return fits(forms()["hours"], rewritten(value, "hours"))
    with suppress(RefusedError):
        return key.kind in _SINGLE and scalar(key, text_node(value)) is not None
    return False


def _line(path: str, parent: str, value: str) -> str:
    """The line to paste: a key of this mapping, or one of another section in the short form."""
    key = keys().get(path)
    value = value or (key.example if key is not None else "")
    if not value or (key is not None and key.kind in ("section", "models", "named", "waivers")):
        return ""
    *sections, last = path.removeprefix(f"{parent}.").split(".")
    line = f"{last}: {value}"
    for section in reversed(sections):
        line = f"{section}: {{{line}}}"
    return line
