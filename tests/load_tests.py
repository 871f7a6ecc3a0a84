"""Results of load tests for tests, in the shape of DescribeInferenceRecommendationsJob."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from advisor.measurement.apply import measured_workload
from advisor.measurement.result import Result, read_result
from advisor.model.advice import Advice
from advisor.model.workload import Measured, Workload
from advisor.pipeline import advise
from tests.planned import facts_of

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:inference-recommendations-job/case-test"


def on(kind: str, invocations: int, latency: int, *, count: int = 1, **metrics: Any) -> Any:
    """One recommendation: requests a minute of the endpoint, and ModelLatency."""
    return {
        "RecommendationId": f"case-test/{kind}",
        "Metrics": {"MaxInvocations": invocations, "ModelLatency": latency, **metrics},
        "EndpointConfiguration": {
            "EndpointName": "sm-epc-case",
            "VariantName": "sm-epc-case",
            "InstanceType": kind,
            "InitialInstanceCount": count,
        },
        "ModelConfiguration": {"InferenceSpecificationName": "case"},
    }


def serverless(memory_mb: int, invocations: int, latency: int, **metrics: Any) -> Any:
    """One serverless recommendation."""
    found = on("ml.m5.large", invocations, latency, **metrics)
    configuration = found["EndpointConfiguration"]
    del configuration["InstanceType"]
    configuration["ServerlessConfig"] = {"MemorySizeInMB": memory_mb, "MaxConcurrency": 20}
    return found


def job(*recommendations: Any, **changes: Any) -> dict[str, Any]:
    """The whole answer; a change to ``None`` leaves a member out."""
    answer = {
        "JobName": "case-test",
        "JobType": "Advanced",
        "JobArn": ARN,
        "RoleArn": ROLE,
        "Status": "COMPLETED",
        "CreationTime": "2026-11-02T10:00:00.957000+00:00",
        "CompletionTime": "2026-11-02T23:30:00+00:00",
        "LastModifiedTime": "2026-11-03T00:10:00+00:00",
        "InputConfig": {
            "ModelName": "case-0a1b2c3d",
            "TrafficPattern": {
                "TrafficType": "STAIRS",
                "Stairs": {"DurationInSeconds": 840, "NumberOfSteps": 7, "UsersPerStep": 3},
            },
        },
        "InferenceRecommendations": list(recommendations),
        **changes,
    }
    return {name: value for name, value in answer.items() if value is not None}


def result(folder: Path, document: Any) -> Result:
    """What is read of an answer in a file called result.json."""
    path = folder / "result.json"
    text = document if isinstance(document, str) else json.dumps(document)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return read_result(str(path))


def measured(folder: Path, workload: dict[str, Any], *recommendations: Any) -> Workload:
    """A workload with the recommendations of one job in it."""
    stated = facts_of(workload).workload
    return measured_workload(stated, [result(folder, job(*recommendations))])


def standing(workload: Workload) -> dict[str, str]:
    """How each configuration stands."""
    return {each.instance_type or str(each.memory_mb): each.standing for each in of(workload).tests}


def of(workload: Workload) -> Measured:
    """The measurement of a workload that has one."""
    assert workload.measured is not None
    return workload.measured


def answer(workload: Workload) -> Advice:
    """The answer."""
    return advise(workload)
