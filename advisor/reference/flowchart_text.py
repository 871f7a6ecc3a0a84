"""The flowchart drawn with characters: one question under the other, the answers beside them."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.reference.flowchart import Chart

_LEGEND = "◆ is a question of AWS's hosting FAQ, ● a refinement with its own source."


def draw(chart: Chart) -> str:
    """The drawing, some 80 columns wide."""
    return "\n".join([*_branch(chart, chart.start, "", set()), "", _LEGEND]) + "\n"


def _branch(chart: Chart, name: str, prefix: str, drawn: set[str]) -> Iterator[str]:
    while True:
        node = chart.nodes[name]
        drawn.add(name)
        yield f"{prefix}{'◆' if node.faq else '●'} {node.id}: {node.asks}"
        onward = node.onward(drawn)
        if onward is not None:
            drawn.add(onward[1])
        bar = "│" if onward else " "
        for answer, target in node.ways:
            if isinstance(target, tuple):
                yield f"{prefix}{bar}    {answer} → {', '.join(target)}"
            elif (answer, target) != onward and target in drawn:
                yield f"{prefix}{bar}    {answer} → question {target}"
            elif (answer, target) != onward:
                yield f"{prefix}{bar}    {answer}"
                yield from _branch(chart, target, f"{prefix}{bar}    ", drawn)
        if onward is None:
            return
        answer, name = onward
        yield f"{prefix}│ {answer}"
