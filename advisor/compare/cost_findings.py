"""Findings about money, and about answers: budgets, cheaper options, starts that are too late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from advisor.catalogue.price_snapshot import Prices
from advisor.engine.facts import Facts
from advisor.engine.standing import phrase
from advisor.model.advice import Candidate, Plan
from advisor.model.options import BATCH_TRANSFORM, SERVERLESS
from advisor.model.usage import FleetUsage
from advisor.model.workload import TAIL_FIRST, Finding, Interval, OnType
from advisor.options import plan
from advisor.pricing.comparable import certainly_cheaper, stand_ins
from advisor.pricing.plan_cost import in_brief, listed, monthly_cost
from advisor.text.money_format import a_month, figure, money
from advisor.text.quantity import MONTH_HOURS, WHOLE
from advisor.text.quantity_format import about, percent

_ABOUT = 0.002  # as exact as the three digits that are printed


def findings(
    facts: Facts, option: str | None, candidates: Sequence[Candidate], prices: Prices
) -> list[Finding]:
    """What the reader must know about the cost of the chosen option.

    Args:
        facts: of the workload.
        option: the chosen one; ``None`` where none fits.
        candidates: the four options, with the costs of those that may be used.
        prices: of the workload's Region.
    """
    chosen = next((each for each in candidates if each.option == option), None)
    if chosen is None or chosen.cost is None:
        return []
    found = []
    gated = facts.workload.stated("budget") is not None
    if gated:
        from advisor.compare.cost_gates import budget_of, judged

        ceiling = budget_of(facts.workload)
        over = None if ceiling is None else judged(ceiling, chosen.cost, candidates)
        found += [] if over is None else [over]
    found += _prices(facts, chosen, prices, gated=gated)
    if prices.own and chosen.plan is not None:
        found += _at_your_prices(facts, chosen.plan, prices)
    less = chosen.cost.part_time
    if less is not None and "traffic.windows" not in facts.workload.values:
        message = (
            f"in the hours of traffic.active alone the plan costs {a_month(less)}, but no fact says"
            " which hours they are, so nothing can be scheduled"
        )
        place = facts.workload.place("traffic.active")
        fix = "State traffic.windows, such as [{days: mon-fri, hours: 8-18}]."
        found.append(Finding("hours-without-windows", "info", message, *place, fix))
    cheaper = _cheapest_below(facts, chosen, candidates, prices)
    if cheaper is not None:
        found.append(_cheaper(facts, chosen, cheaper, prices))
    return found


def beside(found: Iterable[Finding]) -> str:
    """The cheaper option as a sentence beside the answer, where cost is preferred."""
    for finding in found:
        if finding.rule == "cheaper-option" and finding.severity == "warning":
            return f" {finding.message.partition('. ')[0]}."
    return ""


def _prices(facts: Facts, chosen: Candidate, prices: Prices, *, gated: bool) -> list[Finding]:
    """Findings about missing prices, and about estimated ones; these warn where a gate is set."""
    found = []
    cost = chosen.cost
    assert cost is not None
    place = facts.workload.place("region")
    where = f"in {prices.region}"
    fix = f"Read the current prices with: sm-advise prices refresh --region {prices.region}"
    missing = [item.name for item in cost.items if item.unit_price_usd is None]
    if missing:
        message = (
            f"no price is known {where} for {', '.join(missing)}, so the cost of"
            f" {chosen.title.lower()} is unknown"
        )
        found.append(Finding("price-unknown", "info", message, *place, fix))
    count = stand_ins(cost)
    if count:
        lent = {item.basis.partition(":")[2] for item in cost.items if ":" in item.basis}
        message = (
            f"{count} of {len(cost.items)} prices {where} are estimates ({', '.join(sorted(lent))})"
        )
        severity = "warning" if gated else "info"
        found.append(Finding("estimated-price", severity, message, *place, fix))
    return found


def _at_your_prices(facts: Facts, made: Plan, prices: Prices) -> list[Finding]:
    """The type that the user's prices would choose, where its fleet is cheaper."""
    from advisor.pricing.billable_usage import completed
    from advisor.pricing.monthly import total

    other = plan(made.option, facts, listed(made.option, prices), deploy=False)
    usd, own = (total(made.option, completed(e, facts), prices).middle for e in (other, made))
    if in_brief(other) == in_brief(made) or usd is None or own is None or usd >= own:
        return []
    message = (
        f"at your prices {in_brief(other)} would cost {figure(usd)} USD a month, and"
        f" {in_brief(made)} costs {figure(own)}; types are chosen by the list of sm-advise"
    )
    fix = "State deploy.instance_type to take the other type."
    return [Finding("cheaper-at-your-prices", "info", message, fix=fix)]


def _cheapest_below(
    facts: Facts, chosen: Candidate, candidates: Sequence[Candidate], prices: Prices
) -> Candidate | None:
    """The cheapest option that meets every limit and, like with like, is certainly cheaper."""
    assert chosen.cost is not None
    best: Candidate | None = None
    for each in candidates:
        if each.cost is None or each.status != "clear" or each.option == chosen.option:
            continue
        than = chosen.cost if best is None or best.cost is None else best.cost
        if certainly_cheaper(each.cost, than):
            alike = _alike(facts, chosen, each, prices)
            if alike.cost is not None and certainly_cheaper(alike.cost, than):
                best = alike
    return best


def _alike(facts: Facts, chosen: Candidate, other: Candidate, prices: Prices) -> Candidate:
    """Another fleet with the bounds of the chosen one: equally available, with equal headroom.

    One that goes to zero still does; a way without a fleet is compared as it is.
    """
    fleets = [each.plan.usage for each in (chosen, other) if each.plan is not None]
    pair = [each for each in fleets if isinstance(each, FleetUsage) and not each.parts]
    if len(pair) < len(fleets) or len(fleets) < 2:
        return other
    own, its = pair
    least = its.minimum if its.minimum == 0 else own.minimum
    ends = {"min": least, "max": max(own.maximum or own.instances, least or 1)}
    changes: dict[str, Interval | str | bool] = {
        f"deploy.instances.{name}": Interval(end, end)
        for name, end in ends.items()
        if end is not None
    }
    from advisor.compare.scenario import restated

    raised = Facts(facts.book, restated(facts.workload, changes), facts.region)
    made = plan(other.option, raised, listed(other.option, prices.shipped), deploy=False)
    return other._replace(plan=made, cost=monthly_cost(made, raised, prices))


def _cheaper(facts: Facts, chosen: Candidate, other: Candidate, prices: Prices) -> Finding:
    assert chosen.cost is not None
    assert other.cost is not None
    warned = facts.word("prefer") == "cost"
    met = _meeting(facts, chosen, other, prices)
    message = (
        f"{other.title} on {_runs_on(other)} would cost {money(other.cost)} instead of"
        f" {money(chosen.cost)} USD a month on {_runs_on(chosen)}."
        f" It is {phrase(other.standing)}. {met}"
    )
    return Finding(
        "cheaper-option",
        "warning" if warned else "info",
        message,
        *facts.workload.place("prefer"),
        f"Run sm-advise compare to see both. To use it, set decision.option to {other.option}.",
    )


def _runs_on(candidate: Candidate) -> str:
    return "" if candidate.plan is None else in_brief(candidate.plan)


def _meeting(facts: Facts, chosen: Candidate, other: Candidate, prices: Prices) -> str:
    """The volume at which the two cost the same, on the full model."""
    from advisor.compare.break_even import nearest
    from advisor.compare.scenario import VOLUME, Scenario, current
    from advisor.text.quantity_format import about

    pair = frozenset({chosen.option, other.option})
    scenario = Scenario(facts, "traffic.volume", prices, along=VOLUME, options=pair)
    found = nearest(scenario.at, current(facts, "traffic.volume"), _ABOUT)
    if found is None:
        return "No volume near the stated one changes the order"
    value = found.below.value if found.before == other.option else found.above.value
    assert isinstance(value, int)
    if len(found.below.costs) == len(found.above.costs):
        met = "The order changes" if found.jump else "Both cost the same"
        return f"{met} at about {about(value, 'volume')}"
    side = "above" if found.below.value == value else "below"
    return f"It is not available {side} {about(value, 'volume')}"


_FEW = 1_000  # 1 in 100: a time to answer is that of the others
_MILLISECOND, _SECOND = 1_000, 1_000_000


def in_time(facts: Facts, chosen: Candidate) -> Iterator[Finding]:
    """What the reader must know of the chosen option's starts and of its answer time.

    Args:
        facts: of the workload.
        chosen: the option that is answered with, its latency as its plan gives it.
    """
    book, late = facts.book, False
    for reason in chosen.standing.reasons:
        limit = book.limit.get(reason.rule)
        if limit is not None and limit.late:
            late = True
            accepted = book.facts[book.facts[limit.variable].derived_from[-1]].id
            place, fix = facts.workload.place(accepted), limit.fix + _price(facts, chosen.option)
            source = limit.origin.source
            yield Finding("start-too-late", "warning", reason.text, *place, fix, source)
    if chosen.option != BATCH_TRANSFORM:
        yield from _modelled(facts)
    if not late and chosen.option != BATCH_TRANSFORM:
        yield from _missed(facts, chosen)


def _modelled(facts: Facts) -> Iterator[Finding]:
    """What a language model's times say of the stated targets: a miss, or one that is possible."""
    for part in facts.parts:
        for each in _modelled(part.facts):
            yield each._replace(message=f"{part.name}: {each.message}")
    told = facts.workload.modelled
    on = None if told is None else told.on
    if on is None:
        return
    for path, name, (_, high), what in (
        ("requests.first_byte", "first_token_s", on.first_token, "the first token"),
        ("requests.answer", "modelled_s", on.request, "the whole answer"),
    ):
        middle = getattr(on, name)
        stated = facts.workload.interval(path)
        target = None if stated is None else stated.low or stated.high
        if target is None or high * _SECOND <= target:
            continue
        took, wanted = about(middle * _SECOND, "time"), about(target, "time")
        missed = middle * _SECOND > target
        text = f"{what} is modelled at {took}, and may take {about(high * _SECOND, 'time')}"
        rule, severity = ("target-missed", "warning") if missed else ("target-open", "info")
        if missed and (best := _fastest(facts, name)).instance_type != on.instance_type:
            text += (
                f", at best {about(getattr(best, name) * _SECOND, 'time')} on {best.instance_type}"
            )
        fix = "Measure it at the peak, or relax the target."
        place = facts.workload.place(path)
        yield Finding(rule, severity, f"{text}; {path} is {wanted}", *place, fix)


def _fastest(facts: Facts, time: str) -> OnType:
    """The model on the type where a time is shortest, if that misses its target as well."""
    from advisor.engine.model_choices import fleets_of  # once a target is missed

    assert facts.workload.modelled is not None
    return min(fleets_of(facts, facts.workload.modelled.asked), key=attrgetter(time))


def _price(facts: Facts, option: str) -> str:
    """What one warm environment costs, where that is a way."""
    if option != SERVERLESS:
        return ""
    from advisor.engine.kept_warm import warm_usd

    usd = warm_usd(facts.book, facts.point)
    return "" if usd is None else f" One costs about {usd * MONTH_HOURS:,.2f} USD a month."


def _missed(facts: Facts, chosen: Candidate) -> Iterator[Finding]:
    """The plan's own 99th percentile, or the starts of serverless, against a stated number."""
    stated = facts.workload.interval("requests.answer")
    answer = None if stated is None else stated.low or stated.high
    if answer is None or chosen.latency is None:
        return
    slow = facts.workload.stated("requests.processing", TAIL_FIRST)
    time, cold = None if slow is None else slow.value, chosen.latency.cold_start_share
    if isinstance(time, Interval) and (time.high or 0) > answer and not cold:
        return  # the work alone is too long, which is a conflict of the file
    wanted, p99 = about(answer, "time"), chosen.latency.p99_ms
    if p99 is not None and p99 * _MILLISECOND > answer:
        took = about(round(p99 * _MILLISECOND), "time")
        text = f"99 of 100 answers take up to about {took}, requests.answer is {wanted}"
    elif p99 is None and _often_cold(facts, chosen.option) > _FEW:
        share = percent(_often_cold(facts, chosen.option) / WHOLE)
        text = f"up to {share} of the requests start cold, and then miss requests.answer, {wanted}"
    else:
        return
    fix = "Relax requests.answer, or shorten requests.processing."
    if cold:
        fix += " To avoid starts, add provisioned-concurrency to needs."
        fix += _price(facts, chosen.option)
    yield Finding("answer-missed", "warning", text, *facts.workload.place("requests.answer"), fix)


def _often_cold(facts: Facts, option: str) -> int:
    """Cold starts of serverless that miss a stated answer, if environments are kept for long.

    In thousandths of a percent, where idle environments are kept as short as may be.
    """
    if option != SERVERLESS or facts.taken("serverless.kept-warm"):
        return 0
    binds = facts.taken("answer-is-stated-number") and facts.taken("answer.serverless") > WHOLE
    return facts.high[facts.book.index["serverless.cold-share"]] if binds else 0
