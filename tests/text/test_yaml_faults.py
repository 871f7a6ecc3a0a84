"""Bad YAML is told by the text itself: alike with every parser, and in no library's words."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.text import yaml_faults, yaml_reader
from advisor.text.terms import CONFIGURATION, WORKLOAD, Terms
from advisor.text.yaml_reader import read_text

PARSERS = {"libyaml": vars(yaml_reader)["Parser"], "pure Python": yaml.SafeLoader}
SAYS = {name: value for name, value in vars(yaml_faults).items() if name.isupper()}
FAULTS = [
    ("a: 'b", "1:4", "_OPEN_QUOTE"),
    ('a: "b\nc: d\n', "1:4", "_OPEN_QUOTE"),
    ('a: "b\n---\nc', "1:4", "_OPEN_QUOTE"),
    ('a: "b\\', "1:4", "_OPEN_QUOTE"),
    ("a: {b: 'c}\nd: e\n", "1:8", "_OPEN_QUOTE"),
    ('a: "b \\q"', "1:7", "_ESCAPE"),
    ('a: "\\\\ \\xZZ"', "1:8", "_ESCAPE"),
    ('a: "\\U00110000"', "1:5", "_ESCAPE"),
    ("a: [b, c", "1:4", "_OPEN_BRACKET"),
    ("a: [b,", "1:4", "_OPEN_BRACKET"),
    ("a: [b\nc: d", "1:4", "_OPEN_BRACKET"),
    ("a: {b: [c, d}", "1:8", "_OPEN_BRACKET"),
    ('{"a" "b"}', "1:1", "_OPEN_BRACKET"),
    ("[a,,b]", "1:4", "_NO_VALUE"),
    ("[- a]", "1:2", "_DASHES"),
    ("a: ]", "1:4", "_CLOSED"),
    ("a: [b]]", "1:7", "_CLOSED"),
    ("a: @b", "1:4", "_BAD_START"),
    ("a: `b", "1:4", "_BAD_START"),
    ("a: %b", "1:4", "_BAD_START"),
    ("a: ,b", "1:4", "_BAD_START"),
    ("a: >60 s", "1:4", "_BLOCK_TEXT"),
    ("a: |b\n c", "1:4", "_BLOCK_TEXT"),
    ("a: b: c", "1:5", "_NO_KEY"),
    ("a: 1\n  b: 2", "2:4", "_NO_KEY"),
    ("a:\n  b: 1\n  c\n  d: 2", "3:3", "_NO_COLON"),
    ("a: 1\n'b'\nc: d", "2:1", "_NO_COLON"),
    ("a: 1\n[b]\nc: d", "2:1", "_NO_COLON"),
    ("a: 1\n*b\nc: d", "2:1", "_NO_COLON"),
    ("a: 1\nb", "2:1", "_NO_COLON"),
    ("a: - b", "1:4", "_NO_LIST"),
    ("a: ? b", "1:4", "_NO_QUESTION"),
    ("a:\n\tb: c", "2:1", "_TAB"),
    (" \ta: b", "1:2", "_TAB"),
    ("a: b\n\tc: d", "2:1", "_TAB"),
    ("a: >\n\tb", "2:1", "_TAB"),
    ("- a\n- b\nc: d", "3:1", "_UNLIKE"),
    ("a: b\n- c", "2:1", "_UNLIKE"),
    ("a: 'b's", "1:7", "_UNLIKE"),
    ("  a: b\nc: d", "2:1", "_OUTSIDE"),
    ("[a] [b]", "1:5", "_OUTSIDE"),
    ("a: *.log", "1:4", "_ANCHOR"),
    ("a: & b", "1:4", "_ANCHOR"),
    ("a: !<x y", "1:4", "_TAG"),
    ("a: !b!c d", "1:4", "_TAG"),
    ("%YAML 3.0\n---\na", "1:1", "_DIRECTIVE"),
    ("a: &b 1\nc: &d *b", "2:7", "_NAMED_ALIAS"),
]


@pytest.mark.parametrize("terms", [WORKLOAD, CONFIGURATION], ids=["workload", "configuration"])
@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("text", "place", "name"), FAULTS)
def test_a_fault_is_named_where_it_stands(
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    place: str,
    name: str,
    parser: str,
    terms: Terms,
) -> None:
    monkeypatch.setattr(yaml_reader, "Parser", PARSERS[parser])
    with pytest.raises(InputError) as caught:
        read_text(text, "f", terms)
    assert (caught.value.at(), caught.value.message) == (f"f:{place}", SAYS[name][0])
    assert caught.value.hint == SAYS[name][1]


def test_every_fault_that_can_be_named_is_shown_above() -> None:
    known = {name for name, value in SAYS.items() if isinstance(value, tuple)}
    # PyYAML's own parser reads a: as a text there.
    assert known == {name for _, _, name in FAULTS} | {"_NO_SPACE"}


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="only libyaml refuses it")
def test_a_colon_in_brackets_needs_a_space() -> None:
    assert outcome("[a:[b]]") == (0, "f:1:3", SAYS["_NO_SPACE"][0])


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: *b", "1:4", "this alias has no anchor"),
        ("a: &b [*b]", "1:8", "this alias repeats a value that contains it"),
        ('a: "\\ud83d"', "1:4", "this escape is the invisible character U+D83D"),
        ("a: b\nc: @\nd: \x07", "3:4", "the character U+0007 is not allowed"),
    ],
)
def test_what_no_parser_is_asked_about_is_told_alike(
    monkeypatch: pytest.MonkeyPatch, text: str, place: str, message: str, parser: str
) -> None:
    monkeypatch.setattr(yaml_reader, "Parser", PARSERS[parser])
    for terms in (WORKLOAD, CONFIGURATION):
        with pytest.raises(InputError) as caught:
            read_text(text, "f", terms)
        assert (caught.value.at(), caught.value.message) == (f"f:{place}", message)


PIECES = ["a", "b: ", "- ", "\n", " ", "  ", "[", "]", "{", "}", ",", ":", "'", '"', "\\", "#"]
SIGNS = [*PIECES, "&a ", "*a", "!", "!!str ", "|", ">", "? ", "@", "---\n", "...\n", "\\x41"]


def outcome(text: str) -> tuple[int, str, str]:
    """How many documents there are, or where what is wrong."""
    try:
        return len(read_text(text, "f")), "", ""
    except InputError as error:
        found = error
    assert found.line, found
    assert found.hint, found
    return 0, found.at(), found.message


SOUND = ["k{}: v\n", "k{}: [a,\n  b]\n", "# ä: [\n", "\n", "k{}:\n- 'x: '\n- y\n", 'k{}: "ß\\n"\n']


@given(st.sampled_from(FAULTS), st.lists(st.sampled_from(SOUND), max_size=9))
def test_a_fault_is_named_alike_whatever_stands_above_it(
    fault: tuple[str, str, str], above: list[str]
) -> None:
    text, place, name = fault
    before = (
        "first: v\n" + "".join(piece.format(number) for number, piece in enumerate(above)) + "---\n"
    )
    line, column = map(int, place.split(":"))
    expected = (0, f"f:{line + before.count(chr(10))}:{column}", SAYS[name][0])
    for parser in PARSERS.values():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_reader, "Parser", parser)
            assert outcome(before + text) == expected


@given(st.lists(st.one_of(st.sampled_from([*SIGNS, "\t", "%"]), st.characters()), max_size=24))
def test_any_text_is_read_or_refused_in_our_words(pieces: list[str]) -> None:
    ours = {value[0] for value in SAYS.values() if isinstance(value, tuple)}
    for parser in PARSERS.values():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_reader, "Parser", parser)
            _, place, message = outcome("".join(pieces))
        assert (
            not place
            or message in ours
            or message.startswith(("this a", "the tag", "the character U+", "an escape"))
        )
