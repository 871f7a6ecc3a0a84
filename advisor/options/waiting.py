"""Instances for an answer time: the wait before a fleet, by Erlang C, its routing stated."""

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from advisor.options.draft import Draft
from advisor.options.fleet import Capacity
from advisor.options.load import SECOND, Load, seconds

if TYPE_CHECKING:
    from advisor.queueing.erlang import Wait
    from advisor.queueing.service_times import ServiceTime

_LATE = 0.01  # of the answers: the time in `requests.answer` is that of 99 in 100
_HARDLY_ANY = 0.001  # of the requests wait, so that nothing but the processing counts
_MOST_TIMES = 8  # the fleet for the rate; beyond, waiting is not what makes answers late


class Answering(NamedTuple):
    """A fleet and what is known of the waiting in front of it."""

    fleet: int
    text: str  # empty where nothing supports a number
    met: bool  # false only where waiting makes answers late whatever the fleet


def for_answer(
    draft: Draft, work: Load, capacity: Capacity, count: int, *, one_queue: bool
) -> Answering:
    """The fleet of at least ``count`` that answers in time.

    It is ``count``, which carries the peak, where nothing supports a number: no peak, processing or
    answer time stated, or a load that no closed form describes. ``one_queue``: requests go where
    fewest are in progress, which comes close to one queue; else at random, SageMaker's default,
    which makes each instance a queue of its own.
    """
    nothing = Answering(count, "", met=True)
    answer, peak = _answer_s(draft), work.peak
    if answer is None or peak is None or work.processing_s is None:
        return nothing
    from advisor.queueing import responses, service_times

    routing = responses.LEAST_OUTSTANDING_REQUESTS if one_queue else responses.RANDOM
    slow, certain = _slow_s(draft)
    service = service_times.lognormal(work.processing_s, slow or work.processing_s)
    if service.above(answer) > _LATE:
        return nothing  # a conflict of the file, which more instances do not mend
    workers = _workers(work, capacity)
    most = _MOST_TIMES * count if certain else count

    def in_time(fleet: int) -> bool:
        waiting = responses.fleet_wait(peak, service, fleet, workers, routing)
        if waiting is None:
            return False
        few = waiting.probability <= _HARDLY_ANY
        return few or responses.share_above(waiting, service)(answer) <= _LATE

    # Each instance more makes the wait shorter, so the fleet is found by halving.
    fleet = count + bisect_left(range(count, most + 1), True, key=in_time)
    pattern = draft.text("traffic.pattern")
    if _is_beyond(peak, service, range(count, min(fleet, most) + 1), workers, one_queue, pattern):
        return nothing
    if fleet <= most:
        waiting = responses.fleet_wait(peak, service, fleet, workers, routing)
        return Answering(fleet, _in_time_text(waiting, routing, answer), met=True)
    if not certain:
        return nothing
    text = f"no fleet up to {most} answers 99 of 100 in {seconds(answer)} with {routing} routing"
    return Answering(count, text, met=False)


def _in_time_text(waiting: "Wait | None", routing: str, answer: float) -> str:
    share = 0.0 if waiting is None else waiting.probability
    wait = f"{100 * share:.2g} % of the requests wait with {routing} routing"
    return f"{wait} (Erlang C), and 99 of 100 are answered in {seconds(answer)}"


def _is_beyond(
    peak: float,
    service: "ServiceTime",
    fleets: range,
    workers: int,
    one_queue: bool,
    pattern: str | None,
) -> bool:
    """Whether no closed form describes the load of one of the fleets that is not overloaded.

    What speaks against a form speaks the more against it the fewer servers there are.
    """
    from advisor.queueing import validity
    from advisor.queueing.scaling import whole

    calm = whole(peak * service.mean_s / (validity.HIGHEST_UTILISATION * workers))
    fleet = max(fleets.start, calm)
    if fleet not in fleets:
        return False
    servers = fleet * workers if one_queue else workers
    busy = peak * service.mean_s / (fleet * workers)
    busy = min(busy, validity.HIGHEST_UTILISATION)  # what rounding leaves above
    return bool(validity.against_response_times(busy, service.cv2, servers, pattern))


def _answer_s(draft: Draft) -> float | None:
    """The stated answer time; a word says too little to size for."""
    stated = draft.facts.workload.interval("requests.answer")
    if stated is None:
        return None
    end = stated.low or stated.high
    return None if end is None else end / SECOND


def _slow_s(draft: Draft) -> tuple[float | None, bool]:
    """The 99th percentile of the processing time, and whether it is one.

    The largest value stands for it where it is not stated, but is no reason for more instances.
    """
    for part in ("p99", "max"):
        stated = draft.facts.workload.interval(f"requests.processing.{part}")
        if stated is not None and stated.high is not None:
            return stated.high / SECOND, part == "p99"
    return None, True


def _workers(work: Load, capacity: Capacity) -> int:
    """Requests that one instance works on at once; of a measured rate those that it implies."""
    if capacity.per_second is None or work.processing_s is None:
        return capacity.workers
    return max(1, int(capacity.per_second * work.processing_s))
