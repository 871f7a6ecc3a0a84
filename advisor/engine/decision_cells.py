"""The cells around a workload's point, and the answer of the crisp function in each of them.

Rules compare facts with constants, so every fact falls into finitely many cells on which all rules
are constant. Whatever is asked here is asked of ``decide`` at one point per cell, and so exact.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from advisor.engine.crossings import crossings
from advisor.engine.decide import Walk, first_usable, status, walk
from advisor.engine.facts import Facts
from advisor.model.workload import LARGEST_FIRST, TAIL_FIRST, Interval
from advisor.rulebook.cells import Reach, bit_set, merge_cuts, triggers
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import (
    CLEAR,
    CONTESTED,
    INFINITY,
    LATE,
    RULED_OUT,
    UNSET,
    FactEntry,
    Leaf,
    Point,
)
from advisor.text.quantity import WEEK, largest, show
from advisor.text.quantity_format import word


class Handle(NamedTuple):
    """A settable key of the workload file, and the variables that it sets."""

    id: str  # key path
    fact: FactEntry
    variables: tuple[int, ...]
    stated: bool


class Cell(NamedTuple):
    """Values of one handle on which the answer is the same: a closed range, or (bits, 0)."""

    low: int
    high: int
    option: str | None
    said: tuple[int, int] = (0, 0)  # what stands for the cell in a workload file


Asked: TypeAlias = "tuple[int, int, str | None]"  # a closed range, and its answer

# Base variables that can change the answer, those of them that can change the path, the cuts of the
# options that matter on the path taken, and a number that all workloads of this path share.
_Relevance: TypeAlias = "tuple[frozenset[int], frozenset[int], Mapping[int, tuple[int, ...]], int]"


class Neighbourhood:
    """The answer for one workload, and what lies next to it.

    Only facts that a question on the path or a limit of a ``considered`` option reads can change
    the answer, and the facts that an assumption made about one of these depends on. With ``whole``
    every fact is looked at, and the cuts of every option: what could make another the answer.
    """

    def __init__(self, facts: Facts, *, whole: bool = False) -> None:
        self.facts = facts
        self.book: Rulebook = facts.book
        self.walk: Walk = walk(self.book, facts.point)
        self.option: str | None = None
        self.contested = False
        self.statuses = tuple(
            [
                status(self.book.option[name], self.book.needs, facts.point)
                for name in self.walk.leaf.options
            ]
        )
        self.considered = self._judge()
        found = self._everything() if whole else self._relevance()
        self.relevant, self.steering, self.cuts, way = found
        self.way = way, facts.stated & self.book.assumption_bits
        self.outcomes = self.book.outcomes.at(facts.point)
        self.places = [
            bisect_left(cuts, value) if cuts and value != UNSET else value
            for cuts, value in zip(self.book.place_cuts, facts.point, strict=True)
        ]

    def _judge(self) -> tuple[str, ...]:
        """Take the winner. The options up to the first clear one matter, else all do."""
        names, standings = self.walk.leaf.options, self.statuses
        judged = zip(names, standings, strict=True)
        self.option = first_usable(self.book, judged, self.facts.point)
        chosen = None if self.option is None else standings[names.index(self.option)]
        self.contested = chosen == CONTESTED
        return names[: names.index(self.option) + 1] if self.option and chosen == CLEAR else names

    def _relevance(self) -> _Relevance:
        """The variables that can change the answer or the path, and the cuts on the way taken.

        A change that leads to another leaf meets limits that the way taken does not, so the cuts of
        what steers are those of the whole rulebook.
        """
        book = self.book
        unstated = ~self.facts.stated & book.assumption_bits
        questions = [question for question, _ in self.walk.steps]
        path = tuple([question.id for question in questions])
        weighed = self.facts.stated >> book.parameters & 1
        key = (path, self.walk.leaf.id, len(self.considered), unstated, weighed)
        known = book.relevance.get(key)
        if known is None:
            options = [book.option[name] for name in self.considered]
            steering = self._with_assumptions(
                set().union(*(question.when.variables for question in questions)), unstated
            )
            variables = self._with_assumptions(
                steering.union(*(option.variables for option in options)), unstated
            )
            cuts = merge_cuts([book.assumption_cuts, *(_pairs(option.cuts) for option in options)])
            known = book.relevance[key] = (variables, steering, cuts, len(book.relevance))
        return known

    def _everything(self) -> _Relevance:
        every = frozenset(self.book.stated_first)
        return every, every, self.book.cuts, -1

    def _with_assumptions(self, variables: AbstractSet[int], unstated: int) -> frozenset[int]:
        """Base variables behind some, and those that an assumption about one of them depends on."""
        book = self.book
        done = _expand(book, variables)
        if book.size in done:  # it follows from these where it is not stated
            done.add(book.parameters)
            if self.facts.stated >> book.parameters & 1:
                done.add(book.precision)
        rules, usual = book.load, book.typical_processing
        rates = {rules.active, rules.peak, rules.volume}
        if rules.pattern in done and unstated >> rules.pattern & 1:  # it follows from these
            done |= rates
        moving = {v for v in rates if v in done and unstated >> v & 1}
        if unstated >> book.mean & ~unstated >> rules.concurrent & 1:
            moving |= done.intersection(book.times)
        if moving:  # an unstated part of a load follows from the others
            done |= {*rules.places, usual, book.processing} - {book.mean}
            if ~unstated & rules.bits:
                done.add(rules.pattern)
        for fact in book.conditional_facts:
            if fact.variable in done and unstated >> fact.variable & 1:
                done |= triggers([fact])
        return frozenset(done)

    # -- handles -----------------------------------------------------------------------------------

    def handles(self) -> Iterator[Handle]:
        """The handles in the order of the rulebook, without needed features."""
        book, facts = self.book, self.facts
        values = facts.workload.values
        processing = book.index["requests.processing"]
        for fact in book.base_facts:
            variable = fact.variable
            stated = facts.stated >> variable & 1 == 1
            if variable == processing:
                if self.relevant & {processing, book.typical_processing}:
                    yield from self._processing(fact, stated)
            elif variable in self.relevant:
                path = fact.id
                if stated and fact.id not in values:
                    largest = facts.workload.stated(fact.id)
                    path = largest.path if largest is not None else path
                yield Handle(path, fact, (variable,), stated)

    def _processing(self, fact: FactEntry, stated: bool) -> Iterator[Handle]:
        """One handle, or one for each stated time, with the times that are read from it."""
        book, values = self.book, self.facts.workload.values
        leaves = [p for part in LARGEST_FIRST[1:] if (p := fact.id + part) in values]
        if len(leaves) < 2:
            yield Handle(leaves[0] if leaves else fact.id, fact, book.times[:3], stated)
            return
        tail = next(path for part in TAIL_FIRST if (path := fact.id + part) in values)
        for path in leaves:
            read = (leaves[0], leaves[-1], tail)
            variables = tuple(v for v, each in zip(book.times, read, strict=False) if each == path)
            yield Handle(path, book.facts[variables[0]], variables, True)

    def likeness(self, handle: Handle) -> tuple[object, ...] | None:
        """A key that is equal where the cells of a handle have the same ranges and answers.

        Rules are constant on a cell, so a cell stands for the values in it. ``None`` where the cuts
        are solved from the value of another stated fact: those ranges hardly come back.
        """
        book, facts, point = self.book, self.facts, self.facts.point
        variable = handle.variables[0]
        own_bits = bit_set(handle.variables)
        if own_bits & book.time_bits == book.time_bits & ~(1 << book.mean):
            own_bits |= 1 << book.mean
        if facts.stated & book.partners[variable] & ~own_bits:
            return None
        low, high = facts.low[variable], facts.high[variable]
        reach = self._reach(handle.variables)
        own: object = (low, high, point[variable])
        values: object = None
        if reach.assumed:  # what is assumed anew depends on sets, and on values
            values = reach.exact(point), *[(facts.low[v], facts.high[v]) for v in reach.assumed]
        elif low == high and not handle.fact.discrete:
            own = self.places[variable]
        broken = self.outcomes[2]
        steers = not self.steering.isdisjoint(handle.variables)
        names = reach.limits if steers else self.walk.leaf.options
        return (
            handle.id,
            handle.stated,
            own,
            values,
            self.way,
            self.option,
            reach.beside(self.places),
            broken & reach.questions if steers else None,
            *[self._apart(reach.limits[name]) for name in names],
            facts.can_be_warm if any(reach.touched(name).late_checks for name in names) else None,
        )

    def _apart(self, limits: int) -> int:
        """What some limits (bits) say of their option at the workload's point."""
        contested, late, broken = self.outcomes
        if broken & limits:
            return RULED_OUT
        return LATE if late & limits else CONTESTED if contested & limits else CLEAR

    def cells(self, handle: Handle) -> list[Cell]:
        """Every cell of a handle with its answer, in order; neighbours with one answer are joined.

        The cell that holds the point is not asked again, unless to state the fact, or to state it
        more closely, could change what is assumed of another.
        """
        variables, fact = handle.variables, handle.fact
        value = self.facts.point[variables[0]]
        moves = self.facts.moves(bit_set(variables))
        same = self.pinned(handle) or not moves
        if fact.discrete:
            return [
                Cell(
                    bits,
                    0,
                    self.option
                    if same and value >= 0 and bits >> value & 1
                    else self.answer(variables, first_word(bits), 0),
                )
                for bits in self.book.classes[fact.variable]
            ]
        asked = [
            (low, high, self.option)
            if same and low <= value <= high
            else (low, high, self.answer(variables, low, high))
            for low, high in self.ranges(handle)
        ]
        return self._named(handle, asked) if moves else _joined(asked, fact)

    def _named(self, handle: Handle, asked: list[Asked]) -> list[Cell]:
        """Cells of a fact that an assumption depends on, each under a range that has its answer."""
        named: list[Cell] = []
        for (low, high, option), run in _runs(asked):
            said = self.said(handle, low, high, option)
            if said is not None or len(run) == 1:
                named.append(Cell(low, high, option, said or (low, high)))
            else:
                named += self._piecewise(handle, run)
        return named

    def _piecewise(self, handle: Handle, run: list[Asked]) -> list[Cell]:
        """Cells of one answer that no range names together: as many together as one does."""
        named: list[Cell] = []
        for low, high, option in run:
            start = named[-1].low if named else low
            said = self.said(handle, start, high, option)
            if named and said is not None:
                named.pop()
            elif named:
                start, said = low, self.said(handle, low, high, option)
            named.append(Cell(start, high, option, said or (low, high)))
        return named

    def said(
        self, handle: Handle, low: int, high: int, option: str | None, downward: bool = False
    ) -> tuple[int, int] | None:
        """The range that stands for values with one answer in a workload file.

        One-sided, unless it then leaves open what is assumed of another fact and so gives another
        answer: closed then. ``None`` when neither gives it.

        Args:
            handle: what is stated.
            low: the smallest of the values.
            high: the largest of them.
            option: their answer.
            downward: name them by their upper edge, for one who comes from above.
        """
        fact, variables = handle.fact, handle.variables
        one_sided = written(fact.least if downward else low, high, fact)
        if not self.facts.moves(bit_set(variables)):
            return one_sided
        ranges = (one_sided, (low, high))
        return next((each for each in ranges if self.answer(variables, *each) == option), None)

    def ranges(self, handle: Handle) -> list[tuple[int, int]]:
        """The cells of a numeric handle as closed ranges that cover its domain.

        Beyond the limits of the options that matter the next ones begin. A range that is worse at
        its lower end lies there with the end that is taken, so it is cut at those as well.
        """
        book, facts, variables = self.book, self.facts, handle.variables
        steers = not self.steering.isdisjoint(variables)
        table = self.cuts if handle.fact.unfavourable_high and not steers else book.cuts
        low, high = handle.fact.least, INFINITY
        if facts.stated & book.load.bits and self._is_load(variables):
            least, most = self._domain(handle)
            low, high = max(low, least), min(high, most)
        pattern = facts.stated >> book.load.pattern & 1
        own = [v for v in variables if not (pattern and v in book.pattern_only)]
        named = WEEK if variables[0] == book.load.active else largest(handle.fact.kind)
        most = min(high, named)
        cuts = {cut for variable in own for cut in table.get(variable, ()) if low <= cut < most}
        cuts.update(cut for cut in facts.tells(variables[0]) if low <= cut < most)
        # What is assumed anew jumps at a cut of its own, so each stretch between them is asked.
        jumps = sorted(cuts) if facts.triggers >> variables[0] & 1 else []
        starts, ends = [low, *(cut + 1 for cut in jumps)], [*jumps, most]
        for first, last in zip(starts, ends, strict=True):
            cuts.update(self._asked(variables, table, first, max(first, last)))
        done = []
        for cut in sorted(cuts):
            done.append((low, cut))
            low = cut + 1
        return [*done, (low, high)]

    def _is_load(self, variables: tuple[int, ...]) -> bool:
        return bool(bit_set(variables) & (self.book.load.bits | self.book.time_bits))

    def _load_beside(self, variables: tuple[int, ...]) -> set[int]:
        """The facts of the load that some of them may move: times only by requests in progress."""
        book = self.book
        coupled = self.facts.stated >> book.load.concurrent & 1 or book.load.concurrent in variables
        if coupled:
            return {*book.load.places, *book.times}
        times = not set(book.times).isdisjoint(variables)
        return {*book.times} if times else {book.load.active, book.load.peak, book.load.volume}

    def _domain(self, handle: Handle) -> tuple[int, int]:
        """What other stated facts of the load leave to one of its facts."""
        variable = handle.variables[0]
        if variable in self.book.times:
            if len(handle.variables) < len(self.book.times) - 1:
                return 0, INFINITY  # one of several stated times
            variable = self.book.mean
        if handle.stated:
            return self.facts.domain(variable)
        return self.facts.low[variable], self.facts.high[variable]

    def _asked(
        self, variables: tuple[int, ...], table: Mapping[int, tuple[int, ...]], low: int, high: int
    ) -> list[int]:
        """Where a fact moves what follows from it across a constant of the rules.

        All that rules read of it rises or falls with the fact as long as the pattern stays, and the
        pattern follows from sets that do. So where ends are alike, nothing lies between them.
        """
        book, facts, sets = self.book, self.facts, []
        moving = {*variables}
        weights = not moving.isdisjoint((book.parameters, book.precision))
        if weights and not facts.stated >> book.size & 1:
            moving.add(book.size)  # it follows from these
        if self._is_load(variables):
            moving |= self._load_beside(variables)
            if not facts.stated >> book.load.pattern & 1:
                sets = book.pattern_cuts
        read = moving.intersection((*book.load_read, book.size)).difference(variables)
        formulas = [f for f in book.formulas if not moving.isdisjoint(f.inputs)]
        if all(formula.variable != book.kept_warm for formula in formulas):  # which reads others
            formulas = [formula for formula in formulas if formula.variable in table]
        asked = [
            (formula.over, cut)
            for formula in formulas
            if self._counts(formula.variable)
            for cut in table.get(formula.variable, ())
        ]
        points = [(v, cut) for v in read for cut in table.get(v, ())]
        if not (asked or points or sets):
            return []
        ask = facts.asking(variables, formulas)

        def over(value: int) -> list[int]:
            low, high, point = ask(value)
            done = [above(point, cut) for above, cut in asked]
            done += [point[v] - cut for v, cut in points]
            return done + [
                each[v] - cut for v, cuts in sets for cut in cuts for each in (low, high)
            ]

        return crossings(over, low, high)

    def _counts(self, variable: int) -> bool:
        """Whether a rule that holds without a feature, or a needed feature, reads a variable."""
        features = self.book.only_with.get(variable)
        return features is None or bool(features & self.facts.point[self.book.needs])

    def answer(self, variables: tuple[int, ...], low: int, high: int) -> str | None:
        """The option chosen when variables are stated as a range, or (bits, 0), else as it is.

        This is ``decide`` at the moved point; rules that read nothing of what moves stay as known.
        """
        point = self.facts.moved(dict.fromkeys(variables, (low, high)))
        reach = self._reach(variables)
        leaf = self.walk.leaf if self.steering.isdisjoint(variables) else self._leaf(point, reach)
        return first_usable(self.book, self._judged(leaf, point, reach), point)

    def _judged(self, leaf: Leaf, point: Point, reach: Reach) -> Iterator[tuple[str, int]]:
        """The options of a leaf, each with its status at a moved point."""
        for name in leaf.options:
            found = self._apart(reach.limits[name])
            if found != RULED_OUT:
                found = max(found, status(reach.touched(name), self.book.needs, point))
            yield name, found

    def _leaf(self, point: Point, reach: Reach) -> Leaf:
        """The end of the walk from a moved point."""
        book, broken = self.book, self.outcomes[2]
        question = book.start
        while True:
            bit = book.outcomes.question[question.id]
            yes = not broken & bit if reach.questions & bit else question.when.test(point)
            target = question.then if yes else question.otherwise
            if isinstance(target, Leaf):
                return target
            question = book.questions[target]

    def _reach(self, variables: tuple[int, ...]) -> Reach:
        """What setting some variables can move."""
        facts, book = self.facts, self.book
        moves = facts.moves(bit_set(variables))
        return book.reach(variables, ~facts.stated & book.conditional_bits if moves else 0)

    def possible(self, handle: Handle) -> tuple[int, int]:
        """The values that stated facts leave to a handle: a closed range, or (bits, 0)."""
        variable = handle.variables[0]
        return self.facts.low[variable], self.facts.high[variable]

    def pinned(self, handle: Handle) -> bool:
        """Whether one value was stated, and no range."""
        low, high = self.possible(handle)
        return handle.stated and (low & (low - 1) == 0 if handle.fact.discrete else low == high)


def _joined(asked: list[Asked], fact: FactEntry) -> list[Cell]:
    """Neighbouring cells with one answer as one, each under its one-sided range."""
    return [
        Cell(low, high, option, written(low, high, fact)) for (low, high, option), _ in _runs(asked)
    ]


def _runs(asked: list[Asked]) -> Iterator[tuple[Asked, list[Asked]]]:
    """Neighbours with one answer: the range that they fill, and each of them."""
    for option, group in groupby(asked, key=itemgetter(2)):
        run = list(group)
        yield (run[0][0], run[-1][1], option), run


def written(low: int, high: int, fact: FactEntry) -> tuple[int, int]:
    """The one-sided range that stands for a cell in a workload file: its lower edge, if it has one.

    Read back, such a range takes the value next to its edge, which lies in the cell.
    """
    if high >= INFINITY:
        return max(low, fact.least), INFINITY
    return (0, high) if low <= fact.least else (low, INFINITY)


def first_word(bits: int) -> int:
    """The first word of a set of words, as a set."""
    return bits & -bits


def write(low: int, high: int, fact: FactEntry) -> str:
    """A range as the workload file accepts it; of several words the first."""
    if fact.discrete:
        return word(fact.words[first_word(low).bit_length() - 1])
    return show(Interval(low or None, None if high >= INFINITY else high), fact.kind)


def _expand(book: Rulebook, variables: Iterable[int]) -> set[int]:
    """Derived variables replaced by the ones they come from."""
    done: set[int] = set()
    for variable in variables:
        done.update(book.facts[variable].derived_from or (variable,))
    return done


def _pairs(cuts: Mapping[int, tuple[int, ...]]) -> list[tuple[int, int]]:
    return [(variable, cut) for variable, each in cuts.items() for cut in each]
