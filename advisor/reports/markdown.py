"""``--format markdown``: the page that a design review wants, with long tables folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from advisor import __version__
from advisor.engine.standing import CHOSEN, bound, in_words, is_need
from advisor.measurement import words as measured_words
from advisor.model.advice import Advice, Fact, Plan, Verdict
from advisor.reports import Context
from advisor.reports import advice_view as highlights
from advisor.reports.answer_blocks import blocks, option_rows
from advisor.reports.first_lines import first_lines
from advisor.text.markup import cited, code, prose, table
from advisor.text.money_format import UNKNOWN, basis_in_words, money
from advisor.text.quantity_format import word

# What is shown before a fold; together with the headings at most 60 lines.
_MOST_LINES = 3
_MOST_SETTINGS = 3
_DIGITS = 12  # of a digest; enough to tell files apart
_ANY_WIDTH = 1000  # a page has no columns


def render(advices: Sequence[Advice], context: Context) -> str:
    """A page for each workload, in the order of the text; at most 60 lines are not folded."""
    pages = ["\n".join(_page(advice)) + "\n" for advice in advices]
    return "\n---\n\n".join(pages)


def _page(advice: Advice) -> Iterator[str]:
    headline, *others = first_lines(advice, _ANY_WIDTH)
    yield f"# {prose(headline.text)}\n"
    yield from (f"- **{each.label}** {prose(each.text)}" for each in others)
    yield "\n## Options"
    yield from _options(advice)
    tables = {"Plan": _plan, "Cost": _cost}
    for block in blocks(advice, verbose=False):
        yield f"\n## {block.title}"
        lines = [f"- {prose(line)}" for line in block.lines]
        yield from _some(lines, _MOST_LINES) if block.title not in tables else ()
        if block.title in tables:
            yield from tables[block.title](advice, lines)
    for title, section in (("Invoke", _invoke), ("Facts", _facts), ("Provenance", _provenance)):
        if lines := list(section(advice)):
            yield f"\n## {title}"
            yield from lines


def _folded(summary: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"\n<details><summary>{summary}</summary>\n"
    yield from lines
    yield "\n</details>"


def _some(lines: Sequence[str], most: int) -> Iterator[str]:
    """A list; the end of a long one is folded."""
    yield from lines[:most]
    if len(lines) > most:
        yield from _folded(f"{len(lines) - most} more", lines[most:])


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
    rows = [
        (
            f"**{row.option}**" if row.candidate.standing.standing == CHOSEN else row.option,
            prose(row.money),
            row.p50,
            row.p99,
            prose(row.standing),
        )
        for row in option_rows(advice)
    ]
    yield from table(("Option", "USD/month", "p50", "p99 or run", "Standing"), rows)
    headings = ("Option", "Outcome", "Rule", "Value", "Bound", "Margin", "Source")
    verdicts = [
        (each.option, in_words(verdict.outcome), *_verdict(verdict))
        for each in advice.candidates
        for verdict in each.verdicts
    ]
    yield from _folded(f"all {len(verdicts)} verdicts", table(headings, verdicts))


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


def _plan(advice: Advice, lines: Sequence[str]) -> Iterator[str]:
    plan = _planned(advice)
    rows = [
        (code(setting.name), code(setting.value), prose(setting.because))
        for setting in (plan.settings if plan is not None else ())
    ]
    headings = ("Setting", "Value", "Formula")
    yield from table(headings, rows[:_MOST_SETTINGS])
    if len(rows) > _MOST_SETTINGS:
        more = rows[_MOST_SETTINGS:]
        yield from _folded(f"{len(more)} more", table(headings, more))


def _invoke(advice: Advice) -> Iterator[str]:
    plan = _planned(advice)
    if plan is None:
        return
    invoke = plan.invoke
    names = ", ".join(code(name) for name in invoke.parameters)
    timeout = f" Client timeout {invoke.client_timeout_s} s." if invoke.client_timeout_s else ""
    yield f"{code(invoke.operation)} with {names}.{timeout}"
    if invoke.notes:
        notes = [f"- {prose(note)}" for note in invoke.notes]
        yield from _folded("notes for the caller", notes)


def _cost(advice: Advice, lines: Sequence[str]) -> Iterator[str]:
    yield from lines
    cost = advice.chosen.cost if advice.chosen is not None else None
    rows = [
        (
            prose(item.name),
            prose(f"{item.quantity} {item.unit}"),
            item.unit_price_usd or UNKNOWN,
            prose(money(item)),
            prose(basis_in_words(item.basis)),
            cited(item.source, item.as_of),
        )
        for item in (cost.items if cost is not None else ())
    ]
    headings = ("Item", "Quantity", "USD each", "USD/month", "Basis", "Source")
    yield from _folded(f"{len(rows)} lines", table(headings, rows))


def _provenance(advice: Advice) -> Iterator[str]:
    workload = advice.workload
    oldest, newest = highlights.sources_read(advice)
    dated = highlights.dated(advice) and advice.as_of
    parts = [
        f"{code(workload.file)} with SHA-256 {code(workload.sha256[:_DIGITS])}",
        *(f"{code(f'{fact}={value}')} set" for fact, value in advice.changes.items()),
        f"limits {advice.limits}",
        f"region {prose(advice.region)}" if advice.region else "region not stated",
        f"prices of {advice.prices_date}" if advice.prices_date else "no prices",
        f"rules {code(advice.rules_digest.removeprefix('sha256:')[:_DIGITS])}",
        f"sources read {oldest} to {newest}",
        *([f"judged as of {advice.as_of}"] if dated else []),
        f"sm-advise {__version__}",
    ]
    if workload.settings.words:
        parts.append(f"settings {prose(workload.settings.words)}")
    yield f"{'; '.join(parts)}."
