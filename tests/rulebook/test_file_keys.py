"""The keys of a workload file: what their file must not repeat, and what it must not leave open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.model.errors import RulebookError
from advisor.model.options import OPTIONS, WAYS
from advisor.rulebook.compile import compile_rules
from advisor.rulebook.file_keys import compile_keys
from advisor.rulebook.source import read_rules
from advisor.text.quantity import KINDS
from advisor.workload.forms import forms
from advisor.workload.keys import keys, required

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
WRITTEN = {each["path"]: each for each in read_rules(RULES / "keys.yaml")["keys"]}
FACTS = {each["id"]: each for each in read_rules(RULES / "assumptions.yaml")["facts"]}
STATED = [each for each in read_rules(RULES / "words.yaml")["words"] if each.get("stated")]
LISTS = [path for path, each in WRITTEN.items() if "each" in each]


def compiled(*entries: dict[str, Any], **words: list[str]) -> dict[str, list[dict[str, Any]]]:
    return compile_keys([{"kind": "word", "about": "One.", **each} for each in entries], words)


def test_paths_are_unique_and_their_sections_stand_before_them() -> None:
    paths = [each["path"] for each in read_rules(RULES / "keys.yaml")["keys"]]
    assert len(paths) == len(WRITTEN)
    for number, path in enumerate(paths):
        section = path.rpartition(".")[0]
        assert not section or section in paths[:number], path


@pytest.mark.parametrize("path", WRITTEN)
def test_words_that_another_file_lists_are_the_words_of_the_key(path: str) -> None:
    """A list of words stands in one file; where both have one, in another order, it is the same."""
    key, fact = keys()[path], FACTS.get(path, {})
    elsewhere = [each["id"] for each in STATED if each["fact"] == path]
    if key.kind == "word":
        elsewhere += fact.get("words", ())
    own = WRITTEN[path].get("words")
    if elsewhere:
        assert sorted(key.words) == sorted(elsewhere)
        assert own != elsewhere, "leave the words out"
    elif not isinstance(own, str) and not key.short_for:
        assert list(key.words) == (own or [])


@pytest.mark.parametrize("path", WRITTEN)
def test_a_fact_that_is_compared_has_the_kind_of_its_key(path: str) -> None:
    key, fact = keys()[path], FACTS.get(path)
    if fact is not None and key.kind != "text":  # a Region, a framework: free texts, known words
        assert fact["kind"] == key.kind


@pytest.mark.parametrize("of", ["", *LISTS])
def test_every_form_exists_and_every_bound_has_the_unit_of_its_kind(of: str) -> None:
    for key in keys(of).values():
        assert not key.form or key.form in forms(), key.path
        assert bool(key.form) == (key.kind in ("text", "texts", "named")), key.path
        assert key.most is None or isinstance(key.most, int), key.path
        assert not key.parts or key.kind in KINDS, key.path


@pytest.mark.parametrize("of", LISTS)
def test_one_key_of_an_item_is_required(of: str) -> None:
    assert len([path for path, key in keys(of).items() if key.required]) == 1


def test_what_every_file_must_state() -> None:
    """A decision need not be stated, so that its option is none of them."""
    assert list(required()) == ["name", "requests.arrival"]
    assert keys()["decision.option"].required


def test_a_bound_is_in_base_units() -> None:
    # A week has 168 h of 3600 s of 1,000,000 microseconds; a percent has 1000 thousandths.
    assert keys()["traffic.active"].most == 168 * 3600 * 1_000_000
    assert keys("models")["share"].most == 100 * 1000


def test_options_and_ways_are_those_of_the_program() -> None:
    assert keys()["decision.option"].words == OPTIONS
    assert keys()["deploy.hosting"].words == WAYS


def test_an_item_takes_the_keys_that_it_is_like_but_its_own() -> None:
    count = {"path": "count", "kind": "count", "most": 5}
    found = compiled(
        {"path": "model", "kind": "section"},
        {"path": "model.size", "kind": "size", "split": True},
        {"path": "model.count", "kind": "count"},
        {"path": "models", "kind": "models", "each": [{"like": "model"}, count]},
    )
    size = {"path": "size", "kind": "size", "about": "One.", "parts": ["typical", "p99", "max"]}
    assert found["models"] == [size, count]


def test_a_word_for_a_key_below_takes_its_words() -> None:
    below = {"path": "rollout.way", "words": ["slow", "fast"]}
    (key, _) = compiled({"path": "rollout", "short_for": "way"}, below)[""]
    assert key["words"] == ["slow", "fast"]


def test_the_words_of_a_fact_are_for_its_key() -> None:
    (key,) = compiled({"path": "prefer"}, prefer=["cost", "latency"])[""]
    assert key["words"] == ["cost", "latency"]
    (text,) = compiled({"path": "region", "kind": "text"}, region=["us-east-1"])[""]
    assert "words" not in text


@pytest.mark.parametrize("key", [{"path": "prefer"}, {"path": "rollout", "short_for": "way"}])
def test_a_word_without_words_is_refused(key: dict[str, Any]) -> None:
    with pytest.raises(RulebookError, match="no fact lists its words; write words"):
        compiled(key)


def test_rules_without_a_format_of_their_own_have_no_keys() -> None:
    assert compile_rules(ROOT / "tests" / "rulebooks" / "small")["keys"] == {}
