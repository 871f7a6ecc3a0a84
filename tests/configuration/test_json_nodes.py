"""Strings of JSON that cannot be read, named by what stands there."""

from __future__ import annotations

import pytest

from advisor.configuration.json_nodes import read_json
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"a": "b', "1:7", "this string is not closed"),
        ('["\\', "1:2", "this string is not closed"),
        ('["a\\q"]', "1:4", "this escape is unknown"),
        ('{"a\\u12": 1}', "1:4", "this escape is unknown"),
    ],
)
def test_a_bad_string_is_told_where_it_stands(text: str, place: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json(SourceText("f", text))
    assert (caught.value.at(), caught.value.message.partition(": ")[2]) == (f"f:{place}", message)
