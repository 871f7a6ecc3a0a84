# ruff: noqa: E501 - programs as they are written
"""Programs as they are written, with every call counted by hand: kind, line, and what is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.configuration.document import PARTIAL, Document, Node
from advisor.configuration.python.calls import read_program
from advisor.configuration.source import SourceText
from advisor.model.errors import InputError
from tests.fuzz.drive import drive


def read(text: str) -> Document | None:
    return read_program(SourceText("deploy.py", text))


def calls(text: str) -> list[tuple[str, int, dict[str, Any]]]:
    """Kind, line and known fields of each request."""
    found = read(text)
    resources = found.worlds[0].resources if found is not None else ()
    return [(each.kind, each.mark.line, plain(each.body)) for each in resources]


def plain(node: Node) -> Any:
    """A value; ``...`` for what is not known."""
    if node.kind == "map":
        return {key: plain(value) for key, value in node.value.items()}
    if node.kind == "list":
        return [plain(each) for each in node.value]
    if node.kind == "text":
        return "".join(each if isinstance(each, str) else "…" for each in node.value)
    return node.value if node.kind == "scalar" else ...


BOTO3 = """\
import boto3
from os import environ

TYPE = "ml.m5.large"
COUNT = 2 * 1
sm = boto3.client("sagemaker")
base = {"VariantName": "a", "ModelName": "m"}
stage = environ["STAGE"]


def deploy(name, client=None):
    request = {"EndpointConfigName": f"{name}-{TYPE}", "ProductionVariants": [{**base, "InstanceType": TYPE}]}
    request["ProductionVariants"][0]["InitialInstanceCount"] = COUNT
    request["Tags"] = [{"Key": "stage", "Value": stage}]
    (client or sm).create_endpoint_config(**request)
    sm.create_endpoint(EndpointName=f"e-{stage}", EndpointConfigName=name)


class Model:
    def create(self, **more):
        self.client.create_model(ModelName="m", ExecutionRoleArn=self.role, **more)


sm.create_transform_job(
    TransformJobName="j",
    MaxPayloadInMB=6,
    MaxConcurrentTransforms=60 // 4,
)
"""


def test_boto3_in_its_usual_forms() -> None:
    config = {
        "EndpointConfigName": "…-ml.m5.large",
        "ProductionVariants": [
            {
                "VariantName": "a",
                "ModelName": "m",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 2,
            }
        ],
        "Tags": [{"Key": "stage", "Value": ...}],
    }
    assert calls(BOTO3) == [
        (
            "TransformJob",
            24,
            {"TransformJobName": "j", "MaxPayloadInMB": 6, "MaxConcurrentTransforms": 15},
        ),
        ("EndpointConfig", 15, config),
        ("Endpoint", 16, {"EndpointName": "e-…", "EndpointConfigName": ...}),
        ("Model", 21, {"ModelName": "m", "ExecutionRoleArn": ...}),
    ]


def test_each_value_stands_where_the_program_has_it() -> None:
    found = read(BOTO3)
    assert found is not None
    config = found.worlds[0].resources[1].body
    variant = config.items("ProductionVariants")[0].value
    assert variant["InstanceType"].mark[1:] == (4, 8, 13)  # TYPE = "ml.m5.large"
    assert variant["InitialInstanceCount"].key[1:3] == (13, 38)  # the key of the assignment
    assert variant["VariantName"].mark[1:3] == (7, 24)


SDK = """\
from sagemaker.huggingface import HuggingFaceModel
from sagemaker.serverless import ServerlessInferenceConfig
from sagemaker.async_inference import AsyncInferenceConfig

model = HuggingFaceModel(role=role, model_data="s3://b/m.tar.gz", env={"HF_TASK": "x"}, transformers_version="4.26")
config = ServerlessInferenceConfig(memory_size_in_mb=4096)
model.deploy(serverless_inference_config=config, endpoint_name="e")
model.deploy(1, "ml.g5.xlarge", async_inference_config=AsyncInferenceConfig(output_path="s3://b/o"))
model.deploy(initial_instance_count=1, instance_type="local")
model.deploy()
job = model.transformer(2, "ml.m5.xlarge", max_payload=6, strategy="SingleRecord")
deploy(1, "x")
"""


def test_the_sdk_of_version_two() -> None:
    assert calls(SDK) == [
        ("Model", 5, {
            "PrimaryContainer": {"ModelDataUrl": "s3://b/m.tar.gz", "Environment": {"HF_TASK": "x"}, "Image": ...},
            "ExecutionRoleArn": ...,
        }),
        ("EndpointConfig", 7, {
            "EndpointConfigName": "e",
            "ProductionVariants": [
                {"ServerlessConfig": {"MemorySizeInMB": 4096, "MaxConcurrency": 5}, "VariantName": "AllTraffic",
                 "ModelName": ...}
            ],
        }),
        ("EndpointConfig", 8, {
            "ProductionVariants": [
                {"InitialInstanceCount": 1, "InstanceType": "ml.g5.xlarge", "VariantName": "AllTraffic",
                 "ModelName": ...}
            ],
            "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/o"}},
            "EndpointConfigName": ...,
        }),
        ("TransformJob", 11, {
            "TransformResources": {"InstanceCount": 2, "InstanceType": "ml.m5.xlarge"},
            "BatchStrategy": "SingleRecord", "MaxPayloadInMB": 6, "TransformOutput": {"S3OutputPath": ...},
        }),
    ]  # fmt: skip


def test_the_sdk_of_version_three() -> None:
    text = (
        "from sagemaker.core.resources import EndpointConfig\n"
        "EndpointConfig.create(endpoint_config_name='c', production_variants=[\n"
        "    ProductionVariant(variant_name='a', model_name='m', instance_type='ml.m5.large')], session=s)\n"
    )
    variant = {"VariantName": "a", "ModelName": "m", "InstanceType": "ml.m5.large"}
    body = {"EndpointConfigName": "c", "ProductionVariants": [variant]}
    assert calls(text) == [("EndpointConfig", 2, body)]


@pytest.mark.parametrize(
    "text",
    [
        "sns.create_endpoint(PlatformApplicationArn='a', Token='t')",  # another service's
        "client.create_model(rest_api_id='a')",
        "autoscaling.put_scaling_policy(AutoScalingGroupName='a', PolicyName='p')",
        "client.create_model.return_value = {'ModelName': 'm'}",
        "mock.create_model.assert_called_with(ModelName='m')",
        "vertex_model.deploy(machine_type='n1')",
        "fabric.deploy()",
        "create_model(ModelName='m')",  # a function of the program
        "Record.create(model_name='m')",
        "'sm.create_model(ModelName=1)'",
        "# sm.create_model(ModelName='m')",
        "model.deploy(*arguments)",
    ],
)
def test_nothing_is_invented(text: str) -> None:
    assert calls(text) == []


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("n = 'a'", "a"),
        ("n = 'a'\nn = 'b'", "b"),
        ("n = 'a'\nif x:\n    n = 'b'", ...),
        ("if x:\n    n = 'b'\nelse:\n    n = 'b'", "b"),
        ("n = 'a'\nfor i in y:\n    n = n + 'b'", ...),
        ("n = 'a'\nwhile x:\n    pass", "a"),
        ("try:\n    n = 'a'\nexcept E:\n    raise", "a"),
        ("with x as n:\n    pass", ...),
        ("n = input()", ...),
        ("n = 'a' if x else 'b'", ...),
        ("n = 'a' if x else 'a'", "a"),
        ("n = {'k': 'a'}['k']", "a"),
        ("n = 'a'\ndel n", ...),
        ("n, m = 'a', 'b'", ...),
        ("n = 'x-' + 'y'", "x-y"),
        ("n = 'x-' + y", "x-…"),
        ("n = '%s' % x", ...),
        ("n = 'x'.format(y)", ...),
        ("n = 2 ** 10", 1024),
        ("n = 9 ** 9 ** 9", ...),
        ("n = 1 / 0", ...),
        ("n = -3", -3),
        ("n: str = 'a'", "a"),
        ("n = m = 'a'", "a"),
        ("n = 'a'\nn += 'b'", ...),
        ("(n := 'a')", ...),
        ("global n\nn = 'a'", "a"),
        ("import n", ...),
    ],
)
def test_what_a_name_holds(before: str, value: object) -> None:
    ((_, _, body),) = calls(f"{before}\nsm.create_model(ModelName=n)")
    assert body == {"ModelName": value}


@pytest.mark.parametrize(
    ("text", "body", "is_open"),
    [
        ("r = {'ModelName': 'm'}\nsm.create_model(**r)", {"ModelName": "m"}, False),
        ("r = dict(ModelName='m')\nsm.create_model(**r)", {"ModelName": "m"}, False),
        ("r = {}\nr['ModelName'] = 'm'\nsm.create_model(**r)", {"ModelName": "m"}, False),
        ("r = {}\nr.update({'ModelName': 'm'})\nsm.create_model(**r)", {"ModelName": "m"}, False),
        ("r = {}\nr.update(x)\nr['ModelName'] = 'm'\nsm.create_model(**r)", {"ModelName": "m"}, True),
        ("sm.create_model(ModelName='m', **more)", {"ModelName": "m"}, True),
        ("r = {'ModelName': 'm'} | {'Tags': []}\nsm.create_model(**r)", {"ModelName": "m", "Tags": []}, False),
        ("sm.create_model(ModelName='m', Tags=t + [])", {"ModelName": "m", "Tags": ...}, False),
        ("t = []\nt.append({'Key': 'k'})\nsm.create_model(ModelName='m', Tags=t)",
         {"ModelName": "m", "Tags": [{"Key": "k"}]}, False),
        ("sm.create_model(ModelName='m', PrimaryContainer={**c, 'Image': 'i'})",
         {"ModelName": "m", "PrimaryContainer": ...}, False),
        ("sm.create_model(ModelName='<your-model>')", {"ModelName": ...}, False),
        ("c = None\nsm.create_model(ModelName='m', PrimaryContainer=c)",
         {"ModelName": "m", "PrimaryContainer": ...}, False),
    ],
)  # fmt: skip
def test_what_a_call_is_given(text: str, body: dict[str, Any], is_open: bool) -> None:
    found = read(text)
    assert found is not None
    (resource,) = found.worlds[0].resources
    assert plain(resource.body) == body
    assert bool(resource.lifecycle.get(PARTIAL)) is is_open


def test_a_call_with_nothing_known_is_none() -> None:
    assert calls("sm.create_model(**request)") == []


@pytest.mark.parametrize(
    "text",
    [
        "print 'Python 2'\nsm.create_model(ModelName='m')",
        "(" * 10_000 + ")" * 10_000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "[" * 500 + "]" * 500,
        "a\0b",
        "def f(:",
    ],
)
def test_what_is_no_python_is_said(text: str) -> None:
    with pytest.raises(InputError, match="Python"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + " + ".join(["1"] * 900),
        "\n".join(f"a{n} = {n}" for n in range(20_000)),
        "\n".join(f"a{n} = 1\nif a{n}:\n    b = 1" for n in range(5_000)),
        "\n".join(f"def f{n}(): return f{n + 1}()" for n in range(5_000)),
        "x.y" * 300,
        "x = [" + "1, " * 100_000 + "]",
        "x = ['é', " + "1, " * 100_000 + "]",
        "x = []\n" + "x.append(1)\n" * 60_000,
        "x = {}\n" + "\n".join(f"x['k{n}'] = 1" for n in range(40_000)),
        "x = {'a': {}}\n" + "\n".join(f"x['a']['k{n}'] = 1" for n in range(40_000)),
    ],
)
def test_large_programs_are_followed_within_bounds(text: str) -> None:
    found = calls(
        f"sm.create_model(ModelName='first')\n{text}\nsm.create_model(ModelName='last')\n"
    )
    assert [body["ModelName"] for _, _, body in found] == ["first", "last"]


TEXTS = st.text("abc-./:", min_size=1, max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXTS, st.integers(-9, 9999), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(["ModelName", "PrimaryContainer", "Containers", "VpcConfig", "Tags"]),
    VALUES,
    min_size=1,
)


@given(FIELDS, st.sampled_from(["keywords", "unpacked", "assigned", "function", "class"]))
def test_a_request_is_read_as_it_was_written(fields: dict[str, Any], style: str) -> None:
    if style == "keywords":
        text = f"sm.create_model({', '.join(f'{key}={value!r}' for key, value in fields.items())})"
    elif style == "unpacked":
        text = f"REQUEST = {fields!r}\nsm.create_model(**REQUEST)"
    elif style == "assigned":
        steps = "\n".join(f"r[{key!r}] = {value!r}" for key, value in fields.items())
        text = f"r = {{}}\n{steps}\nsm.create_model(**r)"
    elif style == "function":
        text = f"R = {fields!r}\ndef f(x):\n    if x:\n        sm.create_model(**R)\n"
    else:
        text = f"class A:\n    def f(self):\n        r = {fields!r}\n        return self.sm.create_model(**r)\n"
    ((kind, _, body),) = calls(text)
    assert kind == "Model"
    assert body == fields


WRONG = "import boto3\nboto3.client('sagemaker').create_endpoint_config(EndpointConfigName='e', ProductionVariants=[])\n"


def test_a_finding_in_code_warns_unless_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "deploy.py").write_text(WRONG)
    walked = drive(tmp_path, ("check", ".", "--format", "json"))
    named = drive(tmp_path, ("check", "deploy.py", "--format", "json"))
    staged = drive(tmp_path, ("check", "--pass-over", "deploy.py", "--format", "json"))
    for done, code, severity in (
        (walked, 0, "warning"),
        (staged, 0, "warning"),
        (named, 1, "error"),
    ):
        (finding,) = json.loads(done.out)["findings"]
        assert (done.code, finding["severity"], finding["line"]) == (code, severity, 2)
    (tmp_path / "deploy.py").write_text(
        f"{WRONG.strip()}  # sm-advise: accept wrong-length: an example\n"
    )
    assert drive(tmp_path, ("check", "deploy.py")).code == 0


def test_other_programs_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print('no service of ours')\n")
    (tmp_path / "b.py").write_text("import sagemaker\nprint 2\n")
    assert drive(tmp_path, ("check", "--pass-over", "a.py", "b.py")).code == 0
    assert drive(tmp_path, ("cost", ".")).code in (0, 2)
