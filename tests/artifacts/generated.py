"""Workloads made by a seeded generator: plain statements of every kind, in any company."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count, islice
from random import Random
from typing import Any

from advisor.model.advice import Advice
from advisor.model.options import OPTIONS
from advisor.pipeline import advise
from advisor.workload import read_workloads
from advisor.workload.keys import features
from tests.strategies import put

# Region -> partition and domain, for what names them.
_REGIONS = {
    "us-east-1": ("aws", "amazonaws.com"),
    "eu-west-1": ("aws", "amazonaws.com"),
    "il-central-1": ("aws", "amazonaws.com"),
    "cn-north-1": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-west-1": ("aws-us-gov", "amazonaws.com"),
}
_SIZES = ("3 KB", "300 KB", "5 MB", "20 MB", "90 MB", "700 MB", "10 KB..2 MB", "large", "small")
_TIMES = ("9 ms", "60 ms", "800 ms", "7 s", "50 s", "5 min", "40 min", "1 s..3 s", "short", "long")
_RATES = ("3/day", "40/h", "9/min", "4/s", "150/s", "2000/s", "1/h..20/s")
_MODELS = ("40 MB", "900 MB", "6 GB", "14 GB", "70 GB")

# What a sentence of the file may say: key path -> the values to choose from.
_ANYWHERE: dict[str, tuple[Any, ...]] = {
    "owner": ("team-risk", "Équipe 1 + 2", "a/b:c=d@e"),
    "environment": ("production", "test"),
    "limits": ("safe", "latest"),
    "prefer": ("cost", "latency"),
    "requests.payload": _SIZES,
    "requests.response": _SIZES,
    "requests.encoding": ("binary", "base64"),
    "requests.processing": _TIMES,
    "model.size": _MODELS,
    "model.memory": _MODELS,
    "model.accelerator": ("none", "none", "gpu", "neuron"),
    "model.accelerator_memory": ("8 GB", "20 GB", "130 GB"),
    "model.parameters": ("300M", "8B", "70B"),
    "model.precision": ("fp32", "bf16", "int8"),
    "model.count": (1, 1, 1, 4, 30, 2000),
    "model.framework": ("xgboost", "pytorch", "vllm", "tensorflow", '$(x) `y` "z" ${a} %{b} \''),
    "model.image": ("123456789012.dkr.ecr.{region}.{domain}/team/model@sha256:0a1b2c",),
    "model.artifact": ("s3://a-bucket/it's/(1)*!/model.tar.gz", "s3://a-bucket/plain/"),
    "model.startup": ("4 s", "90 s", "15 min"),
    "model.disk": ("1 GB", "200 GB"),
    "model.concurrency": (1, 4, 64),
    "deploy.role": ("arn:{partition}:iam::123456789012:role/service-role/its,@mine+=",),
    "deploy.bucket": ("s3://a-bucket", "s3://a-bucket/it's/$1/".replace("$", "@")),
    "deploy.kms_key": (
        "alias/ml",
        "0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f",
        "arn:{partition}:kms:{region}:123456789012:key/0a1b2c3d",
    ),
    "deploy.subnets": (["subnet-0a1b2c3d"], ["subnet-0a1b2c3d", "subnet-1b2c3d4e"]),
    "deploy.security_groups": (["sg-0a1b2c3d"],),
    "deploy.tags": ({"team": "Équipe 1"}, {"- a: b": "=yes@", "null": "", "on": "012", "+": "@/x"}),
    "deploy.instances": ({"min": 2, "max": 6}, {"min": 0, "max": 3}, {"min": 1}),
}
_ONLINE: dict[str, tuple[Any, ...]] = {
    "requests.answer": ("100 ms", "2 s", "40 s", "20 min", "interactive", "relaxed", "later"),
    "requests.streaming": (True, False, False),
    "requests.cold_start": ("tolerated", "avoid", "30 s"),
    "traffic.pattern": (
        "sustained",
        "diurnal",
        "periodic",
        "intermittent",
        "spiky",
        "unpredictable",
    ),
    "traffic.peak": _RATES,
    "traffic.volume": ("900/month", "2M/month", "400M/month"),
    "traffic.active": ("1 h/day", "8 h/day", "24 h/day"),
    "traffic.concurrent": (1, 30, 500),
}
_BATCH: dict[str, tuple[Any, ...]] = {
    "dataset.size": ("300 MB", "40 GB", "2 TB"),
    "dataset.records": ("10k", "10M"),
    "dataset.format": ("csv", "jsonlines", "recordio", "tfrecord", "parquet", "other"),
    "dataset.files": (1, 200, 90_000),
    "dataset.deadline": ("1 h", "12 h"),
    "dataset.runs": ("1/day", "2/month"),
    "dataset.join": (True, False),
}
_SHARES = (0.05, 0.15, 0.4)  # of the keys that a workload states: silent ones, talkative ones
_DECIDED = 0.3  # of the workloads, so that every option is made often
_NEEDS = (0, 0, 1, 2, 5)


def document(seed: int) -> dict[str, Any]:
    """A workload document, the same one for the same seed."""
    pick = Random(seed)
    arrival = pick.choice(("online", "online", "online", "batch"))
    made: dict[str, Any] = {
        "name": f"generated-{seed}" + "-of-a-long-name" * pick.choice((0, 0, 3))
    }
    put(made, "requests.arrival", arrival)
    share, region = pick.choice(_SHARES), pick.choice([None, None, *_REGIONS])
    if region is not None:
        made["region"] = region
    for path, values in {**_ANYWHERE, **(_BATCH if arrival == "batch" else _ONLINE)}.items():
        if pick.random() < share:
            put(made, path, _in_region(pick.choice(values), region or "us-east-1"))
    if pick.random() < _DECIDED:
        made["decision"] = {"option": pick.choice(OPTIONS), "because": "we decided"}
    made["needs"] = pick.sample(tuple(features()), pick.choice(_NEEDS))
    return made


def _in_region(value: Any, region: str) -> Any:
    """A value with the Region and the partition in it that the workload names."""
    if not isinstance(value, str):
        return value
    partition, domain = _REGIONS[region]
    for name, text in (("region", region), ("partition", partition), ("domain", domain)):
        value = value.replace(f"{{{name}}}", text)
    return value


def generated(wanted: int, seed: int = 0) -> Iterator[Advice]:
    """The advice of generated workloads for which an option fits.

    Args:
        wanted: how many.
        seed: of the first document tried; the others follow it.
    """
    return islice(filter(_has_plan, _advices(seed)), wanted)


def _has_plan(advice: Advice) -> bool:
    return advice.chosen is not None and advice.chosen.plan is not None


def _advices(seed: int) -> Iterator[Advice]:
    for number in count(seed):
        text = json.dumps(document(number)).encode()
        for workload in read_workloads(text, f"{number}.json"):
            yield advise(workload)
