"""The keys of a workload file: one table that the reader, ``--set`` and the JSON Schema share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from advisor.model.options import OPTIONS, WAYS
from advisor.model.workload import PARTS
from advisor.text.quantity import WEEK
from advisor.workload.key import Key
from advisor.workload.release_keys import RELEASE

SCHEMA = "sm-advise/workload.v1"
# What must be stated -> what to do when it is not.
REQUIRED = {
    "name": "add `name: …`; every resource name starts with it",
    "requests.arrival": "add `arrival: online` or `arrival: batch` under `requests`",
}


@cache
def features() -> Mapping[str, bool]:
    """The features that ``needs`` takes, and whether a share of the requests may stand for true.

    Those of the rules that no fact asks for. Read when a file first states needs.

    Raises:
        RulebookError: the rules cannot be read.
    """
    from advisor.rulebook.load import compiled
    from advisor.rulebook.source import rules_directory

    entries = compiled(rules_directory())["features"]
    return {each["id"]: each.get("share", False) for each in entries if "fact" not in each}


_SPLIT = tuple([part[1:] for part in PARTS])

KEYS = (
    Key("schema", "word", "Version of this format. Default: this one.", words=(SCHEMA,)),
    Key("name", "text", "Stem of every resource name.", "fraud-scoring", form="name"),
    Key("region", "text", "AWS Region to deploy to.", "us-east-1", form="region"),
    Key("owner", "text", "Responsible team; for grouping and tags.", "team-risk", form="tag"),
    Key(
        "environment",
        "word",
        "production: real users depend on it. test: nobody does.",
        words=("production", "test"),
    ),
    Key("requests", "section", "One request; with arrival: batch, one record."),
    Key(
        "requests.arrival",
        "word",
        "online: requests arrive one by one while the endpoint runs. "
        "batch: the whole input is known before a run starts.",
        words=("online", "batch"),
    ),
    Key(
        "requests.payload",
        "size",
        "Request body on the wire. A single value is the largest.",
        "2 MB",
        words=("large", "small"),
        parts=_SPLIT,
    ),
    Key(
        "requests.response",
        "size",
        "Response body on the wire. A single value is the largest.",
        "4 KB",
        words=("large", "small"),
        parts=_SPLIT,
        least=0,
    ),
    Key(
        "requests.encoding",
        "word",
        "base64: the sizes are those of the raw data; 4/3 of them are sent.",
        words=("binary", "base64"),
    ),
    Key(
        "requests.processing",
        "time",
        "Time of the model for one request. A single value is the largest.",
        "400 ms",
        words=("short", "long"),
        parts=_SPLIT,
    ),
    Key(
        "requests.answer",
        "time",
        "Time from request to whole answer at the endpoint, for 99 of 100 requests.",
        "250 ms",
        words=("interactive", "relaxed", "later"),
    ),
    Key("requests.streaming", "flag", "Partial answers while the model still runs."),
    Key("requests.first_byte", "time", "With streaming: time to the first part.", "1 s"),
    Key(
        "requests.cold_start",
        "time",
        "Longest acceptable wait for a cold start.",
        "30 s",
        words=("tolerated", "avoid"),
        least=0,
    ),
    Key("traffic", "section", "Requests over time."),
    Key(
        "traffic.pattern",
        "word",
        "sustained: always some. diurnal: day and night. periodic: known windows. "
        "intermittent: long gaps. spiky: sudden bursts. unpredictable: nobody knows.",
        words=("sustained", "diurnal", "periodic", "intermittent", "spiky", "unpredictable"),
    ),
    Key("traffic.peak", "rate", "Rate at the busiest time.", "20/s"),
    Key("traffic.volume", "rate", "Requests a day, week or month.", "2M/month"),
    Key("traffic.active", "share", "Time with any traffic.", "8 h/day", most=WEEK),
    Key("traffic.concurrent", "count", "Requests in progress at the peak.", "30"),
    Key("dataset", "section", "The stored input, mostly for arrival: batch."),
    Key("dataset.size", "size", "All input of one run.", "40 GB"),
    Key("dataset.records", "count", "Records of one run.", "10M"),
    Key(
        "dataset.format",
        "word",
        "Format of the input objects.",
        words=("csv", "jsonlines", "recordio", "tfrecord", "parquet", "other"),
    ),
    Key("dataset.files", "count", "Input objects of one run.", "200"),
    Key("dataset.deadline", "time", "Longest acceptable duration of a run.", "4 h"),
    Key("dataset.runs", "rate", "Runs a day, week or month.", "1/day"),
    Key("dataset.join", "flag", "Write the input's columns beside the prediction."),
    Key("model", "section", "One model in one copy, unless stated otherwise."),
    Key("model.size", "size", "Size of the model archive.", "800 MB"),
    Key("model.memory", "size", "Memory of the loaded model while it serves.", "2 GB"),
    Key(
        "model.accelerator",
        "word",
        "Accelerator that the model needs.",
        words=("none", "gpu", "neuron"),
    ),
    Key(
        "model.accelerator_memory",
        "size",
        "Accelerator memory, on one device or spread over several.",
        "20 GB",
    ),
    Key("model.parameters", "count", "Parameters of the model.", "8B"),
    Key(
        "model.precision",
        "word",
        "Number format of the parameters.",
        words=("fp32", "fp16", "bf16", "int8", "int4"),
    ),
    Key("model.count", "count", "Number of models in this workload.", "300..600"),
    Key("model.framework", "text", "Framework that serves the model.", "xgboost", form="line"),
    Key(
        "model.image",
        "text",
        "Container image.",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
        form="image",
    ),
    Key("model.image_size", "size", "Container image, unpacked.", "3 GB"),
    Key(
        "model.artifact",
        "text",
        "S3 address of the archive.",
        "s3://my-bucket/fraud/model.tar.gz",
        form="artifact",
    ),
    Key("model.startup", "time", "Container start and model load.", "40 s", least=0),
    Key("model.disk", "size", "Scratch space besides the model.", "2 GB", least=0),
    Key(
        "model.measured_on",
        "text",
        "Instance type on which processing and throughput were measured.",
        "ml.m5.xlarge",
        form="instance",
    ),
    Key("model.concurrency", "count", "Requests that one copy handles at once.", "4"),
    Key(
        "model.throughput",
        "rate",
        "Rate of one measured_on instance within `answer`; replaces concurrency / processing.",
        "900/s",
    ),
    Key(
        "models",
        "models",
        "Models by name, each with what differs from `model`; a pipeline runs them in this order.",
        "tenant-a",
        most=200,
    ),
    Key("needs", "needs", "Features that the workload needs. All others are not needed."),
    Key("prefer", "word", "What to prefer when several options fit.", words=("cost", "latency")),
    Key("budget", "money", "Highest acceptable cost.", "500 USD/month"),
    Key("deploy", "section", "Values for the requests that only you know."),
    Key(
        "deploy.role",
        "text",
        "Execution role.",
        "arn:aws:iam::123456789012:role/sagemaker",
        form="role",
    ),
    Key("deploy.bucket", "text", "S3 address for output.", "s3://my-bucket/fraud", form="bucket"),
    Key("deploy.kms_key", "text", "Key that encrypts storage.", "alias/ml", form="kms_key"),
    Key("deploy.subnets", "texts", "Subnets of the VPC.", "subnet-1", form="subnet", most=16),
    Key(
        "deploy.security_groups",
        "texts",
        "Security groups of the VPC.",
        "sg-1",
        form="security_group",
        most=5,
    ),
    Key("deploy.tags", "named", "Tags of every resource.", "risk", form="tag", most=50),
    Key(
        "deploy.instance_type",
        "text",
        "Instance type; overrides the sizing, but is still checked.",
        "ml.m5.xlarge",
        form="instance",
    ),
    Key(
        "deploy.hosting",
        "word",
        "Hosting form of several models; overrides the rules, but is still checked.",
        words=WAYS,
    ),
    Key("deploy.instances", "section", "Bounds of the fleet."),
    Key("deploy.instances.min", "count", "Fewest instances.", "2", least=0, exact=True),
    Key("deploy.instances.max", "count", "Most instances.", "6", exact=True),
    *RELEASE,
    Key("limits", "word", "Documented bounds to apply.", words=("safe", "latest")),
    Key("decision", "record", "A human's choice, which overrides the recommendation."),
    Key("decision.option", "word", "The chosen option.", words=OPTIONS),
    Key("decision.because", "text", "Why it was chosen.", "p99 is contractual", form="text"),
    Key("decision.by", "text", "Who chose it.", "jd", form="line"),
    Key("decision.until", "text", "Date of the next review.", "2027-03-31", form="date"),
    Key("accept", "waivers", "Accepted findings by rule id, each with its reason."),
    Key(
        "artifacts",
        "named",
        "Outputs and model archives that `check` compares: PATH or PATH#address.",
        "deploy/endpoint-config.json",
        form="path",
        most=100,
    ),
)

# What an acceptance under `accept` consists of, when it is more than its reason.
WAIVER = (
    Key("because", "text", "Why it is accepted.", "measured in a load test", form="text"),
    Key("by", "text", "Who accepted it.", "jd", form="line"),
    Key("until", "text", "Last day of the acceptance.", "2027-01-31", form="date"),
    Key("ticket", "text", "Ticket that tracks it.", "RISK-12", form="line"),
)


def short_for(key: Key) -> str:
    """The name of the key below for which a word may stand: ``rollout: canary``; or nothing."""
    if key.kind != "word":
        return ""
    below = (other.path for other in KEYS if other.path.startswith(f"{key.path}."))
    return next(below, "").rpartition(".")[2]


# What may be said of each of `models`.
MODEL = (
    Key("name", "text", "Its name, valid as a host name.", "tenant-a", form="name"),
    Key(
        "image",
        "text",
        "Container image.",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
        form="image",
    ),
    Key(
        "artifact",
        "text",
        "S3 address of the archive.",
        "s3://my-bucket/fraud/model.tar.gz",
        form="artifact",
    ),
    Key("size", "size", "Size of the model archive.", "800 MB"),
    Key("memory", "size", "Memory of the loaded model while it serves.", "2 GB"),
    Key("accelerator_memory", "size", "Accelerator memory.", "20 GB"),
    Key("framework", "text", "Framework that serves the model.", "xgboost", form="line"),
    Key("share", "percent", "Share of the requests that are for it.", "20 %", most=100_000),
)
