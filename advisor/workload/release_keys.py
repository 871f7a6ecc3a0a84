"""The keys under ``deploy`` about releases: rollout, variants and notifications."""

from __future__ import annotations

from advisor.workload.key import Key

STRATEGIES = ("all-at-once", "canary", "linear", "rolling")
_TOPIC = "arn:aws:sns:us-east-1:123456789012:fraud"
_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:2"
_ARTIFACT = "s3://my-bucket/fraud/2/model.tar.gz"

RELEASE = (
    Key(
        "deploy.version",
        "text",
        "Release of the model: enters names and tags, so that a new archive at the same address "
        "is deployed.",
        "2026-11-20",
        form="version",
    ),
    Key("deploy.rollout", "word", "How an update replaces the running version.", words=STRATEGIES),
    Key("deploy.rollout.strategy", "word", "How traffic moves.", words=STRATEGIES),
    Key(
        "deploy.rollout.step",
        "text",
        "Share or number of instances in a canary, a linear step or a rolling batch.",
        "10 %",
        form="step",
    ),
    Key("deploy.rollout.wait", "time", "Time between two steps.", "5 min", least=0),
    Key(
        "deploy.rollout.terminate_wait",
        "time",
        "Time that the old fleet runs after the last step.",
        "5 min",
        least=0,
    ),
    Key("deploy.rollout.timeout", "time", "Time limit of an update.", "1 h"),
    Key(
        "deploy.rollout.alarms",
        "texts",
        "Existing CloudWatch alarms that roll an update back; else the requests create some.",
        "fraud-errors",
        form="alarm",
        most=10,
    ),
    Key("deploy.topics", "section", "Existing SNS topics; without them the requests create some."),
    Key("deploy.topics.alarms", "text", "Topic for alarms.", _TOPIC, form="topic"),
    Key("deploy.topics.success", "text", "Topic for each result.", _TOPIC, form="topic"),
    Key("deploy.topics.error", "text", "Topic for each failure.", _TOPIC, form="topic"),
    Key("deploy.shadow", "section", "A model that gets a copy of the requests."),
    Key("deploy.shadow.image", "text", "Its container image.", _IMAGE, form="image"),
    Key("deploy.shadow.artifact", "text", "Its archive.", _ARTIFACT, form="artifact"),
    Key(
        "deploy.shadow.instance_type", "text", "Its instance type.", "ml.m5.xlarge", form="instance"
    ),
    Key("deploy.shadow.share", "percent", "Share of the requests to copy.", "50 %", most=100_000),
    Key(
        "deploy.variants",
        "variants",
        "Other variants that share the traffic.",
        "{name: challenger, weight: 0.25}",
        most=9,
    ),
)

# What may be said of each of `deploy.variants`.
VARIANT = (
    Key("name", "text", "Its name.", "challenger", form="variant"),
    Key("image", "text", "Its container image.", _IMAGE, form="image"),
    Key("artifact", "text", "Its archive.", _ARTIFACT, form="artifact"),
    Key(
        "weight",
        "text",
        "Its weight in the traffic; the workload's own model has 1.",
        "0.25",
        form="weight",
    ),
)
