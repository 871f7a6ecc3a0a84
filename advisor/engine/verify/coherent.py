"""The claim about one load: the assumed point agrees with itself, whatever of it is stated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from advisor.engine.facts import Facts
from advisor.model.workload import Interval, Stated, Workload
from advisor.rulebook.formulas import IN_FLIGHT_UNIT
from advisor.rulebook.resolve import Rulebook
from advisor.text.quantity import WEEK, show


def coherent(book: Rulebook, proved: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Combinations of stated cells of the load whose assumed point breaks a hard constraint.

    A peak is at least the mean of the volume, and requests in progress are rate times time. Stated
    facts that contradict each other are a conflict, and say so.
    """
    rules = book.load
    paths = ["traffic.pattern", "requests.processing", "traffic.concurrent"]
    paths += ["traffic.peak", "traffic.volume", "traffic.active"]
    for values in product(*(_values(book, path) for path in paths)):
        stated = {
            path: Stated(path, str(value), value, 0, 0)
            for path, value in zip(paths, values, strict=True)
            if value is not None
        }
        workload = Workload(
            name="load", file="load.yaml", sha256="", values=stated, needs_stated=True
        )
        facts = Facts(book, workload)
        proved["coherent"] += 1
        active, time, peak, volume, concurrent = (facts.point[each] for each in rules.places)
        known = not facts.dropped and volume * WEEK > peak * active
        if "traffic.concurrent" in stated and not facts.dropped:
            most = (peak + 1) * (time + 1) * rules.spread
            known = known or not (concurrent - 1) * IN_FLIGHT_UNIT <= most
        if known:
            text = "; ".join(
                f"{path} {_said(book, path, item.value)}" for path, item in stated.items()
            )
            yield "what is assumed of the load contradicts it", text or "nothing stated"


def _values(book: Rulebook, path: str) -> list[str | Interval | None]:
    """Silence, and each word or both sides of every constant of a fact."""
    fact = book.fact[path]
    if fact.words:
        return [None, *fact.words]
    cuts = [cut for cut in book.cuts.get(fact.variable, ()) if cut >= fact.least]
    numbers = sorted({end for cut in cuts or [fact.least] for end in (cut, cut + 1)})
    return [None, *(Interval(each, each) for each in numbers)]


def _said(book: Rulebook, path: str, value: str | Interval) -> str:
    return value if isinstance(value, str) else show(value, book.fact[path].kind)
