"""What a misspelt name or word was meant to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.text.spelling import edits, likely, nearest

WORDS = ("sustained", "diurnal", "data-capture", "vpc")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("MemorySizeInMb", "MemorySizeInMB"),
        ("memory_size_mb", "MemorySizeInMB"),
        ("MaxConcurency", "MaxConcurrency"),
        ("MaxConcurrencyy", "MaxConcurrency"),
        ("MxaConcurrency", "MaxConcurrency"),
        ("max_provisioned_concurrency", ""),
        ("size_mb", "MemorySizeInMB"),
        ("mb_size", ""),
        ("concurrency", ""),
        ("Turbo", ""),
        ("", ""),
    ],
)
def test_the_nearest_field_is_what_was_meant(word: str, meant: str) -> None:
    assert nearest(word, ("MemorySizeInMB", "MaxConcurrency", "ProvisionedConcurrency")) == meant


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1), ("abcd", "abdc", 1), ("ab", "ba", 1)],
)
def test_a_swap_of_neighbours_is_one_edit(one: str, other: str, distance: int) -> None:
    assert edits(one, other, 3) == distance


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("sustaned", "sustained"),
        ("Data_Capture", "data-capture"),
        ("data capture", "data-capture"),
        ("capture", "data-capture"),  # 7 of 7 and of 11 letters: 14 / 18 is more than 0.65
        ("steady", None),
        ("", None),
    ],
)
def test_the_likely_word_is_what_was_meant(word: str, meant: str | None) -> None:
    assert likely(word, WORDS) == meant


@given(st.sampled_from(WORDS), st.sampled_from("_- "), st.booleans())
def test_case_and_what_joins_words_never_matter(word: str, join: str, upper: bool) -> None:
    written = word.replace("-", join)
    written = written.upper() if upper else written
    assert likely(written, WORDS) == nearest(written, WORDS) == word
