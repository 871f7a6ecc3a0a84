"""The Markdown page: what a design review wants, in a fixed order, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from advisor.model.advice import Advice
from advisor.model.workload import Finding
from advisor.pipeline import advise
from advisor.reports import Context
from advisor.reports.markdown import render
from tests.reports.answers import AS_OF, EXAMPLES, bare, example, priced
from tests.strategies import Document, documents, read

GOLDEN = Path(__file__).parent / "golden"
SECTIONS = [
    "Options", "Depends on", "Changes if", "Model",
    "Plan", "Cost", "Findings", "Accepted", "Fixes",
    "Outside", "Ask AWS", "Facts and sources",
]  # fmt: skip
MOST_LINES = 60


def page(advice: Advice) -> str:
    return render([advice], Context())


def unfolded(text: str) -> list[str]:
    """The lines outside every fold."""
    lines, inside = [], False
    for line in text.splitlines():
        inside = inside or line.startswith("<details>")
        if not inside:
            lines.append(line)
        inside = inside and line != "</details>"
    assert not inside
    return lines


def cells(row: str) -> list[str]:
    """The cells of a table's row; an escaped bar ends none."""
    return re.split(r"(?<!\\)\|", row)[1:-1]


@pytest.mark.parametrize("name", ["fraud-scoring", "none-fits", "human-decision"])
def test_the_page_looks_as_reviewed(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.md", page(example(name)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sections_stand_in_their_order(name: str) -> None:
    found = re.findall(r"^## (.+)$", page(example(name)), re.MULTILINE)
    assert found == [each for each in SECTIONS if each in found]
    assert {"Options", "Facts and sources"} <= set(found)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_is_free_of_times_of_day(name: str) -> None:
    assert not re.search(r"T\d\d:\d\d|\d\d:\d\d:\d\d", page(example(name)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_day_of_asking_shows_only_where_it_counts(name: str) -> None:
    advice = example(name)
    later = advice._replace(as_of="2027-01-01")
    assert (page(advice) != page(later)) == (name == "human-decision")


@given(documents())
def test_a_page_of_any_workload_is_short_and_whole(document: Document) -> None:
    text = page(advise(read(document), as_of=AS_OF))
    assert len(unfolded(text)) <= MOST_LINES
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(cells(row)) for row in block.splitlines()}
        assert len(widths) == 1, block


def test_texts_of_files_are_not_markup() -> None:
    advice = example("human-decision")
    hostile = "a|b `c` <script>x</script> [l](javascript:x) @team **b** \x1b[31m"
    finding = Finding(
        rule=hostile, severity="error", message=hostile, file=hostile, line=3, column=1, fix=hostile
    )
    decision = {"option": "real-time", "because": hostile, "by": hostile}
    values = dict(advice.workload.values)
    values["decision"] = values["decision"]._replace(value=decision)
    text = page(
        advice._replace(
            workload=advice.workload._replace(name=hostile, file=hostile, values=values),
            findings=(finding,),
        )
    )
    assert "\x1b" not in text
    outside_code = re.sub(r"(`+) ?.+? ?\1", "", text)
    assert "<script>" not in outside_code
    assert "@team" not in outside_code
    assert not re.search(r"(?<!\\)\[l\]", outside_code)
    assert not re.search(r"(?<!\\)\*\*b", outside_code)


def test_several_workloads_are_several_pages() -> None:
    text = render([example("pricing-tool"), example("none-fits")], Context())
    assert re.findall(r"^# ([\w-]+):", text, re.MULTILINE) == ["pricing-tool", "slide-analysis"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_begins_with_the_lines_of_the_text(name: str) -> None:
    first, _, *four = page(example(name)).splitlines()[:6]
    assert first.startswith("# ")
    labels = [each.split("**")[1] for each in four]
    assert labels[0] == "Why"
    assert labels[1] in ("Risk", "Or", "Fix")
    assert labels[2:] == ["Assumes", "Next"]


def test_the_cost_is_shown_item_by_item() -> None:
    advice = example("pricing-tool")
    assert "\n## Cost\n" not in page(advice._replace(candidates=()))
    text = page(priced(advice))
    source = "https://aws.amazon.com/sagemaker/pricing/"
    assert "- 0.01-0.02 USD a month = 0.01 Compute (300 s x 0.00004) + unknown Data" in text
    assert "- No price is known for Data." in text
    assert f"| Compute | 300 s | 0.00004 | 0.01 | measured | [2026-10-04]({source}) |" in text
    assert f"| Data | 300 s | unknown | unknown | measured | [2026-10-04]({source}) |" in text


@pytest.mark.parametrize("name", ["pricing-tool", "none-fits", "human-decision"])
def test_a_section_without_content_is_left_out(name: str) -> None:
    found = re.findall(r"^## (.+)$", page(bare(example(name))), re.MULTILINE)
    assert not {"Depends on", "Changes if", "Findings", "Accepted", "Fixes"} & set(found)
