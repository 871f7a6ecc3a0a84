"""The flowchart in Mermaid, which pages of repositories draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.reference.flowchart import Chart


def draw(chart: Chart) -> str:
    """A Mermaid diagram without the fence around it."""
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    yield "flowchart TD"
    for node in chart.nodes.values():
        yield f'  {_id(node.id)}{{"{_text(node.asks)}"}}'
        for answer, target in node.ways:
            if isinstance(target, str):
                yield f"  {_id(node.id)} -- {answer} --> {_id(target)}"
            else:
                leaf = f"{_id(node.id)}_{answer}"
                yield f'  {_id(node.id)} -- {answer} --> {leaf}["{_text(", ".join(target))}"]'
    asked = ",".join(_id(node.id) for node in chart.nodes.values() if node.faq)
    if asked:
        yield "  classDef faq stroke-width:3px"
        yield f"  class {asked} faq"


def _id(name: str) -> str:
    return "q_" + name.replace("-", "_")  # "end" and the like are words of Mermaid's own


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
