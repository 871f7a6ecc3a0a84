"""``--format csv``: one row for each workload."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model.advice import Advice
from advisor.pricing.plan_cost import in_brief
from advisor.reports import Context
from advisor.text.csv_text import csv_text

_HEADINGS = (
    "workload", "file", "owner", "option", "status", "sized", "plan", "usd_low", "usd_high",
    "usd_estimate", "estimate_rests_on", "worst_severity", "worst_finding",
)  # fmt: skip


def render(advices: Sequence[Advice], _: Context) -> str:
    """The table in the order of the files, with what is not known left empty."""
    return csv_text(_HEADINGS, map(_cells, advices))


def _cells(advice: Advice) -> tuple[object, ...]:
    plan, cost = (None, None) if (it := advice.chosen) is None else (it.plan, it.cost)
    worst = next(iter(advice.findings), None)
    return (
        advice.workload.name,
        advice.workload.file,
        advice.workload.text("owner"),
        advice.decision.option,
        advice.decision.status,
        *((None, None) if plan is None else (plan.sized, in_brief(plan))),
        *((None,) * 3 if cost is None else (cost.usd_low, cost.usd_high, cost.usd_estimate)),
        None if cost is None else "; ".join(cost.estimate_rests_on),
        *((None, None) if worst is None else (worst.severity, worst.rule)),
    )
