"""What one entry under ``rules/`` becomes, resolved for a limits mode."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from advisor.value import Value

Point: TypeAlias = list[int]  # one value per variable, by index
Test: TypeAlias = Callable[[Point], bool]
OpenTest: TypeAlias = Callable[[list[int], list[int]], bool | None]

INFINITY = 1 << 240  # above every product of two facts; keeps bounds integers
ELSEWHERE = "elsewhere"  # the word for a Region that no list names
UNSET = -1  # value of a fact that has none until someone states it

CLEAR, CONTESTED, RULED_OUT = 0, 1, 2


class Condition(Value):
    """A condition over variables.

    ``form`` is nested tuples: ``("in", variable, low, high)``, ``("one", variable, bits)``,
    ``("all"|"any", (forms…))``. ``test`` takes a point, ``possible`` sets of values: lower bounds
    (or bit sets for words) and upper bounds; it answers yes, no, or ``None`` for open.
    """

    form: tuple[Any, ...]
    test: Test
    possible: OpenTest
    variables: frozenset[int]
    parts: tuple[Any, ...]  # of "all" or "any", else empty


class Source(Value):
    """Why an entry stands, and since when."""

    because: str
    source: str
    as_of: str
    since: str


class Word(Value):
    """A word as an interval of its fact."""

    id: str
    fact: str
    title: str
    low: int
    high: int
    stated: bool
    origin: Source


class Assumption(Value):
    """One alternative of what is taken for a fact that nobody stated."""

    when: Condition | None
    value: int
    because: str
    formula: str  # empty, or the formula that derives the value from `follows`
    follows: int  # variable of the stated fact, -1 without
    factor: int  # what lies further from a value that follows is remote


class FactEntry(Value):
    """A fact that rules read."""

    id: str
    variable: int
    title: str
    kind: str
    words: tuple[Any, ...]  # of a word or flag, in the order of its bits
    low: int
    high: int
    least: int  # smallest number that can be stated
    unfavourable_high: bool
    assume: tuple[Assumption, ...]
    ordinary: tuple[int, int]  # closed range; for words and flags (bits, 0)
    changeable: float  # 0: nobody can change it
    say_words: bool
    derived_from: tuple[int, ...]  # of a derived fact
    origin: Source

    @property
    def discrete(self) -> bool:
        """Words and flags: a value is a bit's number, a set of values its bits."""
        return bool(self.words)


class Bound(Value):
    """One documented bound of a limit, as a closed range; for words (bits, 0)."""

    low: int
    high: int
    text: str
    newest: bool
    because: str
    source: str
    as_of: str


class Limit(Value):
    """A hard limit of one option."""

    id: str
    option: str
    title: str
    fact: str
    variable: int
    kind: str
    discrete: bool
    bound: Bound  # in force
    newest: Bound  # the same unless a newer bound is documented
    also: tuple[Bound, ...]
    when: Condition | None
    origin: Source
    fix: str
    fix_source: str


class Support(Value):
    """What one option offers of a feature."""

    outcome: str  # supported | unsupported | conditional | unclear | not-applicable
    note: str
    source: str
    as_of: str


class Feature(Value):
    """Something a workload may need by name."""

    id: str
    title: str
    bit: int
    fact: str  # needed when this fact is true, instead of by name; usually empty
    support: Mapping[str, Support]
    origin: Source


# A limit as ``advisor.decide`` reads it: variable, range or bits in force, the same at the newest,
# whether it is of words, and when it applies.
Check: TypeAlias = tuple[int, int, int, int, int, bool, Test | None]


class OptionEntry(Value):
    """One of the four options with everything that can rule it out."""

    id: str
    title: str
    summary: str
    limits: tuple[Limit, ...]
    unsupported: int  # bits of the features it lacks
    checks: tuple[Check, ...]
    variables: frozenset[int]
    cuts: Mapping[int, tuple[int, ...]]
    origin: Source


class Leaf(Value):
    """An end of the flowchart: options, best first."""

    id: str
    options: tuple[str, ...]
    excluded: Mapping[str, str]  # option -> why it does not serve here


class Question(Value):
    """One question of the flowchart."""

    id: str
    asks: str
    faq: bool
    when: Condition
    then: str | Leaf
    otherwise: str | Leaf
    cuts: Mapping[int, tuple[int, ...]]
    origin: Source


class Caution(Value):
    """A warning about an option that never rules it out."""

    id: str
    title: str
    options: tuple[str, ...]
    variable: int
    low: int  # closed range, or (bits, 0)
    high: int
    when: Condition | None
    says: str
    fix: str
    severity: str
    consider: tuple[str, ...]
    ways: tuple[str, ...]  # of hosting that it speaks of; empty: of any
    origin: Source


class Outside(Value):
    """Something outside the four options."""

    id: str
    title: str
    when: Condition
    applies: str  # none-fits | poor-fit | both
    origin: Source


class Constant(Value):
    """A number that sizing uses."""

    id: str
    title: str
    value: Any
    origin: Source
