"""The full model at any value of one key: the answer, and what each usable option costs."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias

from advisor.catalogue.price_snapshot import Prices
from advisor.engine.decide import decide, status, walk
from advisor.engine.facts import Facts
from advisor.model.value import Value
from advisor.model.workload import PARTS, SAID_OF_ALL, Interval, Stated, Workload
from advisor.options import plan
from advisor.pricing.billable_usage import completed
from advisor.pricing.monthly import Total, total
from advisor.pricing.plan_cost import lacks_runs, listed
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import RULED_OUT
from advisor.workload.keys import keys

KeyValue: TypeAlias = int | str | bool  # base units of the key's kind, a word, a yes or no

# What grows with a key when the workload stays as it is and there is more of it, and the power with
# which it does: a model that takes twice as long serves half as many requests.
VOLUME = {"traffic.volume": 1, "traffic.peak": 1, "traffic.concurrent": 1}
DURATION = {
    "requests.processing": 1,
    "requests.processing.typical": 1,
    "requests.processing.p99": 1,
    "requests.processing.max": 1,
    "traffic.concurrent": 1,
    "model.throughput": -1,
}
RECORDS = {"dataset.records": 1, "dataset.size": 1, "dataset.files": 1}


class Outcome(Value):
    """The result at one value; the assumed value counts where none or a range is stated."""

    value: KeyValue
    option: str | None  # the answer of the rules
    costs: Mapping[str, Total]  # of the options that may be used, in the order of preference

    def middle(self, option: str) -> Decimal | None:
        """USD a month in the middle of the range that a fleet which scales leaves open."""
        found = self.costs.get(option)
        return None if found is None else found.middle

    @property
    def cheapest(self) -> str | None:
        """The option whose middle is lowest; of equal ones the preferred one."""
        known = [(each, usd) for each in self.costs if (usd := self.middle(each)) is not None]
        return min(known, key=lambda pair: pair[1])[0] if known else None


class Scenario:
    """One workload with other values of one key, and everything else unchanged."""

    __slots__ = ("_along", "_book", "_current", "_found", "_options", "_prices", "key", "workload")

    def __init__(
        self,
        facts: Facts,
        key: str,
        prices: Prices,
        *,
        along: Mapping[str, int] | None = None,
        options: frozenset[str] | None = None,
        elsewhere: Callable[[str | None], Prices] | None = None,
    ) -> None:
        """Prepare a scenario.

        Args:
            facts: of the workload as it is.
            key: path of the key that moves.
            prices: of the workload's Region.
            along: other stated keys that move with it, each with its power: ``VOLUME``, …
            options: cost these only; all that may be used when not given.
            elsewhere: gives the prices of a Region, where the Region is what moves.
        """
        self.key = key
        self.workload = facts.workload
        self._book: Rulebook = facts.book
        self._prices = elsewhere or (lambda _: prices)
        self._along = along or {}
        self._current = current(facts, key)
        self._options = options
        self._found: dict[KeyValue, Outcome] = {}

    def facts_at(self, value: KeyValue) -> Facts:
        """The facts when the key is stated to be ``value``, and what moves with it moves."""
        return Facts(self._book, restated(self.workload, self._changes(value)))

    def at(self, value: KeyValue) -> Outcome:
        """The outcome at one value."""
        found = self._found.get(value)
        if found is None:
            found = self._found[value] = self._outcome(value)
        return found

    def _changes(self, value: KeyValue) -> dict[str, Interval | str | bool]:
        if isinstance(value, str | bool):
            return {self.key: value}
        moved: dict[str, Interval | str | bool] = {}
        for path, power in self._along.items():
            stated = self.workload.interval(path)
            if stated is not None:
                over, under = (value, self._current) if power > 0 else (self._current, value)
                ends = (None if end is None else max(1, end * over // under) for end in stated)
                moved[path] = Interval(*ends)
        if not any(path == self.key or path.startswith(self.key + ".") for path in moved):
            moved[self.key] = Interval(value, value)
        return moved

    def _outcome(self, value: KeyValue) -> Outcome:
        facts = self.facts_at(value)
        point, book = facts.point, self._book
        option = decide(book, point) if facts.workload.held else None
        prices = self._prices(facts.region)
        costs = {}
        for name in walk(book, point).leaf.options if facts.workload.held else ():
            if self._options is not None and name not in self._options:
                continue
            if status(book.option[name], book.needs, point) == RULED_OUT:
                continue
            made = plan(name, facts, listed(name, prices.shipped), deploy=False)
            if made.sized == "not-sized" or lacks_runs(made, facts):
                continue
            costs[name] = total(name, completed(made, facts), prices)
        return Outcome(value=value, option=option, costs=costs)


def current(facts: Facts, key: str) -> int:
    """The usual value of a number as it is stated, else as it is assumed, else 1; base units."""
    stated = facts.workload.typical(key)
    if stated is not None:
        return max(1, stated.low or 0 if stated.high is None else stated.high)
    told = facts.workload.modelled
    if told is not None and key in told.counts:
        return max(1, told.counts[key])
    name = key if key in facts.book.index else key.rpartition(".")[0]
    value = facts.taken(name) if name in facts.book.index else None
    return max(1, value) if isinstance(value, int) else 1


def restated(workload: Workload, changes: Mapping[str, Interval | str | bool]) -> Workload:
    """A workload in which keys have other values, as ``--set`` would put them.

    One quantity counts as ``max`` beside a ``typical`` or ``p99`` that is set. Another time of a
    request takes the place of the one measured on serverless environments.
    """
    values = dict(workload.values)
    measured = workload.measured
    split = {path: key.single for path, key in keys().items() if key.parts}
    for key, value in changes.items():
        base, _, _ = key.rpartition(".")
        if measured is not None and "requests.processing" in (key, base):
            measured = measured._replace(serverless=None)
        if key in split:
            for part in PARTS:
                values.pop(key + part, None)
        elif base in split and base in values:
            single = f"{base}.{split[base]}"
            values[single] = values.pop(base)._replace(path=single)
        if "models" in values and key.removeprefix("model.") in SAID_OF_ALL:
            values["models"] = _said_of_all(values, key, value)
        values[key] = Stated(key, "", value, 0, 0)
    return workload._replace(values=values, measured=measured)


def _said_of_all(values: Mapping[str, Stated], key: str, value: KeyValue | Interval) -> Stated:
    """The list in which each model that does not state a key itself has another value of it."""
    name, models, said = key.removeprefix("model."), values["models"], values.get(key)
    worked_out = (0, 0), (models.line, models.column)  # places of what follows from the list
    default = None if said is None or (said.line, said.column) in worked_out else said.value
    own = [each.get(name) not in (None, default) for each in models.value]
    pairs = zip(models.value, own, strict=True)
    return models._replace(value=tuple(e if kept else {**e, name: value} for e, kept in pairs))
