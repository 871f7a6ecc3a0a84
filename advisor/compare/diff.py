"""Differences of two answers: facts, answer, options, plan and cost."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.compare.cost_gates import not_proven
from advisor.engine.standing import phrase
from advisor.model.advice import Advice, Cost
from advisor.model.workload import Finding, Stated
from advisor.pricing.amounts import total_of, usd
from advisor.text.money_format import a_month, money, signed
from advisor.text.quantity_format import word

_HUNDRED = Decimal(100)
_NO_COST = Cost(usd_low=None, usd_high=None, complete=False, basis="", items=())


class ChangedValue(NamedTuple):
    """Something that differs; ``None`` where it is absent."""

    name: str
    old: str | None
    new: str | None


class MostIncrease(NamedTuple):
    """The most that a cost may rise by: an amount in USD, or a share."""

    value: Decimal
    percent: bool
    text: str  # as the caller wrote it


class Difference(NamedTuple):
    """Two answers for one workload, and what differs."""

    old: Advice
    new: Advice
    facts: tuple[ChangedValue, ...]  # by key path, as written
    answer: tuple[ChangedValue, ...]  # option, status, summary
    options: tuple[ChangedValue, ...]  # how each option stands
    settings: tuple[ChangedValue, ...]  # of the recommended options' plans
    requests: tuple[ChangedValue, ...]  # operations whose parameters differ
    costs: tuple[ChangedValue, ...]  # monthly cost by option
    appeared: tuple[Finding, ...]
    gone: tuple[Finding, ...]

    @property
    def matters(self) -> bool:
        """Whether anything differs but comments, order and spelling."""
        return any(self[2:])


def difference(old: Advice, new: Advice) -> Difference:
    """The differences of two answers."""

    def changed(read: Callable[[Advice], Mapping[str, str]]) -> tuple[ChangedValue, ...]:
        return _changes(read(old), read(new))

    return Difference(
        old=old,
        new=new,
        facts=_facts(old.workload.values, new.workload.values),
        answer=_answer(old, new),
        options=changed(
            lambda advice: {each.option: phrase(each.standing) for each in advice.candidates}
        ),
        settings=changed(
            lambda advice: {each.name: str(each.value) for each in _planned(advice, "settings")}
        ),
        requests=_requests(old, new),
        costs=changed(
            lambda advice: {
                e.option: money(e.cost) for e in advice.candidates if e.cost is not None
            }
        ),
        appeared=_left(new.findings, old.findings),
        gone=_left(old.findings, new.findings),
    )


def _facts(old: Mapping[str, Stated], new: Mapping[str, Stated]) -> tuple[ChangedValue, ...]:
    """Keys whose values differ; two ways to write one value are the same."""
    found = []
    for path in dict.fromkeys((*old, *new)):
        before, after = old.get(path), new.get(path)
        if before is None or after is None or before.value != after.value:
            found.append(ChangedValue(path, _text(before), _text(after)))
    return tuple(found)


def _text(stated: Stated | None) -> str | None:
    if stated is None:
        return None
    if isinstance(stated.value, bool):
        return word(stated.value)
    return _plain(stated.value) if isinstance(stated.value, dict) else stated.text


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _answer(old: Advice, new: Advice) -> tuple[ChangedValue, ...]:
    pairs = (
        ("option", old.decision.option, new.decision.option),
        ("status", old.decision.status, new.decision.status),
        ("contested", word(old.decision.contested), word(new.decision.contested)),
    )
    return tuple(ChangedValue(*pair) for pair in pairs if pair[1] != pair[2])


def _planned(advice: Advice, what: str) -> tuple[Any, ...]:
    """The settings or the requests of the recommended option."""
    chosen = advice.chosen
    return () if chosen is None or chosen.plan is None else getattr(chosen.plan, what)


def _requests(old: Advice, new: Advice) -> tuple[ChangedValue, ...]:
    """Operations that are new, gone or have other parameters."""
    before, after = (
        {each.operation: each.parameters for each in _planned(advice, "requests")}
        for advice in (old, new)
    )
    found = []
    for operation in dict.fromkeys((*before, *after)):
        one, other = before.get(operation), after.get(operation)
        if one != other:
            texts = (None if each is None else "as changed" for each in (one, other))
            found.append(ChangedValue(operation, *texts))
    return tuple(found)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ChangedValue, ...]:
    return tuple(
        ChangedValue(name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def _left(findings: tuple[Finding, ...], others: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings that the other side has not; where they stand in the file does not matter."""
    known = {(each.rule, each.severity, each.message) for each in others}
    return tuple(each for each in findings if (each.rule, each.severity, each.message) not in known)


# -- the cost of the answer ----------------------------------------------------------------------


def chosen_cost(advice: Advice) -> Cost:
    """The monthly cost of the recommended option; unknown when none fits."""
    chosen = advice.chosen
    return _NO_COST if chosen is None or chosen.cost is None else chosen.cost


class Rise(NamedTuple):
    """The rise of a cost at each end; ``None`` where an end is unknown on one side."""

    low: Decimal | None
    high: Decimal | None
    estimate: Decimal | None  # as far as assumptions hold; None where neither side rests on them

    @property
    def text(self) -> str:
        """With its sign: +12.00, -3.50 to +1.00, about +0.32; empty when it is not known."""
        if self.estimate is not None:
            return f"about {signed(self.estimate)}"
        if self.low is None or self.high is None:
            return ""
        return " to ".join(dict.fromkeys((signed(self.low), signed(self.high))))

    def for_programs(self) -> dict[str, str | None]:
        """Decimal texts with their signs, as reports in JSON have them."""
        return {
            f"usd_{end}": None if value is None else ("-" if value < 0 else "") + usd(abs(value))
            for end, value in self._asdict().items()
        }


def rise(old: Cost, new: Cost) -> Rise:
    """New minus old: the lowest from the lowest, the highest from the highest.

    Ends are compared with ends because what leaves a range open is mostly the same on both sides.
    """
    estimate = None
    if (old.usd_estimate, new.usd_estimate) != (None, None):
        estimate = _minus(_single(new), _single(old))
    return Rise(_minus(new.usd_low, old.usd_low), _minus(new.usd_high, old.usd_high), estimate)


def _single(cost: Cost) -> str | None:
    """A cost as one number: as estimated, or where both ends are the same."""
    if cost.usd_estimate is not None:
        return cost.usd_estimate
    return cost.usd_low if cost.usd_low == cost.usd_high else None


def exceeded(found: Difference, most: MostIncrease) -> Finding | None:
    """A finding when the recommended option's cost rose by more than is allowed, else nothing."""
    if not found.matters or found.new.decision.option is None:
        return None
    return over_increase(chosen_cost(found.old), chosen_cost(found.new), most, "the plan")


def over_increase(old: Cost, new: Cost, most: MostIncrease, what: str) -> Finding | None:
    """A finding when the cost of something rose by more than is allowed, or may have."""
    risen = rise(old, new)
    ends = [(risen.low, old.usd_low), (risen.high, old.usd_high), (risen.estimate, _single(old))]
    beyond = [
        each * _HUNDRED > Decimal(start or 0) * most.value if most.percent else each > most.value
        for each, start in ends
        if each is not None
    ]
    if not all(beyond) or not beyond:
        if new.usd_high is None:
            told = f"{what} costs {a_month(new)} now, so it may rise by more than {most.text}"
            return not_proven(told, new)
        if not any(beyond):
            return None
    by = f" ({risen.text})" if risen.text else ""
    message = (
        f"{what} costs {a_month(new)} instead of {money(old)}{by}, and --max-increase allows"
        f" {most.text}"
    )
    fix = "Undo a change listed above, or raise --max-increase."
    return Finding("over-max-increase", "error" if all(beyond) else "warning", message, fix=fix)


def _minus(new: str | None, old: str | None) -> Decimal | None:
    if new is None or old is None:
        return None
    return total_of((Decimal(new), Decimal(old).copy_negate()))
