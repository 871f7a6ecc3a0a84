"""Tables I and J, fleets, spikes and jobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.modelling.queueing import scale_to_zero, scaling, transform_jobs


@pytest.mark.parametrize(
    ("per_hour", "seconds", "linger", "wake", "on_share", "wakeups"),
    [
        (0.5, 60, 1200, 300, 0.155117, 0.811087),
        (1, 60, 1200, 300, 0.278932, 0.665601),
        (3, 60, 1200, 300, 0.597767, 0.321786),
        (10, 60, 1200, 300, 0.945997, 0.029456),
        (1, 60, 3600, 600, 0.601906, 0.341223),
    ],
)
def test_scale_to_zero(
    per_hour: float, seconds: float, linger: float, wake: float, on_share: float, wakeups: float
) -> None:
    found = scale_to_zero.cycle(per_hour / 3600, seconds, linger, wake)
    assert found.on_share == pytest.approx(on_share, abs=5e-7)
    assert found.wakeups_per_request == pytest.approx(wakeups, abs=5e-7)


def test_scale_to_zero_at_the_ends() -> None:
    assert scale_to_zero.cycle(0, 60, 1200, 300) == scale_to_zero.Cycle(
        on_share=0.0, wakeups_per_request=1.0
    )
    assert scale_to_zero.cycle(100, 60, 1200, 300) == scale_to_zero.Cycle(
        on_share=1.0, wakeups_per_request=0.0
    )


def test_the_queue_example_of_the_aws_documentation() -> None:
    # 0.1 s each, 10 s acceptable: 100 messages an instance may wait, and one is in progress.
    assert scaling.asynchronous_backlog_target(10, 0.1) == pytest.approx(101)
    # Four at once: 100 x 4 may wait, and four are in progress.
    assert scaling.asynchronous_backlog_target(10, 0.1, 4) == pytest.approx(404)


def test_the_invocation_target_of_the_aws_documentation() -> None:
    assert scaling.invocations_target(30) == 900  # 30 rps x 0.5 x 60


@pytest.mark.parametrize(
    ("peak", "rate_of_one", "instances"),
    [
        (300, 500, 2),  # card fraud: 300 / 250 = 1.2
        (900, 500, 4),  # and on its busiest day 900 / 250 = 3.6
        (2000, 900, 5),  # embeddings: 2000 / 450 = 4.4
        (0.6, 0.4, 3),  # 0.6 / 0.2 is 3, though not in binary fractions
        (0, 10, 1),
    ],
)
def test_instances_for_a_rate(peak: float, rate_of_one: float, instances: int) -> None:
    assert scaling.instances_for_rate(peak, rate_of_one) == instances


def test_a_nightly_job() -> None:
    # 40 M records at 25,000/s take 1600 s, and 300 s to start: 1900 s on one instance.
    assert transform_jobs.job_seconds(40e6, 1, 120, 25e3, 300) == pytest.approx(1900)
    assert transform_jobs.job_seconds(40e6, 2, 120, 25e3, 300) == pytest.approx(1100)
    assert transform_jobs.instances_for_deadline(40e6, 25e3, 300, 3 * 3600) == 1
    # 40 M / (25,000 x 600) = 2.67 within 900 s.
    assert transform_jobs.instances_for_deadline(40e6, 25e3, 300, 900) == 3
    assert transform_jobs.instances_for_deadline(40e6, 25e3, 300, 300) is None


def test_one_object_keeps_one_instance_busy() -> None:
    assert transform_jobs.job_seconds(1000, 8, 1, 10, 0) == 100
    assert transform_jobs.job_seconds(1000, 8, None, 10, 0) == 12.5


def test_records_of_one_request() -> None:
    assert transform_jobs.records_per_request(6 * 1024**2, 300) == 20971  # 6,291,456 / 300
    assert transform_jobs.records_per_request(6 * 1024**2, 7 * 1024**2) == 1
    assert transform_jobs.records_per_request(6 * 1024**2, 0) == 1


@given(
    st.integers(min_value=1, max_value=10**9),
    st.floats(min_value=0.1, max_value=1e5),
    st.integers(min_value=0, max_value=3600),
    st.integers(min_value=1, max_value=10**6),
)
def test_instances_for_a_deadline_meet_it_and_are_fewest(
    records: int, rate: float, start: int, work: int
) -> None:
    instances = transform_jobs.instances_for_deadline(records, rate, start, start + work)
    assert instances is not None
    within = (start + work) * (1 + 1e-8)
    assert transform_jobs.job_seconds(records, instances, None, rate, start) <= within
    if instances > 1:
        fewer = transform_jobs.job_seconds(records, instances - 1, None, rate, start)
        assert fewer > start + work
