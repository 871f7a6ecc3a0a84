"""How long a batch transform job runs, and how many instances meet a deadline."""

from __future__ import annotations

from advisor.modelling.queueing.scaling import whole


def records_per_request(max_payload: int, record: int) -> int:
    """Records that fit into one request under the MultiRecord strategy, at least one.

    Args:
        max_payload: bound on the request's body, in bytes.
        record: size of one record, in bytes.
    """
    return max(1, max_payload // record) if record > 0 else 1


def job_seconds(
    records: float, instances: int, objects: int | None, rate: float, start_s: float
) -> float:
    """Wall time of one job.

    Args:
        records: records of the whole input.
        instances: of the job.
        objects: of the input, each of which goes to one instance; ``None``: no bound is known.
        rate: records per second of one instance.
        start_s: from CreateTransformJob to the first record.
    """
    working = instances if objects is None else min(instances, objects)
    return start_s + records / (working * rate)


def instances_for_deadline(
    records: float, rate: float, start_s: float, deadline_s: float
) -> int | None:
    """Fewest instances that finish within the deadline; ``None`` when the start alone exceeds it.

    Fewer are cheaper: every instance pays its own start.
    """
    if deadline_s <= start_s:
        return None
    return max(1, whole(records / (rate * (deadline_s - start_s))))
