"""The service model: its table, the walk over it, what moved, and the nearest right word."""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from advisor.cli import run
from advisor.configuration.api.drift import (
    compare,
    compile_operations,
    compile_table,
    drift,
    limits_moved,
)
from advisor.configuration.api.service import OPERATIONS
from advisor.configuration.document import Hidden, Mark, Node, Resource
from advisor.configuration.json_nodes import read_json
from advisor.configuration.rulefiles import read_json_rules
from advisor.configuration.source import SourceText
from advisor.configuration.terraform.names import snake
from advisor.gate.rules.service_walk import load_service, problems

TABLE = Path(__file__).parents[2] / "rules" / "service" / "model.json"


def test_the_table_is_compiled_from_the_botocore_it_names() -> None:
    import botocore

    table = json.loads(TABLE.read_text(encoding="utf-8"))
    if botocore.__version__ != table["botocore"]:
        pytest.skip("another botocore is installed; sm-advise rules verify --drift compares them")
    assert compile_table() == table
    operations = read_json_rules("service", "operations.json")
    assert compile_operations(operations["about"]) == operations["known"]


def test_each_operation_that_a_request_makes_is_among_the_known() -> None:
    known = read_json_rules("service", "operations.json")["known"]
    assert not [each for each in OPERATIONS.values() if each[1] not in known[each[0]]]


def doctored(folder: Path, *, new: str, gone: str) -> None:
    """Put a botocore model beside the installed one whose SageMaker has one operation instead."""
    from botocore.loaders import Loader

    model = Loader().load_service_model("sagemaker", "service-2")
    model["operations"][new] = {**model["operations"].pop(gone), "name": new}
    model["operations"]["CreateTeapot"] = {**model["operations"][new], "name": "CreateTeapot"}
    path = folder / "sagemaker" / model["metadata"]["apiVersion"] / "service-2.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(model), encoding="utf-8")


def test_drift_names_the_operations_that_are_new_and_that_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(drift())
    doctored(tmp_path, new="CreateInferenceFleet", gone="StopTransformJob")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    assert run(["rules", "verify", "--drift"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == f"{len(before) + 2} changed"
    # CreateTeapot is new as well, and nothing in its name speaks of inference.
    assert set(told[:-1]) - {str(move) for move in before} == {
        "sagemaker.CreateInferenceFleet: new operation",
        "sagemaker.StopTransformJob: gone operation",
    }
    assert run(["rules", "verify", "--drift", "--format", "json"]) == 1
    moves = json.loads(capsys.readouterr().out)
    where, what = "sagemaker.CreateInferenceFleet", "operation"
    found = {"where": where, "what": what, "compiled": "", "installed": "CreateInferenceFleet"}
    assert found in moves


def test_without_botocore_drift_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("botocore", "botocore.session"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run(["rules", "verify", "--drift"]) == 2
    assert capsys.readouterr().err == (
        "error: rules verify --drift needs botocore, and it is not installed\n"
        "  install it: pip install botocore\n"
    )


def test_nothing_moved_against_itself() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    assert compare(table, deepcopy(table)) == ()


def test_what_moved_is_named() -> None:
    old = json.loads(TABLE.read_text(encoding="utf-8"))
    new = deepcopy(old)
    shapes = new["shapes"]
    shapes["ServerlessMaxConcurrency"]["max"] = 400
    shapes["ProductionVariantInstanceType"]["enum"].append("ml.g9.xlarge")
    shapes["ProductionVariant"]["members"]["Turbo"] = "Boolean"
    shapes["ProductionVariant"]["required"].append("ModelName")
    del shapes["RoutingStrategy"]
    moved = {(move.where, move.what, move.compiled, move.installed) for move in compare(old, new)}
    assert moved == {
        ("ServerlessMaxConcurrency", "max", "200", "400"),
        ("ProductionVariantInstanceType", "enum", "", "ml.g9.xlarge"),
        ("ProductionVariant.Turbo", "field", "", "Boolean"),
        ("ProductionVariant", "required", "", "ModelName"),
        ("RoutingStrategy", "shape", "known", ""),
    }


def test_the_limits_agree_with_the_model_where_it_states_them() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    assert limits_moved(table) == ()
    table["shapes"]["ServerlessMaxConcurrency"]["max"] = 400
    table["shapes"]["sagemaker-runtime:BodyBlob"]["max"] = 26_214_400
    assert [(m.where, m.compiled, m.installed) for m in limits_moved(table)] == [
        ("serverless-concurrency", "200", "400"),
        ("real-time-payload", "6291456", "26214400"),
        ("real-time-response", "6291456", "26214400"),
    ]


def test_every_kind_has_a_shape() -> None:
    service = load_service()
    assert set(service.kinds) == set(OPERATIONS)
    for shape in service.kinds.values():
        assert service.shapes[shape]["type"] == "structure"


def found(kind: str, text: str, dialect: str = "request") -> list[tuple[str, str]]:
    body = read_json(SourceText("request.json", text)).documents[0]
    resource = Resource(kind=kind, dialect=dialect, address="x", body=body, mark=body.mark)  # type: ignore[arg-type]
    return [(p.rule, ".".join(map(str, p.path))) for p in problems(load_service(), resource)]


CONFIG = '{"EndpointConfigName": "a", "ProductionVariants": [{"VariantName": "v", %s}]}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"InitialInstanceCount": "1"', [("wrong-type", "InitialInstanceCount")]),
        ('"InitialInstanceCount": 1.5', [("wrong-type", "InitialInstanceCount")]),
        ('"InitialInstanceCount": true', [("wrong-type", "InitialInstanceCount")]),
        ('"InitialInstanceCount": []', [("wrong-type", "InitialInstanceCount")]),
        ('"ServerlessConfig": 5', [("wrong-type", "ServerlessConfig")]),
        ('"EnableSSMAccess": "true"', [("wrong-type", "EnableSSMAccess")]),
        ('"ModelName": 5', [("wrong-type", "ModelName")]),
        ('"ModelName": null', [("wrong-type", "ModelName")]),
        ('"InitialVariantWeight": 0.5', []),
        ('"modelname": "m"', [("unknown-field", "modelname")]),
        ('"Turbo": 1', [("unknown-field", "Turbo")]),
    ],
)
def test_a_request_is_held_to_the_types_of_the_api(
    text: str, expected: list[tuple[str, str]]
) -> None:
    prefix = "ProductionVariants.0."
    assert found("EndpointConfig", CONFIG % text) == [(r, prefix + p) for r, p in expected]


def test_a_template_may_write_numbers_and_truths_as_text() -> None:
    text = CONFIG % '"InitialInstanceCount": "2", "EnableSSMAccess": "true", "ModelName": 5'
    assert found("EndpointConfig", text, "cloudformation") == []
    text = CONFIG % '"InitialInstanceCount": "two", "EnableSSMAccess": "maybe"'
    assert [rule for rule, _ in found("EndpointConfig", text, "terraform")] == ["wrong-type"] * 2


def test_a_template_may_leave_the_name_to_the_tool() -> None:
    text = '{"ProductionVariants": [{"InstanceType": "ml.m5.large"}]}'
    assert found("EndpointConfig", text) == [
        ("missing-field", "ProductionVariants.0.VariantName"),
        ("missing-field", "EndpointConfigName"),
    ]
    assert found("EndpointConfig", text, "cloudformation") == [
        ("missing-field", "ProductionVariants.0.VariantName")
    ]
    assert found("EndpointConfig", text, "terraform") == []


def test_what_was_described_is_judged_by_its_values_only() -> None:
    text = CONFIG % '"CurrentWeight": 1, "InitialInstanceCount": 0, "ModelName": null'
    assert found("EndpointConfig", text, "described") == []


MARK = Mark("x", 1, 1)


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        (("fraud-", Hidden("x")), None),
        (("fraud_", Hidden("x")), "wrong-form"),
        (("-fraud", Hidden("x")), "wrong-form"),
        ((Hidden("x"), "-"), "wrong-form"),
        ((Hidden("x"), "a" * 64), "wrong-length"),
    ],
)
def test_a_name_known_in_part_is_wrong_where_no_ending_mends_it(
    parts: tuple[object, ...], rule: str | None
) -> None:
    name = Node("text", parts, MARK)
    variant = Node("map", {"VariantName": Node("scalar", "v", MARK)}, MARK)
    body = Node(
        "map",
        {"EndpointConfigName": name, "ProductionVariants": Node("list", [variant], MARK)},
        MARK,
    )
    resource = Resource(
        kind="EndpointConfig", dialect="terraform", address="x", body=body, mark=MARK
    )
    assert [p.rule for p in problems(load_service(), resource)] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("api", "terraform"),
    [
        ("MemorySizeInMB", "memory_size_in_mb"),
        ("VolumeSizeInGB", "volume_size_in_gb"),
        ("S3OutputPath", "s3_output_path"),
        ("EnableSSMAccess", "enable_ssm_access"),
        ("DestinationS3Uri", "destination_s3_uri"),
        ("ModelDataDownloadTimeoutInSeconds", "model_data_download_timeout_in_seconds"),
    ],
)
def test_a_field_has_terraforms_name(api: str, terraform: str) -> None:
    assert snake(api) == terraform


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("EndpointConfig", '{"productionVariants": []}', "no field of CreateEndpointConfig"),
        ("Model", '{"PrimaryContainer": {"ModelDataURL": "s3://b/m"}}', "no field of PrimaryC"),
        ("ScalableTarget", '{"MinCapasity": 1}', "no field of RegisterScalableTarget"),
        ("Model", '{"PrimaryContainer": {"Environment": {"X": true}}}', "X is true; text is"),
        ("EndpointConfig", '{"Tags": ["team"]}', "Tags[0] is 'team'; an object is expected"),
    ],
)
def test_a_message_names_what_is_wrong_and_where(kind: str, text: str, message: str) -> None:
    body = read_json(SourceText("request.json", text)).documents[0]
    resource = Resource(kind=kind, dialect="request", address=kind, body=body, mark=body.mark)
    assert any(message in each.message for each in problems(load_service(), resource))


@pytest.mark.parametrize(
    ("version", "severity"),
    [
        ("al2-ami-sagemaker-inference-gpu-9", "warning"),
        ("al2023-ami-sagemaker-inference-gpu-5-1", "warning"),
        ("al2-ami-sagemaker-inference-gpv-2", "error"),
        ("gpu-2", "error"),
        ("latest", "error"),
    ],
)
def test_the_next_version_of_a_listed_word_is_no_error(version: str, severity: str) -> None:
    text = json.dumps(
        {
            "EndpointConfigName": "c",
            "ProductionVariants": [{"VariantName": "v", "InferenceAmiVersion": version}],
        }
    )
    body = read_json(SourceText("request.json", text)).documents[0]
    resource = Resource(
        kind="EndpointConfig", dialect="request", address="x", body=body, mark=body.mark
    )
    (problem,) = problems(load_service(), resource)
    assert (problem.rule, problem.severity) == ("unknown-value", severity)
