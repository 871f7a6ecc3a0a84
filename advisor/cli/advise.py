"""`sm-advise advise`: the answer for each workload."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from advisor.artifacts import ARTIFACTS
from advisor.cli import Guided, complaints, tell
from advisor.cli.money import (
    answered,
    measured,
    money_gates,
    price_folder,
    settings_of,
    under_settings,
    with_load_test,
    workload_options,
)
from advisor.cli.settings import changes_from, context, format_option
from advisor.model.advice import Advice
from advisor.model.errors import InputError
from advisor.reports import ADVICE_FORMATS, renderer
from advisor.workload import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.model.workload import Workload

# Files of JSON Lines that are answered before their lines are printed: memory stays the same for
# any number of files, and a step done for many at once takes a tenth less than step after step.
TOGETHER = 100
FOR_PEOPLE = ("text", "markdown")
STRICT = (
    "decisive-unknown",
    "contested-limit",
    "size-assumed",
    "not-sized",
)  # warnings that fail with --strict


@click.command(cls=Guided, example="web.yaml --output deploy/")
@click.argument("workloads", nargs=-1, required=True, metavar="WORKLOAD...", type=click.Path())
@format_option(ADVICE_FORMATS, " (the main one)")
@click.option("--output", type=click.Path(), metavar="DIR", help="Write the artifacts to DIR.")
@click.option(
    "--artifact",
    "artifacts",
    type=click.Choice(list(ARTIFACTS)),
    multiple=True,
    metavar="KIND",
    help=f"Write {', '.join(ARTIFACTS)} (default: requests).",
)
@workload_options
@measured
@click.option("--strict", is_flag=True, help="Fail on decisive unknowns and contested limits too.")
@money_gates
@click.option("--force", is_flag=True, help="Overwrite files in DIR.")
@click.option("--dry-run", is_flag=True, help="List what --output would write.")
@click.option("-v", "--verbose", is_flag=True, help="Say everything, such as margins.")
def advise(workloads: tuple[str, ...], form: str, settings: tuple[str, ...], **options: Any) -> int:
    """Recommend an option for each WORKLOAD file (`-` reads standard input).

    Exit codes: 0 an answer, 1 none fits or an error is found, 2 could not run.
    """
    for option, given in (("artifact", "artifacts"), ("force", "force"), ("dry-run", "dry_run")):
        if options[given] and options["output"] is None:
            raise click.UsageError(f"--{option} needs --output DIR: add the folder to write to")
    asked = {
        **options,
        "changes": changes_from(settings),
        "weigh": form not in ("jsonl", "request"),
    }
    if form == "jsonl" and options["output"] is None and not asked["measured"]:
        return _in_groups(workloads, asked)
    advices, unread = _answers(workloads, asked)
    tell(unread)
    if form == "request" and len(advices) > 1:
        raise click.UsageError(
            "--format request takes one workload: name one file with one document"
        )
    if advices:
        where = context(form)._replace(verbose=options["verbose"])
        if form in FOR_PEOPLE:
            from advisor.compare.compare import alongside

            advices = [alongside(each, price_folder()) for each in advices]
        click.echo(renderer(form)(advices, where), nl=False)
    if options["output"] is not None:
        _write(advices, options)
    return _code(advices, unread, asked)


def _in_groups(paths: Sequence[str], asked: dict[str, Any]) -> int:
    """Print the lines of some files before the next ones are read; the exit code."""
    render, where = renderer("jsonl"), context("jsonl")
    codes = []
    for start in range(0, len(paths), TOGETHER):
        advices, unread = _answers(paths[start : start + TOGETHER], asked)
        tell(unread)
        for advice in advices:  # joined, the lines of many files would be moved about in memory
            sys.stdout.write(render([advice], where))
        sys.stdout.flush()
        codes.append(_code(advices, unread, asked))
    return max(codes)


def _answers(paths: Sequence[str], asked: dict[str, Any]) -> tuple[list[Advice], list[str]]:
    """The answers of the workloads that can be read, and the errors of the others."""
    read: list[Workload] = []
    said: list[str] = []
    for path in paths:
        try:
            settings_of(os.path.dirname(path))
            read += [under_settings(each, asked) for each in read_file(path, asked["changes"])]
        except InputError as error:
            said += complaints(error)
    if asked["measured"] and len(read) > 1:
        raise click.UsageError(
            "--measured takes one workload, because a load test measures one model"
        )
    return [
        answered(with_load_test(each, asked, price_folder()), asked, asked["changes"])
        for each in read
    ], [*dict.fromkeys(said)]


def _code(advices: Sequence[Advice], unread: Sequence[str], asked: dict[str, Any]) -> int:
    least = 2 if unread else 0
    return max([least, *(exit_code(advice, asked["strict"]) for advice in advices)])


def _write(advices: Sequence[Advice], options: dict[str, Any]) -> None:
    """Write the artifacts; print the files and the next commands to standard error."""
    from pathlib import Path

    from advisor.artifacts import command, maker
    from advisor.artifacts.output import write_files

    kinds = dict.fromkeys(options["artifacts"] or ("requests",))
    files: list[tuple[Path, str]] = []
    steps: list[str] = []
    for advice, folder in _folders(advices, Path(options["output"])):
        if advice.chosen is None:
            steps.append(f"nothing to write for {advice.workload.name}: no option fits")
            continue
        for kind in kinds:
            files += [(folder / name, content) for name, content in maker(kind)(advice)]
            steps.append(f"next: {command(kind)(advice, str(folder))}")
        steps += _line_for_check(advice.workload, [path for path, _ in files], folder)
    lines = write_files(files, force=options["force"], dry_run=options["dry_run"])
    for line in [*lines, *steps]:
        print(line, file=sys.stderr)


def _line_for_check(workload: Workload, files: Sequence[Path], folder: Path) -> Iterator[str]:
    """The line by which `check` compares what was written with its workload, unless it has one."""
    from advisor.artifacts.output import MAIN_FILE
    from advisor.configuration.source import seen_from

    own = (path for path in files if path.parent == folder and MAIN_FILE.search(path.name))
    main = next(own, None)
    if main is not None and workload.file != "-" and not workload.mapping("artifacts"):
        key = "transform_job" if "transform" in main.name else "endpoint_config"
        seen = seen_from(workload.file, str(main))
        yield f"for check, add to {workload.file}: artifacts: {{{key}: {seen}}}"


_DEVICES = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10)
}
"""Names that Windows keeps for devices, in any case."""


def _folders(advices: Sequence[Advice], folder: Path) -> Iterator[tuple[Advice, Path]]:
    """One folder per workload when there are several, on every system another one.

    Raises:
        InputError: two workloads have one name, or names that differ by case alone.
    """
    names = [advice.workload.name.lower() for advice in advices]
    for advice in advices:
        name = advice.workload.name
        if names.count(name.lower()) > 1:
            raise InputError(
                f"two workloads have the name {name}",
                file=advice.workload.file,
                hint="Change name in one of them: it names the folder of the artifacts.",
            )
        own = f"{name}_" if name.lower() in _DEVICES else name  # which no other name ends in
        yield advice, folder / own if len(advices) > 1 else folder


def exit_code(advice: Advice, strict: bool) -> int:
    """1 when none fits or a finding fails, else 0."""
    if advice.decision.option is None:
        return 1
    failing = STRICT if strict else ()
    return int(any(e.severity == "error" or e.rule in failing for e in advice.findings))
