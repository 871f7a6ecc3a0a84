"""`sm-advise check`: the gate."""

from __future__ import annotations

import os
import sys
from typing import Any

import click
from click.core import ParameterSource

from advisor.cli import Guided, complain
from advisor.cli.settings import (
    as_of_option,
    complete,
    context,
    format_option,
    region_option,
    standard_input,
    today,
)
from advisor.gate.checks import PROFILES, require_known
from advisor.gate.finding import SEVERITIES
from advisor.gate.run import CheckReport
from advisor.gate.run import check as run_check
from advisor.gate.settings import NEVER, CheckOptions, Project, lock_path, read_project
from advisor.model.errors import InputError
from advisor.reports.finding_formats import FINDING_FORMATS, FindingContext, finding_renderer
from advisor.text.quantity_format import word

_PROGRESS_WIDTH = 39  # columns: narrow terminals have 40
_SETTINGS = ("fail_on", "select", "ignore", "workload", "region", "baseline")
_SOURCES = {ParameterSource.COMMANDLINE: "command line", ParameterSource.ENVIRONMENT: "environment"}


@click.command(
    cls=Guided,
    example="check infra/ --fail-on warning",
    context_settings={"auto_envvar_prefix": "SM_ADVISE_CHECK"},
)
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path())
@format_option(FINDING_FORMATS, envvar="SM_ADVISE_CHECK_FORMAT")
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, NEVER]),
    metavar="SEVERITY",
    help="Exit with 1 from error (default), warning, info, never.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="ID",
    shell_complete=complete("checks"),
    help="Report only these rules, or the profile production.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="ID",
    shell_complete=complete("checks"),
    help="Skip these rules (repeatable).",
)
@click.option(
    "--workload",
    type=click.Path(),
    metavar="FILE[#NAME]",
    help="Check the configurations against this workload.",
)
@click.option("--framework", metavar="NAME", help="Check model archives against this one.")
@region_option("Take this Region for the configurations.")
@click.option(
    "--baseline", type=click.Path(), metavar="FILE", help="Accept the findings in this baseline."
)
@click.option(
    "--write-baseline",
    type=click.Path(),
    metavar="FILE",
    help="Write a baseline that accepts the open findings.",
)
@click.option("--write-lock", is_flag=True, help="Write the answers to sm-advise.lock.")
@click.option("--changed-since", metavar="REV", help="Check only what changed since this revision.")
@as_of_option("Judge waivers as of this date")
@click.option("--pass-over", is_flag=True, help="Ignore named files with nothing to check.")
@click.option("-v", "--verbose", is_flag=True, help="Show the values of each scenario (text).")
@click.option("--no-progress", is_flag=True, help="Hide progress.")
@click.option("--show-config", is_flag=True, help="Print the settings and their sources.")
def check(paths: tuple[str, ...], form: str, **options: Any) -> int:
    """Check workloads, requests, CloudFormation, Terraform and model archives.

    PATH is a file, a folder, a pattern or - (default: the current folder). A model archive is
    checked, never extracted, if PATH or a workload names it.

    A comment accepts the finding beside it: # sm-advise: accept RULE: reason [until=DATE].
    Settings stand in the nearest .sm-advise.yaml or pyproject.toml ([tool.sm-advise]), and in
    variables such as SM_ADVISE_CHECK_FAIL_ON.

    Exit codes: 0 no finding from --fail-on on, 1 findings, 2 could not run.
    """
    first = paths[0] if paths else "."
    project = read_project(first if os.path.isdir(first) else os.path.dirname(first))
    require_known((*options["select"], *options["ignore"]), PROFILES)
    _require_no_contradiction(options, project)
    if options["framework"]:
        from advisor.gate.archive.framework import required

        required(options["framework"])
    if options["show_config"]:
        print(_settings(project, options), end="")
        return 0
    request = _request(paths or (".",), project, options)
    report = run_check(request)
    if request.progress:
        request.progress("")
    _write(report, options)
    click.echo(finding_renderer(form)(report, _context(form)), nl=False)
    for error in report.errors:
        complain(error)
    some = not (options["pass_over"] or options["changed_since"])
    least = options["fail_on"] or project.fail_on or "error"
    if options["write_baseline"]:
        least = NEVER  # what was found is accepted now
    return _exit_code(report, least, expect=some)


def _require_no_contradiction(options: dict[str, Any], project: Project) -> None:
    """Refuse a rule that one source both selects and ignores."""
    says = project.says
    same = says.get("select") == says.get("ignore")
    for side, selected, ignored in (
        ("", options["select"], options["ignore"]),
        (says.get("select", ""), project.select if same else (), project.ignore),
    ):
        both = [name for name in selected if name in ignored]
        if both:
            hint = "Remove it from one of the two lists."
            raise InputError(f"{both[0]} is both selected and ignored", file=side, hint=hint)


def _request(paths: tuple[str, ...], project: Project, options: dict[str, Any]) -> CheckOptions:
    changed = None
    if options["changed_since"]:
        from advisor.gate.affected import changed_since

        changed = changed_since(options["changed_since"])
    return CheckOptions(
        paths=paths,
        as_of=options["as_of"] or today(),
        project=project,
        select=frozenset((*project.select, *options["select"])),
        ignore=frozenset((*project.ignore, *options["ignore"])),
        workload=options["workload"] or "",
        baseline=options["baseline"] or ("" if options["write_baseline"] else project.baseline),
        lock=lock_path("."),
        relock=options["write_lock"],
        region=options["region"] or "",
        framework=options["framework"] or "",
        changed=changed,
        stdin=standard_input(paths),
        verbose=options["verbose"],
        sift=options["pass_over"],
        progress=None if options["no_progress"] or not sys.stderr.isatty() else _progress,
    )


def _progress(text: str) -> None:
    """Overwrite one line on the terminal; an empty text clears it."""
    print(f"\r{text:<{_PROGRESS_WIDTH}}\r", end="", file=sys.stderr, flush=True)


def _write(report: CheckReport, options: dict[str, Any]) -> None:
    """Write the baseline and the lock, if the options ask for them."""
    if not (options["write_baseline"] or options["write_lock"]):
        return
    from advisor.text.written import held, write_set

    if path := options["write_baseline"]:
        from advisor.gate.policy.baseline import baseline_text

        with held(path):
            write_set([(path, baseline_text(report.findings, path, report.files))])
    if options["write_lock"]:
        from advisor.gate.policy.lockfile import lock_text, merged

        lock = lock_path(".")
        with held(lock):
            write_set([(lock, lock_text(merged(lock, report.answers)))])


def _context(form: str) -> FindingContext:
    digest = ""
    if form == "json":
        from advisor.rulebook.cache import rules_directory
        from advisor.rulebook.digest import digest as digest_of

        digest = digest_of(rules_directory())
    where = context(form)
    if not where.interactive:
        return FindingContext(rules_digest=digest, colour=where.colour)
    return FindingContext(
        width=where.width, colour=where.colour, columns=where.width, rules_digest=digest
    )


def _exit_code(report: CheckReport, fail_on: str, *, expect: bool) -> int:
    nothing = expect and not (report.workloads or report.configurations or report.archives)
    if report.errors or nothing:
        if nothing and not report.errors:
            complain(
                InputError(
                    "there is no workload or configuration here",
                    hint="Name a file or folder with workloads, requests, templates or Terraform.",
                )
            )
        return 2
    if fail_on == NEVER:
        return 0
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return 1 if any(report.open(severity) for severity in failing) else 0


def _settings(project: Project, options: dict[str, Any]) -> str:
    """Each setting with its value and source."""
    from advisor.gate.settings import organisation_of

    says = project.says
    lines = [_setting(name, options, project) for name in _SETTINGS]
    if project.exclude:
        lines.append(f"exclude: {', '.join(project.exclude)} ({says['exclude']})")
    lines += [f"pair: {pair.workload} {pair.artifact} ({pair.where})" for pair in project.pairs]
    lines += [
        f"accept: {each.pattern}: {each.rule} ({each.acceptance.where})" for each in project.accept
    ]
    lines.append(f"lock: {lock_path('.')}")
    here = organisation_of(".")
    lines += [
        f"for files: {key}: {_shown(value)} ({here.says[key]})"
        for key in ("region", "limits", "owner", "families", "needs", "subnets", "tags", "quotas")
        if (value := getattr(here, key))
    ]
    lines += [f"for files: {here.own.words}"] * bool(here.own.words)
    lines += [f"for files: never waived: {rule} ({by})" for rule, by in here.never_waived.items()]
    if here.longest_waiver:
        lines.append(f"for files: longest waiver: {here.longest_waiver} days")
    if here.inline_refused:
        lines.append(f"for files: comments do not count ({here.inline_refused})")
    return "\n".join(lines) + "\n"


def _setting(name: str, options: dict[str, Any], project: Project) -> str:
    """A setting that the command line, the environment or the project can give."""
    given, own = options.get(name), getattr(project, name, "")
    source: Any = click.get_current_context().get_parameter_source(name)
    from_line, adds = _SOURCES.get(source), name in ("select", "ignore")
    parts = [f"{_shown(given)} ({from_line})"] if given else []
    if own and (adds or not given):
        parts.append(f"{_shown(own)} ({project.says[name.replace('_', '-')]})")
    default = "error" if name == "fail_on" else "none"
    return f"{name.replace('_', '-')}: {', '.join(parts) or f'{default} (default)'}"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {each}" for key, each in value.items())
    return word(value)
