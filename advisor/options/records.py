"""How a transform job cuts its input into requests, and puts the answers together again."""

from typing import NamedTuple

from advisor.modelling.queueing.transform_jobs import records_per_request
from advisor.options.load import mib, number, sentence
from advisor.options.plan_builder import Draft, upper
from advisor.text.quantity import MIB

_SPLIT = {"csv": "Line", "jsonlines": "Line", "recordio": "RecordIO", "tfrecord": "TFRecord"}
_MEDIA = {
    "csv": "text/csv",
    "jsonlines": "application/jsonlines",
    "recordio": "application/x-recordio",
    "tfrecord": "application/x-tfexample",
}


class Records(NamedTuple):
    """The requests that one object becomes."""

    split_type: str  # None, Line, RecordIO or TFRecord
    strategy: str  # MultiRecord, or empty where nothing is split
    assemble: str  # Line or None
    join: bool
    content_type: str | None
    payload_mb: int
    concurrent: int
    per_request: int


def records(draft: Draft, workers: int, workers_text: str) -> Records:
    """The split for the data set's format.

    Args:
        draft: the plan being made; gets the settings.
        workers: requests that one instance processes at once.
        workers_text: where that number comes from.
    """
    form, because = _format(draft)
    split_type = _SPLIT.get(form, "None")
    draft.set("SplitType", split_type, because)
    payload = _payload(draft, splits=split_type != "None")
    concurrent = _concurrent(draft, payload, workers, workers_text)
    record = upper(draft.facts.interval("dataset.record"))
    together = records_per_request(payload * MIB, record) if record else 1
    strategy = "MultiRecord" if split_type != "None" else ""
    if strategy:
        what = f"about {number(together)} records" if record else "as many records as fit"
        because = sentence(f"{what} in a request of {payload} MB, so fewer requests")
        draft.set("BatchStrategy", strategy, because)
    lines = split_type == "Line"
    assemble = "Line" if lines else "None"
    because = "Without it the answers have no line breaks."
    if not lines:
        because = "Binary answers are joined unchanged."
    draft.set("AssembleWith", assemble, because)
    join = draft.facts.taken("dataset.join") is True and lines
    if join:
        draft.set(
            "JoinSource", "Input", "join: the input's columns are written beside the prediction."
        )
    return Records(
        split_type=split_type,
        strategy=strategy,
        assemble=assemble,
        join=join,
        content_type=_MEDIA.get(form),
        payload_mb=payload,
        concurrent=concurrent,
        per_request=together,
    )


def _format(draft: Draft) -> tuple[str, str]:
    """The format that the plan is made for, and why the input is split as it is."""
    stated = draft.text("dataset.format")
    if stated in _SPLIT:
        return stated, f"{stated} can be split between records."
    if stated is None and draft.upper("dataset.records"):
        return "csv", "dataset.format is not stated; lines of CSV are assumed."
    if stated == "parquet":
        draft.find(
            "input-as-csv",
            "info",
            "Parquet cannot be split into records; the requests read the same data as CSV",
            path="dataset.format",
            fix="Convert the data to CSV before the job, or read it in a processing job.",
        )
        return "csv", "Parquet cannot be split into records; the data is assumed to be CSV."
    return "other", "The format cannot be split, so each object is one request."


def _payload(draft: Draft, *, splits: bool) -> int:
    default, product = draft.number("batch-payload-default"), draft.number("batch-payload-product")
    margin = draft.number("batch-record-margin")
    unit = "record" if splits else "object"
    largest = upper(draft.facts.interval("dataset.record" if splits else "dataset.object"))
    if largest is None and draft.facts.is_stated("requests.payload"):
        largest = draft.facts.taken("wire.payload")
    if largest is None:  # an object holds at least one record
        unit, largest = "record", upper(draft.facts.interval("dataset.record"))
    if largest is None:
        because = f"Size of one {unit} not stated."
        draft.set("MaxPayloadInMB", default, because, constant="batch-payload-default")
        return int(default)
    wanted = -(-int(largest * margin) // MIB)
    payload = int(min(product, max(default, wanted)))
    because = (
        f"One {unit} has {mib(largest / MIB)}, x {margin} = {mib(wanted)}, within {default} and "
        f"{product} MB."
    )
    draft.set("MaxPayloadInMB", payload, because, constant="batch-payload-default")
    return payload


def _concurrent(draft: Draft, payload: int, workers: int, workers_text: str) -> int:
    product = draft.number("batch-payload-product")
    concurrent = max(1, min(workers, product // payload))
    total = f"{concurrent} x {payload} MB = {concurrent * payload} MB, at most {product}"
    because = sentence(f"{workers_text}; {total}")
    draft.set("MaxConcurrentTransforms", concurrent, because, constant="batch-payload-product")
    return int(concurrent)
