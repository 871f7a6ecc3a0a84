"""Read results of load tests: of a SageMaker job, of AIPerf, and of ``vllm bench serve``.

A generative benchmark job writes the file of AIPerf to S3. Formats:
https://docs.nvidia.com/aiperf/reference/json-export-schema and vllm/benchmarks/serve.py of
https://github.com/vllm-project/vllm.
"""

# No `from __future__ import annotations` here: NamedTuple compiles annotations that are texts.
import re
from collections.abc import Mapping
from math import isnan
from typing import Any, NamedTuple

from advisor.model.errors import InputError
from advisor.model.workload import TokenTimes
from advisor.text.json_text import json_object

_LARGEST_FILE = 1024 * 1024  # a result holds ten recommendations at most
_LARGEST = 2**31 - 1  # the API's integers
_HUGE = 10**20  # beyond, digits tell nothing
_FIRST_YEAR = 2021  # there were no such jobs before
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_TYPE = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9]+")
_REGION = re.compile(r"arn:aws[a-z-]*:sagemaker:([a-z0-9-]+):")
_DESCRIBE = "aws sagemaker describe-inference-recommendations-job --job-name NAME > result.json"
_WAIT = "Request the result again when Status is COMPLETED."
_RUNNING = ("PENDING", "IN_PROGRESS", "STOPPING", "InProgress", "Stopping")
_EXPORT = "Pass profile_export_aiperf.json, or the file of vllm bench serve --save-result."
_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0}
_RATES = {"requests/sec": 1.0}
_COUNTS = {"tokens": 1.0}

Json = Mapping[str, Any]


class Benchmark(NamedTuple):
    """One recommendation of a job: a configuration with its metrics, as the API gives them."""

    instance_type: str  # empty for serverless
    instances: int = 1  # that the number of invocations is of
    memory_mb: int | None = None  # serverless
    invocations: int = 0  # a minute, of the whole endpoint
    latency: int = (
        0  # ModelLatency: milliseconds or microseconds, see `advisor.measurement.restate`
    )
    setup: int | None = None  # ModelSetupTime
    usd_per_hour: float | None = None  # of the whole endpoint
    cpu_percent: float | None = None
    memory_percent: float | None = None
    tokens: TokenTimes | None = None  # of a language model, on a type that the file does not name


class Result(NamedTuple):
    """What a completed job found."""

    file: str
    job: str
    date: str  # YYYY-MM-DD; empty where none is given
    region: str  # of the job; empty where its ARN is missing
    model: str  # ModelName; empty for a model package
    users: int | None  # most virtual users of the traffic pattern
    benchmarks: tuple[Benchmark, ...]  # at least one


class _Part(NamedTuple):
    """An object of the result, and where it stands."""

    file: str
    place: str  # empty for the whole
    held: Json

    def object(self, name: str) -> "_Part":
        """A member that is an object; an empty one where it is missing."""
        value = self.held.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, value, "an object")
        return _Part(self.file, f"{self.place}.{name}".lstrip("."), value)

    def text(self, name: str) -> str:
        """A text; empty where it is missing."""
        value = self.held.get(name, "")
        if not isinstance(value, str):
            raise self.wrong(name, value, "a text")
        return value

    def whole(self, name: str) -> int | None:
        """A whole number that the API can hold; ``None`` where it is missing or NaN."""
        value = self.held.get(name)
        if value is None or (isinstance(value, float) and isnan(value)):
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not _is_count(value):
            raise self.wrong(name, value, f"a whole number from 0 to {_LARGEST}")
        return int(value)

    def real(self, name: str) -> float | None:
        """A number above zero; ``None`` for anything else, since nothing rests on it alone."""
        value = self.held.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if 0 < value < _LARGEST else None

    def wrong(self, name: str, value: Any, wanted: str) -> InputError:
        """The error that a member is something else."""
        return InputError(
            f"{f'{self.place}.{name}'.lstrip('.')} is {_kind(value)}; expected {wanted}",
            file=self.file,
            hint=f"Pass the file as it was written. {_EXPORT} Of a job: {_DESCRIBE}",
        )


def read_result(path: str) -> Result:
    """The result in a file.

    Raises:
        InputError: it cannot be read, is something else, or its job gave no result.
    """
    document = _document(path)
    if "request_throughput" in document or "records" in document:
        return _of_tokens(path, document)
    status = document.get("Status", document.get("AIBenchmarkJobStatus"))
    job = document.get("JobName", document.get("AIBenchmarkJobName"))
    if not isinstance(status, str) or not isinstance(job, str) or not _NAME.fullmatch(job):
        raise InputError(
            "this is not the result of an inference recommendations job",
            file=path,
            hint=f"{_EXPORT} Of a job, pass the JSON with JobName, Status and "
            f"InferenceRecommendations of: {_DESCRIBE}",
        )
    _completed(path, document, job, status)
    whole = _Part(path, "", document)
    if "AIBenchmarkJobStatus" in document:
        place = whole.object("OutputConfig").text("S3OutputLocation")
        raise InputError(
            f"the figures of the job {job} are in a file below {place}",
            file=path,
            hint=_EXPORT,
        )
    config = whole.object("InputConfig")
    return Result(
        file=path,
        job=job,
        date=_date(document),
        region=_region(document),
        model=config.text("ModelName"),
        users=_users(config.held),
        benchmarks=_benchmarks(path, document),
    )


def _document(path: str) -> Json:
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        why = getattr(error, "strerror", None) or "no such file"
        raise InputError(f"the result cannot be read: {why}", file=path) from error
    if len(data) > _LARGEST_FILE:
        raise InputError("the file is larger than 1 MB, so it is no result of a job", file=path)
    return json_object(data, path, f"Pass the JSON that the aws CLI prints: {_DESCRIBE}")


def _completed(path: str, document: Json, job: str, status: str) -> None:
    if status in ("COMPLETED", "Completed"):
        return
    if status in _RUNNING:
        message = f"the job {job} has not ended: its Status is {status}"
        raise InputError(message, file=path, hint=_WAIT)
    reason = document.get("FailureReason")
    why = f": {reason}" if isinstance(reason, str) and reason else ""
    raise InputError(
        f"the job {job} gave no result: its Status is {status}{why}",
        file=path,
        hint="Fix the reason, and run the job again under a new name.",
    )


def _benchmarks(path: str, document: Json) -> tuple[Benchmark, ...]:
    place = "InferenceRecommendations"
    found = document.get(place)
    if found is None and document.get("EndpointPerformances"):
        raise InputError(
            "the job measured an existing endpoint, and its result names no instance type",
            file=path,
            hint="State what it measured: model.measured_on, model.throughput (MaxInvocations a "
            "minute) and requests.processing (ModelLatency).",
        )
    if not isinstance(found, list) or not found:
        raise InputError(
            f"{place} is {_kind(found)}; expected a list of recommendations",
            file=path,
            hint=f"Pass the whole answer, without --query: {_DESCRIBE}",
        )
    read = [_benchmark(path, entry, f"{place}[{number}]") for number, entry in enumerate(found)]
    served = tuple(each for each in read if each is not None)
    if not served:
        raise InputError(
            f"no entry of {place} has both MaxInvocations and ModelLatency",
            file=path,
            hint="The endpoints of the job did not answer: read their logs in Amazon CloudWatch.",
        )
    return served


def _benchmark(path: str, entry: Any, place: str) -> Benchmark | None:
    """One recommendation; ``None`` where nothing was measured."""
    if not isinstance(entry, dict):
        raise _Part(path, "", {}).wrong(place, entry, "an object")
    whole = _Part(path, place, entry)
    configuration, metrics = whole.object("EndpointConfiguration"), whole.object("Metrics")
    # AWS's guide prints MaximumInvocations where its API has MaxInvocations.
    name = "MaximumInvocations" if "MaximumInvocations" in metrics.held else "MaxInvocations"
    invocations, latency = metrics.whole(name), metrics.whole("ModelLatency")
    memory, kind = None, ""
    if configuration.held.get("ServerlessConfig") is not None:
        inner = configuration.object("ServerlessConfig")
        spelled = "MemorySizeInMb" if "MemorySizeInMb" in inner.held else "MemorySizeInMB"
        memory = inner.whole(spelled)
    else:
        kind = configuration.text("InstanceType")
    if not memory and not _TYPE.fullmatch(kind):
        raise configuration.wrong("InstanceType", kind or None, "a type such as ml.m5.large")
    if not invocations or latency is None:
        return None
    instances = configuration.whole("InitialInstanceCount") or 1
    return Benchmark(
        instance_type=kind,
        instances=1 if memory else instances,
        memory_mb=memory,
        invocations=invocations,
        latency=latency,
        setup=metrics.whole("ModelSetupTime"),
        usd_per_hour=metrics.real("CostPerHour"),
        cpu_percent=metrics.real("CpuUtilization"),
        memory_percent=metrics.real("MemoryUtilization"),
    )


def _of_tokens(path: str, document: Json) -> Result:
    """What AIPerf or vLLM measured; both give means."""
    whole = _Part(path, "", document)
    metrics = whole.object("records") if "records" in document else whole
    if isinstance(metrics.held.get("request_throughput"), dict):
        name, times = "AIPerf", _of_aiperf(metrics)
    else:
        name, times = "vllm-bench", _of_vllm(metrics)
    one = Benchmark(instance_type="", tokens=times)
    date = _date({"CreationTime": document.get("start_time", document.get("date"))})
    return Result(
        file=path, job=name, date=date, region="", model="", users=None, benchmarks=(one,)
    )


def _of_aiperf(metrics: _Part) -> TokenTimes:
    return TokenTimes(
        per_second=_average(metrics, "request_throughput", _RATES),
        request_s=_average(metrics, "request_latency", _SECONDS),
        first_token_s=_average(metrics, "time_to_first_token", _SECONDS),
        per_token_s=_average(metrics, "inter_token_latency", _SECONDS),
        given=_average(metrics, "input_sequence_length", _COUNTS),
        written=_average(metrics, "output_sequence_length", _COUNTS),
    )


def _average(metrics: _Part, name: str, units: Mapping[str, float]) -> float:
    if not isinstance(metrics.held.get(name), dict):
        wanted = "an object with unit and avg, of a run with --streaming"
        raise metrics.wrong(name, metrics.held.get(name), wanted)
    entry = metrics.object(name)
    unit = entry.held.get("unit")
    if not isinstance(unit, str) or unit not in units:
        raise entry.wrong("unit", unit, " or ".join(units))
    return _above_zero(entry, "avg") * units[unit]


def _of_vllm(found: _Part) -> TokenTimes:
    def figure(name: str) -> float:
        return _above_zero(found, name)

    first, each = figure("mean_ttft_ms") / 1000, figure("mean_tpot_ms") / 1000
    given, written = (
        figure(f"total_{which}_tokens") / figure("completed") for which in ("input", "output")
    )
    whole = first + max(0.0, written - 1) * each
    if "mean_e2el_ms" in found.held:
        whole = figure("mean_e2el_ms") / 1000
    return TokenTimes(
        per_second=figure("request_throughput"),
        request_s=whole,
        first_token_s=first,
        per_token_s=each,
        given=given,
        written=written,
    )


def _above_zero(part: _Part, name: str) -> float:
    value = part.real(name)
    if value is None:
        raise part.wrong(name, part.held.get(name), "a number above zero")
    return value


def _users(config: Json) -> int | None:
    """Most virtual users at once; each sends one request after the other."""
    pattern = config.get("TrafficPattern")
    if not isinstance(pattern, dict):
        return None
    stairs, phases = pattern.get("Stairs"), pattern.get("Phases")
    if isinstance(stairs, dict):
        steps, each = _counts(stairs, "NumberOfSteps", "UsersPerStep")
        return None if steps is None or each is None else steps * each
    if not isinstance(phases, list):
        return None
    ends = [_users_at_end(phase) for phase in phases]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _users_at_end(phase: Any) -> int | None:
    """Users that a phase ends with: those it starts with, and SpawnRate more each minute."""
    if not isinstance(phase, dict):
        return None
    start, rate, time = _counts(phase, "InitialNumberOfUsers", "SpawnRate", "DurationInSeconds")
    if start is None or rate is None or time is None:
        return None
    return start + rate * -(-time // 60)


def _counts(document: Json, *names: str) -> tuple[int | None, ...]:
    """Members that are counts; ``None`` for each that is not."""
    values = (document.get(name) for name in names)
    return tuple(value if _is_count(value) else None for value in values)


def _date(document: Json) -> str:
    """The day of the job's end, written as a text or as seconds since 1970."""
    from datetime import UTC, date, datetime

    for name in ("CompletionTime", "LastModifiedTime", "CreationTime"):
        value = document.get(name)
        try:
            if isinstance(value, str):
                day = date.fromisoformat(value[: 8 if value[:8].isdigit() else 10])
            elif isinstance(value, int | float):
                day = datetime.fromtimestamp(value, UTC).date()
            else:
                continue
        except (ValueError, OverflowError, OSError):
            continue
        if day.year >= _FIRST_YEAR:
            return day.isoformat()
    return ""


def _region(document: Json) -> str:
    arn = document.get("JobArn")
    found = _REGION.match(arn) if isinstance(arn, str) else None
    return found.group(1) if found else ""


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _kind(value: Any) -> str:
    """A value in few words, however large it is."""
    if value is None:
        return "missing"
    if value == []:
        return "an empty list"
    names = {dict: "an object", list: "a list", str: "a text", bool: "a yes or no"}
    if type(value) in names:
        short = isinstance(value, str) and len(value) <= 40
        return repr(value) if short else names[type(value)]
    return "a huge number" if abs(value) > _HUGE else str(value)
