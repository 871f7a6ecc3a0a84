"""Batch transform: payload and concurrency, how records are split, instances for the deadline."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from advisor.model.advice import Parameters, Plan, Request
from advisor.model.options import INFERENCE_PIPELINE
from advisor.model.usage import UNKNOWN, JobUsage, Quantity, between, known
from advisor.model.workload import Interval
from advisor.modelling.queueing import transform_jobs
from advisor.options import (
    containers,
    endpoint,
    fleet,
    instances,
    memory,
    names,
    placeholders,
    quotas,
    rollout,
    topics,
    variants,
)
from advisor.options import invocation as call
from advisor.options.hosting import shared_memory as together
from advisor.options.load import (
    PER_SECOND,
    Deadline,
    counted,
    deadline,
    load,
    per_second,
    seconds,
    sentence,
    sized,
    timed,
    timing,
)
from advisor.options.plan_builder import Draft, upper
from advisor.options.records import Records, records
from advisor.rulebook.hardware import Instance
from advisor.text.quantity import RATE_PER_MONTH
from advisor.text.quantity_format import number


class Run(NamedTuple):
    """How one job runs."""

    instances: int
    low_hours: float | None  # of one job
    high_hours: float | None
    assumed: str  # the fact that the hours rest on and nobody stated; empty where all is known


def size(draft: Draft, prices: Mapping[str, int] | None, *, deploy: bool) -> Plan:
    """The plan of a transform job; arguments as for real-time."""
    disk = _outgrows_volume(draft)
    need = memory.need(draft, transform=True, local_disk=disk)
    if draft.way == INFERENCE_PIPELINE:
        held = together.need(draft)
        need = memory.with_host(
            need, held.host_mib, held.host_text, held.accelerator_mib, held.accelerator_text
        )
    found = instances.choice(draft, need, prices, _taken, least=0)
    instance = instances.note(draft, found)
    split, run = _design(draft, instance)
    usage = _usage(draft, split, run, instance)
    if not deploy:
        return draft.sized(usage)
    model = containers.create_model(draft, instance)
    job = _job(draft, model, split, run, instance)
    draft.carry("scale-to-zero", "autoscaling", "multi-az")
    rollout.without(draft, "a transform job has no traffic that could be moved")
    topics.unused(draft)
    variants.elsewhere(draft)
    invoke = call.job(draft, job.parameters["TransformJobName"])
    drawn = quotas.quotas(draft, {"instances": run.instances}, instance)
    return draft.plan((model, job), invoke, drawn, usage)


def _design(draft: Draft, instance: Instance) -> tuple[Records, Run]:
    split = records(draft, *fleet.workers(draft, instance))
    return split, _run(draft, split, instance)


def _taken(draft: Draft, instance: Instance) -> tuple[float, bool]:
    """Hours of all instances of a job on a type; the instances alone where no time is known."""
    _, run = _design(draft, instance)
    hours = None if run.assumed else run.high_hours or run.low_hours
    return run.instances * (hours or 1), True


def _start_s(draft: Draft) -> float:
    """Seconds until a job works; what a model tells of its start is that of the whole instance."""
    told = draft.facts.workload.is_told("model.startup")
    return endpoint.start_s(draft) if told else float(draft.number("instance-start"))


def _outgrows_volume(draft: Draft) -> bool:
    unpacked = upper(draft.facts.interval("model.unpacked"))
    return unpacked is not None and unpacked > draft.number("volume-default") * memory.GIB


def _run(draft: Draft, split: Records, instance: Instance) -> Run:
    """One instance, because each pays its own start, unless the deadline asks for more."""
    facts, start = draft.facts, _start_s(draft)
    rate, rate_text = _rate(draft, split, instance)
    count_range = facts.workload.interval("dataset.records")
    total = upper(count_range)
    files = draft.upper("dataset.files")
    limit = deadline(draft)
    count, because = 1, f"{rate_text}; one instance is cheapest, because each start is paid"
    if total and limit is not None and sized(draft)[0] != "not-sized":
        wanted = transform_jobs.instances_for_deadline(total, rate, start, limit.seconds)
        count, why = _for_deadline(draft, limit, wanted, files)
        because = (
            f"{number(total)} records / {rate_text} = {seconds(round(total / rate))} on one "
            f"instance + {seconds(start)} start, within {limit.text}: {why}"
        )
    bounds = fleet.bounds(draft)
    count = min(fleet.held(draft, count, bounds), draft.number("batch-instances-most"))
    draft.set("InstanceCount", count, sentence(because))
    assumed = "".join(timing(draft)[:1])
    if count_range is None or (draft.facts.workload.untimed and not timed(draft)):
        return Run(count, None, None, assumed if count_range else "")
    low, high = (
        transform_jobs.job_seconds(end, count, files or None, rate, start) / 3600
        if end is not None
        else None
        for end in count_range
    )
    return Run(count, low, high, assumed)


def _for_deadline(
    draft: Draft, limit: Deadline, wanted: int | None, files: int | None
) -> tuple[int, str]:
    most = draft.number("batch-instances-most")
    if wanted is None:
        draft.find(
            "deadline-missed",
            "warning",
            f"the start of a job takes longer than {limit.text}",
            path=limit.path,
        )
        return 1, "the start alone takes longer"
    useful = min(most, files) if files else most
    if wanted > useful:
        draft.find(
            "deadline-missed",
            "warning",
            f"{wanted:,} instances would be needed to end within {limit.text}, and {useful} can "
            f"work: a job has {most} at most, with one object on each",
            path=limit.path,
            fix="Split the input into more objects, or choose a faster type.",
        )
        return useful, f"{useful} of the {wanted:,} that would be needed"
    return wanted, counted(wanted, "instance")


def _rate(draft: Draft, split: Records, instance: Instance) -> tuple[float, str]:
    """Records per second of one instance; fewer at once than it could take are served slower."""
    measured, work = draft.upper("model.throughput"), load(draft)
    if measured and not draft.facts.workload.is_told("model.throughput"):
        return (
            measured / PER_SECOND,
            f"{per_second(measured / PER_SECOND)} measured on one instance",
        )
    on = fleet.modelled(draft, instance)
    if measured and on is not None:
        rate = on.highest_per_s * min(1.0, split.concurrent / on.concurrency)
        return rate, f"{per_second(rate)} modelled on one instance"
    rate = split.concurrent / (work.processing_s or 1.0)
    if draft.facts.workload.untimed:
        return rate, "the time of a record is not known"
    text = f"{counted(split.concurrent, 'request')} at once / {work.time_text}"
    return rate, f"{text} = {per_second(rate)}"


def _job(draft: Draft, model: Request, split: Records, run: Run, instance: Instance) -> Request:
    key = placeholders.kms_key(draft)
    parameters: Parameters = {
        "TransformJobName": "",
        "ModelName": model.parameters["ModelName"],
        "MaxConcurrentTransforms": split.concurrent,
        "ModelClientConfig": _client(draft, split),
        "MaxPayloadInMB": split.payload_mb,
        **({"BatchStrategy": split.strategy} if split.strategy else {}),
        "TransformInput": {
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": placeholders.location(draft, "batch/input/", "S3Uri"),
                }
            },
            **({"ContentType": split.content_type} if split.content_type else {}),
            "CompressionType": "None",
            "SplitType": split.split_type,
        },
        "TransformOutput": _output(draft, split, key),
        "TransformResources": _resources(draft, run, instance, key),
    }
    _capture(draft, parameters, key)
    if split.join:
        parameters["DataProcessing"] = {"JoinSource": "Input"}
    if "Tags" in model.parameters:
        parameters["Tags"] = model.parameters["Tags"]
    name = f"{names.stem(draft.facts.workload.name, names.LONGEST - 6)}-run-1"
    parameters["TransformJobName"] = name
    draft.set("TransformJobName", name, "The workload's name; every run needs a new name.")
    return Request(service="sagemaker", operation="CreateTransformJob", parameters=parameters)


def _client(draft: Draft, split: Records) -> Parameters:
    """Timeout of one call: twice its longest expected time, never below the default."""
    default, most = draft.number("batch-timeout-default"), draft.number("batch-timeout-most")
    margin, time = draft.number("timeout-margin"), split.longest_s
    timeout = int(min(most, max(default, math.ceil(min(time, most) * margin))))
    because = "Time of a call not stated."
    if math.isinf(time):
        because = f"The time of a record is not known: the longest that a call may take, {most} s."
    elif draft.facts.is_stated("requests.processing") or timeout > default:
        each = seconds(time / split.per_request)
        because = (
            f"{counted(split.per_request, 'record')} in a call x {each} = {seconds(time)}, "
            f"x {margin}, within {default} and {most} s."
        )
    draft.set("InvocationsTimeoutInSeconds", timeout, because, constant="batch-timeout-default")
    retries = draft.number("batch-retries")
    draft.set("InvocationsMaxRetries", retries, "Unchanged.", constant="batch-retries")
    return {"InvocationsTimeoutInSeconds": timeout, "InvocationsMaxRetries": retries}


def _output(draft: Draft, split: Records, key: str | None) -> Parameters:
    return {
        "S3OutputPath": placeholders.location(draft, "batch/output", "S3OutputPath"),
        "AssembleWith": split.assemble,
        **({"Accept": split.content_type} if split.join and split.content_type else {}),
        **({} if key is None else {"KmsKeyId": key}),
    }


def _resources(draft: Draft, run: Run, instance: Instance, key: str | None) -> Parameters:
    resources: Parameters = {"InstanceType": instance.type, "InstanceCount": run.instances}
    if key is None:
        return resources
    draft.carry("kms")
    value, because = key, "Encrypts the volume of each instance; KmsKeyId the output."
    if instance.local_nvme is False:
        resources["VolumeKmsKeyId"] = key
    else:
        value = "not set"
        because = (
            f"{instance.type} has local disks, and a job that names a volume key on it is refused; "
            "a hardware module encrypts them. KmsKeyId encrypts the output."
        )
    draft.set("VolumeKmsKeyId", value, because)
    return resources


def _capture(draft: Draft, parameters: Parameters, key: str | None) -> None:
    if not draft.needs("data-capture"):
        return
    parameters["DataCaptureConfig"] = {
        "DestinationS3Uri": placeholders.location(draft, "data-capture", "DestinationS3Uri"),
        "GenerateInferenceId": True,
        **({} if key is None else {"KmsKeyId": key}),
    }
    draft.carry("data-capture")
    because = "A transform job captures all data; it has no share."
    draft.set("DataCaptureConfig", "all records", because)


def _usage(draft: Draft, split: Records, run: Run, instance: Instance) -> JobUsage:
    workload, assumed = draft.facts.workload, run.assumed
    return JobUsage(
        instance_type=instance.type,
        count=known(run.instances),
        job_hours=UNKNOWN if assumed else Quantity(low=run.low_hours, high=run.high_hours),
        taken_hours=run.high_hours if assumed else None,
        runs=between(workload.interval("dataset.runs") or Interval(None, None), RATE_PER_MONTH),
        workers=split.concurrent,
        start_s=_start_s(draft),
        origins={"job_hours": assumed} if assumed else {},
    )
