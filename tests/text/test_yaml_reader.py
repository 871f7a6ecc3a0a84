"""The strict YAML reader: what it takes, where it says things stand, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.errors import InputError
from advisor.text.terms import WORKLOAD
from advisor.text.yaml_reader import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    entries,
    is_nothing,
    read_documents,
)
from advisor.workload.overrides import read_value
from advisor.workload.values import is_number


def mapping(node: YamlNode | None) -> dict[str, tuple[ScalarNode, YamlNode]]:
    assert isinstance(node, MappingNode)
    return entries(node, "f.yaml")


def plain(node: YamlNode) -> Any:
    """Texts, lists and dicts, so that a test can compare."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    assert isinstance(node, MappingNode)
    turns = iter(node.value)
    return {plain(key): plain(value) for key, value in zip(turns, turns, strict=True)}


def read(text: str | bytes) -> Any:
    (root,) = read_documents(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return plain(root)


def refusal(text: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read_documents(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return caught.value


def test_every_scalar_stays_the_text_that_was_written() -> None:
    text = "{a: yes, b: 0777, c: 2026-11-17, d: 1_000, e: 1:30, f: true, g: 1e3, h: .5, i: off}"
    assert read(text) == {
        "a": "yes",
        "b": "0777",
        "c": "2026-11-17",
        "d": "1_000",
        "e": "1:30",
        "f": "true",
        "g": "1e3",
        "h": ".5",
        "i": "off",
    }


@pytest.mark.parametrize("start", ["", "\ufeff", "# a comment\n", "---\n", "%YAML 1.1\n---\n"])
def test_a_document_may_start_like_this(start: str) -> None:
    assert read(start + "a: 1\r\nb: 2\r\n") == {"a": "1", "b": "2"}


def test_positions_are_those_of_the_file() -> None:
    (root,) = read_documents("\ufeff# ä\na:\n  b: ['ß', c]\n".encode(), "f.yaml")
    inner = mapping(root)["a"][1]
    ((key, items),) = mapping(inner).values()
    assert (key.start_mark.line, key.start_mark.column) == (2, 2)
    assert (items.value[1].start_mark.line, items.value[1].start_mark.column) == (2, 11)


def test_documents_that_hold_nothing_are_passed_over() -> None:
    documents = read_documents(b"---\na: 1\n---\n---\nnull\n---\nb: 2\n---\n", "f.yaml")
    assert [plain(root) for root in documents] == [{"a": "1"}, {"b": "2"}]


# Without control and format characters, which are refused, and line breaks, which YAML may fold.
VISIBLE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Cs", "Zl", "Zp"))
)


@given(
    st.recursive(
        VISIBLE | st.integers().map(str),
        lambda inner: st.lists(inner) | st.dictionaries(VISIBLE, inner),
        max_leaves=9,
    ),
    st.sampled_from([None, 1, "\t"]),
    st.booleans(),
)
def test_json_is_read_as_any_json_reader_reads_it(
    value: Any, indent: int | str | None, ascii_only: bool
) -> None:
    assert read(json.dumps({"a": value}, indent=indent, ensure_ascii=ascii_only)) == {"a": value}


def test_a_character_beyond_the_first_plane_may_be_escaped_as_json_does() -> None:
    assert read('{"a": "\\ud83d\\ude00 \\\\ud83d\\\\ude00"}') == {"a": "😀 \\ud83d\\ude00"}
    assert refusal('{"a": "\\ud83d"}').message == "this escape is the invisible character U+D83D"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 5", "5"),
        ("!!int '5'", "5"),
        ("! 5", "5"),
        ("!!map {a: !!seq [!!bool true]}", {"a": ["true"]}),
    ],
)
def test_tags_of_the_core_schema_are_dropped(text: str, value: Any) -> None:
    (root,) = read_documents(text.encode(), "f.yaml")
    assert plain(root) == value
    assert not root.tag


@pytest.mark.parametrize(
    "tag", ["!!python/object:os.system", "!!timestamp", "!!set", "!mine", "!<tag:x.org,2000:y>"]
)
def test_any_other_tag_is_refused(tag: str) -> None:
    assert refusal(f"a: {tag} x").message.endswith("is not allowed")


def test_a_tag_of_another_shape_is_refused() -> None:
    assert refusal("a: !!map [b]").message == "the tag 'tag:yaml.org,2002:map' is not allowed"


def test_a_text_with_a_tag_counts_as_quoted_and_a_number_does_not() -> None:
    text, number = read_documents(b"[!!str 5, !!int '5']", "f.yaml")[0].value
    assert text.style
    assert not number.style


def test_an_alias_shares_its_node() -> None:
    (root,) = read_documents(b"a: &x [1, 2]\nb: *x\n", "f.yaml")
    pairs = mapping(root)
    assert pairs["a"][1] is pairs["b"][1]


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_may_expand_but_not_without_bound() -> None:
    # 3 levels: 10 + 100 + 1000 texts, and the lists that hold them.
    assert len(read(bomb(3))["a2"]) == 10
    # 9 levels would be a thousand million texts. a0 to a3 hold 11,110 values and more, so each of
    # the first three aliases in a4 still fits below 50,000: 11,105 + 4 * 11,110 does not.
    error = refusal(bomb(9))
    assert error.message == "more than 50,000 values"
    assert error.line == 5
    assert refusal("a: &a [*a]").message == "this alias repeats a value that contains it"


def test_values_are_counted_without_keys_up_to_the_bound() -> None:
    most = WORKLOAD.most_values
    # The list is a value of the mapping, which the document holds.
    assert len(read("{a: [" + "b," * (most - 1) + "]}")["a"]) == most - 1
    assert refusal("{a: [" + "b," * most + "]}").message == f"more than {most:,} values"
    # A mapping in a mapping takes three events, which no value exceeds.
    assert len(read("".join(f"a{number}: {{}}\n" for number in range(most)))) == most
    assert refusal("- b\n" * (3 * most)).message == f"more than {most:,} values"


def test_a_file_of_one_megabyte_is_read_and_a_larger_one_is_not() -> None:
    most = b"a: 1\n#" + b"x" * (WORKLOAD.most_bytes - 6)
    assert read(most) == {"a": "1"}
    assert refusal(most + b"x").message == "the file is larger than 1 MB"


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "null", "~"])
def test_a_file_that_holds_nothing_is_refused(text: str) -> None:
    assert refusal(text).message == "the file is empty"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a: \xff", "1:4"),
        (b"\xef\xbb\xbfa: b\n\xc3\xa4: \xff", "2:4"),
        (b"a: \xed\xa0\x80", "1:4"),  # a surrogate, encoded
        ("a: 1".encode("utf-16-le"), "1:2"),
    ],
)
def test_what_is_not_utf_8_is_refused_at_its_character(data: bytes, place: str) -> None:
    assert refusal(data).at() == f"f.yaml:{place}"


UNSEEN = "\0\x07\x1b\x7f\x9b\u061c\u200e\u202e\u2066\ufeff\uffff"


@pytest.mark.parametrize("character", UNSEEN)
def test_a_character_that_nobody_sees_is_refused_where_it_stands(character: str) -> None:
    error = refusal(f"a: b\nc: d{character}\n")
    assert error.at() == "f.yaml:2:5"
    assert error.message == f"the character U+{ord(character):04X} is not allowed"


@pytest.mark.parametrize("character", UNSEEN)
def test_an_escape_for_such_a_character_is_refused_in_keys_and_values(character: str) -> None:
    escape = f"\\u{ord(character):04x}"
    for text in (f'a: "{escape}"', f'"{escape}": a', f'a: [b, {{c: "{escape}"}}]'):
        assert (
            refusal(text).message
            == f"this escape is the invisible character U+{ord(character):04X}"
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "the key 'a' is repeated"),
        ("? [a]\n: b", "a key must be a text"),
        ("? {a: b}\n: b", "a key must be a text"),
    ],
)
def test_entries_refuse_a_key_that_is_repeated_or_no_text(text: str, message: str) -> None:
    (root,) = read_documents(text.encode(), "f.yaml")
    with pytest.raises(InputError, match=message):
        mapping(root)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            dict.fromkeys(
                ("5", "-1.5e3", ".5", "0777", "0x1F", "0o7", "-.inf", ".NaN"), True
            ).items()
        ),
        *(dict.fromkeys(("1_000", "2026-11-17", "٣", "x", "nan", "-", ".", ""), False).items()),
    ],
)
def test_an_editor_takes_some_texts_for_numbers(text: str, number: bool) -> None:
    assert is_number(text) is number


def test_null_is_null_only_without_quotes() -> None:
    (root,) = read_documents(b"[~, null, '', 'null', nothing, []]", "f.yaml")
    assert [is_nothing(node) for node in root.value] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("> 4 MB", "> 4 MB"),
        (">=1000/s", ">=1000/s"),
        ("5 %", "5 %"),
        ("[vpc, kms]", ["vpc", "kms"]),
        ("{typical: 1 KB, max: 2 MB}", {"typical": "1 KB", "max": "2 MB"}),
        ("", ""),
        ("null", "null"),
    ],
)
def test_a_value_of_an_option_is_yaml_and_a_comparison_needs_no_quotes(
    text: str, value: Any
) -> None:
    node = read_value(text, "--set key")
    assert plain(node) == value
    assert node.start_mark.line == -1


@pytest.mark.parametrize("text", ["[a", "a: b: c", "!!python/name:os x", "a\n---\nb", "\x1b[0m"])
def test_a_bad_value_of_an_option_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_value(text, "--set key")
    assert caught.value.at() == "--set key"
