"""Parts that the commands about money share: options, the user's prices, the gate, the canvas."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from advisor.catalogue.price_snapshot import is_price
from advisor.cli.settings import (
    Command,
    as_of_option,
    changes_from,
    complete,
    context,
    limits_option,
    region_option,
    today,
)
from advisor.model.errors import InputError
from advisor.model.workload import Finding, by_severity
from advisor.rulebook.source import has_settings
from advisor.workload import read_workloads
from advisor.workload.read import read_bytes

if TYPE_CHECKING:
    from advisor.gate.settings import Organisation
    from advisor.model.advice import Advice
    from advisor.model.workload import Workload
    from advisor.reports.terminal_chart import Canvas


def price_folder() -> str:
    """The folder of the user's price snapshots, below the platform's cache folder."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "sm-advise", "prices")


def usd(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Accept an amount above zero: 500, 499.90, 500 USD."""
    if value is None:
        return None
    text = value.upper().removesuffix("USD").strip().replace(",", "")
    if not is_price(text):
        raise click.BadParameter(
            f"{value!r} is not an amount in USD; write a number, such as 500 or 499.90"
        )
    return text


def workload_options(command: Command) -> Command:
    """Add the options that `advise` has for the workload."""
    for option in (
        as_of_option("Judge waivers as of this date"),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="KEY=VALUE",
            shell_complete=complete("settings"),
            help="Override a key of the file (repeatable).",
        ),
        region_option("Use this Region instead of the workload's."),
        limits_option("Apply these documented bounds: safe or latest."),
    ):
        command = option(command)
    return command


def share(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Accept a share of a whole: 20 %, 20%, 0.2; decimal text from 0 to 1."""
    if value is None:
        return None
    from decimal import Decimal

    number = value.strip().removesuffix("%").strip()
    sound = number.replace(".", "", 1).isdecimal() and number.isascii()
    part = Decimal(number) / (100 if value.strip().endswith("%") else 1) if sound else Decimal(2)
    if part > 1:
        raise click.BadParameter(f"{value!r} is not a share; write 0 % to 100 %, such as 20 %")
    return f"{part:f}"


def money_gates(command: Command) -> Command:
    """Add the gates on the cost of the recommended option."""
    estimates = click.option(
        "--max-estimates",
        callback=share,
        metavar="SHARE",
        help="Fail if more of the cost is estimated prices (20 %).",
    )
    return monthly_gate(estimates(command))


def monthly_gate(command: Command) -> Command:
    """Add the gate on a monthly cost."""
    most = click.option(
        "--max-monthly",
        callback=usd,
        metavar="USD",
        help="Fail unless it is shown to cost at most this a month.",
    )
    unknown = click.option(
        "--allow-unknown-cost", is_flag=True, help="Let gates pass a cost that has no known bound."
    )
    return most(unknown(command))


def measured(command: Command) -> Command:
    """Add the results of load tests, which replace stated values."""
    return click.option(
        "--measured",
        multiple=True,
        metavar="FILE",
        type=click.Path(),
        help="Use the JSON of a load test's result: of a job, AIPerf or vllm bench (repeatable).",
    )(command)


def with_load_test(workload: Workload, options: Mapping[str, Any], folder: str) -> Workload:
    """The workload with the values of the --measured files instead of stated or assumed ones.

    Raises:
        InputError: a file cannot be read, is something else, or its job gave no result.
    """
    if not options["measured"]:
        return workload
    from advisor.measurement.apply import measured_workload
    from advisor.measurement.result import read_result

    return measured_workload(
        workload,
        [read_result(path) for path in options["measured"]],
        limits=options["limits"],
        region=options["region"],
        own_prices=folder,
    )


def one_workload(path: str, settings: Sequence[str], options: Mapping[str, Any]) -> Workload:
    """The workload of a file that holds one, under the settings of its folder.

    Raises:
        InputError: the file cannot be read, or holds several; or so the settings.
    """
    return under_settings(one_of(read_bytes(path), path, changes_from(settings)), options)


def one_of(data: bytes, path: str, changes: Sequence[tuple[str, str]]) -> Workload:
    """The workload of a file's bytes with changes made.

    Raises:
        InputError: the bytes are no workload, or hold several.
    """
    settings_of(os.path.dirname(path))
    found = read_workloads(data, path, changes)
    if len(found) > 1:
        names = ", ".join(workload.name for workload in found)
        raise InputError(
            f"the file has {len(found)} workloads ({names}), but this command takes one",
            file=path,
            hint="Write each workload to its own file.",
        )
    return found[0]


def settings_of(folder: str) -> Organisation | None:
    """What settings say for the files of a folder; ``None``, at no cost, where there are none.

    They are read before a workload: of the Regions that they tell none is misspelt there.

    Raises:
        InputError: a file of settings cannot be read, or says what no such file can.
    """
    if not has_settings(folder):
        return None
    from advisor.gate.settings import organisation_of

    return organisation_of(folder)


def under_settings(
    workload: Workload, options: Mapping[str, Any], folder: str | None = None
) -> Workload:
    """A workload with what the settings of a folder, else of that of its file, say for it."""
    found = settings_of(os.path.dirname(workload.file) if folder is None else folder)
    if found is None:
        return workload
    from advisor.gate.settings import settled

    return settled(workload, found, [key for key in ("limits", "region") if options[key]])


def answered(
    workload: Workload,
    options: Mapping[str, Any],
    changes: Sequence[tuple[str, str]] = (),
    folder: str | None = None,
) -> Advice:
    """The answer that options ask for, with the findings of the gates on money and of the settings.

    Args:
        workload: under its settings already.
        options: limits, region and as_of; strict, weigh and the gates on money where the
            command has them.
        changes: what --set has changed in it.
        folder: that of the settings, where it is not that of the workload's file.
    """
    from advisor.pipeline import advise

    advice = advise(
        workload,
        limits=options["limits"],
        region=options["region"],
        changes=dict(changes),
        as_of=options["as_of"] or today(),
        strict=options.get("strict", False),
        own_prices=price_folder(),
    )
    found = list(_beyond_settings(advice, folder))
    if found:
        advice = advice._replace(findings=by_severity((*found, *advice.findings)))
    advice = _gated(advice, options)
    if not options.get("weigh"):
        return advice
    from advisor.compare.cost_unknowns import weighed

    return weighed(advice, price_folder())


def _gated(advice: Advice, options: Mapping[str, Any]) -> Advice:
    """The answer with what the gates on money find."""
    most, estimates = options.get("max_monthly"), options.get("max_estimates")
    allow = options.get("allow_unknown_cost", False)
    if most is None and estimates is None and not allow:
        return advice
    from advisor.compare.cost_gates import gated as judged

    return judged(advice, most=most, estimates=estimates, allow_unknown=allow)


def _beyond_settings(advice: Advice, folder: str | None) -> Iterator[Finding]:
    """What the plan takes and the settings do not allow, unless the workload accepts it."""
    workload = advice.workload
    found = settings_of(os.path.dirname(workload.file) if folder is None else folder)
    if found is None:
        return
    from advisor.gate.checks import load_checks
    from advisor.gate.intent.workloads import beyond

    for rule, message in beyond(advice, found):
        if rule not in workload.mapping("accept"):
            place, fix = workload.place("deploy.instance_type"), load_checks()[rule].fix
            yield Finding(rule, "warning", message, *place, fix)


def canvas(form: str) -> Canvas:
    """Width of standard output, and whether it can show block characters."""
    from advisor.reports.terminal_chart import NARROWEST, Canvas

    if form != "text":
        return Canvas()
    try:
        "█░│└→▲".encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        unicode = False
    else:
        unicode = True
    where = context(form)
    return Canvas(max(NARROWEST, where.width), unicode, where.colour)


def with_settings_line(text: str, form: str, *workloads: Workload) -> str:
    """A report for people, its last line the settings that changed the answers."""
    words = "; ".join(dict.fromkeys(w.settings.words for w in workloads if w.settings.words))
    if not text or not words or form not in ("text", "markdown"):
        return text
    from advisor.reports.terminal_chart import wrapped
    from advisor.text.markup import prose

    said = f"Settings {words}"
    lines = [prose(said)] if form == "markdown" else wrapped(said, canvas(form))
    return "\n".join([text, *lines, ""])
