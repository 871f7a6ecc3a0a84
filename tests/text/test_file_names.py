"""Names of files are taken by every system, differ on every one, and are the same every time."""

from __future__ import annotations

import os
import random
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advisor.text.file_names import file_names

# Microsoft's list, written down once more: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
DEVICES = [
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³"),
]
PARTS = [
    *DEVICES,
    "a",
    "A",
    "ß",
    "\uff1a",
    "\uff0e",
    "\uff23\uff2f\uff2e",
    "SS",
    "é",
    "e\u0301",
    ".",
    " ",
    ":",
    "-",
    "/",
    "\\",
    "\0",
    "\n",
    "\ud800",
    "😀" * 30,
]
written = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from([*PARTS, *(each.lower() for each in DEVICES)]), max_size=5).map(
        "".join
    ),
)


def is_refused(name: str) -> bool:
    """Whether Windows, macOS or Linux refuses a name, or takes another for it."""
    base = name.partition(".")[0].rstrip(" ").upper()
    return (
        name in ("", ".", "..")
        or name[-1] in ". "
        or any(ord(letter) < 32 or letter in '<>:"/\\|?*' for letter in name)
        or base in DEVICES
        or PureWindowsPath(name).is_reserved()
        or len(os.fsencode(name)) > 255
    )


def as_macos_sees(name: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


@given(st.lists(written, max_size=8))
@example(["Fraud", "fraud", "FRAUD"])
@example(["aux", "AUX", "aux.txt", "a:b", "a?b", "a. ", "a", "A"])
def test_every_system_takes_the_names_and_tells_them_apart(names: list[str]) -> None:
    found = file_names(names)
    assert set(found) == set(names)
    assert not [name for name in found.values() if is_refused(name)]
    assert len({as_macos_sees(name) for name in found.values()}) == len(found)
    shuffled = random.Random(1).sample(names, len(names))
    assert file_names([*shuffled, *names]) == found
    again = file_names(found.values())
    assert all(again[name] == name for name in again)


@pytest.mark.parametrize(
    "name", ["fraud-scoring", "a" * 63, "Console", "com10", "auxiliary", "nul-1"]
)
def test_a_name_that_every_system_takes_stays(name: str) -> None:
    assert file_names([name, "another"])[name] == name


def test_what_is_made_safe_ends_with_part_of_its_digest() -> None:
    """Of `aux`, by sha256sum; a name that is so already is another's."""
    assert file_names(["aux"]) == {"aux": "aux-321f6814"}
    taken = "aux-321f6814"
    assert file_names(["aux", taken]) == {"aux": "aux-321f68140", taken: taken}


def test_the_names_can_be_written(tmp_path: Path) -> None:
    found = file_names(PARTS)
    for name in found.values():
        (tmp_path / name).write_text("", encoding="utf-8")
    assert len(os.listdir(tmp_path)) == len(set(PARTS))
