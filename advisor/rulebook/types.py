"""What one entry under ``rules/`` becomes, resolved for a limits mode."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from advisor.model.value import Value

Point: TypeAlias = list[int]  # one value per variable, by index
Test: TypeAlias = Callable[[Point], bool]
OpenTest: TypeAlias = Callable[[list[int], list[int]], bool | None]

INFINITY = 1 << 240  # above every product of two facts; keeps bounds integers
ELSEWHERE = "elsewhere"  # the word for a Region that no list names
UNSET = -1  # value of a fact that has none until someone states it

CLEAR, CONTESTED, LATE, RULED_OUT = 0, 1, 2, 3


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
    """The reason, source and dates of an entry."""

    because: str
    source: str
    as_of: str
    since: str


class Admitted(Value):
    """The values that something admits: a closed range of numbers, or a set of words."""

    low: int
    high: int
    words: int | None = None  # bits in the order of the fact's words; ``None`` for numbers

    def has(self, value: int) -> bool:
        """Whether a number, or a word by its place, is admitted."""
        if self.words is not None:
            return bool(self.words >> value & 1)
        return self.low <= value <= self.high

    def has_all(self, low: int, high: int) -> bool | None:
        """Whether all, none (false) or some (``None``) of a range, or set of words, is admitted.

        Args:
            low: lower end of the range, or the words as bits.
            high: upper end of the range; not looked at for words.
        """
        if self.words is not None:
            if low & self.words == 0:
                return False
            return True if low & ~self.words == 0 else None
        if self.low <= low and high <= self.high:
            return True
        return False if high < self.low or low > self.high else None


ANYTHING = Admitted(low=0, high=INFINITY)


class Word(Value):
    """A word as an interval of its fact."""

    id: str
    fact: str
    title: str
    low: int
    high: int
    stated: bool
    origin: Source
    ordinary: int = UNSET  # the value that is taken of it, where it has one

    @property
    def taken(self) -> int:
        """The ordinary value, else the end next to its bound."""
        if self.ordinary != UNSET:
            return self.ordinary
        return self.low if self.high >= INFINITY else self.high


class Assumption(Value):
    """One assumption for an unstated fact."""

    when: Condition | None
    value: int
    because: str
    formula: str  # empty, or the formula that derives the value from `follows`
    follows: int  # variable of the stated fact, -1 without
    factor: int  # what lies further from a value that follows is remote
    times: int = 1  # the value that follows is so many times what its formula gives


class LoadRules(Value):
    """The variables of one load, and what is known of how they keep together."""

    active: int
    time: int  # the mean
    peak: int
    volume: int
    concurrent: int
    pattern: int
    bursts: tuple[int, ...]  # by pattern: the peak is at most so many times the mean; 0: any
    spread: int  # requests in progress stated beside rate and time differ at most so many times
    bits: int  # the stated facts that move others
    places: tuple[int, ...]  # the numbers, in the order in which they are assumed


class FactEntry(Value):
    """A fact that rules read."""

    id: str
    variable: int
    title: str
    kind: str
    words: tuple[Any, ...]  # of a word or flag, in the order of its bits
    discrete: bool  # whether it has words: a value is a bit's number, a set of values its bits
    low: int
    high: int
    least: int  # smallest number that can be stated
    unfavourable_high: bool
    assume: tuple[Assumption, ...]
    ordinary: Admitted
    changeable: float  # 0: nobody can change it
    say_words: bool
    names: Mapping[int, str]  # of a fact that is said in words: the value taken for each of them
    derived_from: tuple[int, ...]  # of a derived fact
    origin: Source


class Bound(Value):
    """One documented bound of a limit."""

    admits: Admitted
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
    late: bool  # beyond it the option comes after every clear one, and is not ruled out
    origin: Source
    fix: str
    fix_source: str

    @property
    def reads(self) -> frozenset[int]:
        """The variables that it depends on."""
        return frozenset({self.variable}) | (self.when.variables if self.when else frozenset())


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
    charges: str  # what it adds to the bill and the monthly cost does not count
    support: Mapping[str, Support]
    origin: Source


# A limit of a number as ``decide`` reads it: variable, range in force, range at the newest,
# and when it applies; and one of words: variable, words in force, words at the newest, and when.
NumberCheck: TypeAlias = tuple[int, int, int, int, int, Test | None]
WordCheck: TypeAlias = tuple[int, int, int, Test | None]


class OptionEntry(Value):
    """One of the four options with everything that can rule it out."""

    id: str
    title: str
    summary: str
    limits: tuple[Limit, ...]
    unsupported: int  # bits of the features it lacks
    number_checks: tuple[NumberCheck, ...]
    word_checks: tuple[WordCheck, ...]
    late_checks: tuple[NumberCheck, ...]
    start: int  # the variable of its start after a pause; -1 where it has none
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
    sound: Admitted  # elsewhere it warns
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
