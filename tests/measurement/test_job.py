"""CreateInferenceRecommendationsJob for an answer: what it measures, with which load."""

from __future__ import annotations

import json
import shlex
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

from advisor.artifacts import maker
from advisor.cli import run
from advisor.measurement.job import LoadTest, LoadTests, load_tests
from advisor.model.advice import Advice, Plan
from advisor.model.errors import InputError
from advisor.model.options import SERVERLESS
from advisor.pipeline import advise
from advisor.rulebook.knowledge import knowledge
from advisor.rulebook.load import load
from tests import strategies
from tests.aws import judge
from tests.load_tests import job, on
from tests.planned import batch, facts_of, online, setting

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
TYPES = knowledge(load("safe").raw).catalogue.types
KIND = "inference-recommendations-job"


def answered(workload: dict[str, Any]) -> Advice:
    return advise(facts_of(workload).workload)


def jobs_of(workload: dict[str, Any]) -> LoadTests:
    return load_tests(answered(workload))


def measuring(workload: dict[str, Any], option: str = "real-time") -> Plan:
    """The plan of one load test."""
    (found,) = [each.plan for each in jobs_of(workload).tests if each.option == option]
    return found


def request(found: Plan) -> dict[str, Any]:
    """The parameters of the job."""
    return found.requests[-1].parameters


def types(found: Plan) -> list[str]:
    tested = request(found)["InputConfig"]["EndpointConfigurations"]
    return [each["InstanceType"] for each in tested]


def scoring(**parts: Any) -> dict[str, Any]:
    """20 requests a second of 60 ms, wanted within a second, on CPUs."""
    requests = {
        "payload": "20 KB", "response": "4 KB", "processing": {"typical": "60 ms"},
        "answer": "1 s", "cold_start": "avoid", **parts.pop("requests", {}),
    }  # fmt: skip
    model = {"size": "200 MB", "memory": "1 GB", "accelerator": "none", **parts.pop("model", {})}
    traffic = parts.pop("traffic", {"pattern": "sustained", "peak": "20/s"})
    return online(
        requests={each: value for each, value in requests.items() if value is not None},
        traffic=traffic,
        model=model,
        needs=parts.pop("needs", ["vpc"]),
        region="us-east-1",
        **parts,
    )


# -- the load --------------------------------------------------------------------------------------


def test_a_load_test_of_what_was_stated() -> None:
    found = measuring(scoring(model={"framework": "PyTorch 2.1", "startup": "40 s"}))
    body = request(found)
    assert body["JobType"] == "Advanced"
    assert body["JobName"].startswith("case-test-")
    assert body["InputConfig"]["ModelName"] == found.requests[0].parameters["ModelName"]
    # 20 x 60 / 0.5 = 2,400 a minute; the answer time in milliseconds.
    assert body["StoppingConditions"] == {
        "MaxInvocations": 2400,
        "FlatInvocations": "Stop",
        "ModelLatencyThresholds": [{"Percentile": "P95", "ValueInMilliseconds": 1000}],
    }
    # 40/s x 60 ms = 2.4, so 3 users would do, and 20 are taken: 7 steps of 3, 120 s each.
    assert body["InputConfig"]["TrafficPattern"] == {
        "TrafficType": "STAIRS",
        "Stairs": {"DurationInSeconds": 840, "NumberOfSteps": 7, "UsersPerStep": 3},
    }
    # 5 types, 3 at once: 2 rounds of 840 s + 300 s for the instance + 40 s for the container.
    assert body["InputConfig"]["ResourceLimit"] == {"MaxNumberOfTests": 5, "MaxParallelOfTests": 3}
    assert body["InputConfig"]["JobDurationInSeconds"] == 2360
    assert setting(found, "MaxInvocations").because.startswith(
        "20/s at the peak x 60 / 0.5 = 2,400"
    )
    container = body["InputConfig"]["ContainerConfig"]
    assert container["Framework"] == "PYTORCH"
    assert container["FrameworkVersion"] == "2.1"


@pytest.mark.parametrize(
    ("peak", "invocations"),
    [
        ("250/s", 30000),
        ("249/s", 29880),
        ("251/s", 30000),
        ("50/min", 100),
        ("51/min", 102),
        ("49/min", 100),
        ("1/month", 100),
    ],
)
def test_invocations_stay_within_what_the_service_takes(peak: str, invocations: int) -> None:
    # 250 x 60 / 0.5 = 30,000; 50 / 0.5 = 100.
    body = request(measuring(scoring(traffic={"pattern": "sustained", "peak": peak})))
    assert body["StoppingConditions"]["MaxInvocations"] == invocations


@pytest.mark.parametrize(
    ("time", "steps"),
    [
        ("500 ms", 7),  # 40/s x 0.5 s = 20 users
        ("525 ms", 7),  # 21
        ("526 ms", 8),  # 21.04, so 22
        ("2.25 s", 30),  # 90
        ("3 s", 30),  # 120, and 90 are the most
    ],
)
def test_users_are_those_that_are_in_progress(time: str, steps: int) -> None:
    found = measuring(scoring(requests={"processing": {"typical": time}, "answer": "10 s"}))
    stairs = request(found)["InputConfig"]["TrafficPattern"]["Stairs"]
    assert stairs["NumberOfSteps"] == steps
    assert stairs["DurationInSeconds"] == steps * 120
    assert ("the maximum of one test" in setting(found, "NumberOfSteps").because) == (time == "3 s")


def test_users_that_are_stated() -> None:
    traffic = {"pattern": "sustained", "concurrent": 31}
    found = measuring(scoring(traffic=traffic, requests={"processing": None}))
    # 31 / 3 = 10.3.
    assert request(found)["InputConfig"]["TrafficPattern"]["Stairs"]["NumberOfSteps"] == 11
    assert request(found)["StoppingConditions"]["MaxInvocations"] == 30000


def test_without_an_answer_time_the_slowest_stated_request_ends_the_test() -> None:
    slow = scoring(requests={"answer": None, "processing": {"typical": "60 ms", "max": "400 ms"}})
    (limit,) = request(measuring(slow))["StoppingConditions"]["ModelLatencyThresholds"]
    assert limit["ValueInMilliseconds"] == 400
    nothing = scoring(requests={"answer": None, "processing": None})
    assert "ModelLatencyThresholds" not in request(measuring(nothing))["StoppingConditions"]


def test_the_service_makes_its_own_load_where_nothing_is_stated() -> None:
    found = measuring(scoring(requests={"answer": None, "processing": None}, traffic={}))
    body = request(found)
    assert body["JobType"] == "Default"
    assert "StoppingConditions" not in body
    assert "TrafficPattern" not in body["InputConfig"]
    container = body["InputConfig"]["ContainerConfig"]
    assert container["SupportedInstanceTypes"] == [
        "ml.c6i.large", "ml.m5.large", "ml.c6i.xlarge", "ml.m5.xlarge", "ml.c6i.2xlarge",
    ]  # fmt: skip
    assert container["SupportedEndpointType"] == "RealTime"


# -- what is tested --------------------------------------------------------------------------------


def test_types_of_memory_are_left_out_where_others_fit_and_taken_where_none_does() -> None:
    assert types(measuring(scoring())) == [
        "ml.c6i.large", "ml.m5.large", "ml.c6i.xlarge", "ml.m5.xlarge", "ml.c6i.2xlarge",
    ]  # fmt: skip
    # 12 GB + 256 MB: above 0.9 x 8 GB, below 0.9 x 16 GB, so 2 vCPUs with 16 GB and 4 with 16 GB.
    found = types(measuring(scoring(model={"memory": "12 GB"})))
    assert found[:2] == ["ml.r5.large", "ml.m5.xlarge"]
    assert "ml.r5.xlarge" not in found


def test_accelerators_differ_by_their_model() -> None:
    gpu = {"accelerator": "gpu", "accelerator_memory": "10 GB", "memory": "4 GB"}
    found = [TYPES[name] for name in types(measuring(scoring(model=gpu)))]
    models = [(each.accelerator_model, each.accelerator_count) for each in found]
    assert len(set(models)) == len(models) == 5
    assert all(each.accelerator_total_mib >= 10 * 1024 for each in found)


def test_the_type_of_the_plan_comes_first() -> None:
    # 20/s x 60 ms on what was measured: nothing smaller is taken by the plan.
    named = scoring(model={"measured_on": "ml.c5.2xlarge"})
    assert types(measuring(named))[:2] == ["ml.c5.2xlarge", "ml.c6i.large"]


def test_a_stated_type_is_the_only_one() -> None:
    found = measuring(scoring(deploy={"instance_type": "ml.m5.2xlarge"}))
    assert types(found) == ["ml.m5.2xlarge"]
    assert request(found)["InputConfig"]["ResourceLimit"]["MaxParallelOfTests"] == 1


def test_no_burstable_type_is_tested() -> None:
    found = measuring(scoring(deploy={"instance_type": "ml.t2.large"}))
    assert "ml.t2.large" not in types(found)
    because = setting(found, "EndpointConfigurations").because
    assert "ml.t2.large is burstable, and jobs take no burstable types" in because


def test_serverless_has_a_job_of_its_own_with_the_next_size() -> None:
    tool = scoring(
        needs=[],
        requests={"cold_start": "tolerated", "answer": "10 s"},
        traffic={"pattern": "intermittent", "peak": "2/s", "volume": "10k/month"},
    )
    assert [each.option for each in jobs_of(tool).tests] == ["real-time", "serverless"]
    tested = request(measuring(tool, SERVERLESS))["InputConfig"]["EndpointConfigurations"]
    # 1 GB + 256 MB needs 2,048 MB, and 3,072 MB is the next.
    assert [each["ServerlessConfig"]["MemorySizeInMB"] for each in tested] == [2048, 3072]
    assert all("ProvisionedConcurrency" not in each["ServerlessConfig"] for each in tested)
    # No more users than requests that are not throttled.
    most = {each["ServerlessConfig"]["MaxConcurrency"] for each in tested}
    stairs = request(measuring(tool, SERVERLESS))["InputConfig"]["TrafficPattern"]["Stairs"]
    users = stairs["NumberOfSteps"] * stairs["UsersPerStep"]
    assert all(each - 3 < users <= each for each in most)
    largest = {**tool, "model": {"memory": "5.5 GB", "accelerator": "none"}}
    tested = request(measuring(largest, SERVERLESS))["InputConfig"]["EndpointConfigurations"]
    assert [each["ServerlessConfig"]["MemorySizeInMB"] for each in tested] == [6144]


def test_instances_are_left_out_where_only_serverless_can_be_used() -> None:
    # Instances have no provisioned concurrency.
    tool = scoring(
        needs=["provisioned-concurrency"],
        requests={"cold_start": "tolerated", "answer": "10 s"},
        traffic={"pattern": "intermittent", "peak": "2/s", "volume": "10k/month"},
    )
    assert answered(tool).decision.option == SERVERLESS
    assert [each.option for each in jobs_of(tool).tests] == ["serverless"]


def test_serverless_is_left_out_where_it_cannot_be_used() -> None:
    assert [each.option for each in jobs_of(scoring(needs=["vpc"])).tests] == ["real-time"]


def test_the_network_and_the_key_are_the_models_own() -> None:
    body = request(measuring(scoring(needs=["vpc", "kms"], deploy={"kms_key": "alias/ml"})))
    assert body["InputConfig"]["VpcConfig"]["Subnets"]
    assert body["InputConfig"]["VolumeKmsKeyId"] == "alias/ml"
    assert body["OutputConfig"] == {"KmsKeyId": "alias/ml"}


# -- what cannot be measured -----------------------------------------------------------------------


def test_bodies_that_invoke_endpoint_does_not_take() -> None:
    large = scoring(requests={"payload": "200 MB", "answer": "later"}, needs=[])
    with pytest.raises(InputError) as caught:
        jobs_of(large)
    assert caught.value.message == (
        "no load test measures case: a job calls InvokeEndpoint, and request body of 200 MB is "
        "beyond the limit, 6 MB"
    )
    assert "model.measured_on" in caught.value.hint


@pytest.mark.parametrize(
    ("workload", "note"),
    [
        (
            scoring(needs=["scale-to-zero"], requests={"answer": "later", "cold_start": "30 min"}),
            "An asynchronous endpoint calls the same container",
        ),
        (
            batch(dataset={"records": "10M", "size": "4 GB", "runs": "1/day"}),
            "A transform job calls the same container",
        ),
        (scoring(model={"count": 300}), "One of 300 models is measured"),
        (scoring(requests={"streaming": True}), "Whole answers are measured"),
        (scoring(needs=["inference-pipeline"]), "is measured alone, not the pipeline"),
    ],
)
def test_what_a_job_does_not_show_is_said(workload: dict[str, Any], note: str) -> None:
    found = jobs_of(workload)
    assert any(note in each for each in found.notes)
    model = found.tests[0].plan.requests[0].parameters
    assert model["PrimaryContainer"].get("Mode", "SingleModel") == "SingleModel"


@pytest.mark.parametrize("file", ["it's.yaml", "a b.yaml", "a\n```\nrm -rf x", "$(x)`y`", "-"])
def test_a_name_of_a_file_stays_one_word(file: str) -> None:
    advice = answered(scoring())
    advice = advice._replace(workload=advice.workload._replace(file=file))
    text = maker(KIND)(advice)[0][1]
    (line,) = [each for each in text.splitlines() if each.startswith("sm-advise ")]
    assert shlex.split(line) == [
        "sm-advise",
        file.replace("\n", " "),
        "--measured",
        "DIR/load-test/result-real-time.json",
    ]


def test_nothing_is_written_when_none_fits() -> None:
    none = answered(scoring(requests={"payload": "2 TB"}))
    assert none.decision.option is None
    assert maker(KIND)(none) == []


# -- every workload --------------------------------------------------------------------------------


def complaints(found: LoadTest) -> list[str]:
    """What the service model and the documented bounds hold against a load test."""
    held = [
        text
        for each in found.plan.requests
        for text in judge(each.service, each.operation, each.parameters)
    ]
    body = request(found.plan)
    if "AIBenchmarkJobName" in body:
        return held
    config = body["InputConfig"]
    if body["JobType"] == "Default":
        return held
    stairs, tested = config["TrafficPattern"]["Stairs"], config["EndpointConfigurations"]
    checks = {
        "a step is 120 s": stairs["DurationInSeconds"] == 120 * stairs["NumberOfSteps"],
        "traffic is 120 to 3,600 s": 120 <= stairs["DurationInSeconds"] <= 3600,
        "all of it fits the job": stairs["DurationInSeconds"] <= config["JobDurationInSeconds"],
        "a job is at most 18,000 s": config["JobDurationInSeconds"] <= 18_000,
        "1 to 10 tests": 1 <= config["ResourceLimit"]["MaxNumberOfTests"] == len(tested) <= 10,
        "1 to 30,000 a minute": 1 <= body["StoppingConditions"]["MaxInvocations"] <= 30_000,
        "instances or serverless": len({tuple(each) for each in tested}) == 1,
        "each once": len({json.dumps(each) for each in tested}) == len(tested),
        "users are not throttled": all(
            each["ServerlessConfig"]["MaxConcurrency"]
            >= stairs["NumberOfSteps"] * stairs["UsersPerStep"]
            for each in tested
            if "ServerlessConfig" in each
        ),
        "no burstable type": not any(
            each.get("InstanceType", "").startswith(("ml.t2", "ml.t3")) for each in tested
        ),
        "milliseconds are whole": all(
            isinstance(each["ValueInMilliseconds"], int) and each["ValueInMilliseconds"] > 0
            for each in body["StoppingConditions"].get("ModelLatencyThresholds", [])
        ),
    }
    return [*held, *(text for text, met in checks.items() if not met)]


@given(strategies.documents())
@settings(max_examples=100)
def test_any_workload(document: dict[str, Any]) -> None:
    pytest.importorskip("botocore", reason="botocore is not installed")
    advice = advise(strategies.read(document))
    assume(advice.chosen is not None)
    try:
        found = load_tests(advice)
    except InputError as error:
        assume("no load test measures" not in error.message)
        raise
    for each in found.tests:
        assert complaints(each) == []
    (readme, *files) = maker(KIND)(advice)
    assert readme[1].count("```") == 4
    assert len(files) == sum(len(each.plan.requests) for each in found.tests)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example(path: Path) -> None:
    pytest.importorskip("botocore", reason="botocore is not installed")
    with tempfile.TemporaryDirectory() as folder:
        code = run([str(path), "--output", folder, "--artifact", KIND])
        written = sorted(Path(folder).rglob("*.json"))
        if code == 2:
            assert path.stem in {"call-transcripts", "invoice-reading"}
            assert written == []
        elif path.stem == "none-fits":
            assert written == []
        else:
            assert len(written) in (2, 4, 5)  # two of a job, five of a benchmark


def test_there_and_back(tmp_path: Path) -> None:
    # A result with the names of the request is one of this workload's model.
    document = scoring()
    path = tmp_path / "case.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert run([str(path), "--output", str(tmp_path), "--artifact", KIND]) == 0
    folder = tmp_path / "load-test" / "real-time"
    sent = json.loads((folder / "2-create-inference-recommendations-job.json").read_bytes())
    measured = job(
        *(
            on(each["InstanceType"], 600, 50)
            for each in sent["InputConfig"]["EndpointConfigurations"]
        ),
        JobName=sent["JobName"],
        InputConfig=sent["InputConfig"],
    )
    result = tmp_path / "result.json"
    result.write_text(json.dumps(measured), encoding="utf-8")
    assert run([str(path), "--measured", str(result)]) == 0


# -- language models -----------------------------------------------------------------------------


def chat(**parts: Any) -> dict[str, Any]:
    """2 requests a second of 1,000 tokens and 300 more, of an 8B model."""
    return online(
        region="us-east-1",
        requests={"streaming": True, "tokens": {"input": "1k", "output": 300}},
        traffic={"peak": "2/s"},
        model={"id": "Qwen/Qwen3-8B", "engine": "vllm"},
        **parts,
    )


def test_a_language_model_gets_a_benchmark_of_one_instance() -> None:
    found = measuring(chat(needs=["vpc"], owner="team-chat"))
    assert [each.operation for each in found.requests] == [
        "CreateModel",
        "CreateEndpointConfig",
        "CreateEndpoint",
        "CreateAIWorkloadConfig",
        "CreateAIBenchmarkJob",
    ]
    for each in found.requests:
        assert judge(each.service, each.operation, each.parameters) == ()
        assert each.parameters["Tags"] == [{"Key": "owner", "Value": "team-chat"}]
    config, endpoint, work, benchmark = (each.parameters for each in found.requests[1:])
    (variant,) = config["ProductionVariants"]
    assert (variant["InitialInstanceCount"], variant["InstanceType"]) == (1, "ml.g5.2xlarge")
    assert benchmark["BenchmarkTarget"]["Endpoint"]["Identifier"] == endpoint["EndpointName"]
    assert benchmark["AIWorkloadConfigIdentifier"] == work["AIWorkloadConfigName"]
    assert benchmark["NetworkConfig"]["VpcConfig"] == found.requests[0].parameters["VpcConfig"]
    asked = json.loads(work["AIWorkloadConfigs"]["WorkloadSpec"]["Inline"])
    # 28.9 in progress on two instances: 15 on one, ten rounds of them are 150.
    assert asked == {
        "benchmark": {"type": "aiperf"},
        "parameters": {
            "prompt_input_tokens_mean": 1000,
            "output_tokens_mean": 300,
            "concurrency": 15,
            "request_count": 150,
            "streaming": True,
        },
    }


def test_how_a_benchmark_is_run() -> None:
    readme = dict(maker(KIND)(answered(chat())))["load-test/README.md"]
    assert "aws sagemaker wait endpoint-in-service" in readme
    assert "aws sagemaker create-ai-workload-config" in readme
    assert "aws sagemaker create-ai-benchmark-job" in readme
    assert "profile_export_aiperf.json" in readme
    assert "Inference Recommender" not in readme


def test_a_model_without_tokens_gets_the_classic_job() -> None:
    found = measuring(online(traffic={"peak": "2/s"}, model={"id": "BAAI/bge-m3", "engine": "tei"}))
    assert found.requests[-1].operation == "CreateInferenceRecommendationsJob"
