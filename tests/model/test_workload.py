"""Which part of a quantity is read where several were written, and where it stands."""

from __future__ import annotations

import pytest

from advisor.model.workload import USUAL_FIRST, Interval, Stated, Workload

KEY = "requests.processing"
# Keys that were written -> the part that limits read, the part that load facts read.
READ = {
    (): (None, None),
    ("",): ("", ""),
    (".max",): (".max", ".max"),
    (".p99",): (".p99", ".p99"),
    (".typical",): (".typical", ".typical"),
    (".p99", ".max"): (".max", ".p99"),
    (".typical", ".max"): (".max", ".typical"),
    (".typical", ".p99"): (".p99", ".typical"),
    (".typical", ".p99", ".max"): (".max", ".typical"),
}


def workload(parts: tuple[str, ...], value: object = None) -> Workload:
    """Each part on the line of its number, from 1, in column 3."""
    values = {
        KEY + part: Stated(KEY + part, "", value or Interval(line, line), line, 3)
        for line, part in enumerate(parts, 1)
    }
    return Workload(name="name", file="a.yaml", sha256="", values=values, needs_stated=False)


@pytest.mark.parametrize(("parts", "read"), READ.items(), ids=str)
def test_the_largest_and_the_usual_part(
    parts: tuple[str, ...], read: tuple[str | None, str | None]
) -> None:
    given = workload(parts)
    largest, usual = given.stated(KEY), given.stated(KEY, USUAL_FIRST)
    found = [None if each is None else each.path.removeprefix(KEY) for each in (largest, usual)]
    assert tuple(found) == read
    assert given.typical(KEY) == (None if usual is None else usual.value)
    line = parts.index(read[0]) + 1 if read[0] is not None else 0
    assert given.place(KEY) == ("a.yaml", line, 3 if line else 0)


def test_a_word_has_a_place_and_no_range() -> None:
    given = workload(("",), "short")
    assert given.typical(KEY) is None
    assert given.place(KEY) == ("a.yaml", 1, 3)
