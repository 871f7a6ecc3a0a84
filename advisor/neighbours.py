"""The cells around a workload's point, and the answer of the crisp function in each of them.

Rules compare facts with constants, so every fact falls into finitely many cells on which all rules
are constant. Whatever is asked here is asked of ``decide`` at one point per cell, and so exact.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from advisor.decide import Walk, decide, status, walk
from advisor.facts import Facts
from advisor.model import Interval
from advisor.quantity import show
from advisor.rulebook.cells import form_cuts, merge_cuts
from advisor.rulebook.formulas import active_cut, volume_cut
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import CLEAR, INFINITY, FactEntry


class Handle(NamedTuple):
    """Something in the workload file that can be set, and the variables it sets."""

    id: str  # key path
    fact: FactEntry
    variables: tuple[int, ...]
    stated: bool


class Cell(NamedTuple):
    """Values of one handle on which the answer is the same: a closed range, or (bits, 0)."""

    low: int
    high: int
    option: str | None


class Neighbourhood:
    """The answer for one workload, and what lies next to it.

    Only facts that a question on the path or a limit of a ``considered`` option reads can change
    the answer, and the facts that an assumption made about one of these depends on.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.book: Rulebook = facts.book
        self.walk: Walk = walk(self.book, facts.point)
        self.option: str | None = None
        self.contested = False
        self.considered = self._judge()
        self.relevant, self.cuts = self._relevance()

    def _judge(self) -> tuple[str, ...]:
        """Take the winner; the options that matter are those up to a clear one, else all."""
        book, point = self.book, self.facts.point
        self.option = decide(book, point)
        names = self.walk.leaf.options
        for number, name in enumerate(names, start=1):
            if status(book.option[name], book.needs, point) == CLEAR:
                return names[:number]
        self.contested = self.option is not None
        return names

    def _relevance(self) -> tuple[frozenset[int], Mapping[int, tuple[int, ...]]]:
        """Base variables that can change the answer, and the cuts of all variables involved."""
        book = self.book
        unstated = ~self.facts.stated & book.conditional_bits
        key = (self.walk.leaf.id, len(self.considered), unstated)
        known = book.relevance.get(key)
        if known is None:
            sources = [question for question, _ in self.walk.steps]
            options = [book.option[name] for name in self.considered]
            variables: set[int] = set()
            variables.update(*(question.when.variables for question in sources))
            variables.update(*(option.variables for option in options))
            variables = _expand(book, variables)
            cuts = [_pairs(question.cuts) for question in sources]
            cuts += [_pairs(option.cuts) for option in options]
            for fact in book.conditional_facts:
                if fact.variable in variables and unstated >> fact.variable & 1:
                    for alternative in fact.assume:
                        if alternative.when is not None:
                            variables |= alternative.when.variables
                            cuts.append(form_cuts(alternative.when.form))
                        if alternative.follows >= 0:
                            variables |= {alternative.follows, book.active}
            known = (frozenset(variables), merge_cuts(cuts))
            book.relevance[key] = known
        return known

    # -- handles -----------------------------------------------------------------------------------

    def handles(self) -> Iterator[Handle]:
        """What can be set, in the order of the rulebook; needed features are not among them."""
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
                    path = next(
                        (p for s in (".max", ".p99", ".typical") if (p := fact.id + s) in values),
                        path,
                    )
                yield Handle(path, fact, (variable,), stated)

    def _processing(self, fact: FactEntry, stated: bool) -> Iterator[Handle]:
        """One handle, or one each for the largest and the typical time when both are stated."""
        book, values = self.book, self.facts.workload.values
        both = (fact.variable, book.typical_processing)
        leaves = [p for s in (".max", ".p99", ".typical") if (p := fact.id + s) in values]
        if len(leaves) < 2:
            yield Handle(leaves[0] if leaves else fact.id, fact, both, stated)
            return
        usual = leaves[-1]
        yield Handle(leaves[0], fact, both[:1], True)
        yield Handle(usual, book.facts[book.typical_processing], both[1:], True)

    # -- cells -------------------------------------------------------------------------------------

    def cells(self, handle: Handle) -> list[Cell]:
        """Every cell of a handle with its answer, in order; neighbours with one answer are joined.

        The cell that holds the point is not asked again, unless to state the fact, or to state it
        more closely, could change what is assumed of another.
        """
        variables, fact = handle.variables, handle.fact
        value = self.facts.point[variables[0]]
        same = self.pinned(handle) or not self.book.trigger_bits >> variables[0] & 1
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
        joined: list[Cell] = []
        for low, high in self.ranges(handle):
            if same and low <= value <= high:
                option = self.option
            else:
                option = self.answer(variables, *written(low, high, fact))
            if joined and joined[-1].option == option:
                joined[-1] = Cell(joined[-1].low, high, option)
            else:
                joined.append(Cell(low, high, option))
        return joined

    def ranges(self, handle: Handle) -> list[tuple[int, int]]:
        """The cells of a numeric handle as closed ranges that cover its domain."""
        cuts = {cut for variable in handle.variables for cut in self._cuts_of(variable)}
        low = handle.fact.least
        done = []
        for cut in sorted(cuts):
            if cut >= low:
                done.append((low, cut))
                low = cut + 1
        return [*done, (low, INFINITY)]

    def _cuts_of(self, variable: int) -> Iterator[int]:
        """Its own cuts, and those solved from derived facts and from facts that follow it."""
        book, point = self.book, self.facts.point
        yield from self.cuts.get(variable, ())
        for formula in book.dependents[variable]:
            for bound in self.cuts.get(formula.variable, ()):
                cut = formula.solve(point, variable, bound)
                if cut is not None:
                    yield cut
        stated = self.facts.stated
        for follower, leader in book.followers:
            if stated >> follower & 1:
                continue
            if variable == leader:
                for bound in self._cuts_of(follower):
                    yield volume_cut(bound, point[book.active])
            elif variable == book.active and stated >> leader & 1:
                for bound in self._cuts_of(follower):
                    yield active_cut(bound, point[leader])

    def answer(self, variables: tuple[int, ...], low: int, high: int) -> str | None:
        """The option chosen when variables are stated as a range, or (bits, 0), else as it is."""
        changes = dict.fromkeys(variables, (low, high))
        return decide(self.book, self.facts.moved(changes))

    def possible(self, handle: Handle) -> tuple[int, int]:
        """What the stated facts leave to a handle: a closed range, or (bits, 0)."""
        variable = handle.variables[0]
        return self.facts.low[variable], self.facts.high[variable]

    def pinned(self, handle: Handle) -> bool:
        """Whether one value was stated, and no range."""
        low, high = self.possible(handle)
        return handle.stated and (low & (low - 1) == 0 if handle.fact.discrete else low == high)


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


_written: dict[tuple[int, int, str], str] = {}


def write(low: int, high: int, fact: FactEntry) -> str:
    """A cell as the workload file accepts it; of several words the first."""
    if fact.discrete:
        word = fact.words[first_word(low).bit_length() - 1]
        return str(word).lower() if isinstance(word, bool) else str(word)
    low, high = written(low, high, fact)
    key = (low, high, fact.kind)
    text = _written.get(key)
    if text is None:
        interval = Interval(low or None, None if high >= INFINITY else high)
        text = _written[key] = show(interval, fact.kind)
    return text


def _expand(book: Rulebook, variables: Iterable[int]) -> set[int]:
    """Derived variables replaced by the ones they come from."""
    done: set[int] = set()
    for variable in variables:
        done.update(book.facts[variable].derived_from or (variable,))
    return done


def _pairs(cuts: Mapping[int, tuple[int, ...]]) -> list[tuple[int, int]]:
    return [(variable, cut) for variable, each in cuts.items() for cut in each]
