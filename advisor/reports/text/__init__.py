"""``--format text``: the answer as a person reads it in a terminal, five lines first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from rich.console import Console, RenderableType
from rich.text import Text

from advisor.model.advice import Advice
from advisor.reports import Context
from advisor.reports.answer_blocks import blocks, provenance
from advisor.reports.first_lines import LABEL, first_lines
from advisor.reports.plain_words import Words
from advisor.reports.text.layout import Labelled, said
from advisor.reports.text.options import options
from advisor.reports.text.several import several
from advisor.text.tones import QUIET, TITLE, TONES

NARROWEST = 40


def render(advices: Sequence[Advice], context: Context) -> str:
    """The answer for a workload; a table of all when there are several.

    Without ``context.colour`` the text holds no escape sequence at all.
    """
    stream = StringIO()
    console = Console(
        file=stream,
        width=max(context.width, NARROWEST),
        force_terminal=context.colour,
        color_system="standard" if context.colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},  # the command line has read the environment
    )
    for part in _parts(advices, console.width, context.verbose):
        console.print(part)
    return "".join(line.rstrip(" ") + "\n" for line in stream.getvalue().splitlines())


def _parts(advices: Sequence[Advice], width: int, verbose: bool) -> Iterator[RenderableType]:
    if len(advices) > 1:
        yield from several(advices, width)
    if len(advices) == 1 or verbose:
        for number, advice in enumerate(advices):
            if number or len(advices) > 1:
                yield Text()
            yield from _answer(advice, width, verbose)


def _answer(advice: Advice, width: int, verbose: bool) -> Iterator[RenderableType]:
    names = Words(advice)
    for line in first_lines(advice, width, names):
        if line.label:
            yield said(line.label.ljust(LABEL), TITLE).append_text(said(line.text))
        else:
            yield said(line.text, f"{TITLE} {TONES[advice.decision.status]}")
    yield Text()
    yield from options(advice, names, width, verbose)
    yield Text()
    for block in blocks(advice, verbose=verbose):
        yield Labelled(block.title, block.lines)
    yield Text()
    yield said(provenance(advice, verbose=verbose), QUIET)
