"""`sm-advise explain`: one entry of the rules, or how it stands in a workload."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from advisor.cli import Guided
from advisor.cli.money import (
    answered,
    canvas,
    one_of,
    under_settings,
    with_settings_line,
    workload_options,
)
from advisor.cli.settings import changes_from, complete, context, format_option
from advisor.model.errors import InputError

if TYPE_CHECKING:
    from advisor.model.advice import Advice, Change
    from advisor.reference.catalogue import RulebookIndex
    from advisor.reference.entry import Entry

_OF_A_WORKLOAD = ("settings", "limits", "region", "as_of")
_OF_CONFIGURATIONS = ("check", "layout", "setting", "error")  # kinds that say nothing of a workload


@click.command(cls=Guided, example="explain serverless-payload web.yaml")
@click.argument("name", metavar="ID", shell_complete=complete("ids"))
@click.argument("workload", metavar="[WORKLOAD]", required=False, type=click.Path())
@format_option(["text", "json", "markdown"], " (json: a list; markdown: the page)")
@workload_options
def explain(name: str, workload: str | None, form: str, **options: Any) -> int:
    """Explain an ID of the rules, or how it stands in WORKLOAD (`-` reads standard input).

    ID is an id from an answer, a key of the workload file such as requests.payload, a model, or an
    error of AWS in quotes. `sm-advise rules list` prints every id. With WORKLOAD it tells its
    standing, with every reason, and the smallest changes that make an option the answer.

    Exit codes: 0 an explanation, 2 could not run.
    """
    from advisor.reference.catalogue import catalogue
    from advisor.reference.explain import as_page, as_values
    from advisor.reference.explain import explain as explained

    known = catalogue()
    found = _find(known, name)
    if workload is not None and form == "markdown":
        raise click.UsageError("--format markdown is for an ID alone: leave out WORKLOAD")
    if workload is not None:
        _explain_there(found, workload, form, options)
        return 0
    if any(options[each] for each in _OF_A_WORKLOAD):
        raise click.UsageError("--set, --limits, --region and --as-of need a WORKLOAD: name one")
    if form == "json":
        click.echo(json.dumps(as_values(found, known), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(as_page(found, known), nl=False)
    else:
        where = context(form)
        click.echo(explained(found, known, where.width, colour=where.colour), nl=False)
    return 0


def _find(known: RulebookIndex, name: str) -> tuple[Entry, ...]:
    found = known.find(name)
    if not found:
        from advisor.reference.errors import about

        found = about(name, known.of_kind("error"), known.of_kind("quota"))
    if not found:
        from advisor.reference.model_card import model_card  # reads the tables of models

        try:
            return (model_card(name),)
        except InputError:
            if "/" in name:
                raise
    if not found and len(name.split()) > 1:
        raise InputError(
            "no message that the rules know stands in this text",
            hint="`sm-advise rules list --kind error` prints them. Quote the part that AWS wrote.",
        )
    if not found:
        close = known.nearest(name)
        guess = f"did you mean {' or '.join(close)}? " if close else ""
        raise InputError(
            f"the rules have no id {name!r}", hint=f"{guess}`sm-advise rules list` prints every id."
        )
    return found


def _explain_there(
    found: Sequence[Entry], workload: str, form: str, options: dict[str, Any]
) -> None:
    from advisor.compare.explained import explained
    from advisor.reports.comparison_formats import EXPLAIN_FORMATS, money_renderer
    from advisor.workload.read import read_bytes

    data = read_bytes(workload)

    def again(changes: Sequence[Change]) -> Advice:
        made = [*changes_from(options["settings"]), *((each.fact, each.to) for each in changes)]
        moved = {each.fact for each in changes}
        asked = {**options, "region": None if "region" in moved else options["region"]}
        return answered(under_settings(one_of(data, workload, made), asked), asked, made)

    advice = again(())
    here = [
        (
            f"{each.name} ({each.kind.replace('-', ' ')})",
            each.title,
            explained(advice, each.kind, each.raw.get("fact", each.id), again)
            if each.kind == "word"
            else explained(advice, each.kind, each.id, again),
        )
        for each in [e for e in found if e.kind not in _OF_CONFIGURATIONS] or found
    ]
    text = money_renderer(EXPLAIN_FORMATS, form)(here, canvas(form))
    click.echo(with_settings_line(text, form, advice.workload), nl=False)
