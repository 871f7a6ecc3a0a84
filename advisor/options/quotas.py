"""Account quotas that a plan draws on."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.model.advice import Quota, quota_request
from advisor.options.plan_builder import Draft
from advisor.rulebook.hardware import Instance
from advisor.rulebook.knowledge import Knowledge, QuotaEntry

_MOST_REMEMBERED = 4096
_drawn: dict[tuple[object, ...], tuple[Quota, ...]] = {}


def quotas(
    draft: Draft, wanted: Mapping[str, int], instance: Instance | None = None
) -> tuple[Quota, ...]:
    """The quotas of the option, and that of the instance type.

    Args:
        draft: the plan being made.
        wanted: how much of what is counted: concurrency, endpoints, memory-mb, instances.
        instance: the type, where the option has instances.
    """
    name = instance.type if instance is not None else None
    region = draft.facts.region
    pools = draft.pools
    # The counts of an option are named in one order, so their numbers tell them apart.
    key = (draft.facts.book.digest, draft.option, name, pools, region, *wanted.values())
    found = _drawn.get(key)
    if found is None:
        if len(_drawn) >= _MOST_REMEMBERED:
            _drawn.clear()
        found = _drawn[key] = tuple(
            _quota(draft.knowledge, entry, wanted.get(entry.counts), each, region)
            for entry in draft.knowledge.quotas
            if draft.option in entry.options
            for each in ((name, *pools) if entry.codes is not None else (name,))
        )
    return found


def _quota(
    knowledge: Knowledge,
    entry: QuotaEntry,
    wanted: int | None,
    name: str | None,
    region: str | None,
) -> Quota:
    title, code, default = entry.title, entry.code, entry.default
    if entry.codes is not None and name is not None:
        title = title.replace("Instances of one type", name)
        code = entry.codes.get(name)
    if entry.default_in_region:
        offer = knowledge.offers.get(region or "")
        default = offer.serverless_concurrency if offer is not None else None
    note = entry.origin.because
    if entry.seen is not None and wanted is not None and wanted > entry.seen:
        note = f"New accounts were seen with {entry.seen}, and the plan wants {wanted:,}. {note}"
    return Quota(
        name=title,
        code=code,
        wanted=wanted,
        default=default,
        note=note,
        source=entry.origin.source,
        as_of=entry.origin.as_of,
        ask=None if code is None or wanted is None else quota_request(code, wanted, region),
    )
