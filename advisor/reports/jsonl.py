"""``--format jsonl``: the JSON of each workload on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model.advice import Advice
from advisor.reports import Context
from advisor.reports.json_v1 import members


def render(advices: Sequence[Advice], context: Context) -> str:
    """One object a line, always. Line breaks of the JSON layout lie between tokens only."""
    lines = ["{" + ", ".join(members(advice)) + "}" for advice in advices]
    return "".join(line.replace("\n", "") + "\n" for line in lines)
