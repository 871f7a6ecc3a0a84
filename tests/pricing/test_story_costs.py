"""The stories through the whole program: sizes, costs and the figures an architect would name."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from advisor.model.advice import Advice
from advisor.pipeline import advise
from advisor.workload import read_file

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Story(NamedTuple):
    example: str
    option: str
    settings: dict[str, object]
    low: float  # USD a month that its arithmetic gives, as a range
    high: float


STORIES = [
    # 2 x 0.204 x 730 = 297.84, and 440 GB at 0.016 = 7.04.
    Story(
        "card-authorisation", "real-time", {"InitialInstanceCount": 2, "MaxCapacity": 4}, 305, 305
    ),
    # 40 M / 25,000 = 1,600 s + 300 s start, x 0.23 x 30 nights = 3.67.
    Story("nightly-churn-scores", "batch-transform", {"InstanceCount": 1}, 3.67, 3.67),
    # 2,933 GPU hours x 1.57 = 4,605 of work, and 5 to 10 % for starts and linger.
    Story("call-transcripts", "asynchronous", {"MinCapacity": 0, "MaxCapacity": 13}, 4600, 5100),
    # 2 x 2.8026 x 730 = 4,092; with one at night 3,069.
    Story("support-chat", "real-time", {"InitialInstanceCount": 2}, 3069, 4092),
    # 3 on average to 5 always: 3,088 to 5,147, and 20.7 TB at 0.016 = 331.
    Story("search-embeddings", "real-time", {"InitialInstanceCount": 5}, 3088 + 331, 5147 + 331),
    # 2 x 0.276 x 730.
    Story("models-per-customer", "real-time", {"InitialInstanceCount": 2}, 403, 403),
    # 220 h of one instance, to one always on: 162 to 538.
    Story("invoice-reading", "asynchronous", {"MinCapacity": 1, "MaxCapacity": 3}, 162, 538),
    # 150 x 2 s x 0.00004.
    Story(
        "pricing-tool", "serverless", {"MemorySizeInMB": 2048, "MaxConcurrency": 2}, 0.012, 0.012
    ),
]  # fmt: skip


def answer(name: str) -> Advice:
    (workload,) = read_file(str(EXAMPLES / f"{name}.yaml"))
    return advise(workload)


def usd(advice: Advice, option: str) -> tuple[float, float]:
    (cost,) = (each.cost for each in advice.candidates if each.option == option)
    assert cost is not None
    assert cost.usd_low is not None
    assert cost.usd_high is not None
    return float(cost.usd_low), float(cost.usd_high)


@pytest.fixture(params=STORIES, ids=lambda story: story.example)
def story(request: pytest.FixtureRequest) -> Story:
    found: Story = request.param
    return found


def test_the_plan_has_the_sizes_of_the_story(story: Story) -> None:
    advice = answer(story.example)
    assert advice.decision.option == story.option
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    values = {setting.name: setting.value for setting in advice.chosen.plan.settings}
    assert {name: values.get(name) for name in story.settings} == story.settings


def test_the_cost_is_within_15_percent_of_the_story(story: Story) -> None:
    low, high = usd(answer(story.example), story.option)
    # The range of the plan reaches into that of the story, give or take 15 %.
    assert low <= story.high * 1.15
    assert high >= story.low * 0.85
    # And the middle of it does not leave the story's range by more.
    assert story.low * 0.85 <= (low + high) / 2 <= story.high * 1.15


def reason(name: str, setting: str) -> str:
    advice = answer(name)
    assert advice.chosen is not None
    assert advice.chosen.plan is not None
    (found,) = (each.because for each in advice.chosen.plan.settings if each.name == setting)
    return found


def test_the_measured_throughput_asks_for_five_and_not_24_embedders() -> None:
    assert "2000/s at the peak / 450/s = 5 instances" in reason(
        "search-embeddings", "InitialInstanceCount"
    )


def test_the_queue_needs_13_transcribers_at_most() -> None:
    # 44,000 x 4 min in 60 of 168 h are 11.3 busy, at 90 % 12.5; not the 26.7 of the peak.
    text = reason("call-transcripts", "MaxCapacity")
    assert "11.3 instances busy" in text
    assert "the peak of 26.7" in text


def test_600_models_fit_one_instance_type() -> None:
    assert "600 models x 20 MB loaded as stated = 11.7 GB" in reason(
        "models-per-customer", "InstanceType"
    )


def test_an_endpoint_for_each_model_costs_as_much_as_300_endpoints() -> None:
    # 300 to 600 x 0.233 x 730: 51,027 to 102,054, against 403 on shared instances.
    low, high = usd(answer("models-per-customer"), "asynchronous")
    assert low == pytest.approx(300 * 0.233 * 730, rel=0.01)
    assert high == pytest.approx(600 * 0.233 * 730, rel=0.01)


def test_the_input_objects_are_named_with_their_size() -> None:
    # 12 GB / 120 objects = 102.4 MB each, above the 100 MB of one call.
    (found,) = (
        each for each in answer("nightly-churn-scores").findings
        if each.rule == "batch-transform-object"
    )  # fmt: skip
    assert "102.4 MB" in found.message


def test_a_price_of_another_component_is_an_estimate_with_the_way_to_replace_it() -> None:
    advice = answer("nightly-churn-scores")
    (found,) = (each for each in advice.findings if each.rule == "estimated-price")
    assert found.message == "1 of 1 prices in us-east-1 are estimates (hosting)"
    assert found.fix.endswith("sm-advise prices refresh --region us-east-1")
    assert advice.chosen is not None
    assert advice.chosen.cost is not None
    assert advice.chosen.cost.basis == "stand-in:hosting"
    # The serverless list of eu-west-1 leaves nothing to estimate.
    assert not [each for each in answer("pricing-tool").findings if each.rule == "estimated-price"]


def test_nearly_every_call_of_the_pricing_tool_starts_cold() -> None:
    chosen = answer("pricing-tool").chosen
    assert chosen is not None
    assert chosen.latency is not None
    # 5 a day: exp(-300 / 17,280) = 98.3 %.
    assert chosen.latency.cold_start_share == pytest.approx(0.983, abs=1e-3)
