"""The values that a workload leaves possible for each fact, and the assumed point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from advisor.engine import one_load
from advisor.engine.decide import status
from advisor.model.options import SERVERLESS
from advisor.model.workload import (
    LANGUAGE_SERVERS,
    LARGEST_FIRST,
    TAIL_FIRST,
    USUAL_FIRST,
    Interval,
    Stated,
    Workload,
)
from advisor.rulebook.cells import bit_set
from advisor.rulebook.entries import pick
from advisor.rulebook.formulas import UNITS, Formula, near, weights
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import INFINITY, LATE, UNSET, Assumption, FactEntry
from advisor.text.quantity import MIB, show

if TYPE_CHECKING:
    from advisor.engine.members import Part

_TRIPLES = ("requests.payload", "requests.response", "requests.processing")
_LARGEST = {base: [base + part for part in LARGEST_FIRST] for base in _TRIPLES}
_USUAL = {base: [base + part for part in USUAL_FIRST] for base in _TRIPLES}
_TOKENS = [f"requests.tokens.{name}{part}" for name in ("input", "output") for part in USUAL_FIRST]
_NAMING = frozenset(("model.id", "model.config", "model.kind", "model.context", *_TOKENS))
_NARROW = ("fp8", "fp4", "mxfp4", "int4")  # precisions of language models alone
MAY_NAME = ("model.parameters", "model.framework", "model.precision")
"""Facts that rules read and that name a model at some values."""
_TAIL = ["requests.processing" + part for part in TAIL_FIRST]


class Facts:
    """Sets and point of one workload, by variable of the rulebook.

    ``low`` and ``high`` hold the closed range that is possible (of words ``low`` holds bits),
    ``point`` the value that is taken, ``stated`` the bits of the stated variables.
    """

    def __init__(self, book: Rulebook, workload: Workload, region: str | None = None) -> None:
        if region is not None:
            if region not in book.raw["regions"]["regions"]:
                from advisor.rulebook.regions import require_region  # once something is wrong

                require_region(region, book.raw["regions"]["regions"], "--region")
            values = {**workload.values, "region": Stated("region", region, region, 0, 0)}
            workload = workload._replace(values=values)
        self.book = book
        self.region = workload.text("region")
        self._take(workload.as_stated)
        self.parts: tuple[Part, ...] = ()  # each model of a list
        listed = self.workload.values.get("models")
        if listed is not None and len(listed.value) > 1:
            from advisor.engine.members import parts, together

            self.parts = parts(self)
            self._take(together(self))
        elif self._names_a_model():  # most do not
            from advisor.engine.modelled import modelled

            self._take(modelled(self))

    def _names_a_model(self) -> bool:
        """Whether a model is named, or what only a language model has: tokens, its own server."""
        workload, book = self.workload, self.book
        if not _NAMING.isdisjoint(workload.values) or workload.server in LANGUAGE_SERVERS:
            return True
        if workload.text("model.precision") in _NARROW:
            return True
        large = book.words.get(("model.parameters", "large"))
        apart = workload.text("model.accelerator") == "none"  # large tables run on CPUs as well
        return large is not None and not apart and self.low[book.parameters] >= large.low

    def with_word(self, path: str, word: str) -> Facts:
        """The same where a word is stated as well, without what a model tells."""
        workload, made = self.workload.as_stated, Facts.__new__(Facts)
        made.book, made.region, made.parts = self.book, self.region, ()
        values = {**workload.values, path: Stated(path, word, word, 0, 0)}
        made._take(workload._replace(values=values))  # noqa: SLF001 - of the same class
        return made

    def _take(self, workload: Workload) -> None:
        """Read a workload and take its point."""
        book = self.book
        self.workload = workload
        self.low = book.template_low.copy()
        self.high = book.template_high.copy()
        self.stated = 0
        self.usual: dict[int, int] = {}  # the value that is taken of a stated word
        self.dropped = 0  # bits of what would leave nothing of the load
        # The load before stated facts narrow each other: variable, range and value.
        self.free: list[tuple[int, int, int, int]] = []
        self._can_be_warm: bool | None = None
        self.chosen: dict[int, Assumption] = {}
        self.seen: dict[int, tuple[str, str, int, int]] = {}  # memo of advisor.verdicts
        self.signature: list[Any] = []  # variable, path, low and high of each stated fact
        self._read()
        self.settle()

    # -- what the user said ----------------------------------------------------------------------

    def _read(self) -> None:
        values, index, need_bits = self.workload.values, self.book.index, self.book.need_bits
        bits = 0
        for path, item in values.items():
            variable = index.get(path)
            if variable is not None:
                self.state(variable, item)
            elif item.value is True:
                bits |= need_bits.get(path, 0)
        self.low[self.book.needs] = bits
        for base, (_, *paths) in _LARGEST.items():
            largest = next((values[path] for path in paths if path in values), None)
            if largest is not None:
                self.state(index[base], largest)
        book = self.book
        for variable, paths in (
            (book.typical_processing, _USUAL["requests.processing"]),
            (book.tail, _TAIL),
        ):
            stated = next((values[path] for path in paths if path in values), None)
            if stated is not None:
                self.state(variable, stated)
                self.stated |= 1 << book.mean

    def state(self, variable: int, item: Stated) -> None:
        """Narrow a variable to its stated values."""
        fact = self.book.facts[variable]
        value = item.value
        if fact.discrete:
            word = value.lower() if isinstance(value, str) else value
            known = word in fact.words  # the last word stands for every other text
            self.low[variable] = 1 << (fact.words.index(word) if known else len(fact.words) - 1)
        elif isinstance(value, Interval):
            self.low[variable] = value.low or 0
            self.high[variable] = INFINITY if value.high is None else value.high
            middle = self.workload.middle(item)
            if middle is not None:
                self.usual[variable] = middle
        else:
            name = "requests.processing" if variable in self.book.times else fact.id
            said = self.book.words[name, value]
            self.low[variable], self.high[variable] = said.low, said.high
            if said.ordinary != UNSET:
                self.usual[variable] = said.ordinary
        self.stated |= 1 << variable
        taken = self.usual.get(variable)
        self.signature += (variable, item.path, self.low[variable], self.high[variable], taken)
        if variable != self.book.answer or isinstance(value, Interval):
            self.low[self.book.said] |= 1 << variable

    # -- the assumed point -----------------------------------------------------------------------

    def settle(self) -> None:
        """Take a value for every variable: stated, else assumed; then everything that follows."""
        low, high, book, stated = self.low, self.high, self.book, self.stated
        point = self.point = book.template_point.copy()
        for variable in book.stated_first:
            if stated >> variable & 1:
                fact = book.facts[variable]
                if fact.discrete:
                    point[variable] = low[variable].bit_length() - 1
                else:
                    point[variable] = pick(low[variable], high[variable], fact.unfavourable_high)
        for variable, value in self.usual.items():
            point[variable] = value
        self._precise(low, high, stated)
        self.triggers = book.triggers(~stated & book.conditional_bits)
        self.spoken = book.spoken & ~low[book.said]
        tells = stated >> book.parameters & ~(stated >> book.precision) & 1
        self.triggers |= tells << book.size  # it then may tell the precision
        point[book.needs], point[book.said] = low[book.needs], low[book.said]
        if stated >> book.mean & 1:
            self._mean(low, high, point)
        if stated & book.load.bits:
            kept = (*book.load.places, book.processing)
            self.free = [(each, low[each], high[each], point[each]) for each in kept]
            self.dropped = self._narrow(low, high, stated)
        for formula in book.formulas:
            low[formula.variable], high[formula.variable] = formula.bounds(low, high, stated)
        self.chosen = self._assume(low, high, point, stated)
        self._weigh(point, stated)
        for formula in book.formulas:
            point[formula.variable] = formula.value(point)
        if book.kept_warm >= 0:
            low[book.kept_warm] = 1 << self._warm(point)

    def _mean(self, *lists: list[int]) -> None:
        """The mean time of a request, from the usual one and the 99th percentile."""
        book = self.book
        usual, tail, mean = book.times[1:]
        for values in lists:
            values[mean] = one_load.mean_time(values[usual], values[tail])

    def _narrow(self, low: list[int], high: list[int], stated: int) -> int:
        """Let the stated facts of the load narrow it; the bits of what would leave nothing."""
        rules = self.book.load
        box = one_load.box_of(rules, low, high)
        words = low[rules.pattern]
        burst = 0 if words & (words - 1) else rules.bursts[words.bit_length() - 1]
        dropped = one_load.narrow(rules, box, stated, burst)
        one_load.put(rules, box, low, high)
        if not stated >> self.book.processing & 1:  # the largest time is no shorter than the mean
            low[self.book.processing] = low[rules.time]
        return dropped

    def _assume(
        self, low: list[int], high: list[int], point: list[int], stated: int, moved: int = -1
    ) -> dict[int, Assumption]:
        """Take what depends on sets that moved (bits), and the load.

        Without a stated part of the load all of it is as it is.
        """
        book, rules, done = self.book, self.book.load, {}
        for fact, read in book.conditional_reads:
            if read & moved and not stated >> fact.variable & 1:
                chosen = done[fact.variable] = self._alternative(fact, low, high)
                point[fact.variable] = self._value(fact, chosen, low)
        if stated & rules.bits:
            box = one_load.box_of(rules, low, high)
            times = book.facts[rules.peak].assume[0].times
            one_load.assume(rules, box, point, stated, times)
        if not stated >> rules.time & 1:
            for variable in book.times:
                point[variable] = point[rules.time]
        return done

    def _warm(self, point: list[int]) -> int:
        """Set whether serverless is kept warm, worked out only where a start is all it breaks."""
        book = self.book
        point[book.kept_warm] = 0
        if status(book.option[SERVERLESS], book.needs, point) == LATE:
            from advisor.engine.kept_warm import can_be_warm

            point[book.kept_warm] = int(can_be_warm(book, point))
        return point[book.kept_warm]

    @property
    def can_be_warm(self) -> bool:
        """Whether serverless would be kept warm if a start were all that it breaks."""
        if self._can_be_warm is None:
            from advisor.engine.kept_warm import can_be_warm

            self._can_be_warm = can_be_warm(self.book, self.point)
        return self._can_be_warm

    def _alternative(self, fact: FactEntry, low: list[int], high: list[int]) -> Assumption:
        """The first alternative that the stated facts satisfy for certain."""
        for alternative in fact.assume:
            if alternative.when is None or alternative.when.possible(low, high):
                return alternative
        raise AssertionError(
            f"{fact.id} has no unconditional assumption"
        )  # the verifier forbids it

    def _value(self, fact: FactEntry, chosen: Assumption, low: list[int]) -> int:
        """What is assumed; of words the first possible one, where it is none of these."""
        words = low[fact.variable]
        if fact.discrete and not words >> chosen.value & 1:
            return (words & -words).bit_length() - 1
        return chosen.value

    def _precise(self, low: list[int], high: list[int], stated: int) -> None:
        """Leave the precisions that stated size and parameters tell, where they tell any."""
        book = self.book
        if stated >> book.precision & 1:
            return
        told, count = 0, (low[book.parameters], high[book.parameters])
        if stated >> book.size & stated >> book.parameters & 1:
            for word, each in enumerate(book.bits_of):
                least, most = near(count, each, 8, book.near)
                told |= (least <= low[book.size] and high[book.size] <= most) << word
        low[book.precision] = told or book.template_low[book.precision]

    def tells(self, variable: int) -> Iterator[int]:
        """Where a size, or a number of parameters, begins or ends to tell the precision."""
        book, stated = self.book, self.stated
        other = {book.size: book.parameters, book.parameters: book.size}.get(variable)
        if other is not None and stated >> other & ~(stated >> book.precision) & 1:
            for each in book.bits_of:
                over, under = (each, 8) if variable == book.size else (8, each)
                least, most = near((self.low[other], self.high[other]), over, under, book.near)
                if least <= most:
                    yield from (least - 1, most)

    def _weigh(self, point: list[int], stated: int) -> bool:
        """Take the weights, in whole MiB, for a size that is not stated; whether it moved."""
        book = self.book
        if not stated >> book.parameters & ~(stated >> book.size) & 1:
            return False
        exact = weights(point[book.parameters], book.bits_of[point[book.precision]])
        size = -(-exact // MIB) * MIB
        moved, point[book.size] = size != point[book.size], size
        return moved

    def moves(self, bits: int) -> bool:
        """Whether stating some variables (bits) counts by itself, or may move others."""
        return bool(bits & self.spoken) or self._moves_others(bits)

    def _moves_others(self, bits: int) -> bool:
        """Whether stating some variables (bits) may move an assumption, or the load beside them."""
        rules, stated = self.book.load, self.stated
        return bool(
            bits & (self.triggers | rules.bits)
            or (bits & self.book.time_bits and stated >> rules.concurrent & 1)
            or (bits >> rules.pattern & 1 and stated & rules.bits)
        )

    def moved(self, changes: Mapping[int, tuple[int, int]]) -> list[int]:
        """The point when some variables are stated as given: closed ranges, or (bits, 0).

        Assumptions are made again; all else stays. This is the inner loop of every question about
        neighbours, so nothing is computed that the change cannot reach.
        """
        return self.at(changes)[2]

    def at(self, changes: Mapping[int, tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
        """The sets and the point; sets are narrowed again only where changes reach them."""
        book = self.book
        point, sets = self.point.copy(), (self.low, self.high)
        bits = self._put(changes, point)
        touched, dependents = list(changes), book.dependents
        formulas: list[Formula] = []
        if self._moves_others(bits):
            sets = self._reassume(changes, point, bits)
            formulas, dependents = book.reassumed, book.dependents_apart
        elif bits & book.time_bits:
            self._mean(point)
            touched.append(book.mean)
        if self._weigh(point, self.stated | bits):
            touched.append(book.size)
        for formula in formulas:
            point[formula.variable] = formula.value(point)
        for variable in touched:
            for formula in dependents[variable]:
                point[formula.variable] = formula.value(point)
        if book.kept_warm >= 0:
            self._warm(point)
        return *sets, point

    def asking(
        self, variables: tuple[int, ...], formulas: Sequence[Formula]
    ) -> Callable[[int], tuple[list[int], list[int], list[int]]]:
        """As ``at``, for one value of some numbers after another.

        Args:
            variables: what is stated, all with the same value.
            formulas: those that are asked for, in their order; the others stay as they were.
        """
        book, bits = self.book, bit_set(variables)
        start, point, stated = self.point.copy(), self.point.copy(), self.stated | bits
        start[book.said] |= bits
        others, times = self._moves_others(bits), bits & book.time_bits
        evaluated = [(formula.variable, formula.value) for formula in formulas]
        warm = any(formula.variable == book.kept_warm for formula in formulas)

        def at(value: int) -> tuple[list[int], list[int], list[int]]:
            low, high = self.low, self.high
            point[:] = start
            for variable in variables:
                point[variable] = value
            if others:
                changes = dict.fromkeys(variables, (value, value))
                low, high = self._reassume(changes, point, bits)
            elif times:
                self._mean(point)
            self._weigh(point, stated)
            for variable, evaluate in evaluated:
                point[variable] = evaluate(point)
            if warm:
                self._warm(point)
            return low, high, point

        return at

    def _put(self, changes: Mapping[int, tuple[int, int]], point: list[int]) -> int:
        """Write changes into a point; the changed variables as bits."""
        book, bits = self.book, 0
        for variable, (low, high) in changes.items():
            fact = book.facts[variable]
            if fact.discrete:
                point[variable] = low.bit_length() - 1
            elif variable == book.needs:
                point[variable] = low
            else:
                point[variable] = pick(low, high, fact.unfavourable_high)
            bits |= 1 << variable
        point[book.said] |= bits
        return bits

    def _reassume(
        self, changes: Mapping[int, tuple[int, int]], point: list[int], bits: int
    ) -> tuple[list[int], list[int]]:
        """Narrow and assume again what changes reach: the sets.

        Args:
            changes: as for ``moved``.
            point: with the changes; what is assumed is written into it.
            bits: the changed variables.
        """
        book, rules, stated = self.book, self.book.load, self.stated | bits
        low, high = self.low.copy(), self.high.copy()
        for variable, least, most, value in self.free:
            low[variable], high[variable] = least, most
            if not bits >> variable & 1:
                point[variable] = value
        for variable, bounds in changes.items():
            low[variable], high[variable] = bounds
        moved = bits
        if bits & book.weight_bits:
            self._precise(low, high, stated)
            moved |= book.weight_bits
        if bits & book.time_bits:
            stated |= 1 << rules.time
            self._mean(low, high, point)
        if stated & rules.bits:
            self._narrow(low, high, stated)
            moved |= book.load_bits
        self._assume(low, high, point, stated, moved)
        return low, high

    def domain(self, variable: int) -> tuple[int, int]:
        """The values of a fact of the load that the other stated facts leave; all in a conflict."""
        low, high = self.low.copy(), self.high.copy()
        for each, least, most, _ in self.free:
            low[each], high[each] = least, most
        stated = self.stated & ~(1 << variable)
        own = low[variable], high[variable]
        low[variable], high[variable] = 0, INFINITY
        self._narrow(low, high, stated)
        if self.stated >> variable & 1 and not low[variable] <= own[0] <= own[1] <= high[variable]:
            return 0, INFINITY
        return low[variable], high[variable]

    def derived(self, variable: int) -> str:
        """How the value of an unstated fact follows from stated ones; empty where it does not."""
        book, fact = self.book, self.book.facts[variable]
        if variable == book.precision and self.low[variable] != fact.low:
            each = book.bits_of[self.point[variable]] / 8
            return f"model.size / model.parameters is about {each:g} bytes."
        if variable == book.size and self.is_stated("model.parameters"):
            return f"model.parameters in {self.taken('model.precision')}."
        return ""

    # -- questions of later steps ------------------------------------------------------------------

    def is_stated(self, fact: str) -> bool:
        """Whether the workload states a base fact that rules read."""
        return bool(self.stated >> self.book.index[fact] & 1)

    def interval(self, fact: str) -> Interval | None:
        """Range that stated facts leave to a number, stated or derived, in its kind's base unit.

        ``None`` when they leave everything open. Derived loads are rounded outward to whole units.
        """
        variable = self.book.index.get(fact)
        if variable is None:
            return self.workload.interval(fact)
        low, high = self.low[variable], self.high[variable]
        if low <= 0 and high >= INFINITY:
            return None
        unit = UNITS.get(fact, 1)
        return Interval(low // unit, None if high >= INFINITY else -(-high // unit))

    def typical(self, path: str) -> Interval | None:
        """The most usual stated value of ``requests.payload``, ``.response`` or ``.processing``."""
        return self._quantity(path, _USUAL[path])

    def largest(self, path: str) -> Interval | None:
        """The largest stated value of ``requests.payload``, ``.response`` or ``.processing``."""
        return self._quantity(path, _LARGEST[path])

    def _quantity(self, path: str, paths: list[str]) -> Interval | None:
        for each in paths:
            item = self.workload.values.get(each)
            if item is not None:
                if isinstance(item.value, Interval):
                    return item.value
                word = self.book.words[path, item.value]
                return Interval(word.low, None if word.high >= INFINITY else word.high)
        return None

    def word(self, fact: str) -> str | None:
        """A stated word, ``None`` without one."""
        return self.workload.text(fact)

    def needs(self, feature: str) -> bool:
        """Whether a feature is needed, by name or by the fact that asks for it."""
        return bool(self.point[self.book.needs] & self.book.feature[feature].bit)

    def taken(self, fact: str) -> Any:
        """The value at the assumed point: an integer, a word or a boolean; ``None`` without one."""
        variable = self.book.index[fact]
        value = self.point[variable]
        entry = self.book.facts[variable]
        if value == UNSET:
            return None
        return entry.words[value] if entry.discrete else value

    def text(self, variable: int) -> Any:
        """The assumed value as a workload file would write it."""
        return say(self.book.facts[variable], self.point[variable])

    def stands(self, variable: int) -> bool:
        """Whether the value that is assumed of a fact can stand.

        No answer comes sooner than the work takes, and no usual time is that of a named model.
        """
        book, value = self.book, self.point[variable]
        sooner = variable == book.answer and value < self.point[book.typical_processing]
        unknown = variable in book.times and self.workload.untimed
        return value != UNSET and not sooner and not unknown

    def assumed(self, variable: int) -> str:
        """The assumed value as a workload file would write it; empty where none can stand."""
        return str(self.text(variable)) if self.stands(variable) else ""


def say(fact: FactEntry, value: int) -> Any:
    """One value of a fact as a workload file would write it."""
    if value == UNSET:
        return None
    if fact.words:
        return fact.words[value]
    if value in fact.names:
        return fact.names[value]
    number = value // UNITS.get(fact.id, 1)
    return show(Interval(number, number), fact.kind)
