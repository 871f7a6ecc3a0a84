"""The reader and the JSON Schema agree, and whatever the reader is fed, it says what is wrong.

Documents are drawn without asking either of the two: mostly sound, with values beside the mark in
every place. The schema cannot compare two values, so the reader alone refuses a reversed range, a
fleet whose least is above its most, and two models or variants of one name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from advisor.model.errors import InputError
from advisor.text.quantity import KINDS, QuantityError, parse
from advisor.text.spelling import plain
from advisor.workload import read_workloads
from advisor.workload.familiar import parse_any
from advisor.workload.forms import forms
from advisor.workload.keys import Key, features, keys
from advisor.workload.schema import schema

Strategy = st.SearchStrategy[Any]

VALIDATOR = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
ONLY_THE_READER = (
    "has its larger value first",
    "is above max",
    "deploy.variants: '",
    "two models have the name",
    "would be that many bytes",
    "may end in the afternoon",
)

# -- documents -----------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(0, 200).map(str),
    st.integers(0, 10**16).map(str),
    st.sampled_from(["0", "00", "0.0", "1", "1.0", "007", "24", "100", "100.0", "168", "1.", ".5"]),
    st.decimals(0, 200, places=3).map(str),
)
UNITS = {
    kind: st.sampled_from([*units, *units, "", "B", "/s", "%", "x"])
    for kind, units in KINDS.items()
}
BLANKS = st.sampled_from(["", " ", "  "])
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**16),
    st.floats(0.125, 10**6, allow_nan=False),
    st.text(max_size=9),
    st.sampled_from(["large", "none", "true", "5", "1.5", "null", "~", "a\n", "5 MB\n", "\t1"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=1),
)


def beside_the_mark(sound: Strategy) -> Strategy:
    """Mostly what is meant, sometimes anything."""
    return st.integers(0, 15).flatmap(lambda dice: JUNK if dice == 0 else sound)


def amounts(kind: str) -> Strategy:
    return st.tuples(NUMBERS, BLANKS, UNITS[kind]).map("".join)


def quantities(kind: str) -> Strategy:
    amount = amounts(kind)
    signs = st.sampled_from(["<", "<=", ">", ">=", "=", "~"])
    return st.one_of(
        amount,
        st.tuples(signs, BLANKS, amount).map("".join),
        st.tuples(amount, BLANKS, st.sampled_from(["..", "..", "..", ".", "-"]), amount).map(
            "".join
        ),
    )


def texts(form: str) -> Strategy:
    sound = st.from_regex(forms()[form].pattern, fullmatch=True)
    if form == "date":
        sound = st.one_of(sound, st.dates().map(str))
    spoiled = st.tuples(sound, st.sampled_from([" ", "\n", "_", "é", "٣", "\u202e", "x" * 400]))
    return st.one_of(sound, sound, sound, spoiled.map("".join))


def record(parts: Iterable[Key]) -> Strategy:
    return some_of({key.path.rpartition(".")[2]: value(key) for key in parts})


def some_of(values: dict[str, Strategy]) -> Strategy:
    """A mapping with some of the keys, and now and then one that does not exist."""
    optional = {name: beside_the_mark(strategy) for name, strategy in values.items()}
    return st.fixed_dictionaries({}, optional=optional).flatmap(
        lambda found: st.integers(0, 30).map(
            lambda dice: found | ({"other": 1} if not dice else {})
        )
    )


def needs() -> Strategy:
    name = st.sampled_from([*features(), "vcp"])
    share = st.one_of(st.booleans(), quantities("percent"))
    return st.one_of(
        st.lists(name, max_size=4), st.dictionaries(name, share, max_size=3), st.just({"vpc": True})
    )


@cache
def value(key: Key) -> Strategy:
    """What may stand at a key, or nearly."""
    if key.kind in KINDS:
        number: Strategy = quantities(key.kind)
        if key.kind == "count":
            number = st.one_of(number, st.integers(-1, 10**16), st.floats(0, 9).map(round))
        plain = st.one_of(number, st.sampled_from(key.words)) if key.words else number
        parts = some_of(dict.fromkeys(key.parts, plain))
        return st.one_of(plain, parts) if key.parts else plain
    if key.kind in ("section", "record"):
        return record(k for k in keys().values() if k.path.rpartition(".")[0] == key.path)
    if key.kind == "word":
        word = st.sampled_from([*key.words, "other"])
        below = tuple(k for k in keys().values() if k.path.rpartition(".")[0] == key.path)
        return st.one_of(word, record(below)) if key.short_for else word
    if key.kind == "variants":
        return st.lists(beside_the_mark(record(keys(key.path).values())), max_size=3)
    if key.kind == "flag":
        return st.one_of(st.booleans(), st.just("true"))
    if key.kind == "text":
        return texts(key.form)
    if key.kind == "texts":
        return st.lists(beside_the_mark(texts(key.form)), max_size=(key.most or 0) + 1)
    if key.kind == "named":
        names = texts(forms()[key.form].names)
        return st.dictionaries(names, beside_the_mark(texts(key.form)), max_size=3)
    return mapped(key)


def mapped(key: Key) -> Strategy:
    """What consists of mappings, or nearly."""
    if key.kind == "needs":
        return needs()
    if key.kind == "models":
        return st.lists(beside_the_mark(record(keys(key.path).values())), max_size=3)
    if key.kind == "windows":
        return st.one_of(
            st.just(key.words[0]),
            st.lists(beside_the_mark(record(keys(key.path).values())), max_size=3),
        )
    assert key.kind == "waivers"
    waiver = st.one_of(texts("text"), record(keys(key.path).values()))
    return st.dictionaries(texts("rule"), beside_the_mark(waiver), max_size=2)


TOP = {key.path: value(key) for key in keys().values() if "." not in key.path}
SOUND = {"name": st.just("a"), "requests": st.just({"arrival": "online"})}


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """A document with a few keys that are drawn, on top of the required ones."""
    document = {} if draw(st.integers(0, 20)) == 0 else {k: draw(v) for k, v in SOUND.items()}
    for name in draw(st.lists(st.sampled_from(sorted(TOP)), unique=True, max_size=4)):
        drawn = draw(beside_the_mark(TOP[name]))
        if name == "requests" and isinstance(drawn, dict):
            drawn = {"arrival": "batch"} | drawn
        document[name] = drawn
    return draw(beside_the_mark(st.just(document)))


@st.composite
def single_facts(draw: st.DrawFn) -> Any:
    """One key on top of the required ones, so that one mistake does not hide another."""
    path = draw(st.sampled_from([each for each, key in keys().items() if key.kind != "section"]))
    document: dict[str, Any] = {"name": "a", "requests": {"arrival": "online"}}
    inner = document
    *sections, name = path.split(".")
    for section in sections:
        inner = inner.setdefault(section, {"option": "serverless"} if section == "decision" else {})
    inner[name] = draw(beside_the_mark(value(keys()[path])))
    return document


# -- the properties ------------------------------------------------------------------------------


def refusals(text: str, changes: Sequence[tuple[str, str]] = ()) -> list[str]:
    """What the reader says of a text."""
    try:
        read_workloads(text.encode(), "w.yaml", changes)
    except InputError as error:
        return [str(each) for each in (error, *error.others)]
    return []


def reads_anyway(value: str, kind: str) -> bool:
    with suppress(QuantityError):
        parse_any(value, kind)
        return True
    return False


def otherwise_spelt(value: Any) -> bool:
    """Whether a value of a document is one that the reader takes for another spelling."""
    if isinstance(value, dict | list):
        return any(map(otherwise_spelt, value.values() if isinstance(value, dict) else value))
    words = {word for key in keys().values() for word in key.words}
    return isinstance(value, str) and (
        any(reads_anyway(value, kind) for kind in KINDS)
        or value != value.strip()
        or (value not in words and plain(value) in map(plain, words))
    )


@given(st.one_of(documents(), single_facts()))
def test_reader_and_schema_accept_and_refuse_alike(document: Any) -> None:
    text = json.dumps(document)
    by_reader = refusals(text)
    by_schema = [error.message for error in VALIDATOR.iter_errors(json.loads(text))]
    if by_schema and not by_reader:  # the schema knows one spelling of each value
        assert otherwise_spelt(document), by_schema
    elif by_schema:
        assert by_reader, by_schema
    else:
        assert all(any(each in said for each in ONLY_THE_READER) for said in by_reader), by_reader


@given(documents())
def test_block_yaml_is_read_like_json(document: Any) -> None:
    as_yaml = yaml.safe_dump(document, sort_keys=False, width=10**6)
    assert bool(refusals(as_yaml)) == bool(refusals(json.dumps(document)))


LINES = [
    line
    for path in sorted((Path(__file__).parents[1] / "invalid").glob("*.yaml"))
    if path.stat().st_size < 2000
    for line in path.read_bytes().splitlines(keepends=True)
]
BYTES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(LINES), max_size=12).map(b"".join),
    st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#,\\ \n\t\r\0é", max_size=60).map(str.encode),
)


@given(BYTES, st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=2))
def test_no_bytes_make_the_reader_fail_otherwise(
    data: bytes, changes: list[tuple[str, str]]
) -> None:
    with suppress(InputError):
        read_workloads(data, "w.yaml", changes)


PATHS = st.one_of(
    st.sampled_from(list(keys())),
    st.builds("{}.{}".format, st.sampled_from(list(keys())), st.sampled_from("aé.*")),
    st.text(alphabet="ab.é \n", max_size=6),
)
OPTION_VALUES = st.one_of(
    JUNK.map(json.dumps),
    quantities("size"),
    st.text(max_size=20),
    st.text(alphabet="[]{}:,&*!>|-'\"ab \n", max_size=12),
)
STATED = st.sampled_from(
    ["", "needs: [vpc]", "needs: {vpc: true}", "model: &a {size: 1 B}", "deploy: {tags: {a: b}}"]
)


@given(STATED, st.lists(st.tuples(PATHS, OPTION_VALUES), min_size=1, max_size=3))
def test_no_change_makes_the_reader_fail_otherwise(
    stated: str, changes: list[tuple[str, str]]
) -> None:
    text = f"name: a\nrequests: {{arrival: online, payload: 1 MB}}\n{stated}\n"
    for said in refusals(text, changes):
        assert said.startswith("--set") or "is missing" in said


@given(documents())
def test_what_is_set_counts_as_what_stands_in_the_file(document: Any) -> None:
    assume(isinstance(document, dict) and "name" in document)
    whole = {"requests": {"arrival": "online"}} | document
    in_file = read_values(json.dumps(whole))
    changes = [(name, json.dumps(inner)) for name, inner in document.items()]
    assert read_values('{"name": "b", "requests": {"arrival": "online"}}', changes) == in_file


def read_values(text: str, changes: Sequence[tuple[str, str]] = ()) -> dict[str, Any] | None:
    """Value by key path, ``None`` for a text that is refused."""
    try:
        (workload,) = read_workloads(text.encode(), "w.yaml", changes)
    except InputError:
        return None
    return {path: stated.value for path, stated in workload.values.items()}


@given(st.sampled_from(sorted(KINDS)), st.one_of(st.text(max_size=20), quantities("size")))
def test_no_text_makes_the_quantity_parser_fail_otherwise(kind: str, text: str) -> None:
    with suppress(QuantityError):
        low, high = parse(text, kind)
        assert low is not None or high is not None
        assert low is None or high is None or 0 <= low <= high


@pytest.mark.parametrize("said", ONLY_THE_READER)
def test_what_only_the_reader_says_is_said(said: str) -> None:
    document = {
        "name": "a",
        "requests": {"arrival": "online", "payload": "2 MB..1 MB"},
        "model": {"size": "7B"},
        "traffic": {"windows": [{"hours": "9-5"}]},
        "models": [{"name": "a"}, {"name": "a"}],
        "deploy": {
            "instances": {"min": 2, "max": 1},
            "variants": [{"name": "b"}, {"name": "b"}],
        },
    }
    assert not list(VALIDATOR.iter_errors(document))
    assert any(said in each for each in refusals(json.dumps(document)))


def test_a_surrogate_pair_is_set_as_it_stands_in_a_file() -> None:
    document = {"deploy": {"topics": {"success": "😀"}}, "owner": "😀"}
    for name, value in document.items():
        text = json.dumps(value)  # "\ud83d\ude00"
        with pytest.raises(InputError) as in_file:
            read_workloads(
                f'{{"name": "b", "requests": {{"arrival": "online"}}, "{name}": {text}}}'.encode(),
                "w",
            )
        with pytest.raises(InputError) as when_set:
            read_workloads(b'{"name": "b", "requests": {"arrival": "online"}}', "w", [(name, text)])
        assert when_set.value.message == in_file.value.message
        assert "escape" not in when_set.value.message
