"""Bad input: each file under tests/invalid has its message, to the letter, beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.model.errors import InputError
from advisor.workload import read_workloads

FOLDER = Path(__file__).parents[1] / "invalid"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".yaml", ".json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_bad_file_is_refused_with_its_message(path: Path) -> None:
    expected = path.with_suffix(".error.txt").read_text(encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_workloads(path.read_bytes(), path.name)
    errors = (caught.value, *caught.value.others)
    assert "".join(f"{error}\n" for error in errors) == expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_message_says_where_and_what_to_do_in_one_line_each(path: Path) -> None:
    text = path.with_suffix(".error.txt").read_text(encoding="utf-8")
    for place, step in zip(*[iter(text.splitlines())] * 2, strict=True):
        assert place.startswith(path.name + ":")
        assert step.startswith("  ")
        assert text.replace("\n", "").isprintable()


def test_every_expected_message_has_its_file() -> None:
    messages = {path.name.removesuffix(".error.txt") for path in FOLDER.glob("*.error.txt")}
    assert messages == {path.stem for path in CASES}
    assert len(CASES) >= 40
