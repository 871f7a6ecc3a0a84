"""Distinct, repeatable workload files to measure with."""

from __future__ import annotations

from random import Random

_PATTERNS = ("sustained", "diurnal", "periodic", "intermittent", "spiky", "unpredictable")
_FORMATS = ("csv", "jsonlines", "recordio", "tfrecord", "parquet", "other")
_NEEDS = ("vpc", "kms", "data-capture", "autoscaling", "multi-az", "alarms", "notifications")


def full(number: int) -> str:
    """A file with every section filled in, the same one for the same number."""
    pick = Random(number)  # noqa: S311 -- repeatable on purpose
    typical, largest = pick.randint(1, 900), pick.randint(1, 30)
    usual, slowest = pick.randint(5, 900), pick.randint(1, 90)
    needs = ", ".join(sorted(pick.sample(_NEEDS, pick.randint(1, 4))))
    return f"""\
schema: sm-advise/workload.v1
name: full-{number}
region: us-east-1
owner: team-{number % 40}
environment: {pick.choice(("production", "test"))}

requests:
  arrival: {pick.choice(("online", "batch"))}
  payload: {{typical: {typical} KB, max: {largest} MB}}
  response: {pick.randint(1, 900)} KB
  encoding: {pick.choice(("binary", "base64"))}
  processing: {{typical: {usual} ms, p99: {usual * 2} ms, max: {slowest * 2} s}}
  answer: {slowest * 4} s
  streaming: false
  cold_start: {pick.choice(("tolerated", "avoid", "30 s"))}

traffic:
  pattern: {pick.choice(_PATTERNS)}
  peak: {pick.randint(10, 90)}/s
  volume: {pick.randint(10, 900)}k/month
  active: {pick.randint(1, 24)} h/day
  concurrent: {pick.randint(1, 60)}

dataset:
  size: {pick.randint(1, 400)} GB
  records: {pick.randint(1, 90)}M
  format: {pick.choice(_FORMATS)}
  files: {pick.randint(10, 900)}
  deadline: {pick.randint(1, 24)} h
  runs: 1/day
  join: {pick.choice(("true", "false"))}

model:
  size: {pick.randint(10, 900)} MB
  memory: {pick.randint(1, 5)} GB
  accelerator: {pick.choice(("none", "none", "gpu"))}
  parameters: {pick.randint(10, 400)}M
  precision: fp16
  count: 1
  framework: xgboost
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/model:{number}
  image_size: {pick.randint(1, 9)} GB
  artifact: s3://models-of-a-team/{number}/model.tar.gz
  startup: {pick.randint(5, 90)} s
  disk: {pick.randint(1, 9)} GB
  measured_on: ml.m5.xlarge
  concurrency: {pick.randint(1, 8)}
  throughput: {pick.randint(10, 900)}/s

needs: [{needs}]
prefer: {pick.choice(("cost", "latency"))}
budget: {pick.randint(100, 9000)} USD/month

deploy:
  role: arn:aws:iam::123456789012:role/inference-{number}
  bucket: s3://models-of-a-team/{number}
  kms_key: alias/ml
  subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
  security_groups: [sg-0123456789abcdef0]
  tags: {{team: team-{number % 40}, cost-center: "{number}"}}
  instances: {{min: 2, max: {pick.randint(3, 20)}}}

limits: {pick.choice(("safe", "latest"))}
accept:
  contested-limit: {{because: "tried in account {number}", by: jd, until: 2030-01-31}}
"""


def small(number: int) -> str:
    """A file of three to eight facts, as people write them first."""
    pick = Random(number)  # noqa: S311 -- repeatable on purpose
    requests = ["  arrival: " + pick.choice(("online", "online", "batch"))]
    requests += _some(
        pick,
        f"  payload: {pick.choice(('small', 'large', f'{pick.randint(1, 900)} KB'))}",
        f"  processing: {pick.choice(('short', 'long', f'{pick.randint(5, 9000)} ms'))}",
        f"  answer: {pick.choice(('interactive', 'relaxed', 'later'))}",
        f"  cold_start: {pick.choice(('tolerated', 'avoid'))}",
    )
    traffic = [f"  pattern: {pick.choice(_PATTERNS)}"]
    traffic += _some(
        pick,
        f"  volume: {pick.randint(1, 900)}k/month",
        f"  active: {pick.randint(1, 24)} h/day",
    )
    model = [f"  size: {pick.randint(10, 9000)} MB"]
    model += _some(pick, "  framework: pytorch", "  accelerator: gpu", "  count: 1")
    lines = [f"name: small-{number}", "requests:", *requests, "traffic:", *traffic]
    lines += ["model:", *model, "prefer: " + pick.choice(("cost", "latency"))]
    return "\n".join(lines) + "\n"


def _some(pick: Random, *lines: str) -> list[str]:
    """Each line or not, by chance."""
    return [line for line in lines if pick.random() < 1 / 2]
