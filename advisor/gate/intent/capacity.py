"""Whether configured instances hold the model, serve the peak, span zones and keep the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from advisor.configuration.document import Node
from advisor.engine.facts import Facts
from advisor.gate.rules.instances import is_a, memory_of
from advisor.gate.rules.scaling import INSTANCES, scaled
from advisor.gate.rules.view import View, number_of, text_of
from advisor.model.advice import Candidate
from advisor.model.options import ASYNCHRONOUS, REAL_TIME
from advisor.model.workload import Interval
from advisor.pricing.plan_cost import per_hour, prices_of
from advisor.text.money_format import figure
from advisor.text.quantity import MONTH_HOURS, show

ACCELERATORS = ("gpu", "neuron")
ZONES = 2
"""Availability Zones of an endpoint that outlives one, and the instances that takes."""
_MILLION = 1_000_000


class BrokenReason(NamedTuple):
    """Why a configuration is broken for its workload; the check's own source where it has none."""

    message: str
    because: str = ""
    source: str = ""
    as_of: str = ""
    severity: str = "error"  # a warning where a value of an unstated fact decides


class CapacityFit(NamedTuple):
    """The instances of one variant, or of a transform job, and the workload they are for."""

    facts: Facts
    said: Callable[[str], str]  # where the workload states a fact
    view: View
    part: Node  # a variant, or the body of a transform job
    option: str

    @property
    def holder(self) -> str:
        """The member in which a transform job has its instances; empty for a variant."""
        return "TransformResources" if self.view.resource.kind == "TransformJob" else ""

    @property
    def node(self) -> Node | None:
        """The instance type."""
        holder = self.part.get(self.holder) if self.holder else self.part
        return None if holder is None else holder.get("InstanceType")

    def faults(self) -> Iterator[BrokenReason]:
        """What the instance type, or the number of its instances, does not do."""
        instance_type = text_of(self.node)
        if instance_type is None:
            return
        yield from self._accelerator(instance_type)
        yield from self._memory(instance_type)
        if self.option == REAL_TIME:
            yield from self._peak(instance_type)
            yield from self._zones()

    def _accelerator(self, instance_type: str) -> Iterator[BrokenReason]:
        wanted = self.facts.workload.text("model.accelerator")
        if wanted in ACCELERATORS and is_a(instance_type, wanted) is False:
            said = self.said("model.accelerator")
            yield BrokenReason(f"{instance_type} has no {wanted}, which the model needs{said}")

    def _memory(self, instance_type: str) -> Iterator[BrokenReason]:
        fact, memory = self.facts.interval("model.loaded"), memory_of(instance_type)
        if fact is not None and fact.low and memory and memory < fact.low:
            has, needed = (show(Interval(size, size), "size") for size in (memory, fact.low))
            yield BrokenReason(
                f"the loaded model does not fit: {instance_type} has {has}, model.loaded is"
                f" {needed}{self.said('model.loaded')}"
            )

    def _peak(self, instance_type: str) -> Iterator[BrokenReason]:
        """The peak against what as many instances of the type were measured to serve."""
        workload = self.facts.workload
        peak, served = workload.interval("traffic.peak"), workload.interval("model.throughput")
        most = counts(self.view, self.part, self.option).most
        if not most or workload.text("model.measured_on") != instance_type:
            return
        if peak is None or not peak.low or served is None or served.high is None:
            return
        if served.high * most < peak.low:
            can, wanted = (show(Interval(rate, rate), "rate") for rate in (served.high, peak.low))
            yield BrokenReason(
                f"at most {most} x {instance_type} serve {can} each, traffic.peak is {wanted}"
                f"{self.said('traffic.peak')}",
                "model.throughput is what one instance was measured to serve in time.",
            )

    def _zones(self) -> Iterator[BrokenReason]:
        fewest, most = counts(self.view, self.part, self.option)
        if not self.facts.workload.flag("needs.multi-az") or most is None or fewest is None:
            return
        if fewest < ZONES:
            feature = self.facts.book.feature["multi-az"]
            yield BrokenReason(
                f"multi-az is needed{self.said('needs.multi-az')}; {fewest} instance stands in one"
                " Availability Zone",
                feature.origin.because,
                feature.origin.source,
                feature.origin.as_of,
            )

    def over_budget(self, candidate: Candidate, prices_date: str) -> Iterator[BrokenReason]:
        """A budget that the instances which stay, or the least cost of the option, exceed."""
        budget = self.facts.workload.interval("budget")
        if budget is None or budget.high is None:
            return
        from decimal import Decimal

        said, cost, kept = self.said("budget"), candidate.cost, None
        if not self.holder and not self.facts.workload.interval("traffic.active"):
            kept = standing_cost(self.view, self.part, self.option, self.facts.region)
        if kept is not None:
            usd = Decimal(kept.micro_usd) / _MILLION
            if kept.micro_usd > budget.high:
                yield _money(
                    f"{kept.instances} x {kept.instance_type} cost {figure(usd)} USD a month, above"
                    f" the budget{said}",
                    kept.prices,
                )
            return
        least = None if cost is None or not cost.complete else cost.usd_low
        if least is not None and Decimal(least) * _MILLION > budget.high:
            text = f"{self.option} costs >= {figure(least)} USD a month, above the budget{said}"
            yield _money(text, prices_date)


def _money(message: str, day: str) -> BrokenReason:
    """A reason that prices give."""
    because = "The budget of the workload is what it may cost; prices are AWS's, without discounts."
    return BrokenReason(message, because, "https://aws.amazon.com/sagemaker/pricing/", day)


class Counts(NamedTuple):
    """The fewest and the most instances; ``None`` where that is open."""

    least: int | None
    most: int | None


_OPEN = Counts(None, None)


def counts(view: View, variant: Node, option: str) -> Counts:
    """The bounds that scaling sets; without scaling, the initial number."""
    managed = variant.get("ManagedInstanceScaling")
    if managed is not None:
        return _between(managed, "MinInstanceCount", "MaxInstanceCount")
    for target in view.world.of_kind("ScalableTarget"):
        what = scaled(view._replace(resource=target))
        if what.form == "open" or what.variant is variant:
            if text_of(target.body.get("ScalableDimension")) != INSTANCES:
                return _OPEN
            return _between(target.body, "MinCapacity", "MaxCapacity")
    initial = _count(variant.get("InitialInstanceCount"))
    if view.resource.dialect in ("request", "described") and initial is not None:
        # The requests of an endpoint are files of their own: a target may be in another one.
        return Counts(0 if option == ASYNCHRONOUS else 1, None)
    return Counts(initial, initial)


def _between(node: Node, least: str, most: str) -> Counts:
    return Counts(_count(node.get(least)), _count(node.get(most)))


def _count(node: Node | None) -> int | None:
    amount = number_of(node)
    return None if amount is None else int(amount)


class StandingCost(NamedTuple):
    """Instances that are there whatever the traffic, and their price."""

    instances: int
    instance_type: str
    micro_usd: int  # a month, in millionths of a USD
    prices: str  # of which day they are


def standing_cost(
    view: View, variant: Node, option: str, region: str | None
) -> StandingCost | None:
    """The monthly price of the fewest instances of a variant; ``None`` where that is open.

    Without a Region the reference Region's prices count.

    Raises:
        InputError: the Region's code is none.
    """
    instance_type, count = text_of(variant.get("InstanceType")), counts(view, variant, option).least
    prices = prices_of(region)
    if instance_type is None or not count:
        return None
    hourly = per_hour(option, prices).get(instance_type)
    if hourly is None:
        return None
    return StandingCost(count, instance_type, count * hourly * MONTH_HOURS, prices.date or "")
