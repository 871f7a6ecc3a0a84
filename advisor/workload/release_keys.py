"""The keys about known hours, and those under ``deploy`` about releases: rollout, variants."""

from __future__ import annotations

from advisor.workload.key import Key

STRATEGIES = ("all-at-once", "canary", "linear", "rolling")
_TOPIC = "arn:aws:sns:us-east-1:123456789012:fraud"
_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:2"
_ARTIFACT = "s3://my-bucket/fraud/2/model.tar.gz"

RELEASE = (
    Key(
        path="deploy.version",
        kind="text",
        about="Release of the model: enters names and tags, so that a new archive at the same"
        " address is deployed.",
        example="2026-11-20",
        form="version",
    ),
    Key(
        path="deploy.rollout",
        kind="word",
        about="How an update replaces the running version.",
        words=STRATEGIES,
    ),
    Key(path="deploy.rollout.strategy", kind="word", about="How traffic moves.", words=STRATEGIES),
    Key(
        path="deploy.rollout.step",
        kind="text",
        about="Share or number of instances in a canary, a linear step or a rolling batch.",
        example="10 %",
        form="step",
    ),
    Key(
        path="deploy.rollout.wait",
        kind="time",
        about="Time between two steps.",
        example="5 min",
        least=0,
    ),
    Key(
        path="deploy.rollout.terminate_wait",
        kind="time",
        about="Time that the old fleet runs after the last step.",
        example="5 min",
        least=0,
    ),
    Key(
        path="deploy.rollout.timeout", kind="time", about="Time limit of an update.", example="1 h"
    ),
    Key(
        path="deploy.rollout.alarms",
        kind="texts",
        about="Existing CloudWatch alarms that roll an update back; else the requests create some.",
        example="fraud-errors",
        form="alarm",
        most=10,
    ),
    Key(
        path="deploy.topics",
        kind="section",
        about="Existing SNS topics; without them the requests create some.",
    ),
    Key(
        path="deploy.topics.alarms",
        kind="text",
        about="Topic for alarms.",
        example=_TOPIC,
        form="topic",
    ),
    Key(
        path="deploy.topics.success",
        kind="text",
        about="Topic for each result.",
        example=_TOPIC,
        form="topic",
    ),
    Key(
        path="deploy.topics.error",
        kind="text",
        about="Topic for each failure.",
        example=_TOPIC,
        form="topic",
    ),
    Key(path="deploy.shadow", kind="section", about="A model that gets a copy of the requests."),
    Key(
        path="deploy.shadow.image",
        kind="text",
        about="Its container image.",
        example=_IMAGE,
        form="image",
    ),
    Key(
        path="deploy.shadow.artifact",
        kind="text",
        about="Its archive.",
        example=_ARTIFACT,
        form="artifact",
    ),
    Key(
        path="deploy.shadow.instance_type",
        kind="text",
        about="Its instance type.",
        example="ml.m5.xlarge",
        form="instance",
    ),
    Key(
        path="deploy.shadow.share",
        kind="percent",
        about="Share of the requests to copy.",
        example="50 %",
        most=100_000,
    ),
    Key(
        path="deploy.variants",
        kind="variants",
        about="Other variants that share the traffic.",
        example="{name: challenger, weight: 0.25}",
        most=9,
    ),
)

# What may be said of each of `deploy.variants`.
VARIANT = (
    Key(path="name", kind="text", about="Its name.", example="challenger", form="variant"),
    Key(path="image", kind="text", about="Its container image.", example=_IMAGE, form="image"),
    Key(path="artifact", kind="text", about="Its archive.", example=_ARTIFACT, form="artifact"),
    Key(
        path="weight",
        kind="text",
        about="Its weight in the traffic; the workload's own model has 1.",
        example="0.25",
        form="weight",
    ),
)

BUSINESS_HOURS = "business hours"

HOURS = (
    Key(
        path="traffic.windows",
        kind="windows",
        about="Known hours of the week, in `timezone`; without `active` they are the time with"
        " traffic. `business hours` is mon-fri 9-17.",
        example="{days: mon-fri, hours: 8-18}",
        words=(BUSINESS_HOURS,),
        most=20,
    ),
    Key(
        path="traffic.timezone",
        kind="text",
        about="Time zone of `windows`; default UTC.",
        example="Europe/Berlin",
        form="timezone",
    ),
)

# What may be said of each of `traffic.windows`.
WINDOW = (
    Key(
        path="days",
        kind="text",
        about="Days of the week; every day without them.",
        example="mon-fri",
        form="days",
    ),
    Key(
        path="hours",
        kind="text",
        about="From and to on these days; an end that is not after the start is on the next day.",
        example="8-18",
        form="hours",
    ),
)
