"""A new workload file: every key with its meaning; keys without an answer are comments."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from textwrap import wrap

from advisor.model.printable import printable
from advisor.reference.sentences import listed
from advisor.rulebook.cache import PACKAGE
from advisor.text.quantity import KINDS
from advisor.workload.forms import forms
from advisor.workload.keys import Key, features, keys

ANSWERS = {"name": "my-model", "requests.arrival": "online"}  # what the template says of itself
NOTHING: Mapping[str, str] = {}
_COLUMN = 38  # where the comments start
_WIDEST = 110
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./%@_-]|:(?=[^ ]))*(?<! )")
_NAMED = {"deploy.tags": "team", "artifacts": "endpoint_config"}  # names that users choose
_VARIABLE = "LOG_LEVEL"
_NOT_TEXTS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})

_HEAD = """\
# A workload for sm-advise. Only `name` and `requests.arrival` are required: leave out what you do
# not know. To state a key, remove its # and the # of its section. A quantity has a unit, and may be
# a range (1 MB..5 MB, '>60 s') or a word.
# For an editor, run sm-advise schema > workload.schema.json, and remove one # from the next line.
## yaml-language-server: $schema=workload.schema.json
"""


def starter(
    answers: Mapping[str, str],
    said: Mapping[str, str] = NOTHING,
    bounds: Mapping[str, str] = NOTHING,
) -> str:
    """The file as text.

    Args:
        answers: key path to value as a person would type it; ``needs`` as names with commas.
        said: key path to a comment on the value, in place of the meaning of the key.
        bounds: key path to a value that stays a comment, in place of the example.
    """
    stated = {"schema": keys()["schema"].words[0], **answers}
    return "\n".join([_HEAD, *_lines(stated, said, bounds)]).rstrip("\n") + "\n"


def examples() -> dict[str, str]:
    """The paths of the published examples, by name: in the package, or beside it in a checkout."""
    inside = os.path.join(PACKAGE, "examples")
    folder = inside if os.path.isdir(inside) else os.path.join(os.path.dirname(PACKAGE), "examples")
    names = (each for each in sorted(os.listdir(folder)) if each.endswith(".yaml"))
    return {name.removesuffix(".yaml"): os.path.join(folder, name) for name in names}


def _lines(
    answers: Mapping[str, str], said: Mapping[str, str], bounds: Mapping[str, str]
) -> Iterator[str]:
    inside = False
    for key in keys().values():
        depth = key.path.count(".")
        section = key.kind in ("section", "record") or bool(key.short_for)
        if not depth and (section or inside):
            yield ""
        inside = section or depth > 0
        if section:
            below = (path.startswith(key.path + ".") for path in (*answers, *ANSWERS))
            yield from _commented(_pair(key, "", any(below), depth), key.about)
        else:
            value = answers.get(key.path, bounds.get(key.path))
            text = _example(key) if value is None else printable(written(key, value))
            pair = _pair(key, text, key.path in answers, depth)
            yield from _commented(pair, printable(said.get(key.path) or _about(key)))


def _pair(key: Key, text: str, stated: bool, depth: int) -> str:
    name = key.path.rpartition(".")[2]
    mark = "" if stated else "# "
    return f"{'  ' * depth}{mark}{name}:{' ' + text if text else ''}"


def _commented(pair: str, about: str) -> Iterator[str]:
    """A key with its meaning beside it, wrapped in a column of its own."""
    comments = [f"# {line}" for line in wrap(about, _WIDEST - _COLUMN - 2, break_on_hyphens=False)]
    beside = len(pair) < _COLUMN
    yield f"{pair:<{_COLUMN}}{comments[0]}" if beside else pair
    for comment in comments[beside:]:
        yield f"{'':<{_COLUMN}}{comment}"


def _about(key: Key) -> str:
    parts = [key.about]
    if key.kind == "needs":
        parts.append(f"Any of {', '.join(features())}.")
    elif key.words and key.kind != "word":
        parts.append(f"Or write {listed(key.words)}.")
    elif len(key.words) > 1 and not all(word in key.about for word in key.words):
        parts.append(f"Write {listed(key.words)}.")
    if key.parts:
        parts.append(f"May be split into {', '.join(key.parts)}.")
    return " ".join(parts)


def _example(key: Key) -> str:
    if key.kind == "needs":
        return "[vpc, data-capture]"
    if key.kind == "waivers":
        return '{rule-id: {because: "…", by: jd, until: 2027-01-31}}'
    if key.kind == "named":
        return f"{{{_NAMED.get(key.path, _VARIABLE)}: {key.example}}}"
    if key.kind in ("texts", "variants", "windows"):
        return f"[{key.example}]"
    if key.kind == "models":
        return f"[{{name: {key.example}, size: 800 MB, share: 20 %}}]"
    return written(key, key.example or (key.words[0] if key.words else "false"))


def written(key: Key, value: str) -> str:
    """A value as YAML reads it back: quoted where it would mean something else."""
    if value.startswith("{") or key.kind in ("texts", "named"):
        return value  # as YAML already
    if key.kind == "needs":
        return f"[{', '.join(each.strip() for each in value.split(',') if each.strip())}]"
    if _PLAIN.fullmatch(value):
        number_or_word = key.kind in KINDS or key.kind in ("word", "flag")
        text = value[0].isalpha() and value.lower() not in _NOT_TEXTS
        if number_or_word or text or not (key.form and forms()[key.form].quoted):
            return value
    return json.dumps(value, ensure_ascii=False)
