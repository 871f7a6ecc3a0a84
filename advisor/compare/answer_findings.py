"""Findings about starts that are too late, and answers that miss the stated time."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.engine.facts import Facts
from advisor.model.advice import Candidate
from advisor.model.options import BATCH_TRANSFORM, SERVERLESS
from advisor.model.workload import TAIL_FIRST, Finding, Interval
from advisor.text.quantity import MONTH_HOURS, WHOLE
from advisor.text.quantity_format import about, percent

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
    told = facts.workload.modelled
    on = None if told is None else told.on
    if on is None:
        return
    for path, middle, (_, high), what in (
        ("requests.first_byte", on.first_token_s, on.first_token, "the first token"),
        ("requests.answer", on.modelled_s, on.request, "the whole answer"),
    ):
        stated = facts.workload.interval(path)
        target = None if stated is None else stated.low or stated.high
        if target is None or high * _SECOND <= target:
            continue
        took, wanted = about(middle * _SECOND, "time"), about(target, "time")
        missed = middle * _SECOND > target
        text = f"{what} is modelled at {took}, and may take {about(high * _SECOND, 'time')}"
        rule, severity = ("target-missed", "warning") if missed else ("target-open", "info")
        fix = "Measure it at the peak, or relax the target."
        place = facts.workload.place(path)
        yield Finding(rule, severity, f"{text}; {path} is {wanted}", *place, fix)


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
