"""Colours are added around a text, or not at all."""

from __future__ import annotations

import pytest

from advisor.text.tones import TONES, painted


@pytest.mark.parametrize("word", TONES)
def test_a_word_is_painted_in_its_tone_where_there_is_colour(word: str) -> None:
    shown = painted(word, TONES[word], colour=True)
    assert word in shown
    assert ("\x1b[" in shown) == bool(TONES[word])
    assert painted(word, TONES[word], colour=False) == word


def test_severities_have_three_tones() -> None:
    shown = [painted(each, TONES[each], colour=True) for each in ("error", "warning", "info")]
    assert shown == ["\x1b[31merror\x1b[0m", "\x1b[33mwarning\x1b[0m", "\x1b[2minfo\x1b[0m"]
    assert painted("", "red", colour=True) == ""
