"""`sm-advise diff`: the changes between two workload files or revisions."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from advisor.catalogue.price_snapshot import is_price
from advisor.cli import Guided
from advisor.cli.money import (
    answered,
    canvas,
    money_gates,
    settings_of,
    under_settings,
    with_settings_line,
)
from advisor.cli.settings import as_of_option, format_option, limits_option, region_option
from advisor.model.errors import InputError
from advisor.reports.comparison_formats import DIFF_FORMATS, money_renderer
from advisor.workload import read_file, read_workloads
from advisor.workload.revision import is_revision, read_revision

if TYPE_CHECKING:
    from advisor.compare.diff import Difference, MostIncrease
    from advisor.model.advice import Advice
    from advisor.model.workload import Finding, Workload

GATES = (
    "over-budget",
    "over-max-monthly",
    "over-max-increase",
    "over-max-estimates",
    "budget-not-proven",
)


def increase(ctx: click.Context, param: click.Parameter, value: str | None) -> MostIncrease | None:
    """Accept an amount of USD or a share of the old cost: 50, 50 USD, 10 %."""
    if value is None:
        return None
    from advisor.compare.diff import MostIncrease

    text = value.upper().strip()
    percent = text.endswith("%")
    number = text.removesuffix("%").removesuffix("USD").strip().replace(",", "")
    if not is_price(number) and not re.fullmatch(r"0+\.?0*|\.0+", number):
        raise click.BadParameter(
            f"{value!r} is not an increase; write an amount in USD or a share, such as 50 or 10%"
        )
    return MostIncrease(Decimal(number), percent, f"{number} %" if percent else f"{number} USD")


@click.command(cls=Guided, example="diff --rev main web.yaml")
@click.argument("old", metavar="OLD", type=click.Path())
@click.argument("new", metavar="NEW", required=False, type=click.Path())
@click.option("--rev", metavar="REV", help="Compare one FILE with this git revision of it.")
@format_option(DIFF_FORMATS, " (for a pull request)")
@limits_option("Apply these documented bounds: safe or latest.")
@region_option("Use this Region instead of the workloads'.")
@as_of_option("Judge waivers as of this date")
@money_gates
@click.option(
    "--max-increase",
    callback=increase,
    metavar="USD|%",
    help="Fail if the monthly cost rises by more.",
)
def diff(old: str, new: str | None, form: str, **options: Any) -> int:
    """Show what changed from OLD to NEW: facts, answer, plan and cost.

    OLD and NEW are files, `-`, or REV:path as git writes it; or name one FILE with --rev.
    Workloads of one name are compared; of configurations, files or folders, the cost by address.
    Without a change nothing is printed.

    Exit codes: 0 a difference or none, 1 a cost gate fails, 2 could not run.
    """
    try:
        before, after = _sides(old, new, options["rev"])
    except InputError:
        sides = [each for each in (old, new) if each is not None]
        paths = [each.partition(":")[2] if is_revision(each) else each for each in sides]
        if not _are_configurations(*paths):
            raise
        if new is None or paths != sides:
            hint = "Check it out beside this one: git worktree add FOLDER REV; then name both."
            raise InputError("a revision of a configuration is not read", hint=hint) from None
        return _of_configurations(old, new, form, options)
    found, failed = [], False
    for one, other in _pairs(before, after):
        made = _difference(one, other, options)
        made = made._replace(appeared=_gated(made, options))
        failed |= any(each.rule in GATES and each.severity == "error" for each in made.appeared)
        found.append(made)
    added, removed = (
        [each.name for each in side if each.name not in {other.name for other in others}]
        for side, others in ((after, before), (before, after))
    )
    if len(before) == len(after) == 1:
        added, removed = [], []
    text = money_renderer(DIFF_FORMATS, form)((found, added, removed), canvas(form))
    text = with_settings_line(text, form, *(each.new.workload for each in found))
    click.echo(text, nl=False)
    return 1 if failed else 0


def _are_configurations(*paths: str) -> bool:
    """Whether both paths hold configurations; neither does where a workload is not read.

    Raises:
        InputError: one is a workload, the other a configuration.
    """
    from advisor.configuration.discover import discover

    found = [discover([path], sift=True) for path in paths if os.path.exists(path)]
    configured = [bool(each.configurations or each.folders) for each in found]
    if len(found) == len(paths) and any(configured) and not all(configured):
        hint = "Name two of one kind. check CONFIGURATION --workload FILE compares the two."
        raise InputError("one side is a configuration, and the other is none", hint=hint)
    return len(found) == len(paths) and all(configured)


def _of_configurations(old: str, new: str, form: str, options: dict[str, Any]) -> int:
    """What configurations cost before and after."""
    from advisor.cli.cost import over_monthly, priced
    from advisor.gate.cost_changes import changed_costs
    from advisor.gate.costs import StatedUse
    from advisor.reports.changed_costs import render

    before, after = (priced((path,), options["region"], StatedUse()) for path in (old, new))
    made = changed_costs((old, before), (new, after))
    click.echo(render(made, form, canvas(form)), nl=False)
    if before.errors or after.errors:
        return 2
    most: MostIncrease | None = options["max_increase"]
    finding = None if most is None else made.exceeds(most)
    if finding is not None and options["allow_unknown_cost"]:
        from advisor.compare.cost_gates import allowed

        (finding,) = allowed([finding])
    if finding is not None:
        click.echo(
            f"{finding.severity} {finding.rule}: {finding.message}\n  {finding.fix}", err=True
        )
    failed = finding is not None and finding.severity == "error"
    return max(int(failed), over_monthly(after.usd_low, after.usd_high, options))


def _sides(
    old: str, new: str | None, revision: str | None
) -> tuple[list[Workload], list[Workload]]:
    if revision is not None:
        if new is not None:
            raise click.UsageError("--rev takes one FILE, not two")
        settings_of(os.path.dirname(old))
        data = read_revision(revision, old)
        return read_workloads(data, f"{revision}:{old}"), read_file(old)
    if new is None:
        raise click.UsageError(
            "diff needs two files: name NEW, or a git revision of OLD with --rev"
        )
    return _read(old), _read(new)


def _read(name: str) -> list[Workload]:
    revision, _, path = name.partition(":") if is_revision(name) else ("", "", name)
    settings_of(os.path.dirname(path))
    if not revision:
        return read_file(name)
    return read_workloads(read_revision(revision, path), name)


def _pairs(before: list[Workload], after: list[Workload]) -> list[tuple[Workload, Workload]]:
    """Workloads of the same name; two files with one workload each are always a pair."""
    if len(before) == len(after) == 1:
        return [(before[0], after[0])]
    for side in (before, after):
        names = [workload.name for workload in side]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            hint = "Change name in one of them."
            raise InputError(f"two workloads have the name {twice}", file=side[0].file, hint=hint)
    known = {workload.name: workload for workload in after}
    return [(each, known[each.name]) for each in before if each.name in known]


def _difference(old: Workload, new: Workload, options: dict[str, Any]) -> Difference:
    from advisor.compare.diff import difference

    once = {**options, "max_monthly": None, "max_estimates": None}
    return difference(_answer(old, once), _answer(new, options))


def _answer(workload: Workload, options: dict[str, Any]) -> Advice:
    """The answer under the settings of today, for a revision too."""
    file = workload.file
    folder = os.path.dirname(file.partition(":")[2] if is_revision(file) else file)
    return answered(under_settings(workload, options, folder), options, folder=folder)


def _gated(made: Difference, options: dict[str, Any]) -> tuple[Finding, ...]:
    """The findings that appeared, with that of --max-increase among them."""
    most: MostIncrease | None = options["max_increase"]
    if most is None:
        return made.appeared
    from advisor.compare.cost_gates import allowed
    from advisor.compare.diff import exceeded

    finding = exceeded(made, most)
    if finding is None:
        return made.appeared
    found = allowed([finding]) if options["allow_unknown_cost"] else [finding]
    return (*found, *made.appeared)
