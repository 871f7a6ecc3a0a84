"""A workload in, an ``Advice`` out: the whole flow in one function.

Workload → facts → verdicts → decision → plan → cost → advice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from advisor.catalogue.price_snapshot import Folder, Prices
from advisor.compare.cost_findings import beside, in_time
from advisor.compare.cost_findings import findings as spending
from advisor.engine.answer import answer
from advisor.engine.cautions import cautions, consider
from advisor.engine.conflicts import conflicts
from advisor.engine.decide import status
from advisor.engine.decision_cells import Neighbourhood
from advisor.engine.facts import Facts
from advisor.engine.standing import stand
from advisor.engine.summary import summarise
from advisor.engine.verdicts import eligible, limit_at, verdicts
from advisor.model.advice import Advice, Candidate, Decision, DecisiveUnknown, Plan
from advisor.model.options import BATCH_TRANSFORM, OPTIONS
from advisor.model.workload import Finding, Modelled, Workload, by_severity
from advisor.options import plan
from advisor.pricing.plan_cost import expected_latency, listed, monthly_cost, prices_of
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import book_for
from advisor.rulebook.resolve import Rulebook
from advisor.rulebook.types import CLEAR, CONTESTED, RULED_OUT
from advisor.workload.acceptance import accept, decided_option, decision_findings

_NAMING = ("instance_type", "measured_on", "models", "variants")  # ends of keys of types
_STATUS = ("clear", "contested", "late", "ruled-out")


def advise(
    workload: Workload,
    *,
    limits: str | None = None,
    region: str | None = None,
    changes: Mapping[str, str] | None = None,
    as_of: str = "",
    strict: bool = False,
    own_prices: Folder | None = None,
) -> Advice:
    """The answer for one workload.

    Args:
        workload: what the user said.
        limits: ``safe`` or ``latest``; the workload's own choice, else ``safe``, without it.
        region: used instead of the workload's Region.
        changes: the ``--set`` pairs already applied, for the record.
        as_of: date (YYYY-MM-DD) on which waivers are judged; empty: none has expired.
        strict: also make a finding of every plausible decisive unknown.
        own_prices: folder of the user's price snapshots, which replace the shipped ones.

    Raises:
        RulebookError: the rules cannot be read.
        InputError: the Region's code is none, or the user's snapshot cannot be read.
    """
    book = book_for(workload, limits)
    return advise_by(
        book,
        workload,
        region=region,
        changes=changes,
        as_of=as_of,
        strict=strict,
        own_prices=own_prices,
    )


def advise_by(
    book: Rulebook,
    workload: Workload,
    *,
    region: str | None = None,
    changes: Mapping[str, str] | None = None,
    as_of: str = "",
    strict: bool = False,
    own_prices: Folder | None = None,
) -> Advice:
    """The answer of one rulebook, which need not be the one in use; see ``advise``.

    Raises:
        InputError: the Region's code is none, or the user's snapshot cannot be read.
    """
    facts = Facts(book, workload, region)
    prices = prices_of(facts.region, own_prices, workload)
    decision = answer(Neighbourhood(facts), decided_option(workload))
    candidates = tuple(_candidate(facts, name, decision, prices) for name in OPTIONS)
    decision = _with_deadline(facts, decision, candidates)
    found, named = _findings(facts, decision, candidates, prices, as_of)
    if strict:
        found = (*_unknowns(facts, decision), *_size(facts, decision, candidates), *found)
    standing, accepted = accept(workload, found, as_of)
    return Advice(
        workload=workload,
        limits=book.limits,
        region=facts.region,
        changes=changes or {},
        rules_digest=book.digest,
        prices_date=prices.date,
        decision=decision,
        summary=summarise(book, decision, candidates) + beside(standing),
        candidates=candidates,
        consider=consider(facts, decision.option is None, named),
        findings=standing,
        accepted=accepted,
        as_of=as_of,
        model=_model(facts, candidates, decision, prices),
    )


def _model(
    facts: Facts, candidates: tuple[Candidate, ...], decision: Decision, prices: Prices
) -> Modelled | None:
    """What the model tells, on the fleet of the plan; most workloads name none."""
    chosen = next((each.plan for each in candidates if each.option == decision.option), None)
    if facts.workload.modelled is None or chosen is None:
        return facts.workload.modelled
    from advisor.compare.model_fleets import beside_others

    return beside_others(facts, chosen, prices)


def _candidate(facts: Facts, name: str, decision: Decision, prices: Prices) -> Candidate:
    """One option judged; planned and priced when it may be used.

    Only the recommended one gets its latency; ``advisor.compare.compare`` has that of all of them.
    """
    book: Rulebook = facts.book
    option = book.option[name]
    found = verdicts(option, facts)
    at_point = status(option, book.needs, facts.point) if facts.workload.held else RULED_OUT
    chosen = name == decision.option
    made = cost = latency = None
    if chosen or (at_point != RULED_OUT and name in decision.leaf_options):
        made = plan(name, facts, listed(name, prices.shipped), deploy=chosen)
        cost = monthly_cost(made, facts, prices)
        latency = expected_latency(made, facts) if chosen else None
    return Candidate(
        option=name,
        title=option.title,
        eligible=eligible(found),
        status=_STATUS[at_point],
        verdicts=found,
        plan=made,
        cost=cost,
        latency=latency,
        standing=stand(facts, decision, option, found, at_point),
    )


def _findings(
    facts: Facts, decision: Decision, candidates: tuple[Candidate, ...], prices: Prices, as_of: str
) -> tuple[tuple[Finding, ...], frozenset[str]]:
    """All findings, errors first, and the entries of consider.yaml that cautions name."""
    found = [*conflicts(facts), *facts.workload.notes]
    found += _named_types(facts, prices, transform=decision.option == BATCH_TRANSFORM)
    if facts.workload.modelled is not None:
        found += facts.workload.modelled.findings
    if facts.workload.measured is not None:
        found += facts.workload.measured.findings
    named: frozenset[str] = frozenset()
    chosen = next((each for each in candidates if each.option == decision.option), None)
    decided = decision.status == "decided"
    if chosen is not None:
        if decided:
            found += decision_findings(facts.workload, chosen, decision.rules_option, as_of)
        if chosen.status != _STATUS[CLEAR]:
            found += _contested(facts, chosen)
        found += in_time(facts, chosen)
        way = chosen.plan.hosting if chosen.plan is not None else ""
        warned, named = cautions(facts, chosen.option, way)
        found += warned
        found += _needs(facts, chosen)
        if chosen.plan is not None:
            found += _of_plan(facts, chosen, chosen.plan, () if decided else candidates)
        found += spending(facts, decision.option, candidates, prices)
    found += _remote(facts, decision)
    return by_severity(found), named


def _named_types(facts: Facts, prices: Prices, *, transform: bool) -> Sequence[Finding]:
    """What is wrong with the instance types that the workload names."""
    if not any(path.endswith(_NAMING) for path in facts.workload.values):
        return ()
    from advisor.options.named_types import Market, type_findings  # most workloads name none

    def others() -> Collection[str]:
        from advisor.configuration.rulefiles import read_json_rules

        found: list[str] = read_json_rules("service", "model.json")["other_instance_types"]
        return found

    market = Market(
        known=knowledge(facts.book.raw), others=others, prices=prices, transform=transform
    )
    return tuple(type_findings(facts.workload, market))


def _of_plan(
    facts: Facts, chosen: Candidate, made: Plan, others: tuple[Candidate, ...]
) -> tuple[Finding, ...]:
    """The findings of the plan: errors only where they hold at every possible value."""
    if all(each.severity != "error" for each in made.findings):
        return made.findings
    from advisor.options.certain import weigh

    possible = [each.option for each in others if each.eligible is not False]
    return tuple(weigh(each, facts, chosen.option, possible) for each in made.findings)


def _contested(facts: Facts, chosen: Candidate) -> list[Finding]:
    """The option is met only at the newest documented bound of a limit."""
    found = []
    for verdict in chosen.verdicts:
        limit = facts.book.limit.get(verdict.rule)
        if limit is not None and limit_at(limit, facts.point) == CONTESTED:
            value = verdict.value or facts.text(limit.variable)
            found.append(
                Finding(
                    "contested-limit",
                    "warning",
                    f"{verdict.title} is {value}. AWS documents disagree on the limit of"
                    f" {chosen.title.lower()}: {limit.bound.text} ({limit.bound.source},"
                    f" {limit.bound.as_of}) or {limit.newest.text} ({limit.newest.source},"
                    f" {limit.newest.as_of})",
                    *facts.workload.place(verdict.fact),
                    f"{limit.newest.because} Test one such request before relying on it.",
                    limit.newest.source,
                )
            )
    return found


def _needs(facts: Facts, chosen: Candidate) -> list[Finding]:
    """Needs that the requests do not carry, and needs whose support is conditional or unclear."""
    found = []
    carried = chosen.plan.carried if chosen.plan is not None else frozenset()
    for verdict in chosen.verdicts:
        if not verdict.fact.startswith("needs."):
            continue
        name = verdict.fact[len("needs.") :]
        place = facts.workload.place(verdict.fact)
        if verdict.outcome in ("conditional", "unclear"):
            severity = "info" if verdict.outcome == "conditional" else "warning"
            message = (
                f"{chosen.title}: support of {verdict.title} is {verdict.outcome}. {verdict.note}"
            )
            found.append(
                Finding(f"need-{verdict.outcome}", severity, message, *place, "", verdict.source)
            )
        if (
            verdict.outcome != "broken"
            and verdict.bound != "not-applicable"
            and name not in carried
        ):
            message = f"the requests do not set up {verdict.title} (needs.{name})"
            fix = "Set it up yourself when you deploy."
            found.append(
                Finding("need-not-carried", "warning", message, *place, fix, verdict.source)
            )
    return found


def _with_deadline(facts: Facts, decision: Decision, candidates: tuple[Candidate, ...]) -> Decision:
    """The decision, with what keeps a deadline from being judged as its first unknown."""
    plan = next((each.plan for each in candidates if each.option == decision.option), None)
    if plan is None or plan.option != BATCH_TRANSFORM or not plan.rests_on:
        return decision
    name = plan.rests_on[0]
    same = next((each for each in decision.unknowns if each.fact == name), None)
    told, variable = facts.workload.modelled, facts.book.index.get(name)
    value = facts.assumed(variable) if variable is not None else told and told.assumed[name][0]
    first = DecisiveUnknown(
        fact=name,
        remote=False,
        assumed=value or "",
        outcomes=same.outcomes if same is not None else {value: plan.option} if value else {},
    )
    others = tuple(each for each in decision.unknowns if each is not same)
    status = "assumed" if decision.status == "recommended" else decision.status
    return decision._replace(status=status, unknowns=(first, *others))


def _size(facts: Facts, decision: Decision, candidates: tuple[Candidate, ...]) -> Iterator[Finding]:
    """The facts that --strict requires for a size."""
    plan = next((each.plan for each in candidates if each.option == decision.option), None)
    if plan is not None and plan.rests_on:
        names = " and ".join(plan.rests_on)
        rule = "size-assumed" if plan.sized == "assumed" else plan.sized
        how = "is assumed" if rule == "size-assumed" else "is unknown"
        message = f"{names} {how}, and the size of the plan rests on it"
        fix = f"State {names}, or accept {rule} with a reason."
        yield Finding(rule, "warning", message, *facts.workload.place(plan.rests_on[0]), fix)


def _unknowns(facts: Facts, decision: Decision) -> list[Finding]:
    """The facts that --strict requires."""
    found = []
    for unknown in decision.unknowns:
        if not unknown.remote:
            ways = "; ".join(
                f"{value}: {option or 'none fits'}" for value, option in unknown.outcomes.items()
            )
            message = f"{unknown.fact} is not stated and would change the answer ({ways})"
            place = facts.workload.place(unknown.fact)
            fix = f"State {unknown.fact}, or accept decisive-unknown with a reason."
            found.append(Finding("decisive-unknown", "warning", message, *place, fix))
    return found


def _remote(facts: Facts, decision: Decision) -> list[Finding]:
    remote = [unknown.fact for unknown in decision.unknowns if unknown.remote]
    if not remote:
        return []
    count = "1 unstated fact" if len(remote) == 1 else f"{len(remote)} unstated facts"
    text = f"unlikely values of {count} would change the answer: {', '.join(remote)}"
    fix = "State a fact of these where its value may be unusual."
    return [Finding("remote-unknowns", "info", text, facts.workload.file, fix=fix)]
