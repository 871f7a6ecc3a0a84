"""The scheduled call that starts a transform job, where a dialect has no transform job."""

from __future__ import annotations

from typing import Any

from advisor.artifacts.variables import Variable, variables

CALL = "scheduler:::aws-sdk:sagemaker:createTransformJob"
EXPRESSION = Variable(
    "schedule_expression",
    "Schedule of the jobs in the form of EventBridge Scheduler, such as rate(1 day)",
)
ROLE = Variable(
    "scheduler_role_arn",
    "ARN of the IAM role that EventBridge Scheduler assumes to create and tag the job",
)
_ID = "<aws.scheduler.execution-id>"  # the Scheduler puts 16 characters in its place
_LONGEST = 63


def asked(operation: str, body: dict[str, Any]) -> list[Variable]:
    """The variables of a request; of a job also those of the schedule that starts it."""
    found = variables(body)
    return [*found, EXPRESSION, ROLE] if operation == "CreateTransformJob" else found


def schedule_name(job: dict[str, Any]) -> str:
    """The name of the schedule: the job's, without the number of its run."""
    name: str = job["TransformJobName"]
    return name.removesuffix("-run-1")


def job_input(job: dict[str, Any]) -> dict[str, Any]:
    """The request of each run; its name ends in the id of the run, since no two may be equal."""
    stem = schedule_name(job)[: _LONGEST - 17].rstrip("-")
    return {**job, "TransformJobName": f"{stem}-{_ID}"}
