"""Mutated files through the whole command line: ``make fuzz`` runs for longer."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fuzz.__main__ import once
from tests.fuzz.drive import Driven
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import targets

RUNS = 120


@pytest.mark.parametrize("name", sorted(targets()))
def test_no_mutated_file_breaks_a_command(name: str, tmp_path: Path) -> None:
    random = Random(f"{name} of the suite")
    for run in range(RUNS):
        folder = tmp_path / str(run)
        data, command, driven = once(targets()[name], random, folder)
        assert not driven.wrong, (command, data[:2000], driven.err[-2000:])


def test_most_mutations_change_the_file() -> None:
    random = Random(1)
    text = targets()["workload"].seeds[0]
    assert sum(mutated(text, random) != text.encode() for _ in range(200)) > 180


@pytest.mark.parametrize(
    ("driven", "wrong"),
    [
        (Driven(0, "", "", 0.1), ""),
        (Driven(2, "", "error: x", 0.1), ""),
        (Driven(2, "", "", 0.1), "exit code 2 without a reason"),
        (Driven(3, "", "", 0.1), "exit code 3"),
        (Driven(0, "", "Traceback (most recent call last)", 0.1), "a traceback"),
        (Driven(0, "", "", 6.0), "6.0 s"),
        (Driven(0, "", "", 0.1, 600.0), "600 MB"),
    ],
)
def test_what_may_never_happen_is_seen(driven: Driven, wrong: str) -> None:
    assert driven.wrong == wrong
