"""``--format markdown``: the page that a design review wants, with long tables folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from advisor import __version__
from advisor.engine.standing import CHOSEN, bound, in_words, is_need, words
from advisor.measurement import words as measured_words
from advisor.model.advice import Advice, Candidate, Fact, Plan, Reason, Verdict
from advisor.model.workload import Finding
from advisor.reports import Context
from advisor.reports import advice_view as highlights
from advisor.text.markup import cited, code, prose, table
from advisor.text.money_format import UNKNOWN, a_month, basis_in_words, money
from advisor.text.quantity_format import word

# What is shown before a fold; together with the headings at most 60 lines.
_MOST_FLIPS = 3
_MOST_VERDICTS = 2
_MOST_SETTINGS = 3
_MOST_RISKS = 3
_DIGITS = 12  # of a digest; enough to tell files apart


def render(advices: Sequence[Advice], context: Context) -> str:
    """A page for each workload; at most 60 lines of it are not folded."""
    pages = ["\n".join(_page(advice)) + "\n" for advice in advices]
    return "\n---\n\n".join(pages)


def _page(advice: Advice) -> Iterator[str]:
    sections = (
        ("Facts", _facts),
        ("Options", _options),
        ("Plan", _plan),
        ("Invoke", _invoke),
        ("Quotas", _quotas),
        ("Risks", _risks),
        ("Cost", _cost),
        ("Waivers", _waivers),
        ("Provenance", _provenance),
    )
    yield from _decision(advice)
    for title, section in sections:
        yield f"\n## {title}"
        yield from section(advice)


def _folded(summary: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"\n<details><summary>{summary}</summary>\n"
    yield from lines
    yield "\n</details>"


def _some(lines: Sequence[str], most: int) -> Iterator[str]:
    """A list; the end of a long one is folded."""
    yield from lines[:most]
    if len(lines) > most:
        yield from _folded(f"{len(lines) - most} more", lines[most:])


def _decision(advice: Advice) -> Iterator[str]:
    status = highlights.status(advice)
    name, headline = prose(advice.workload.name), prose(highlights.headline(advice))
    yield f"# {name}: {headline}{f' ({status})' if status else ''}\n"
    yield prose(highlights.because(advice))
    if advice.decision.status == "decided":
        yield prose(highlights.decided(advice))
    if size := highlights.size(advice):
        yield prose(size)
    flips = [*_unknowns(advice), *_fixes(advice), *_changes(advice)]
    if flips:
        yield ""
        yield from flips[:_MOST_FLIPS]


def _unknowns(advice: Advice) -> Iterator[str]:
    for unknown in highlights.plausible(advice):
        ways = "; ".join(
            f"{code(value)} → {option or 'none fits'}"
            for value, option in highlights.others(advice, unknown)
        )
        yield f"- Not stated: {code(unknown.fact)}. The answer depends on it: {ways}."


def _fixes(advice: Advice) -> Iterator[str]:
    for fix in advice.decision.fixes:
        changes = " and ".join(code(f"{change.fact}: {change.to}") for change in fix.changes)
        yield f"- With {changes} the answer is {fix.option}. {prose(fix.advice)}"


def _changes(advice: Advice) -> Iterator[str]:
    if not advice.decision.fixes:
        for change in advice.decision.would_change:
            yield f"- {code(f'{change.fact}: {change.to}')} → {change.leads}"


def _facts(advice: Advice) -> Iterator[str]:
    facts = advice.decision.facts
    origins = [fact.origin for fact in facts]
    summary = ", ".join(f"{origins.count(origin)} {origin}" for origin in dict.fromkeys(origins))
    rows = [
        (
            code(fact.fact),
            code(word(fact.value)),
            _origin(fact, advice),
        )
        for fact in facts
    ]
    yield from _folded(summary, table(("Fact", "Value", "Origin"), rows))
    measured = advice.workload.measured
    if measured is not None:
        yield f"\nMeasured {prose(measured_words.origin(measured))}."
        tests = [
            tuple(prose(cell) for cell in measured_words.cells(each)) for each in measured.tests
        ]
        yield from _folded(f"{len(tests)} measured", table(measured_words.HEADINGS, tests))


def _origin(fact: Fact, advice: Advice) -> str:
    if fact.origin == "stated":
        elsewhere = "settings" if fact.fact in advice.workload.settings.said else "--set"
        return f"line {fact.line}" if fact.line else elsewhere
    return prose(f"{fact.origin}: {fact.because}" if fact.because else fact.origin)


def _options(advice: Advice) -> Iterator[str]:
    headings = ("Option", "Stands", "Rule", "Value", "Bound", "Margin", "Source", "USD/month")
    rows = [row for each in advice.candidates for row in _rows(advice, each)]
    yield from table(headings, rows)
    verdicts = [
        (each.option, in_words(verdict.outcome), *_verdict(verdict))
        for each in advice.candidates
        for verdict in each.verdicts
    ]
    yield from _folded(f"all {len(verdicts)} verdicts", table((*headings[:7],), verdicts))


def _rows(advice: Advice, candidate: Candidate) -> Iterator[tuple[str, ...]]:
    """A row for each of the first reasons; one that names the rules of the rest."""
    stands = words(candidate.standing)
    chosen = candidate.standing.standing == CHOSEN
    name = f"**{candidate.option}**" if chosen else candidate.option
    cost = prose(money(candidate.cost))
    found = highlights.shown(candidate)
    if not found:
        count = len(highlights.unstated(candidate))
        yield (name, stands, f"{count} limits on facts not stated", "", "", "", "", cost)
    for reason in found[:_MOST_VERDICTS]:
        yield (name, stands, *_reason(reason), cost)
        name = stands = cost = ""
    if len(found) > _MOST_VERDICTS:
        rest = ", ".join(code(each.rule) for each in found[_MOST_VERDICTS:])
        yield ("", "", f"and {rest}", "", "", "", "", "")


def _reason(reason: Reason) -> tuple[str, ...]:
    if reason.verdict is None:
        return (prose(reason.text), "", "", "", "")
    rule, _, *rest = _verdict(reason.verdict)
    return (rule, prose(reason.value + highlights.resting(reason)), *rest)


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    value = "needed" if is_need(verdict) else verdict.value or "not stated"
    return (
        code(verdict.rule),
        prose(value),
        prose(bound(verdict)),
        highlights.room(verdict),
        cited(verdict.source, verdict.as_of),
    )


def _planned(advice: Advice) -> Plan | None:
    return advice.chosen.plan if advice.chosen is not None else None


def _plan(advice: Advice) -> Iterator[str]:
    plan = _planned(advice)
    if plan is None:
        yield "No option fits, so there is no plan."
        return
    rows = [
        (code(setting.name), code(setting.value), prose(setting.because))
        for setting in plan.settings
    ]
    headings = ("Setting", "Value", "Formula")
    yield from table(headings, rows[:_MOST_SETTINGS])
    if len(rows) > _MOST_SETTINGS:
        more = rows[_MOST_SETTINGS:]
        yield from _folded(f"{len(more)} more", table(headings, more))


def _invoke(advice: Advice) -> Iterator[str]:
    plan = _planned(advice)
    if plan is None:
        yield "Nothing to invoke."
        return
    invoke = plan.invoke
    names = ", ".join(code(name) for name in invoke.parameters)
    timeout = f" Client timeout {invoke.client_timeout_s} s." if invoke.client_timeout_s else ""
    yield f"{code(invoke.operation)} with {names}.{timeout}"
    if invoke.notes:
        notes = [f"- {prose(note)}" for note in invoke.notes]
        yield from _folded("notes for the caller", notes)


def _quotas(advice: Advice) -> Iterator[str]:
    plan = _planned(advice)
    if plan is None or not plan.quotas:
        yield "No quota to look up."
        return
    wanted = [quota for quota in plan.quotas if quota.wanted is not None]
    yield f"{len(wanted)} to look up in Service Quotas before the first deployment."
    rows = [
        (
            prose(quota.name),
            code(quota.code) if quota.code else "",
            str(quota.wanted if quota.wanted is not None else ""),
            str(quota.default if quota.default is not None else "not published"),
            prose(quota.note),
            cited(quota.source, quota.as_of),
        )
        for quota in plan.quotas
    ]
    headings = ("Quota", "Code", "Wanted", "Default", "Note", "Source")
    yield from _folded("names, codes and values", table(headings, rows))


def _risks(advice: Advice) -> Iterator[str]:
    """Findings by severity, then what outside the four options deserves a look."""
    lines = [_risk(finding) for finding in advice.findings]
    lines += [
        f"- outside the four options: {prose(each.title)}: {prose(each.because)}"
        f" {cited(each.source, each.as_of)}"
        for each in advice.consider
    ]
    yield from _some(lines or ["None found."], _MOST_RISKS)


def _risk(finding: Finding) -> str:
    place = f" ({code(f'{finding.file}:{finding.line}')})" if finding.line else ""
    stop = "" if finding.message.endswith(".") else "."
    fix = f" {prose(finding.fix)}" if finding.fix else ""
    says = f"{prose(finding.message)}{stop}{fix}"
    return f"- **{finding.severity}** {code(finding.rule)}{place}: {says}"


def _cost(advice: Advice) -> Iterator[str]:
    cost = advice.chosen.cost if advice.chosen is not None else None
    if cost is None:
        yield "Not part of this answer."
        return
    prices = f", prices of {advice.prices_date}" if advice.prices_date else ""
    beside = highlights.beside_cost(cost)
    said = (f"{a_month(cost)}{prices}.", *beside, basis_in_words(cost.basis))
    yield prose(" ".join(filter(None, said)))
    unknowns = [
        f"- Not stated: {code(each.fact)}. {prose(highlights.priced(each))}."
        for each in advice.cost_unknowns or ()
    ]
    if unknowns:
        yield from ("", *unknowns, "")
    rows = [
        (
            prose(item.name),
            prose(f"{item.quantity} {item.unit}"),
            item.unit_price_usd or UNKNOWN,
            prose(money(item)),
            prose(basis_in_words(item.basis)),
            cited(item.source, item.as_of),
        )
        for item in cost.items
    ]
    headings = ("Item", "Quantity", "USD each", "USD/month", "Basis", "Source")
    yield from _folded(f"{len(rows)} lines", table(headings, rows))


def _waivers(advice: Advice) -> Iterator[str]:
    lines = [
        f"- {code(group[0].rule)} ({len(group)}): {prose(group[0].fix)}"
        for group in highlights.by_rule(advice.accepted)
    ]
    if advice.as_of and highlights.dated(advice):
        lines.insert(0, f"Judged as of {advice.as_of}.")
    yield from _some(lines or ["None in force."], 1)


def _provenance(advice: Advice) -> Iterator[str]:
    workload = advice.workload
    oldest, newest = highlights.sources_read(advice)
    parts = [
        f"{code(workload.file)} with SHA-256 {code(workload.sha256[:_DIGITS])}",
        *(f"{code(f'{fact}={value}')} set" for fact, value in advice.changes.items()),
        f"limits {advice.limits}",
        f"region {prose(advice.region)}" if advice.region else "region not stated",
        f"prices of {advice.prices_date}" if advice.prices_date else "no prices",
        f"rules {code(advice.rules_digest.removeprefix('sha256:')[:_DIGITS])}",
        f"sources read {oldest} to {newest}",
        f"sm-advise {__version__}",
    ]
    if workload.settings.words:
        parts.append(f"settings {prose(workload.settings.words)}")
    yield f"{'; '.join(parts)}."
