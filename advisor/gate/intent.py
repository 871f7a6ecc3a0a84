"""A configuration against the workload it was made for: does its option still hold, and how."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from advisor.facts import Facts
from advisor.gate.carrying import Carried, absent_needs, memory_of, settings
from advisor.gate.checks import Check
from advisor.gate.document import Node, Path, Resource
from advisor.gate.finding import Finding
from advisor.gate.instance_counts import counts
from advisor.gate.instances import is_a
from advisor.gate.judge import finding_of
from advisor.gate.scalars import number
from advisor.gate.settings import organisation_of
from advisor.gate.standing_cost import standing_cost
from advisor.gate.view import Fault, View, text_of
from advisor.model import (
    ASYNCHRONOUS,
    BATCH_TRANSFORM,
    REAL_TIME,
    SERVERLESS,
    Advice,
    Candidate,
    Interval,
    Verdict,
    Workload,
)
from advisor.quantity import show
from advisor.rulebook.load import load

ACCELERATORS = ("gpu", "neuron")
ViewOf = Callable[[Resource], View]


def option_of(resource: Resource, variant: Node) -> str:
    """The option that a configuration makes; empty where that is open."""
    if resource.kind == "TransformJob":
        return BATCH_TRANSFORM
    asynchronous, serverless = (
        resource.body.get("AsyncInferenceConfig"),
        variant.get("ServerlessConfig"),
    )
    if any(node is not None and node.kind == "unknown" for node in (asynchronous, serverless)):
        return ""
    if asynchronous is not None:
        return ASYNCHRONOUS
    if serverless is not None:
        return SERVERLESS
    capacity = variant.get("InstanceType") or variant.get("InstancePools")
    return REAL_TIME if capacity is not None else ""


class Reason(NamedTuple):
    """Why a configuration is broken for its workload; the check's own source where it has none."""

    message: str
    because: str = ""
    source: str = ""
    as_of: str = ""


class Comparison:
    """One workload, with its advice, against what was configured for it."""

    def __init__(self, advice: Advice, checks: Mapping[str, Check], view_of: ViewOf) -> None:
        self.advice = advice
        self.workload: Workload = advice.workload
        self.facts = Facts(load(advice.limits), advice.workload, advice.region)
        self.checks = checks
        self.view_of = view_of
        self.organisation = organisation_of(os.path.dirname(advice.workload.file))

    def findings(self, resource: Resource) -> Iterator[Finding]:
        """What of a configuration no longer fits the workload."""
        if resource.kind == "TransformJob":
            yield from self._part(resource, resource.body, ())
            return
        listed = resource.body.get("ProductionVariants")
        for index, variant in enumerate(listed.items() if listed is not None else []):
            if variant.kind == "map":
                yield from self._part(resource, variant, ("ProductionVariants", index))

    def _part(self, resource: Resource, part: Node, path: Path) -> Iterator[Finding]:
        option = option_of(resource, part)
        if not option:
            return
        candidate = next(each for each in self.advice.candidates if each.option == option)
        node, where = _telling(resource, part, path, option)
        broken = [*self._limits(candidate), *self._budget(candidate, resource, part)]
        for reason in broken:
            yield self._broken(resource, node, where, reason, at_key=True)
        for setting in settings():
            if setting.option in ("", option):
                yield from self._setting(resource, part, path, setting)
        yield from self._instance(resource, part, path)
        if option == REAL_TIME:
            yield from self._peak(resource, part, path)
        yield from self._needs(resource, part, option)
        if not broken:
            yield from self._differs(resource, node, where, option)

    def _limits(self, candidate: Candidate) -> Iterator[Reason]:
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
            yield Reason(text, because, verdict.source, verdict.as_of)

    def _taken(self, verdict: Verdict) -> str:
        """What is taken for a fact that nobody stated, where only that leaves a limit open."""
        limit = self.facts.book.limit.get(verdict.rule)
        if verdict.outcome != "unknown" or limit is None or limit.when is None or limit.discrete:
            return ""
        beyond = self.facts.low[limit.variable] > max(limit.bound.high, limit.newest.high)
        if not beyond or not limit.when.test(self.facts.point):
            return ""
        facts = self.facts.book.facts
        unstated = [v for v in sorted(limit.when.variables) if not self.facts.stated >> v & 1]
        words = (f"{facts[v].id} {_word(self.facts.text(v))}" for v in unstated)
        return f", with {', '.join(words)}, as nothing else is said"

    def _budget(self, candidate: Candidate, resource: Resource, part: Node) -> Iterator[Reason]:
        """A budget that the least cost of the option, or of the configured instances, exceeds."""
        budget = self.workload.interval("budget")
        if budget is None or budget.high is None:
            return
        from decimal import Decimal

        said, cost = self._said("budget"), candidate.cost
        kept = None
        if resource.kind == "EndpointConfig" and not self.workload.interval("traffic.active"):
            kept = standing_cost(self.view_of(resource), part, candidate.option, self.advice.region)
        if kept is not None and kept.micro_usd > budget.high:
            usd = Decimal(kept.micro_usd) / 1_000_000
            yield _money(
                f"{kept.instances} x {kept.instance_type} cost {usd:,.2f} USD a month, above the "
                f"budget{said}",
                kept.prices,
            )
            return
        least = None if cost is None or not cost.complete else cost.usd_low
        if kept is None and least is not None and Decimal(least) * 1_000_000 > budget.high:
            text = f"{candidate.option} costs at least {least} USD a month, above the budget{said}"
            yield _money(text, self.advice.prices_date or "")

    def _setting(
        self, resource: Resource, part: Node, path: Path, setting: Carried
    ) -> Iterator[Finding]:
        """A setting below the fact that it has to carry."""
        node: Node | None = part
        for step in setting.path:
            node = node.get(step) if node is not None else None
        fact = self.facts.interval(setting.fact)
        if fact is None or not fact.low or (node is None and setting.default is None):
            return
        amount = setting.default if node is None else number(text_of(node) or "")
        if amount is None or amount * setting.unit >= fact.low:
            return
        kind = self.facts.book.facts[self.facts.book.index[setting.fact]].kind
        silent = " by default" if node is None else ""
        message = (
            f"{_lower(setting.title)}: {setting.path[-1]} is {amount:g}{silent}, {setting.fact} is "
            f"{show(Interval(fact.low, fact.low), kind)}{self._said(setting.fact)} ({setting.id})"
        )
        reason = Reason(message, setting.because, setting.source, setting.as_of)
        yield self._broken(resource, node or part, (*path, *setting.path), reason, node is None)

    def _instance(self, resource: Resource, part: Node, path: Path) -> Iterator[Finding]:
        """The loaded model and its accelerator against what the instance type has."""
        holder = part.get("TransformResources") if resource.kind == "TransformJob" else part
        node = holder.get("InstanceType") if holder is not None else None
        fact = self.facts.interval("model.loaded")
        text = text_of(node)
        if node is None or text is None:
            return
        where = (*path, "InstanceType")
        wanted = self.workload.text("model.accelerator")
        if wanted in ACCELERATORS and is_a(text, wanted) is False:
            message = f"{text} has no {wanted}, which the model needs"
            message += self._said("model.accelerator")
            yield self._broken(resource, node, where, Reason(message))
        memory = memory_of(text)
        if fact is not None and fact.low and memory and memory < fact.low:
            has, needed = (show(Interval(size, size), "size") for size in (memory, fact.low))
            message = (
                f"the loaded model does not fit: {text} has {has}, model.loaded is {needed}"
                f"{self._said('model.loaded')}"
            )
            yield self._broken(resource, node, where, Reason(message))

    def _peak(self, resource: Resource, part: Node, path: Path) -> Iterator[Finding]:
        """The peak against what as many instances of the type were measured to serve."""
        peak, served = (
            self.workload.interval(fact) for fact in ("traffic.peak", "model.throughput")
        )
        node, most = part.get("InstanceType"), counts(self.view_of(resource), part, REAL_TIME).most
        measured = self.workload.text("model.measured_on")
        if node is None or not most or not measured or text_of(node) != measured:
            return
        if peak is None or not peak.low or served is None or served.high is None:
            return
        if served.high * most < peak.low:
            can, wanted = (show(Interval(rate, rate), "rate") for rate in (served.high, peak.low))
            message = (
                f"at most {most} x {measured} serve {can} each, traffic.peak is {wanted}"
                f"{self._said('traffic.peak')}"
            )
            because = "model.throughput is what one instance was measured to serve in time."
            reason = Reason(message, because, "sm-advise", self.checks["option-broken"].as_of)
            yield self._broken(resource, node, (*path, "InstanceType"), reason)

    def _needs(self, resource: Resource, part: Node, option: str) -> Iterator[Finding]:
        """Needs of the workload that a field of the configuration would carry and does not."""
        model = self.view_of(resource).model_of(part)
        for need, field in absent_needs(resource, model, option):
            if self.workload.flag(f"needs.{need}"):
                message = f"{need} is needed{self._said('needs.' + need)}; there is no {field}"
                yield self._broken(resource, part, (field,), Reason(message), at_key=True)

    def _differs(
        self, resource: Resource, node: Node, path: Path, option: str
    ) -> Iterator[Finding]:
        """Another option was decided on or, where none was, would be ranked first by the rules."""
        decided = self.workload.mapping("decision").get("option")
        first = decided or self.advice.decision.rules_option or self.advice.decision.option
        if first is None or first == option:
            return
        message = f"the rules would choose {first} for {self.workload.name}; this is {option}"
        if decided:
            message = f"{first} was decided on{self._said('decision')}; this is {option}"
        fault = Fault(node, path, message, first, at_key=True)
        yield finding_of(self.checks["option-differs"], resource, fault)

    def _broken(
        self, resource: Resource, node: Node, path: Path, reason: Reason, at_key: bool = False
    ) -> Finding:
        fault = Fault(node, path, reason.message, at_key=at_key)
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
            for suffix in ("", ".max", ".p99", ".typical"):
                stated = self.workload.values.get(each + suffix)
                if stated is not None and stated.line:
                    return f" ({self.workload.file}:{stated.line})"
                if stated is not None and fact.removeprefix("needs.") in self.organisation.needs:
                    return f" ({self.organisation.file})"
        return f" ({self.workload.file})"


def _money(message: str, day: str) -> Reason:
    """A reason that prices give."""
    because = "The budget of the workload is what it may cost; prices are AWS's, without discounts."
    return Reason(message, because, "https://aws.amazon.com/sagemaker/pricing/", day)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


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
