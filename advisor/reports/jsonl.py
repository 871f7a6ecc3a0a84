"""``--format jsonl``: the JSON of each workload on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model.advice import Advice
from advisor.reports import Context
from advisor.reports.json_v1 import members


def render(advices: Sequence[Advice], context: Context) -> str:
    """One object a line, always: no part of the JSON begins a line of its own."""
    return "".join(["{" + ", ".join(members(advice, "")) + "}\n" for advice in advices])
