"""A configuration against the workload it was made for: does its option still hold, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from advisor.facts import Facts
from advisor.gate.carrying import Carried, absent_needs, memory_of, settings
from advisor.gate.checks import Check
from advisor.gate.document import Node, Path, Resource
from advisor.gate.finding import Finding
from advisor.gate.judge import finding_of
from advisor.gate.scalars import number
from advisor.gate.view import Fault, text_of
from advisor.model import (
    ASYNCHRONOUS,
    BATCH_TRANSFORM,
    REAL_TIME,
    SERVERLESS,
    Advice,
    Candidate,
    Interval,
    Workload,
)
from advisor.quantity import show
from advisor.rulebook.load import load

ModelOf = Callable[[Resource, Node], Resource | None]


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


class Comparison:
    """One workload, with its advice, against what was configured for it."""

    def __init__(self, advice: Advice, checks: Mapping[str, Check], model_of: ModelOf) -> None:
        self.advice = advice
        self.workload: Workload = advice.workload
        self.facts = Facts(load(advice.limits), advice.workload, advice.region)
        self.checks = checks
        self.model_of = model_of

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
        broken = [*self._limits(candidate), *self._budget(candidate)]
        for message in broken:
            yield self._broken(resource, node, where, message, at_key=True)
        for setting in settings():
            if setting.option in ("", option):
                yield from self._setting(resource, part, path, setting)
        yield from self._memory(resource, part, path)
        yield from self._needs(resource, part, option)
        if not broken:
            yield from self._differs(resource, node, where, option)

    def _limits(self, candidate: Candidate) -> Iterator[str]:
        """The limits and needs that rule the configured option out, on what is stated."""
        for verdict in candidate.verdicts:
            if verdict.outcome != "broken":
                continue
            said = self._said(verdict.fact)
            if verdict.fact.startswith("needs."):
                need = verdict.fact.removeprefix("needs.")
                yield f"{candidate.option} does not support {need}, which is needed{said}"
            else:
                bound = f"the bound is {verdict.bound} ({verdict.rule})"
                yield (
                    f"{candidate.option} does not carry {verdict.fact} {verdict.value}{said}; "
                    f"{bound}"
                )

    def _budget(self, candidate: Candidate) -> Iterator[str]:
        budget, cost = self.workload.interval("budget"), candidate.cost
        if budget is None or budget.high is None or cost is None or cost.usd_low is None:
            return
        from decimal import Decimal

        if cost.complete and Decimal(cost.usd_low) * 1_000_000 > budget.high:
            said = self._said("budget")
            yield f"{candidate.option} costs at least {cost.usd_low} USD a month{said}"

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
            f"{setting.title.lower()}: {setting.path[-1]} is {amount:g}{silent}, {setting.fact} is "
            f"{show(Interval(fact.low, fact.low), kind)}{self._said(setting.fact)}"
        )
        yield self._broken(resource, node or part, (*path, *setting.path), message, node is None)

    def _memory(self, resource: Resource, part: Node, path: Path) -> Iterator[Finding]:
        """The loaded model against the memory of the instance."""
        holder = part.get("TransformResources") if resource.kind == "TransformJob" else part
        node = holder.get("InstanceType") if holder is not None else None
        fact = self.facts.interval("model.loaded")
        text = text_of(node)
        if node is None or text is None or fact is None or not fact.low:
            return
        memory = memory_of(text)
        if memory and memory < fact.low:
            has, wanted = (show(Interval(size, size), "size") for size in (memory, fact.low))
            message = (
                f"the loaded model does not fit: {text} has {has}, model.loaded is {wanted}"
                f"{self._said('model.loaded')}"
            )
            yield self._broken(resource, node, (*path, "InstanceType"), message)

    def _needs(self, resource: Resource, part: Node, option: str) -> Iterator[Finding]:
        """Needs of the workload that a field of the configuration would carry and does not."""
        model = self.model_of(resource, part)
        for need, field in absent_needs(resource, model, option):
            if self.workload.flag(f"needs.{need}"):
                message = f"{need} is needed{self._said('needs.' + need)}; there is no {field}"
                yield self._broken(resource, part, (field,), message, at_key=True)

    def _differs(
        self, resource: Resource, node: Node, path: Path, option: str
    ) -> Iterator[Finding]:
        """The rules would rank another option first, and nobody has decided otherwise."""
        decision = self.advice.decision
        first = decision.rules_option or decision.option
        decided = self.workload.mapping("decision").get("option") == option
        if first is None or first == option or decided:
            return
        message = f"the rules would choose {first} for {self.workload.name}; this is {option}"
        fault = Fault(node, path, message, first, at_key=True)
        yield finding_of(self.checks["option-differs"], resource, fault)

    def _broken(
        self, resource: Resource, node: Node, path: Path, message: str, at_key: bool = False
    ) -> Finding:
        fault = Fault(node, path, message, at_key=at_key)
        return finding_of(self.checks["option-broken"], resource, fault)

    def _said(self, fact: str) -> str:
        """Where the workload says so: `` (workload.yaml:9)``, or the file alone."""
        for suffix in ("", ".max", ".p99", ".typical"):
            stated = self.workload.values.get(fact + suffix)
            if stated is not None and stated.line:
                return f" ({self.workload.file}:{stated.line})"
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
