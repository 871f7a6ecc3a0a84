"""The eight stories: what their plans cost, as an architect works it out by hand, within 15 %."""

from pathlib import Path
from typing import Any

import pytest

from advisor.catalogue.price_snapshot import load
from advisor.model.options import ASYNCHRONOUS, BATCH_TRANSFORM, REAL_TIME, SERVERLESS
from tests.usages import cost

SHIPPED = Path(__file__).resolve().parents[2] / "rules/prices"
KB, MB = 1024, 1024**2

STORIES: list[tuple[str, str, str, dict[str, Any], float, float]] = [
    # 2 x 0.204 x 730 = 297.84, and 440 GB at 0.016.
    (
        "01-card-fraud-api", REAL_TIME, "us-east-1",
        {"instance_type": "ml.c5.xlarge", "count": 2,
         "requests": 200e6, "bytes_in": 2 * KB, "bytes_out": 200},
        305, 305,
    ),
    # What the needs of that story rule out: 200 M x 8 ms x 0.00002 (compute alone).
    (
        "01-card-fraud-api, serverless", SERVERLESS, "us-east-1",
        {"memory_mb": 1024, "requests": 200e6, "seconds": "0.008", "bytes_in": 0, "bytes_out": 0},
        32, 32,
    ),
    # (1600 + 300) / 3600 h x 0.23 x 30; with two instances 2 x (800 + 300) / 3600.
    (
        "02-nightly-churn", BATCH_TRANSFORM, "us-east-1",
        {"instance_type": "ml.m5.xlarge", "count": 1, "job_hours": 1900 / 3600, "runs": 30},
        3.67, 3.67,
    ),
    (
        "02-nightly-churn, two instances", BATCH_TRANSFORM, "us-east-1",
        {"instance_type": "ml.m5.xlarge", "count": 2, "job_hours": 1100 / 3600, "runs": 30},
        4.22, 4.22,
    ),
    # 2,933 h of work, and 5 to 10 % for starts and linger.
    (
        "03-call-transcription", ASYNCHRONOUS, "eu-west-1",
        {"instance_type": "ml.g5.xlarge", "minimum": 0, "maximum": 13, "workers": 1,
         "processing_s": 240, "linger_s": 900, "wake_s": 600, "active_share": 60 / 168,
         "requests": 44e3, "bytes_in": 30 * MB, "bytes_out": 150 * KB},
        4600, 5100,
    ),
    # Two, or one at night.
    (
        "04-support-chat-llm", REAL_TIME, "us-east-1",
        {"instance_type": "ml.g6e.2xlarge",
         "instance_hours_low": 1.5 * 730, "instance_hours_high": 2 * 730,
         "requests": 700e3, "bytes_in": 12 * KB, "bytes_out": 2 * KB},
        3069, 4092,
    ),
    # Three on average, five at the peak, and 20.7 TB of data.
    (
        "05-embeddings-2k", REAL_TIME, "us-east-1",
        {"instance_type": "ml.g5.xlarge", "count_low": 3, "count_high": 5,
         "requests": 2.2e9, "bytes_in": 400, "bytes_out": 9 * KB},
        3088 + 331, 5147 + 331,
    ),
    (
        "06-customer-models-300", REAL_TIME, "eu-central-1",
        {"instance_type": "ml.m5.xlarge", "count": 2,
         "requests": 30e6, "bytes_in": 4 * KB, "bytes_out": KB},
        403, 403,
    ),
    (
        "06-customer-models-300, one endpoint each", REAL_TIME, "eu-central-1",
        {"instance_type": "ml.m5.large", "count": 300, "requests": 0},
        30222, 30222,
    ),
    # One instance for 220 h up to one always on.
    (
        "07-document-ocr", ASYNCHRONOUS, "us-east-1",
        {"instance_type": "ml.g4dn.xlarge",
         "instance_hours_low": 220, "instance_hours_high": 730,
         "requests": 110e3, "bytes_in": 1.5 * MB, "bytes_out": 200 * KB},
        162, 538,
    ),
    # 150 x 2 s x 0.00004, the price of us-east-1.
    (
        "09-internal-pricing-tool", SERVERLESS, "eu-west-1",
        {"memory_mb": 2048, "requests": 150, "seconds": 2,
         "bytes_in": 50 * KB, "bytes_out": 20 * KB},
        0.012, 0.012,
    ),
    (
        "09-internal-pricing-tool, with a VPC", REAL_TIME, "eu-west-1",
        {"instance_type": "ml.m5.large", "count": 1,
         "requests": 150, "bytes_in": 50 * KB, "bytes_out": 20 * KB},
        93, 93,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("option", "region", "facts", "low", "high"),
    [pytest.param(*story[1:], id=story[0]) for story in STORIES],
)
def test_a_story_costs_what_its_arithmetic_says(
    option: str, region: str, facts: dict[str, Any], low: float, high: float
) -> None:
    found = cost(option, facts, load(region, SHIPPED))
    assert found.usd_low is not None
    assert found.usd_high is not None
    assert float(found.usd_low) == pytest.approx(low, rel=0.15)
    assert float(found.usd_high) == pytest.approx(high, rel=0.15)
