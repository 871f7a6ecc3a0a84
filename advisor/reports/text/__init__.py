"""``--format text``: the answer as a person reads it in a terminal, five lines first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.model.advice import Advice
from advisor.reports import Context
from advisor.reports.answer_blocks import blocks, provenance
from advisor.reports.first_lines import LABEL, first_lines
from advisor.reports.plain_words import Words
from advisor.reports.terminal_chart import NARROWEST, Canvas, labelled, wrapped
from advisor.reports.text.options import options
from advisor.reports.text.several import several
from advisor.text.tones import QUIET, TITLE, TONES


def render(advices: Sequence[Advice], context: Context) -> str:
    """The answer for a workload; a table of all when there are several.

    Without ``context.colour`` the text holds no escape sequence at all.
    """
    canvas = Canvas(max(context.width, NARROWEST), colour=context.colour)
    return "".join(f"{line}\n" for line in _lines(advices, canvas, context.verbose))


def _lines(advices: Sequence[Advice], canvas: Canvas, verbose: bool) -> Iterator[str]:
    if len(advices) > 1:
        yield from several(advices, canvas)
    if len(advices) == 1 or verbose:
        for number, advice in enumerate(advices):
            if number or len(advices) > 1:
                yield ""
            yield from _answer(advice, canvas, verbose)


def in_brief(advice: Advice, names: Words, canvas: Canvas) -> Iterator[str]:
    """The five lines of an answer."""
    for label, text in first_lines(advice, canvas.width, names):
        tone = "" if label else TONES[advice.decision.status]
        yield canvas.paint(label.ljust(LABEL) if label else "", TITLE) + canvas.paint(text, tone)


def _answer(advice: Advice, canvas: Canvas, verbose: bool) -> Iterator[str]:
    names = Words(advice)
    yield from in_brief(advice, names, canvas)
    yield ""
    yield from options(advice, names, canvas, verbose)
    yield ""
    for block in blocks(advice, names, verbose=verbose):
        yield from labelled(block.title, block.lines, canvas)
    yield ""
    yield from wrapped(provenance(advice, verbose=verbose), canvas, tone=QUIET)
