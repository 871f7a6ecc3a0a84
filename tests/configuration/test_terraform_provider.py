"""Which versions of the provider a folder allows, and what follows for its arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.source import SourceText
from advisor.configuration.terraform.folder import gather
from advisor.configuration.terraform.provider import Versions, allowed


@pytest.mark.parametrize(
    ("constraint", "least", "below"),
    [
        ("", (), None),
        ("5.31.0", (5, 31, 0), (5, 31, 0, 0)),
        ("= 5.31.0", (5, 31, 0), (5, 31, 0, 0)),
        ("~> 5.31", (5, 31), (6,)),
        ("~> 5.31.2", (5, 31, 2), (5, 32)),
        ("~> 5", (5,), None),
        (">= 5.0, < 6.0", (5, 0), (6, 0)),
        (">= 4.9, != 5.1.0, <= 6.3", (4, 9), (6, 3, 0)),
        ("> 6.0.0", (6, 0, 0), None),
        ("latest", (), None),
    ],
)
def test_a_constraint_leaves_versions(
    constraint: str, least: tuple[int, ...], below: tuple[int, ...] | None
) -> None:
    assert allowed(constraint) == Versions(least, below)


@given(st.lists(st.integers(0, 99), min_size=1, max_size=3), st.integers(0, 3))
def test_the_schema_is_known_up_to_its_own_version(version: list[int], spaces: int) -> None:
    text = ".".join(map(str, version))
    known = tuple(version) <= (5, 100, 0)
    assert allowed(f">={' ' * spaces}{text}").are_known is known


@pytest.mark.parametrize(
    "text",
    [
        'terraform {\n required_providers {\n  aws = {\n   version = "~> 4.0"\n  }\n }\n}\n',
        'terraform {\n required_providers {\n  aws = "~> 4.0"\n }\n}\n',
    ],
)
def test_a_folder_says_which_versions(text: str) -> None:
    folder, errors = gather([SourceText("versions.tf", text)])
    assert not errors
    assert folder.provider == Versions((4, 0), (5,))


def test_terraform_in_json_says_it_too() -> None:
    text = '{"terraform": {"required_providers": {"aws": {"version": "~> 4.0"}}}}'
    folder, errors = gather([SourceText("versions.tf.json", text)])
    assert not errors
    assert folder.provider == Versions((4, 0), (5,))
