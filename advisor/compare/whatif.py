"""Vary one key over its range: changes of the answer and of the cheapest option."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from advisor.catalogue.price_snapshot import Folder
from advisor.compare.break_even import Crossing, Turn, crossings, grid, turns
from advisor.compare.scenario import Outcome, Scenario, current, restated
from advisor.engine.decision_cells import Cell, Neighbourhood
from advisor.engine.facts import Facts
from advisor.model.errors import InputError
from advisor.model.workload import Interval, Workload
from advisor.rulebook.load import book_for
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import INFINITY
from advisor.text.quantity import KINDS, WEEK, QuantityError, parse
from advisor.text.quantity_format import word
from advisor.text.spelling import likely
from advisor.workload.keys import Key, keys

POINTS = 61
MOST_POINTS = 10_000
_REACH = 100  # from a hundredth of the value to a hundred times of it
_BEYOND = 4  # and so many times beyond the furthest change of the answer that is near
_NEAR = 10**6
_NEEDS = "needs."
_REGION = "region"


class Stretch(NamedTuple):
    """Values with one answer: a closed range of base units, or words."""

    low: int
    high: int
    words: tuple[str, ...]  # of a key that takes words; then low and high are 0
    option: str | None


class Sweep(NamedTuple):
    """The result of `whatif` for one key."""

    workload: Workload
    key: str
    kind: str  # of advisor.text.quantity; word or flag
    current: int | str | None  # None: nothing is stated, and nothing is assumed
    stated: bool
    stretches: tuple[Stretch, ...]  # exact, over the whole sweep
    points: tuple[Outcome, ...]
    crossings: tuple[Crossing, ...]
    turns: tuple[Turn, ...]  # break-evens of every two options


class SweptRange(NamedTuple):
    """The caller's range as texts of the key's kind; empty where none is given."""

    start: str = ""
    end: str = ""
    points: int = POINTS


WHOLE = SweptRange()


def sweep(
    workload: Workload,
    key: str,
    wanted: SweptRange = WHOLE,
    *,
    limits: str | None = None,
    region: str | None = None,
    own_prices: Folder | None = None,
) -> Sweep:
    """The answer and the costs for every value of one key.

    Args:
        workload: everything else.
        key: path of a quantity, a word, a yes or no, a feature (``needs.vpc``), or ``region``.
        wanted: ends and number of points.
        limits: ``safe`` or ``latest``; the workload's own choice without it.
        region: used instead of the workload's Region.
        own_prices: folder of the user's price snapshots.

    Raises:
        InputError: the key does not exist or cannot be varied, or an end is not a quantity of it.
    """
    from advisor.pricing.plan_cost import prices_of

    book = book_for(workload, limits)
    facts = Facts(book, workload, region)
    entry = _key(key, book)
    prices = partial(prices_of, own=own_prices, workload=workload)
    elsewhere = prices if key == _REGION else None
    scenario = Scenario(facts, key, prices(facts.region), elsewhere=elsewhere)
    if entry.kind not in KINDS:
        return _of_words(facts, entry, scenario, wanted)
    return _of_numbers(facts, entry, scenario, wanted)


def varied(book: Rulebook) -> dict[str, Key]:
    """What can vary: each key, each part of a split quantity, each feature, and the Region."""
    entries = {
        path: key
        for path, key in keys().items()
        if key.kind in KINDS or key.kind in ("word", "flag")
    }
    for entry in tuple(entries.values()):
        for part in entry.parts:
            name = f"{entry.path}.{part}"
            entries[name] = entry._replace(path=name, parts=())
    places = book.fact[_REGION].words[:-1]  # the last stands for every other code
    entries[_REGION] = keys()[_REGION]._replace(kind="word", words=places)
    for left_out in ("schema", "limits", "decision.option"):
        entries.pop(left_out)
    features = (_NEEDS + feature.id for feature in book.features if not feature.fact)
    return entries | {name: Key(path=name, kind="flag", about="") for name in features}


def _key(path: str, book: Rulebook) -> Key:
    """The key of a path."""
    entries = varied(book)
    if path not in entries:
        family = [name for name in entries if name.startswith(_NEEDS) == path.startswith(_NEEDS)]
        raise _unknown(path, sorted(family))
    return entries[path]


def _unknown(path: str, known: Sequence[str]) -> InputError:
    guess = likely(path, known)
    hint = "Name a key that takes a quantity, a word, true or false; or needs.FEATURE."
    return InputError(
        f"{path} cannot be varied", hint=f"Did you mean {guess}? {hint}" if guess else hint
    )


# -- words and features --------------------------------------------------------------------------


def _of_words(facts: Facts, entry: Key, scenario: Scenario, wanted: SweptRange) -> Sweep:
    if wanted.start or wanted.end:
        raise InputError(
            f"{entry.path} has no range", hint="Remove --from and --to: whatif shows every value."
        )
    flag = entry.kind == "flag"
    values: tuple[bool | str, ...] = (False, True) if flag else entry.words
    points = tuple(scenario.at(value) for value in values)
    if entry.path == _REGION:
        points = tuple(sorted(points, key=_price))
    stretches: list[Stretch] = []
    for point in points:
        text = word(point.value)
        if stretches and stretches[-1].option == point.option:
            last = stretches.pop()
            stretches.append(last._replace(words=(*last.words, text)))
        else:
            stretches.append(Stretch(0, 0, (text,), point.option))
    stated = facts.workload.values.get(entry.path)
    value = None if stated is None else stated.value
    if stated is None and entry.path.startswith(_NEEDS):
        value = facts.needs(entry.path[len(_NEEDS) :])
    elif stated is None and entry.path in facts.book.index:
        value = facts.taken(entry.path)
    now = None if value is None else word(value)
    return Sweep(
        workload=facts.workload,
        key=entry.path,
        kind=entry.kind,
        current=now,
        stated=stated is not None,
        stretches=tuple(stretches),
        points=points,
        crossings=(),
        turns=(),
    )


def _price(point: Outcome) -> tuple[bool, Decimal]:
    """What the answer costs, for an order in which an unknown price and no answer come last."""
    usd = None if point.option is None else point.middle(point.option)
    return usd is None, usd or Decimal(0)


# -- numbers -------------------------------------------------------------------------------------


def _of_numbers(facts: Facts, entry: Key, scenario: Scenario, wanted: SweptRange) -> Sweep:
    key = entry.path
    now = current(facts, key)
    cells = _cells(facts, key, now)
    low, high = _ends(entry, now, cells, wanted)
    for end in (low, high):  # one that what else is stated leaves no room for
        if not cells[0].low <= end <= cells[-1].high:
            cells = _cells(facts, key, end)
    places = grid(low, high, wanted.points)
    points = tuple(map(scenario.at, places))
    held = facts.workload.held  # else no type holds the model, whatever the rules prefer
    stretches = tuple(
        Stretch(max(cell.low, low), min(cell.high, high), (), cell.option if held else None)
        for cell in cells
        if cell.low <= high and low <= cell.high
    )
    stated = facts.workload.typical(key) is not None
    variable = facts.book.index.get(key)
    known = stated or (variable is not None and facts.stands(variable))
    return Sweep(
        workload=facts.workload,
        key=key,
        kind=entry.kind,
        current=now if known else None,
        stated=stated,
        stretches=stretches,
        points=points,
        crossings=tuple(crossings(scenario.at, places)),
        turns=tuple(turns(scenario.at, places)),
    )


def _cells(facts: Facts, key: str, now: int) -> list[Cell]:
    """The answer on every cell of the key, exact; one cell where no rule looks at it."""
    workload = restated(facts.workload, {key: Interval(now, now)})
    around = Neighbourhood(Facts(facts.book, workload))
    for handle in around.handles():
        if handle.id == key:
            return around.cells(handle)
    return [Cell(0, INFINITY, around.option)]


def _ends(entry: Key, now: int, cells: list[Cell], wanted: SweptRange) -> tuple[int, int]:
    """The ends as asked for; else around the value and the changes of the answer near it."""
    least, most = max(entry.least, 1), entry.most or INFINITY
    edges = [cell.low for cell in cells[1:] if now // _NEAR <= cell.low <= now * _NEAR]
    low = min([now // _REACH, *(edge // _BEYOND for edge in edges)])
    high = max([now * _REACH, *(edge * _BEYOND for edge in edges)])
    if entry.kind == "share":
        most = min(most, WEEK)
    low = _end(entry, wanted.start) if wanted.start else max(least, min(low, most))
    high = _end(entry, wanted.end) if wanted.end else min(most, max(high, low))
    if low > high:
        raise InputError(
            f"{entry.path}: --from is not below --to",
            hint=f"Write the smaller value as --from, such as {entry.example}.",
        )
    return low, high


def _end(entry: Key, text: str) -> int:
    try:
        found = parse(text, entry.kind)
    except QuantityError as error:
        raise InputError(f"{entry.path}: {error.problem}", hint=error.forms) from error
    problem = ""
    if found.low is None or found.low != found.high:
        problem = f"{text!r} is not one value"
    elif found.low < entry.least or (entry.most is not None and found.low > entry.most):
        problem = f"{text} is outside the range of the key"
    if problem or found.low is None:
        hint = f"Write one value, such as {entry.example}."
        raise InputError(f"{entry.path}: {problem}", hint=hint)
    return found.low
