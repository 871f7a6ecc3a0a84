"""`sm-advise explain`: one entry of the rules with its reason, source and date."""

from __future__ import annotations

import json

import click

from advisor.cli import CONTEXT
from advisor.cli.settings import context
from advisor.errors import InputError


@click.command(context_settings=CONTEXT)
@click.argument("name", metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Output format; json is a list, because a word may belong to several facts.",
)
def explain(name: str, form: str) -> int:
    """Explain a rule, question, limit, fact, word, feature, option, finding, quota or check.

    ID is an id from an answer, such as serverless-payload, or a key of the workload file, such as
    requests.payload. `sm-advise rules list` prints every id.
    """
    from advisor.reference.catalogue import catalogue
    from advisor.reference.explain import as_values
    from advisor.reference.explain import explain as explained

    known = catalogue()
    found = known.find(name)
    if not found:
        close = known.nearest(name)
        guess = f"did you mean {' or '.join(close)}? " if close else ""
        raise InputError(
            f"the rules have no id {name!r}",
            hint=f"{guess}`sm-advise rules list` prints every id.",
        )
    if form == "json":
        click.echo(json.dumps(as_values(found, known), indent=2, ensure_ascii=False))
    else:
        click.echo(explained(found, known, context("text").width), nl=False)
    return 0
