"""The keys of a workload file: one table that the reader, ``--set`` and the JSON Schema share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from advisor.model.options import OPTIONS, WAYS
from advisor.model.workload import PARTS
from advisor.text.quantity import WEEK
from advisor.workload.key import Key
from advisor.workload.release_keys import HOURS, RELEASE

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
    from advisor.rulebook.cache import rules_directory
    from advisor.rulebook.load import compiled

    entries = compiled(rules_directory())["features"]
    return {each["id"]: each.get("share", False) for each in entries if "fact" not in each}


_SPLIT = tuple([part[1:] for part in PARTS])

KEYS = (
    Key(
        path="schema",
        kind="word",
        about="Version of this format. Default: this one.",
        words=(SCHEMA,),
    ),
    Key(
        path="name",
        kind="text",
        about="Stem of every resource name.",
        example="fraud-scoring",
        form="name",
    ),
    Key(
        path="region",
        kind="text",
        about="AWS Region to deploy to.",
        example="us-east-1",
        form="region",
    ),
    Key(
        path="owner",
        kind="text",
        about="Responsible team; for grouping and tags.",
        example="team-risk",
        form="tag",
    ),
    Key(
        path="environment",
        kind="word",
        about="production: real users depend on it. test: nobody does.",
        words=("production", "test"),
    ),
    Key(path="requests", kind="section", about="One request; with arrival: batch, one record."),
    Key(
        path="requests.arrival",
        kind="word",
        about="online: requests arrive one by one while the endpoint runs. "
        "batch: the whole input is known before a run starts.",
        words=("online", "batch"),
    ),
    Key(
        path="requests.payload",
        kind="size",
        about="Request body on the wire. A single value is the largest.",
        example="2 MB",
        words=("large", "small"),
        parts=_SPLIT,
    ),
    Key(
        path="requests.response",
        kind="size",
        about="Response body on the wire. A single value is the largest.",
        example="4 KB",
        words=("large", "small"),
        parts=_SPLIT,
        least=0,
    ),
    Key(
        path="requests.encoding",
        kind="word",
        about="base64: the sizes are those of the raw data; 4/3 of them are sent.",
        words=("binary", "base64"),
    ),
    Key(
        path="requests.processing",
        kind="time",
        about="Time of the model for one request. A single value is the largest.",
        example="400 ms",
        words=("short", "long"),
        parts=_SPLIT,
    ),
    Key(
        path="requests.answer",
        kind="time",
        about="Time from request to whole answer at the endpoint, for 99 of 100 requests.",
        example="250 ms",
        words=("interactive", "relaxed", "later"),
    ),
    Key(
        path="requests.streaming", kind="flag", about="Partial answers while the model still runs."
    ),
    Key(
        path="requests.first_byte",
        kind="time",
        about="With streaming: time to the first part.",
        example="1 s",
    ),
    Key(
        path="requests.cold_start",
        kind="time",
        about="Longest acceptable wait for a cold start.",
        example="30 s",
        words=("tolerated", "avoid"),
        least=0,
    ),
    Key(path="traffic", kind="section", about="Requests over time."),
    Key(
        path="traffic.pattern",
        kind="word",
        about="sustained: always some. diurnal: day and night. periodic: known windows. "
        "intermittent: long gaps. spiky: sudden bursts. unpredictable: nobody knows.",
        words=("sustained", "diurnal", "periodic", "intermittent", "spiky", "unpredictable"),
    ),
    Key(path="traffic.peak", kind="rate", about="Rate at the busiest time.", example="20/s"),
    Key(
        path="traffic.volume",
        kind="rate",
        about="Requests a day, week or month.",
        example="2M/month",
    ),
    Key(
        path="traffic.active",
        kind="share",
        about="Time with any traffic.",
        example="8 h/day",
        most=WEEK,
    ),
    *HOURS,
    Key(
        path="traffic.concurrent",
        kind="count",
        about="Requests in progress at the peak.",
        example="30",
    ),
    Key(path="dataset", kind="section", about="The stored input, mostly for arrival: batch."),
    Key(path="dataset.size", kind="size", about="All input of one run.", example="40 GB"),
    Key(path="dataset.records", kind="count", about="Records of one run.", example="10M"),
    Key(
        path="dataset.format",
        kind="word",
        about="Format of the input objects.",
        words=("csv", "jsonlines", "recordio", "tfrecord", "parquet", "other"),
    ),
    Key(path="dataset.files", kind="count", about="Input objects of one run.", example="200"),
    Key(
        path="dataset.deadline",
        kind="time",
        about="Longest acceptable duration of a run.",
        example="4 h",
    ),
    Key(path="dataset.runs", kind="rate", about="Runs a day, week or month.", example="1/day"),
    Key(path="dataset.join", kind="flag", about="Write the input's columns beside the prediction."),
    Key(path="model", kind="section", about="One model in one copy, unless stated otherwise."),
    Key(path="model.size", kind="size", about="Size of the model archive.", example="800 MB"),
    Key(
        path="model.memory",
        kind="size",
        about="Memory of the loaded model while it serves.",
        example="2 GB",
    ),
    Key(
        path="model.accelerator",
        kind="word",
        about="Accelerator that the model needs.",
        words=("none", "gpu", "neuron"),
    ),
    Key(
        path="model.accelerator_memory",
        kind="size",
        about="Accelerator memory, on one device or spread over several.",
        example="20 GB",
    ),
    Key(path="model.parameters", kind="count", about="Parameters of the model.", example="8B"),
    Key(
        path="model.precision",
        kind="word",
        about="Number format of the parameters.",
        words=("fp32", "fp16", "bf16", "int8", "int4"),
    ),
    Key(
        path="model.count",
        kind="count",
        about="Number of models in this workload.",
        example="300..600",
    ),
    Key(
        path="model.framework",
        kind="text",
        about="Framework that serves the model.",
        example="xgboost",
        form="line",
    ),
    Key(
        path="model.image",
        kind="text",
        about="Container image.",
        example="123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
        form="image",
    ),
    Key(path="model.image_size", kind="size", about="Container image, unpacked.", example="3 GB"),
    Key(
        path="model.artifact",
        kind="text",
        about="S3 address of the archive.",
        example="s3://my-bucket/fraud/model.tar.gz",
        form="artifact",
    ),
    Key(
        path="model.startup",
        kind="time",
        about="Container start and model load.",
        example="40 s",
        least=0,
    ),
    Key(
        path="model.disk",
        kind="size",
        about="Scratch space besides the model.",
        example="2 GB",
        least=0,
    ),
    Key(
        path="model.measured_on",
        kind="text",
        about="Instance type on which processing and throughput were measured.",
        example="ml.m5.xlarge",
        form="instance",
    ),
    Key(
        path="model.concurrency",
        kind="count",
        about="Requests that one copy handles at once.",
        example="4",
    ),
    Key(
        path="model.throughput",
        kind="rate",
        about="Rate of one measured_on instance within `answer`; replaces concurrency /"
        " processing.",
        example="900/s",
    ),
    Key(
        path="models",
        kind="models",
        about="Models by name, each with what differs from `model`; a pipeline runs them in this"
        " order.",
        example="tenant-a",
        most=200,
    ),
    Key(
        path="needs",
        kind="needs",
        about="Features that the workload needs. All others are not needed.",
    ),
    Key(
        path="prefer",
        kind="word",
        about="What to prefer when several options fit.",
        words=("cost", "latency"),
    ),
    Key(path="budget", kind="money", about="Highest acceptable cost.", example="500 USD/month"),
    Key(path="deploy", kind="section", about="Values for the requests that only you know."),
    Key(
        path="deploy.role",
        kind="text",
        about="Execution role.",
        example="arn:aws:iam::123456789012:role/sagemaker",
        form="role",
    ),
    Key(
        path="deploy.bucket",
        kind="text",
        about="S3 address for output.",
        example="s3://my-bucket/fraud",
        form="bucket",
    ),
    Key(
        path="deploy.kms_key",
        kind="text",
        about="Key that encrypts storage.",
        example="alias/ml",
        form="kms_key",
    ),
    Key(
        path="deploy.subnets",
        kind="texts",
        about="Subnets of the VPC.",
        example="subnet-1",
        form="subnet",
        most=16,
    ),
    Key(
        path="deploy.security_groups",
        kind="texts",
        about="Security groups of the VPC.",
        example="sg-1",
        form="security_group",
        most=5,
    ),
    Key(
        path="deploy.tags",
        kind="named",
        about="Tags of every resource.",
        example="risk",
        form="tag",
        most=50,
    ),
    Key(
        path="deploy.instance_type",
        kind="text",
        about="Instance type; overrides the sizing, but is still checked.",
        example="ml.m5.xlarge",
        form="instance",
    ),
    Key(
        path="deploy.volume",
        kind="size",
        about="Storage volume of each instance; overrides the sizing.",
        example="100 GB",
        exact=True,
    ),
    Key(
        path="deploy.hosting",
        kind="word",
        about="Hosting form of several models; overrides the rules, but is still checked.",
        words=WAYS,
    ),
    Key(path="deploy.instances", kind="section", about="Bounds of the fleet."),
    Key(
        path="deploy.instances.min",
        kind="count",
        about="Fewest instances.",
        example="2",
        least=0,
        exact=True,
    ),
    Key(
        path="deploy.instances.max", kind="count", about="Most instances.", example="6", exact=True
    ),
    *RELEASE,
    Key(path="limits", kind="word", about="Documented bounds to apply.", words=("safe", "latest")),
    Key(
        path="decision",
        kind="record",
        about="A human's choice, which overrides the recommendation.",
    ),
    Key(path="decision.option", kind="word", about="The chosen option.", words=OPTIONS),
    Key(
        path="decision.because",
        kind="text",
        about="Why it was chosen.",
        example="p99 is contractual",
        form="text",
    ),
    Key(path="decision.by", kind="text", about="Who chose it.", example="jd", form="line"),
    Key(
        path="decision.until",
        kind="text",
        about="Date of the next review.",
        example="2027-03-31",
        form="date",
    ),
    Key(path="accept", kind="waivers", about="Accepted findings by rule id, each with its reason."),
    Key(
        path="artifacts",
        kind="named",
        about="Outputs and model archives that `check` compares: PATH or PATH#address.",
        example="deploy/endpoint-config.json",
        form="path",
        most=100,
    ),
)

# What an acceptance under `accept` consists of, when it is more than its reason.
WAIVER = (
    Key(
        path="because",
        kind="text",
        about="Why it is accepted.",
        example="measured in a load test",
        form="text",
    ),
    Key(path="by", kind="text", about="Who accepted it.", example="jd", form="line"),
    Key(
        path="until",
        kind="text",
        about="Last day of the acceptance.",
        example="2027-01-31",
        form="date",
    ),
    Key(path="ticket", kind="text", about="Ticket that tracks it.", example="RISK-12", form="line"),
)


def short_for(key: Key) -> str:
    """The name of the key below for which a word may stand: ``rollout: canary``; or nothing."""
    if key.kind != "word":
        return ""
    below = (other.path for other in KEYS if other.path.startswith(f"{key.path}."))
    return next(below, "").rpartition(".")[2]


# What may be said of each of `models`: its name, its share, and whatever may be said of `model`.
_ONE_OF_MANY = (
    Key(
        path="name",
        kind="text",
        about="Its name, valid as a host name.",
        example="tenant-a",
        form="name",
    ),
    *[key for key in KEYS if key.path.startswith("model.") and key.path != "model.count"],
    Key(
        path="count",
        kind="count",
        about="Models alike; each gets a number behind the name.",
        example="3",
        most=50,
        exact=True,
    ),
    Key(
        path="share",
        kind="percent",
        about="Share of the requests that are for it.",
        example="20 %",
        most=100_000,
    ),
)
MODEL = tuple(key._replace(path=key.path.removeprefix("model.")) for key in _ONE_OF_MANY)
