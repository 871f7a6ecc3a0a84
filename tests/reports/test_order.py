"""What is compared comes in the same order as text and as Markdown."""

from __future__ import annotations

import pytest

from tests.cli.command import called

CHURN = "examples/nightly-churn-scores.yaml"
PRICING = "examples/pricing-tool.yaml"
# Words that begin the parts of a page, in their order.
PARTS = {
    ("compare", PRICING, "--max-monthly", "0.001"): (
        "On demand",
        "USD/month",
        "(assumed yes)",
        "Requests 2048 MB",
        "Cheapest",
        "Break-even",
        "over-max-monthly",
    ),
    ("whatif", PRICING, "traffic.volume"): (
        "stated: 152.1/month",
        "< 12/min",
        "99.95",
        "Break-even",
    ),
    ("diff", PRICING, CHURN): (
        "batch-transform",
        "batch-transform-object",
        "requests.arrival",
        "MaxPayloadInMB",
        "CreateTransformJob",
    ),
}


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize("command", PARTS, ids=lambda command: command[0])
def test_the_parts_come_in_one_order(command: tuple[str, ...], form: str) -> None:
    page = called(*command, "--format", form).out.replace("\\", "")
    place = -1
    for part in PARTS[command]:
        place = page.index(part, place + 1)


def test_markdown_of_a_comparison_has_the_break_evens_of_the_text() -> None:
    text, page = (
        " ".join(called("compare", PRICING, "--format", form).out.split())
        for form in ("text", "markdown")
    )
    for words in ("below 998.6k/month serverless, above 1.61M/month asynchronous", "between them"):
        assert words in text
        assert words in page
