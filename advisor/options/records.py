"""How a transform job cuts its input into requests, and puts the answers together again."""

import math
from typing import NamedTuple

from advisor.modelling.queueing.transform_jobs import records_per_request
from advisor.options.load import PER_SECOND, SECOND, counted, mib, seconds, sentence
from advisor.options.plan_builder import Draft, upper
from advisor.text.quantity import MIB
from advisor.text.quantity_format import number

_SPLIT = {"csv": "Line", "jsonlines": "Line", "recordio": "RecordIO", "tfrecord": "TFRecord"}
_MEDIA = {
    "csv": "text/csv",
    "jsonlines": "application/jsonlines",
    "recordio": "application/x-recordio",
    "tfrecord": "application/x-tfexample",
}
# Servers of these models take one JSON document in a request, or one sound or picture.
_TEXTS = ("llm", "vlm", "seq2seq", "embedding", "encoder", "reranker", "diffusion")
_FILES = ("speech", "vision")
_DOCUMENT = "application/json"
_ALONE, _MANY = "one document in a request", "as many records as fit in a request"
_UNTIMED = "one record in a request, since the time of a record is not known"


class Records(NamedTuple):
    """The requests that one object becomes."""

    split_type: str  # None, Line, RecordIO or TFRecord
    strategy: str  # MultiRecord or SingleRecord, or empty where nothing is split
    assemble: str  # Line or None
    join: bool
    content_type: str | None
    payload_mb: int
    concurrent: int
    per_request: int
    longest_s: float  # of one request, at the most; infinite where nothing tells


def records(draft: Draft, workers: int, workers_text: str) -> Records:
    """The split for the data set's format and the time of a record.

    Args:
        draft: the plan being made; gets the settings.
        workers: requests that one instance processes at once.
        workers_text: where that number comes from.
    """
    form, because = _format(draft)
    split_type = _SPLIT.get(form, "None")
    draft.set("SplitType", split_type, because)
    single = _kind(draft) in _TEXTS
    time = _longest_s(draft, workers)
    cut = split_type != "None"
    alone = _ALONE if single else _UNTIMED if math.isinf(time) else ""
    payload, together, why = _payload(draft, workers, time, splits=cut, alone=alone)
    concurrent = _concurrent(draft, payload, workers, workers_text)
    strategy = ""
    if cut:
        strategy = "SingleRecord" if together == 0 else "MultiRecord"
        draft.set("BatchStrategy", strategy, sentence(why))
    together = max(1, together)
    lines = split_type == "Line"
    assemble, because = "None", "Binary answers are joined unchanged."
    if lines:
        assemble, because = "Line", "Without it the answers have no line breaks."
    draft.set("AssembleWith", assemble, because)
    join = draft.facts.taken("dataset.join") is True and lines
    if join:
        because = "join: the input's columns are written beside the prediction."
        draft.set("JoinSource", "Input", because)
    return Records(
        split_type=split_type,
        strategy=strategy,
        assemble=assemble,
        join=join,
        content_type=_DOCUMENT if single else _MEDIA.get(form),
        payload_mb=payload,
        concurrent=concurrent,
        per_request=together,
        longest_s=together * time,
    )


def _kind(draft: Draft) -> str:
    told = draft.facts.workload.modelled
    return "" if told is None else told.kind


def _format(draft: Draft) -> tuple[str, str]:
    """The format that the plan is made for, and why the input is split as it is."""
    stated, kind = draft.text("dataset.format"), _kind(draft)
    wanted, words = ("jsonlines", "JSON lines") if kind in _TEXTS else ("csv", "CSV")
    if stated in _SPLIT and (kind not in _TEXTS or stated == wanted):
        return stated, f"{stated} can be split between records."
    if stated is None and kind in _TEXTS:
        return wanted, "The server takes one JSON document in a request, so a line holds one."
    if stated is None and draft.upper("dataset.records") and kind not in _FILES:
        return wanted, "dataset.format is not stated; lines of CSV are assumed."
    if stated in ("parquet", *_SPLIT) and kind not in _FILES:
        reason = f"the server takes JSON, not {stated}"
        if stated == "parquet":
            reason = "Parquet cannot be split into records"
        draft.find(
            "input-as-csv",
            "info",
            f"{reason}; the requests read the same data as {words}",
            path="dataset.format",
            fix=f"Convert the data to {words} before the job, or read it in a processing job.",
        )
        return wanted, sentence(f"{reason}; the data is assumed to be {words}")
    return "other", "The format cannot be split, so each object is one request."


def _longest_s(draft: Draft, workers: int) -> float:
    """Seconds of one record at the most: stated or modelled, else what a measured rate leaves."""
    longest = upper(draft.facts.largest("requests.processing"))
    rate = draft.upper("model.throughput")
    if longest is None and rate:
        return workers * PER_SECOND / rate
    if draft.facts.workload.untimed:
        return math.inf
    return float((longest or draft.facts.taken("requests.processing")) / SECOND)


def _payload(
    draft: Draft, workers: int, time: float, *, splits: bool, alone: str
) -> tuple[int, int, str]:
    """MB of a request, its records where they are put together, else 0, and the reason.

    A request holds no more than the server works off within the longest time-out, and leaves room
    for as many requests as an instance takes at once.
    """
    default, product = draft.number("batch-payload-default"), draft.number("batch-payload-product")
    unit = "record" if splits else "object"
    largest = upper(draft.facts.interval("dataset.record" if splits else "dataset.object"))
    if largest is None and draft.facts.is_stated("requests.payload"):
        largest = draft.facts.taken("wire.payload")
    if largest is None:  # an object holds at least one record
        unit, largest = "record", upper(draft.facts.interval("dataset.record"))
    if largest is None:
        because = f"Size of one {unit} not stated."
        draft.set("MaxPayloadInMB", default, because, constant="batch-payload-default")
        return int(default), 0 if alone else 1, alone or _MANY
    margin = draft.number("batch-record-margin")
    wanted = -(-int(largest * margin) // MIB)
    payload = int(min(product, max(1, wanted, min(default, product // workers))))
    because = (
        f"One {unit} has {mib(largest / MIB)}, x {margin} = {mib(wanted)}; {default} MB unless "
        f"that is more, or {counted(workers, 'request')} at once leave less of {product} MB."
    )
    sizes = draft.facts.interval("dataset.record")
    record = 0 if sizes is None else sizes.low or sizes.high or 0  # more of the smaller ones fit
    together, why = 0 if alone else 1, alone or _MANY
    if splits and record and not alone:
        limit, times = draft.number("batch-timeout-most"), draft.number("timeout-margin")
        most = max(1, int(limit / (time * times)))
        within = f"x {seconds(time)} x {times} stay within {limit} s"
        together = records_per_request(payload * MIB, record)
        why = f"about {number(together)} records in a request of {payload} MB, so fewer requests"
        if together > most:
            payload = int(min(product, max(1, wanted, most * record // MIB)))
            together = records_per_request(payload * MIB, record)
            why = f"about {number(together)} records {within}"
            because += f" {counted(most, 'record')} {within}."
        if together > most:
            together, why = 0, f"only {counted(most, 'record')} {within}"
    draft.set("MaxPayloadInMB", payload, because, constant="batch-payload-default")
    return payload, together, why


def _concurrent(draft: Draft, payload: int, workers: int, workers_text: str) -> int:
    product = draft.number("batch-payload-product")
    concurrent = max(1, min(workers, product // payload))
    total = f"{concurrent} x {payload} MB = {concurrent * payload} MB, at most {product}"
    because = sentence(f"{workers_text}; {total}")
    draft.set("MaxConcurrentTransforms", concurrent, because, constant="batch-payload-product")
    return int(concurrent)
