"""`sm-advise schema`: the JSON Schemas of inputs and outputs."""

from __future__ import annotations

import os

import click

from advisor.cli import Guided

# what -> file below rules/schema
_FILES = {
    "workload": "workload.schema.json",
    "settings": "settings.schema.json",
    "advice": "advice.v1.schema.json",
    "findings": "findings.v1.schema.json",
}


@click.command(cls=Guided, example="schema workload > workload.schema.json")
@click.argument("what", type=click.Choice(list(_FILES)), default="workload")
def schema(what: str) -> int:
    """Print the JSON Schema of a workload file, of settings, of an answer, or of findings.

    To use it in an editor, begin a workload file with `# yaml-language-server: $schema=FILE`.
    """
    if what == "workload":
        from advisor.workload.schema import schema_text

        click.echo(schema_text(), nl=False)
        return 0
    from advisor.rulebook.cache import rules_directory

    path = os.path.join(rules_directory(), "schema", _FILES[what])
    with open(path, encoding="utf-8") as file:
        click.echo(file.read(), nl=False)
    return 0
