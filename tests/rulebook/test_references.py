"""Entries that refer to what stands in another one: values, texts, names that do not resolve."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.errors import RulebookError
from advisor.rulebook.references import (
    fields,
    of_constants,
    of_fields,
    of_quotas,
    of_regions,
    referred,
)

MB = 1 << 20
REGIONS: dict[str, dict[str, Any]] = {
    "us-east-1": {"serverless": 1000, "batch": {}},
    "eu-west-9": {"batch": {}},
    "x": {},
}
QUOTAS: list[dict[str, Any]] = [{"id": "quota-memory", "seen": 3072}, {"id": "quota-endpoints"}]


def options(tiers: list[int], most: int) -> list[dict[str, Any]]:
    """One option with a limit of two sizes, one of a number, and one of no field."""
    model = {"operation": "Create", "path": "A.Memory", "unit": MB}
    number = {"operation": "Create", "path": ["A.Most", "A.Kept"], "unit": 1}
    return [
        {
            "limits": [
                {
                    "id": "memory",
                    "model": model,
                    "bound": {"at_most": tiers[-1] * MB},
                    "tiers": [tier * MB for tier in tiers],
                    "also": [],
                },
                {
                    "id": "most",
                    "bound": {"at_most": 1},
                    "also": [{"model": number, "bound": {"at_most": most}}],
                },
                {"id": "plain", "bound": {"at_most": 1}, "also": []},
            ]
        }
    ]


def known(tiers: list[int], most: int) -> Any:
    return {
        **of_fields(fields(options(tiers, most))),
        **of_constants([{"id": "margin", "value": 1.5}]),
        **of_regions(REGIONS),
        **of_quotas(QUOTAS),
    }


@given(
    st.sets(st.integers(1, 10**6), min_size=1).map(sorted),
    st.integers(1, 10**6),
)
def test_a_field_is_what_its_limit_says_in_its_own_unit(tiers: list[int], most: int) -> None:
    entry = {
        "value": {"limit": "memory"},
        "parts": [{"not_in": {"tiers": "memory"}}, {"above": {"limit": "most"}}],
        "says": "{Memory} is not one of {tiers:memory}; at most {limit:most}",
    }
    assert referred(entry, known(tiers, most)) == {
        "value": tiers[-1],
        "parts": [{"not_in": tiers}, {"above": most}],
        "says": f"{{Memory}} is not one of {', '.join(map(str, tiers))}; at most {most}",
    }
    found = fields(options(tiers, most))["most"]
    assert (found.operation, found.paths) == ("Create", ("A.Most", "A.Kept"))


def test_constants_regions_and_quotas() -> None:
    entry = [
        {"constant": "margin"},
        {"regions_with": "serverless"},
        {"regions_without": "batch"},
        "{seen:quota-memory} MB",
    ]
    assert referred(entry, known([1], 1)) == [1.5, ["us-east-1"], ["x"], "3072 MB"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(alphabet="ab {}.-"),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["at_most", "is"]), inner),
    )
)
def test_what_holds_no_reference_stays(entry: Any) -> None:
    assert referred(entry, known([1], 1)) == entry


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"limit": "colour"}, "no limit of a field has the id 'colour'"),
        ({"limit": "plain"}, "no limit of a field has the id 'plain'"),
        ({"tiers": "most"}, "the limit 'most' has no tiers"),
        ({"constant": "colour"}, "sizing.yaml has no constant 'colour'"),
        ({"regions_with": "colour"}, "no Region has 'colour'"),
        ("{seen:quota-endpoints}", "quotas.yaml has no seen quota 'quota-endpoints'"),
    ],
)
def test_a_name_that_does_not_resolve_is_refused(entry: Any, message: str) -> None:
    with pytest.raises(RulebookError, match=message):
        referred(entry, known([1], 1))
