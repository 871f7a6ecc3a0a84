"""Workload documents that the schema admits: every key in every form it takes, for property tests.

A document is the plain value that a YAML or JSON reader would give. Numbers are drawn over their
whole range in every unit, and next to the constants of the rules, where answers change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from advisor.model.workload import Interval, Workload
from advisor.rulebook.load import load
from advisor.text.quantity import KINDS, parse, show
from advisor.text.yaml_reader import text_node
from advisor.workload import read_workloads
from advisor.workload.forms import RefusedError, forms
from advisor.workload.keys import Key, features, keys
from advisor.workload.model_files import known_models
from advisor.workload.values import read_quantity, read_text

Document = dict[str, Any]

NAMES = re.compile("[a-z]+(-[a-z0-9]+)*")
_KEYWORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_UNITS = {unit for units in KINDS.values() for unit in units}
_QUANTITY = re.compile(r"(?:<=? ?)?[0-9][0-9.]* ?([A-Za-z/% ]+)")
_LARGEST_CUT = 10**17  # beyond, `show` may round

FEATURES = tuple(features())
SHARED_FEATURES = tuple(name for name, shared in features().items() if shared)
LEAVES = {
    key.path: key
    for key in keys().values()
    if key.kind != "section"
    and not key.short_for
    and not key.path.startswith(("decision.", "deploy.instances."))
}
# What rules read, and what they do not.
FACTS = tuple(path for path in LEAVES if path in load().index and path != "requests.arrival")
OTHERS = tuple(
    path
    for path in LEAVES
    if path not in FACTS and path not in ("name", "requests.arrival", "model.config")
)


# -- quantities ------------------------------------------------------------------------------------


@cache
def constants(path: str) -> tuple[str, ...]:
    """Values next to which some rule changes its mind about a key, as texts."""
    texts: dict[str, None] = {}
    for limits in ("safe", "latest"):
        book = load(limits)
        if path not in book.index:
            continue
        kind = book.fact[path].kind
        for cut in book.all_cuts[book.index[path]]:
            for value in (cut, cut + 1):
                if 0 < value < _LARGEST_CUT:
                    texts[show(Interval(value, value), kind)] = None
    return tuple(texts)


def _accepted(key: Key, text: str) -> bool:
    try:
        read_quantity(key, text)
    except (RefusedError, ValueError):
        return False
    return True


def _points(key: Key) -> st.SearchStrategy[str]:
    """One number with a unit: small and large ones alike, with and without decimals."""
    whole = st.builds(
        lambda digits, zeros: digits * 10**zeros, st.integers(0, 1200), st.integers(0, 4)
    )
    decimals = st.builds(
        lambda number, places: f"{number / 10**places:.{places}f}",
        st.integers(0, 99_999),
        st.integers(1, 4),
    )
    numbers = st.one_of(whole.map(str), whole.map(str), decimals)
    units = st.sampled_from(sorted(KINDS[key.kind]))
    anywhere = st.builds(
        lambda number, blank, unit: f"{number}{blank if unit else ''}{unit}",
        numbers,
        st.sampled_from(["", " "]),
        units,
    )
    near = constants(key.path.removesuffix(".typical").removesuffix(".p99").removesuffix(".max"))
    found = st.one_of(anywhere, st.sampled_from(near)) if near else anywhere
    return found.filter(lambda text: _accepted(key, text))


def points(key: Key) -> st.SearchStrategy[str]:
    """A single value of a quantity."""
    return _points(key)


def _between(key: Key, first: str, second: str) -> str:
    low, high = sorted((first, second), key=lambda text: parse(text, key.kind).low or 0)
    return f"{low}..{high}"


def quantities(key: Key) -> st.SearchStrategy[str | int]:
    """A point, a closed or one-sided range, or one of the key's words."""
    point = _points(key)
    forms: list[st.SearchStrategy[str | int]] = [point, point]
    if not key.exact:
        one_sided = st.builds(
            lambda sign, blank, text: f"{sign}{blank}{text}",
            st.sampled_from(["<", "<=", ">", ">="]),
            st.sampled_from(["", " "]),
            point,
        )
        forms.append(one_sided.filter(lambda text: _accepted(key, text)))
        forms.append(
            st.builds(lambda first, second: _between(key, first, second), point, point).filter(
                lambda text: _accepted(key, text)
            )
        )
    if key.kind == "count":
        forms.append(st.integers(max(key.least, 1), key.most or 1_000_000))
    if key.words:
        forms.append(st.sampled_from(key.words))
    return st.one_of(forms)


def _split(key: Key) -> st.SearchStrategy[Any]:
    """A quantity as a whole, or in parts."""
    whole = quantities(key)
    if not key.parts:
        return whole
    parts = st.fixed_dictionaries({}, optional={part: quantities(key) for part in key.parts})
    return st.one_of(whole, parts.filter(bool))


# -- everything else -------------------------------------------------------------------------------


@cache
def texts(form: str) -> st.SearchStrategy[str]:
    """A text of one of the forms of ``advisor.workload.forms``."""
    rule = forms()[form]

    def fits(text: str) -> bool:
        try:
            read_text(rule, text_node(text, style='"'))
        except RefusedError:
            return False
        return True

    if form == "date":
        return st.dates().map(str)
    return st.from_regex(re.compile(rule.pattern), fullmatch=True).filter(fits)


def _record(keys: Iterable[Key], required: str) -> st.SearchStrategy[Document]:
    values = {key.path.rpartition(".")[2]: value_of(key) for key in keys}
    return st.fixed_dictionaries({required: values.pop(required)}, optional=values)


def _needs() -> st.SearchStrategy[Any]:
    name = st.sampled_from(FEATURES)
    share = st.integers(0, 100).map(lambda number: f"{number} %").filter(lambda text: text != "0 %")
    shares = st.fixed_dictionaries(
        {}, optional={feature: st.one_of(st.booleans(), share) for feature in SHARED_FEATURES}
    )
    flags = st.dictionaries(name, st.booleans(), max_size=4)
    return st.one_of(
        st.lists(name, unique=True, max_size=4),
        st.builds(lambda some, others: {**some, **others}, flags, shares),
    )


def value_of(key: Key) -> st.SearchStrategy[Any]:
    """What may stand at a key, as a document holds it."""
    if key.kind in KINDS:
        return _split(key)
    if key.kind == "word":
        return st.sampled_from(key.words)
    if key.kind == "flag":
        return st.booleans()
    if key.path in ("model.id", "id"):
        return st.sampled_from(known_models().ids)
    if key.kind == "text":
        return texts(key.form)
    if key.kind == "texts":
        return st.lists(texts(key.form), min_size=1, max_size=min(key.most or 1, 3), unique=True)
    if key.kind == "named":
        names = texts(forms()[key.form].names)
        return st.dictionaries(names, texts(key.form), max_size=3)
    if key.kind == "needs":
        return _needs()
    return _mapped(key)


def _mapped(key: Key) -> st.SearchStrategy[Any]:
    """What consists of mappings with keys of their own."""
    if key.kind == "variants":
        variant = _record(keys(key.path).values(), "name")
        return st.lists(
            variant, min_size=1, max_size=2, unique_by=lambda each: each["name"].lower()
        )
    if key.kind == "record":
        return _record((k for k in keys().values() if k.path.startswith(key.path + ".")), "option")
    if key.kind == "waivers":
        waiver = st.one_of(texts("text"), _record(keys(key.path).values(), "because"))
        return st.dictionaries(texts("rule"), waiver, max_size=3)
    if key.kind == "windows":
        window = _record(keys(key.path).values(), "hours").filter(_has_one_meaning)
        return st.lists(window, min_size=1, max_size=2)
    assert key.kind == "models", f"no strategy for the kind {key.kind}"
    model = _record((each for each in keys(key.path).values() if each.path != "config"), "name")
    return st.lists(model, min_size=1, max_size=4, unique_by=lambda each: str(each["name"]))


def _has_one_meaning(window: Document) -> bool:
    """``10-1`` ends after noon or after midnight, and is refused."""
    start, _, end = str(window["hours"]).partition("-")
    return ":" in start + end or not 0 < int(end) < int(start) < 12


@cache
def values(path: str) -> st.SearchStrategy[Any]:
    """What may stand at a key path."""
    if path == "region":
        known = sorted(load().raw["regions"]["regions"])
        return st.one_of(st.sampled_from(known), texts("region"))
    if path == "traffic.timezone":
        return st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"))
    return value_of(LEAVES[path])


def _fleet() -> st.SearchStrategy[Document]:
    pair = st.tuples(st.integers(0, 20), st.integers(1, 40)).filter(lambda both: both[0] <= both[1])
    return st.one_of(
        pair.map(lambda both: {"min": both[0], "max": both[1]}),
        pair.map(lambda both: {"min": both[0]}),
        pair.map(lambda both: {"max": both[1]}),
    )


def put(document: Document, path: str, value: Any) -> None:
    """Set a key path in a document."""
    *sections, name = path.split(".")
    for section in sections:
        document = document.setdefault(section, {})
    document[name] = value


@st.composite
def documents(
    draw: st.DrawFn, facts: Sequence[str] = FACTS, others: Sequence[str] = OTHERS
) -> Document:
    """A workload document.

    Args:
        draw: given by hypothesis.
        facts: key paths that rules read, of which some are stated.
        others: key paths that rules do not read, of which a few are stated.
    """
    document: Document = {"name": draw(texts("name"))}
    put(document, "requests.arrival", draw(st.sampled_from(["online", "online", "batch"])))
    stated = draw(st.lists(st.sampled_from(facts), unique=True, max_size=len(facts)))
    if others:
        stated += draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
    for path in stated:
        put(document, path, draw(values(path)))
    if "models" in document:
        without_size_words(document)
        for model in document["models"]:
            model.pop("config", None)
    if "id" in document.get("model", {}) or "tokens" in document["requests"]:
        document.get("model", {}).pop("context", None)  # which may hold fewer tokens
    if "id" in document.get("model", {}):
        document["requests"].pop("tokens", None)
    fleet = draw(st.one_of(st.none(), _fleet())) if others else None
    if fleet is not None:
        put(document, "deploy.instances", fleet)
    return document


def without_size_words(document: Document) -> None:
    """Take out the words for sizes: each of several models has a number of its own."""
    model = document.get("model", {})
    for name in [n for n, said in model.items() if _is_size_word(f"model.{n}", said)]:
        del model[name]


def _is_size_word(path: str, said: Any) -> bool:
    return LEAVES[path].kind in KINDS and said in LEAVES[path].words


# -- documents as files ----------------------------------------------------------------------------


def as_yaml(document: Document) -> str:
    """A document as block YAML, in the order of its keys."""
    return "\n".join(_block(document, "")) + "\n"


def _block(mapping: Document, indent: str) -> list[str]:
    lines = []
    for name, value in mapping.items():
        key = f"{indent}{_scalar(name)}:"
        if isinstance(value, dict) and value:
            lines += [key, *_block(value, indent + "  ")]
        elif isinstance(value, list | dict):
            lines.append(f"{key} {_flow(value)}")
        else:
            lines.append(f"{key} {_scalar(value)}")
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, dict):
        pairs = (f"{_scalar(name)}: {_scalar(each)}" for name, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """Plain where a person would write it plain, else in double quotes."""
    if isinstance(value, str) and value not in _KEYWORDS:
        quantity = _QUANTITY.fullmatch(value)
        if NAMES.fullmatch(value) or (quantity and quantity[1] in _UNITS):
            return value
    return json.dumps(value, ensure_ascii=False)


def read(
    document: Document, changes: Sequence[tuple[str, str]] = (), file: str = "workload.yaml"
) -> Workload:
    """A document through the real reader, with changes as ``--set`` makes them."""
    (workload,) = read_workloads(as_yaml(document).encode(), file, changes, FEATURES)
    return workload
