"""Account quotas that a plan draws on."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.model import Quota
from advisor.options.draft import Draft
from advisor.rulebook.hardware import Instance
from advisor.rulebook.knowledge import QuotaEntry


def quotas(
    draft: Draft, wanted: Mapping[str, int], instance: Instance | None = None
) -> tuple[Quota, ...]:
    """The quotas of the option, and that of the instance type.

    Args:
        draft: the plan being made.
        wanted: how much of what is counted: concurrency, endpoints, memory-mb, instances.
        instance: the type, where the option has instances.
    """
    return tuple(
        _quota(draft, entry, wanted.get(entry.counts), instance)
        for entry in draft.knowledge.quotas
        if draft.option in entry.options
    )


def _quota(draft: Draft, entry: QuotaEntry, wanted: int | None, instance: Instance | None) -> Quota:
    title, code, default = entry.title, entry.code, entry.default
    if entry.codes is not None and instance is not None:
        title = title.replace("Instances of one type", instance.type)
        code = entry.codes.get(instance.type)
    if entry.default_in_region:
        offer = draft.knowledge.offers.get(draft.facts.region or "")
        default = offer.serverless_concurrency if offer is not None else None
    note = entry.origin.because
    if entry.seen is not None and wanted is not None and wanted > entry.seen:
        note = f"New accounts were seen with {entry.seen}, and the plan wants {wanted:,}. {note}"
    return Quota(title, code, wanted, default, note, entry.origin.source, entry.origin.as_of)
