"""Which of the measured configurations to take: in time first, then the cheapest fleet."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from advisor.catalogue.price_snapshot import Prices
from advisor.engine.facts import Facts
from advisor.measurement.restate import SECOND, restated
from advisor.model.options import REAL_TIME
from advisor.model.usage import FleetUsage
from advisor.model.workload import Measurement
from advisor.options import instances, memory, plan
from advisor.options.load import seconds
from advisor.options.plan_builder import Basis, Draft
from advisor.rulebook.knowledge import Knowledge

TAKEN, SLOWER, DEARER, UNUSABLE = "taken", "slower", "dearer", "unusable"


class _Weighed(NamedTuple):
    """A measurement with what it is ordered by."""

    late: bool
    usd: Decimal | None  # of the fleet an hour
    found: Measurement

    @property
    def order(self) -> tuple[bool, bool, Decimal, int, str]:
        """In time first, then a known price, then the cheapest fleet, then the smallest."""
        usd = self.usd if self.usd is not None else Decimal(0)
        return (
            self.late,
            self.usd is None,
            usd,
            self.found.instances or 0,
            self.found.instance_type,
        )


def weighed(
    facts: Facts, known: Knowledge, prices: Prices, tests: tuple[Measurement, ...]
) -> tuple[Measurement, ...]:
    """The same measurements, each with its fleet for the peak and how it stands.

    One of the instance types and one of the serverless sizes is taken, if any can be used. The
    fleet is sized as for real-time inference, the option that the job measures.
    """
    done: dict[int, Measurement] = {}
    for serverless in (False, True):
        usable: list[tuple[int, _Weighed]] = []
        for place, each in enumerate(tests):
            if bool(each.memory_mb) is not serverless:
                continue
            reason = _against(facts, known, each)
            if reason:
                done[place] = each._replace(standing=UNUSABLE, note=reason)
            else:
                usable.append((place, _weigh(facts, prices, each)))
        usable.sort(key=lambda entry: entry[1].order)
        for rank, (place, one) in enumerate(usable):
            slower = one.late and not usable[0][1].late
            standing = TAKEN if rank == 0 else SLOWER if slower else DEARER
            done[place] = one.found._replace(standing=standing)
    return tuple(done[place] for place in range(len(tests)))


def answer_s(facts: Facts) -> float | None:
    """How soon an answer is needed, the stricter end of a range; ``None`` where nobody says."""
    stated = facts.interval("requests.answer")
    end = None if stated is None else stated.low or stated.high
    return None if end is None else end / SECOND


def _against(facts: Facts, known: Knowledge, found: Measurement) -> str:
    """Why a configuration cannot be used, empty when it can."""
    draft = Draft(REAL_TIME, Basis(facts, known))
    if found.memory_mb:
        sizes = draft.number("serverless-memory-tiers")
        return "" if found.memory_mb in sizes else "serverless inference has no such memory size"
    types = instances.types_for(draft, None)
    instance = types.catalogue.get(found.instance_type)
    if instance is None:
        return f"the instance type {found.instance_type} does not exist"
    stated = facts.workload.text("deploy.instance_type")
    if stated is not None:
        same = stated == found.instance_type
        return "" if same else f"deploy.instance_type names {stated}"
    many = memory.shared(draft)
    need = memory.need(draft, together=memory.models(draft), multi_model=many)
    return types.misfit(instance, need)


def _weigh(facts: Facts, prices: Prices, found: Measurement) -> _Weighed:
    answer = answer_s(facts)
    late = answer is not None and found.latency_s > answer
    if found.memory_mb:
        # The price of a second follows the memory size, so this orders by cost.
        usd = Decimal(found.memory_mb) * Decimal(repr(found.latency_s))
        note = f"{found.memory_mb} MB x {seconds(found.latency_s)}"
        return _Weighed(late, usd, found._replace(note=note))
    workload, _ = restated(facts.workload, facts, found)
    listed = prices.shipped.per_hour("hosting", sold=True)
    made = plan(REAL_TIME, Facts(facts.book, workload), listed, deploy=False)
    assert isinstance(made.usage, FleetUsage)
    count = made.usage.instances
    price = prices.lookup("hosting", found.instance_type)
    if price is None:
        note, total = f"{count} for the peak, price unknown", None
    else:
        total = count * Decimal(price.usd)
        note = f"{count} for the peak x {price.usd} = {total.normalize():f} USD an hour"
    return _Weighed(late, total, found._replace(instances=count, note=note))
