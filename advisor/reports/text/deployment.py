"""Deployment and invocation: the plan's settings with their reasons, requests and quotas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from advisor.model.advice import Advice, Plan, Quota, Setting
from advisor.reports.text.layout import QUIET, Hanging, heading, labelled, line, said

_NAMES = "Name"  # settings that only name a resource say nothing about sizing


def deployment(advice: Advice) -> Iterator[RenderableType]:
    """Nothing when none fits."""
    chosen = advice.chosen
    if chosen is None or chosen.plan is None:
        return
    plan = chosen.plan
    yield heading("Plan")
    for setting in plan.settings:
        if not setting.name.endswith(_NAMES):
            yield _setting(setting)
    yield said("")
    yield labelled("Deploy", _requests(plan))
    yield labelled("Invoke", _invoke(plan))
    if plan.quotas:
        yield labelled("Quotas", [_quota(quota) for quota in plan.quotas])


def _setting(setting: Setting) -> RenderableType:
    """The first sentence of the reason holds the formula; the rest is in the other formats."""
    reason = setting.because.split(". ", 1)[0].rstrip(".")
    return Hanging(
        line(said(f"{setting.name} {setting.value}", "bold"), said(f": {reason}.", QUIET))
    )


def _requests(plan: Plan) -> list[Text]:
    names = ", ".join(_runs(request.operation for request in plan.requests))
    how = "--output DIR writes them; --format request prints the main one"
    return [said(names), said(how, QUIET)]


def _invoke(plan: Plan) -> list[Text]:
    invoke = plan.invoke
    timeout = f", client timeout {invoke.client_timeout_s} s" if invoke.client_timeout_s else ""
    return [said(f"{invoke.operation}{timeout}"), *(said(note, QUIET) for note in invoke.notes)]


def _quota(quota: Quota) -> Text:
    figures = [str(quota.wanted)] if quota.wanted is not None else []
    figures += [f"default {quota.default}"] if quota.default is not None else []
    text = f"{quota.name}: {', '.join(figures)}" if figures else quota.name
    return line(text, said(f" ({quota.code})" if quota.code else "", QUIET))


def _runs(operations: Iterable[str]) -> Iterator[str]:
    """Each operation, one that is called several times in a row with how often."""
    for operation, calls in groupby(operations):
        count = len(list(calls))
        yield operation if count == 1 else f"{count} x {operation}"
