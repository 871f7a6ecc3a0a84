"""A configuration against the workload it was made for: does its option still hold, and how.

Its instances hold the model, serve the peak, span zones and keep the budget, or do not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from advisor.configuration.document import Node, Path, Resource
from advisor.engine.facts import Facts
from advisor.gate.checks import Check, carried_settings
from advisor.gate.finding import GateFinding
from advisor.gate.intent.capacity import Counts, counts, fleet_cost, option_of, types_of
from advisor.gate.rules.instances import is_a, memory_of
from advisor.gate.rules.judge import finding_of
from advisor.gate.rules.view import Fault, View, number_of, text_of
from advisor.gate.settings import organisation_of
from advisor.model.advice import Advice, Candidate, Verdict
from advisor.model.options import ASYNCHRONOUS, REAL_TIME, SERVERLESS
from advisor.model.workload import LARGEST_FIRST, Interval, Workload
from advisor.pricing.plan_cost import prices_of
from advisor.rulebook.load import book_for
from advisor.rulebook.types import Bound, Limit
from advisor.text.money_format import figure
from advisor.text.quantity import parse, show
from advisor.text.quantity_format import word

if TYPE_CHECKING:
    from decimal import Decimal

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
        wanted = self.facts.workload.text("model.accelerator")
        if wanted in ACCELERATORS and is_a(instance_type, wanted) is False:
            said = self.said("model.accelerator")
            yield BrokenReason(f"{instance_type} has no {wanted}, which the model needs{said}")
        yield from self._memory(instance_type)
        if self.option == REAL_TIME:
            yield from self._peak(instance_type)
            yield from self._zones()

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

        said, cost = self.said("budget"), candidate.cost
        kept = None if self.facts.workload.interval("traffic.active") else self._standing()
        if kept is not None:
            what, usd = kept
            if usd * _MILLION > budget.high:
                text = f"{what} cost {figure(usd)} USD a month, above the budget{said}"
                yield _money(text, prices_date)
            return
        least = None if cost is None or not cost.complete else cost.usd_low
        if least is not None and Decimal(least) * _MILLION > budget.high:
            text = f"{self.option} costs >= {figure(least)} USD a month, above the budget{said}"
            yield _money(text, prices_date)

    def over_plan(self, chosen: Candidate | None) -> Iterator[str]:
        """That the instances which stay cost more than all of the plan that was chosen.

        Both stay on all month: where hours are stated, either could be deleted after them.
        """
        kept, cost = self._standing(), chosen.cost if chosen is not None else None
        usd = cost.usd_estimate or cost.usd_high if cost is not None and cost.complete else None
        if kept is None or chosen is None or usd is None:
            return
        from decimal import Decimal

        what, own = kept
        if own > Decimal(usd):
            about = "about " if cost is not None and cost.usd_estimate else ""
            yield (
                f"{what} cost {figure(own)} USD a month; the plan of"
                f" {self.facts.workload.name} is {chosen.option} at {about}{figure(usd)}"
            )

    def _standing(self) -> tuple[str, Decimal] | None:
        """The instances of an endpoint that stay, and USD a month at the prices of the answer."""
        least, types = counts(self.view, self.part, self.option).least, types_of(self.part)[0]
        if self.holder or not least or not types:
            return None
        from decimal import Decimal

        prices = prices_of(self.facts.region, workload=self.facts.workload)
        usd = fleet_cost(self.part, self.option, Counts(least, least), prices).usd_low
        return None if usd is None else (f"{least} x {' or '.join(types)}", Decimal(usd))


def _money(message: str, day: str) -> BrokenReason:
    """A reason that prices give."""
    because = "The budget of the workload is what it may cost; prices are those of its answer."
    return BrokenReason(message, because, "https://aws.amazon.com/sagemaker/pricing/", day)


class Carried(NamedTuple):
    """A setting that must not be below a fact; see rules/checks/intent.yaml."""

    id: str
    fact: str
    title: str
    because: str
    source: str
    as_of: str
    path: tuple[str, ...]
    unit: int  # base units of the fact for one of the setting
    option: str = ""  # empty: every option on instances
    default: float | None = None


@cache
def settings() -> tuple[Carried, ...]:
    """The settings of rules/checks/intent.yaml.

    Raises:
        RulebookError: the file cannot be read.
    """
    found = []
    for entry in carried_settings():
        known = {name: entry[name] for name in Carried._fields if name in entry}
        known |= {"path": tuple(entry["setting"].split(".")), "unit": _unit(entry["unit"])}
        found.append(Carried(**known))
    return tuple(found)


def _unit(text: str) -> int:
    kind = "count" if text.isdigit() else "time" if text.endswith(" s") else "size"
    low = parse(text, kind).low
    assert low is not None
    return low


def _absent_parts(body: Node) -> Iterator[tuple[str, str]]:
    """What a real-time endpoint without it does not have; components need one of their own."""
    if body.get("ShadowProductionVariants") is None:
        yield "shadow-testing", "ShadowProductionVariants"
    if len(body.items("ProductionVariants")) == 1:
        yield "multiple-variants", "second variant in ProductionVariants"
    for variant in body.items("ProductionVariants"):
        if variant.kind == "map" and variant.get("ModelName") is not None:
            yield "inference-components", "variant without ModelName"
            yield "scale-to-zero", "variant without ModelName, with ManagedInstanceScaling from 0"


def _absent_forms(model: Node) -> Iterator[tuple[str, str]]:
    """The forms of hosting that a model with one container does not have."""
    container = model.get("PrimaryContainer")
    if model.get("Containers") is None and container is not None:
        yield "inference-pipeline", "Containers"
        yield "multi-container", "Containers"
        mode = container.get("Mode")
        if mode is None or text_of(mode) == "SingleModel":
            yield "multi-model", "Mode: MultiModel"


def absent_needs(
    resource: Resource, model: Resource | None, option: str
) -> Iterator[tuple[str, str]]:
    """Needs that a field carries where it is there, and the field, where it is not.

    Fields of the model are looked at only where the document makes the model.
    """
    body = resource.body
    if resource.kind == "EndpointConfig":
        capture = body.get("DataCaptureConfig")
        if option != SERVERLESS and (capture is None or _is_off(capture.get("EnableCapture"))):
            yield "data-capture", "DataCaptureConfig"
        if body.get("KmsKeyId") is None:
            yield "kms", "KmsKeyId"
        if option == REAL_TIME:
            yield from _absent_parts(body)
        output = body.at("AsyncInferenceConfig", "OutputConfig")
        silent = output is not None and output.get("NotificationConfig") is None
        if option == ASYNCHRONOUS and silent:
            yield "notifications", "NotificationConfig"
    if model is None:
        return
    yield from _absent_forms(model.body)
    if model.body.get("VpcConfig") is None and body.get("VpcConfig") is None:
        yield "vpc", "VpcConfig"
    isolated = (model.body, body)  # of components it stands on the configuration, as the network
    switches = [each.get("EnableNetworkIsolation") for each in isolated]
    if all(switch is None or _is_off(switch) for switch in switches):
        yield "network-isolation", "EnableNetworkIsolation"


def _is_off(node: Node | None) -> bool:
    """Whether a switch is certainly off, however a document writes it."""
    return (text_of(node) or "").lower() == "false"


class WorkloadFit:
    """One workload, with its advice, against what was configured for it."""

    def __init__(self, advice: Advice, checks: Mapping[str, Check], view: View) -> None:
        self.advice = advice
        self.workload: Workload = advice.workload
        self.facts = Facts(book_for(advice.workload, advice.limits), advice.workload, advice.region)
        self.checks = checks
        self.view = view
        self.organisation = organisation_of(os.path.dirname(advice.workload.file))

    def findings(self) -> Iterator[GateFinding]:
        """What of the configuration in view no longer fits the workload."""
        resource = self.view.resource
        if resource.kind == "TransformJob":
            yield from self._part(resource, resource.body, ())
            return
        for index, variant in enumerate(resource.body.items("ProductionVariants")):
            if variant.kind == "map":
                yield from self._part(resource, variant, ("ProductionVariants", index))

    def _part(self, resource: Resource, part: Node, path: Path) -> Iterator[GateFinding]:
        option = option_of(resource, part)
        if not option:
            return
        candidate = next(each for each in self.advice.candidates if each.option == option)
        node, where = _telling(resource, part, path, option)
        capacity = CapacityFit(self.facts, self._said, self.view, part, option)
        costs = [*capacity.over_budget(candidate, self.advice.prices_date or "")]
        broken = [*self._limits(candidate), *costs]
        for reason in (*broken, *self._contested(candidate)):
            yield self._broken(resource, node, where, reason, at_key=True)
        for setting in settings():
            if setting.option in ("", option):
                yield from self._setting(resource, part, path, setting)
        names = (*path, *filter(None, (capacity.holder,)), "InstanceType")
        for reason in capacity.faults():
            yield self._broken(resource, capacity.node or part, names, reason)
        for message in capacity.over_plan(self.advice.chosen) if not costs else ():
            fault = Fault(capacity.node or part, names, message)
            yield finding_of(self.checks["costs-more-than-plan"], resource, fault)
        yield from self._needs(resource, part, option)
        if not broken:
            yield from self._differs(resource, node, where, option)

    def _limits(self, candidate: Candidate) -> Iterator[BrokenReason]:
        """The limits and needs that rule the configured option out, on what is stated."""
        for verdict in candidate.verdicts:
            taken = self._taken(verdict)
            if verdict.outcome != "broken" and not taken:
                continue
            said = self._said(verdict.fact)
            if verdict.fact.startswith("needs."):
                need = verdict.fact.removeprefix("needs.")
                text = f"{candidate.option} does not support {need}, which is needed{said}"
            else:
                text = (
                    f"{candidate.option} does not carry {verdict.fact} {verdict.value}{said}; "
                    f"the bound is {verdict.bound} ({verdict.rule}){taken}"
                )
            limit = self.facts.book.limit.get(verdict.rule)
            because = limit.origin.because if limit is not None else verdict.note
            severity = "warning" if taken else "error"
            yield BrokenReason(text, because, verdict.source, verdict.as_of, severity)

    def _contested(self, candidate: Candidate) -> Iterator[BrokenReason]:
        """The limits that are kept, if at all, only by the newest bound that AWS documents."""
        for verdict in candidate.verdicts:
            limit = self.facts.book.limit.get(verdict.rule)
            if limit is None or limit.late or verdict.outcome == "broken" or self._taken(verdict):
                continue
            if verdict.outcome == "contested" or self._is_beyond(limit, limit.bound):
                yield BrokenReason(
                    f"{candidate.option} carries {verdict.fact} {verdict.value}"
                    f"{self._said(verdict.fact)} only by the newest documented bound,"
                    f" {limit.newest.text}; every source grants {limit.bound.text} ({limit.id})",
                    limit.newest.because,
                    limit.newest.source,
                    limit.newest.as_of,
                    "warning",
                )

    def _taken(self, verdict: Verdict) -> str:
        """What is taken for a fact that nobody stated, where only that leaves a limit open."""
        limit = self.facts.book.limit.get(verdict.rule)
        if verdict.outcome != "unknown" or limit is None or limit.when is None or limit.late:
            return ""
        if not self._is_beyond(limit, limit.bound) or not self._is_beyond(limit, limit.newest):
            return ""
        facts = self.facts.book.facts
        unstated = [v for v in sorted(limit.when.variables) if not self.facts.stated >> v & 1]
        words = (f"{facts[v].id} {word(self.facts.text(v))}" for v in unstated)
        return f", with {', '.join(words)}, as nothing else is said"

    def _is_beyond(self, limit: Limit, bound: Bound) -> bool:
        """Whether every possible value is above a bound that holds on what is stated or taken."""
        if limit.discrete or (limit.when is not None and not limit.when.test(self.facts.point)):
            return False
        return self.facts.low[limit.variable] > bound.admits.high

    def _setting(
        self, resource: Resource, part: Node, path: Path, setting: Carried
    ) -> Iterator[GateFinding]:
        """A setting below the fact that it has to carry."""
        node = part.at(*setting.path)
        fact = self.facts.interval(setting.fact)
        if fact is None or not fact.low or (node is None and setting.default is None):
            return
        amount = setting.default if node is None else number_of(node)
        if amount is None or amount * setting.unit >= fact.low:
            return
        kind = self.facts.book.facts[self.facts.book.index[setting.fact]].kind
        silent = " by default" if node is None else ""
        title = setting.title[:1].lower() + setting.title[1:]
        message = (
            f"{title}: {setting.path[-1]} is {amount:g}{silent}, {setting.fact} is "
            f"{show(Interval(fact.low, fact.low), kind)}{self._said(setting.fact)} ({setting.id})"
        )
        reason = BrokenReason(message, setting.because, setting.source, setting.as_of)
        yield self._broken(resource, node or part, (*path, *setting.path), reason, node is None)

    def _needs(self, resource: Resource, part: Node, option: str) -> Iterator[GateFinding]:
        """Needs of the workload that a field of the configuration would carry and does not."""
        model = self.view.model_of(part)
        for need, field in absent_needs(resource, model, option):
            if self.workload.flag(f"needs.{need}"):
                message = f"{need} is needed{self._said('needs.' + need)}; there is no {field}"
                yield self._broken(resource, part, (field,), BrokenReason(message), at_key=True)

    def _differs(
        self, resource: Resource, node: Node, path: Path, option: str
    ) -> Iterator[GateFinding]:
        """Another option was decided on or, where none was, would be ranked first by the rules."""
        decided = self.workload.mapping("decision").get("option")
        first = decided or self.advice.decision.rules_option or self.advice.decision.option
        if first is None or first == option:
            return
        message = f"the rules would choose {first} for {self.workload.name}; this is {option}"
        if decided:
            message = f"{first} was decided on{self._said('decision')}; this is {option}"
        fault = Fault(node, path, message, suggestion=first, at_key=True)
        yield finding_of(self.checks["option-differs"], resource, fault)

    def _broken(
        self, resource: Resource, node: Node, path: Path, reason: BrokenReason, at_key: bool = False
    ) -> GateFinding:
        text, severity = reason.message, reason.severity
        fault = Fault(node, path, text, at_key=at_key, severity=severity)
        found = finding_of(self.checks["option-broken"], resource, fault)
        if not reason.source:
            return found
        because = reason.because or found.because
        return found._replace(because=because, source=reason.source, as_of=reason.as_of)

    def _said(self, fact: str) -> str:
        """Where the workload says so, or states what it follows from: `` (workload.yaml:9)``."""
        book = self.facts.book
        number = book.index.get(fact)
        sources = book.facts[number].derived_from if number is not None else ()
        for each in (fact, *(book.facts[source].id for source in sources)):
            for suffix in LARGEST_FIRST:
                stated = self.workload.values.get(each + suffix)
                if stated is not None and stated.line:
                    return f" ({self.workload.file}:{stated.line})"
                if stated is not None and fact.removeprefix("needs.") in self.organisation.needs:
                    return f" ({self.organisation.says['needs']})"
        return f" ({self.workload.file})"


def _telling(resource: Resource, part: Node, path: Path, option: str) -> tuple[Node, Path]:
    """The value that makes the configuration what it is."""
    asynchronous = resource.body.get("AsyncInferenceConfig")
    if option == ASYNCHRONOUS and asynchronous is not None:
        return asynchronous, ("AsyncInferenceConfig",)
    for name in ("ServerlessConfig", "InstanceType", "InstancePools"):
        node = part.get(name)
        if node is not None and resource.kind != "TransformJob":
            return node, (*path, name)
    return part, path
