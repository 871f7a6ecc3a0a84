"""Advices for the tests of reports: examples and generated workloads, with what ages taken out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from advisor.model.advice import Advice, Cost, CostItem
from advisor.pipeline import advise
from advisor.workload import read_workloads

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
AS_OF = "2026-11-20"
_NO_DIGEST = "sha256:" + "0" * 64  # the rules' digest moves with every comment in them


@cache
def example(name: str) -> Advice:
    """The answer for one example."""
    file = f"examples/{name}.yaml"
    data = (ROOT / file).read_bytes()
    (workload,) = read_workloads(data, file)
    return advise(workload, as_of=AS_OF)._replace(rules_digest=_NO_DIGEST)


def bare(advice: Advice) -> Advice:
    """The same answer with nothing in it that can be left out."""
    decision = advice.decision._replace(facts=(), unknowns=(), would_change=(), fixes=())
    candidates = []
    for each in advice.candidates:
        plan = each.plan
        if plan is not None:
            plan = plan._replace(
                settings=plan.settings[:1], quotas=(), invoke=plan.invoke._replace(notes=())
            )
        candidates.append(each._replace(plan=plan))
    return advice._replace(
        decision=decision, candidates=tuple(candidates), findings=(), consider=(), accepted=()
    )


def priced(advice: Advice) -> Advice:
    """The same answer with a monthly cost for every option that has a plan."""
    source = "https://aws.amazon.com/sagemaker/pricing/"
    item = CostItem(
        name="Compute",
        quantity="300",
        unit="s",
        unit_price_usd="0.00004",
        usd_low="0.01",
        usd_high="0.01",
        basis="measured",
        source=source,
        as_of="2026-10-04",
    )
    unknown = item._replace(name="Data", unit_price_usd=None, usd_low=None, usd_high=None)
    cost = Cost(
        usd_low="0.01",
        usd_high="0.02",
        complete=False,
        basis="one price is missing",
        items=(item, unknown),
    )
    candidates = tuple(
        each._replace(cost=cost if each.plan is not None else None) for each in advice.candidates
    )
    return advice._replace(candidates=candidates, prices_date="2026-10-04")
