"""Instances for an answer time: the wait before a fleet, by Erlang C, its routing stated."""

from advisor.options.draft import Draft
from advisor.options.fleet import Capacity
from advisor.options.load import SECOND, Load, seconds

_LATE = 0.01  # of the answers: the time in `requests.answer` is that of 99 in 100
_HARDLY_ANY = 0.001  # of the requests wait, so that nothing but the processing counts
_MOST_TIMES = 8  # the fleet for the rate; beyond, waiting is not what makes answers late


def for_answer(
    draft: Draft, work: Load, capacity: Capacity, count: int, routing: str
) -> tuple[int, str]:
    """The fleet of at least ``count`` that answers in time, and what is known of its waiting.

    The text is empty where nothing supports a number: no peak, processing or answer time stated, or
    a load that no closed form describes.

    Args:
        draft: the plan being made.
        work: its load.
        capacity: of one instance.
        count: instances that carry the peak.
        routing: ``advisor.queueing.responses.RANDOM`` or ``LEAST_OUTSTANDING_REQUESTS``.
    """
    answer = _answer_s(draft)
    if answer is None or work.peak is None or work.processing_s is None:
        return count, ""
    from advisor.queueing import responses, service_times, validity

    service = service_times.lognormal(work.processing_s, _slow_s(draft) or work.processing_s)
    if service.above(answer) > _LATE:
        return count, ""  # a conflict of the file, which more instances do not mend
    workers = _workers(work, capacity)
    for fleet in range(count, _MOST_TIMES * count + 1):
        busy = work.peak * service.mean_s / (fleet * workers)
        servers = workers if routing == responses.RANDOM else fleet * workers
        reason = validity.against_response_times(
            busy, service.cv2, servers, draft.text("traffic.pattern")
        )
        if reason and busy < validity.HIGHEST_UTILISATION:
            return count, ""
        waiting = responses.fleet_wait(work.peak, service, fleet, workers, routing)
        if waiting is None:
            continue
        few = waiting.probability <= _HARDLY_ANY
        if few or responses.share_above(waiting, service)(answer) <= _LATE:
            wait = f"{waiting.probability:.2g} of the requests wait with {routing} routing"
            return fleet, f"{wait} (Erlang C), and 99 of 100 are answered in {seconds(answer)}"
    return count, f"no fleet up to {_MOST_TIMES * count} answers 99 of 100 in {seconds(answer)}"


def _answer_s(draft: Draft) -> float | None:
    """The stated answer time; a word says too little to size for."""
    stated = draft.facts.workload.interval("requests.answer")
    if stated is None:
        return None
    end = stated.low or stated.high
    return None if end is None else end / SECOND


def _slow_s(draft: Draft) -> float | None:
    """The stated 99th percentile of the processing time, or its largest value."""
    for part in ("p99", "max"):
        stated = draft.facts.workload.interval(f"requests.processing.{part}")
        if stated is not None and stated.high is not None:
            return stated.high / SECOND
    return None


def _workers(work: Load, capacity: Capacity) -> int:
    """Requests that one instance works on at once; of a measured rate those that it implies."""
    if capacity.per_second is None or work.processing_s is None:
        return capacity.workers
    return max(1, int(capacity.per_second * work.processing_s))
