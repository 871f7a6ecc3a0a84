"""What must be positive stays positive after rounding, for the slowest instance."""

from __future__ import annotations

import pytest

from advisor.model.options import REAL_TIME
from tests.planned import online, planned


@pytest.mark.parametrize("throughput", ["1/year", "1/month", "1/day", "3/h", "1/s", "100k/s"])
def test_a_target_is_never_zero(throughput: str) -> None:
    found = planned(
        REAL_TIME,
        online(model={"throughput": throughput}, deploy={"instances": {"max": 4}}),
    )
    policy = next(each for each in found.requests if each.operation == "PutScalingPolicy")
    tracking = policy.parameters["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] > 0
