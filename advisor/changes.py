"""What would move an answer: decisive unknowns, the nearest change of each fact, and fixes."""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product

from advisor.decide import decide
from advisor.facts import Facts, say
from advisor.model import Change, DecisiveUnknown, Fix, WouldChange
from advisor.neighbours import Cell, Handle, Neighbourhood, first_word, write, written
from advisor.rulebook.types import INFINITY, UNSET, FactEntry, Limit
from advisor.value import Value

MOST_FIXES = 5
_MOST_REMEMBERED = 4096
_FEATURE_WEIGHT = 5.0  # to give up a needed feature is harder than most changes of a number
_MANY_WORDS = 8  # of a fact with more words one is named for each answer


class _Found(Value):
    """What one handle has to tell."""

    order: int  # of its fact in the rulebook
    unknown: DecisiveUnknown | None
    id: str
    fact: FactEntry
    near: tuple[Cell, ...]  # cells of a stated fact with another answer


class _Known(Value):
    """What holds for every workload whose facts lie in the same cells."""

    found: tuple[_Found, ...]
    features: tuple[WouldChange, ...]


def decisive_unknowns(around: Neighbourhood) -> tuple[DecisiveUnknown, ...]:
    """Facts that are not one cell and of which a possible cell gives another answer.

    Plausible ones first, then in the order of the rulebook. Exact for any one fact.
    """
    unknowns = [each.unknown for each in _known(around).found if each.unknown is not None]
    unknowns.sort(key=lambda unknown: unknown.remote)
    return tuple(unknowns)


def _known(around: Neighbourhood) -> _Known:
    """Remembered by the stated values, and what does not depend on values by their cells."""
    facts = around.facts
    return _remembered(
        around.book.answers,
        (facts.low[around.book.needs], *facts.signature),
        lambda: _by_cells(around),
    )


def _by_cells(around: Neighbourhood) -> _Known:
    """Rules are constant on a cell, so what they say of a workload is known by its cells.

    Not so of a handle whose cuts are solved from the value of another stated fact.
    """
    free: list[Handle] = []
    dependent: list[Handle] = []
    for handle in around.handles():
        (dependent if around.depends_on_values(handle) else free).append(handle)
    known = _remembered(
        around.book.answers,
        around.facts.cells(),
        lambda: _Known(tuple(_explore(around, free)), _features(around)),
    )
    found = [*known.found, *_explore(around, dependent)]
    return _Known(tuple(sorted(found, key=lambda each: each.order)), known.features)


def _remembered(
    memo: dict[tuple[object, ...], _Known], key: tuple[object, ...], find: Callable[[], _Known]
) -> _Known:
    known = memo.get(key)
    if known is None:
        if len(memo) >= _MOST_REMEMBERED:
            memo.clear()
        known = memo[key] = find()
    return known


def _features(around: Neighbourhood) -> tuple[WouldChange, ...]:
    """Needed features without which another option would be chosen."""
    return tuple(
        WouldChange(name, "false", option)
        for name, option in _without_features(around)
        if option != around.option
    )


def _explore(around: Neighbourhood, handles: Iterable[Handle]) -> Iterator[_Found]:
    for handle in handles:
        low, high = around.possible(handle)
        fact = handle.fact
        unknown = None
        inside: list[Cell] = []
        outside: list[Cell] = []
        near: list[Cell] = []
        for cell in around.cells(handle):
            (inside if _overlap(fact, cell, low, high) else outside).append(cell)
        if not around.pinned(handle) and any(cell.option != around.option for cell in inside):
            unknown = _unknown(around, handle, inside, low, high)
        if handle.stated:
            near = [
                _seen_from(around, handle, cell, low)
                for cell in outside
                if cell.option != around.option
            ]
        if unknown is not None or near:
            yield _Found(fact.variable, unknown, handle.id, fact, tuple(near))


def _seen_from(around: Neighbourhood, handle: Handle, cell: Cell, low: int) -> Cell:
    """A cell that lies below the stated values is named by its upper edge."""
    if handle.fact.discrete:
        return cell._replace(said=(cell.low, 0))
    if cell.high > low:
        return cell
    said = around.said(handle, cell.low, cell.high, cell.option, downward=True)
    return cell if said is None else cell._replace(said=said)


def _overlap(fact: FactEntry, cell: Cell, low: int, high: int) -> bool:
    if fact.discrete:
        return bool(cell.low & low)
    return cell.low <= high and low <= cell.high


def _unknown(
    around: Neighbourhood, handle: Handle, cells: list[Cell], low: int, high: int
) -> DecisiveUnknown:
    fact = handle.fact
    ordinary_low, ordinary_high = _ordinary(around, fact)
    other = [cell for cell in cells if cell.option != around.option]
    remote = not any(
        _overlap(fact, cell, ordinary_low, ordinary_high)
        and (
            fact.discrete or max(cell.low, low, ordinary_low) <= min(cell.high, high, ordinary_high)
        )
        for cell in other
    )
    value = around.facts.point[handle.variables[0]]
    assumed = "" if value == UNSET else str(say(fact, value))
    return DecisiveUnknown(handle.id, remote, assumed, _outcomes(around, fact, cells, low))


def _ordinary(around: Neighbourhood, fact: FactEntry) -> tuple[int, int]:
    """What surprises nobody; around a value that follows from a stated fact, if it does."""
    chosen = around.facts.chosen.get(fact.variable)
    if chosen is None or chosen.follows < 0:
        return fact.ordinary
    value = around.facts.point[fact.variable]
    return value // chosen.factor, value * chosen.factor


def _words(bits: int) -> list[int]:
    """The words of a set, each as a set of its own."""
    return [1 << word for word in range(bits.bit_length()) if bits >> word & 1]


def _outcomes(
    around: Neighbourhood, fact: FactEntry, cells: list[Cell], possible: int
) -> dict[str, str | None]:
    """Each answer under a value that the workload file accepts."""
    if fact.discrete:
        outcomes: dict[str, str | None] = {}
        for cell in cells:
            words = _words(cell.low & possible)
            for bits in words if len(fact.words) <= _MANY_WORDS else words[:1]:
                outcomes[write(bits, 0, fact)] = cell.option
        return outcomes
    if fact.say_words:
        named = _by_words(around, fact, cells)
        if named is not None:
            return named
    return {write(*cell.said, fact): cell.option for cell in cells}


def _by_words(
    around: Neighbourhood, fact: FactEntry, cells: list[Cell]
) -> dict[str, str | None] | None:
    """The cells under the fact's own words, if each has one whose taken value lies in it."""
    named: dict[str, str | None] = {}
    for cell in cells:
        for word in around.book.words.values():
            if word.fact == fact.id and word.stated:
                taken = word.low if word.high >= INFINITY else word.high
                if cell.low <= taken <= cell.high:
                    named[word.id] = cell.option
    return named if len(named) == len(cells) else None


# -- what would change the answer ---------------------------------------------------------------


def would_change(around: Neighbourhood) -> tuple[WouldChange, ...]:
    """For each stated fact the nearest value at which another option, or none, is chosen."""
    known = _known(around)
    low, high = around.facts.low, around.facts.high
    found = []
    for each in known.found:
        if each.near:
            bounds = low[each.order], high[each.order]
            best = _nearest(each.fact, each.near, *bounds)
            found.append(WouldChange(each.id, write(*best.said, each.fact), best.option))
    return (*found, *known.features)


def _nearest(fact: FactEntry, cells: tuple[Cell, ...], low: int, high: int) -> Cell:
    return min(cells, key=lambda cell: _distance(fact, cell, low, high))


def _distance(fact: FactEntry, cell: Cell, low: int, high: int) -> float:
    """How far a cell is: by the logarithm of the ratio for numbers, 0 for words."""
    if fact.discrete:
        return 0.0
    if cell.low > high:
        return math.log2(cell.low / max(high, 1))
    return math.log2(max(low, 1) / max(cell.high, 1))


def _without_features(around: Neighbourhood) -> Iterator[tuple[str, str | None]]:
    """The answer when one needed feature is given up."""
    facts, book = around.facts, around.book
    for feature in book.features:
        if facts.low[book.needs] & feature.bit and not feature.fact:
            fewer = facts.low[book.needs] & ~feature.bit
            yield f"needs.{feature.id}", _decide_with(facts, {book.needs: (fewer, 0)})


def _decide_with(facts: Facts, changes: dict[int, tuple[int, int]]) -> str | None:
    return decide(facts.book, facts.moved(changes))


# -- fixes when none fits -----------------------------------------------------------------------


class _Edit(Value):
    """One possible change of the workload, with how hard it is."""

    fact: str
    to: str
    variables: tuple[int, ...]
    low: int
    high: int
    cost: float


def fixes(around: Neighbourhood) -> tuple[Fix, ...]:
    """The smallest changes of one fact, else of two, that give an answer; nearest first.

    Of changes of the same facts to the same option only the nearest.
    """
    edits = list(_edits(around))
    for size in (1, 2):
        found = []
        for chosen in _groups(edits, size):
            changes = {v: (e.low, e.high) for e in chosen for v in e.variables}
            option = _decide_with(around.facts, changes)
            if option is not None:
                found.append((sum(edit.cost for edit in chosen), chosen, option))
        if found:
            found.sort(key=lambda item: item[0])
            nearest: dict[object, tuple[tuple[_Edit, ...], str]] = {}
            for _, chosen, option in found:
                nearest.setdefault((*(edit.fact for edit in chosen), option), (chosen, option))
            first = list(nearest.values())[:MOST_FIXES]
            return tuple(_fix(around, chosen, option) for chosen, option in first)
    return ()


def _groups(edits: list[_Edit], size: int) -> Iterable[tuple[_Edit, ...]]:
    if size == 1:
        return ((edit,) for edit in edits)
    by_fact: dict[str, list[_Edit]] = {}
    for edit in edits:
        by_fact.setdefault(edit.fact, []).append(edit)
    return (pair for two in combinations(by_fact.values(), 2) for pair in product(*two))


def _edits(around: Neighbourhood) -> Iterator[_Edit]:
    for handle in around.handles():
        if handle.fact.changeable:
            yield from _edits_of(around, handle)
    facts, book = around.facts, around.book
    for feature in book.features:
        if facts.low[book.needs] & feature.bit and not feature.fact:
            fewer = facts.low[book.needs] & ~feature.bit
            yield _Edit(f"needs.{feature.id}", "false", (book.needs,), fewer, 0, _FEATURE_WEIGHT)


def _edits_of(around: Neighbourhood, handle: Handle) -> Iterator[_Edit]:
    fact = handle.fact
    low, _ = around.possible(handle)
    if fact.discrete:
        for bits in around.book.classes[fact.variable]:
            if not handle.stated or not low & bits:
                first = first_word(bits)
                text = write(first, 0, fact)
                yield _Edit(handle.id, text, handle.variables, first, 0, fact.changeable)
        return
    value = around.facts.point[handle.variables[0]]
    for cell_low, cell_high in around.ranges(handle):
        cell = Cell(cell_low, cell_high, None)
        if value != UNSET and cell_low <= value <= cell_high:
            continue
        upward = value == UNSET or cell_low > value
        bounds = written(cell_low if upward else fact.least, cell_high, fact)
        distance = abs(_distance(fact, cell, value, value)) if value != UNSET else 1.0
        text = write(*bounds, fact)
        yield _Edit(handle.id, text, handle.variables, *bounds, fact.changeable * distance)


def _fix(around: Neighbourhood, chosen: tuple[_Edit, ...], option: str) -> Fix:
    """Advice and source come from the limit that the change repairs, else from the fact."""
    changes = tuple(Change(edit.fact, edit.to) for edit in chosen)
    limits = _repaired(around, chosen, option)
    advice = " ".join(limit.fix for limit in limits if limit.fix)
    source = next((limit.fix_source or limit.origin.source for limit in limits), "")
    if not advice:
        advice = f"State or change {' and '.join(change.fact for change in changes)}."
    return Fix(changes, option, advice, source)


def _repaired(around: Neighbourhood, chosen: tuple[_Edit, ...], option: str) -> list[Limit]:
    """Limits of the option that the point breaks and that read a changed fact."""
    book, point = around.book, around.facts.point
    touched = {variable for edit in chosen for variable in edit.variables}
    done = []
    for limit in book.option[option].limits:
        value = point[limit.variable]
        bound = limit.bound
        met = bound.low >> value & 1 if limit.discrete else bound.low <= value <= bound.high
        reads = set(book.facts[limit.variable].derived_from) | {limit.variable}
        if not met and reads & touched:
            done.append(limit)
    return done
