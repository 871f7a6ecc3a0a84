"""What a configuration proves of its workload: each field with its place, nothing that is open."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.rulefiles import read_json_rules
from advisor.gate.intent.proven import ProvenWorkload, proven
from advisor.model.errors import InputError
from advisor.pipeline import advise
from advisor.reference.starter import starter
from advisor.workload import read_workloads
from advisor.workload.keys import features, keys

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
FIELDS: list[dict[str, Any]] = read_json_rules("service", "proven.json")["fields"]


def config(variant: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A request for an endpoint configuration of one variant."""
    variants = [{"VariantName": "a", "ModelName": "fraud", **variant}]
    return {"EndpointConfigName": "fraud-7", "ProductionVariants": variants, **fields}


ON_CPU = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
ON_GPU = {"InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
QUEUE = {"OutputConfig": {"S3OutputPath": "s3://my-bucket/out"}}
JOB = {
    "TransformJobName": "nightly",
    "ModelName": "fraud",
    "TransformInput": {
        "ContentType": "text/csv",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://my-bucket/in"}},
    },
    "TransformOutput": {"S3OutputPath": "s3://my-bucket/out"},
    "TransformResources": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 3},
    "MaxConcurrentTransforms": 4,
    "MaxPayloadInMB": 6,
    "DataProcessing": {"JoinSource": "Input"},
}
MODEL = {
    "ModelName": "fraud",
    "ExecutionRoleArn": ROLE,
    "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": "s3://my-bucket/fraud/model.tar.gz"},
    "VpcConfig": {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    "EnableNetworkIsolation": False,
}


def file_of(tmp_path: Path, *requests: dict[str, Any]) -> str:
    """The path of a file of requests."""
    path = tmp_path / "deploy.json"
    path.write_text(json.dumps(requests, indent=1), encoding="utf-8")
    return str(path)


def of(tmp_path: Path, *requests: dict[str, Any]) -> ProvenWorkload:
    """What requests in one file prove of the first workload."""
    found = proven(file_of(tmp_path, *requests))
    hold(found)
    return found[0]


def hold(every: list[ProvenWorkload]) -> None:
    """The text of each is a workload that states every value and has an answer."""
    for found in every:
        (workload,) = read_workloads(starter(*found).encode(), "workload.yaml")
        single = {each for each in found.values if each != "needs" and "decision" not in each}
        assert single <= workload.values.keys()
        assert advise(workload).decision.status


@pytest.mark.parametrize(
    ("request_", "option", "arrival"),
    [
        (config(ON_CPU), "real-time", "online"),
        (config(SERVERLESS), "serverless", "online"),
        (config(ON_GPU, AsyncInferenceConfig=QUEUE), "asynchronous", "online"),
        (JOB, "batch-transform", "batch"),
    ],
)
def test_the_option_is_the_decision(
    tmp_path: Path, request_: dict[str, Any], option: str, arrival: str
) -> None:
    found = of(tmp_path, request_)
    assert found.values["decision.option"] == option
    assert found.values["requests.arrival"] == arrival


def test_each_value_says_from_where_it_was_read(tmp_path: Path) -> None:
    found = of(tmp_path, config(ON_CPU, KmsKeyId=KEY))
    path = tmp_path / "deploy.json"
    lines = path.read_text(encoding="utf-8").splitlines()
    line = 1 + next(number for number, each in enumerate(lines) if "InstanceType" in each)
    assert found.values["deploy.instance_type"] == "ml.m5.large"
    assert found.said["deploy.instance_type"] == f"{path}:{line} InstanceType"
    assert found.values["needs"] == "{kms: true}"
    assert found.values["region"] == "eu-west-1"  # a key must be in the Region of the endpoint
    assert found.values.keys() - found.said.keys() == {"decision.because"}


@pytest.mark.parametrize(
    ("variant", "accelerator"),
    [(ON_CPU, "none"), (ON_GPU, "gpu"), ({**ON_CPU, "InstanceType": "ml.inf2.xlarge"}, "neuron")],
)
def test_a_type_proves_its_accelerator(
    tmp_path: Path, variant: dict[str, Any], accelerator: str
) -> None:
    found = of(tmp_path, config(variant))
    assert found.values["model.accelerator"] == accelerator


def test_an_unknown_type_proves_no_accelerator(tmp_path: Path) -> None:
    found = of(tmp_path, config({**ON_CPU, "InstanceType": "ml.zz9.xlarge"}))
    assert "model.accelerator" not in found.values


def test_the_model_gives_image_archive_network_and_role(tmp_path: Path) -> None:
    values = of(tmp_path, config(ON_CPU), MODEL).values
    assert values["model.image"] == IMAGE
    assert values["model.artifact"] == "s3://my-bucket/fraud/model.tar.gz"
    assert values["deploy.role"] == ROLE
    assert values["deploy.subnets"] == "[subnet-1, subnet-2]"
    assert values["needs"] == "{vpc: true}"  # the isolation is switched off


def test_scaling_gives_the_bounds_of_the_fleet(tmp_path: Path) -> None:
    endpoint = {"EndpointName": "fraud", "EndpointConfigName": "fraud-7"}
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/fraud/variant/a",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "MinCapacity": 0,
        "MaxCapacity": 6,
    }
    found = of(tmp_path, config(ON_CPU), endpoint, target)
    assert found.values["name"] == "fraud"  # the endpoint's, which callers know
    assert found.values["deploy.instances.min"] == "0"
    assert found.values["deploy.instances.max"] == "6"
    assert found.values["needs"] == "{autoscaling: true, scale-to-zero: true}"
    alone = of(tmp_path, config(ON_CPU))
    assert (alone.values["deploy.instances.min"], alone.values["deploy.instances.max"]) == (
        "2",
        "2",
    )
    warm = {**target, "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency"}
    assert "deploy.instances.min" not in of(tmp_path, config(SERVERLESS), endpoint, warm).values


@pytest.mark.parametrize(
    ("capture", "needs"),
    [
        ({"EnableCapture": True, "InitialSamplingPercentage": 20}, "{data-capture: 20 %}"),
        ({"EnableCapture": True, "InitialSamplingPercentage": 0}, "{data-capture: true}"),
        ({"EnableCapture": True}, "{data-capture: true}"),
        ({"EnableCapture": False, "InitialSamplingPercentage": 20}, None),
    ],
)
def test_data_capture_has_its_share(
    tmp_path: Path, capture: dict[str, Any], needs: str | None
) -> None:
    assert of(tmp_path, config(ON_CPU, DataCaptureConfig=capture)).values.get("needs") == needs


def test_a_job_gives_its_format_and_sizes(tmp_path: Path) -> None:
    found = of(tmp_path, JOB)
    assert found.values["dataset.format"] == "csv"
    assert found.values["dataset.join"] == "true"
    assert found.values["model.concurrency"] == "4"
    assert found.bounds["requests.payload"] == "<=6 MB"


def test_what_only_bounds_a_fact_stays_a_comment(tmp_path: Path) -> None:
    found = of(tmp_path, config(SERVERLESS))
    assert found.bounds == {"traffic.concurrent": "<=5"}
    text = starter(*found)
    line = next(each for each in text.splitlines() if '"<=5"' in each)
    assert line.startswith('  # concurrent: "<=5"')


@pytest.mark.parametrize("memory", [1024, 2048, 3072, 4096, 5120, 6144])
def test_serverless_memory_is_planned_as_it_is_configured(tmp_path: Path, memory: int) -> None:
    variant = {"ServerlessConfig": {"MemorySizeInMB": memory, "MaxConcurrency": 5}}
    found = of(tmp_path, config(variant))
    assert found.values["model.memory"] == f"<={memory - 256} MB"  # the server takes 256 MB
    (workload,) = read_workloads(starter(*found).encode(), "workload.yaml")
    plans = {each.option: each.plan for each in advise(workload).candidates}
    plan: Any = plans["serverless"]
    assert plan.usage.memory_mb == memory


LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


@pytest.mark.parametrize(
    ("image", "environment", "told"),
    [
        (
            "djl-inference:0.33.0-lmi15.0.0-cu128",
            {"HF_MODEL_ID": LLAMA, "OPTION_MAX_MODEL_LEN": "8192", "OPTION_DTYPE": "fp16"},
            {"id": LLAMA, "engine": "lmi", "context": "8192", "precision": "fp16"},
        ),
        (
            "vllm:0.11",
            {"SM_VLLM_MODEL": LLAMA, "SM_VLLM_MAX_MODEL_LEN": "4096"},
            {"id": LLAMA, "engine": "vllm", "context": "4096"},
        ),
        (
            "huggingface-pytorch-tgi-inference:2.4",
            {"HF_MODEL_ID": LLAMA, "MAX_TOTAL_TOKENS": "4096", "HF_MODEL_QUANTIZE": "fp8"},
            {"id": LLAMA, "engine": "tgi", "context": "4096", "precision": "fp8"},
        ),
        ("fraud:1", {"THREADS": "2"}, {}),
    ],
)
def test_the_variables_of_a_server_name_its_model(
    tmp_path: Path, image: str, environment: dict[str, str], told: dict[str, str]
) -> None:
    registry = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
    container = {"Image": f"{registry}/{image}", "Environment": environment}
    model = {"ModelName": "fraud", "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    found = of(tmp_path, config({**ON_GPU, "InstanceType": "ml.g5.2xlarge"}), model)
    for key in ("id", "engine", "context", "precision"):
        assert found.values.get(f"model.{key}") == told.get(key), key


def test_a_model_that_no_table_has_stays_a_comment(tmp_path: Path) -> None:
    container = {"Image": IMAGE, "Environment": {"HF_MODEL_ID": "me/mine", "SM_NUM_GPUS": "1"}}
    model = {"ModelName": "fraud", "ExecutionRoleArn": ROLE, "PrimaryContainer": container}
    found = of(tmp_path, config(ON_GPU), model)
    assert "model.id" not in found.values
    assert found.bounds["model.id"] == "me/mine"


def test_a_placeholder_proves_nothing(tmp_path: Path) -> None:
    found = of(tmp_path, config({**ON_CPU, "InstanceType": "<INSTANCE_TYPE>"}, KmsKeyId="${Key}"))
    assert "deploy.instance_type" not in found.values
    assert "deploy.kms_key" not in found.values


def test_a_value_that_no_workload_takes_stays_a_comment(tmp_path: Path) -> None:
    model = {
        **MODEL,
        "ExecutionRoleArn": "the role\nx: y",
        "VpcConfig": {"Subnets": ["a: [b", "c"]},
    }
    found = of(tmp_path, config(ON_CPU), model)
    assert {"deploy.role", "deploy.subnets"} <= found.bounds.keys()


def test_of_several_endpoints_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "deploy.json"
    other = {**config(ON_GPU), "EndpointConfigName": "other"}
    path.write_text(json.dumps([config(ON_CPU), other]), encoding="utf-8")
    assert [each.values["name"] for each in proven(str(path))] == ["fraud-7", "other"]
    assert [each.values["name"] for each in proven(str(path), "other")] == ["other"]
    with pytest.raises(InputError, match="here has the name othre") as error:
        proven(str(path), "othre")
    assert error.value.hint == "did you mean other?"


def test_a_folder_of_requests_belongs_together(tmp_path: Path) -> None:
    for name, request_ in (("1-create-model", MODEL), ("2-create-endpoint-config", config(ON_CPU))):
        (tmp_path / f"{name}.json").write_text(json.dumps(request_), encoding="utf-8")
    (found,) = proven(str(tmp_path))
    assert found.values["model.image"] == IMAGE


def test_what_aws_describes_is_read_too(tmp_path: Path) -> None:
    arn = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/fraud-7"
    found = of(tmp_path, config(ON_CPU, EndpointConfigArn=arn, CreationTime="2026-11-20T10:00:00Z"))
    assert found.values["region"] == "eu-central-1"


def test_terraform_gives_its_region_and_lines(tmp_path: Path) -> None:
    (tmp_path / "provider.tf").write_text('provider "aws" { region = "eu-west-2" }\n', "utf-8")
    path = tmp_path / "main.tf"
    path.write_text(
        """\
resource "aws_sagemaker_endpoint_configuration" "fraud" {
  production_variants {
    model_name             = "fraud"
    instance_type          = "ml.g5.xlarge"
    initial_instance_count = 1
  }
}
""",
        "utf-8",
    )
    for source in (path, tmp_path):
        (found,) = proven(str(source))
        assert found.values["region"] == "eu-west-2"
        assert found.values["name"] == "fraud"
        assert found.said["deploy.instance_type"].endswith("main.tf:4 InstanceType")


def test_a_template_gives_its_option(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        """\
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - VariantName: a
          ModelName: fraud
          ServerlessConfig: {MemorySizeInMB: 3072, MaxConcurrency: 5}
""",
        "utf-8",
    )
    (found,) = proven(str(path))
    assert found.values["decision.option"] == "serverless"
    assert found.values["name"] == "Config"
    assert found.said["model.memory"].endswith("template.yaml:8 ServerlessConfig.MemorySizeInMB")


@pytest.mark.parametrize(
    "text", ["{}", "[1, 2]", '{"EndpointName": "x", "EndpointConfigName": "y"}']
)
def test_a_file_without_an_option_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no endpoint configuration or transform job here"):
        proven(str(path))


def test_every_key_and_need_of_the_table_exists() -> None:
    assert {each["key"] for each in FIELDS if "key" in each} <= keys().keys()
    assert {each["need"] for each in FIELDS if "need" in each} <= features().keys()
    assert all("key" in each or "need" in each for each in FIELDS)


SCALARS = st.one_of(st.booleans(), st.integers(-1, 10**6), st.text(max_size=15), st.none())


@given(
    data=st.dictionaries(
        st.sampled_from([each["field"] for each in FIELDS if "." not in each["field"]]),
        st.one_of(SCALARS, st.lists(SCALARS, max_size=3)),
    ),
    instance_type=SCALARS,
)
def test_any_values_give_a_workload_that_is_read(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any], instance_type: Any
) -> None:
    own = config({"InstanceType": instance_type, **data})
    made = {**data, "ProductionVariants": own["ProductionVariants"]}
    path = file_of(tmp_path_factory.mktemp("any"), made, {**MODEL, **data})
    found: list[ProvenWorkload] = []
    with suppress(InputError):  # with the keys of another request it is that request
        found = proven(path)
    hold(found)


CORPUS = Path(__file__).resolve().parents[1] / "corpus"
REAL = sorted(each for each in CORPUS.glob("*/*") if each.parent.name != "LICENSES")[::9]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name[:60])
def test_real_configurations_give_workloads_that_are_read(path: Path) -> None:
    try:
        found = proven(str(path))
    except InputError as error:  # a model alone, or what no reader takes
        assert error.file  # noqa: PT017
        return
    hold(found)
