"""``--format markdown``: the page that a design review wants, with long tables folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from advisor.engine.standing import CHOSEN, bound, in_words, is_need
from advisor.model.advice import Advice, Fact, Verdict
from advisor.reports import Context
from advisor.reports import advice_view as highlights
from advisor.reports.answer_blocks import blocks, option_rows, provenance
from advisor.reports.first_lines import first_lines
from advisor.reports.plain_words import Words
from advisor.text.markup import cited, code, prose, table
from advisor.text.money_format import UNKNOWN, basis_in_words, money
from advisor.text.quantity_format import word

# What is shown before a fold; together with the headings at most 60 lines.
_MOST_LINES = 3
_DIGITS = 12  # of a digest; enough to tell files apart
_ANY_WIDTH = 1000  # a page has no columns


def render(advices: Sequence[Advice], context: Context) -> str:
    """A page for each workload, in the order of the text; at most 60 lines are not folded."""
    pages = ["\n".join(_page(advice)) + "\n" for advice in advices]
    return "\n---\n\n".join(pages)


def _page(advice: Advice) -> Iterator[str]:
    names = Words(advice)
    headline, *others = first_lines(advice, _ANY_WIDTH, names)
    yield f"# {prose(headline.text)}\n"
    yield from (f"- **{each.label}** {prose(each.text)}" for each in others)
    yield "\n## Options"
    yield from _options(advice, names)
    for block in blocks(advice, names, verbose=False):
        yield f"\n## {block.title}"
        yield from _some([f"- {prose(line)}" for line in block.lines], _MOST_LINES)
    details = [
        f"- **{block.title}** {prose(line)}"
        for block in blocks(advice, names, verbose=True)
        for line in block.lines
    ]
    yield "\n## Facts and sources"
    yield from _facts(advice)
    yield from _folded("all details", details)
    yield from _prices(advice)
    yield f"\n{_origins(advice)}."


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
    rows = [(code(fact.fact), code(word(fact.value)), _origin(fact, advice)) for fact in facts]
    yield from _folded(summary, table(("Fact", "Value", "Origin"), rows))


def _origin(fact: Fact, advice: Advice) -> str:
    if fact.origin == "stated":
        elsewhere = "settings" if fact.fact in advice.workload.settings.said else "--set"
        return f"line {fact.line}" if fact.line else elsewhere
    return prose(f"{fact.origin}: {fact.because}" if fact.because else fact.origin)


def _options(advice: Advice, names: Words) -> Iterator[str]:
    rows = [
        (
            f"**{row.option}**" if row.candidate.standing.standing == CHOSEN else row.option,
            prose(row.money),
            row.p50,
            row.p99,
            prose(row.standing),
        )
        for row in option_rows(advice, names)
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


def _prices(advice: Advice) -> Iterator[str]:
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
    yield from _folded(f"{len(rows)} prices", table(headings, rows))


def _origins(advice: Advice) -> str:
    workload = advice.workload
    parts = [
        f"{code(workload.file)} with SHA-256 {code(workload.sha256[:_DIGITS])}",
        *(f"{code(f'{fact}={value}')} set" for fact, value in advice.changes.items()),
        prose(provenance(advice, verbose=True)),
    ]
    return "; ".join(parts)
