"""Manifests of AWS's controllers: every key has its place, other controllers' are passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.document import Document, walk, written
from advisor.configuration.reading import read_configuration
from advisor.configuration.source import SourceText
from advisor.gate.rules.service_walk import load_service
from advisor.gate.run import CheckReport, check
from advisor.gate.settings import CheckOptions
from advisor.model.errors import InputError

VERSION = "sagemaker.services.k8s.aws/v1alpha1"
CONFIG = f"""---
# Source: chart/templates/config.yaml
apiVersion: {VERSION}
kind: EndpointConfig
metadata: {{name: config}}
spec:
  endpointConfigName: config
  kmsKeyID: key
  productionVariants:
    - variantName: All
      modelRef: {{from: {{name: model}}}}
      serverlessConfig: {{memorySizeInMB: 2048, maxConcurrency: 5}}
"""
MODEL = f"""---
apiVersion: {VERSION}
kind: Model
metadata: {{name: model}}
spec:
  modelName: other-name
  executionRoleARN: arn:aws:iam::123456789012:role/r
  primaryContainer:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1
    modelDataURL: s3://bucket/model.tar.gz
    environment: {{instanceType: kept}}
"""
OTHERS = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec: {endpointConfigName: no}
---
apiVersion: sagemaker.services.k8s.aws/v1alpha1
kind: TrainingJob
metadata: {name: x}
spec: {trainingJobName: no}
"""


def read(text: str, file: str = "x.yaml") -> Document | None:
    return read_configuration(SourceText(file, text), load_service()).document


def run(path: Path) -> CheckReport:
    return check(CheckOptions(paths=[str(path)], as_of="2026-11-20"))


def test_specs_are_requests_with_the_places_of_their_keys() -> None:
    document = read(CONFIG + OTHERS + MODEL)
    assert document is not None
    assert document.faults == ()
    config, model = document.worlds[0].resources
    assert (config.kind, config.address) == ("EndpointConfig", "EndpointConfig/config")
    held = {written(path): node for path, node in walk(config.body) if node.kind == "scalar"}
    memory = held["ProductionVariants[0].ServerlessConfig.MemorySizeInMB"]
    assert (memory.value, memory.mark.line, memory.mark.column) == (2048, 12, 42)
    assert (held["KmsKeyId"].value, held["KmsKeyId"].place[1:3]) == ("key", (8, 3))
    name = config.body.items("ProductionVariants")[0].get("ModelName")
    assert document.worlds[0].meant_by(name, "Model", "ModelName") is model
    environment = model.body.at("PrimaryContainer", "Environment")
    assert environment is not None
    assert list(environment.value) == ["instanceType"]


def test_a_reference_to_a_manifest_elsewhere_is_not_known() -> None:
    document = read(CONFIG)
    assert document is not None
    name = document.worlds[0].resources[0].body.items("ProductionVariants")[0].get("ModelName")
    assert name is not None
    assert name.kind == "unknown"


@pytest.mark.parametrize("form", ["list", "json", "documents"])
def test_lists_json_and_documents_give_the_same(form: str) -> None:
    spec = {"modelName": "m", "primaryContainer": {"image": "i"}}
    each = [
        {"apiVersion": VERSION, "kind": "Model", "metadata": {"name": name}, "spec": spec}
        for name in ("a", "b")
    ]
    whole: Any = {"apiVersion": "v1", "kind": "List", "items": each}
    if form == "documents":
        text = "\n---\n".join(map(json.dumps, each))
        document = read(f"---\n{text}")
    else:
        document = read(json.dumps(whole), "x.json" if form == "json" else "x.yaml")
    assert document is not None
    assert [each.address for each in document.worlds[0].resources] == ["Model/a", "Model/b"]


@pytest.mark.parametrize(
    ("key", "near", "severity"),
    [
        ("modelDataULR", "modelDataURL", ""),
        ("ModelDataUrl", "modelDataURL", ""),  # a spec's keys begin with a small letter
        ("whatever", "", "warning"),
    ],
)
def test_a_key_that_no_spec_has_is_told_once(key: str, near: str, severity: str) -> None:
    document = read(MODEL.replace("modelDataURL", key))
    assert document is not None
    [fault] = document.faults
    assert (fault.rule, fault.suggestion, fault.severity) == ("unknown-field", near, severity)
    assert fault.node.place[1:3] == (10, 5)


def test_what_only_an_update_has_is_no_slip() -> None:
    text = f"apiVersion: {VERSION}\nkind: Endpoint\nmetadata: {{name: e}}\nspec:\n"
    document = read(text + "  endpointName: e\n  endpointConfigName: c\n")
    update = read(
        text + "  endpointName: e\n  endpointConfigName: c\n  retainDeploymentConfig: true\n"
    )
    assert document is not None
    assert update is not None
    assert document.faults == update.faults == ()


def test_targets_of_other_services_are_passed_over() -> None:
    target = """apiVersion: applicationautoscaling.services.k8s.aws/v1alpha1
kind: ScalableTarget
metadata: {name: t}
spec: {resourceID: table/t, serviceNamespace: dynamodb, maxCapacity: 1, minCapacity: 2, no: 1}
"""
    document = read(target)
    assert document is not None
    assert document.worlds[0].resources == () == document.faults
    ours = read(target.replace("dynamodb", "sagemaker"))
    assert ours is not None
    assert len(ours.worlds[0].resources) == len(ours.faults) == 1


def test_a_folder_is_checked_and_a_waiver_holds(tmp_path: Path) -> None:
    wrong = CONFIG.replace("maxConcurrency: 5}", "maxConcurrency: 500}")
    path = tmp_path / "chart.yaml"
    path.write_text(wrong + OTHERS + MODEL)
    (tmp_path / "crd.yaml").write_text("spec: {group: sagemaker.services.k8s.aws}\n")
    report = run(tmp_path)
    [found] = [each for each in report.findings if each.rule == "out-of-range"]
    assert (found.line, found.severity, report.resources) == (12, "error", 2)
    waived = "# sm-advise: accept out-of-range: measured\n      serverlessConfig"
    path.write_text(wrong.replace("serverlessConfig", waived))
    states = [each.status for each in run(tmp_path).findings if each.rule == "out-of-range"]
    assert states == ["accepted"]


_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_KEYS = st.sampled_from(
    [
        "modelName",
        "ModelName",
        "primaryContainer",
        "containers",
        "modelRef",
        "vpcConfig",
        "x",
        "from",
    ]
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner),
    max_leaves=12,
)


@given(spec=_VALUES, metadata=_VALUES, kind=st.sampled_from(["Model", "List", "X"]) | _VALUES)
def test_an_odd_manifest_is_read_or_refused_in_words(spec: Any, metadata: Any, kind: Any) -> None:
    manifest = {"apiVersion": VERSION, "kind": kind, "metadata": metadata, "spec": spec}
    try:
        document = read(json.dumps({**manifest, "items": [manifest, spec]}), "x.json")
    except InputError:
        return
    for world in document.worlds if document is not None else ():
        assert all(each.body.kind == "map" for each in world.resources)
