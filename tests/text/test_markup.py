"""What stands in Markdown is text and nothing else, as GitHub's own parser reads it."""

from __future__ import annotations

import html
import re

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.printable import printable
from advisor.text.markup import code, prose, table

_REFERENCES = re.compile(r"(?i)(?:#|\bgh-)[0-9]|@[a-z0-9]")  # what GitHub links in the page
PIECES = (
    *("#1", "GH-7", "gh-12", "a/b#3", "@all", "a@b.cc", "https://e.cc/x", "HTTP://e.cc"),
    *("www.e.cc", "ftp://e.cc", "mailto:a@b.cc", "://", "<b>", "</td>", "<!-- x -->", "&amp;"),
    *("&#35;1", "&", ";", "[x](y)", "![x](y)", "[x]", "`", "``", "|", "\\", "\\|", "*", "**"),
    *("_", "~~", "$", "$$", "#", " ", "  ", "a", "1", "-", "+ ", "1. ", "=", "\n", "\t", ":"),
    *(".", "é", "漢", "\u202e", "\x1b"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def shown(markdown: str) -> str:
    """The page of a text, as GitHub's parser makes it."""
    return str(github_flavored_markdown_to_html(markdown))


def plain(page: str) -> str:
    return " ".join(html.unescape(page).replace("\u200b", "").split())


@given(TEXTS)
def test_prose_is_one_text(text: str) -> None:
    page = shown(f"x {prose(text)} x")
    found = re.fullmatch(r"<p>([^<]*)</p>\n", page)
    assert found, page
    assert plain(found[1]) == plain(html.escape(f"x {printable(text)} x"))
    assert not _REFERENCES.search(html.unescape(found[1])), page


@given(TEXTS, TEXTS)
def test_a_cell_is_one_text_whatever_stands_in_it(first: str, second: str) -> None:
    rows = "\n".join(table(("A", "B"), [(f"x{prose(first)}x", f"x{code(second)}x")]))
    cells = re.findall(r"<td>(.*?)</td>", shown(rows), re.DOTALL)
    assert len(cells) == 2, rows
    assert plain(cells[0]) == plain(html.escape(f"x{printable(first)}x"))
    assert re.fullmatch(r"x<code>[^<]*</code>x" if second else "xx", cells[1]), cells[1]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("issue #12", "issue \\#&#8203;12"),
        ("C# and #x", "C\\# and \\#x"),
        ("gh-3", "gh-&#8203;3"),
        ("see https://a.b", "see https\\://a.b"),
        ("WWW.a.b", "WWW\\.a.b"),
        ("10:30, a.b", "10:30, a.b"),
        ("@me", "@&#8203;me"),
    ],
)
def test_only_what_would_be_linked_is_kept_apart(text: str, escaped: str) -> None:
    assert prose(text) == escaped
