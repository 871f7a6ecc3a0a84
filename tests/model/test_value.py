"""A value behaves as a named tuple of the same fields does, but for being no tuple."""

from __future__ import annotations

import copy
import pickle
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.value import Memo, Value


class Line(Value):
    """Two fields that must be given and two that may be."""

    name: str
    number: int | None
    note: str = ""
    parts: tuple[int, ...] = (1, 2)


class Other(Value):
    """The same fields under another name."""

    name: str
    number: int | None
    note: str = ""
    parts: tuple[int, ...] = (1, 2)


class Named(NamedTuple):
    """What a line is compared with."""

    name: str
    number: int | None
    note: str = ""
    parts: tuple[int, ...] = (1, 2)


FIELDS = ("name", "number", "note", "parts")
HELD = st.tuples(
    st.text(max_size=3),
    st.none() | st.integers(0, 2),
    st.text(max_size=1),
    st.just((1, 2)) | st.tuples(st.integers(0, 1)),
)


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of a call by name, right or wrong: too few, or unknown."""
    given_values = draw(HELD)
    names = draw(st.sets(st.sampled_from((*FIELDS, "other"))))
    if draw(st.booleans()):
        names |= {"name", "number"}
    by_name = dict(zip((*FIELDS, "other"), (*given_values, 0), strict=True))
    return {name: by_name[name] for name in names}


def made(kind: Any, call: dict[str, Any]) -> Any:
    """What a call makes; ``None`` where it is refused."""
    try:
        return kind(**call)
    except TypeError:
        return None


@given(calls())
def test_it_takes_and_refuses_what_a_named_tuple_does(call: Any) -> None:
    named, value = made(Named, call), made(Line, call)
    assert (named is None) == (value is None)
    if named is not None:
        assert value._asdict() == named._asdict()
        assert [*value._asdict()] == [*FIELDS]
        assert repr(value) == repr(named).replace("Named", "Line")
        assert value.parts == named.parts


@given(HELD, HELD)
def test_values_are_equal_where_all_their_fields_are(one: Any, two: Any) -> None:
    first, second = (
        Line(**dict(zip(FIELDS, one, strict=True))),
        Line(**dict(zip(FIELDS, two, strict=True))),
    )
    assert (first == second) == (one == two)
    assert len({first, second}) == len({one, two})
    assert first != Other(**dict(zip(FIELDS, one, strict=True)))


@given(HELD, HELD)
def test_a_copy_holds_the_changes_and_leaves_the_value(one: Any, two: Any) -> None:
    value = Line(**dict(zip(FIELDS, one, strict=True)))
    changes = {"number": two[1], "parts": two[3]}
    assert value._replace(**changes) == Line(name=one[0], number=two[1], note=one[2], parts=two[3])
    assert value == Line(**dict(zip(FIELDS, one, strict=True)))
    with pytest.raises(TypeError):
        value._replace(other=1)


@given(HELD)
def test_a_value_survives_pickling_and_copying(held: Any) -> None:
    value = Line(**dict(zip(FIELDS, held, strict=True)))
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - of our own making
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value


def test_fields_are_given_by_name() -> None:
    with pytest.raises(TypeError):
        Line("a", 1)  # type: ignore[call-arg]


def test_a_value_is_frozen() -> None:
    value = Line(name="a", number=1)
    with pytest.raises(AttributeError):
        value.name = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        value.added = "b"
    with pytest.raises(AttributeError):
        del value.name
    assert value == Line(name="a", number=1)


def test_the_initialiser_is_compiled_once_a_class_is_made_often() -> None:
    class Late(Value):
        one: int
        two: int = 2

    made = [Late(one=number) for number in range(40)]
    assert vars(Late)["__init__"] is not Value.__init__
    assert [(each.one, each.two) for each in made] == [(number, 2) for number in range(40)]
    assert made[0] == Late(two=2, one=0)
    assert [*made[0]._asdict()] == [*Late(two=2, one=0)._asdict()]


@pytest.mark.parametrize("times", [1, 40])
def test_a_class_has_the_fields_of_the_value_it_derives_from(times: int) -> None:
    class First(Value):
        one: int
        two: int = 2

    class Second(First):
        three: int

    class Third(First):
        """Nothing of its own."""

    assert [First(one=1).two for _ in range(times)] == [2] * times
    for _ in range(times):
        assert Second(three=3, one=1)._asdict() == {"one": 1, "two": 2, "three": 3}
        assert Third(one=1)._asdict() == First(one=1)._asdict() == {"one": 1, "two": 2}


def test_few_values_of_a_class_compile_nothing() -> None:
    class Rare(Value):
        one: int
        two: int = 2

    assert [Rare(one=1)._asdict(), Rare(two=3, one=1)._asdict()] == [
        {"one": 1, "two": 2},
        {"one": 1, "two": 3},
    ]
    assert vars(Rare)["__init__"] is Value.__init__
    for wrong in ({"two": 1}, {"one": 1, "other": 2}):
        with pytest.raises(TypeError):
            Rare(**wrong)


@given(st.lists(st.integers(0, 9)), st.integers(1, 4))
def test_a_memo_holds_no_more_than_it_may_and_always_the_last(keys: list[int], most: int) -> None:
    memo: Memo[int, str] = Memo(most)
    for key in keys:
        memo[key] = str(key)
        assert memo[key] == str(key)
        assert len(memo) <= most
