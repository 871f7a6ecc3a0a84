"""Pages that nobody has read for a while are found, each once."""

from __future__ import annotations

from advisor.reference.entry import Detail, Entry
from advisor.reference.listing import as_values, counted, days_before, listed, older, pages

PAGE, OTHER = "https://docs.aws.amazon.com/a", "https://docs.aws.amazon.com/b"


def entry(name: str, source: str, as_of: str, *details: Detail) -> Entry:
    return Entry(
        id=name,
        kind="limit",
        title="Title",
        details=details,
        because="why",
        source=source,
        where="",
        as_of=as_of,
        since="0.1",
        file="f.yaml",
        raw={},
    )


ENTRIES = (
    entry("one", PAGE, "2026-11-20"),
    entry("two", PAGE, "2026-01-01", Detail("Also", "more", OTHER, "2025-01-01")),
    entry("three", OTHER, "2026-11-20"),
    entry("ours", "sm-advise", "2020-01-01"),
)


def test_a_page_is_listed_once_with_all_that_rests_on_it() -> None:
    found = pages(ENTRIES)
    assert [(page.url, page.oldest, page.entries) for page in found] == [
        (OTHER, "2025-01-01", ("two", "three")),
        (PAGE, "2026-01-01", ("one", "two")),
    ]


def test_days_are_counted() -> None:
    # 2024 is a leap year: 366 days
    assert days_before("2024-01-01", "2025-01-01") == 366


def test_only_what_is_older_is_old() -> None:
    # from 2026-01-01 to 2026-11-20: 30 + 28 + 31 + 30 + 31 + 30 + 31 + 31 + 30 + 31 + 20 = 323 days
    assert days_before("2026-01-01", "2026-11-20") == 323
    (other,) = older(pages(ENTRIES), 323, "2026-11-20")
    assert (other.url, other.entries) == (OTHER, ("two",))
    first, second = older(pages(ENTRIES), 322, "2026-11-20")
    assert (first.entries, second.entries) == (("two",), ("two",))


def test_what_is_old_is_counted_in_a_sentence() -> None:
    found = pages(ENTRIES)
    assert counted(found, (), 400, "2026-11-20") == (
        "None of 2 pages were last read more than 400 days before 2026-11-20."
    )
    assert counted(found, found[:1], 400, "2026-11-20").startswith("1 of 2 pages was last read")


def test_pages_as_values() -> None:
    assert as_values(pages(ENTRIES)[1:], "2026-11-20") == [
        {"source": PAGE, "as_of": "2026-01-01", "days": 323, "entries": ["one", "two"]}
    ]


def test_an_entry_is_a_line() -> None:
    bounded = entry("one", PAGE, "2026-11-20", Detail("Bound", "at most 1"))
    lines = listed((bounded, *ENTRIES[2:3]))
    assert lines == "one    2026-11-20  Title | bound: at most 1\nthree  2026-11-20  Title\n"
