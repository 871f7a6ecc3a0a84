"""Table K: where two ways to serve cost the same, in closed form."""

from decimal import Decimal

import pytest

from advisor.costs import break_even


def test_the_break_even_of_the_aws_toolkit() -> None:
    # 2048 MB at 0.00004/s, 0.016 a GiB, 100 ms, 10,000 bytes: 4e-6 + 1.49e-7 for one request.
    request = break_even.serverless_request("0.00004", "0.1", "0.016", 10_000)
    assert float(request) == pytest.approx(4.149011612e-6, rel=1e-9)
    fleet = Decimal("0.056") * 720
    assert fleet == Decimal("40.32")
    assert int(break_even.volume(fleet, request)) == 9_717_977
    busy = break_even.busy_seconds(fleet, "0.00004")
    assert busy == 1_008_000
    assert float(busy / (30 * 86400)) == pytest.approx(0.389, abs=5e-4)


def test_busy_share_at_which_an_instance_is_cheaper() -> None:
    # 0.056 / (3600 x 0.00004) = 0.3889, as above; half of it when one instance replaces two.
    assert float(break_even.busy_share("0.056", "0.00004")) == pytest.approx(0.388889, abs=1e-6)
    assert float(break_even.busy_share("0.056", "0.00004", 2)) == pytest.approx(0.194444, abs=1e-6)


def test_provisioning_threshold() -> None:
    # 0.00001 / (0.00004 - 0.0000233) = 0.598802
    found = break_even.provisioning_threshold("0.00001", "0.00004", "0.0000233")
    assert found is not None
    assert float(found) == pytest.approx(0.598802, abs=1e-6)
    assert break_even.provisioning_threshold("0.00001", "0.00002", "0.00002") is None


@pytest.mark.parametrize(
    ("instances", "start", "cheaper"),
    # A burst costs 300 s of start, the work, and 900 s of linger; a job its start per instance.
    [(1, 300, True), (4, 299, True), (4, 300, False), (4, 301, False)],
)
def test_batch_against_asynchronous(instances: int, start: int, cheaper: bool) -> None:
    found = break_even.batch_is_cheaper(
        runs=30, instances=instances, start_s=start, rate=100, records=10**6, wake_s=300,
        linger_s=900,
    )  # fmt: skip
    assert found is cheaper
