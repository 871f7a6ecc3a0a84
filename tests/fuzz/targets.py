# ruff: noqa: E501, ISC004 - tables of texts
"""What is fuzzed: files that people and programs give us, with the commands that read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
EXAMPLE = "examples/fraud-scoring.yaml"


class Target(NamedTuple):
    """A kind of input."""

    name: str  # of the file, in a folder of its own
    seeds: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]  # FILE stands for the mutated file
    beside: Mapping[str, str] = {}  # other files of the folder


def _texts(*patterns: str, most: int = 30_000) -> tuple[str, ...]:
    paths = (path for pattern in patterns for path in sorted(ROOT.glob(pattern)))
    return tuple(
        path.read_text(encoding="utf-8")
        for path in paths
        if path.is_file() and path.stat().st_size <= most
    )


_PRODUCT = {"sku": "A", "productFamily": "ML Instance", "attributes": {
    "regionCode": "eu-west-1", "usagetype": "EU-Host:ml.m5.large", "instanceName": "ml.m5.large", "component": "Hosting"}}  # fmt: skip
_TERM = {"A.B": {"priceDimensions": {"A.B.C": {"unit": "Hrs", "pricePerUnit": {"USD": "0.128"}}}}}
OFFERS = json.dumps(
    {"formatVersion": "v1.0", "publicationDate": "2026-11-01T00:00:00Z", "offerCode": "AmazonSageMaker",
     "products": {"A": _PRODUCT}, "terms": {"OnDemand": {"A": _TERM}}}
)  # fmt: skip
"""A price list with one price."""
_PROGRAMS = (
    'import boto3\nsm = boto3.client("sagemaker")\nTYPE = "ml.m5.large"\nbase = {"VariantName": "a", "ModelName": "m"}\n'
    'def deploy(name):\n    if name:\n        request = {"EndpointConfigName": f"{name}-{TYPE}", "ProductionVariants": [\n'
    '            {**base, "InstanceType": TYPE, "InitialInstanceCount": 2 * 1}]}\n'
    '        request["Tags"] = [{"Key": "a", "Value": "b"}]\n    sm.create_endpoint_config(**request)\n',
    "from sagemaker.model import Model\nfrom sagemaker.serverless import ServerlessInferenceConfig\n"
    'm = Model(image_uri="i", model_data="s3://b/m.tar.gz", role=role)\n'
    "m.deploy(serverless_inference_config=ServerlessInferenceConfig(4096, max_concurrency=5))\n"
    'm.deploy(1, "ml.g5.xlarge", endpoint_name="e")\nt = m.transformer(2, "ml.m5.xlarge", max_payload=6)\n',
)
_SCRIPT = """aws sagemaker create-endpoint-config --cli-input-json '{"EndpointConfigName": "e", "ProductionVariants": []}'
aws sagemaker create-model --cli-input-json "$(cat <<EOF
{"ModelName": "$NAME", "PrimaryContainer": {"Image": "i"}}
EOF
)"
"""
_MANIFEST = """apiVersion: sagemaker.services.k8s.aws/v1alpha1
kind: EndpointConfig
metadata: {name: c}
spec:
  endpointConfigName: c
  productionVariants:
    - {variantName: a, modelName: m, instanceType: ml.m5.large, initialInstanceCount: 1}
"""


def _notebook(program: str) -> str:
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": program.splitlines(keepends=True),
        }
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )


CHECK = ("check", "FILE", "--format", "json", "--no-progress")
FORMATS = ("text", "concise", "sarif", "junit", "github", "gitlab", "markdown")
CHECKS = (CHECK, ("cost", "FILE"), *(("check", "FILE", "--format", each) for each in FORMATS))
TERRAFORM = _texts(
    "tests/checks/../corpus/terraform/*.tf", "tests/rewrites/*.tf", "tests/faults/*/*.tf"
)


@cache
def targets() -> dict[str, Target]:
    """The targets by what is mutated."""
    example = _texts(EXAMPLE)[0]
    workloads = _texts("examples/*.yaml", "tests/cases/**/*.yaml")
    request = json.dumps({"EndpointConfigName": "e", "ProductionVariants": [_variant()]})
    beside = {"w.workload.yaml": example, "e-create-endpoint-config.json": request}
    load_tests = _texts(
        "tests/data/*bench*.json", "tests/data/aiperf.json", "examples/*.load-test.json"
    )
    prices = _texts("rules/prices/eu-west-1.json", most=10**6)
    found = {
        "workload": Target(
            "x.workload.yaml",
            workloads,
            (
                ("advise", "FILE"),
                ("advise", "FILE", "--format", "json"),
                ("advise", "FILE", "--format", "markdown", "--limits", "latest"),
                ("advise", "FILE", "--artifact", "terraform", "--output", "out", "--force"),
                ("advise", "FILE", "--artifact", "cloudformation", "--output", "out", "--force"),
                ("compare", "FILE"),
                ("whatif", "FILE", "traffic.volume", "--from", "1k/month", "--to", "1M/month"),
                ("diff", "FILE", "w.workload.yaml"),
                CHECK,
            ),
            {"w.workload.yaml": example},
        ),
        "measured": Target(
            "m.json", load_tests, (("advise", "w.workload.yaml", "--measured", "FILE"),), beside
        ),
        "settings": Target(
            ".sm-advise.yaml", _settings(), (("check", "."), ("advise", "w.workload.yaml")), beside
        ),
        "project": Target(
            "pyproject.toml",
            ('[tool.sm-advise]\nfail-on = "warning"\nexclude = ["a/*"]\n[tool.sm-advise.accept."*"]\n'
             'instance-type = "because"\n', '[build-system]\nrequires = []\n[tool]\nsm-advise = {region = "eu-west-1"}\n'),
            (("check", "."), ("check", ".", "--show-config"), ("advise", "w.workload.yaml")),
            beside,
        ),
        "lock": Target(
            "sm-advise.lock", _made("lock"), (("check", "."), ("check", ".", "--write-lock")), beside
        ),
        "baseline": Target(
            "base.json", _made("baseline"), (("check", ".", "--baseline", "FILE"),), beside
        ),
        "prices": Target(
            "prices/eu-west-1.json", prices, (("prices", "show", "--region", "eu-west-1"), ("advise", "w.workload.yaml")),
            {"w.workload.yaml": example, ".sm-advise.yaml": "prices: prices\n"},
        ),
        "offers": Target(
            "offers.json", (OFFERS,), (("prices", "refresh", "--region", "eu-west-1", "--from", "FILE", "--output", "new"),)
        ),
        "template": Target("t.yaml", _texts("tests/corpus/cloudformation/*.y*ml", "tests/faults/*/*.yaml"), CHECKS),
        "template-json": Target("t.json", _texts("tests/corpus/cloudformation/*.json", "tests/corpus/stepfunctions/*.json"), CHECKS),
        "terraform": Target("main.tf", TERRAFORM, CHECKS),
        "terraform-json": Target(
            "main.tf.json",
            (json.dumps({"variable": {"n": {"default": 2}}, "locals": {"a": "${var.n}"}, "resource": {
                "aws_sagemaker_endpoint_configuration": {"c": {"name": "c", "production_variants": [
                    {"variant_name": "a", "model_name": "m", "instance_type": "ml.m5.large", "initial_instance_count": "${local.a}"}]}}}}),),
            CHECKS,
        ),
        "tfvars": Target(
            "terraform.tfvars",
            ('n = 2\ntype = "ml.m5.large"\nlist = [1, 2]\nmap = {a = "b"}\n',),
            (("check", "."), ("cost", ".")),
            {"main.tf": 'variable "n" {}\nvariable "type" {}\nresource "aws_sagemaker_endpoint_configuration" "c" {\n'
             '  production_variants {\n    variant_name = "a"\n    model_name = "m"\n    instance_type = var.type\n'
             "    initial_instance_count = var.n\n  }\n}\n"},
        ),
        "plan": Target("plan.json", _texts("tests/data/terraform-plan.json", "tests/plans/*.json", most=200_000), CHECKS),
        "python": Target("deploy.py", _PROGRAMS, CHECKS),
        "notebook": Target("deploy.ipynb", tuple(map(_notebook, _PROGRAMS)), CHECKS),
        "script": Target("deploy.sh", (_SCRIPT,), CHECKS),
        "manifest": Target("k8s.yaml", (_MANIFEST,), CHECKS),
        "request": Target("r.json", _texts("tests/corpus/json/*.json", "tests/corpus/boto3/*.json"), CHECKS),
    }  # fmt: skip
    return {name: target for name, target in found.items() if target.seeds}


def _variant() -> dict[str, object]:
    return {
        "VariantName": "a",
        "ModelName": "m",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }


def _settings() -> tuple[str, ...]:
    return (
        "fail-on: warning\nselect: [production]\nignore: [instance-type]\nexclude: ['a/*']\n"
        "accept: {'*.json': {instance-type: {because: x, until: 2027-01-01}}}\n",
        "region: eu-west-1\nlimits: safe\nowner: team\nquotas: {ml.m5.large: 3}\nfamilies: [m5]\ntags: [team]\n",
        "extends: other.yaml\nbaseline: base.json\npairs: [{workload: w.workload.yaml, artifact: a.json}]\n",
    )


def _made(kind: str) -> tuple[str, ...]:
    """A lock or a baseline as the program itself writes it."""
    import tempfile

    from tests.fuzz.drive import drive

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "w.workload.yaml").write_text(_texts(EXAMPLE)[0], encoding="utf-8")
        body = {
            "EndpointConfigName": "e",
            "ProductionVariants": [{**_variant(), "InstanceType": "ml.x.large"}],
        }
        (path / "c.json").write_text(json.dumps(body), encoding="utf-8")
        written = ("--write-lock",) if kind == "lock" else ("--write-baseline", "base.json")
        drive(path, ("check", ".", *written))
        return ((path / ("sm-advise.lock" if kind == "lock" else "base.json")).read_text("utf-8"),)
