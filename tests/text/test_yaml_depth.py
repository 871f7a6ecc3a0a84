"""Nesting is bounded by our own count, with line and column, whatever nests and whoever reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.json_nodes import read_json
from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.gate.rules.service_walk import load_service
from advisor.gate.settings import organisation_of
from advisor.model.errors import InputError
from advisor.text import yaml_reader
from advisor.text.terms import CONFIGURATION, WORKLOAD, Terms
from advisor.text.yaml_reader import read_text
from advisor.workload import read_workloads

BLOCKS = ("- ", "? ")
BRACKETS = {"[": "]", "{a: ": "}", "[\n": "]", "{a:\n": "\n}", "{? ": "}", '{"a":': "}"}


class Nested(NamedTuple):
    """A text, and the index at which each level starts."""

    text: str
    starts: list[int]

    def place(self, level: int) -> tuple[int, int]:
        """Line and column at which a level starts, both from 1."""
        before = self.text[: self.starts[level - 1]]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def nested(indented: int, blocks: list[str], brackets: list[str]) -> Nested:
    """Mappings by indentation, in the last of them blocks, in the last of them brackets."""
    text, starts = [], []
    length = 0

    def add(piece: str, start: int | None = None) -> None:
        nonlocal length
        if start is not None:
            starts.append(length + start)
        text.append(piece)
        length += len(piece)

    for level in range(indented):
        add(" " * level + "a:\n", level)
    add(" " * indented)
    for opener in [*blocks, *brackets]:
        add(opener, 0)
    add("x" + "".join(BRACKETS[opener] for opener in reversed(brackets)))
    return Nested("".join(text), starts)


@st.composite
def around(draw: st.DrawFn, bound: int) -> Nested:
    """A text with about as many levels as the bound, or with far more."""
    depth = draw(st.one_of(st.integers(bound - 2, bound + 3), st.integers(bound + 1, 1500)))
    parts = sorted([draw(st.integers(0, depth)), draw(st.integers(0, depth))])
    indented = min(parts[0], bound + 5)
    blocks = parts[1] - parts[0]
    return nested(
        indented,
        _repeated(draw(st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=4)), blocks),
        _repeated(
            draw(st.lists(st.sampled_from(sorted(BRACKETS)), min_size=1, max_size=4)),
            depth - indented - blocks,
        ),
    )


def _repeated(pattern: list[str], count: int) -> list[str]:
    return (pattern * (count // len(pattern) + 1))[:count]


def check(found: Nested, terms: Terms) -> None:
    if len(found.starts) <= terms.deepest:
        assert len(read_text(found.text, "f.yaml", terms)) == 1
        return
    with pytest.raises(InputError) as caught:
        read_text(found.text, "f.yaml", terms)
    assert caught.value.message == f"nested more than {terms.deepest} levels deep"
    assert (caught.value.line, caught.value.column) == found.place(terms.deepest + 1)


@given(around(WORKLOAD.deepest))
def test_a_workload_is_read_up_to_its_bound_and_refused_at_the_next_level(found: Nested) -> None:
    check(found, WORKLOAD)


@given(around(CONFIGURATION.deepest))
def test_a_configuration_is_read_up_to_its_bound_and_refused_at_the_next_level(
    found: Nested,
) -> None:
    check(found, CONFIGURATION)


@given(around(WORKLOAD.deepest))
def test_the_parser_without_libyaml_is_bounded_alike(found: Nested) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_reader, "Parser", yaml.SafeLoader)
        check(found, WORKLOAD)


def read_set(text: str) -> None:
    document = b"name: a\nrequests: {arrival: online}\n"
    read_workloads(document, "w.yaml", [("budget", text)])


def read_settings(text: str) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, ".sm-advise.yaml").write_text(text, encoding="utf-8")
        organisation_of(folder)


READERS: dict[str, tuple[Callable[[str], object], Terms]] = {
    "workload": (lambda text: read_workloads(text.encode(), "w.yaml"), WORKLOAD),
    "--set": (read_set, WORKLOAD),
    "settings": (read_settings, CONFIGURATION),
    "template": (
        lambda text: read_configuration(SourceText("t.yaml", "# a\n" + text), load_service()),
        CONFIGURATION,
    ),
}
ENDLESS = ["[", "{a: ", "[\n", "- ", "? ", "- ? ", "[{a: ", "{? ", '{"a":[']


@pytest.mark.parametrize("levels", [101, 999, 1000, 1024, 1025, 2000, 100_000])
@pytest.mark.parametrize("opener", ENDLESS)
@pytest.mark.parametrize("reader", sorted(READERS.keys() - {"JSON"}))
def test_a_bomb_that_nobody_closes_is_refused_for_its_depth(
    reader: str, opener: str, levels: int
) -> None:
    read, terms = READERS[reader]
    with pytest.raises(InputError) as caught:
        read(opener * levels)
    error = caught.value
    assert error.message.startswith(f"nested more than {terms.deepest} levels deep")
    if reader == "--set":
        assert "character" in error.message
    else:
        assert error.line
        assert error.column


@given(st.one_of(st.integers(1, 250), st.just(100_000)))
def test_json_is_bounded_like_yaml(levels: int) -> None:
    text = "[" * levels + "]" * levels
    deepest = CONFIGURATION.deepest
    if levels <= deepest:
        assert read_json(SourceText("t.json", text)).documents
        return
    with pytest.raises(InputError) as caught:
        read_json(SourceText("t.json", text))
    assert caught.value.message == f"nested more than {deepest} levels deep"
    assert (caught.value.line, caught.value.column) == (1, deepest + 1)
