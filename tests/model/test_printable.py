"""What others wrote reaches a terminal or a page as text and never as a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.printable import printable
from advisor.text.markup import code, prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Zürich 東京", "Zürich 東京"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\x07b\x9bc", "a\\x07b\\x9bc"),
        ("two\nlines\tand\r", "two lines and "),
        ("abc\u202edcba", "abc\\u202edcba"),  # reverses what follows
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half\ud800", "half\\ud800"),  # cannot be encoded
    ],
)
def test_what_would_act_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("*bold* _it_ [x](y)", "\\*bold\\* \\_it\\_ \\[x\\](y)"),
        ("@team & co", "@&#8203;team &amp; co"),
        ("`code` $x$ ~s~ #1 \\", "\\`code\\` \\$x\\$ \\~s\\~ \\#&#8203;1 \\\\"),
    ],
)
def test_markup_is_shown_as_it_stands(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "`plain`"),
        ("a|b", "`a\\|b`"),
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
    ],
)
def test_a_code_span_ends_where_it_should(text: str, shown: str) -> None:
    assert code(text) == shown
