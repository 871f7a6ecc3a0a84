"""Memory of an instance that holds several models or containers at once."""

from __future__ import annotations

from advisor.model.options import INFERENCE_PIPELINE, MULTI_CONTAINER, MULTI_MODEL
from advisor.options import memory
from advisor.options.hosting import models as named
from advisor.options.load import mib
from advisor.options.plan_builder import Draft

_MOST_SHOWN = 4  # terms of a sum that are written out


def need(draft: Draft) -> memory.Need:
    """What an instance must offer to the way in which the models are hosted."""
    alone = memory.need(draft, multi_model=draft.way == MULTI_MODEL)
    if draft.way in (MULTI_CONTAINER, INFERENCE_PIPELINE):
        return _of_containers(draft, alone)
    if draft.way == MULTI_MODEL:
        return _of_models(draft, alone)
    return alone


def _of_containers(draft: Draft, alone: memory.Need) -> memory.Need:
    """Every container is resident on every instance, with a server of its own."""
    needs = [memory.need(each.draft) for each in named.containers(draft)]
    total = sum(each.host_mib for each in needs)
    text = f"{_sum([each.host_mib for each in needs])} for {len(needs)} containers that all stay"
    device = alone.accelerator_mib
    if named.listed(draft):
        device = max(device, sum(each.accelerator_mib for each in needs))
    device_text = alone.accelerator_text
    if device > alone.accelerator_mib:
        device_text = f"{mib(device)} of accelerator memory for all containers"
    return memory.with_host(alone, total, text, device, device_text)


def _of_models(draft: Draft, alone: memory.Need) -> memory.Need:
    """Models that are loaded as they are called: all of them, or what the cache is given."""
    server = draft.number("server-memory")
    if not named.listed(draft):
        return memory.need(draft, together=memory.models(draft), multi_model=True)
    sizes = [memory.need(each.draft).host_mib - server for each in named.members(draft)]
    total, cap = sum(sizes), draft.number("shared-models-memory")
    text = f"{_sum(sizes)} for {len(sizes)} models"
    if total > cap:
        total = max(*sizes, cap)
        text += f", {mib(total)} held at once"
    text += f" + {server} MB server = {mib(total + server)}"
    return memory.with_host(
        alone, total + server, text, alone.accelerator_mib, alone.accelerator_text
    )


def _sum(sizes: list[int]) -> str:
    """A sum written out; equal terms as a product."""
    total = mib(sum(sizes))
    if len(set(sizes)) == 1:
        return f"{len(sizes)} x {mib(sizes[0])} = {total}"
    shown = [mib(size) for size in sizes[:_MOST_SHOWN]]
    more = ["…"] if len(sizes) > _MOST_SHOWN else []
    return f"{' + '.join(shown + more)} = {total}"
