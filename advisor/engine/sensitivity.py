"""Changes of an answer: decisive unknowns, the nearest change of each fact, and fixes."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations, product
from typing import TypeVar

from advisor.engine.conflicts import contradicted
from advisor.engine.decide import decide
from advisor.engine.decision_cells import Cell, Handle, Neighbourhood, first_word, write, written
from advisor.engine.facts import Facts, say
from advisor.model.advice import Change, DecisiveUnknown, Fix, WouldChange
from advisor.model.value import Value
from advisor.model.workload import Interval, Stated
from advisor.rulebook.formulas import IN_FLIGHT_UNIT
from advisor.rulebook.types import INFINITY, UNSET, Admitted, FactEntry, Limit

T = TypeVar("T")

MOST_FIXES = 5
_MOST_TRIED = 20  # fixes of which it is asked what else they break
_FEATURE_WEIGHT = 5.0  # to give up a needed feature is harder than most changes of a number
_UNSTATED_WEIGHT, _UNCHANGEABLE_WEIGHT = 0.5, 20.0
_BURST = 10  # times the requests in progress that are ordinary
_MANY_WORDS = 8  # of a fact with more words one is named for each answer


class _Found(Value):
    """The findings about one handle."""

    order: int  # of its fact in the rulebook
    unknown: DecisiveUnknown | None
    id: str
    fact: FactEntry
    near: tuple[Cell, ...]  # cells of a stated fact with another answer


class _Known(Value):
    """Results that hold for every workload that states the same."""

    found: tuple[_Found, ...]
    features: tuple[WouldChange, ...]


def decisive_unknowns(around: Neighbourhood) -> tuple[DecisiveUnknown, ...]:
    """Facts with several possible cells, where one of these gives another answer.

    Plausible ones first, then in the order of the rulebook. Exact for any one fact.
    """
    unknowns = [each.unknown for each in _known(around).found if each.unknown is not None]
    unknowns.sort(key=lambda unknown: unknown.remote)
    return tuple(unknowns)


def _known(around: Neighbourhood) -> _Known:
    """What is found for every handle, remembered by the stated values."""
    facts, memo = around.facts, around.book.answers
    key = facts.low[around.book.needs], *facts.signature
    known: _Known = _remembered(memo, key, partial(_look, around))
    return known


def _look(around: Neighbourhood) -> _Known:
    found = sorted(_found(around), key=lambda each: each.order)
    return _Known(found=tuple(found), features=_features(around))


def _found(around: Neighbourhood) -> Iterator[_Found]:
    """What each handle tells, remembered by all that it depends on."""
    for handle in around.handles():
        key = around.likeness(handle)
        if key is None:
            found = _explore(around, handle)
        else:
            found = _remembered(around.book.found, key, partial(_explore, around, handle))
        if found is not None:
            yield found


def _remembered(
    memo: dict[tuple[object, ...], T], key: tuple[object, ...], find: Callable[[], T]
) -> T:
    if key in memo:
        return memo[key]
    known = memo[key] = find()
    return known


def _features(around: Neighbourhood) -> tuple[WouldChange, ...]:
    """Needed features without which another option would be chosen."""
    answers = (
        (name, _decide_with(around.facts, {around.book.needs: (fewer, 0)}))
        for name, fewer in _without_features(around)
    )
    return tuple(
        WouldChange(fact=name, to="false", option=each)
        for name, each in answers
        if each != around.option
    )


def _explore(around: Neighbourhood, handle: Handle) -> _Found | None:
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
    if unknown is None and not near:
        return None
    return _Found(order=fact.variable, unknown=unknown, id=handle.id, fact=fact, near=tuple(near))


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
    ordinary = _ordinary(around, fact)
    remote = around.option is not None and not any(
        _is_ordinary(cell, ordinary, low, high) for cell in cells if cell.option != around.option
    )
    value = around.facts.point[handle.variables[0]]
    assumed = "" if value == UNSET else str(say(fact, value))
    return DecisiveUnknown(
        fact=handle.id, remote=remote, assumed=assumed, outcomes=_outcomes(around, fact, cells, low)
    )


def _is_ordinary(cell: Cell, ordinary: Admitted, low: int, high: int) -> bool:
    """Whether an ordinary value that is still possible lies in a cell."""
    if ordinary.words is not None:
        return bool(cell.low & ordinary.words)
    return max(cell.low, low, ordinary.low) <= min(cell.high, high, ordinary.high)


def _ordinary(around: Neighbourhood, fact: FactEntry) -> Admitted:
    """The ordinary values; around a value that follows from a stated fact, where one does."""
    book, point = around.book, around.facts.point
    if fact.id == "traffic.concurrent":  # several times what rate and time make of it
        usual = -(-_BURST * point[book.index["load.in-flight"]] // IN_FLIGHT_UNIT)
        return fact.ordinary._replace(high=max(1, min(usual, fact.ordinary.high)))
    chosen = fact.assume[0] if fact.assume else None
    if chosen is None or chosen.follows < 0 or not around.facts.stated >> chosen.follows & 1:
        return fact.ordinary
    value = around.facts.point[fact.variable]
    return Admitted(low=value // chosen.factor, high=value * chosen.factor)


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
    words = [w for w in around.book.words.values() if w.fact == fact.id and w.stated]
    named: dict[str, str | None] = {}
    for cell in cells:
        here = [word.id for word in words if cell.low <= word.taken <= cell.high]
        if not here:
            return None
        named.update(dict.fromkeys(here, cell.option))
    return named


# -- what would change the answer ---------------------------------------------------------------


def would_change(around: Neighbourhood) -> tuple[WouldChange, ...]:
    """For each stated fact the nearest value at which another option, or none, is chosen."""
    known = _known(around)
    low, high = around.facts.low, around.facts.high
    found = []
    for each in known.found:
        if each.near and not around.facts.workload.is_told(each.id):
            bounds = low[each.order], high[each.order]
            best = _nearest(each.fact, each.near, *bounds)
            change = _stated(each.id, each.fact, *best.said)
            found.append(
                WouldChange(
                    fact=each.id,
                    to=change.text,
                    option=best.option,
                    breaks=contradicted(around.facts, (change,), best.option),
                )
            )
    return _sound_first((*found, *known.features))


_Breaking = TypeVar("_Breaking", WouldChange, Fix)


def _sound_first(found: Sequence[_Breaking]) -> tuple[_Breaking, ...]:
    """Those that break nothing else first; nothing where each of them does."""
    ordered = sorted(found, key=lambda each: bool(each.breaks))
    return () if ordered and ordered[0].breaks else tuple(ordered)


def _stated(path: str, fact: FactEntry, low: int, high: int) -> Stated:
    """A change of a fact as the file would state it."""
    value: object = Interval(low or None, None if high >= INFINITY else high)
    if fact.discrete:
        value = fact.words[low.bit_length() - 1]
    return Stated(path, write(low, high, fact), value, 0, 0)


def _nearest(fact: FactEntry, cells: tuple[Cell, ...], low: int, high: int) -> Cell:
    return min(cells, key=lambda cell: _distance(fact, cell, low, high))


def _distance(fact: FactEntry, cell: Cell, low: int, high: int) -> float:
    """How far a cell is: by the logarithm of the ratio for numbers, 0 for words."""
    if fact.discrete:
        return 0.0
    if cell.low > high:
        return math.log2(cell.low / max(high, 1))
    return math.log2(max(low, 1) / max(cell.high, 1))


def _without_features(around: Neighbourhood) -> Iterator[tuple[str, int]]:
    """The needed features (bits) without one of them."""
    needed = around.facts.low[around.book.needs]
    for feature in around.book.features:
        if needed & feature.bit and not feature.fact:
            yield f"needs.{feature.id}", needed & ~feature.bit


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
    edits = list(_edits(around, every=False))
    done: list[Fix] = []
    for size in (1, 2):
        found = _reaching(around, edits, size, around.book.option)
        done += [_fix(around, *each) for each in found[:_MOST_TRIED]]
        if any(not each.breaks for each in done):
            break
    return _sound_first(done)[:MOST_FIXES]


def ways_to(around: Neighbourhood, option: str) -> Iterator[tuple[tuple[Change, ...], ...]]:
    """The changes of one fact, then of two, that each would make one option the answer.

    Nearest first; facts that nobody can change come last. ``around`` must be ``whole``.
    """
    edits = list(_edits(around, every=True))
    for size in (1, 2):
        yield tuple(
            tuple(Change(fact=edit.fact, to=edit.to) for edit in chosen)
            for chosen, _ in _reaching(around, edits, size, {option})
        )


def _reaching(
    around: Neighbourhood, edits: list[_Edit], size: int, wanted: Collection[str]
) -> list[tuple[tuple[_Edit, ...], str]]:
    """Groups of edits that lead to a wanted option, nearest first, one for the same facts."""
    found = []
    for chosen in _groups(edits, size):
        changes = {v: (e.low, e.high) for e in chosen for v in e.variables}
        if len(changes) < size:  # two needs: neither edit leaves what the other gives up
            changes = {around.book.needs: (chosen[0].low & chosen[1].low, 0)}
        option = _decide_with(around.facts, changes)
        if option is not None and option in wanted:
            found.append((sum(edit.cost for edit in chosen), chosen, option))
    found.sort(key=lambda item: item[0])
    nearest: dict[object, tuple[tuple[_Edit, ...], str]] = {}
    for _, chosen, option in found:
        nearest.setdefault((*(edit.fact for edit in chosen), option), (chosen, option))
    return list(nearest.values())


def _groups(edits: list[_Edit], size: int) -> Iterable[tuple[_Edit, ...]]:
    if size == 1:
        return ((edit,) for edit in edits)
    by_fact: dict[str, list[_Edit]] = {}
    for edit in edits:
        by_fact.setdefault(edit.fact, []).append(edit)
    return (pair for two in combinations(by_fact.values(), 2) for pair in product(*two))


def _weight(around: Neighbourhood, handle: Handle, cell: Cell, every: bool) -> float:
    """Stating an ordinary value is easiest; unlikely values and fixed facts come last."""
    if not every:
        return handle.fact.changeable
    if handle.stated:
        return handle.fact.changeable or _UNCHANGEABLE_WEIGHT
    ordinary = _is_ordinary(cell, _ordinary(around, handle.fact), *around.possible(handle))
    return _UNSTATED_WEIGHT if ordinary else _UNCHANGEABLE_WEIGHT


def _edits(around: Neighbourhood, every: bool) -> Iterator[_Edit]:
    for handle in around.handles():
        yield from (edit for edit in _edits_of(around, handle, every) if edit.cost)
    for name, fewer in _without_features(around):
        yield _Edit(
            fact=name,
            to="false",
            variables=(around.book.needs,),
            low=fewer,
            high=0,
            cost=_FEATURE_WEIGHT,
        )


def _edits_of(around: Neighbourhood, handle: Handle, every: bool) -> Iterator[_Edit]:
    fact = handle.fact
    low, _ = around.possible(handle)
    if fact.discrete:
        for bits in around.book.classes[fact.variable]:
            if not handle.stated or not low & bits:
                first = first_word(bits)
                text = write(first, 0, fact)
                weight = _weight(around, handle, Cell(first, 0, None), every)
                yield _Edit(
                    fact=handle.id,
                    to=text,
                    variables=handle.variables,
                    low=first,
                    high=0,
                    cost=weight,
                )
        return
    value = around.facts.point[handle.variables[0]]
    for cell_low, cell_high in around.ranges(handle):
        cell = Cell(cell_low, cell_high, None)
        if value != UNSET and cell_low <= value <= cell_high:
            continue
        upward = value == UNSET or cell_low > value
        low, high = written(cell_low if upward else fact.least, cell_high, fact)
        distance = abs(_distance(fact, cell, value, value)) if value != UNSET else 1.0
        text = write(low, high, fact)
        weight = _weight(around, handle, cell, every)
        yield _Edit(
            fact=handle.id,
            to=text,
            variables=handle.variables,
            low=low,
            high=high,
            cost=weight * distance,
        )


def _fix(around: Neighbourhood, chosen: tuple[_Edit, ...], option: str) -> Fix:
    """Advice and source come from the limit that the change repairs, else from the fact."""
    changes = tuple(Change(fact=edit.fact, to=edit.to) for edit in chosen)
    limits = _repaired(around, chosen, option)
    advice = " ".join(limit.fix for limit in limits if limit.fix)
    source = next((limit.fix_source or limit.origin.source for limit in limits), "")
    if not advice:
        advice = f"State or change {' and '.join(change.fact for change in changes)}."
    stated = [
        _stated(edit.fact, around.book.facts[edit.variables[0]], edit.low, edit.high)
        for edit in chosen
        if edit.variables[0] != around.book.needs
    ]
    breaks = contradicted(around.facts, stated, option)
    if breaks:
        advice += f" It breaks {' and '.join(breaks)}."
    return Fix(changes=changes, option=option, advice=advice, source=source, breaks=breaks)


def _repaired(around: Neighbourhood, chosen: tuple[_Edit, ...], option: str) -> list[Limit]:
    """Limits of the option that the point breaks and that read a changed fact."""
    book, point = around.book, around.facts.point
    touched = {variable for edit in chosen for variable in edit.variables}
    done = []
    for limit in book.option[option].limits:
        value = point[limit.variable]
        reads = set(book.facts[limit.variable].derived_from) | {limit.variable}
        if not limit.bound.admits.has(value) and reads & touched:
            done.append(limit)
    return done
